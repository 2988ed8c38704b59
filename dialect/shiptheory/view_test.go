package shiptheory

import (
	"testing"

	"waybill"
)

// TestImports: which borders a shipment crosses, and the space its products take.
func TestImports(t *testing.T) {
	for _, c := range []struct {
		from, to               string
		eu, australia, foreign bool
	}{
		{"GB", "GB", false, false, false},
		{"GB", "DE", true, false, true},
		{"FR", "DE", false, false, true},
		{"DE", "GB", false, false, true},
		{"GB", "AU", false, true, true},
		{"AU", "AU", false, false, false},
		{"GB", "", false, false, true},
	} {
		var s waybill.Shipment
		s.From.Address.Country, s.To.Address.Country = c.from, c.to
		v := viewOf(s)
		if v.EUImport != c.eu || v.AustralianImport != c.australia || v.International != c.foreign {
			t.Errorf("%s to %s: EU import %v, Australian import %v, international %v", c.from, c.to, v.EUImport, v.AustralianImport, v.International)
		}
	}
	items := []waybill.Item{
		{Quantity: 2, Size: waybill.Size{Length: "10", Width: "2.5", Height: "4", Unit: waybill.Centimetre}},
		{Quantity: 1, Size: waybill.Size{Length: "1", Width: "1", Height: "1", Unit: waybill.Inch}},
		{Quantity: 9, Size: waybill.Size{Length: "10", Unit: waybill.Centimetre}},
	}
	if v := volume(items); v == nil || v.String() != "216.387064" {
		t.Errorf("the volume is %v, want 2 of 100 and a cubic inch", v)
	}
	if v := volume(items[2:]); v != nil {
		t.Errorf("the volume of nothing known is %v", v)
	}
}

// TestAddressLines: what other APIs tell apart has a place in three lines.
func TestAddressLines(t *testing.T) {
	for _, c := range []struct {
		a    waybill.Address
		want [3]string
	}{
		{waybill.Address{Street1: "Lane ", Street2: "b"}, [3]string{"Lane ", "b"}},
		{waybill.Address{Street1: "Lane", House: "7"}, [3]string{"Lane 7"}},
		{waybill.Address{Street1: "Lane", Apartment: "B"}, [3]string{"Lane", "B"}},
		{waybill.Address{Street1: "Lane", Street2: "x", Apartment: "B"}, [3]string{"Lane", "x", "B"}},
		{waybill.Address{Street1: "Lane", Street2: "x", Street3: "y", Apartment: "B"}, [3]string{"Lane", "x", "y, B"}},
	} {
		if got := streetLines(c.a); got != c.want {
			t.Errorf("%+v has the lines %q, want %q", c.a, got, c.want)
		}
	}
}
