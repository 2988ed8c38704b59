package delhivery

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// divisor turns a box's cubic centimetres into the kilograms it is charged as.
const divisor = 5000

// lane is what a price depends on.
type lane struct {
	from, to  string // pincodes
	direction waybill.Direction
	collect   json.Number // rupees to be collected; empty: none
	grams     int64       // to be charged
	leaves    time.Time
}

// Quote asks whether both ends are served, and then for price and transit time of each service, all at once. A service
// that is not to be had is left out, with the reason.
func (a *adapter) Quote(ctx context.Context, q carrier.QuoteRequest) ([]waybill.Rate, error) {
	const op = "delhivery.quote"
	w, r := q.Shipment, &request{}
	wanted := slices.DeleteFunc(offered(q.Direction), func(s service) bool {
		return len(q.Services) > 0 && !slices.Contains(q.Services, s.code)
	})
	refuse := func(list []service, why string) {
		for _, s := range list {
			if q.Refused != nil {
				q.Refused(s.code, why)
			}
		}
	}
	if w.From.Address.Country != india || w.To.Address.Country != india {
		refuse(wanted, "Delhivery carries within India only")
		return nil, nil
	}
	way := r.lane(w, q.Direction, q.Now)
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return nil, err
	}
	why, err := a.unserved(ctx, op, way)
	if err != nil {
		return nil, err
	}
	if why != "" {
		refuse(wanted, why)
		return nil, nil
	}
	rates, refusals := make([]waybill.Rate, len(wanted)), make([]string, len(wanted))
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range wanted {
		group.Go(func() error {
			rate, err := a.rate(ctx, op, s, way)
			if e := waybill.AsError(err); err != nil && e.Code == waybill.CarrierRejected && e.Reason != waybill.ReasonCarrierLogin {
				refusals[i] = e.Message
				return nil
			}
			rates[i] = rate
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var offers []waybill.Rate
	for i, s := range wanted {
		if refusals[i] != "" {
			refuse([]service{s}, refusals[i])
			continue
		}
		offers = append(offers, rates[i])
	}
	return offers, nil
}

// lane reads what a price depends on. Of several parcels the sum is charged.
func (r *request) lane(w waybill.Shipment, direction waybill.Direction, now time.Time) lane {
	way := lane{
		from: r.pin("from.address", w.From.Address), to: r.pin("to.address", w.To.Address), direction: direction,
		collect: r.rupees("options.cod", w.Options.COD), leaves: now,
	}
	if day, err := time.ParseInLocation(time.DateOnly, w.Options.ShipDate, ist); err == nil && day.After(now) {
		way.leaves = day.Add(12 * time.Hour)
	}
	for i, grams := range r.weights(w.Parcels, w.TotalWeight) {
		length, width, height := w.Parcels[i].Size.Millimetres()
		// Grams are cubic millimetres over the divisor: a thousand of each to the next unit.
		volume := waybill.Multiply(length, width, height)
		way.grams = waybill.Add(way.grams, max(grams, volume/divisor+min(volume%divisor, 1)))
	}
	return way
}

// unserved says in words why a lane is not served; empty: it is.
func (a *adapter) unserved(ctx context.Context, op string, way lane) (string, error) {
	var ends [2]pincodeResponse
	group, ctx := errgroup.WithContext(ctx)
	for i, pin := range []string{way.from, way.to} {
		group.Go(func() error {
			call := wire.Call{Op: op, Method: http.MethodGet, Path: "/c/api/pin-codes/json/", Query: url.Values{"filter_codes": {pin}}}
			return a.client.Do(ctx, call, &ends[i])
		})
	}
	if err := group.Wait(); err != nil {
		return "", err
	}
	for i, pin := range []string{way.from, way.to} {
		found := slices.IndexFunc(ends[i].DeliveryCodes, func(c postalCode) bool { return string(c.PostalCode.Pin) == pin })
		if found < 0 {
			return "Delhivery does not serve the pincode " + pin, nil
		}
		if why := closed(ends[i].DeliveryCodes[found].PostalCode, way, i == 0); why != "" {
			return why + " " + pin, nil
		}
	}
	return "", nil
}

// closed says why a pincode that is served is no use for a lane, at its start or its end.
func closed(p pincode, way lane, start bool) string {
	incoming := way.direction == waybill.Incoming
	switch {
	case strings.EqualFold(strings.TrimSpace(p.Remarks), "Embargo"):
		return "Delhivery has closed (embargo) the pincode"
	case incoming && start && p.Pickup == "N":
		return "Delhivery does not fetch parcels in the pincode"
	case !incoming && !start && way.collect != "" && p.COD == "N":
		return "Delhivery offers no cash on delivery in the pincode"
	case !incoming && !start && way.collect == "" && p.PrePaid == "N":
		return "Delhivery delivers no prepaid parcels in the pincode"
	}
	return ""
}

// rate is the offer of one service: its price, and when it arrives where Delhivery says so.
func (a *adapter) rate(ctx context.Context, op string, s service, way lane) (waybill.Rate, error) {
	rate := waybill.Rate{Service: s.code, ServiceName: s.name, Abilities: s.abilities}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.price(ctx, op, s, way, &rate) })
	var transit waybill.Rate
	group.Go(func() error {
		a.transit(ctx, op, s, way, &transit)
		return nil
	})
	if err := group.Wait(); err != nil {
		return waybill.Rate{}, err
	}
	rate.TransitDays, rate.Delivery = transit.TransitDays, transit.Delivery
	return rate, nil
}

