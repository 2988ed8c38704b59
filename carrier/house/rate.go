package house

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ratecard"
)

// Quote prices the shipment with the card's services that go its way, or with those of them that are named.
func (a *Adapter) Quote(_ context.Context, r carrier.QuoteRequest) ([]waybill.Rate, error) {
	if why := extra(&r.Shipment); why != "" {
		if r.Refused != nil {
			r.Refused(a.heading, why)
		}
		return nil, nil
	}
	services := a.going(r)
	if r.Direction == waybill.Incoming && len(services) == 0 {
		return nil, nil
	}
	rates, misses := a.card.Quote(&r.Shipment, r.Now, services...)
	if r.Refused != nil {
		for _, miss := range misses {
			r.Refused(miss.Service, miss.String())
		}
	}
	return rates, nil
}

// going are the services to be asked: of the way out those named, or none, which are all; of the way back each by
// name.
func (a *Adapter) going(r carrier.QuoteRequest) []string {
	if r.Direction != waybill.Incoming {
		return r.Services
	}
	var codes []string
	for _, s := range a.card.Services() {
		if s.Direction == waybill.Incoming && (len(r.Services) == 0 || slices.Contains(r.Services, s.Code)) {
			codes = append(codes, s.Code)
		}
	}
	return codes
}

// extra is why a shipment that asks for a carrier's own enhancement or format cannot go by rate card:
// there are none, and what was asked for is never dropped.
func extra(s *waybill.Shipment) string {
	switch {
	case s.Options.Enhancement != "":
		return "a rate card has no enhancement " + s.Options.Enhancement
	case s.Options.Format != "":
		return "a rate card has no format " + s.Options.Format
	}
	return ""
}

// price is the card's offer for a service that goes the way it is wanted for.
func (a *Adapter) price(op, service string, way waybill.Direction, s *waybill.Shipment, now time.Time) (ratecard.Offer, error) {
	offer, miss := a.card.Price(service, s, now)
	if miss == nil && offer.Direction != way {
		miss = &ratecard.Miss{Service: service, Name: service, Reason: ratecard.UnknownService}
	}
	if miss != nil {
		return ratecard.Offer{}, refusal(op, *miss)
	}
	return offer, nil
}

// refusal is why the card has no price, as the error of a purchase.
func refusal(op string, miss ratecard.Miss) error {
	reason, path, rule := waybill.ReasonCarrier, "parcels", waybill.RuleRange
	switch miss.Reason {
	case ratecard.UnknownService:
		reason, path, rule = waybill.ReasonUnknownService, "service", waybill.RuleExists
	case ratecard.NotServed:
		reason, path, rule = waybill.ReasonCarrierAddress, "to.address.postcode", waybill.RuleExists
	case ratecard.NoPoints:
		reason, path, rule = waybill.ReasonCarrierAddress, "to.address.point", waybill.RuleRequired
	case ratecard.NotOffered:
		reason, path, rule = waybill.ReasonCarrierAbility, "options", waybill.RuleExists
	case ratecard.OtherCurrency:
		path, rule = "options", waybill.RuleEnum
	case ratecard.NotYetValid:
		path, rule = "service", waybill.RuleExists
	}
	e := waybill.E(op, reason, "%s", miss)
	e.Fields = []waybill.FieldError{{Path: path, Rule: rule, Value: miss.Subject, Message: e.Message}}
	e.Fault = &waybill.CarrierFault{Carrier: name, Code: string(miss.Reason), Message: e.Message}
	return e
}
