package delhivery

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/dialect/dialecttest"
)

// catcher is the network: it keeps the body of a purchase and breaks the connection.
type catcher struct{ body string }

func (c *catcher) RoundTrip(r *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(r.Body)
	c.body = string(data)
	return nil, errors.Join(err, errors.New("the line is cut"))
}

// TestUnsent changes each member of a shipment in turn: Delhivery must be told, or refuse, or testdata/unsent.txt
// says why it need not know. Nothing is dropped on the way to the carrier without a reason. Two samples are tried,
// since a member may stand in for another that is missing.
func TestUnsent(t *testing.T) {
	silent := quiet(t, false)
	other := quiet(t, true)
	dialecttest.Explained(t, "testdata/unsent.txt", slices.DeleteFunc(silent, func(path string) bool { return !slices.Contains(other, path) }))
}

// quiet lists the members of a sample that leave no trace in a purchase.
func quiet(t *testing.T, bare bool) (silent []string) {
	var s waybill.Shipment
	leaves := dialecttest.Leaves(&s)
	within(&s, bare)
	network := &catcher{}
	adapter, err := Driver().Open(carrier.Settings{"token": "secret", "client_name": "X", "pickup_location": "Okhla"}, carrier.Env{
		HTTP: &http.Client{Transport: network}, Base: "http://delhivery.test", Mode: waybill.ModeSimulator,
		Log: slog.New(slog.DiscardHandler), Clock: waybill.NewManualClock(monday),
	})
	if err != nil {
		t.Fatal(err)
	}
	told := func() string {
		network.body = ""
		_, err := adapter.Ship(t.Context(), carrier.ShipRequest{
			Shipment: s, Service: surface, Key: "k-1", Rate: waybill.Rate{Total: rupees(100)}, Numbers: make([]string, len(s.Parcels)), Now: monday,
		})
		if network.body != "" {
			return network.body
		}
		refused, _ := json.Marshal(waybill.AsError(err).Fields)
		return string(refused)
	}
	base := told()
	if network.body == "" {
		t.Fatalf("the sample is refused: %s", base)
	}
	for _, leaf := range leaves {
		undo := leaf.Change()
		if told() == base {
			silent = append(silent, leaf.Path)
		}
		undo()
	}
	return silent
}

// within makes a filled shipment one that Delhivery carries: from Delhi to Bengaluru, or with fewer members that stand
// in for others.
func within(s *waybill.Shipment, bare bool) {
	for _, p := range []struct {
		party                     *waybill.Party
		street, city, state, code string
	}{
		{&s.From, "Plot 5, Okhla Phase III", "New Delhi", "Delhi", "110020"},
		{&s.To, "14 Residency Road", "Bengaluru", "Karnataka", "560025"},
		{s.ReturnTo, "9 Marine Drive", "Mumbai", "Maharashtra", "400001"},
	} {
		c, a := &p.party.Contact, &p.party.Address
		c.Name, c.First, c.Last, c.Company, c.Phone, c.Mobile, c.Email = "Asha Rao", "Asha", "Rao", "Rao & Co", "9845011223", "9811000001", "asha@example.com"
		a.Street1, a.Street2, a.Street3, a.House, a.Apartment = p.street, "Floor 2", "Back", "7", "4B"
		a.City, a.State, a.Postcode, a.Country = p.city, p.state, p.code, "IN"
		for i := range p.party.TaxIDs {
			p.party.TaxIDs[i] = waybill.TaxID{Type: "GST", Number: "29ABCDE1234F1Z5", Country: "IN"}
		}
		if bare {
			c.Name, c.Phone = "", ""
		}
	}
	s.Value = waybill.Amount{Value: "84.50", Currency: "INR"}
	if bare {
		s.Value = waybill.Amount{}
	}
	s.Options = waybill.Options{COD: waybill.Amount{Value: "84.50", Currency: "INR"}, ShipDate: "2026-11-23", DangerousGoods: true}
	s.TotalWeight = waybill.Weight{}
	s.Items = s.Items[:1]
	for i := range s.Parcels {
		p := &s.Parcels[i]
		p.Temperature = ""
		p.Weight = waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}
		if bare {
			p.Weight, s.TotalWeight = waybill.Weight{}, waybill.Weight{Value: "2.5", Unit: waybill.Kilogram}
		}
		p.Size = waybill.Size{Length: "20", Width: "30", Height: "10.5", Unit: waybill.Centimetre}
	}
	for i := range s.Items {
		item := &s.Items[i]
		item.SKU, item.Title, item.Quantity, item.Price, item.SalePrice = "MUG-1", "Stoneware mug", 2, "12.25", "11.25"
		item.Commodity.Code, item.Commodity.Country, item.Commodity.Description = "691200", "IN", "Mug"
		if bare {
			item.Title, item.SalePrice = "", ""
		}
	}
}
