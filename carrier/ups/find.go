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
	if e := waybill.AsError(err); err != nil && !unknown(e) {
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
	switch {
	case waybill.IsCode(err, waybill.CarrierRejected): // sold, but its labels are gone
		labels = nil
	case err != nil:
		return carrier.Booking{}, err
	}
	if lead == "" {
		lead = numbers[0]
	}
	// The first package gives the shipment its number; the labels move with their packages.
	if at := slices.Index(numbers, lead); at > 0 {
		numbers = append([]string{lead}, slices.Delete(numbers, at, at+1)...)
		if labels, _, err = a.recover(ctx, op, numbers, q.Label); err != nil {
			return carrier.Booking{}, err
		}
	}
	var b carrier.Booking
	b.CarrierID, b.Numbers, b.TrackingURL, b.Labels = lead, numbers, trackingURL(lead), labels
	return b, nil
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
