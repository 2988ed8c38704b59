package engine_test

import (
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// A parcel that was cancelled is not brought back to life by a scan: one alone is refused, of many it is passed over.
func TestCancelledParcelsAreNotScanned(t *testing.T) {
	d := houseOnly(t)
	gone, live := create(t, d, enginetest.Order("A-1")), create(t, d, enginetest.Order("A-2"))
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	_, err := d.RecordScan(t.Context(), engine.RecordScan{Number: gone.Tracking, Scan: waybill.Scan{Status: waybill.InTransit}})
	wantReason(t, err, waybill.ReasonNotBookable)
	noted, err := d.RecordScans(t.Context(), engine.RecordScans{
		Numbers: []string{gone.Tracking, live.Tracking}, Scan: waybill.Scan{Status: waybill.InTransit},
	})
	if err != nil || len(noted) != 1 || noted[0] != live.Tracking {
		t.Errorf("%v: noted %v", err, noted)
	}
	if sh := get(t, d, "A-1"); sh.Booking != waybill.Cancelled || sh.Transit == waybill.InTransit || lastEvent(t, d, "A-1").Kind != waybill.ShipmentCancelled {
		t.Errorf("the cancelled one is %s, %s", sh.Booking, sh.Transit)
	}
	if sh := get(t, d, "A-2"); sh.Transit != waybill.InTransit {
		t.Errorf("the other is %s", sh.Transit)
	}
}

// Nothing comes back that never went out, or was called off.
func TestOnlyBookedShipmentsComeBack(t *testing.T) {
	d := reversible(t, enginetest.Options{})
	draft := draftReturn(t, d, engine.DraftReturn{Original: ref("A-1")})
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	_, err := d.DraftReturn(t.Context(), engine.DraftReturn{Original: ref("A-1")})
	wantReason(t, err, waybill.ReasonNotBookable)
	_, err = bookReturn(t, d, draft)
	wantReason(t, err, waybill.ReasonNotBookable)
	held := enginetest.Order("A-9")
	held.Approve = true
	create(t, d, held)
	_, err = d.DraftReturn(t.Context(), engine.DraftReturn{Original: ref("A-9")})
	wantReason(t, err, waybill.ReasonNotBookable)
}
