package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// table is what a person sees of an answer: rows under headings, or a line of text.
type table struct {
	head []string
	rows [][]string
	text string
	more *table // another below
}

// print shows an answer to whoever asked: a program (--json) or a person.
func (c *cli) print(out any, t table) error {
	if c.JSON {
		return printJSON(out)
	}
	return t.print()
}

func printJSON(v any) error { return writeJSON(os.Stdout, v) }

func (t table) print() error {
	if t.text != "" {
		fmt.Println(t.text)
	}
	if len(t.head) == 0 {
		return t.next()
	}
	if len(t.rows) == 0 {
		fmt.Println("none")
		return t.next()
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(t.head, "\t"))
	for _, row := range t.rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	head, rest, _ := strings.Cut(b.String(), "\n")
	if coloured(os.Stdout) {
		head = "\x1b[1m" + head + "\x1b[0m"
	}
	fmt.Printf("%s\n%s", head, rest)
	return t.next()
}

// next prints the table below.
func (t table) next() error {
	if t.more == nil {
		return nil
	}
	fmt.Println()
	return t.more.print()
}

// part is which part of a list is wanted.
type part struct {
	Limit int64  `help:"How many at most, up to 100." default:"25"`
	After string `help:"Go on behind this place, which the last part printed." placeholder:"CURSOR"`
}

// continued says below how to see the next part, if there is one.
func (t table) continued(cursor string) table {
	if cursor != "" {
		t.more = &table{text: "there may be more: --after " + cursor}
	}
	return t
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
