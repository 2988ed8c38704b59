package delhivery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// ewaybillFrom is the value of goods, in paise, from which a tax document must travel with them (50,000 rupees).
const ewaybillFrom = 50_000_00

// Ship books one shipment of one or more boxes (manifestation). Our key is its order id, which Delhivery echoes: an
// answer to somebody else's purchase is thus recognised. Several boxes need a waybill each beforehand; where the pool
// had none they are fetched here, and may then not be ready yet. The booking tells no price: it is that of the offer.
func (a *adapter) Ship(ctx context.Context, q carrier.ShipRequest) (carrier.Booking, error) {
	const op = "delhivery.ship"
	w, r := q.Shipment, &request{}
	s := r.service(q.Service, waybill.Outgoing)
	pack := order{
		Name: r.who("to.contact", w.To.Contact), Add: r.street("to.address", w.To.Address), City: w.To.Address.City, State: w.To.Address.State,
		Country: "India", Pin: r.pin("to.address", w.To.Address), Phone: r.phone("to.contact.phone", w.To.Contact),
		AddressType: addressType(w.To.Address), PaymentMode: "Prepaid", ShippingMode: s.shipping, Order: r.key(q.Key),
		ProductsDesc: goods(w.Reference, w.Items), Quantity: pieces(w.Items), HSNCode: tariffs(w.Items),
		SellerName: r.who("from.contact", w.From.Contact), SellerAdd: written(w.From.Address), SellerGST: a.seller(w.From),
	}
	r.options(&pack, w.Options, s)
	value := r.value(w)
	if value.Minor > 0 {
		pack.TotalAmount = rupeesOf(value)
	}
	if w.ReturnTo != nil {
		r.back(&pack, "return_to", *w.ReturnTo)
	}
	place := r.place(q.Place, a.place)
	boxes := r.boxes(pack, w.Parcels, w.TotalWeight)
	way := r.lane(w, waybill.Outgoing, q.Now)
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return carrier.Booking{}, err
	}
	rate, err := a.offer(ctx, op, s, way, q.Rate)
	if err != nil {
		return carrier.Booking{}, err
	}
	numbers := q.Numbers
	if len(boxes) > 1 && len(numbers) == 0 {
		if numbers, err = a.Numbers(ctx, len(boxes)); err != nil {
			return carrier.Booking{}, err
		}
	}
	numbered(boxes, numbers)
	b, call, err := a.book(ctx, op, boxes, place, rate)
	if err != nil {
		return carrier.Booking{}, err
	}
	if value.Minor >= ewaybillFrom {
		b.Warnings = append(b.Warnings, "Delhivery needs an e-waybill for goods worth 50,000 rupees or more: enter it in Delhivery One before the pickup")
	}
	b.Labels, err = a.labels(ctx, op, b.Numbers)
	if err != nil {
		return carrier.Booking{}, a.client.Unusable(call, "it is booked, and its labels cannot be fetched", err)
	}
	return b, nil
}

// offer is the rate a purchase is made from. Where the caller has none it is asked for: a booking must have a price.
func (a *adapter) offer(ctx context.Context, op string, s service, way lane, rate waybill.Rate) (waybill.Rate, error) {
	if rate.Total.Currency != "" {
		return rate, nil
	}
	err := a.price(ctx, op, s, way, &rate)
	return rate, err
}

// service is the service with a code; one that does not exist is reported.
func (r *request) service(code string, direction waybill.Direction) service {
	s, ok := serviceOf(code, direction)
	if !ok {
		r.report("service", waybill.RuleEnum, code, express+", "+surface, "Delhivery has no service %q", shorten(code, 30))
	}
	return s
}

// place is the registered place of collection.
func (r *request) place(own, usual string) string {
	if own == "" {
		own = usual
	}
	if own == "" {
		r.report("location", waybill.RuleRequired, "", "", "Delhivery collects from registered places only: register the location, or name a pickup_location in the connection")
	}
	return own
}

// boxes makes one package of each parcel.
func (r *request) boxes(pack order, parcels []waybill.Parcel, total waybill.Weight) []order {
	boxes := make([]order, len(parcels))
	for i, grams := range r.weights(parcels, total) {
		boxes[i] = pack
		boxes[i].Weight = grams
		if t := parcels[i].Temperature; t != "" && t != "none" && t != "ambient" {
			r.report(fmt.Sprintf("parcels[%d].temperature", i), waybill.RuleEnum, t, "none", "Delhivery does not keep parcels %s", shorten(t, 30))
		}
		if size := parcels[i].Size; size.Known() {
			edge := func(d waybill.Decimal) json.Number { return json.Number(size.AtLeast(d, waybill.Centimetre, 1)) }
			boxes[i].Length, boxes[i].Width, boxes[i].Height = edge(size.Length), edge(size.Width), edge(size.Height)
		}
	}
	return boxes
}

