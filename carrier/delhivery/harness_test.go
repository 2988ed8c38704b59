package delhivery

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/carriertest"
	"waybill/carrier/delhivery/delhiverysim"
)

// backend starts a simulator for the suite.
func backend(t *testing.T, clock *waybill.ManualClock) carriertest.Backend {
	sim, server := serve(t, delhiverysim.Options{Clock: clock, Seed: 7})
	return carriertest.Backend{
		Base:     server.URL,
		Mischief: carriertest.Spoil(t, sim),
		Hung:     carriertest.Hung(sim),
		Sold:     func() []carriertest.Sold { return sold(sim) },
		Places:   func() []string { return sim.State().Places },
	}
}

func serve(t *testing.T, o delhiverysim.Options) (*delhiverysim.Sim, *httptest.Server) {
	t.Helper()
	o.MaxHang = 30 * time.Second
	sim := delhiverysim.New(o)
	return sim, carriertest.Serve(t, sim, nil)
}

// sold is what the simulator sold: boxes booked by one call under one order id are one shipment.
func sold(sim *delhiverysim.Sim) []carriertest.Sold {
	var list []carriertest.Sold
	for _, p := range sim.State().Parcels {
		i := slices.IndexFunc(list, func(s carriertest.Sold) bool { return s.ID == p.Upload })
		if i < 0 {
			i = len(list)
			list = append(list, carriertest.Sold{ID: p.Upload, Keys: []string{p.Order}, Name: p.Name, Street: p.Address, Voided: true})
		}
		list[i].Numbers = append(list[i].Numbers, p.Waybill)
		list[i].Weights = append(list[i].Weights, waybill.Weight{Value: waybill.Decimal(p.Grams), Unit: waybill.Gram})
		list[i].Voided = list[i].Voided && p.Cancelled
	}
	return list
}

// desk is the carrier opened on a simulator of its own, on a clock that stands still.
type desk struct {
	*testing.T
	*carrier.Carrier
	sim   *delhiverysim.Sim
	clock *waybill.ManualClock
	keys  int
}

// monday is when tests begin: ten in the morning in India.
var monday = time.Date(2026, 11, 23, 4, 30, 0, 0, time.UTC)

func openDesk(t *testing.T, o delhiverysim.Options) *desk {
	t.Helper()
	d := &desk{T: t, clock: waybill.NewManualClock(monday)}
	o.Clock = d.clock
	sim, server := serve(t, o)
	d.sim = sim
	connection := waybill.Connection{
		Carrier: "delhivery", Mode: waybill.ModeSimulator, Base: server.URL,
		Settings: map[string]string{"client_name": delhiverysim.DefaultClient, "pickup_location": delhiverysim.DefaultPlace},
	}
	c, err := carrier.Open(Driver(), connection, carrier.Settings{"token": delhiverysim.DefaultToken}, carrier.Env{Clock: d.clock, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	d.Carrier = c
	return d
}
