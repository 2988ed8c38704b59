package native_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
)

func priced(amount int64, currency string) object {
	return object{"amount": amount, "currency": currency}
}

func exactPrice(amount int64, currency, exact string) object {
	return object{"amount": amount, "currency": currency, "exact": json.Number(exact)}
}

func holding(price, sale any) []any {
	mug := object{"sku": "MUG", "title": "Mug"}
	if price != nil {
		mug["price"] = price
	}
	if sale != nil {
		mug["sale_price"] = sale
	}
	return []any{mug}
}

// TestWhatThingsCostComesBack: to the last digit, in the currency that it was given in.
func TestWhatThingsCostComesBack(t *testing.T) {
	w := begin(t)
	for i, c := range []struct {
		value, price, sale any
	}{
		{priced(4999, "GBP"), priced(1250, "GBP"), priced(999, "GBP")},
		{nil, priced(1999, "EUR"), nil},
		{priced(500, "JPY"), priced(20, "JPY"), exactPrice(20, "JPY", "19.5")},
		{priced(1, "KWD"), nil, exactPrice(1235, "KWD", "1.2345")},
		{nil, exactPrice(0, "GBP", "0.0025"), exactPrice(1, "GBP", "0.0050000000001")},
		{priced(4999, "GBP"), priced(0, "GBP"), nil},
	} {
		id := fmt.Sprint("C-", i)
		body := and(parcelTo(id), "items", holding(c.price, c.sale))
		if c.value == nil {
			delete(body, "value")
		} else {
			body["value"] = c.value
		}
		want := object{"items": body["items"]}
		w.same(w.ask("admin", "POST", "/shipments", body).is(201), "", want)
		got := w.ask("admin", "GET", "/shipments/"+id, nil).is(200)
		w.same(got, "", want)
		w.same(w.ask("admin", "PATCH", "/shipments/"+id, object{"items": body["items"]}).is(200), "", want)
		for _, member := range []string{"items.0.price", "items.0.sale_price"} {
			if price, given := got.get(member).(object); given && price["exact"] != nil && (i < 2 || i > 4) {
				t.Errorf("%s of %v has digits that it does not need", member, price)
			}
		}
		if c.value == nil && got.get("value") != nil {
			t.Errorf("nobody told a value: %v", got.get("value"))
		}
	}
}

// TestPricesThatCannotBe: each is told by its path, and changes nothing.
func TestPricesThatCannotBe(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("P-1")).is(201)
	w.ask("admin", "POST", "/shipments", and(parcelTo("P-2"), "book", object{"connection": "van"})).is(201)
	before := w.ask("admin", "GET", "/shipments/P-1", nil).is(200)
	for _, c := range []struct {
		path        string
		price, sale any
	}{
		{"price", 12.5, nil}, {"price.amount", priced(-1, "GBP"), nil}, {"price.amount", priced(1_000_000_000_001, "GBP"), nil}, {"price.currency", priced(1, "ZZZ"), nil},
		{"price.currency", priced(1, "XXX"), nil}, {"price.currency", object{"amount": 1}, nil}, {"price.amount", object{"amount": 1.5, "currency": "GBP"}, nil},
		{"price.exact", exactPrice(1999, "GBP", "20"), nil}, {"price.exact", exactPrice(0, "GBP", "-0.001"), nil}, {"price.exact", exactPrice(1, "JPY", "0.01"), nil},
		{"price.exact", exactPrice(5, "GBP", "999999999999999999999999999999"), nil}, {"sale_price.amount", priced(1, "GBP"), priced(-5, "GBP")},
		{"sale_price.currency", priced(1, "GBP"), priced(1, "EUR")}, {"price.currency", priced(1, "EUR"), nil}, {"sale_price.currency", nil, priced(1, "EUR")},
	} {
		items := holding(c.price, c.sale)
		for _, op := range []struct {
			method, target, below string
			body                  object
		}{
			{"POST", "/shipments", "", and(parcelTo("new"), "items", items)},
			{"POST", "/rates", "shipment.", object{"shipment": and(parcelTo("new"), "items", items)}},
			{"POST", "/rules/dry-run", "shipment.", object{"shipment": and(parcelTo("new"), "items", items)}},
			{"POST", "/returns", "", object{"shipment": "P-2", "items": items}},
			{"PATCH", "/shipments/P-1", "", object{"items": items}},
		} {
			a := w.ask("admin", op.method, op.target, op.body)
			if want := op.below + "items[0]." + c.path; a.status != 422 || a.text("errors.0.path") != want {
				t.Errorf("%s %s, %s of %v: %d %s", op.method, op.target, want, items, a.status, a.body)
			}
		}
	}
	w.ask("admin", "GET", "/shipments/new", nil).refused(404, waybill.ReasonUnknownShipment)
	if after := w.ask("admin", "GET", "/shipments/P-1", nil).is(200); string(after.body) != string(before.body) {
		t.Errorf("%s became %s", before.body, after.body)
	}
	if got := w.ask("admin", "GET", "/returns", nil).is(200); got.count("items") != 0 {
		t.Error(string(got.body))
	}
}

