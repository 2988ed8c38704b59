package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"waybill"
	"waybill/app"
)

type ruleCmd struct {
	Add    ruleAdd    `cmd:"" help:"Create a rule from a JSON file with when and then (docs/rules.md), or change what is given of one."`
	List   ruleList   `cmd:"" help:"List rules."`
	Delete ruleDelete `cmd:"" help:"Remove a rule."`
}

type ruleAdd struct {
	Name       string  `arg:"" help:"Name of the rule."`
	File       *string `arg:"" optional:"" help:"JSON file: {\"when\": …, \"then\": […]}; - for standard input; needed when new."`
	Importance *int    `help:"Higher goes first." placeholder:"N"`
	Suspended  *bool   `help:"Keep it, but do not use it." negatable:""`
}

// Run saves the rule.
func (a ruleAdd) Run(c *cli) error {
	is := func(known waybill.Rule) bool { return known.Name == a.Name }
	return edit(c, c.Account, "rule.list", "rule.save", is, a.change,
		func(saved waybill.Rule) string { return "rule " + saved.Name + " is saved" })
}

func (a ruleAdd) change(e *editing[waybill.Rule]) (any, error) {
	if err := e.needs(map[string]bool{"a FILE": a.File != nil}); err != nil {
		return nil, err
	}
	e.record.Name = a.Name
	given(&e.record.Importance, a.Importance)
	given(&e.record.Suspended, a.Suspended)
	if a.File == nil {
		return e.record, nil
	}
	data, err := readInput(*a.File)
	if err != nil {
		return nil, err
	}
	var body struct{ When, Then json.RawMessage }
	if err := json.Unmarshal(data, &body); err != nil {
		return nil, fmt.Errorf("%s: %w", *a.File, err)
	}
	e.record.When, e.record.Then = body.When, body.Then
	return e.record, nil
}

// readInput reads a file, or what comes in.
func readInput(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(path)
}

type ruleList struct{}

// Run lists rules.
func (ruleList) Run(c *cli) error {
	return ask(c, "rule.list", struct{}{}, func(all []waybill.Rule) table {
		t := table{head: []string{"IMPORTANCE", "NAME", "SUSPENDED", "WHEN", "THEN"}}
		for _, r := range all {
			t.rows = append(t.rows, []string{fmt.Sprint(r.Importance), r.Name, yes(r.Suspended), string(r.When), string(r.Then)})
		}
		return t
	})
}

type ruleDelete struct {
	Name string `arg:"" help:"Name of the rule."`
}

// Run removes the rule.
func (a ruleDelete) Run(c *cli) error {
	return ask(c, "rule.delete", app.NameIn{Name: a.Name}, func(struct{}) table { return table{text: "rule " + a.Name + " is gone"} })
}
