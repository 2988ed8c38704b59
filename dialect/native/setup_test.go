package native_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"waybill"
)

// nouns are the resources of the set-up with what the tests of all of them need: how to write one, how to change it,
// what it is called by, who may write it and, of those who may not, who may read it.
var nouns = []struct {
	path    string
	body    map[string]any
	change  map[string]any
	changed string // where the change is seen
	key     string // member that names it
	foul    map[string]any
	at      string // the member that is wrong with it
	reader  string // a role that reads and does not write
	blind   string // a role that does neither
}{
	{
		"/locations", map[string]any{"reference": "leeds", "name": "Leeds", "address": map[string]any{"street1": "1 Briggate", "city": "Leeds", "postcode": "LS1 6HD", "country": "GB"}, "connections": []string{"van"}},
		map[string]any{"address": map[string]any{"phone": "0113 496 0000"}}, "address.phone", "reference",
		map[string]any{"name": "X", "address": map[string]any{"country": "GB"}, "time_zone": "Europe/London", "connections": []string{"nobody"}}, "connections[0]", "operations", "rates-only",
	},
	{
		"/brands", map[string]any{"reference": "outlet", "name": "Outlet"}, map[string]any{"settings": map[string]any{"channel": "outlet"}}, "settings.channel", "reference",
		map[string]any{"name": "X", "settings": map[string]any{"return_location": "nowhere"}}, "settings.return_location", "read-only", "rates-only",
	},
	{
		"/services", map[string]any{"carrier": "house", "provider": "van", "code": "standard", "name": "Slow"}, map[string]any{"name": "Slower"}, "name", "",
		map[string]any{"carrier": "nobody", "provider": "van", "code": "standard", "name": "Other"}, "carrier", "developer", "rates-only",
	},
	{
		"/package-sizes", map[string]any{"name": "Shoe box", "size": map[string]any{"length": 35.5, "width": 25, "height": 14, "unit": "cm"}},
		map[string]any{"size": map[string]any{"length": 36, "width": 25, "height": 14, "unit": "cm"}}, "size.length", "name",
		map[string]any{"name": "X", "size": map[string]any{"length": "long", "width": 25, "height": 14, "unit": "cm"}}, "size.length", "operations", "rates-only",
	},
	{
		"/products", map[string]any{"sku": "TEE-M", "name": "T-shirt", "weight_kg": 0.2, "customs": map[string]any{"code": "610910", "country": "PT"}},
		map[string]any{"customs": map[string]any{"description": "cotton"}}, "customs.description", "sku",
		map[string]any{"sku": "X", "name": "X", "customs": map[string]any{"country": "QQ"}}, "customs.country", "read-only", "rates-only",
	},
	{
		"/tags", map[string]any{"name": "gift", "background": "#FFD700"}, map[string]any{"text": "#000000"}, "text", "name",
		map[string]any{"name": "X", "background": "gold"}, "background", "operations", "rates-only",
	},
	{
		"/addresses", map[string]any{"reference": "office", "address": map[string]any{"name": "Jane Doe", "street1": "221B Baker Street", "city": "London", "postcode": "NW1 6XE", "country": "GB"}},
		map[string]any{"label": "Office"}, "label", "reference",
		map[string]any{"address": map[string]any{"country": "QQ"}}, "address.country", "read-only", "rates-only",
	},
	{
		"/rules", map[string]any{"name": "Heavy", "importance": 5, "when": map[string]any{"field": "weight", "op": "gte", "value": "20 kg"}, "then": []any{map[string]any{"do": "require", "connection": "van"}}},
		map[string]any{"importance": 7}, "importance", "name",
		map[string]any{"name": "X", "when": map[string]any{"all": []any{map[string]any{"field": "weight", "op": "gte", "value": "heavy"}}}}, "when.all[0].value", "operations", "rates-only",
	},
	{
		"/connections", map[string]any{"reference": "bike", "carrier": "house", "mode": "simulator", "settings": map[string]any{"rate_card": card(300)}},
		map[string]any{"markup_per_mille": 50}, "markup_per_mille", "reference",
		map[string]any{"carrier": "house", "mode": "live"}, "settings.rate_card", "operations", "rates-only",
	},
	{
		"/users", map[string]any{"email": "Pat@shop.example", "role": "operations", "password": "correct horse"}, map[string]any{"name": "Pat"}, "name", "email",
		map[string]any{"email": "nobody", "role": "operations"}, "email", "", "developer",
	},
}

