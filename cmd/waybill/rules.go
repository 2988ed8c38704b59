package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"waybill/client"
)

type rulesCmd struct {
	List   rulesList   `cmd:"" default:"1" help:"List rules, and what is to be said of them: overlaps, rules that are never reached."`
	Check  rulesCheck  `cmd:"" help:"Check a rule from a file, without saving it."`
	DryRun rulesDryRun `cmd:"" name:"dry-run" help:"Tell what the rules would do with a shipment. Nothing is booked."`

	Draft    rulesDraft    `cmd:"" help:"Save a draft of all rules, or show it."`
	Publish  rulesPublish  `cmd:"" help:"Put the draft in force, now or later."`
	Versions rulesVersions `cmd:"" help:"List the versions that were published."`
	Diff     rulesDiff     `cmd:"" help:"Tell in which rules two versions differ."`
	Backtest rulesBacktest `cmd:"" help:"Tell what rules would have done with past shipments. Nobody is asked, nothing is changed."`
	Restore  rulesRestore  `cmd:"" help:"Put an older version in force again."`
	Withdraw rulesWithdraw `cmd:"" help:"Take back a version that is planned."`
}

type rulesList struct{}

// Run lists the rules in the order they are asked in.
func (rulesList) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		t := table{head: []string{"IMPORTANCE", "NAME", "SUSPENDED", "WHEN", "THEN"}}
		var items []client.RuleOut
		for r, err := range api.AllRules(ctx, client.ListRulesParams{Limit: 100}) {
			if err != nil {
				return err
			}
			items = append(items, r)
			t.rows = append(t.rows, []string{fmt.Sprint(r.Importance), r.Name, yes(r.Suspended), string(r.When), string(r.Then)})
		}
		if c.JSON {
			return printItems(items)
		}
		notices, err := api.ListRuleNotices(ctx, client.ListRuleNoticesParams{})
		if err != nil {
			return err
		}
		t.more = said(notices.Items)
		return t.print()
	})
}

// said are notices on rules; nil: there are none.
func said(notices []client.RuleNotice) *table {
	if len(notices) == 0 {
		return nil
	}
	t := &table{head: []string{"AT", "NOTICE"}}
	for _, n := range notices {
		t.rows = append(t.rows, []string{n.Path, n.Message})
	}
	return t
}

type rulesCheck struct {
	File string `arg:"" help:"JSON file with when and then (docs/rules.md); - for standard input."`
}

// Run checks a rule; one that is not valid is a failure.
func (r rulesCheck) Run(c *cli) error {
	rule, err := readRule(r.File)
	if err != nil {
		return err
	}
	return c.api(func(ctx context.Context, api *client.Client) error {
		var a client.Answer
		check, err := api.ValidateRule(ctx, rule, client.Into(&a))
		if err != nil {
			return err
		}
		if err := c.tell(a, func() table { return verdictOn(check) }); err != nil {
			return err
		}
		if !check.Valid {
			return fmt.Errorf("%s is not valid", r.File)
		}
		return nil
	})
}

func verdictOn(check *client.RuleCheck) table {
	t := table{text: fmt.Sprintf("valid, %d criteria", check.Criteria), more: said(check.Notices)}
	if !check.Valid {
		t.text, t.head = "", []string{"AT", "WRONG"}
		for _, f := range check.Errors {
			t.rows = append(t.rows, []string{f.Path, f.Message})
		}
	}
	return t
}

// readRule reads a rule; one without a name is called as its file is.
func readRule(path string) (client.Rule, error) {
	var rule client.Rule
	err := readJSON(path, &rule)
	if rule.Name == "" {
		rule.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return rule, err
}

type rulesDryRun struct {
	Stored string     `arg:"" optional:"" name:"reference" help:"A stored shipment; else say it in flags or a file."`
	File   string     `help:"The order as JSON or CSV; - for standard input." placeholder:"FILE"`
	Order  orderFlags `embed:""`
	Which  whichRules `embed:""`
}

// Run tries the rules.
func (r rulesDryRun) Run(c *cli) error {
	asked, err := rateCmd{Stored: r.Stored, File: r.File, Order: r.Order}.body()
	if err != nil {
		return err
	}
	rules, version, err := r.Which.read()
	if err != nil {
		return err
	}
	body := client.DryRunInBody{ShipmentID: asked.ShipmentID, Shipment: asked.Shipment, Rules: rules, Version: version}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.DryRunOut, error) {
		return api.DryRunRules(ctx, body, opt)
	}, func(out *client.DryRunOut) table {
		t := offers(&client.RatesOut{Rates: out.Rates, Rejected: out.Rejected})
		t.text = strings.Join(append(out.Words, ""), "\n")
		return t
	})
}

// readJSON reads a file into a value.
func readJSON(path string, to any) error {
	data, err := readInput(path)
	if err == nil {
		if err = json.Unmarshal(data, to); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	return err
}
