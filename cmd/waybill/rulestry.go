package main

import (
	"context"
	"fmt"
	"strings"

	"waybill/client"
)

// whichRules says which rules stand in for those in force.
type whichRules struct {
	Rules   string `help:"Rules from a JSON file in place of those in force: {\"rules\": […]}; - for standard input." placeholder:"FILE" xor:"which"`
	Version string `help:"Or a version by its number, or draft." placeholder:"VERSION" xor:"which"`
}

func (w whichRules) read() (rules []client.Rule, version string, err error) {
	var body client.RuleDraft
	if w.Rules != "" {
		err = readJSON(w.Rules, &body)
	}
	return body.Rules, w.Version, err
}

type rulesDiff struct {
	One     string `arg:"" name:"version" help:"A version's number, or draft."`
	Another string `arg:"" optional:"" help:"The same. Without it, VERSION is held against what is in force."`
}

// Run tells in which rules two versions differ: what is added, removed and changed on the way to the last named.
func (r rulesDiff) Run(c *cli) error {
	params := client.DiffRulesParams{From: r.One, To: r.Another}
	if r.Another == "" {
		params = client.DiffRulesParams{To: r.One}
	}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.ListRuleChange, error) {
		return api.DiffRules(ctx, params, opt)
	}, func(list *client.ListRuleChange) table { return changedRules(list.Items) })
}

func changedRules(list []client.RuleChange) table {
	t := table{head: []string{"RULE", "IS", "IN"}}
	for _, k := range list {
		t.rows = append(t.rows, []string{k.Name, k.Kind, strings.Join(k.Fields, ", ")})
	}
	return t
}

type rulesWithdraw struct {
	Version string `arg:"" help:"Number of a version that is planned."`
}

// Run takes a version back whose time has not come.
func (r rulesWithdraw) Run(c *cli) error {
	return c.api(func(ctx context.Context, api *client.Client) error {
		if err := api.WithdrawRuleVersion(ctx, r.Version); err != nil {
			return err
		}
		return c.print(map[string]string{"withdrawn": r.Version}, table{text: "version " + r.Version + " is withdrawn"})
	})
}

type rulesBacktest struct {
	Last  int64      `help:"How many shipments, the newest; at most 200." default:"50" placeholder:"N"`
	Which whichRules `embed:""`
}

// Run tells what rules would have done with past shipments.
func (r rulesBacktest) Run(c *cli) error {
	rules, version, err := r.Which.read()
	if err != nil {
		return err
	}
	body := client.BacktestInBody{Last: &r.Last, Rules: rules, Version: version}
	return query(c, func(ctx context.Context, api *client.Client, opt client.Option) (*client.BacktestOut, error) {
		return api.BacktestRules(ctx, body, opt)
	}, backtested)
}

// backtested shows the shipments that would have gone another way.
func backtested(out *client.BacktestOut) table {
	t := table{text: fmt.Sprintf("%d of %d shipments would have gone another way", out.Changed, out.Shipments)}
	for _, m := range out.Differences {
		t.text += fmt.Sprintf("\ndifference %s", price(&m))
	}
	for _, k := range out.Items {
		if !k.Changed {
			continue
		}
		if t.head == nil {
			t.head = []string{"SHIPMENT", "THEN", "NOW", "DIFFERENCE", "NOT ASKED"}
		}
		name := k.Reference
		if name == "" {
			name = k.ShipmentID
		}
		t.rows = append(t.rows, []string{name, wentBy(k.Then), wentBy(k.Now), price(k.Difference), strings.Join(k.NotAsked, ", ")})
	}
	return t
}

func wentBy(o client.BacktestOutcome) string {
	if o.Connection == "" {
		return joined(o.Outcome, o.Reason)
	}
	return strings.TrimSpace(o.Connection + " " + o.ServiceName + " " + price(o.Price))
}
