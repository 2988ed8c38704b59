package doordash

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
	"waybill/carrier/doordash/doordashsim"
	"waybill/dialect/dialecttest"
)

var quietLog = slog.New(slog.DiscardHandler)

// catcher is the network: it keeps the body of a purchase and breaks the connection.
type catcher struct{ body string }

func (c *catcher) RoundTrip(r *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(r.Body)
	c.body = string(data)
	return nil, errors.Join(err, errors.New("the line is cut"))
}

// TestUnsent changes each member of a shipment in turn: DoorDash must be told, or refuse, or testdata/unsent.txt
// says why it need not know. Two samples are tried, since a member may stand in for another that is missing.
func TestUnsent(t *testing.T) {
	silent := quiet(t, false)
	other := quiet(t, true)
	dialecttest.Explained(t, "testdata/unsent.txt", slices.DeleteFunc(silent, func(path string) bool { return !slices.Contains(other, path) }))
}

// quiet lists the members of a sample that leave no trace in a purchase.
func quiet(t *testing.T, bare bool) (silent []string) {
	var s waybill.Shipment
	leaves := dialecttest.Leaves(&s)
	across(&s, bare)
	network := &catcher{}
	adapter, err := Driver().Open(
		carrier.Settings{"developer_id": "d", "key_id": "k", "signing_secret": doordashsim.DefaultSigningSecret},
		carrier.Env{HTTP: &http.Client{Transport: network}, Base: "http://doordash.test", Log: quietLog, Clock: waybill.NewManualClock(monday)})
	if err != nil {
		t.Fatal(err)
	}
	told := func() string {
		network.body = ""
		_, err := adapter.Ship(t.Context(), carrier.ShipRequest{Shipment: s, Service: service, Key: "k-1", Now: monday})
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

// across makes a filled shipment one that DoorDash carries across a town, with all that can be said; or, bare, one
// with fewer members that stand in for others.
func across(s *waybill.Shipment, bare bool) {
	like, land, currency := sample(), "US", "USD"
	if !bare {
		land, currency = "CA", "CAD"
	}
	for _, p := range []*waybill.Party{&s.From, &s.To} {
		c := &p.Contact
		c.Name, c.First, c.Last, c.Company, c.Phone, c.Mobile = "Ada Byron", "Ada", "Byron", "Harbor Goods", "2135550123", "2135550124"
		p.Address.Country = land
		if bare {
			c.First, c.Last, c.Company, c.Phone = "", "", "", ""
		}
	}
	s.Value = waybill.Amount{Value: "84.50", Currency: currency}
	s.Options = waybill.Options{ShipDate: "2026-11-23", Contents: "alcohol"}
	s.TotalWeight = waybill.Weight{Value: "9", Unit: waybill.Kilogram}
	for i := range s.Parcels {
		p := &s.Parcels[i]
		p.Temperature, p.Weight, p.Size, p.Contents[0] = "", like.Parcels[0].Weight, like.Parcels[0].Size, "tobacco"
		if bare {
			p.Weight = waybill.Weight{}
		}
	}
	for i := range s.Items {
		item := &s.Items[i]
		item.Quantity, item.Price, item.SalePrice = 2, "12.25", "11.25"
		if bare {
			item.Title, item.SalePrice = "", ""
		}
	}
	if bare {
		s.Value.Value = ""
		s.PickupTime, s.DeliveryTime = waybill.Window{}, waybill.Window{}
	}
}
