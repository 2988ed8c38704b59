package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"waybill/client"
)

type rulesDraft struct {
	File string `arg:"" optional:"" help:"JSON file with all rules: {\"rules\": […]}; - for standard input. Without it the draft is shown."`
}

// Run saves a draft of all rules, or shows it: what is wrong with it, and how it differs from what is in force.
func (r rulesDraft) Run(c *cli) error {
	var body client.RuleDraft
	if r.File != "" {
		if err := readJSON(r.File, &body); err != nil {
			return err
		}
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.RuleDraftOut, error) {
		if r.File == "" {
			return api.GetRuleDraft(ctx, opt)
		}
		return api.SaveRuleDraft(ctx, body, opt)
	}, drafted)
}

func drafted(d *client.RuleDraftOut) table {
	t := table{text: fmt.Sprintf("%d rules, as they are in force", len(d.Rules)), more: said(d.Notices)}
	if d.Saved {
		t.text = fmt.Sprintf("a draft of %d rules, by %s", len(d.Rules), d.Author)
	}
	if len(d.Changes) > 0 {
		changes := changedRules(d.Changes)
		t.head, t.rows = changes.head, changes.rows
	}
	if len(d.Errors) > 0 {
		wrong := &table{head: []string{"AT", "WRONG"}, more: t.more}
		for _, f := range d.Errors {
			wrong.rows = append(wrong.rows, []string{f.Path, f.Message})
		}
		t.more = wrong
	}
	return t
}

type rulesPublish struct {
	At   *time.Time `help:"When it takes effect (default: now)." placeholder:"2026-11-23T00:00:00Z"`
	Note string     `help:"Why." placeholder:"TEXT"`
}

// Run publishes the draft.
func (r rulesPublish) Run(c *cli) error {
	return tellEdition(c, func(ctx context.Context, api *client.Client, opt client.Option) error {
		_, err := api.PublishRules(ctx, &client.Publishing{At: r.At, Note: r.Note}, opt)
		return err
	})
}

type rulesRestore struct {
	Version string     `arg:"" help:"Number of the version that is put back."`
	At      *time.Time `help:"When it takes effect (default: now)." placeholder:"2026-11-23T00:00:00Z"`
	Note    string     `help:"Why." placeholder:"TEXT"`
}

// Run rolls the rules back.
func (r rulesRestore) Run(c *cli) error {
	return tellEdition(c, func(ctx context.Context, api *client.Client, opt client.Option) error {
		_, err := api.RestoreRuleVersion(ctx, r.Version, &client.Publishing{At: r.At, Note: r.Note}, opt)
		return err
	})
}

type rulesVersions struct{}

// Run lists the versions, newest first.
func (rulesVersions) Run(c *cli) error {
	return tellEdition(c, func(ctx context.Context, api *client.Client, opt client.Option) error {
		_, err := api.ListRuleVersions(ctx, client.ListRuleVersionsParams{Limit: 100}, opt)
		return err
	})
}

// ruleEdition is a version as its list shows it.
type ruleEdition struct {
	Version         int64
	State           string
	From            time.Time
	Author, Note    string
	Restores, Count int64
	Items           []ruleEdition // of a list
}

// tellEdition tells a version, or a list of them.
func tellEdition(c *cli, do func(context.Context, *client.Client, client.Option) error) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		var a client.Answer
		if err := do(ctx, api, client.Into(&a)); err != nil {
			return err
		}
		var one ruleEdition
		if err := json.Unmarshal(a.Body, &one); err != nil {
			return err
		}
		if one.Items == nil && one.Version != 0 {
			one.Items = []ruleEdition{one}
		}
		return c.tell(a, func() table {
			t := table{head: []string{"VERSION", "STATE", "FROM", "RULES", "BY", "NOTE"}}
			for _, p := range one.Items {
				note := p.Note
				if p.Restores != 0 {
					note = joined(note, fmt.Sprintf("(version %d again)", p.Restores))
				}
				t.rows = append(t.rows, []string{fmt.Sprint(p.Version), p.State, moment(&p.From), fmt.Sprint(p.Count), p.Author, note})
			}
			return t
		})
	})
}
