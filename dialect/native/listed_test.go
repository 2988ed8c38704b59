package native_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/engine"
)

// timeless are the lists without updated_since, with the reason.
var timeless = map[string]string{
	"/carriers/health":            "it is of the last 15 minutes, always",
	"/connections/{id}/checklist": "its points are the same for ever: each says since when it is met",
	"/limits":                     "it is a table of the APIs there are, and changes as a whole, with the account",
	"/rules/diff":                 "it holds two versions against each other, and versions do not change",
}

// short are the lists that are given whole.
var short = []string{
	"/carriers", "/carriers/health", "/connections/{id}/checklist", "/limits", "/manifests/due", "/rules/diff", "/rules/notices", "/sessions", "/wallets",
	"/wallets/{currency}/holds", "/shipments/{id}/decision", "/shipments/{id}/documents", "/shipments/{id}/events", "/shipments/{id}/timeline",
}

// TestEveryListTellsWhatChangedSince holds every list of the document to its promise: parts, and updated_since. Of a time
// that is yet to come there is nothing in it, and since the beginning there is all.
func TestEveryListTellsWhatChangedSince(t *testing.T) {
	w := begin(t)
	login := w.fill()
	seen := 0
	excused := map[string]bool{}
	for path, item := range w.doc.Paths.Map() {
		if item.Get == nil || strings.HasSuffix(path, "}") || !lists(item.Get) {
			continue
		}
		seen++
		takes := func(name string) bool { return item.Get.Parameters.GetByInAndName("query", name) != nil }
		if parts := takes("cursor") && takes("limit"); parts == slices.Contains(short, path) {
			t.Errorf("%s: in parts %v", path, parts)
		}
		excused[path] = true
		if (timeless[path] == "") != takes("updated_since") {
			t.Errorf("%s: updated_since %v, reason %q", path, takes("updated_since"), timeless[path])
		}
		if timeless[path] != "" {
			continue
		}
		count := func(since time.Time) int {
			asked := w.at(path) + "?updated_since=" + url.QueryEscape(since.Format(time.RFC3339Nano))
			if path == "/sessions" {
				return w.ask("", "GET", asked, nil, login).is(200).count("items")
			}
			return w.ask("admin", "GET", asked, nil).is(200).count("items")
		}
		if count(start) == 0 {
			t.Errorf("%s: nothing changed since the beginning", path)
		}
		if n := count(w.app.Clock.Now().Add(time.Second)); n != 0 {
			t.Errorf("%s: %d are older than what was asked for", path, n)
		}
	}
	if seen < 30 {
		t.Error("the document has", seen, "lists only")
	}
	for path := range timeless {
		if !excused[path] {
			t.Error("there is no list", path)
		}
	}
}

// at is a path of the document with what fill made in its places.
func (w *world) at(path string) string {
	w.t.Helper()
	for place, name := range map[string]string{
		"/shipments/{id}": "L-1", "/connections/{id}": "van", "/wallets/{currency}": "GBP", "/manifests/{id}": string(w.id["manifest"]), "/webhooks/{id}": string(w.id["webhook"]),
	} {
		if rest, ok := strings.CutPrefix(path, place); ok {
			path = place[:strings.LastIndexByte(place, '/')+1] + name + rest
		}
	}
	if strings.Contains(path, "{") {
		w.t.Fatalf("nothing was made to be asked for at %s", path)
	}
	return path
}

// fill puts something into every list, and hands back a person's login.
func (w *world) fill() with {
	w.t.Helper()
	w.deafen()
	for path, body := range map[string]object{
		"/brands": {"name": "Outlet"}, "/tags": {"name": "fragile"}, "/package-sizes": {"name": "S", "size": object{"length": 1, "width": 1, "height": 1, "unit": "cm"}},
		"/products": {"sku": "MUG", "name": "Mug"}, "/addresses": {"address": parcelTo("")["to"], "reference": "ada"}, "/clients": {"name": "Shop", "role": "operations"},
		"/saved-views": {"name": "Late", "list": "shipments"}, "/services": {"carrier": "house", "provider": "van", "name": "Std", "code": "standard"},
	} {
		w.ask("admin", "POST", path, body).is(201)
	}
	w.ask("admin", "PATCH", "/connections/deaf", object{"wallet": object{"floor": object{"amount": 0, "currency": "GBP"}}}).is(200)
	w.ask("admin", "POST", "/wallets/GBP/top-ups", object{"amount": 5000, "cause": "transfer"}).is(201)
	w.ask("admin", "POST", "/shipments", and(and(parcelTo("L-0"), "location", "wells"), "book", object{})).is(201)
	w.ask("admin", "POST", "/shipments", byVan("L-1")).is(201)
	w.id["manifest"] = waybill.ID(w.ask("admin", "POST", "/manifests", object{"location": "bath", "connection": "van"}).is(201).text("id"))
	w.ask("admin", "POST", "/shipments", byVan("L-2")).is(201)
	w.ask("admin", "POST", "/pickups", visit("van")).is(201)
	w.ask("admin", "POST", "/returns", object{"shipment": "L-1"}).is(201)
	w.ask("admin", "POST", "/erasures", object{"email": "nobody@example.com"}).is(202)
	w.id["webhook"] = waybill.ID(w.ask("admin", "POST", "/webhooks", object{"url": "https://hooks.example/filled"}).is(201).text("id"))
	w.ask("admin", "POST", "/webhooks/"+string(w.id["webhook"])+"/test", nil).is(202)
	w.ask("admin", "PUT", "/connections/van/rate-card", card(500)).is(200)
	courier := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorClient, ID: "c1", Name: "courier", Role: waybill.RoleAdmin, Account: w.id["shop"]})
	_, err := courier.DeclareShipment(w.t.Context(), engine.DeclareShipment{Declaration: waybill.Declaration{
		Number: "COURIER1", Pieces: 1, Weight: waybill.WeightOf(1000), PickedUp: w.app.Clock.Now().Add(-time.Hour),
		Sender:   waybill.Party{Contact: waybill.Contact{Name: "Shop"}, Address: waybill.Address{City: "Bath", Country: "GB"}},
		Receiver: waybill.Party{Contact: waybill.Contact{Name: "Ada"}, Address: waybill.Address{City: "Bristol", Country: "GB"}},
	}})
	w.check(err)
	w.ask("admin", "POST", "/rules", object{"name": "Ghost", "then": []any{object{"do": "require", "connection": "ghost"}}}).is(201)
	return bearer(w.ask("", "POST", "/sessions", w.person("kim@shop.example", "operations")).is(201).text("token"))
}

// lists reports whether an operation is answered with items.
func lists(o *openapi3.Operation) bool {
	answer := o.Responses.Value("200")
	if answer == nil || answer.Value == nil {
		return false
	}
	content := answer.Value.Content.Get("application/json")
	if content == nil || content.Schema == nil {
		return false
	}
	_, ok := content.Schema.Value.Properties["items"]
	return ok
}