// numbered gives the boxes the waybills they are to travel under, and ties several together. The money that is to be
// collected for all of them is told with each, as the whole (mps_amount).
func numbered(boxes []order, numbers []string) {
	for i := range boxes {
		if i < len(numbers) {
			boxes[i].Waybill = numbers[i]
		}
		if len(boxes) > 1 {
			boxes[i].ShipmentType, boxes[i].MasterID, boxes[i].MPSChildren = "MPS", numbers[0], len(boxes)
			boxes[i].MPSAmount = "0"
			if boxes[i].CODAmount != "" {
				boxes[i].MPSAmount = boxes[i].CODAmount
			}
		}
	}
}

// book places an order. Every outcome is HTTP 200; what each package says decides.
func (a *adapter) book(ctx context.Context, op string, boxes []order, place string, rate waybill.Rate) (carrier.Booking, wire.Call, error) {
	var body createRequest
	body.PickupLocation.Name, body.Shipments = place, boxes
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false) // what must be escaped here is escaped as a form
	err := encoder.Encode(body)
	call := wire.Call{
		Op: op, Method: http.MethodPost, Path: "/api/cmu/create.json", Effect: true,
		Body: wire.Form("format=json&data=" + url.QueryEscape(strings.TrimSpace(data.String()))), // documented in this order
	}
	if err != nil {
		return carrier.Booking{}, call, waybill.AsError(err)
	}
	var answer createResponse
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return carrier.Booking{}, call, err
	}
	if err := a.refused(ctx, call, answer); err != nil {
		return carrier.Booking{}, call, err
	}
	if len(answer.Packages) != len(boxes) {
		return carrier.Booking{}, call, a.client.Unusable(call, fmt.Sprintf("%d packages where %d were ordered", len(answer.Packages), len(boxes)), nil)
	}
	var b carrier.Booking
	b.CarrierID, b.Price, b.Charges, b.Delivery = answer.UploadWBN, rate.Total, rate.Charges, rate.Delivery
	for _, p := range answer.Packages {
		b.Numbers = append(b.Numbers, string(p.Waybill))
		if p.Refnum != "" && string(p.Refnum) != boxes[0].Order {
			return carrier.Booking{}, call, a.client.Unusable(call, "it answers another purchase", nil)
		}
	}
	if ordered := waybills(boxes); len(ordered) > 0 {
		given := slices.Sorted(slices.Values(b.Numbers))
		if !slices.Equal(given, slices.Sorted(slices.Values(ordered))) {
			return carrier.Booking{}, call, a.client.Unusable(call, "it names other waybills than those ordered", nil)
		}
		b.Numbers = ordered // a label belongs to its box, in whatever order they are answered
	}
	if b.CarrierID == "" || b.Numbers[0] == "" {
		return carrier.Booking{}, call, a.client.Unusable(call, "a booking without a number", nil)
	}
	b.TrackingURL = trackingURL(b.Numbers[0])
	return b, call, nil
}

// waybills are the numbers that boxes were given beforehand.
func waybills(boxes []order) []string {
	var list []string
	for _, box := range boxes {
		if box.Waybill != "" {
			list = append(list, box.Waybill)
		}
	}
	return list
}

// refused reads a booking that says no. The first package that failed says why, in its remarks; the text beside the
// packages is the same for everything, and counts only where there are none. Boxes that were booked beside one that
// failed are given back.
func (a *adapter) refused(ctx context.Context, call wire.Call, answer createResponse) error {
	var sold []string
	why, code, failed := string(answer.Rmk), "", len(answer.Packages) == 0
	for _, p := range answer.Packages {
		if strings.EqualFold(p.Status, "Success") {
			sold = append(sold, string(p.Waybill))
			continue
		}
		if remark := strings.TrimSpace(strings.Join(p.Remarks, " ")); !failed && remark != "" {
			why, code = remark, p.ErrCode
		}
		failed = true
	}
	if !failed {
		return nil
	}
	if why == "" && len(answer.Packages) == 0 {
		return a.client.Unusable(call, "a booking without packages", nil)
	}
	for _, number := range sold {
		if err := a.cancel(ctx, call.Op, number); err != nil {
			return a.client.Unusable(call, "only some boxes are booked, and they could not be given back", err)
		}
	}
	return a.client.Refused(call, code, why)
}

// trackingURL is Delhivery's public page of a number.
func trackingURL(number string) string { return "https://www.delhivery.com/track/package/" + number }
