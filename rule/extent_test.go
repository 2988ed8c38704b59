package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill"
)

// held are criteria that have much to do with each other.
var held = []string{
	`{"field":"weight","op":"gt","value":"2 kg"}`, `{"field":"weight","op":"gte","value":"5 kg"}`, `{"field":"weight","op":"lte","value":"5 kg"}`,
	`{"field":"weight","op":"between","value":["1 kg","3 kg"]}`, `{"field":"weight","op":"is_not","value":"5 kg"}`, `{"field":"weight","op":"exists","value":true}`,
	`{"field":"weight","op":"exists","value":false}`,
	`{"field":"destination.country","op":"is","value":"GB"}`, `{"field":"destination.country","op":"in","value":["GB","IE"]}`,
	`{"field":"destination.country","op":"not_in","value":["GB","US"]}`, `{"field":"destination.country","op":"is_not","value":"GB"}`,
	`{"field":"destination.country","op":"exists","value":false}`, `{"field":"destination.country","op":"exists","value":true}`,
	`{"field":"channel","op":"matches","value":"web*"}`, `{"field":"channel","op":"is","value":"webshop"}`, `{"field":"channel","op":"contains","value":"shop"}`,
	`{"field":"sku","op":"in","value":["A","B"]}`, `{"field":"sku","op":"not_in","value":["A","B"]}`, `{"field":"sku","op":"is","value":"A"}`,
	`{"field":"sku","op":"is_not","value":"A"}`, `{"field":"sku","op":"exists","value":true}`, `{"field":"sku","op":"exists","value":false}`, `{"field":"sku","op":"matches","value":"A*"}`,
	`{"field":"value","op":"lt","value":"20 GBP"}`, `{"field":"value","op":"lt","value":"50"}`, `{"field":"value","op":"gte","value":"50 GBP"}`,
	`{"field":"value","op":"is_not","value":"20 GBP"}`, `{"field":"value","op":"gt","value":"10 EUR"}`,
	`{"field":"time","op":"between","value":"22:00-06:00"}`, `{"field":"time","op":"lt","value":"05:00"}`, `{"field":"time","op":"gte","value":"12:00"}`,
	`{"field":"residential","op":"is","value":true}`, `{"field":"residential","op":"is","value":false}`, `{"field":"residential","op":"exists","value":false}`,
	`{"expr":"parcels > 1"}`,
}

func drawTree(t *rapid.T, depth int) string {
	kind := "leaf"
	if depth > 0 {
		kind = rapid.SampledFrom([]string{"leaf", "all", "any", "not"}).Draw(t, "kind")
	}
	switch kind {
	case "leaf":
		return rapid.SampledFrom(held).Draw(t, "criterion")
	case "not":
		return `{"not":` + drawTree(t, depth-1) + `}`
	}
	kids := make([]string, rapid.IntRange(1, 3).Draw(t, "kids"))
	for i := range kids {
		kids[i] = drawTree(t, depth-1)
	}
	return fmt.Sprintf(`{%q:[%s]}`, kind, strings.Join(kids, ","))
}

// anything is a shipment that each of them may take or not.
func anything(t *rapid.T) *Facts {
	f := &Facts{Now: time.Date(2026, 11, 23, rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, time.UTC)}
	s := &f.Shipment
	s.To.Address.Country = rapid.SampledFrom([]string{"GB", "IE", "US", "FR", ""}).Draw(t, "country")
	if kg := rapid.SampledFrom([]string{"", "1", "2", "2.5", "3", "4", "5", "6"}).Draw(t, "weight"); kg != "" {
		s.TotalWeight = waybill.Weight{Value: waybill.Decimal(kg), Unit: waybill.Kilogram}
	}
	s.Channel = rapid.SampledFrom([]string{"", "webshop", "web", "shop", "eBay"}).Draw(t, "channel")
	for _, sku := range rapid.SampledFrom([][]string{nil, {"A"}, {"B"}, {"C"}, {"A", "C"}, {"A1"}}).Draw(t, "skus") {
		s.Items = append(s.Items, waybill.Item{SKU: sku, Quantity: 1})
	}
	s.Value = waybill.Amount{
		Value:    waybill.Decimal(rapid.SampledFrom([]string{"", "5", "15", "20", "30", "60"}).Draw(t, "value")),
		Currency: rapid.SampledFrom([]string{"GBP", "EUR"}).Draw(t, "currency"),
	}
	if home := rapid.SampledFrom([]string{"", "yes", "no"}).Draw(t, "home"); home != "" {
		yes := home == "yes"
		s.To.Address.Residential = &yes
	}
	s.ParcelCount = rapid.IntRange(1, 2).Draw(t, "parcels")
	return f
}

func parsed(t *rapid.T, when string) *Compiled {
	c, err := Parse(waybill.Rule{Name: "r", When: []byte(when)})
	if err != nil {
		t.Fatal(when, err)
	}
	return &c
}

// TestWhatIsSaidOfConditionsIsTrue: where one is said to lie within another, or apart from it, no shipment shows
// otherwise.
func TestWhatIsSaidOfConditionsIsTrue(t *testing.T) {
	within, apart := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		a, b := drawTree(r, 2), drawTree(r, 2)
		x, y := parsed(r, a), parsed(r, b)
		s, u := x.when.tree("when", false), y.when.tree("when", false)
		inside, never := s.within(&u), s.apart(&u)
		if inside {
			within++
		}
		if never {
			apart++
		}
		for range 20 {
			v := &view{facts: anything(r)}
			one, _ := x.when.holds(v)
			two, _ := y.when.holds(v)
			if inside && one && !two {
				r.Fatalf("%s is said to lie within %s, but not for %+v", a, b, v.facts.Shipment)
			}
			if never && one && two {
				r.Fatalf("%s and %s are said to be apart, but both take %+v", a, b, v.facts.Shipment)
			}
		}
	})
	if within == 0 || apart == 0 {
		t.Errorf("%d within, %d apart: nothing was tried", within, apart)
	}
}

// TestWhatIsSaidToMeetMeets: of two criteria that are said to take a shipment in common one is found.
func TestWhatIsSaidToMeetMeets(t *testing.T) {
	shipments := rapid.Custom(anything)
	for _, a := range held {
		for _, b := range held {
			var x, y Compiled
			for into, text := range map[*Compiled]string{&x: a, &y: b} {
				c, err := Parse(waybill.Rule{Name: "r", When: []byte(text)})
				if err != nil {
					t.Fatal(err)
				}
				*into = c
			}
			s, u := x.when.tree("when", false), y.when.tree("when", false)
			if !s.meets(&u) {
				continue
			}
			found := false
			for seed := 0; seed < 3000 && !found; seed++ {
				v := &view{facts: shipments.Example(seed)}
				one, _ := x.when.holds(v)
				two, _ := y.when.holds(v)
				found = one && two
			}
			if !found {
				t.Errorf("%s and %s are said to take a shipment in common", a, b)
			}
		}
	}
}
