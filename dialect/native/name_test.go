package native_test

import (
	"testing"

	"waybill"
)

// TestRecordsAreNamedEitherWay names what a body or a query speaks of by number, name, reference and id in the same place.
func TestRecordsAreNamedEitherWay(t *testing.T) {
	w := begin(t)
	tag := w.ask("admin", "POST", "/tags", object{"name": "fragile"}).is(201)
	seven := w.ask("admin", "POST", "/tags", object{"name": "7"}).is(201)
	box := w.ask("admin", "POST", "/package-sizes", object{"name": "Small", "size": object{"length": 10, "width": 10, "height": 10, "unit": "cm"}}).is(201)
	bath := w.ask("admin", "GET", "/locations/bath", nil).is(200).text("id")
	van := w.ask("admin", "GET", "/connections/van", nil).is(200).text("id")
	parcel := func(size any) []object {
		return []object{{"weight": object{"value": 1, "unit": "kg"}, "package_size": size}}
	}
	var made []answer
	for i, by := range []struct{ tag, size any }{
		{tag.get("number"), box.get("number")}, {"fragile", "Small"}, {tag.text("id"), box.text("id")}, {tag.text("number"), box.text("number")},
	} {
		body := and(and(parcelTo("N-"+string(rune('1'+i))), "tags", []any{by.tag}), "parcels", parcel(by.size))
		if i > 0 {
			body = and(body, "location", bath)
		}
		a := w.ask("admin", "POST", "/shipments", and(body, "book", object{"connection": van})).is(201)
		if a.text("tags.0") != tag.text("number") || a.text("parcels.0.package_size") != box.text("number") || a.text("parcels.0.size.length") != "10" || a.text("carrier.connection") != "van" {
			t.Errorf("%v: %s", by, a.body)
		}
		if i > 0 && a.text("location") != "bath" {
			t.Errorf("a location named by its id: %s", a.text("location"))
		}
		made = append(made, a)
	}
	if a := w.ask("admin", "POST", "/shipments", and(parcelTo("N-7"), "tags", []any{"7", "fragile"})).is(201); a.text("tags.0") != seven.text("number") || a.text("tags.1") != tag.text("number") {
		t.Errorf("a name comes before a number: %s", a.body)
	}
	a := w.ask("admin", "POST", "/shipments", and(parcelTo("N-8"), "tags", []any{"fragile", "nowhere"})).refused(422, waybill.ReasonFields)
	if a.text("errors.0.path") != "tags[1]" || a.text("errors.0.value") != "nowhere" {
		t.Error(string(a.body))
	}
	a = w.ask("admin", "POST", "/shipments", and(parcelTo("N-8"), "parcels", parcel("Huge"))).refused(422, waybill.ReasonFields)
	if a.text("errors.0.path") != "parcels[0].package_size" {
		t.Error(string(a.body))
	}
	for _, bad := range []any{true, "", 1.5, -1} {
		if a := w.ask("admin", "POST", "/shipments", and(parcelTo("N-8"), "tags", []any{bad})).is(422); a.text("errors.0.path") != "tags[0]" {
			t.Errorf("%v: %s", bad, a.body)
		}
	}
	draft := w.ask("admin", "POST", "/shipments", and(parcelTo("N-9"), "tags", []string{"fragile"})).is(201)
	path := "/shipments/" + draft.text("id")
	edited := w.ask("admin", "PATCH", path, object{"tags": []string{"7"}, "location": bath, "parcels": parcel("Small"), "carrier_choice": object{"connection": van}}).is(200)
	if edited.count("tags") != 1 || edited.text("tags.0") != seven.text("number") || edited.text("parcels.0.package_size") != box.text("number") ||
		edited.text("location") != "bath" || edited.text("carrier_choice.connection") != "van" {
		t.Error(string(edited.body))
	}
	if kept := w.ask("admin", "PATCH", path, object{"instructions": "Ring twice"}).is(200); kept.text("tags.0") != seven.text("number") {
		t.Error("a change of something else loses the tags:", string(kept.body))
	}
	w.ask("admin", "PATCH", path, object{"tags": []string{"nowhere"}}).refused(422, waybill.ReasonFields)

	for query, want := range map[string]int{
		"tag=fragile": 5, "tag=" + tag.text("id"): 5, "location=" + bath: 6, "location=bath": 6, "carrier=" + van: 4, "carrier=van": 4,
	} {
		if n := w.ask("admin", "GET", "/shipments?"+query, nil).is(200).count("items"); n != want {
			t.Errorf("%s: %d shipments, want %d", query, n, want)
		}
	}
	for _, body := range []object{{"shipment": and(parcelTo("N-8"), "tags", []string{"fragile"}), "location": bath}, {"shipment_id": made[0].text("id"), "location": bath}} {
		if a := w.ask("admin", "POST", "/rates", body).is(200); a.count("rates") == 0 {
			t.Error(string(a.body))
		}
	}
	if a := w.ask("admin", "POST", "/shipments/"+draft.text("id")+"/book", object{"connection": van, "location": bath}).is(200); a.text("booking") != "booked" {
		t.Error(string(a.body))
	}
	if a := w.ask("admin", "POST", "/returns", object{"shipment": "N-1", "location": bath, "book": object{"connection": van}}).is(201); a.text("booking") != "booked" {
		t.Error(string(a.body))
	}
}

