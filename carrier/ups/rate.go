package ups

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// notServed are Rating's codes for a shipment that no service carries: nothing is offered then, and
// nothing is wrong.
var notServed = []string{"111100", "111210", "111217"}

// Quote shops for all services and their transit times in one call (Rating, Shoptimeintransit).
func (a *adapter) Quote(ctx context.Context, q carrier.QuoteRequest) ([]waybill.Rate, error) {
	const op = "ups.quote"
	w := q.Shipment
	r := &request{}
	s := shipment{
		Shipper:        r.priced("from", w.From),
		ShipFrom:       r.priced("from", w.From),
		ShipTo:         r.priced("to", w.To),
		PaymentDetails: a.bill(),
		Package:        r.packs(w.Parcels, w.TotalWeight, w.From.Address.Country, r.packaging(w.Options, a.packaging)),
	}
	if q.Direction == waybill.Incoming { // who gets it back is the shipper
		s.Shipper = r.priced("to", w.To)
	}
	s.Shipper.ShipperNumber = a.account
	s.ShipTo.Address.ResidentialAddressIndicator = residential(w.To.Address)
	r.options(&s, w.Options, a.codFunds)
	if q.Direction == waybill.Incoming {
		if s.ShipmentServiceOptions == nil {
			s.ShipmentServiceOptions = &shipmentOptions{}
		}
		s.ShipmentServiceOptions.ReturnService = &coded{Code: returnService}
	}
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return nil, err
	}
	for i := range s.Package {
		s.Package[i].PackagingType, s.Package[i].Packaging = s.Package[i].Packaging, nil
	}
	// Transit times abroad are told only for goods of a known value.
	option := "Shoptimeintransit"
	s.InvoiceLineTotal = invoiceTotal(w)
	if domestic(w.From.Address.Country, w.To.Address.Country) || s.InvoiceLineTotal != nil {
		s.ShipmentTotalWeight = totalWeight(s.Package)
		s.DeliveryTimeInformation = &deliveryTime{
			PackageBillType: "03", Pickup: pickupDate{Date: shipDay(w, q.Now).Format("20060102")},
		}
	} else {
		option = "Shop"
	}
	if a.negotiated {
		s.ShipmentRatingOptions = &ratingOptions{NegotiatedRatesIndicator: present(true)}
	}
	var body rateRequest
	body.RateRequest.Request = head{RequestOption: option, SubVersion: subVersion}
	body.RateRequest.PickupType = coded{Code: a.pickupType}
	body.RateRequest.Shipment = s
	var answer rateResponse
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/rating/" + version + "/" + option, Body: body}
	err := a.client.Do(ctx, call, &answer)
	if e := waybill.AsError(err); err != nil && e.Fault != nil && slices.Contains(notServed, e.Fault.Code) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rates := make([]waybill.Rate, 0, len(answer.RateResponse.RatedShipment))
	for _, rated := range answer.RateResponse.RatedShipment {
		if rate, ok := a.rate(rated, w); ok {
			rates = append(rates, rate)
		}
	}
	return rates, nil
}

// rate is one offer: the negotiated price where the account has one. False: no price in it.
func (a *adapter) rate(rated ratedShipment, w waybill.Shipment) (waybill.Rate, bool) {
	total, items := rated.TotalCharges, rated.ItemizedCharges
	if n := rated.Negotiated; a.negotiated && n != nil && n.TotalCharge != nil {
		total, items = *n.TotalCharge, n.ItemizedCharges
	}
	sum, ok := total.money()
	if !ok {
		return waybill.Rate{}, false
	}
	name, abilities := serviceFrom(rated.Service.Code, w.From.Address.Country)
	rate := waybill.Rate{
		Service: rated.Service.Code, ServiceName: name, Abilities: abilities, Total: sum, Charges: itemise(sum, items),
	}
	if rated.TimeInTransit != nil {
		arrival := rated.TimeInTransit.ServiceSummary.EstimatedArrival
		rate.TransitDays, _ = strconv.Atoi(arrival.BusinessDaysInTransit) // absent: unknown, 0
		rate.Delivery = moment(arrival.Arrival.Date, arrival.Arrival.Time, time.UTC)
	}
	return rate, true
}

// itemise lists a price's parts so that they add up to it: what UPS itemises, and carriage for the rest.
func itemise(total waybill.Money, items []itemized) []waybill.Charge {
	base := total
	var extras []waybill.Charge
	for _, item := range items {
		part, ok := item.money()
		if !ok || part.Currency != total.Currency || part.Minor == 0 {
			continue
		}
		kind, name := chargeKind(item)
		extras = append(extras, waybill.Charge{Kind: kind, Name: name, Amount: part})
		base.Minor -= part.Minor
	}
	if base.Minor < 0 {
		return []waybill.Charge{{Kind: "base", Name: "Carriage", Amount: total}}
	}
	return append([]waybill.Charge{{Kind: "base", Name: "Carriage", Amount: base}}, extras...)
}

func chargeKind(item itemized) (kind, name string) {
	kind, name = "other", "Charge "+item.Code
	for _, row := range charges {
		if row[0] == item.Code {
			kind, name = row[1], row[2]
		}
	}
	if item.Description != "" {
		name = item.Description
	}
	return kind, name
}

// bill charges the connection's account.
func (a *adapter) bill() *payment {
	return &payment{ShipmentCharge: []shipmentCharge{{Type: "01", BillShipper: billShipper{AccountNumber: a.account}}}}
}

// invoiceTotal is the goods' value, which UPS wants of shipments that leave the country; nil when nobody told it.
// The whole value where it was given, else what the items cost.
func invoiceTotal(w waybill.Shipment) *amount {
	if w.From.Address.Country == w.To.Address.Country || len(w.Value.Currency) != 3 {
		return nil
	}
	sum := w.Value.Money()
	if !w.Value.Value.Positive() {
		for _, item := range w.Items {
			each := waybill.Amount{Value: unitPrice(item), Currency: w.Value.Currency}.Money()
			sum.Minor = waybill.Add(sum.Minor, waybill.Multiply(each.Minor, int64(max(item.Quantity, 1))))
		}
	}
	if sum.Minor <= 0 {
		return nil
	}
	total := price(sum)
	return &total
}

// shipDay is when the parcels leave: the day asked for, else today where they are.
func shipDay(w waybill.Shipment, now time.Time) time.Time {
	if day, err := time.Parse(time.DateOnly, w.Options.ShipDate); err == nil {
		return day
	}
	if zone, err := waybill.Zone(w.TimeZone); err == nil {
		return now.In(zone)
	}
	return now
}

// moment reads UPS's day (YYYYMMDD) and time (HHMMSS, HHMM, or with the leading zero lost) in a zone;
// nil when there is no day.
func moment(day, clock string, zone *time.Location) *time.Time {
	digits := ""
	for _, letter := range clock {
		if letter >= '0' && letter <= '9' {
			digits += string(letter)
		}
	}
	switch len(digits) {
	case 3, 5:
		digits = "0" + digits
	case 0:
		digits = "000000"
	}
	if len(digits) == 4 {
		digits += "00"
	}
	at, err := time.ParseInLocation("20060102150405", day+digits, zone)
	if err != nil {
		return nil
	}
	at = at.UTC()
	return &at
}

// unique drops repeated problems: one field may be read for two members.
func unique(problems []waybill.FieldError) []waybill.FieldError {
	var out []waybill.FieldError
	seen := map[waybill.FieldError]bool{}
	for _, p := range problems {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}
