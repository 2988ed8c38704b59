package native_test

import (
	"strings"
	"testing"

	"waybill"
)

func TestRules(t *testing.T) {
	w := begin(t)
	heavy := map[string]any{"name": "Heavy", "importance": 5, "when": map[string]any{"field": "weight", "op": "gte", "value": "5 kg"}, "then": []any{map[string]any{"do": "require", "connection": "van"}, map[string]any{"do": "fastest"}}}
	good := w.ask("read-only", "POST", "/rules/validate", heavy).is(200)
	if good.text("valid") != "true" || good.text("criteria") != "1" || good.count("notices") != 0 {
		t.Error(string(good.body))
	}
	bad := w.ask("read-only", "POST", "/rules/validate", map[string]any{
		"name": "Bad", "when": map[string]any{"any": []any{map[string]any{"field": "colour", "op": "is", "value": "red"}, map[string]any{"field": "weight", "op": "gte", "value": "5 stone"}}},
		"then": []any{map[string]any{"do": "prefer", "connection": "van"}, map[string]any{"do": "explode"}},
	}).is(200)
	said := bad.text("errors")
	if bad.text("valid") != "false" || !strings.Contains(said, "when.any[0].field") || !strings.Contains(said, "when.any[1].value") || !strings.Contains(said, "then[1].do") {
		t.Error(string(bad.body))
	}
	w.ask("admin", "POST", "/rules", heavy).is(201)
	always := w.ask("admin", "POST", "/rules", map[string]any{"name": "Stop", "importance": 9, "then": []any{map[string]any{"do": "hold", "reason": "stocktaking"}}}).is(201)
	notices := w.ask("read-only", "GET", "/rules/notices", nil).is(200)
	if notices.count("items") != 1 || notices.text("items.0.other") != "Stop" {
		t.Error(string(notices.body))
	}
	w.ask("admin", "PATCH", "/rules/"+always.text("id"), map[string]any{"suspended": true}).is(200)
	if notices := w.ask("read-only", "GET", "/rules/notices", nil).is(200); notices.count("items") != 0 {
		t.Error(string(notices.body))
	}
	lost := w.ask("read-only", "POST", "/rules/validate", map[string]any{"name": "Lost", "then": []any{map[string]any{"do": "prefer", "connection": []string{"van", "zeppelin"}}}}).is(200)
	if lost.text("valid") != "true" || lost.text("notices.0.path") != "then[0].connection" || !strings.Contains(lost.text("notices.0.message"), "zeppelin") {
		t.Error(string(lost.body))
	}
	then := []any{map[string]any{"do": "return_service", "service": 77}, map[string]any{"do": "require", "service": []any{"standard", "teleport"}}}
	unsold := w.ask("read-only", "POST", "/rules/validate", map[string]any{"name": "Unsold", "then": then}).is(200)
	if unsold.text("valid") != "true" || unsold.text("notices.0.path") != "then[0].service" || unsold.text("notices.1.path") != "then[1].service" || unsold.count("notices") != 2 {
		t.Error(string(unsold.body))
	}
}

func TestDryRun(t *testing.T) {
	w := begin(t)
	sample := map[string]any{
		"to":      map[string]any{"name": "Jane", "street1": "1 Road", "city": "Leeds", "postcode": "LS1 6HD", "country": "GB"},
		"parcels": []any{map[string]any{"weight": map[string]any{"value": 6, "unit": "kg"}}},
	}
	w.ask("admin", "POST", "/rules", map[string]any{"name": "Heavy", "when": map[string]any{"field": "weight", "op": "gte", "value": "5 kg"}, "then": []any{map[string]any{"do": "require", "connection": "sim"}}}).is(201)
	got := w.ask("rates-only", "POST", "/rules/dry-run", map[string]any{"shipment": sample}).is(200)
	if got.text("outcome") != "book" || got.text("rates.0.connection") != "sim" || !strings.Contains(got.text("words"), "Heavy") {
		t.Error(string(got.body))
	}
	draft := map[string]any{"name": "Draft", "then": []any{map[string]any{"do": "hold", "reason": "stocktaking"}}}
	held := w.ask("operations", "POST", "/rules/dry-run", map[string]any{"shipment": sample, "rules": []any{draft}}).is(200)
	if held.text("outcome") != "hold" || !strings.Contains(held.text("reason"), "stocktaking") {
		t.Error(string(held.body))
	}
	foul := w.ask("operations", "POST", "/rules/dry-run", map[string]any{"shipment": sample, "rules": []any{draft, map[string]any{"name": "Foul", "when": map[string]any{"field": "colour"}}}}).is(422)
	if !strings.HasPrefix(foul.text("errors.0.path"), "rules[1].when") {
		t.Error(string(foul.body))
	}
	sample["reference"] = "A-1"
	stored := w.ask("admin", "POST", "/shipments", sample).is(201)
	again := w.ask("operations", "POST", "/rules/dry-run", map[string]any{"shipment_id": "A-1", "rules": []any{draft}}).is(200)
	if again.text("outcome") != "hold" {
		t.Error(string(again.body))
	}
	if after := w.ask("admin", "GET", "/shipments/A-1", nil).is(200); after.header.Get("ETag") != stored.header.Get("ETag") {
		t.Error("the dry run changed it")
	}
	w.ask("stranger", "POST", "/rules/dry-run", map[string]any{"shipment_id": stored.text("id")}).refused(404, waybill.ReasonUnknownShipment)
	w.ask("read-only", "POST", "/rules/dry-run", map[string]any{"shipment": sample}).refused(403, waybill.ReasonRole)
	w.ask("admin", "POST", "/rules/dry-run", map[string]any{}).refused(422, waybill.ReasonFields)
}

func TestVocabulary(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/tags", map[string]any{"name": "gift"}).is(201)
	w.ask("admin", "POST", "/shipments", map[string]any{
		"channel": "eBay", "to": map[string]any{"name": "Jane", "street1": "1 Road", "city": "Leeds", "postcode": "LS1 6HD", "country": "GB"},
		"parcels": []any{map[string]any{"weight": map[string]any{"value": 6, "unit": "kg"}}},
	}).is(201)
	v := w.ask("read-only", "GET", "/rules/vocabulary", nil).is(200)
	if v.count("channels") != 1 || v.text("channels.0.value") != "eBay" || v.count("accounts") != 0 {
		t.Error(v.text("channels"), v.text("accounts"))
	}
	if parent := w.ask("parent", "GET", "/rules/vocabulary", nil).is(200); parent.count("accounts") != 1 || parent.text("accounts.0.title") != "child" {
		t.Error(parent.text("accounts"))
	}
	text := string(v.body)
	for _, want := range []string{`"value":"van"`, `"value":"bath"`, `"title":"gift"`, `"title":"Express"`, `"name":"weight"`, `"do":"require"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in it: %.2000s", want, text)
		}
	}
	if other := w.ask("stranger", "GET", "/rules/vocabulary", nil).is(200); strings.Contains(string(other.body), `"value":"van"`) || strings.Contains(string(other.body), "gift") {
		t.Error("it has values of another account")
	}
	for i := range v.count("fields") {
		f := v.get("fields").([]any)[i].(map[string]any)
		if f["description"] == "" || len(f["operators"].([]any)) == 0 {
			t.Error(f)
		}
	}
}
