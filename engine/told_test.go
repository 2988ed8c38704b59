package engine_test

import (
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// A shipment's history begins with its creation, though decision and purchase are of the same moment.
func TestAHistoryBeginsWithTheCreation(t *testing.T) {
	for _, driver := range []string{"courier", "mute"} {
		d := fakeFirst(t, driver)
		create(t, d, enginetest.Order("A-1"))
		moments, err := d.ShipmentTimeline(t.Context(), engine.GetShipment{Ref: ref("A-1")})
		if err != nil || len(moments) < 4 {
			t.Fatal(len(moments), err)
		}
		if first := moments[0].Event; first == nil || first.Kind != waybill.ShipmentCreated || moments[1].Decision == nil || moments[2].Purchase == nil {
			t.Errorf("%s: it begins with %+v, %+v, %+v", driver, moments[0], moments[1], moments[2])
		}
	}
}

// A parcel that is made of the lines of an order holds as many things as they say.
func TestAParcelOfItemsCountsThings(t *testing.T) {
	d := fakeFirst(t, "courier")
	in := enginetest.Order("A-1")
	in.Shipment.Parcels = nil
	weight := waybill.WeightOf(100)
	in.Shipment.Items = []waybill.Item{{SKU: "a", Quantity: 3, Weight: weight}, {SKU: "b", Weight: weight}, {SKU: "c", Quantity: 2, Weight: weight}}
	if sh := create(t, d, in); len(sh.Parcels) != 1 || sh.Parcels[0].Items != 6 {
		t.Errorf("%+v", sh.Parcels)
	}
}
