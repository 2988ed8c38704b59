package rule_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill"
	"waybill/rule"
)

// criteria are leaves to build random trees of: some hold for the base facts, some do not, some speak of rates.
var criteria = []string{
	`{"field":"destination.country","op":"is","value":"GB"}`, `{"field":"destination.country","op":"in","value":["US","CA"]}`,
	`{"field":"destination.postcode","op":"in","value":"SW1-SW9, 10000-20000, B*"}`, `{"field":"weight","op":"gt","value":"2 kg"}`,
	`{"field":"value","op":"between","value":["10 GBP","49 GBP"]}`, `{"field":"sku","op":"matches","value":"A-*"}`,
	`{"field":"time","op":"between","value":"22:00-06:00"}`, `{"field":"attribute.gift","op":"exists","value":false}`,
	`{"expr":"parcels == 1 and any(items, .quantity > 1)"}`, `{"expr":"transit_days > 1"}`,
	`{"field":"price","op":"lt","value":"9.50 GBP"}`, `{"field":"carrier","op":"is_not","value":"ups"}`,
	`{"field":"delivery_by","op":"lte","value":"2026-11-26"}`, `{"field":"service","op":"in","value":["bike",41]}`,
}

var steering = []string{
	`{"do":"require","carrier":"ups"}`, `{"do":"require","service":["next","bike"]}`, `{"do":"exclude","provider":"DPD"}`,
	`{"do":"exclude","service":[31,"01"]}`, `{"do":"prefer","connection":"van"}`, `{"do":"fixed","service":"next"}`, `{"do":"fixed","carrier":"house"}`,
	`{"do":"fallback","max_extra":"50%","later":true}`, `{"do":"fallback","off":true}`, `{"do":"hold"}`, `{"do":"cheapest"}`, `{"do":"fastest"}`,
	`{"do":"printer","name":"Bench 1"}`, `{"do":"printer","name":"Bench 2"}`, `{"do":"return_service","service":7}`,
}

func tree(t *rapid.T, depth int) string {
	kind := "leaf"
	if depth > 0 {
		kind = rapid.SampledFrom([]string{"leaf", "leaf", "all", "any", "not"}).Draw(t, "kind")
	}
	switch kind {
	case "leaf":
		return rapid.SampledFrom(criteria).Draw(t, "criterion")
	case "not":
		return `{"not":` + tree(t, depth-1) + `}`
	}
	kids := make([]string, rapid.IntRange(1, 3).Draw(t, "kids"))
	for i := range kids {
		kids[i] = tree(t, depth-1)
	}
	return fmt.Sprintf(`{%q:[%s]}`, kind, strings.Join(kids, ","))
}

// anyRules draws rules that Parse accepts.
func anyRules(t *rapid.T) []waybill.Rule {
	var rules []waybill.Rule
	for i := range rapid.IntRange(0, 8).Draw(t, "rules") {
		r := stored(tree(t, 3), `[`+rapid.SampledFrom(steering).Draw(t, "action")+`]`)
		r.ID, r.Name = waybill.ID(fmt.Sprintf("%024d", i)), fmt.Sprint("rule ", i)
		r.Importance = rapid.IntRange(0, 2).Draw(t, "importance")
		rules = append(rules, r)
	}
	return rules
}

func anyFacts(t *rapid.T, g *given) {
	s := &g.Facts.Shipment
	s.To.Address.Country = rapid.SampledFrom([]string{"GB", "US", ""}).Draw(t, "country")
	s.To.Address.Postcode = rapid.StringMatching(`[A-Z0-9 ]{0,8}`).Draw(t, "postcode")
	s.TotalWeight.Value = waybill.Decimal(rapid.SampledFrom([]string{"", "1", "2.5", "30"}).Draw(t, "weight"))
	s.Value.Currency = rapid.SampledFrom([]string{"GBP", "USD"}).Draw(t, "currency")
	s.Options.Signature = rapid.SampledFrom([]string{"", "required", "adult"}).Draw(t, "signature")
	s.Choice.Service = rapid.SampledFrom([]int64{0, 0, 0, 41, 99}).Draw(t, "service")
	s.Choice.Connection = rapid.SampledFrom([]string{"", "", "", "van"}).Draw(t, "connection")
	g.Facts.RequireMatch = rapid.Bool().Draw(t, "require match")
	for i := range g.Rates {
		g.Rates[i].Sold.Minor = rapid.Int64Range(100, 3000).Draw(t, "price")
		if rapid.IntRange(0, 5).Draw(t, "fails") == 0 {
			g.Rates[i].Rejected = "failed"
		}
	}
}

