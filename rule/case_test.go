package rule_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"waybill"
	"waybill/rule"
)

// update rewrites the "want" and "error" sections with what came out. Read the difference before it is
// committed: rules named "yes…" and "no…" are checked whatever the golden text says.
var update = flag.Bool("update", false, "rewrite the golden sections of testdata/*.txt")

// storedRule is a rule as a case writes it.
type storedRule struct {
	Name       string          `json:"name"`
	Importance int             `json:"importance"`
	Created    time.Time       `json:"created"`
	Suspended  bool            `json:"suspended"`
	When       json.RawMessage `json:"when"`
	Then       json.RawMessage `json:"then"`
}

// given is what a case starts from: facts and rates. A case's own members replace those of base.json,
// field by field for the facts.
type given struct {
	Facts rule.Facts          `json:"facts"`
	Rates []waybill.Candidate `json:"rates"`
}

func decodeStrictly(t testing.TB, data []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func base(t testing.TB) given {
	t.Helper()
	data, err := os.ReadFile("testdata/base.json")
	if err != nil {
		t.Fatal(err)
	}
	var g given
	decodeStrictly(t, data, &g)
	return g
}

// named gives each rate its connection's provider.
func (g *given) named() []waybill.Candidate {
	rates := slices.Clone(g.Rates)
	for i := range rates {
		for _, c := range g.Facts.Connections {
			if c.Provider.Connection == rates[i].Connection {
				number := rates[i].Provider.ServiceNo
				rates[i].Provider = c.Provider
				rates[i].Provider.ServiceNo = number
			}
		}
	}
	return rates
}

func storedRules(t testing.TB, data []byte) []waybill.Rule {
	t.Helper()
	var stored []storedRule
	decodeStrictly(t, data, &stored)
	rules := make([]waybill.Rule, len(stored))
	for i, s := range stored {
		rules[i] = waybill.Rule{Name: s.Name, Importance: s.Importance, Suspended: s.Suspended, When: s.When, Then: s.Then}
		rules[i].ID, rules[i].Created = waybill.ID(fmt.Sprintf("%024d", i)), s.Created
	}
	return rules
}

// TestCases runs every file of testdata: rules and facts in, the decision and its story out.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g, ownRates := base(t), false
	var rules []waybill.Rule
	for _, section := range archive.Files {
		switch section.Name {
		case "rules.json":
			rules = storedRules(t, section.Data)
		case "facts.json":
			decodeStrictly(t, section.Data, &g.Facts)
		case "rates.json":
			g.Rates, ownRates = nil, true
			decodeStrictly(t, section.Data, &g.Rates)
		case "want", "error":
		default:
			t.Fatalf("unknown section %s", section.Name)
		}
	}
	set, err := rule.Compile(rules)
	if err != nil {
		golden(t, file, archive, "error", problems(err))
		return
	}
	rates := g.named()
	selection := set.Before(g.Facts)
	if !ownRates {
		rates = asked(selection, rates)
	}
	ranking := set.After(selection, rates)
	checkNames(t, rules, slices.Concat(selection.Steps, ranking.Steps))
	golden(t, file, archive, "want", decision(g, selection, ranking))
}

// asked are the rates of the connections and services that a selection asks, as real carriers answer.
func asked(s rule.Selection, rates []waybill.Candidate) []waybill.Candidate {
	return slices.DeleteFunc(rates, func(r waybill.Candidate) bool {
		return !slices.ContainsFunc(s.Connections, func(c rule.Connection) bool {
			return c.Provider.Connection == r.Connection && (c.Services == nil ||
				slices.ContainsFunc(c.Services, func(k rule.Service) bool { return k.Code == r.Rate.Service }))
		})
	})
}