func TestSetUpNouns(t *testing.T) {
	w := begin(t)
	for _, n := range nouns {
		t.Run(strings.TrimPrefix(n.path, "/"), func(t *testing.T) {
			w := *w
			w.t = t
			made := w.ask("admin", "POST", n.path, n.body, with{"Idempotency-Key", "make" + n.path}).is(201)
			id, etag := made.text("id"), made.header.Get("ETag")
			again := w.ask("admin", "POST", n.path, n.body, with{"Idempotency-Key", "make" + n.path}).is(201)
			if again.text("id") != id || again.header.Get("Idempotent-Replayed") != "true" {
				t.Error("the repeat is another one:", string(again.body))
			}
			one := n.path + "/" + id
			if got := w.ask("admin", "GET", one, nil).is(200); got.text("id") != id || got.header.Get("ETag") != etag || !strings.HasSuffix(made.header.Get("Location"), one) {
				t.Error(string(got.body), got.header, made.header)
			}
			if n.key != "" {
				w.ask("admin", "POST", n.path, n.body).refused(409, waybill.ReasonTaken)
				if got := w.ask("admin", "GET", n.path+"/"+made.text(n.key), nil).is(200); got.text("id") != id {
					t.Error("the key names another one:", string(got.body))
				}
			}
			list := w.ask("admin", "GET", n.path+"?limit=100", nil).is(200)
			if !strings.Contains(string(list.body), id) {
				t.Error("it is not listed")
			}
			w.changes(n.path, one, n.change, n.changed, etag)
			foul := w.ask("admin", "POST", n.path, n.foul).refused(422, waybill.ReasonFields)
			if foul.text("errors.0.path") != n.at {
				t.Errorf("%s is not named: %s", n.at, foul.body)
			}
			w.strangers(n.path, one, id, n.change)
			if n.reader != "" {
				w.ask(n.reader, "GET", one, nil).is(200)
				w.ask(n.blind, "GET", one, nil).refused(403, waybill.ReasonRole)
			} else {
				w.ask(n.blind, "GET", one, nil).refused(403, waybill.ReasonRole)
			}
			w.ask("read-only", "POST", n.path, n.body).refused(403, waybill.ReasonRole)
			w.ask("rates-only", "DELETE", one, nil).refused(403, waybill.ReasonRole)
			now := w.ask("admin", "GET", one, nil).is(200).header.Get("ETag")
			w.ask("admin", "DELETE", one, nil, with{"If-Match", etag}).refused(412, waybill.ReasonVersion)
			w.ask("admin", "DELETE", one, nil, with{"If-Match", now}).is(204)
			w.ask("admin", "GET", one, nil).refused(404, waybill.ReasonUnknownRecord)
			log := w.ask("admin", "GET", "/audit?record="+id, nil).is(200)
			if log.text("items.0.action") != "deleted" || log.text("items.1.action") != "changed" || log.text("items.2.action") != "created" ||
				log.text("items.0.actor.name") != "admin" || log.count("items") != 3 || log.count("items.1.fields") == 0 {
				t.Error("the log:", string(log.body))
			}
		})
	}
}

// changes makes a change that somebody else must not undo, and holds that nothing else has changed.
func (w *world) changes(path, one string, change map[string]any, seen, etag string) {
	w.t.Helper()
	before := w.ask("admin", "GET", one, nil).is(200)
	if w.ask("operations", "PATCH", one, change).status != 403 && path != "/addresses" {
		w.t.Error("who may not set up does")
	}
	etag = w.ask("admin", "GET", one, nil).is(200).header.Get("ETag")
	after := w.ask("admin", "PATCH", one, change, with{"If-Match", etag}).is(200)
	if after.text(seen) == "" || (after.text(seen) == before.text(seen) && path != "/addresses") || after.header.Get("ETag") == etag {
		w.t.Errorf("%s is not changed: %s", seen, after.body)
	}
	if after.text("created_at") != before.text("created_at") || after.text("number") != before.text("number") {
		w.t.Error("it became another one:", string(after.body))
	}
	w.ask("admin", "PATCH", one, change, with{"If-Match", etag}).refused(412, waybill.ReasonVersion)
	w.ask("admin", "PATCH", one, map[string]any{"nonsense": 1}).refused(422, waybill.ReasonFields)
	w.ask("admin", "PATCH", one, map[string]any{}).refused(422, waybill.ReasonFields)
}

