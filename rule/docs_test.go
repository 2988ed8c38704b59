package rule_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/rule"
)

const document = "../docs/rules.md"

// writtenAs is how the values of each type are written, for the document's table.
var writtenAs = map[rule.Type]string{
	rule.TypeText:     `"Express"`,
	rule.TypeWord:     `"refrigerated"`,
	rule.TypeCountry:  `"GB"`,
	rule.TypePostcode: `"SW1A 1AA, BT1-BT94, 10000-10299, IM*"`,
	rule.TypeMoney:    `"20.00 GBP"`,
	rule.TypeWeight:   `"2.5 kg"; g, lb and oz too`,
	rule.TypeInteger:  `3`,
	rule.TypeFlag:     `true, false`,
	rule.TypeWeekday:  `"mon" to "sun"; between: "mon-fri"`,
	rule.TypeTime:     `"16:30"; between: "08:00-16:30"`,
	rule.TypeDate:     `"2026-12-24"`,
	rule.TypeMoment:   `"2026-12-24", "2026-12-24T12:00:00Z", "requested"`,
	rule.TypeService:  `"03" is the carrier's code, 37 the account's service number`,
}

// tables are the document's tables that follow from the vocabulary, by the name of their place.
func tables(t *testing.T) map[string]string {
	var fields, types strings.Builder
	fields.WriteString("| field | type | what it is |\n|---|---|---|\n")
	types.WriteString("| type | written | operators |\n|---|---|---|\n")
	seen := map[rule.Type]bool{}
	for _, f := range rule.Vocabulary() {
		when := ""
		if f.AfterRating {
			when = " *rates*"
		}
		fmt.Fprintf(&fields, "| `%s` | %s%s | %s |\n", f.Name, f.Type, when, f.Description)
		if seen[f.Type] {
			continue
		}
		seen[f.Type] = true
		if writtenAs[f.Type] == "" {
			t.Fatalf("say in writtenAs how a value of type %s is written", f.Type)
		}
		var ops []string
		for _, op := range f.Operators {
			ops = append(ops, "`"+string(op)+"`")
		}
		fmt.Fprintf(&types, "| %s | %s | %s |\n", f.Type, writtenAs[f.Type], strings.Join(ops, ", "))
	}
	return map[string]string{"fields": fields.String(), "types": types.String()}
}

func readDocument(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRulesDocumentTables holds the tables of docs/rules.md against the vocabulary; -update rewrites them.
func TestRulesDocumentTables(t *testing.T) {
	have := readDocument(t)
	want := have
	for name, table := range tables(t) {
		place := regexp.MustCompile(`(?s)(<!-- ` + name + `: [^\n]*-->\n).*?(<!-- end of ` + name + ` -->)`)
		if !place.MatchString(want) {
			t.Fatalf("%s has no place for the table of %s", document, name)
		}
		want = place.ReplaceAllStringFunc(want, func(old string) string {
			parts := place.FindStringSubmatch(old)
			return parts[1] + "\n" + table + "\n" + parts[2]
		})
	}
	if *update {
		if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s is out of step with the code: run make generate\n%s", document, diff)
	}
}

// TestRulesDocumentExamples: every rule that the document shows can be saved.
func TestRulesDocumentExamples(t *testing.T) {
	examples := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(readDocument(t), -1)
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	for i, example := range examples {
		var r storedRule
		decodeStrictly(t, []byte(example[1]), &r)
		if _, err := rule.Parse(stored(string(r.When), string(r.Then))); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
	}
}

// TestRulesDocumentIsWhole: every operator, action and name of an action's member is explained.
func TestRulesDocumentIsWhole(t *testing.T) {
	text := readDocument(t)
	var names []string
	for _, op := range rule.Ops {
		names = append(names, string(op))
	}
	for _, do := range rule.Dos {
		names = append(names, string(do))
	}
	all := rule.Action{
		Target: rule.Target{Carrier: []string{"x"}, Connection: []string{"x"}, Provider: []string{"x"}, Service: []rule.ServiceKey{{Code: "x"}}},
		Reason: "x", Name: "x", Field: "x", Value: json.RawMessage(`1`), Off: true, MaxExtra: "x", MaxExtraAmount: "x", Later: true,
		Latest: "x", Services: []string{"x"}, Attempts: 1,
	}
	var members map[string]json.RawMessage
	decode(t, []byte(written(t, all)), &members)
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s does not explain `%s`", document, name)
		}
	}
}
