package doordash

import (
	"fmt"

	"waybill"
	"waybill/carrier"
)

// Claim takes the ids that a delivery may have alone: our key, or that of the quote it was made from.
func (a *adapter) Claim(q carrier.ClaimRequest) (fields []waybill.FieldError) {
	other := func(path, id string) {
		if id != q.Key && (q.Token == "" || id != q.Token) {
			fields = append(fields, carrier.Miswritten(path, shorten(id, 40), "DoorDash knows the delivery by our key, %s, or by its quote", q.Key))
		}
	}
	for i, number := range q.Numbers {
		other(fmt.Sprintf("numbers[%d]", i), number)
	}
	if q.CarrierID != "" {
		other("carrier_id", q.CarrierID)
	}
	return fields
}

var _ carrier.Claimer = (*adapter)(nil)
