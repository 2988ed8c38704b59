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
		return nil
	}
	if len(t.rows) == 0 {
		fmt.Println("none")
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(t.head, "\t"))
	for _, row := range t.rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
