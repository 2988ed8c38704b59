package native_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill"
)

// TestRuleVersions: a draft is saved, looked at, tried, published for later and at once, told apart and rolled back; of
// two who publish the second is told.
func TestRuleVersions(t *testing.T) {
	w := begin(t)
	onto := func(name, printer string) object {
		return object{"name": name, "then": []any{object{"do": "printer", "name": printer}}}
	}
	w.ask("admin", "POST", "/rules", onto("Labels", "one")).is(201)
	fresh := w.ask("read-only", "GET", "/rules/draft", nil).is(200)
	if fresh.text("saved") != "false" || fresh.text("rules.0.name") != "Labels" || fresh.count("changes") != 0 || fresh.header.Get("ETag") != "" {
		t.Error(string(fresh.body))
	}
	bad := w.ask("admin", "PUT", "/rules/draft", object{"rules": []any{onto("Labels", "two"), object{"name": "Labels", "when": object{"field": "colour", "op": "is", "value": "red"}}}}).is(200)
	if bad.text("valid") != "false" || bad.text("errors.0.path") != "rules[1].name" || bad.text("errors.1.path") != "rules[1].when.field" {
		t.Error(string(bad.body))
	}
	w.ask("admin", "POST", "/rules/publish", nil).refused(422, waybill.ReasonFields)
	good := w.ask("admin", "PUT", "/rules/draft", object{"rules": []any{onto("Labels", "two"), onto("More", "three")}}, with{"If-Match", bad.header.Get("ETag")}).is(200)
	if good.text("valid") != "true" || good.text("changes.0.kind") != "changed" || good.text("changes.0.fields.0") != "then" || good.text("changes.1.kind") != "added" {
		t.Error(string(good.body))
	}
	if n := good.text("notices.0.message"); !strings.Contains(n, "decides nothing") || good.text("notices.0.rule") != "More" || good.text("notices.0.other") != "Labels" {
		t.Error(string(good.body))
	}
	w.ask("admin", "PUT", "/rules/draft", object{"rules": []any{}}, with{"If-Match", bad.header.Get("ETag")}).refused(412, waybill.ReasonVersion)
	w.ask("admin", "POST", "/shipments", and(parcelTo("RV-1"), "book", object{})).is(201)
	dry := w.ask("operations", "POST", "/rules/dry-run", object{"shipment_id": "RV-1", "version": "draft"}).is(200)
	if dry.text("printer") != "two" {
		t.Error(string(dry.body))
	}
	if none := w.ask("operations", "POST", "/rules/dry-run", object{"shipment_id": "RV-1", "version": "99"}).refused(422, waybill.ReasonFields); none.text("errors.0.path") != "version" {
		t.Error(string(none.body))
	}
	if none := w.ask("operations", "GET", "/rules/diff?to=99", nil).refused(422, waybill.ReasonFields); none.text("errors.0.path") != "query.to" {
		t.Error(string(none.body))
	}
	back := w.ask("operations", "POST", "/rules/backtest", object{"rules": []any{object{"name": "Dear", "then": []any{object{"do": "fastest"}}}}, "last": 5}).is(200)
	if back.text("shipments") != "1" || back.text("changed") != "1" || back.text("items.0.difference.currency") != "GBP" || back.text("differences.0.amount") != "450" {
		t.Error(string(back.body))
	}
	later := w.app.Clock.Now().Add(24 * time.Hour)
	w.ask("admin", "POST", "/rules/publish", nil, with{"If-Match", bad.header.Get("ETag")}).refused(412, waybill.ReasonVersion)
	planned := w.ask("admin", "POST", "/rules/publish", object{"at": later, "note": "Christmas"}, with{"If-Match", good.header.Get("ETag")}).is(201)
	if planned.text("version") != "2" || planned.text("state") != "planned" || planned.text("note") != "Christmas" || planned.count("rules") != 2 {
		t.Error(string(planned.body))
	}
	w.ask("admin", "PUT", "/rules/draft", object{"rules": []any{onto("Labels", "four")}}).is(200)
	w.ask("admin", "POST", "/rules", onto("Between", "five")).is(201)
	w.ask("admin", "POST", "/rules/publish", nil).refused(409, waybill.ReasonVersion)
	if diff := w.ask("read-only", "GET", "/rules/diff?to=draft", nil).is(200); diff.count("items") != 2 {
		t.Error(string(diff.body))
	}
	w.ask("admin", "DELETE", "/rules/draft", nil).is(204)
	w.ask("admin", "DELETE", "/rules/draft", nil).refused(404, waybill.ReasonUnknownRecord)
	w.app.Clock.Advance(24 * time.Hour)
	list := w.ask("read-only", "GET", "/rules/versions?limit=2", nil).is(200)
	if list.count("items") != 2 || list.text("next_cursor") == "" {
		t.Error(string(list.body))
	}
	if now := w.ask("read-only", "GET", "/rules/versions/2", nil).is(200); now.text("state") != "in_force" {
		t.Error(string(now.body))
	}
	if rules := w.ask("read-only", "GET", "/rules?sort=created", nil).is(200); rules.count("items") != 2 || rules.text("items.1.name") != "More" {
		t.Error(string(rules.body))
	}
	restored := w.ask("admin", "POST", "/rules/versions/1/restore", object{"note": "back"}).is(201)
	if restored.text("version") != "4" || restored.text("restores") != "1" || restored.text("state") != "in_force" {
		t.Error(string(restored.body))
	}
	if one := w.ask("read-only", "GET", "/rules/versions/1", nil).is(200); one.text("rules.0.name") != "Labels" || one.text("author") != "admin" {
		t.Error(string(one.body))
	}
	w.ask("admin", "PUT", "/rules/draft", object{"rules": []any{}}).is(200)
	w.ask("admin", "POST", "/rules/publish", object{"at": later.Add(48 * time.Hour)}).is(201)
	w.ask("admin", "DELETE", "/rules/versions/5", nil).is(204)
	w.ask("admin", "DELETE", "/rules/versions/4", nil).refused(409, waybill.ReasonInUse)
	w.ask("admin", "POST", "/shipments", and(parcelTo("RV-2"), "book", object{})).is(201)
	why := w.ask("admin", "GET", "/shipments/RV-2/decision", nil).is(200)
	if !strings.Contains(string(why.body), `"rules_version":4`) {
		t.Error(string(why.body))
	}
	w.ask("stranger", "GET", "/rules/versions/1", nil).refused(404, waybill.ReasonUnknownRecord)
	if theirs := w.ask("stranger", "GET", "/rules/versions", nil).is(200); theirs.count("items") != 0 {
		t.Error(string(theirs.body))
	}
	w.ask("operations", "POST", "/rules/publish", nil).refused(403, waybill.ReasonRole)
}

