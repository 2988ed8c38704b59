package rule_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/rule"
)

// noticed writes what is said of rules, each given as "importance when then".
func noticed(t *testing.T, given ...[3]string) (said []string) {
	t.Helper()
	var rules []waybill.Rule
	for i, g := range given {
		r := stored(g[1], g[2])
		r.Name = fmt.Sprint("R", i)
		if _, err := fmt.Sscan(g[0], &r.Importance); err != nil {
			t.Fatal(err)
		}
		if _, err := rule.Parse(r); err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	for _, n := range rule.Notices(rules) {
		said = append(said, fmt.Sprintf("R%d R%d %s: %s", n.Rule, n.Other, n.Path, strings.SplitN(n.Message, ":", 2)[0]))
	}
	return said
}

// TestRulesThatAreNeverReached: a range within a range, a country within a list, further criteria beside.
func TestRulesThatAreNeverReached(t *testing.T) {
	const ignore, hold = `[{"do":"ignore"}]`, `[{"do":"hold"}]`
	const bench1, bench2, ups = `[{"do":"printer","name":"1"}]`, `[{"do":"printer","name":"2"}]`, `[{"do":"require","carrier":"ups"}]`
	heavy, light := `{"field":"weight","op":"gt","value":"2 kg"}`, `{"field":"weight","op":"lt","value":"2 kg"}`
	heavier := `{"all":[{"field":"weight","op":"between","value":["5 kg","9 kg"]},{"field":"channel","op":"is","value":"web"}]}`
	for _, c := range []struct {
		name  string
		rules [][3]string
		want  []string
	}{
		{"a narrower one is ignored with the wider", [][3]string{{"9", heavy, ignore}, {"1", heavier, ups}}, []string{"R1 R0 : it is never reached"}},
		{"what is lighter is not", [][3]string{{"9", heavy, ignore}, {"1", light, ups}}, nil},
		{"a wider one is reached", [][3]string{{"9", heavier, ignore}, {"1", heavy, ups}}, nil},
		{"ignored whatever its importance", [][3]string{{"1", heavy, ignore}, {"9", heavier, ups}}, []string{"R1 R0 : it is never reached"}},
		{"but a hold that comes before saves it", [][3]string{{"9", `{}`, hold}, {"5", heavy, ignore}, {"1", heavier, ups}}, []string{
			"R1 R0 then[0]: it decides nothing", "R2 R0 : it has a say only once a person lets the shipment go",
		}},
		{"another printer comes first", [][3]string{{"9", heavy, bench1}, {"1", heavier, bench2}}, []string{"R1 R0 then[0]: it decides nothing"}},
		{"a suspended rule takes nothing", [][3]string{{"9", `{"field":"channel","op":"is","value":"web"}`, bench1}, {"1", heavy, bench2}}, nil},
	} {
		if diff := cmp.Diff(c.want, noticed(t, c.rules...)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestRulesThatContradictEachOther: as important, as specific, and of another mind about shipments that both take.
func TestRulesThatContradictEachOther(t *testing.T) {
	heavy, web := `{"field":"weight","op":"gt","value":"2 kg"}`, `{"field":"channel","op":"is","value":"web"}`
	ups, dpd := `[{"do":"require","carrier":"ups"}]`, `[{"do":"cheapest"},{"do":"require","carrier":["dpd","inpost"]}]`
	for _, c := range []struct {
		name  string
		rules [][3]string
		want  []string
	}{
		{"two carriers required", [][3]string{{"1", heavy, ups}, {"1", web, dpd}}, []string{"R1 R0 then[1]: the rule R0 is as important and as specific, and wants something else of shipments that both take"}},
		{"of shipments that are never the same", [][3]string{{"1", heavy, ups}, {"1", `{"field":"weight","op":"lte","value":"2 kg"}`, dpd}}, nil},
		{"the more important decides", [][3]string{{"1", heavy, ups}, {"2", web, dpd}}, nil},
		{"the more specific decides", [][3]string{{"1", heavy, ups}, {"1", `{"all":[` + web + `,{"field":"parcels","op":"is","value":1}]}`, dpd}}, nil},
		{"the same carrier", [][3]string{{"1", heavy, ups}, {"1", web, ups}}, nil},
		{"a country and a postal code cannot be told", [][3]string{{"1", `{"field":"destination.country","op":"is","value":"GB"}`, ups}, {"1", `{"field":"destination.postcode","op":"matches","value":"BT*"}`, dpd}}, nil},
	} {
		if diff := cmp.Diff(c.want, noticed(t, c.rules...)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
