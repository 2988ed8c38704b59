package engine_test

import (
	"strings"
	"testing"

	"waybill"
	"waybill/engine/enginetest"
)

// A parcel as large as a moon has no price: each offer that it would have is left out with the reason, and none is
// negative, before the markup or after.
func TestAPriceBeyondAllMeasureIsNoOffer(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := walletConnection(d, "courier", "courier", 0) // ten per cent on top
	d.Boston(c, d.House("house", "House Courier", "us"))
	topUp(t, d, 5000)
	for _, perKilo := range []int64{9_000, 8_000_000_000_000} { // at 100 million kilograms: beyond with the markup, and without
		d.Courier.PerKilo = perKilo
		in := enginetest.Order("A-" + itoa(perKilo))
		in.Shipment.Parcels[0].Size = waybill.Size{Length: "1000000", Width: "1000000", Height: "1000000", Unit: waybill.Centimetre}
		in.Shipment.Parcels[0].Weight = waybill.Weight{Value: "105000000", Unit: waybill.Kilogram}
		offers, err := d.QuoteShipment(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		why := ""
		for _, c := range offers.Candidates {
			if c.Rejected == "" || c.Rate.Total.Minor < 0 || c.Sold.Minor < 0 {
				t.Errorf("%s is offered at %s", c.Provider.DisplayName, c.Sold)
			}
			why += c.Rejected + "\n"
		}
		for _, step := range offers.Steps {
			why += step.Detail + "\n"
		}
		if !strings.Contains(why, "can be none") {
			t.Errorf("nobody says why:\n%s", why)
		}
		if sh := create(t, d, in); sh.Booking != waybill.NoProvider {
			t.Errorf("it is %s", sh.Booking)
		}
	}
}
