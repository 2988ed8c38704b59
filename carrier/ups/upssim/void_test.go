package upssim_test

import (
	"net/url"
	"testing"
	"time"

	"waybill/carrier/ups/upssim"
)

const voidPath = "/api/shipments/v2409/void/cancel/"

func TestVoidAShipment(t *testing.T) {
	d := open(t, upssim.Options{})
	id := d.ship(order("VOID", "1", "2")).id()
	got := d.call("DELETE", voidPath+id, nil)
	got.wants(t, 200, "void")
	if got.text("VoidShipmentResponse", "SummaryResult", "Status", "Code") != "1" {
		t.Errorf("summary = %s", got.body)
	}
	if !d.sim.State().Shipments[0].Voided {
		t.Error("the shipment still stands")
	}
	tracked := d.track(id)
	if tracked.text("trackResponse", "shipment", 0, "package", 0, "currentStatus", "type") != "MV" {
		t.Errorf("a voided parcel's status = %s", tracked.body)
	}
	d.call("DELETE", voidPath+id, nil).refused(t, 400, "190117", "already been voided")
	if n := len(d.sim.Mischief().Effects("void")); n != 1 {
		t.Errorf("voids in the ledger = %d, want 1", n)
	}
}

func TestVoidOnePackage(t *testing.T) {
	d := open(t, upssim.Options{})
	got := d.ship(order("VOID1", "1", "2", "3"))
	number := func(i int) string {
		return got.text("ShipmentResponse", "ShipmentResults", "PackageResults", i, "TrackingNumber")
	}
	one := d.call("DELETE", voidPath+got.id()+"?trackingnumber="+number(1), nil)
	one.wants(t, 200, "void")
	if one.text("VoidShipmentResponse", "PackageLevelResults", 0, "TrackingNumber") != number(1) || one.text("VoidShipmentResponse", "PackageLevelResults", 0, "Status", "Code") != "1" {
		t.Errorf("package results = %s", one.body)
	}
	state := d.sim.State().Shipments[0]
	if state.Voided || state.Parcels[0].Voided || !state.Parcels[1].Voided || state.Parcels[2].Voided {
		t.Errorf("state = %+v", state)
	}
	list := url.QueryEscape(`["` + number(0) + `","` + number(2) + `"]`)
	d.call("DELETE", voidPath+got.id()+"?trackingnumber="+list, nil).wants(t, 200, "void")
	if !d.sim.State().Shipments[0].Voided {
		t.Error("nothing is left of the shipment, yet it stands")
	}
	other := d.ship(order("VOID2", "1"))
	d.call("DELETE", voidPath+other.id()+"?trackingnumber="+number(1), nil).refused(t, 400, "190121", "None")
}

func TestVoidRefusals(t *testing.T) {
	d := open(t, upssim.Options{})
	d.call("DELETE", voidPath+"1Z5R89390357567127", nil).refused(t, 400, "190102", "No shipment")
	d.call("DELETE", voidPath+"1Z5R89390357567128", nil).refused(t, 400, "190100", "ShipmentIdentificationNumber")

	far := d.ship(abroad("FAR")).id()
	d.call("DELETE", voidPath+far+"?trackingnumber="+far, nil).refused(t, 400, "190113", "International")

	gone := d.ship(order("GONE", "1")).id()
	d.later(24 * time.Hour) // picked up the same evening
	d.call("DELETE", voidPath+gone, nil).refused(t, 400, "190101", "Time for voiding")
	if d.sim.State().Shipments[1].Voided {
		t.Error("a refused void voided")
	}
}
