package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

const always = `{}`

func printer(name string) []byte { return []byte(`[{"do":"printer","name":"` + name + `"}]`) }

func ruleNamed(name, on string) waybill.Rule {
	return waybill.Rule{Name: name, When: []byte(always), Then: printer(on)}
}

// printed is where a new order's label goes, and by which version of the rules.
func printed(t *testing.T, d *enginetest.Desk, reference string) (on string, version int64) {
	t.Helper()
	sh, err := d.CreateShipment(t.Context(), enginetest.Order(reference))
	if err != nil {
		t.Fatal(err)
	}
	view, err := d.ShipmentDecisions(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: sh.ID}})
	if err != nil || len(view) == 0 {
		t.Fatal(err, view)
	}
	last := view[len(view)-1]
	return last.Printer, last.Rules
}

// TestRulesTakeEffectAtTheirTime: a draft that is published for tomorrow decides from that moment on, on every node and
// without anybody doing anything; what is in force can be told apart from what is planned.
func TestRulesTakeEffectAtTheirTime(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		w := enginetest.New(t, o)
		d := w.Account("acme")
		d.Boston(d.House("van", "Van", "us"))
		d.Rule("Labels", always, string(printer("one")))
		other := enginetest.New(t, enginetest.Options{Store: w.Store, Clock: w.Clock}) // another node, with a cache of its own
		far := enginetest.Desk{World: other, Session: other.Engine.As(d.Actor)}
		if on, version := printed(t, d, "A-1"); on != "one" || version != 1 {
			t.Errorf("printed on %q by version %d", on, version)
		}
		if on, _ := printed(t, &far, "A-2"); on != "one" {
			t.Errorf("the other node printed on %q", on)
		}
		draft, err := d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Rules: []waybill.Rule{ruleNamed("Labels", "two"), ruleNamed("More", "three")}})
		if err != nil || len(draft.Changes) != 2 || draft.Base != 1 {
			t.Fatalf("%v: %+v", err, draft)
		}
		if on, version := printed(t, d, "A-3"); on != "one" || version != 1 {
			t.Errorf("a draft decided: %q by version %d", on, version)
		}
		at := w.Clock.Now().Add(24 * time.Hour)
		planned, err := d.PublishRules(t.Context(), engine.PublishRules{Version: draft.Version, At: at, Note: "Christmas"})
		if err != nil || planned.No != 2 || !planned.From.Equal(at) {
			t.Fatalf("%v: %+v", err, planned)
		}
		if on, version := printed(t, &far, "A-4"); on != "one" || version != 1 {
			t.Errorf("what is planned decided: %q by version %d", on, version)
		}
		w.Clock.Advance(24 * time.Hour)
		for i, node := range []*enginetest.Desk{d, &far} {
			if on, version := printed(t, node, fmt.Sprint("B-", i)); on != "two" || version != 2 {
				t.Errorf("node %d printed on %q by version %d", i, on, version)
			}
		}
		all, err := d.ListRules(t.Context())
		if err != nil || len(all) != 2 || all[0].Version != 2 || all[1].Number == 0 {
			t.Errorf("%v: the rules in force are %+v", err, all)
		}
		back, err := d.PublishRules(t.Context(), engine.PublishRules{Edition: 1})
		if err != nil || back.No != 3 || back.Restores != 1 {
			t.Fatalf("%v: %+v", err, back)
		}
		if on, version := printed(t, &far, "C-1"); on != "one" || version != 3 {
			t.Errorf("rolled back, and printed on %q by version %d", on, version)
		}
		changes, err := d.DiffRules(t.Context(), engine.RuleDiff{From: "2", To: "3"})
		if err != nil || len(changes) != 2 || strings.Join(changes[0].Fields, " ") != "then" || changes[1].After != nil || changes[1].Name != "More" {
			t.Errorf("%v: %+v", err, changes)
		}
	})
}

