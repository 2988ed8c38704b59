package engine_test

import (
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// bound seats an actor at the desk that may only see the shipments of one connection.
func bound(d *enginetest.Desk, connection string) *enginetest.Desk {
	other := *d
	other.Session.Actor.Connection = connection
	return &other
}

// An actor that is bound to a connection finds, lists, changes and creates nothing of another.
func TestABoundActorSeesOneConnection(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("one", "One", "us"), d.House("two", "Two", "us"))
	one, two := bound(d, "one"), bound(d, "two")
	in := enginetest.Order("A-1")
	in.Shipment.Choice.Connection = "two" // whatever it asks for
	sh := create(t, one, in)
	if sh.Provider.ExternalID != "one" || sh.Choice.Connection != "one" {
		t.Fatalf("it was booked with %s", sh.Provider.ExternalID)
	}
	create(t, two, enginetest.Order("B-1"))
	ctx := t.Context()
	for name, r := range map[string]engine.Ref{
		"reference": ref("A-1"), "id": {ID: sh.ID}, "number": {Number: sh.Number}, "tracking": {Tracking: sh.Tracking},
	} {
		if got, err := one.GetShipment(ctx, engine.GetShipment{Ref: r}); err != nil || got.ID != sh.ID {
			t.Errorf("its own by %s: %v", name, err)
		}
		for verb, err := range map[string]error{
			"get":     second(two.GetShipment(ctx, engine.GetShipment{Ref: r})),
			"history": second(two.ShipmentHistory(ctx, engine.GetShipment{Ref: r})),
			"view":    second(two.ViewShipment(ctx, engine.GetShipment{Ref: r})),
			"label":   second(two.GetLabel(ctx, engine.GetLabel{Ref: r})),
			"edit":    second(two.EditShipment(ctx, engine.EditShipment{Ref: r, Change: func(s *waybill.Shipment) { s.Group = "g" }})),
			"cancel":  second(two.CancelShipment(ctx, engine.CancelShipment{Ref: r})),
			"retry":   second(two.RetryShipment(ctx, engine.RetryShipment{Ref: r})),
			"track":   second(two.TrackShipment(ctx, engine.GetShipment{Ref: r})),
			"rate":    second(two.RateShipment(ctx, engine.RateShipment{Ref: r})),
			"book":    second(two.BookShipment(ctx, engine.BookShipment{Ref: r})),
			"why":     second(two.Explain(ctx, engine.GetShipment{Ref: r})),
		} {
			if reason := waybill.ReasonOf(err); reason != waybill.ReasonUnknownShipment {
				t.Errorf("%s by %s: %v", verb, name, err)
			}
		}
	}
	scan := waybill.Scan{Status: waybill.PickedUp, Text: "fetched"}
	_, err := two.RecordScan(ctx, engine.RecordScan{Number: sh.Tracking, Scan: scan})
	wantReason(t, err, waybill.ReasonUnknownShipment)
	if noted, err := two.RecordScans(ctx, engine.RecordScans{Numbers: []string{sh.Tracking}, Scan: scan}); err != nil || len(noted) != 0 {
		t.Errorf("scanned another's: %v %v", noted, err)
	}
	if known, err := two.TrackNumbers(ctx, engine.TrackNumbers{Numbers: []string{sh.Tracking}}); err != nil || known[0].Found {
		t.Errorf("tracked another's: %+v %v", known, err)
	}
	list, err := two.ListShipments(ctx, engine.ListShipments{Page: engine.Page{Limit: 10}, Count: true})
	if err != nil || len(list.Items) != 1 || list.Items[0].Reference != "B-1" || list.Total != 1 {
		t.Errorf("listed %d of %d: %v", len(list.Items), list.Total, err)
	}
	_, err = two.CreateShipment(ctx, enginetest.Order("A-1")) // references are the account's
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
}

// What one connection could not place another's client does not take over by its reference.
func TestABoundActorReplacesOnlyItsOwn(t *testing.T) {
	d := fakeFirst(t, "courier")
	d.Courier.Before = enginetest.Refuse(enginetest.OpShip, waybill.E("courier", waybill.ReasonCarrierAddress, "no such street"))
	create(t, bound(d, "courier"), enginetest.Order("A-1"))
	_, err := bound(d, "another").CreateShipment(t.Context(), enginetest.Order("A-1"))
	wantReason(t, err, waybill.ReasonDuplicate, "reference")
}

func second[T any](_ T, err error) error { return err }
