package native_test

import (
	"testing"

	"waybill"
)

func TestSandbox(t *testing.T) {
	w := begin(t)
	if at := w.ask("read-only", "GET", "/sandbox/clock", nil).is(200); at.text("now") != "2026-11-23T09:00:00Z" || at.text("ahead_seconds") != "0" {
		t.Error(string(at.body))
	}
	sent := parcelTo("S-1")
	sent["to"].(object)["name"] = "Magic delivered-neighbour"
	booked := w.ask("test", "POST", "/shipments", and(sent, "book", object{})).is(201)
	number := booked.text("tracking_number")
	if moved := w.ask("developer", "POST", "/sandbox/clock", object{"advance": "31h"}).is(200); moved.text("moved") != "1" || moved.text("ahead_seconds") != "111600" {
		t.Error(string(moved.body))
	}
	if got := w.ask("admin", "GET", "/shipments/S-1", nil).is(200).text("transit"); got != "out_for_delivery" {
		t.Error("after 31 hours it is", got)
	}
	w.ask("developer", "POST", "/sandbox/clock", object{"set": "2026-11-25T09:00:00Z"}).is(200)
	if got := w.ask("admin", "GET", "/shipments/S-1", nil).is(200).text("transit"); got != "delivered" {
		t.Error("after two days it is", got)
	}
	w.ask("developer", "POST", "/sandbox/clock", object{"reset": true}).is(200)
	for _, wrong := range []object{{}, {"advance": "-1h"}, {"advance": "soon"}, {"advance": "1h", "reset": true}, {"set": "2020-01-01T00:00:00Z"}} {
		w.ask("developer", "POST", "/sandbox/clock", wrong).is(422)
	}
	w.ask("operations", "POST", "/sandbox/clock", object{"advance": "1h"}).refused(403, waybill.ReasonRole)
	if other := w.ask("stranger", "GET", "/sandbox/clock", nil).is(200); other.text("ahead_seconds") != "0" {
		t.Error("a stranger has the shop's clock")
	}

	second := w.ask("test", "POST", "/shipments", and(parcelTo("S-2"), "book", object{})).is(201).text("tracking_number")
	for _, want := range []string{"picked_up", "in_transit"} {
		if got := w.ask("developer", "POST", "/sandbox/parcels/"+second+"/advance", nil).is(200).text("transit"); got != want {
			t.Error(got, want)
		}
	}
	done := w.ask("developer", "POST", "/sandbox/parcels/"+second+"/advance", object{"to": "delivered", "recipient": "Neighbour"}).is(200)
	if done.text("shipment_transit") != "delivered" || done.text("reference") != "S-2" {
		t.Error(string(done.body))
	}
	live := w.ask("admin", "POST", "/shipments", and(parcelTo("S-3"), "book", object{})).is(201)
	if live.text("tracking_number") == "" {
		t.Fatal(string(live.body))
	}
	w.ask("developer", "POST", "/sandbox/parcels/"+live.text("tracking_number")+"/advance", object{"to": "delivered"}).refused(409, waybill.ReasonNotBookable)
	w.ask("stranger", "POST", "/sandbox/parcels/"+number+"/advance", nil).refused(404, waybill.ReasonUnknownShipment)
}

func TestChecklist(t *testing.T) {
	w := begin(t)
	list := w.ask("read-only", "GET", "/connections/sim/checklist", nil).is(200)
	if list.text("mode") != "simulator" || list.text("ready") != "false" || list.count("items") != 10 || list.text("items.2.state") != "missing" || list.text("items.2.next") == "" {
		t.Error(string(list.body))
	}
	ran := w.ask("test", "POST", "/connections/sim/check", nil).is(200)
	if ran.text("passed") != "true" || ran.count("steps") != 5 || ran.text("unsettled_purchase") != "" || ran.text("shipment_id") == "" || ran.text("checklist.items.2.state") != "done" {
		t.Error(string(ran.body))
	}
	if kept := w.ask("admin", "POST", "/connections/van/check", nil).is(200); kept.text("steps.1.outcome") != "skipped" || kept.text("shipment_id") != "" {
		t.Error("a live connection was bought from:", string(kept.body))
	}
	if bought := w.ask("admin", "POST", "/connections/van/check", object{"live": true}).is(200); bought.text("passed") != "true" || bought.text("shipment_id") == "" {
		t.Error(string(bought.body))
	}
	w.ask("test", "POST", "/connections/van/check", object{"live": true}).refused(403, waybill.ReasonRole)
	w.ask("operations", "POST", "/connections/sim/check", nil).refused(403, waybill.ReasonRole)
	approved := w.ask("admin", "PUT", "/connections/van/approval", object{"on": "2026-11-20", "note": "by telephone"}).is(200)
	if approved.text("items.9.state") != "done" || approved.text("items.9.at") != "2026-11-20T00:00:00Z" || approved.text("items.9.by") == "" {
		t.Error(string(approved.body))
	}
	if back := w.ask("admin", "PUT", "/connections/van/approval", object{}).is(200); back.text("items.9.state") != "not_offered" {
		t.Error(string(back.body))
	}
	w.ask("admin", "PUT", "/connections/van/approval", object{"on": "2027-11-20"}).is(422)
	w.ask("stranger", "GET", "/connections/van/checklist", nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("child", "GET", "/connections/van/checklist", nil).refused(403, waybill.ReasonForeign)
}