// TestOnlyWhatIsPlannedIsWithdrawn: history stays, and what was taken back never takes effect.
func TestOnlyWhatIsPlannedIsWithdrawn(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("van", "Van", "us"))
	d.Rule("Labels", always, string(printer("one")))
	_, err := d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Rules: []waybill.Rule{ruleNamed("Labels", "two")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.PublishRules(t.Context(), engine.PublishRules{At: d.Clock.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	_, err = d.WithdrawRules(t.Context(), 1)
	wantReason(t, err, waybill.ReasonInUse)
	if _, err := d.WithdrawRules(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	d.Clock.Advance(2 * time.Hour)
	if on, version := printed(t, d, "A-1"); on != "one" || version != 1 {
		t.Errorf("printed on %q by version %d", on, version)
	}
	_, err = d.WithdrawRules(t.Context(), 2)
	wantReason(t, err, waybill.ReasonInUse)
	_, err = d.WithdrawRules(t.Context(), 9)
	wantReason(t, err, waybill.ReasonUnknownRecord)
}

// TestTwoWhoPublish: a draft that does not know of the newest version is refused until somebody has looked; a draft
// with mistakes is kept, and refused with the place of each.
func TestTwoWhoPublish(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	draft, err := d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Rules: []waybill.Rule{ruleNamed("Mine", "one")}})
	if err != nil {
		t.Fatal(err)
	}
	d.Rule("Theirs", always, string(printer("two")))
	_, err = d.PublishRules(t.Context(), engine.PublishRules{})
	wantReason(t, err, waybill.ReasonVersion)
	bad := waybill.Rule{Name: "Mine", When: []byte(`{"all":[{"field":"weight","op":"gt","value":"heavy"}]}`)}
	wrong, err := d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Version: draft.Version, Rules: []waybill.Rule{ruleNamed("Other", "one"), bad, bad}})
	if err != nil || len(wrong.Problems) != 3 || wrong.Problems[0].Path != "rules[1].when.all[0].value" || wrong.Problems[1].Path != "rules[2].name" {
		t.Fatalf("%v: %+v", err, wrong.Problems)
	}
	_, err = d.PublishRules(t.Context(), engine.PublishRules{})
	wantReason(t, err, waybill.ReasonFields, "rules[1].when.all[0].value")
	_, err = d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Version: draft.Version})
	wantReason(t, err, waybill.ReasonVersion)
	good, err := d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Rules: []waybill.Rule{ruleNamed("Mine", "one")}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.PublishRules(t.Context(), engine.PublishRules{Version: good.Version - 1})
	wantReason(t, err, waybill.ReasonVersion)
	if set, err := d.PublishRules(t.Context(), engine.PublishRules{Version: good.Version}); err != nil || set.No != 2 || len(set.Rules) != 1 {
		t.Errorf("%v: %+v", err, set)
	}
	_, err = d.PublishRules(t.Context(), engine.PublishRules{})
	wantReason(t, err, waybill.ReasonVersion)
}

// TestRulesOfManyAtOnce: whoever saves single rules at the same moment, none is lost, and each is a version.
func TestRulesOfManyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				if _, err := d.SaveRule(t.Context(), ruleNamed(fmt.Sprint("R", i), "one")); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		all, err := d.ListRules(t.Context())
		if err != nil || len(all) != 4 {
			t.Errorf("%v: %d rules", err, len(all))
		}
		versions, err := d.ListRuleVersions(t.Context(), engine.ListVersions{Page: store.Page{Limit: 10}})
		if err != nil || len(versions.Items) != 4 || versions.InForce != 4 {
			t.Errorf("%v: %d versions, in force %d", err, len(versions.Items), versions.InForce)
		}
	})
}

