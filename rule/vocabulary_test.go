package rule_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"waybill"
	"waybill/rule"
)

// usage is what the cases that are no error cases make use of.
type usage struct {
	criteria map[string]map[rule.Op]bool // by field
	actions  map[rule.Do]bool
	changes  map[string]bool
}

func (u usage) condition(c rule.Condition) {
	for _, kid := range slices.Concat(c.All, c.Any) {
		u.condition(kid)
	}
	if c.Not != nil {
		u.condition(*c.Not)
	}
	name := c.Field
	if strings.HasPrefix(name, "attribute.") {
		name = "attribute.<key>"
	}
	if u.criteria[name] == nil {
		u.criteria[name] = map[rule.Op]bool{}
	}
	u.criteria[name][c.Op] = true
}

func caseUsage(t *testing.T) usage {
	t.Helper()
	u := usage{map[string]map[rule.Op]bool{}, map[rule.Do]bool{}, map[string]bool{}}
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range archive.Files {
			if section.Name != "rules.json" || strings.Contains(file, "error-") {
				continue
			}
			for _, r := range storedRules(t, section.Data) {
				var c rule.Condition
				if err := json.Unmarshal(r.When, &c); len(r.When) > 0 && !r.Suspended && err != nil {
					t.Fatal(err)
				}
				u.condition(c)
				var then []struct {
					Do    rule.Do
					Field string
				}
				if len(r.Then) > 0 {
					decode(t, r.Then, &then)
				}
				for _, a := range then {
					u.actions[a.Do] = true
					u.changes[a.Field] = true
				}
			}
		}
	}
	return u
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// TestCasesUseEverything: no field, operator, action or change is without a case.
func TestCasesUseEverything(t *testing.T) {
	u := caseUsage(t)
	byType := map[rule.Type]map[rule.Op]bool{}
	for _, f := range rule.Vocabulary() {
		if len(u.criteria[f.Name]) == 0 {
			t.Errorf("no case asks about %s", f.Name)
		}
		if f.Description == "" || len(f.Operators) == 0 {
			t.Errorf("%s has no description or no operator", f.Name)
		}
		if byType[f.Type] == nil {
			byType[f.Type] = map[rule.Op]bool{}
		}
		for op := range u.criteria[f.Name] {
			byType[f.Type][op] = true
		}
	}
	for _, f := range rule.Vocabulary() {
		for _, op := range f.Operators {
			if !byType[f.Type][op] {
				t.Errorf("no case uses %s on a field of type %s", op, f.Type)
			}
		}
	}
	for _, do := range rule.Dos {
		if !u.actions[do] {
			t.Errorf("no case has the action %s", do)
		}
	}
	for _, field := range []string{
		"weight", "value", "insurance", "cod", "signature", "temperature", "dangerous_goods", "enhancement", "ship_date",
		"instructions", "pickup_notes", "sender_tax_number", "recipient_tax_number", "attribute.reason_for_export",
	} {
		if !u.changes[field] {
			t.Errorf("no case changes %s", field)
		}
	}
}

// TestVocabularyIsTheCallersOwn: what a caller does with the list changes nothing.
func TestVocabularyIsTheCallersOwn(t *testing.T) {
	rule.Vocabulary()[0].Operators[0] = "broken"
	if _, err := rule.Parse(stored(`{"field":"destination.country","op":"is","value":"GB"}`, ``)); err != nil {
		t.Error(err)
	}
}

func stored(when, then string) waybill.Rule {
	return waybill.Rule{Name: "r", When: []byte(when), Then: []byte(then)}
}

// TestWrittenFormIsRead: what a builder writes from the Go types is what Parse reads.
func TestWrittenFormIsRead(t *testing.T) {
	when := rule.Condition{All: []rule.Condition{
		{Field: "destination.country", Op: rule.In, Value: json.RawMessage(`["GB","IE"]`)},
		{Not: &rule.Condition{Any: []rule.Condition{{Expr: "parcels > 1"}, {Field: "service", Op: rule.Is, Value: json.RawMessage(`31`)}}}},
	}}
	then := []rule.Action{
		{Do: rule.Require, Target: rule.Target{Carrier: []string{"ups"}, Service: []rule.ServiceKey{{Code: "03"}, {Number: 31}}}},
		{Do: rule.SecondChoice, MaxExtra: "10%", Later: true, Attempts: 2},
		{Do: rule.Hold, Reason: "look"},
	}
	r := stored(written(t, when), written(t, then))
	c, err := rule.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name() != "r" || c.Criteria() != 2 || !c.AfterRating() {
		t.Errorf("name %q, %d criteria, after rating %t", c.Name(), c.Criteria(), c.AfterRating())
	}
	want := `[{"do":"require","carrier":["ups"],"service":["03",31]},{"do":"fallback","max_extra":"10%","later":true,"attempts":2},{"do":"hold","reason":"look"}]`
	if diff := cmp.Diff(want, string(r.Then)); diff != "" {
		t.Error(diff)
	}
}

func written(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestParseErrorForPeople: the error names the rule, the node and all that is wrong.
func TestParseErrorForPeople(t *testing.T) {
	_, err := rule.Parse(waybill.Rule{
		Name: "Heavy", When: []byte(`{"all":[{"field":"weight","op":"gt","value":"2 kg"},{"field":"value","op":"lt","value":"x"}]}`),
		Then: []byte(`[{"do":"cheapest"},{"do":"jump"}]`),
	})
	e := waybill.AsError(err)
	if e.Code != waybill.Invalid || e.Reason != waybill.ReasonFields || len(e.Fields) != 2 {
		t.Fatalf("%+v", e)
	}
	if got := e.Fields[0].Path + " " + e.Fields[1].Path; got != "when.all[1].value then[1].do" {
		t.Error(got)
	}
	if want := `rule "Heavy": when.all[1].value: value: write an amount as "20.00 GBP", or "20" for any currency`; e.Message != want {
		t.Error(e.Message)
	}
}

// TestNamesTwiceOrInAnotherCase: a member that is there twice or in another case is refused, although
// encoding/json would read it.
func TestNamesTwiceOrInAnotherCase(t *testing.T) {
	for _, when := range []string{
		`{"field":"weight","field":"value","op":"gt","value":"2 kg"}`,
		`{"Field":"weight","op":"gt","value":"2 kg"}`,
		`{"all":[],"all":[]}`,
		"{\"expr\":\"method == \\\"\xff\\\"\"}",
		`{"all":[]} {}`, `{"all":[]`, strings.Repeat(" ", 1) + strings.Repeat("[", 100),
		`{"all":[` + strings.Repeat(" ", 64<<10) + `]}`,
	} {
		if _, err := rule.Parse(stored(when, ``)); err == nil {
			t.Errorf("accepted: %.80s", when)
		}
	}
	for _, then := range []string{`[{"do":"hold","do":"ignore"}]`, `[{"DO":"hold"}]`, `{}`, `[{"do":"hold"}] []`} {
		if _, err := rule.Parse(stored(``, then)); err == nil {
			t.Errorf("accepted: %.80s", then)
		}
	}
}
