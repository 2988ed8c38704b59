package native_test

import (
	"net/url"
	"strings"
	"testing"

	"waybill"
)

func TestTracking(t *testing.T) {
	w := begin(t)
	shipment := w.ask("admin", "POST", "/shipments", and(parcelTo("T-1"), "book", object{"connection": "van"})).is(201)
	number := shipment.text("tracking_number")
	promised := shipment.text("estimated_delivery.ends")
	if at := w.ask("read-only", "GET", "/tracking/"+number, nil).is(200); promised == "" || at.text("expected_at") != promised {
		t.Error("when it should arrive, promised for", promised, string(at.body))
	}
	if at := w.ask("read-only", "GET", "/tracking/"+number, nil).is(200); at.text("transit") != "label_made" || at.text("shipment_id") != shipment.text("id") || at.text("carrier") != "house" {
		t.Error(string(at.body))
	}
	late := object{"status": "delivered", "at": "2026-11-23T08:30:00+01:00", "recipient": "A. Byron", "place": "Bristol"}
	scanned := w.ask("operations", "POST", "/tracking/"+number+"/scans", late).is(201)
	if scanned.text("transit") != "delivered" || scanned.get("expected_at") != nil || scanned.text("recipient") != "A. Byron" || scanned.text("scans.0.at") != "2026-11-23T07:30:00Z" {
		t.Error(string(scanned.body))
	}
	w.ask("operations", "POST", "/tracking/"+number+"/scans", late).is(201)
	early := w.ask("operations", "POST", "/tracking/"+number+"/scans", object{"status": "picked_up", "at": "2026-11-23T06:00:00Z"}).is(201)
	if early.count("scans") != 2 || early.text("scans.0.status") != "picked_up" || early.text("transit") != "delivered" {
		t.Error("repeated, or out of order:", string(early.body))
	}
	many := w.ask("read-only", "POST", "/tracking", object{"numbers": []any{
		object{"number": number}, object{"number": "1Z5R89390357567127"}, object{"number": "nothing"}, object{"number": "X1", "carrier": "delhivery"},
	}}).is(200)
	if many.text("items.0.transit") != "delivered" || many.text("items.1.carrier") != "ups" || many.get("items.1.found") != false ||
		many.get("items.1.detected") != true || many.get("items.2.carrier") != nil || many.text("items.3.carrier") != "delhivery" || many.text("items.3.problem") == "" {
		t.Error(string(many.body))
	}
	w.ask("admin", "GET", "/tracking/nothing", nil).refused(404, waybill.ReasonUnknownShipment)
	for _, who := range []string{"stranger", "child"} {
		w.ask(who, "GET", "/tracking/"+number, nil).refused(404, waybill.ReasonUnknownShipment)
		w.ask(who, "POST", "/tracking/"+number+"/scans", late).refused(404, waybill.ReasonUnknownShipment)
		if a := w.ask(who, "POST", "/tracking", object{"numbers": []any{object{"number": number}}}).is(200); a.get("items.0.found") != false {
			t.Error(who, string(a.body))
		}
	}
	w.ask("read-only", "POST", "/tracking/"+number+"/scans", late).refused(403, waybill.ReasonRole)
	w.ask("rates-only", "GET", "/tracking/"+number, nil).refused(403, waybill.ReasonRole)
	for path, body := range map[string]object{"status": {"status": "eaten"}, "at": {"status": "delivered", "at": "now"}} {
		if a := w.ask("admin", "POST", "/tracking/"+number+"/scans", body).is(422); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := w.ask("admin", "POST", "/tracking", object{"numbers": []any{}}).is(422); a.text("errors.0.path") != "numbers" {
		t.Error(string(a.body))
	}
}

// TestTrackingInAnySpelling: a number is known with spaces, with hyphens and in small letters, on every way in.
func TestTrackingInAnySpelling(t *testing.T) {
	w := begin(t)
	shipment := w.ask("admin", "POST", "/shipments", and(parcelTo("S-1"), "book", object{"connection": "van"})).is(201)
	number, id := shipment.text("tracking_number"), shipment.text("id")
	spaced := number[:2] + " " + number[2:6] + " " + number[6:]
	for _, text := range []string{number, strings.ToLower(number), spaced, strings.ToLower(spaced), strings.ReplaceAll(spaced, " ", "-")} {
		path := url.PathEscape(text)
		if a := w.ask("read-only", "GET", "/tracking/"+path, nil).is(200); a.text("shipment_id") != id {
			t.Errorf("GET /tracking of %q: %s", text, a.body)
		}
		if a := w.ask("read-only", "POST", "/tracking", object{"numbers": []any{object{"number": text}}}).is(200); a.text("items.0.shipment_id") != id || a.text("items.0.number") != text {
			t.Errorf("POST /tracking of %q: %s", text, a.body)
		}
		if a := w.ask("read-only", "POST", "/scan", object{"text": text}).is(200); a.text("outcome") != "found" || a.text("matches.0.id") != id {
			t.Errorf("/scan of %q: %s", text, a.body)
		}
		if a := w.ask("read-only", "GET", "/shipments?q="+url.QueryEscape(text), nil).is(200); a.count("items") != 1 || a.text("items.0.id") != id {
			t.Errorf("q=%q: %s", text, a.body)
		}
		if a := w.ask("operations", "POST", "/tracking/"+path+"/scans", object{"status": "in_transit"}).is(201); a.text("shipment_id") != id {
			t.Errorf("a scan of %q: %s", text, a.body)
		}
	}
}

// TestScansThatCannotBe: a scan of a day to come would be the latest until then, and one of a cancelled parcel moves
// what nobody carries.
func TestScansThatCannotBe(t *testing.T) {
	w := begin(t)
	shipment := w.ask("admin", "POST", "/shipments", and(parcelTo("C-1"), "book", object{"connection": "van"})).is(201)
	scans := "/tracking/" + shipment.text("tracking_number") + "/scans"
	if a := w.ask("operations", "POST", scans, object{"status": "in_transit", "at": "2099-01-01T00:00:00Z"}).is(422); a.text("errors.0.path") != "at" {
		t.Error(string(a.body))
	}
	if a := w.ask("operations", "POST", scans, object{"status": "in_transit"}).is(201); a.count("scans") != 1 || a.text("transit") != "in_transit" {
		t.Error(string(a.body))
	}
	gone := w.ask("admin", "POST", "/shipments", and(parcelTo("C-2"), "book", object{"connection": "van"})).is(201)
	w.ask("admin", "DELETE", "/shipments/"+gone.text("id"), nil).is(200)
	w.ask("operations", "POST", "/tracking/"+gone.text("tracking_number")+"/scans", object{"status": "delivered"}).refused(409, waybill.ReasonNotBookable)
	if a := w.ask("read-only", "GET", "/shipments/C-2", nil).is(200); a.text("booking") != "cancelled" || a.text("transit") == "delivered" {
		t.Error(string(a.body))
	}
}

func TestScan(t *testing.T) {
	w := begin(t)
	shipment := w.ask("admin", "POST", "/shipments", and(and(parcelTo("F-1"), "reference2", "F-2"), "book", object{"connection": "van"})).is(201)
	number := shipment.text("tracking_number")
	w.ask("admin", "POST", "/shipments", and(parcelTo("F-2"), "reference2", "F-2")).is(201)
	for _, text := range []string{number, number + "|F-1", "]C1" + number, shipment.text("id"), "F-1"} {
		a := w.ask("read-only", "POST", "/scan", object{"text": text}).is(200)
		if a.text("outcome") != "found" || a.text("matches.0.id") != shipment.text("id") || a.text("matches.0.title") != "Ada Byron, Bristol" || a.text("matches.0.actions.0") != "label" {
			t.Errorf("%q: %s", text, a.body)
		}
	}
	if a := w.ask("read-only", "POST", "/scan", object{"text": "F-2"}).is(200); a.text("outcome") != "ambiguous" || a.count("matches") != 2 || a.text("matches.0.by") != "reference" {
		t.Error(string(a.body))
	}
	if a := w.ask("read-only", "POST", "/scan", object{"text": "420221539101026837331000039521"}).is(200); a.text("outcome") != "unknown" || a.text("readings.0.carrier") != "usps" || a.text("readings.0.number") != "9101026837331000039521" {
		t.Error(string(a.body))
	}
	for _, who := range []string{"stranger", "child"} {
		if a := w.ask(who, "POST", "/scan", object{"text": number}).is(200); a.text("outcome") != "unknown" {
			t.Error(who, string(a.body))
		}
	}
	w.ask("rates-only", "POST", "/scan", object{"text": number}).refused(403, waybill.ReasonRole)
	for _, wrong := range []any{"", 7, nil} {
		if a := w.ask("admin", "POST", "/scan", object{"text": wrong}).is(422); a.text("errors.0.path") != "text" {
			t.Errorf("%v: %s", wrong, a.body)
		}
	}
}
