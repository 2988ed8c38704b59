package rule_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/rule"
)

func compile(t testing.TB, rules ...waybill.Rule) rule.Set {
	t.Helper()
	set, err := rule.Compile(rules)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestApplyChanges: the changed shipment is what the carrier is told; the given one stays as it was.
func TestApplyChanges(t *testing.T) {
	set := compile(t, stored(``, `[
		{"do":"change","field":"weight","value":"5 lb"},
		{"do":"change","field":"value","value":"10.00 EUR"},
		{"do":"change","field":"cod","value":"3 EUR"},
		{"do":"change","field":"insurance","value":"4.50 EUR"},
		{"do":"change","field":"signature","value":"required"},
		{"do":"change","field":"temperature","value":"refrigerated"},
		{"do":"change","field":"dangerous_goods","value":true},
		{"do":"change","field":"enhancement","value":"saturday"},
		{"do":"change","field":"ship_date","value":"2026-12-24"},
		{"do":"change","field":"instructions","value":"Ring twice"},
		{"do":"change","field":"pickup_notes","value":"Back door"},
		{"do":"change","field":"sender_tax_number","value":{"type":"IOSS","number":"IM1","country":"IE"}},
		{"do":"change","field":"recipient_tax_number","value":{"type":"EORI","number":"GB1"}},
		{"do":"change","field":"attribute.reason","value":"sale"}]`))
	given := waybill.Shipment{
		TotalWeight: waybill.Weight{Value: "1", Unit: waybill.Kilogram},
		Parcels:     []waybill.Parcel{{Name: "a", Temperature: "none"}, {Name: "b"}},
		From:        waybill.Party{TaxIDs: []waybill.TaxID{{Type: "VAT", Number: "V"}, {Type: "IOSS", Number: "old"}}},
		Attributes:  json.RawMessage(`{"gift":"yes","n":3}`),
	}
	before := written(t, given)
	got := given
	set.Before(rule.Facts{Shipment: given}).Apply(&got)

	half := waybill.Weight{Value: "1134", Unit: waybill.Gram} // 5 lb are 2267.96 g: two shares of 1134
	want := waybill.Shipment{
		TotalWeight: waybill.Weight{Value: "5", Unit: waybill.Pound},
		Parcels:     []waybill.Parcel{{Name: "a", Weight: half, Temperature: "refrigerated"}, {Name: "b", Weight: half, Temperature: "refrigerated"}},
		Value:       waybill.Amount{Value: "10.00", Currency: "EUR"},
		Options: waybill.Options{
			Signature: "required", Temperature: "refrigerated", DangerousGoods: true, Enhancement: "saturday", ShipDate: "2026-12-24",
			COD: waybill.Amount{Value: "3", Currency: "EUR"}, Insurance: waybill.Amount{Value: "4.50", Currency: "EUR"},
		},
		Instructions: "Ring twice", PickupNotes: "Back door",
		From:       waybill.Party{TaxIDs: []waybill.TaxID{{Type: "VAT", Number: "V"}, {Type: "IOSS", Number: "IM1", Country: "IE"}}},
		To:         waybill.Party{TaxIDs: []waybill.TaxID{{Type: "EORI", Number: "GB1"}}},
		Attributes: json.RawMessage(`{"gift":"yes","n":3,"reason":"sale"}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, written(t, given)); diff != "" {
		t.Errorf("the given shipment changed: %s", diff)
	}
}

// TestWorkingDays: transit days skip the weekend, so Friday's one day is no later than Monday noon.
func TestWorkingDays(t *testing.T) {
	friday := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC)
	monday := friday.AddDate(0, 0, 3)
	next := func(days int, limits waybill.Fallback) (bool, string) {
		ranked := []waybill.Candidate{
			{Rank: 1, Rate: waybill.Rate{Delivery: &monday}, Sold: waybill.Money{Minor: 100, Currency: "GBP"}},
			{Rank: 2, Rate: waybill.Rate{Service: "x", TransitDays: days}, Sold: waybill.Money{Minor: 100, Currency: "GBP"}},
		}
		_, ok, why := rule.Next(ranked, []int{0}, limits, friday)
		return ok, why
	}
	if ok, why := next(1, rule.DefaultFallback()); !ok {
		t.Error(why)
	}
	if ok, why := next(2, rule.DefaultFallback()); ok || !strings.Contains(why, "arrives later: on 2026-12-01") {
		t.Error(ok, why)
	}
	tuesday := friday.AddDate(0, 0, 4)
	if ok, why := next(2, waybill.Fallback{Attempts: 3, LaterAllowed: true, Latest: &tuesday}); !ok {
		t.Error(why)
	}
	if ok, why := next(3, waybill.Fallback{Attempts: 3, LaterAllowed: true, Latest: &tuesday}); ok || !strings.Contains(why, "too late") {
		t.Error(ok, why)
	}
}

// TestNextFromStored: limits work on a decision as stored: candidates in any order, ranks in them.
func TestNextFromStored(t *testing.T) {
	price := func(rank int, minor int64, currency string) waybill.Candidate {
		return waybill.Candidate{Rank: rank, Rate: waybill.Rate{Service: fmt.Sprint(rank)}, Sold: waybill.Money{Minor: minor, Currency: currency}}
	}
	ranked := []waybill.Candidate{price(3, 1199, "GBP"), price(0, 1, "GBP"), price(1, 1000, "GBP"), price(2, 1201, "GBP")}
	var got []string
	for _, tried := range [][]int{nil, {2}, {2, 0}, {2, 0, 3}} {
		i, ok, _ := rule.Next(ranked, tried, rule.DefaultFallback(), time.Time{})
		got = append(got, fmt.Sprint(i, ok))
	}
	if diff := cmp.Diff([]string{"2 true", "0 true", "0 false", "0 false"}, got); diff != "" {
		t.Error(diff)
	}
	extra := waybill.Money{Minor: 300, Currency: "EUR"}
	_, ok, why := rule.Next(ranked, []int{2}, waybill.Fallback{Attempts: 3, MaxExtraAbs: &extra}, time.Time{})
	if ok || !strings.Contains(why, "another currency than the limit of 3.00 EUR") {
		t.Error(ok, why)
	}
	if i, ok, _ := rule.Next(ranked, []int{2}, waybill.Fallback{Attempts: 9, MaxExtra: 201}, time.Time{}); !ok || i != 3 {
		t.Errorf("20.1 %% dearer: %d %t", i, ok)
	}
}

// TestExplainOwnSteps: steps that the engine adds are told too, and every outcome.
func TestExplainOwnSteps(t *testing.T) {
	d := waybill.Decision{Outcome: "no_provider", Reason: "no rate", Steps: []waybill.Step{
		{Stage: waybill.StageRate, Subject: "UPS", Outcome: waybill.StepFailed, Detail: "no answer within 2 s"},
		{Stage: waybill.StageRate, Subject: "DPD", Outcome: waybill.StepAnswered, Detail: "2 rates"},
		{Stage: waybill.StageFallback, Subject: "UPS", Outcome: waybill.StepRefused, Detail: "postcode unknown"},
		{Stage: waybill.StageFallback, Subject: "DPD / Next Day", Outcome: waybill.StepChosen, Detail: "DPD / Next Day, 9.50 GBP, in place of UPS / Ground, 9.00 GBP"},
		{Stage: waybill.StageFallback, Outcome: waybill.StepNone, Detail: "3 of 3 purchases are used up"},
		{Stage: "odd", Subject: "something", Outcome: "happened", Detail: "somehow"},
	}}
	want := []string{
		"UPS gave no rate: no answer within 2 s.",
		"DPD answered: 2 rates.",
		"UPS would not book it: postcode unknown.",
		"A second choice is tried: DPD / Next Day, 9.50 GBP, in place of UPS / Ground, 9.00 GBP.",
		"No second choice is tried: 3 of 3 purchases are used up.",
		"something: happened (somehow).",
		"Nobody will carry it: no rate.",
	}
	if diff := cmp.Diff(want, rule.Explain(d)); diff != "" {
		t.Error(diff)
	}
}

// TestExpressionsAreBounded: an expression goes through the largest shipment a request can hold, within
// its memory and in milliseconds (the test allows for a busy machine).
func TestExpressionsAreBounded(t *testing.T) {
	f := base(t).Facts
	for i := range 20_000 {
		f.Shipment.Items = append(f.Shipment.Items, waybill.Item{SKU: fmt.Sprint("S-", i), Quantity: 1})
	}
	var parts []string
	for range 8 {
		parts = append(parts, `count(items, .sku contains "x" and .quantity > 0) > 0`)
	}
	parts = append(parts, `count(items, .quantity == 1) > 20000`)
	set := compile(t, stored(`{"expr":`+written(t, strings.Join(parts, " or "))+`}`, ``))
	start := time.Now()
	step := set.Before(f).Steps[0]
	if took := time.Since(start); took > 20*time.Second || step.Outcome != waybill.StepMatched {
		t.Errorf("took %s: %+v", took, step)
	}
}

// TestSetIsShared: one set serves many shipments at once and never lets one see another.
func TestSetIsShared(t *testing.T) {
	set := fiftyRules(t)
	var wg sync.WaitGroup
	for worker := range 8 {
		g := base(t)
		g.Facts.Shipment.To.Address.Postcode = fmt.Sprintf("BT%d 1AA", worker+1)
		rates := g.named()
		want := decision(g, set.Before(g.Facts), set.After(set.Before(g.Facts), rates))
		wg.Go(func() {
			for range 20 {
				selection := set.Before(g.Facts)
				if got := decision(g, selection, set.After(selection, rates)); got != want {
					t.Errorf("worker %d sees something else", worker)
					return
				}
			}
		})
	}
	wg.Wait()
}

// fiftyRules is a set like a busy shop's: postal areas, weights, values, methods, SKUs, an expression, rules
// that speak of rates.
func fiftyRules(t testing.TB) rule.Set {
	t.Helper()
	var rules []waybill.Rule
	for i := range 50 {
		when, then := "", `[{"do":"prefer","carrier":"ups"}]`
		switch i % 10 {
		case 0:
			when = fmt.Sprintf(`{"field":"destination.postcode","op":"in","value":"BT1-BT94, IM*, GY*, JE*, HS1-HS9, ZE1-ZE3, KW15-KW17, PA20-PA%d"}`, 50+i)
		case 1:
			when = fmt.Sprintf(`{"all":[{"field":"destination.country","op":"in","value":["GB","IE"]},{"field":"weight","op":"between","value":["1 kg","%d kg"]}]}`, 2+i)
			then = `[{"do":"exclude","service":"01"}]`
		case 2:
			when = fmt.Sprintf(`{"all":[{"field":"method","op":"is","value":"Method %d"},{"field":"channel","op":"is","value":"Shop"}]}`, i)
		case 3:
			when = fmt.Sprintf(`{"any":[{"field":"sku","op":"in","value":["S-%d","S-1","S-2"]},{"field":"tag","op":"is","value":%d}]}`, i, i)
		case 4:
			when = fmt.Sprintf(`{"all":[{"field":"value","op":"gt","value":"%d.00 GBP"},{"not":{"field":"destination.country","op":"is","value":"GB"}}]}`, i)
		case 5:
			when = fmt.Sprintf(`{"expr":"grams > %d and any(items, .quantity > 1)"}`, i*100)
			then = fmt.Sprintf(`[{"do":"printer","name":"Bench %d"}]`, i)
		case 6:
			when = fmt.Sprintf(`{"all":[{"field":"price","op":"gt","value":"%d GBP"},{"field":"carrier","op":"is","value":"ups"}]}`, 15+i)
			then = `[{"do":"exclude"}]`
		case 7:
			when = `{"all":[{"field":"time","op":"between","value":"08:00-16:30"},{"field":"weekday","op":"between","value":"mon-fri"}]}`
			then = `[{"do":"cheapest"}]`
		case 8:
			when = fmt.Sprintf(`{"field":"attribute.boxes","op":"is","value":"%d"}`, i)
		case 9:
			when = fmt.Sprintf(`{"field":"destination.city","op":"matches","value":"%c*"}`, 'a'+i%26)
		}
		r := stored(when, then)
		r.Name, r.Importance = fmt.Sprint("rule ", i), i%3
		rules = append(rules, r)
	}
	return compile(t, rules...)
}

// BenchmarkDecide is a whole decision: fifty rules before rating and after, five rates.
func BenchmarkDecide(b *testing.B) {
	set, g := fiftyRules(b), base(b)
	rates := g.named()
	b.ReportAllocs()
	for b.Loop() {
		selection := set.Before(g.Facts)
		if ranking := set.After(selection, rates); len(ranking.Candidates) != len(rates) {
			b.Fatal(len(ranking.Candidates))
		}
	}
}

// BenchmarkCompile is what saving a rule or filling the engine's cache costs.
func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		fiftyRules(b)
	}
}