// TestDecisionsHoldTogether: whatever the rules and facts, nothing is lost, nothing is in and out at once, every
// exclusion has its reason, and the order in which rules are stored does not matter.
func TestDecisionsHoldTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := base(t)
		anyFacts(r, &g)
		rules, rates := anyRules(r), g.named()
		set := compile(t, rules...)
		selection := set.Before(g.Facts)
		ranking := set.After(selection, rates)
		checkSelection(r, g, selection)
		checkRanking(r, rates, ranking)
		checkSteps(r, rules, slices.Concat(selection.Steps, ranking.Steps), g.Facts)

		shuffled := slices.Clone(rules)
		rand.New(rand.NewSource(int64(len(rules)))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again := compile(t, shuffled...)
		other := again.Before(g.Facts)
		if a, b := decision(g, selection, ranking), decision(g, other, again.After(other, rates)); a != b {
			r.Fatalf("the order of storing decides:\n%s\n---\n%s", a, b)
		}
	})
}

func checkSelection(r *rapid.T, g given, s rule.Selection) {
	for _, c := range g.Facts.Connections {
		at := slices.IndexFunc(s.Connections, func(k rule.Connection) bool { return k.Provider == c.Provider })
		told := func(subject string) bool {
			return slices.ContainsFunc(s.Steps, func(step waybill.Step) bool {
				return step.Stage == waybill.StageSelect && step.Outcome == waybill.StepRejected && step.Subject == subject && step.Detail != ""
			})
		}
		if at < 0 {
			all := told(c.Provider.Name)
			for _, service := range c.Services {
				all = all || told(c.Provider.Name+" / "+service.Name)
			}
			if !all {
				r.Fatalf("%s is not asked and nobody says why", c.Provider.Name)
			}
			continue
		}
		for _, service := range c.Services {
			kept := slices.ContainsFunc(s.Connections[at].Services, func(k rule.Service) bool { return k.Code == service.Code })
			if kept == told(c.Provider.Name+" / "+service.Name) {
				r.Fatalf("%s %s: kept %t", c.Provider.Name, service.Code, kept)
			}
		}
	}
}

func checkRanking(r *rapid.T, rates []waybill.Candidate, ranking rule.Ranking) {
	if len(ranking.Candidates) != len(rates) {
		r.Fatalf("%d rates in, %d out", len(rates), len(ranking.Candidates))
	}
	for i, c := range ranking.Candidates {
		if (c.Rank == 0) != (c.Rejected != "") || (c.Rank != 0 && c.Rank != i+1) {
			r.Fatalf("place %d: rank %d, rejected %q", i, c.Rank, c.Rejected)
		}
	}
	var tried []int
	for {
		i, ok, why := rule.Next(ranking.Candidates, tried, ranking.Fallback, time.Date(2026, 11, 25, 10, 15, 0, 0, time.UTC))
		if !ok {
			if why == "" {
				r.Fatal("Next stops without a reason")
			}
			break
		}
		if slices.Contains(tried, i) || ranking.Candidates[i].Rejected != "" || len(tried) >= ranking.Fallback.Attempts || (len(tried) > 0 && ranking.Fixed) {
			r.Fatalf("Next answers %d after %v", i, tried)
		}
		tried = append(tried, i)
	}
}

// checkSteps: every rule was decided exactly once, unless the caller's choice made rules moot.
func checkSteps(r *rapid.T, rules []waybill.Rule, steps []waybill.Step, f rule.Facts) {
	for _, stored := range rules {
		n := 0
		for _, step := range steps {
			if step.Subject == stored.Name && (step.Outcome == waybill.StepMatched || step.Outcome == waybill.StepNotMatched) {
				n++
			}
		}
		moot := slices.ContainsFunc(steps, func(s waybill.Step) bool { return s.Subject == "all rules" && s.Outcome == waybill.StepSkipped })
		if want := 1; n != want && !moot {
			r.Fatalf("%s was decided %d times", stored.Name, n)
		}
	}
}

// TestImportanceDecides: of rules that want different printers the most important wins, then the more specific,
// then the older.
func TestImportanceDecides(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var rules []waybill.Rule
		type key struct{ importance, criteria, age int }
		best, winner := key{-1, 0, 0}, ""
		for i := range rapid.IntRange(1, 8).Draw(r, "n") {
			k := key{rapid.IntRange(0, 2).Draw(r, "importance"), rapid.IntRange(0, 2).Draw(r, "criteria"), rapid.IntRange(0, 1000).Draw(r, "age")*10 + i}
			leaf := `{"field":"destination.country","op":"is","value":"GB"}`
			rule := stored(`{"all":[`+strings.TrimSuffix(strings.Repeat(leaf+",", k.criteria), ",")+`]}`, fmt.Sprintf(`[{"do":"printer","name":"P%d"}]`, i))
			rule.Name, rule.Importance = fmt.Sprint(i), k.importance
			rule.Created = time.Unix(int64(100_000-k.age), 0)
			rules = append(rules, rule)
			if k.importance > best.importance || k.importance == best.importance && (k.criteria > best.criteria || k.criteria == best.criteria && k.age > best.age) {
				best, winner = k, fmt.Sprint("P", i)
			}
		}
		selection := compile(t, rules...).Before(base(t).Facts)
		if selection.Printer != winner {
			r.Fatalf("%s, want %s: %+v", selection.Printer, winner, selection.Steps)
		}
	})
}