// TestAShipmentIsInOneCurrency: whichever of its members is changed.
func TestAShipmentIsInOneCurrency(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", and(parcelTo("O-1"), "items", holding(priced(1250, "GBP"), nil))).is(201)
	refused := func(path string, body object) {
		t.Helper()
		if a := w.ask("admin", "PATCH", "/shipments/O-1", body).refused(422, waybill.ReasonFields); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	refused("value.currency", object{"value": priced(100, "EUR")})
	refused("items[0].price.currency", object{"items": holding(priced(1, "EUR"), nil)})
	refused("items[0].price.currency", object{"value": priced(100, "EUR"), "items": holding(priced(1, "USD"), nil)})
	both := w.ask("admin", "PATCH", "/shipments/O-1", object{"value": priced(100, "EUR"), "items": holding(priced(1, "EUR"), nil)}).is(200)
	w.same(both, "", object{"value": priced(100, "EUR"), "items": holding(priced(1, "EUR"), nil)})
	none := w.ask("admin", "PATCH", "/shipments/O-1", object{"value": nil}).is(200)
	if none.get("value") != nil || none.text("items.0.price.currency") != "EUR" {
		t.Errorf("without a value: %s", none.body)
	}
	refused("value.currency", object{"value": priced(100, "GBP")})
	w.ask("admin", "PATCH", "/shipments/O-1", object{"items": holding(priced(1, "USD"), nil)}).is(200)
	w.ask("admin", "PATCH", "/shipments/O-1", object{"items": nil}).is(200)
	w.ask("admin", "PATCH", "/shipments/O-1", object{"value": priced(100, "GBP")}).is(200)
}

// TestSumsBelowNothingAreNoSums: a shipment that is only tried is checked as one that is stored.
func TestSumsBelowNothingAreNoSums(t *testing.T) {
	w := begin(t)
	less := priced(-1, "GBP")
	for path, shipment := range map[string]object{
		"shipment.value.amount": and(parcelTo("x"), "value", less), "shipment.options.cod.amount": and(parcelTo("x"), "options", object{"cod": less}),
		"shipment.options.insurance.amount": and(parcelTo("x"), "options", object{"insurance": less}), "shipment.to.country": and(parcelTo("x"), "to", object{"name": "A"}),
	} {
		if a := w.ask("admin", "POST", "/rules/dry-run", object{"shipment": shipment}); a.status != 422 || a.text("errors.0.path") != path {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, field := range []string{"insurance", "cod", "value"} {
		rule := object{"name": "Below", "when": object{"field": "parcels", "op": "gt", "value": 0}, "then": []any{object{"do": "set", "field": field, "value": "-5 GBP"}}}
		for _, body := range []object{{"rules": []any{rule}}, {"rules": []any{rule}, "shipment": parcelTo("x")}} {
			target := "/rules/backtest"
			if body["shipment"] != nil {
				target = "/rules/dry-run"
			}
			if a := w.ask("admin", "POST", target, body).refused(422, waybill.ReasonFields); a.text("errors.0.path") == "" {
				t.Errorf("%s by %s: %s", field, target, a.body)
			}
		}
	}
}

// TestAProductKeepsItsCurrency: whatever the account's is, and wherever it is read.
func TestAProductKeepsItsCurrency(t *testing.T) {
	w := begin(t)
	tea := object{"sku": "TEA", "name": "Tea", "price": exactPrice(2000, "EUR", "19.999")}
	w.same(w.ask("admin", "POST", "/products", tea).is(201), "", tea)
	w.ask("admin", "PATCH", "/accounts/self", object{"settings": object{"currency": "USD"}}).is(200)
	renamed := w.ask("admin", "PATCH", "/products/TEA", object{"name": "Green tea"}).is(200)
	w.same(renamed, "", object{"price": tea["price"]})
	w.same(w.ask("admin", "PATCH", "/products/TEA", object{"price": object{"amount": 1500, "exact": nil}}).is(200), "", object{"price": priced(1500, "EUR")})
	for path, price := range map[string]object{
		"price.exact": exactPrice(1500, "EUR", "19.999"), "price.amount": priced(-1, "EUR"), "price.currency": {"currency": "ZZZ"},
	} {
		if a := w.ask("admin", "PATCH", "/products/TEA", object{"price": price}).refused(422, waybill.ReasonFields); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
		if price["amount"] == nil {
			continue
		}
		if a := w.ask("admin", "POST", "/products", object{"sku": "X", "name": "X", "price": price}).refused(422, waybill.ReasonFields); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	w.ask("admin", "PATCH", "/products/TEA", object{"price": nil}).is(200)
	if none := w.ask("admin", "GET", "/products/TEA", nil).is(200); none.get("price") != nil {
		t.Error(string(none.body))
	}
}

// Members whose names speak of money, that are none, or have their currency elsewhere.
var noMoney = map[string]string{
	"TopUpInBody.amount":            "the path names the wallet's currency",
	"Money.amount":                  "half of it",
	"UnitPrice.amount":              "as Money.amount",
	"UnitPrice.exact":               "the price once more, in major units",
	"FieldProblem.limit":            "of a rule, as text",
	"FieldProblem.value":            "what was sent, as text",
	"RuleValue.value":               "what a rule compares with, as text",
	"Rate.chargeable_grams":         "a weight",
	"Weight.value":                  "as Rate.chargeable_grams",
	"Connection.tracking_budget":    "requests a minute",
	"ConnectionOut.tracking_budget": "as Connection.tracking_budget",
	"StatsOut.total":                "a count",
}

// TestEveryAmountIsMoney: a number alone says neither in what unit nor in what currency.
func TestEveryAmountIsMoney(t *testing.T) {
	speaks := regexp.MustCompile(`(^|_)(price|amount|value|cost|charge|charges|chargeable|limit|budget|balance|fee|insurance|cod|floor|available|held|spent|paid|paid_in|bought|sold|due|total|exact)(_|$)`)
	doc := load(t)
	sums, used := 0, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		for member, s := range doc.Components.Schemas[name].Value.Properties {
			if !speaks.MatchString(member) {
				continue
			}
			full := name + "." + member
			of := s
			if of.Value.Items != nil {
				of = of.Value.Items
			}
			switch of.Ref {
			case "#/components/schemas/Money", "#/components/schemas/UnitPrice":
				sums++
				continue
			}
			if noMoney[full] != "" {
				used[full] = true
			} else if bare(of.Value) {
				t.Errorf("%s is a bare %v", full, of.Value.Type)
			}
		}
	}
	for full := range noMoney {
		if !used[full] {
			t.Errorf("there is no %s any more", full)
		}
	}
	if sums < 30 {
		t.Errorf("only %d members are money", sums)
	}
}

// bare is a number, or a text that could hold one.
func bare(s *openapi3.Schema) bool {
	return s.Type.Includes("number") || s.Type.Includes("integer") || s.Type.Includes("string")
}
