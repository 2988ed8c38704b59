package rule_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/rule"
)

// TestRulesWhoseConditionsExcludeEachOther are told, with the node that cannot hold.
func TestRulesWhoseConditionsExcludeEachOther(t *testing.T) {
	const hold = `[{"do":"hold"}]`
	leaf := func(field, op, value string) string {
		return `{"field":"` + field + `","op":"` + op + `","value":` + value + `}`
	}
	heavy, light := leaf("weight", "gt", `"10 kg"`), leaf("weight", "lt", `"5 kg"`)
	gb, fr := leaf("destination.country", "is", `"GB"`), leaf("destination.country", "is", `"FR"`)
	for _, c := range []struct {
		name, when string
		want       []string
	}{
		{"over 10 kg and under 5", `{"all":[` + heavy + `,` + light + `]}`, []string{"when.all[1]"}},
		{"to two countries", `{"all":[` + gb + `,` + heavy + `,` + fr + `]}`, []string{"when.all[2]"}},
		{"a country that is denied", `{"all":[` + gb + `,{"not":` + gb + `}]}`, []string{"when.all[1].not"}},
		{"deeper", `{"all":[` + heavy + `,{"any":[` + light + `,{"all":[` + light + `,` + gb + `]}]}]}`, []string{"when.all[1]"}},
		{"one way of two", `{"any":[` + gb + `,{"all":[` + heavy + `,` + light + `]}]}`, []string{"when.any[1].all[1]"}},
		{"neither, of what has no weight", `{"not":{"any":[` + heavy + `,` + leaf("weight", "lte", `"10 kg"`) + `]}}`, nil},
		{"neither, and given", `{"all":[` + heavy + `,{"not":{"any":[` + heavy + `,` + gb + `]}}]}`, []string{"when.all[1].not"}},
		{"either country", `{"any":[` + gb + `,` + fr + `]}`, nil},
		{"two things in one parcel", `{"all":[` + leaf("sku", "is", `"A"`) + `,` + leaf("sku", "is", `"B"`) + `]}`, nil},
		{"between", `{"all":[` + leaf("weight", "gt", `"5 kg"`) + `,` + leaf("weight", "lt", `"10 kg"`) + `]}`, nil},
	} {
		if diff := cmp.Diff(c.want, clashes(t, c.when, hold)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	never := `{"all":[` + heavy + `,` + light + `]}`
	if said := noticed(t, [3]string{"9", never, `[{"do":"ignore"}]`}, [3]string{"1", never, hold}); len(said) != 2 {
		t.Errorf("a rule that takes nothing is in nobody's way: %q", said)
	}
}

// clashes are the paths of what is said of a rule alone.
func clashes(t *testing.T, when, then string) (paths []string) {
	t.Helper()
	r := stored(when, then)
	if _, err := rule.Parse(r); err != nil {
		t.Fatal(err)
	}
	for _, n := range rule.Notices([]waybill.Rule{r}) {
		if n.Other >= 0 {
			t.Errorf("another rule has nothing to do with it: %+v", n)
		}
		paths = append(paths, n.Path)
	}
	return paths
}

// TestAServiceThatIsFixedAlready leaves a later rule nothing to fix, require or keep out.
func TestAServiceThatIsFixedAlready(t *testing.T) {
	fixed := func(connection, service string) string {
		return `[{"do":"fixed","connection":"` + connection + `","service":"` + service + `"}]`
	}
	web := `{"field":"channel","op":"is","value":"web"}`
	nothing := []string{"R1 R0 then[0]: it decides nothing"}
	for _, c := range []struct {
		name  string
		rules [][3]string
		want  []string
	}{
		{"another connection", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, fixed("simvans", "next_day")}}, nothing},
		{"another service, for some", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", web, fixed("vans", "sameday")}}, nothing},
		{"required elsewhere", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, `[{"do":"require","connection":"dpd"}]`}}, nothing},
		{"excluded, then required", [][3]string{{"5", `{}`, `[{"do":"exclude","carrier":"ups"}]`}, {"1", `{}`, `[{"do":"require","carrier":"ups"}]`}}, nothing},
		{"the same", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, fixed("vans", "next_day")}}, nil},
		{"the same, it may be, by its id", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, fixed("0123456789abcdef01234567", "next_day")}}, nil},
		{"the wider rule has the others", [][3]string{{"5", web, fixed("vans", "next_day")}, {"1", `{}`, fixed("simvans", "next_day")}}, nil},
		{"a third keeps out somebody else", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, fixed("simvans", "next_day")}, {"9", web, `[{"do":"exclude","connection":"ups"}]`}}, nothing},
		{"a third speaks of rates", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, fixed("simvans", "next_day")}, {"9", `{"field":"price","op":"gt","value":"9 GBP"}`, `[{"do":"exclude"}]`}}, nothing},
		{"a third may overrule the first", [][3]string{{"5", `{}`, fixed("vans", "next_day")}, {"1", `{}`, fixed("simvans", "next_day")}, {"9", web, `[{"do":"exclude","connection":"vans"}]`}}, nil},
	} {
		if diff := cmp.Diff(c.want, noticed(t, c.rules...)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