// TestExclusionsAreKept: what an exclusion of the highest importance takes out is never ranked, whatever lesser
// rules say.
func TestExclusionsAreKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := base(t)
		rules := anyRules(r)
		ban := stored(``, `[{"do":"exclude","carrier":"house"}]`)
		ban.Name, ban.Importance = "ban", 100
		set := compile(t, append(rules, ban)...)
		for _, c := range set.After(set.Before(g.Facts), g.named()).Candidates {
			if c.Rank > 0 && c.Provider.Carrier == "house" {
				r.Fatalf("%s is ranked", c.Provider.Name)
			}
		}
	})
}

// matches asks one criterion of the base facts as the test changed them.
func matches(t testing.TB, f rule.Facts, field, op, value string) bool {
	t.Helper()
	raw, _ := json.Marshal(value)
	r := stored(fmt.Sprintf(`{"field":%q,"op":%q,"value":%s}`, field, op, raw), ``)
	for _, step := range compile(t, r).Before(f).Steps {
		if step.Stage == waybill.StageRule {
			return step.Outcome == waybill.StepMatched
		}
	}
	t.Fatal("no step")
	return false
}

// TestWildcards: * agrees with a regular expression.
func TestWildcards(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		pattern := rapid.StringMatching(`[ab*]{1,6}`).Draw(r, "pattern")
		f := rule.Facts{}
		f.Shipment.Method = rapid.StringMatching(`[abc]{1,8}`).Draw(r, "text")
		want := regexp.MustCompile("^" + strings.ReplaceAll(pattern, "*", ".*") + "$").MatchString(f.Shipment.Method)
		if got := matches(t, f, "method", "matches", pattern); got != want {
			r.Fatalf("%q matches %q: %t", pattern, f.Shipment.Method, got)
		}
	})
}

// TestPostcodeRanges: ranges agree with comparing numbers.
func TestPostcodeRanges(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		low := rapid.IntRange(0, 99).Draw(r, "low")
		high, n := rapid.IntRange(low, 99).Draw(r, "high"), rapid.IntRange(0, 99).Draw(r, "n")
		want := low <= n && n <= high
		var f rule.Facts
		f.Shipment.To.Address.Country, f.Shipment.To.Address.Postcode = "DE", fmt.Sprintf("%05d", n)
		if got := matches(t, f, "destination.postcode", "in", fmt.Sprintf("%05d-%05d", low, high)); got != want {
			r.Fatalf("%05d in %05d-%05d: %t", n, low, high, got)
		}
		f.Shipment.To.Address.Country, f.Shipment.To.Address.Postcode = "GB", fmt.Sprintf("BT%d 1AA", n)
		if got := matches(t, f, "destination.postcode", "in", fmt.Sprintf("BT%d-BT%d", low, high)); got != want {
			r.Fatalf("BT%d in BT%d-BT%d: %t", n, low, high, got)
		}
	})
}

// FuzzParse: whatever is stored, Parse answers a rule that runs or an error that says where.
func FuzzParse(f *testing.F) {
	for _, leaf := range criteria {
		f.Add(leaf, `[]`)
	}
	for _, action := range steering {
		f.Add(`{"all":[{"any":[{"not":{"field":"price","op":"gte","value":1}}]}]}`, `[`+action+`]`)
	}
	f.Add(`{"field":"destination.postcode","op":"matches","value":"LV-1010-LV-1050, BT1*, 00-950"}`, `[{"do":"change","field":"weight","value":"1e3 g"}]`)
	f.Add(`{"field":"attribute.x","op":"contains","value":"é"}`, `[{"do":"change","field":"sender_tax_number","value":{"type":"a","number":"b"}}]`)
	g := base(f)
	rates := g.named()
	f.Fuzz(func(t *testing.T, when, then string) {
		r := stored(when, then)
		if _, err := rule.Parse(r); err != nil {
			e := waybill.AsError(err)
			if e.Reason != waybill.ReasonFields || len(e.Fields) == 0 {
				t.Fatalf("%+v", e)
			}
			for _, field := range e.Fields {
				if field.Message == "" || !strings.HasPrefix(field.Path, "when") && !strings.HasPrefix(field.Path, "then") {
					t.Fatalf("%+v", field)
				}
			}
			return
		}
		set := compile(t, r)
		selection := set.Before(g.Facts)
		shipment := g.Facts.Shipment
		selection.Apply(&shipment)
		set.After(selection, rates)
	})
}