// price asks for the charges, which come as an array of one.
func (a *adapter) price(ctx context.Context, op string, s service, way lane, rate *waybill.Rate) error {
	query := url.Values{
		"md": {s.mode}, "cgm": {strconv.FormatInt(way.grams, 10)}, "o_pin": {way.from}, "d_pin": {way.to}, "ss": {"Delivered"}, "pt": {"Pre-paid"},
	}
	if way.direction == waybill.Incoming {
		query.Set("ss", "DTO")
	} else if way.collect != "" {
		query.Set("pt", "COD")
		query.Set("cod", way.collect.String())
	}
	question, now := query.Encode(), a.clock.Now()
	if told, ok := a.prices.get(question, now); ok {
		rate.Total, rate.Charges, rate.Chargeable = told.Total, told.Charges, told.Chargeable
		return nil
	}
	var answer []map[string]json.RawMessage
	call := wire.Call{Op: op, Method: http.MethodGet, Path: "/api/kinko/v1/invoice/charges/.json", Query: query}
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return err
	}
	if len(answer) != 1 {
		return a.client.Unusable(call, "not one price", nil)
	}
	gross, total, ok := sums(answer[0])
	if !ok {
		return a.client.Unusable(call, "a price without an amount", nil)
	}
	rate.Total, rate.Charges = total, itemise(answer[0], gross, total)
	rate.Chargeable = way.grams
	if grams, ok := decimal(answer[0]["charged_weight"]).Scaled(1, 1); ok {
		rate.Chargeable = max(grams, way.grams)
	}
	a.prices.put(question, waybill.Rate{Total: rate.Total, Charges: rate.Charges, Chargeable: rate.Chargeable}, now)
	return nil
}

// sums are an answer's amount before and after tax. Where only the first is told, the tax is 18 per cent.
func sums(answer map[string]json.RawMessage) (gross, total waybill.Money, ok bool) {
	before, after := decimal(answer["gross_amount"]), decimal(answer["total_amount"])
	if !before.Positive() && !after.Positive() {
		return gross, total, false
	}
	gross = waybill.Amount{Value: before, Currency: "INR"}.Money()
	total = waybill.Amount{Value: after, Currency: "INR"}.Money()
	if !after.Positive() {
		total = gross.Plus(180)
	}
	if !before.Positive() || gross.Minor > total.Minor {
		gross = total
	}
	return gross, total, true
}

// itemise lists a price's parts so that they add up to it: what Delhivery itemises, carriage for the rest, and the tax.
func itemise(answer map[string]json.RawMessage, gross, total waybill.Money) []waybill.Charge {
	base := waybill.Charge{Kind: "base", Name: "Freight", Amount: gross}
	var extras []waybill.Charge
	for _, row := range charges {
		part := waybill.Amount{Value: decimal(answer["charge_"+row[0]]), Currency: "INR"}.Money()
		if row[1] == "base" || part.Minor == 0 {
			continue
		}
		extras = append(extras, waybill.Charge{Kind: row[1], Name: row[2], Amount: part})
		base.Amount.Minor -= part.Minor
	}
	if base.Amount.Minor < 0 { // the parts are more than the whole: believe the whole
		base.Amount, extras = gross, nil
	}
	list := append([]waybill.Charge{base}, extras...)
	if tax := total.Minor - gross.Minor; tax != 0 {
		list = append(list, waybill.Charge{Kind: "tax", Name: "GST", Amount: waybill.Money{Minor: tax, Currency: "INR"}})
	}
	return list
}

// decimal is a number on the wire, written as a number or as text; anything else is none.
func decimal(raw json.RawMessage) waybill.Decimal {
	var text flex
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	number, err := waybill.ParseDecimal(string(text))
	if err != nil {
		return ""
	}
	return number
}

// transit asks how long a service takes. A price is worth having without it, so a failure is only logged.
func (a *adapter) transit(ctx context.Context, op string, s service, way lane, rate *waybill.Rate) {
	query := url.Values{
		"origin_pin": {way.from}, "destination_pin": {way.to}, "mot": {s.mode}, "pdt": {"B2C"},
		"expected_pickup_date": {way.leaves.In(ist).Format("2006-01-02 15:04")},
	}
	var answer tatResponse
	var data tatData
	call := wire.Call{Op: op, Method: http.MethodGet, Path: "/api/dc/expected_tat", Query: query}
	err := a.client.Do(ctx, call, &answer)
	if err == nil {
		err = json.Unmarshal(answer.Data, &data)
	}
	if err != nil {
		a.client.Log.Warn("no transit time", "op", op, "service", s.code, "error", err.Error())
		return
	}
	rate.TransitDays, _ = strconv.Atoi(string(data.TAT)) // not a number: unknown, 0
	rate.Delivery = moment(data.Expected)
}

// moment reads a time as Delhivery writes it, mostly without a zone: Indian. Nil: there is none.
func moment(text string) *time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(form, strings.TrimSpace(text), ist); err == nil {
			at = at.UTC()
			return &at
		}
	}
	return nil
}
