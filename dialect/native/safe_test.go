package native_test

import (
	"context"

	"waybill"
	"waybill/carrier"
)

// safe is a carrier with a password: it knows no prices for who does not have it.
type safe struct{ secret, pin string }

func safeDriver() carrier.Driver {
	return carrier.Driver{
		Name: "safe", Title: "Safe", Kind: safe{},
		Settings: []carrier.Setting{{Name: "user", Title: "User", Required: true}, {Name: "secret", Title: "Secret", Secret: true, Required: true}, {Name: "pin", Title: "PIN", Secret: true}},
		Services: []carrier.ServiceInfo{{Code: "vault", Name: "Vault"}},
		Formats:  []waybill.LabelFormat{waybill.PDF},
		Open: func(s carrier.Settings, _ carrier.Env) (carrier.Adapter, error) {
			return safe{s["secret"], s["pin"]}, nil
		},
	}
}

func (s safe) Quote(_ context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	if s.secret == "wrong-word" || s.pin == "wrong-pin" {
		e := waybill.E("safe.quote", waybill.ReasonCarrierLogin, "the carrier does not take the credentials")
		e.Fault = &waybill.CarrierFault{Carrier: "safe", Code: "E-401", Message: "bad password"}
		return nil, e
	}
	total := waybill.Money{Minor: 1000, Currency: "GBP"}
	return []waybill.Rate{{
		Service: "vault", ServiceName: "Vault", Total: total, Charges: []waybill.Charge{{Kind: "base", Name: "Vault", Amount: total}},
	}}, nil
}

func (safe) Ship(context.Context, carrier.ShipRequest) (carrier.Booking, error) {
	return carrier.Booking{}, waybill.E("safe.ship", waybill.ReasonCarrier, "nobody ships here")
}

func (safe) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	return make([]waybill.Tracking, len(r.Numbers)), nil
}