// strangers: to another account, and to a child, it is not there, and theirs is not touched.
func (w *world) strangers(path, one, id string, change map[string]any) {
	w.t.Helper()
	absent := w.ask("stranger", "GET", path+"/000000000000000000000000", nil).is(404)
	for _, who := range []string{"stranger", "child"} {
		for _, a := range []answer{w.ask(who, "GET", one, nil), w.ask(who, "PATCH", one, change), w.ask(who, "DELETE", one, nil)} {
			if a.is(404).text("detail") != absent.text("detail") || a.text("reason") != absent.text("reason") {
				w.t.Error("it is told from none:", string(a.body), string(absent.body))
			}
		}
		if list := w.ask(who, "GET", path, nil).is(200); strings.Contains(string(list.body), id) {
			w.t.Errorf("%s has it in the list", who)
		}
		w.ask(who, "GET", path+"?account="+string(w.id["shop"]), nil).refused(404, waybill.ReasonUnknownRecord)
	}
}

func TestSetUpListsPage(t *testing.T) {
	w := begin(t)
	for i := range 7 {
		w.ask("admin", "POST", "/tags", map[string]any{"name": fmt.Sprint("tag ", i)}).is(201)
	}
	var seen []string
	path := "/tags?limit=3&sort=created"
	cursor := ""
	for range 5 {
		page := w.ask("admin", "GET", path+cursor, nil).is(200)
		for i := range page.count("items") {
			seen = append(seen, page.text(fmt.Sprint("items.", i, ".name")))
		}
		if len(seen) == 3 { // what comes and goes meanwhile neither repeats nor hides another
			w.ask("admin", "DELETE", "/tags/ref:tag%200", nil).is(204)
		}
		next := page.text("next_cursor")
		if next == "" {
			break
		}
		if !strings.Contains(page.header.Get("Link"), `rel="next"`) {
			t.Error(page.header)
		}
		cursor = "&cursor=" + next
	}
	if strings.Join(seen, ",") != "tag 0,tag 1,tag 2,tag 3,tag 4,tag 5,tag 6" {
		t.Error(seen)
	}
	last := w.ask("admin", "GET", "/tags?limit=2&sort=-created", nil).is(200)
	back := w.ask("admin", "GET", "/tags?limit=2&sort=-created&cursor="+w.ask("admin", "GET", "/tags?limit=2&sort=-created&cursor="+last.text("next_cursor"), nil).is(200).text("prev_cursor"), nil).is(200)
	if back.text("items.0.id") != last.text("items.0.id") || back.count("items") != 2 {
		t.Error("the way back:", string(back.body))
	}
	w.ask("admin", "GET", "/tags?cursor=n.nonsense", nil).refused(400, waybill.ReasonBadCursor)
	w.ask("admin", "GET", "/tags?limit=2&sort=-updated&cursor="+last.text("next_cursor"), nil).refused(400, waybill.ReasonBadCursor)
	audit := w.ask("admin", "GET", "/audit?kind=tag&limit=5", nil).is(200)
	rest := w.ask("admin", "GET", "/audit?kind=tag&limit=5&cursor="+audit.text("next_cursor"), nil).is(200)
	if audit.count("items") != 5 || rest.count("items") != 3 || audit.text("items.4.id") == rest.text("items.0.id") {
		t.Error(string(audit.body), string(rest.body))
	}
	w.ask("operations", "GET", "/audit", nil).refused(403, waybill.ReasonRole)
	if got := w.ask("stranger", "GET", "/audit?kind=tag", nil).is(200); got.count("items") != 0 {
		t.Error(string(got.body))
	}
}

func jsonInto(data []byte, v any) error { return json.Unmarshal(data, v) }