// TestRulesOfBeforeAreTheFirstVersion: an account whose rules were stored before versions goes on with them.
func TestRulesOfBeforeAreTheFirstVersion(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("van", "Van", "us"))
	old := ruleNamed("Labels", "one")
	old.ID, old.Account = "0123456789abcdef01234567", d.Actor.Account
	if err := d.Store.Update(t.Context(), d.Actor, func(tx store.Tx) error { return tx.Rules().Put(&old) }); err != nil {
		t.Fatal(err)
	}
	if on, version := printed(t, d, "A-1"); on != "one" || version != 0 {
		t.Errorf("printed on %q by version %d", on, version)
	}
	d.Rule("Labels", always, string(printer("two")))
	if on, version := printed(t, d, "A-2"); on != "two" || version != 2 {
		t.Errorf("printed on %q by version %d", on, version)
	}
	if _, err := d.PublishRules(t.Context(), engine.PublishRules{Edition: 1}); err != nil {
		t.Fatal(err)
	}
	if on, version := printed(t, d, "A-3"); on != "one" || version != 3 {
		t.Errorf("printed on %q by version %d", on, version)
	}
}

// TestRulesOutliveAClockThatIsSetBack: what was put in force at once stays so, and what comes after it takes its place.
func TestRulesOutliveAClockThatIsSetBack(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("van", "Van", "us"))
	d.Rule("Labels", always, string(printer("one")))
	d.Clock.Set(d.Clock.Now().Add(-30 * 24 * time.Hour))
	if on, version := printed(t, d, "A-1"); on != "one" || version != 1 {
		t.Errorf("printed on %q by version %d", on, version)
	}
	d.Rule("Labels", always, string(printer("two")))
	if on, version := printed(t, d, "A-2"); on != "two" || version != 2 {
		t.Errorf("printed on %q by version %d", on, version)
	}
	_, err := d.WithdrawRules(t.Context(), 2)
	wantReason(t, err, waybill.ReasonInUse)
}

// TestBacktest: what other rules would have chosen for past shipments is told with the difference, and nothing is
// asked or changed.
func TestBacktest(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("van", "Van", "us"), d.House("bike", "Bike", "us"))
	dear := waybill.Rule{Name: "Dear", Then: []byte(`[{"do":"fastest"}]`)}
	for i := range 3 {
		if _, err := d.CreateShipment(t.Context(), enginetest.Order(fmt.Sprint("A-", i))); err != nil {
			t.Fatal(err)
		}
	}
	same, err := d.BacktestRules(t.Context(), engine.BacktestRules{Last: 10})
	if err != nil || len(same.Cases) != 3 || same.Changed != 0 || len(same.Differences) != 0 {
		t.Fatalf("%v: the same rules: %+v", err, same)
	}
	other, err := d.BacktestRules(t.Context(), engine.BacktestRules{Last: 2, RuleChoice: engine.RuleChoice{Rules: []waybill.Rule{dear}}})
	if err != nil || len(other.Cases) != 2 || other.Changed != 2 || len(other.Differences) != 1 || other.Differences[0].Minor <= 0 {
		t.Fatalf("%v: the fastest: %+v", err, other)
	}
	if c := other.Cases[0]; c.Shipment.Reference != "A-2" || c.Then.Offer == nil || c.Now.Offer == nil || c.Now.Offer.Sold.Minor-c.Then.Offer.Sold.Minor != c.Difference.Minor {
		t.Errorf("%+v", c)
	}
	hold := waybill.Rule{Name: "Hold", Then: []byte(`[{"do":"hold","reason":"stocktaking"}]`)}
	if _, err := d.SaveRuleDraft(t.Context(), engine.SaveRuleDraft{Rules: []waybill.Rule{hold}}); err != nil {
		t.Fatal(err)
	}
	held, err := d.BacktestRules(t.Context(), engine.BacktestRules{Last: 10, RuleChoice: engine.RuleChoice{Version: "draft"}})
	if err != nil || held.Changed != 3 || held.Cases[0].Now.Outcome != "hold" || held.Cases[0].Now.Reason != "stocktaking" {
		t.Errorf("%v: %+v", err, held)
	}
}