// TestRateCardVersions: a card waits for its day, its history is told, and it is rolled back.
func TestRateCardVersions(t *testing.T) {
	w := begin(t)
	const path = "/connections/van/rate-card"
	day := start.AddDate(0, 0, 3).Format(time.DateOnly)
	dear := strings.Replace(card(900), "2019-01-01", day, 1)
	put := w.ask("admin", "PUT", path+"?note=winter", dear).is(200)
	if put.header.Get("Rate-Card-Version") != "2" {
		t.Error(put.header)
	}
	list := w.ask("admin", "GET", path+"/versions", nil).is(200)
	if list.count("items") != 2 || list.text("items.0.state") != "planned" || list.text("items.0.note") != "winter" || list.text("items.0.from")[:10] != day || list.text("items.1.state") != "in_force" {
		t.Error(string(list.body))
	}
	if now := w.ask("admin", "GET", path, nil).is(200); !strings.Contains(string(now.body), `"price":450`) {
		t.Error(string(now.body))
	}
	if then := w.ask("admin", "GET", path+"?at="+day+"T12:00:00Z", nil).is(200); !strings.Contains(string(then.body), `"price":900`) {
		t.Error(string(then.body))
	}
	price := func(order object) string {
		return w.ask("admin", "POST", "/rates", object{"shipment": order}).is(200).text("rates.0.price.amount")
	}
	if today, then := price(parcelTo("")), price(and(parcelTo(""), "options", object{"ship_date": day})); today != "450" || then != "500" {
		t.Errorf("today it costs %s, on %s %s: the other connection is cheaper then", today, day, then)
	}
	surcharges := "no,kind,price,services\n1,residential,1.20,express\n"
	w.ask("admin", "PUT", path+"/surcharges", surcharges, with{"Content-Type", "text/csv"}).is(200)
	if sheet := w.ask("admin", "GET", path+"/surcharges", nil).is(200); !strings.Contains(string(sheet.body), "1,residential,,1.20,") {
		t.Error(string(sheet.body))
	}
	wrong := w.ask("admin", "PUT", path+"/surcharges", "no,kind,price\n1,weather,1\n2,fuel,much\n", with{"Content-Type", "text/csv"}).refused(422, waybill.ReasonFields)
	if wrong.text("errors.0.path") != "rows[3].price" {
		t.Error(string(wrong.body))
	}
	one := w.ask("admin", "GET", path+"/versions/3", nil).is(200)
	if one.text("card.surcharges.0.kind") != "residential" || one.text("state") != "in_force" {
		t.Error(string(one.body))
	}
	back := w.ask("admin", "POST", path+"/versions/1/restore", object{"note": "no surcharge"}).is(201)
	if back.text("version") != "4" || back.text("restores") != "1" {
		t.Error(string(back.body))
	}
	w.ask("admin", "DELETE", path+"/versions/4", nil).refused(409, waybill.ReasonInUse)
	w.ask("admin", "DELETE", path+"/versions/2", nil).is(204)
	w.app.Clock.Advance(5 * 24 * time.Hour)
	if now := w.ask("admin", "GET", path, nil).is(200); !strings.Contains(string(now.body), `"price":450`) {
		t.Error(string(now.body))
	}
	w.ask("child", "GET", path+"/versions", nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("stranger", "GET", path+"/versions/1", nil).refused(404, waybill.ReasonUnknownRecord)
}

// TestOutagesAndSpending: planned, shown, told in rates, ended; a limit that is reached is told, and warned of before.
func TestOutagesAndSpending(t *testing.T) {
	w := begin(t)
	until := start.Add(5 * time.Hour)
	planned := w.ask("admin", "POST", "/connections/van/outages", object{"until": until, "reason": "the van is at the garage"}).is(200)
	if planned.text("outages.0.state") != "under_way" || planned.text("outages.0.reason") != "the van is at the garage" || planned.text("outages.0.author") != "admin" {
		t.Error(string(planned.body))
	}
	rates := w.ask("admin", "POST", "/rates", object{"shipment": parcelTo("")}).is(200)
	if !strings.Contains(string(rates.body), "the van is at the garage") || strings.Contains(rates.text("rates"), "connection:van") {
		t.Error(string(rates.body))
	}
	w.ask("admin", "POST", "/connections/van/outages", object{"until": start.Add(-time.Hour)}).refused(422, waybill.ReasonFields)
	id := planned.text("outages.0.id")
	ended := w.ask("admin", "DELETE", "/connections/van/outages/"+id, nil).is(200)
	if ended.text("outages.0.state") != "over" {
		t.Error(string(ended.body))
	}
	w.ask("child", "DELETE", "/connections/van/outages/"+id, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("operations", "POST", "/connections/van/outages", object{"until": until}).refused(403, waybill.ReasonRole)

	limit := object{"per_day": object{"amount": 1000, "currency": "GBP"}}
	for path, foul := range map[string]object{
		"spend_limit.per_day.currency": {"per_day": object{"amount": 5, "currency": "pounds"}}, "spend_limit.per_day.amount": {"per_day": object{"amount": -5, "currency": "GBP"}},
		"spend_limit.per_month.currency": {"per_day": object{"amount": 5, "currency": "GBP"}, "per_month": object{"amount": 5, "currency": "EUR"}},
	} {
		if a := w.ask("admin", "PATCH", "/connections/van", object{"spend_limit": foul}).refused(422, waybill.ReasonFields); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if set := w.ask("admin", "PATCH", "/connections/van", object{"spend_limit": limit}).is(200); set.text("spend_limit.per_day.amount") != "1000" {
		t.Error(string(set.body))
	}
	for i := range 2 {
		w.ask("admin", "POST", "/shipments", and(and(parcelTo(fmt.Sprint("SP-", i)), "book", object{}), "carrier_choice", object{"connection": "van"})).is(201)
	}
	spent := w.ask("admin", "GET", "/connections/van/spending", nil).is(200)
	if spent.text("day.spent.amount") != "900" || spent.text("day.left.amount") != "100" || spent.text("day.warning") != "true" || spent.get("month") != nil {
		t.Error(string(spent.body))
	}
	rates = w.ask("admin", "POST", "/rates", object{"shipment": parcelTo("")}).is(200)
	if !strings.Contains(rates.text("rejected"), "spend limit does not allow it") {
		t.Error(string(rates.body))
	}
	if theirs := w.ask("child", "GET", "/connections/van", nil).is(200); theirs.get("spend_limit") != nil {
		t.Error(string(theirs.body))
	}
	w.ask("child", "GET", "/connections/van/spending", nil).refused(404, waybill.ReasonUnknownRecord)
}

// TestLocationHours: written, read back, refused where they cannot be.
func TestLocationHours(t *testing.T) {
	w := begin(t)
	hours := []any{object{"day": "mon", "opens": "08:00", "closes": "17:30"}, object{"day": "tue", "opens": "08:00", "closes": "17:30"}}
	w.ask("admin", "PATCH", "/locations/bath", object{"hours": hours, "cutoff": "16:00"}).is(200)
	got := w.ask("read-only", "GET", "/locations/bath", nil).is(200)
	if got.count("hours") != 2 || got.text("hours.1.closes") != "17:30" || got.text("cutoff") != "16:00" {
		t.Error(string(got.body))
	}
	bad := w.ask("admin", "PATCH", "/locations/bath", object{"hours": []any{object{"day": "mon", "opens": "18:00", "closes": "17:30"}, object{"day": "mon", "opens": "08:00", "closes": "17:30"}}}).refused(422, waybill.ReasonFields)
	if bad.text("errors.0.path") != "hours[0].closes" || bad.text("errors.1.path") != "hours[1].day" {
		t.Error(string(bad.body))
	}
	rate := func() string {
		return w.ask("admin", "POST", "/rates", object{"shipment": parcelTo("")}).is(200).text("rates.0.pickup_at")
	}
	if day := rate()[:10]; day != "2026-11-23" {
		t.Errorf("at nine it leaves on %s", day)
	}
	w.app.Clock.Advance(8 * time.Hour)
	if day := rate()[:10]; day != "2026-11-24" {
		t.Errorf("after the cut-off it leaves on %s", day)
	}
}