// checkNames holds rules to their names: "yes…" matched, "no…" did not.
func checkNames(t *testing.T, rules []waybill.Rule, steps []waybill.Step) {
	t.Helper()
	for _, r := range rules {
		matched := slices.ContainsFunc(steps, func(s waybill.Step) bool { return s.Subject == r.Name && s.Outcome == waybill.StepMatched })
		refused := slices.ContainsFunc(steps, func(s waybill.Step) bool { return s.Subject == r.Name && s.Outcome == waybill.StepNotMatched })
		if strings.HasPrefix(r.Name, "yes") && !matched || strings.HasPrefix(r.Name, "no ") && !refused {
			t.Errorf("%s: matched %t, refused %t", r.Name, matched, refused)
		}
	}
}

func golden(t *testing.T, file string, archive *txtar.Archive, section, got string) {
	t.Helper()
	at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" || f.Name == "error" })
	if *update {
		archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" || f.Name == "error" })
		archive.Files = append(archive.Files, txtar.File{Name: section, Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if at < 0 || archive.Files[at].Name != section {
		t.Fatalf("the case expects no %s, but got:\n%s", section, got)
	}
	if diff := cmp.Diff(string(archive.Files[at].Data), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", section, diff)
	}
}

// problems writes an error's fields, one a line.
func problems(err error) string {
	var b strings.Builder
	e := waybill.AsError(err)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "%s [%s] %s\n", f.Path, f.Rule, f.Message)
	}
	return b.String()
}

// decision writes all that was decided, then the story.
func decision(g given, s rule.Selection, r rule.Ranking) string {
	var b strings.Builder
	b.WriteString("asked:")
	for _, c := range s.Connections {
		fmt.Fprintf(&b, " %s", c.Provider.Name)
		for _, service := range c.Services {
			fmt.Fprintf(&b, " %s", service.Code)
		}
		b.WriteString(";")
	}
	b.WriteString("\n")
	line := func(name, before, after string) {
		if before != "" || after != "" {
			fmt.Fprintf(&b, "%s: %s | %s\n", name, before, after)
		}
	}
	line("ignore", s.Ignore, r.Ignore)
	line("hold", s.Hold, r.Hold)
	line("printer", s.Printer, r.Printer)
	line("return service", returnService(s.ReturnService), returnService(r.ReturnService))
	for _, c := range s.Changes {
		fmt.Fprintf(&b, "change: %s to %s by %s\n", c.Field, c.Value, c.Rule)
	}
	if s.Fixed || r.Fixed {
		fmt.Fprintf(&b, "fixed: %t | %t\n", s.Fixed, r.Fixed)
	}
	var tried []int
	for {
		i, ok, why := rule.Next(r.Candidates, tried, r.Fallback, g.Facts.Now)
		if !ok {
			fmt.Fprintf(&b, "buy: stop, %s\n", why)
			break
		}
		fmt.Fprintf(&b, "buy: %s %s\n", r.Candidates[i].Provider.ExternalID, r.Candidates[i].Rate.Service)
		if why != "" {
			fmt.Fprintf(&b, "     %s\n", why)
		}
		tried = append(tried, i)
	}
	d := waybill.Decision{Candidates: r.Candidates, Steps: slices.Concat(s.Steps, r.Steps), Fixed: r.Fixed, Fallback: r.Fallback}
	d.Outcome, d.Reason = "book", ""
	switch _, won := r.Winner(); {
	case s.Ignore != "" || r.Ignore != "":
		d.Outcome, d.Reason = "ignore", max(s.Ignore, r.Ignore)
	case r.Hold != "":
		d.Outcome, d.Reason = "hold", r.Hold
	case !won:
		d.Outcome = "no_provider"
	}
	b.WriteString("\n")
	for _, step := range d.Steps {
		fmt.Fprintf(&b, "%s %s %s: %s\n", step.Stage, step.Outcome, step.Subject, step.Detail)
	}
	b.WriteString("\n")
	for _, sentence := range rule.Explain(d) {
		b.WriteString(sentence + "\n")
	}
	return b.String()
}

func returnService(k rule.ServiceKey) string {
	if k.Number == 0 {
		return k.Code
	}
	return fmt.Sprint(k.Number)
}
