package ups

import (
	"context"
	"net/url"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
)

// visible is how long a purchase may stay unseen by reference tracking. UPS states no figure: tracking
// is another system than shipping, and believing a "not found" too early would buy a second label.
const visible = 2 * time.Minute

// Find looks for packages that carry our key as a reference number, and fetches their labels. The
// price is not in UPS's answer and stays empty. A shipment that was voided counts as not there.
func (a *adapter) Find(ctx context.Context, q carrier.FindRequest) (carrier.Booking, error) {
	const op = "ups.find"
	now := a.clock.Now()
	call := a.trackCall(op, "/api/track/v1/reference/details/"+url.PathEscape(q.Key))
	call.Query.Set("refNumType", "SmallPackage")
	call.Query.Set("shipperNum", a.account)
	if !q.Since.IsZero() {
		call.Query.Set("fromPickUpDate", q.Since.AddDate(0, 0, -1).Format("20060102"))
		call.Query.Set("toPickUpDate", now.AddDate(0, 0, 14).Format("20060102"))
	}
	var answer trackResponse
	err := a.client.Do(ctx, call, &answer)
	if e := waybill.AsError(err); err != nil && !absent(e) {
		return carrier.Booking{}, err
	}
	numbers := answer.live()
	switch {
	case len(numbers) > 0 && (q.Parcels == 0 || len(numbers) >= q.Parcels):
	case len(numbers) > 0 || now.Sub(q.Since) < visible:
		return carrier.Booking{}, a.client.Unusable(call, "the purchase may not be visible yet", nil)
	default:
		e := waybill.E(op, waybill.ReasonUnknownRecord, "UPS has no shipment with the reference %s", q.Key)
		return carrier.Booking{}, e
	}
	labels, lead, err := a.recover(ctx, op, numbers, q.Label)
	if err != nil && !waybill.IsCode(err, waybill.CarrierRejected) {
		return carrier.Booking{}, err
	}
	if lead == "" { // sold, but its labels are gone
		lead = numbers[0]
	}
	var b carrier.Booking
	b.CarrierID, b.TrackingURL = lead, trackingURL(lead)
	b.Numbers, b.Labels = leadFirst(lead, numbers, labels)
	return b, nil
}

// leadFirst puts the package that gave the shipment its number first, where it was when it was bought,
// and its label with it.
func leadFirst(lead string, numbers []string, labels []waybill.Label) ([]string, []waybill.Label) {
	at := slices.Index(numbers, lead)
	if at <= 0 {
		return numbers, labels
	}
	numbers = append([]string{lead}, slices.Delete(slices.Clone(numbers), at, at+1)...)
	if len(labels) == 0 {
		return numbers, nil
	}
	labels = append([]waybill.Label{labels[at]}, slices.Delete(slices.Clone(labels), at, at+1)...)
	for i := range labels {
		labels[i].Parcel = i
	}
	return numbers, labels
}

// live lists the packages that were not voided, in UPS's order.
func (t trackResponse) live() []string {
	var numbers []string
	for _, s := range t.TrackResponse.Shipment {
		for _, p := range s.Package {
			if p.TrackingNumber != "" && p.status() != waybill.TransitVoided && !slices.Contains(numbers, p.TrackingNumber) {
				numbers = append(numbers, p.TrackingNumber)
			}
		}
	}
	return numbers
}
