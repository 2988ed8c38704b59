package engine_test

import (
	"bytes"
	"slices"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

func zpl(t *testing.T, d *enginetest.Desk, reference string) []byte {
	t.Helper()
	file, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref(reference), Format: waybill.ZPL})
	if err != nil {
		t.Fatal(err)
	}
	return file.Data
}

// Our own courier's label says what the shipment says, once the address has changed too.
func TestAChangedAddressIsOnTheLabel(t *testing.T) {
	d := houseOnly(t)
	before := create(t, d, enginetest.Order("A-1"))
	change := func(street string) func(*waybill.Shipment) {
		return func(s *waybill.Shipment) { s.To.Address.Street1, s.Instructions = street, "ring twice" }
	}
	sh, err := edit(t, d, "A-1", change("99 Elm Street"))
	if err != nil || sh.Booking != waybill.Booked || sh.Tracking != before.Tracking {
		t.Fatalf("%v: %s %s", err, sh.Booking, sh.Tracking)
	}
	if page := zpl(t, d, "A-1"); !bytes.Contains(page, []byte("99 Elm Street")) || bytes.Contains(page, []byte("725 Albany")) {
		t.Error("the label does not say where it goes now")
	}
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.Parcels[0].Weight.Value = "11" })
	wantReason(t, err, waybill.ReasonFrozen, "parcels")
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.Options.Signature = "adult" })
	wantReason(t, err, waybill.ReasonBookingFailed, "options")
	scan(t, d, sh.Tracking, waybill.OutForDelivery)
	_, err = edit(t, d, "A-1", change("1 Oak Street"))
	wantReason(t, err, waybill.ReasonFrozen)
	if stored := get(t, d, "A-1"); stored.To.Address.Street1 != "99 Elm Street" {
		t.Errorf("stored: %s", stored.To.Address.Street1)
	}
}

// A carrier that takes changes is told before they are stored, of what it knows and nothing else; its no is final.
func TestTheCarrierIsToldOfAChange(t *testing.T) {
	d := fakeFirst(t, "ahead")
	sh := create(t, d, enginetest.Order("A-1"))
	if _, err := edit(t, d, "A-1", func(s *waybill.Shipment) { s.Group = "g" }); err != nil || len(d.Courier.Edits()) != 0 {
		t.Errorf("a group is ours alone: %v, told %v", err, d.Courier.Edits())
	}
	changed, err := edit(t, d, "A-1", func(s *waybill.Shipment) {
		s.Group = "h"
		s.To.Address.Street1 = "99 Elm Street"
		s.Parcels = []waybill.Parcel{{Name: "custom", Size: s.Parcels[0].Size, Weight: waybill.Weight{Value: "11", Unit: waybill.Pound}}}
		s.Options.COD = waybill.Amount{Value: "12", Currency: "USD"}
	})
	if err != nil || changed.Parcels[0].Weight.Value != "11" || changed.Parcels[0].Tracking != sh.Tracking {
		t.Fatalf("%v: %+v", err, changed.Parcels)
	}
	told := d.Courier.Edits()
	if len(told) != 1 || told[0].CarrierID == "" || told[0].Shipment.To.Address.Street1 != "99 Elm Street" {
		t.Fatalf("told %+v", told)
	}
	if slices.Sort(told[0].Changed); !slices.Equal(told[0].Changed, []string{"cod", "parcels", "to"}) {
		t.Errorf("told of %v", told[0].Changed)
	}
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.Parcels = append(s.Parcels, s.Parcels[0]) })
	wantReason(t, err, waybill.ReasonFrozen, "parcels")
	d.Courier.Before = enginetest.Refuse(enginetest.OpEdit, waybill.E("courier", waybill.ReasonFrozen, "it is on its way"))
	_, err = edit(t, d, "A-1", func(s *waybill.Shipment) { s.Instructions = "ring twice" })
	wantReason(t, err, waybill.ReasonFrozen)
	if stored := get(t, d, "A-1"); stored.Instructions != "" || stored.Group != "h" {
		t.Errorf("stored %q, group %q", stored.Instructions, stored.Group)
	}
}
