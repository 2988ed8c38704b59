package shiplee_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"waybill"
	"waybill/carrier"
)

type stub struct{ n *atomic.Int64 }

func stubDriver() carrier.Driver {
	n := &atomic.Int64{}
	return carrier.Driver{
		Name: "delhivery", Title: "Delhivery",
		Settings: []carrier.Setting{{Name: "token", Secret: true}, {Name: "client_name"}},
		Services: []carrier.ServiceInfo{{Code: "express", Name: "Delhivery Express", Direction: waybill.Outgoing}, {Code: "surface", Name: "Delhivery Surface", Direction: waybill.Outgoing},
			{Code: "express", Name: "Delhivery Express", Direction: waybill.Incoming}, {Code: "surface", Name: "Delhivery Surface", Direction: waybill.Incoming}},
		Formats: []waybill.LabelFormat{waybill.FormatFace},
		Open:    func(carrier.Settings, carrier.Env) (carrier.Adapter, error) { return stub{n}, nil },
	}
}

func (p stub) Quote(_ context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	if r.Shipment.To.Address.Postcode == "999999" {
		return nil, nil
	}
	m := int64(10)
	if r.Direction == waybill.Incoming {
		m = 11
	}
	inr := func(n int64) waybill.Money { return waybill.Money{Minor: n, Currency: "INR"} }
	return []waybill.Rate{
		{Service: "express", ServiceName: "Delhivery Express", Total: inr(18172 * m / 10), TransitDays: 3},
		{Service: "surface", ServiceName: "Delhivery Surface", Total: inr(12036 * m / 10), TransitDays: 6},
	}, nil
}

func (p stub) sell(price int64, parcels int) carrier.Booking {
	b := carrier.Booking{Receipt: waybill.Receipt{CarrierID: "UPL123", Price: waybill.Money{Minor: price, Currency: "INR"}}}
	for i := range parcels {
		number := fmt.Sprint(10000000 + p.n.Add(1))
		b.Numbers = append(b.Numbers, number)
		b.Labels = append(b.Labels, waybill.Label{Parcel: i, Format: waybill.FormatFace, Face: &waybill.Face{TrackingNumber: number}})
	}
	return b
}

func (p stub) Ship(_ context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	return p.sell(r.Rate.Total.Minor, len(r.Shipment.Parcels)), nil
}

func (p stub) Return(_ context.Context, r carrier.ReturnRequest) (carrier.Booking, error) {
	return p.sell(r.Rate.Total.Minor, len(r.Return.Parcels)), nil
}

func (p stub) Void(context.Context, carrier.VoidRequest) error { return nil }

func (p stub) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	list := make([]waybill.Tracking, len(r.Numbers))
	for i, number := range r.Numbers {
		list[i] = waybill.Tracking{Number: number, Unknown: true}
	}
	return list, nil
}