// TestAccountsAndWebhooksAreNamedEitherWay does the same for what a path or a query works in.
func TestAccountsAndWebhooksAreNamedEitherWay(t *testing.T) {
	w := begin(t)
	child := string(w.id["child"])
	for _, account := range []string{"child", child} {
		if a := w.ask("admin", "GET", "/me?account="+account, nil).is(200); a.text("account.id") != child {
			t.Errorf("%s: %s", account, a.body)
		}
		if a := w.ask("parent", "GET", "/me", nil, with{"Waybill-Account", account}).is(200); a.text("account.id") != child {
			t.Errorf("%s: %s", account, a.body)
		}
		key := w.ask("admin", "POST", "/api-keys", object{"name": "for " + account, "role": "operations", "grants": []string{account}}).is(201)
		if key.text("grants.0") != child {
			t.Error(string(key.body))
		}
	}
	for _, account := range []string{"stranger", "nobody", string(w.id["stranger"])} {
		w.ask("admin", "GET", "/me?account="+account, nil).refused(404, waybill.ReasonUnknownRecord)
		if a := w.ask("admin", "POST", "/api-keys", object{"name": "k", "role": "operations", "grants": []string{account}}).is(422); a.text("errors.0.path") != "grants[0]" {
			t.Error(string(a.body))
		}
	}
	w.ask("operations", "GET", "/me?account=child", nil).refused(404, waybill.ReasonUnknownRecord)

	hook := w.ask("developer", "POST", "/webhooks", object{"url": "https://hooks.example/in", "name": "shop"}).is(201)
	for _, path := range []string{"/webhooks/shop", "/webhooks/" + hook.text("id")} {
		if a := w.ask("developer", "GET", path, nil).is(200); a.text("id") != hook.text("id") {
			t.Error(string(a.body))
		}
		test := w.ask("developer", "POST", path+"/test", nil).is(202)
		w.app.Drain(t)
		w.ask("developer", "PATCH", path, object{"kinds": []string{"shipment.booked"}}).is(200)
		w.ask("developer", "POST", path+"/pause", nil).is(200)
		w.ask("developer", "POST", path+"/resume", nil).is(200)
		w.ask("developer", "POST", path+"/secret", nil).is(200)
		w.ask("developer", "POST", "/deliveries/"+test.text("id")+"/replay", nil).is(202)
		w.app.Drain(t)
		if n := w.ask("developer", "POST", path+"/replay", object{}).is(202); n.text("count") == "0" {
			t.Error(string(n.body))
		}
	}
	sent := w.app.Hooks()
	if last := sent[len(sent)-1]; last.Header.Get("webhook-signature") == "" {
		t.Error("a secret that was changed by the name does not sign")
	}
	if a := w.ask("developer", "GET", "/deliveries?webhook=shop", nil).is(200); a.count("items") != 2 {
		t.Error(string(a.body))
	}
	w.ask("stranger", "GET", "/webhooks/shop", nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("developer", "DELETE", "/webhooks/shop", nil).is(204)
	w.ask("developer", "GET", "/webhooks/shop", nil).refused(404, waybill.ReasonUnknownRecord)
}
