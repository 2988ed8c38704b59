package native_test

import (
	"strings"
	"testing"

	"waybill"
)

// TestAParentWorksInAChild: every operation takes the child, by query or by header, and keeps to it.
func TestAParentWorksInAChild(t *testing.T) {
	w := begin(t)
	child := string(w.id["child"])
	in, header := "?account="+child, with{"Waybill-Account", child}
	made := w.ask("parent", "POST", "/shipments"+in, and(and(parcelTo("ACT-1"), "book", object{}), "carrier_choice", object{"connection": "van"}), with{"Idempotency-Key", "act"}).is(201)
	if made.text("price.amount") != "495" || made.text("bought.amount") != "450" {
		t.Error("the child's price, and the parent's knowledge of its own:", string(made.body))
	}
	if seen := w.ask("child", "GET", "/shipments/ACT-1", nil).is(200); seen.text("id") != made.text("id") || strings.Contains(string(seen.body), `"bought"`) {
		t.Error(string(seen.body))
	}
	again := w.ask("parent", "POST", "/shipments", and(and(parcelTo("ACT-1"), "book", object{}), "carrier_choice", object{"connection": "van"}), header, with{"Idempotency-Key", "act"}).is(201)
	if again.text("id") != made.text("id") {
		t.Error("by header it is another account's key")
	}
	for _, path := range []string{"/shipments", "/returns", "/pickups", "/wallets", "/purchases", "/events", "/connections", "/me", "/webhooks"} {
		a, b := w.ask("parent", "GET", path+in, nil).is(200), w.ask("parent", "GET", path, nil, header).is(200)
		if string(a.body) != string(b.body) {
			t.Errorf("%s: %s, but %s", path, a.body, b.body)
		}
	}
	if list := w.ask("parent", "GET", "/shipments"+in+"&limit=5", nil).is(200); list.count("items") != 1 {
		t.Error(string(list.body))
	}
	for _, who := range []string{"operations", "stranger", "child"} {
		other := string(w.id["shop"])
		if who != "child" {
			other = child
		}
		w.ask(who, "GET", "/shipments?account="+other, nil).refused(404, waybill.ReasonUnknownRecord)
		w.ask(who, "GET", "/shipments", nil, with{"Waybill-Account", other}).refused(404, waybill.ReasonUnknownRecord)
		w.ask(who, "GET", "/events/stream?account="+other, nil).refused(404, waybill.ReasonUnknownRecord)
	}
	w.ask("admin", "GET", "/shipments", nil, header).is(200) // an administrator of the parent needs no grant
	w.ask("admin", "GET", "/me", nil, with{"Waybill-Account", "nobody"}).refused(404, waybill.ReasonUnknownRecord)
}

// TestNamingAnAccountNarrowsToIt: who is granted children sees all of them, and one where it is named, the own as self.
func TestNamingAnAccountNarrowsToIt(t *testing.T) {
	w := begin(t)
	w.ask("parent", "POST", "/shipments?account=self", parcelTo("OWN-1")).is(201)
	w.ask("parent", "POST", "/shipments?account=child", parcelTo("KID-1")).is(201)
	for query, want := range map[string]string{"": "OWN-1 KID-1", "?account=self": "OWN-1", "?account=" + string(w.id["shop"]): "OWN-1", "?account=child": "KID-1"} {
		list := w.ask("parent", "GET", "/shipments"+query, nil).is(200)
		if n := len(strings.Fields(want)); list.count("items") != n {
			t.Errorf("%q: %s", query, list.body)
		}
		for _, reference := range strings.Fields(want) {
			if !strings.Contains(string(list.body), `"`+reference+`"`) {
				t.Errorf("%q: %s is missing", query, reference)
			}
		}
	}
	w.ask("parent", "GET", "/shipments/KID-1?account=self", nil).refused(404, waybill.ReasonUnknownShipment)
	w.ask("child", "GET", "/shipments?account=self", nil).is(200)
}
