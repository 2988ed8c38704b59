package delhivery

import (
	"fmt"
	"regexp"
	"slices"

	"waybill"
	"waybill/carrier"
)

// visitForm is how a visit is known: by Delhivery's number, or by place and day where none was told.
var visitForm = regexp.MustCompile(`^([0-9]{1,20}|.+ [0-9]{4}-[0-9]{2}-[0-9]{2})$`)

// Claim holds numbers against Delhivery's form of a waybill, of 13 or 14 digits. The number of the upload names nothing
// that can be asked after: a shipment is known by its waybills.
func (a *adapter) Claim(q carrier.ClaimRequest) (fields []waybill.FieldError) {
	for i, number := range q.Numbers {
		if !waybillForm.MatchString(number) {
			fields = append(fields, carrier.Miswritten(fmt.Sprintf("numbers[%d]", i), shorten(number, 40), "Delhivery writes waybills of 13 or 14 digits"))
		}
	}
	if q.CarrierID != "" && !slices.Contains(q.Numbers, q.CarrierID) {
		fields = append(fields, carrier.Miswritten("carrier_id", shorten(q.CarrierID, 40), "Delhivery is asked by the waybill of one of the packages"))
	}
	if q.Visit != "" && !visitForm.MatchString(q.Visit) {
		fields = append(fields, carrier.Miswritten("carrier_id", shorten(q.Visit, 40), "Delhivery numbers its visits in digits"))
	}
	return fields
}

var _ carrier.Claimer = (*adapter)(nil)
