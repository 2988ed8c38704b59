package house

import (
	"context"

	"waybill"
	"waybill/carrier"
)

// Track answers Unknown for every number: see the package comment.
func (a *Adapter) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	answers := make([]waybill.Tracking, len(r.Numbers))
	for i, number := range r.Numbers {
		answers[i] = waybill.Tracking{Number: number, Status: waybill.TransitNone, Unknown: true}
	}
	return answers, nil
}
