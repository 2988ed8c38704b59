package ups

import (
	"fmt"
	"regexp"
	"slices"

	"waybill"
	"waybill/carrier"
)

// visitForm is how UPS writes a pickup request number (PRN): eleven letters and digits.
var visitForm = regexp.MustCompile(`^[0-9A-Z]{11}$`)

// Claim holds numbers against UPS's forms: a parcel's is 1Z, its shipper, service and serial, and a check digit; a
// shipment is known by the number of one of its packages.
func (a *adapter) Claim(q carrier.ClaimRequest) (fields []waybill.FieldError) {
	for i, number := range q.Numbers {
		if !is1Z(number) {
			fields = append(fields, carrier.Miswritten(fmt.Sprintf("numbers[%d]", i), shorten(number, 40), "UPS writes 1Z and 16 characters, of which the last checks the others"))
		}
	}
	if q.CarrierID != "" && !slices.Contains(q.Numbers, q.CarrierID) {
		fields = append(fields, carrier.Miswritten("carrier_id", shorten(q.CarrierID, 40), "UPS knows a shipment by the number of one of its packages"))
	}
	if q.Visit != "" && !visitForm.MatchString(q.Visit) {
		fields = append(fields, carrier.Miswritten("carrier_id", shorten(q.Visit, 40), "UPS writes a pickup request number of 11 letters and digits"))
	}
	return fields
}

// is1Z reports whether a number is UPS's: of the 15 characters after 1Z a digit counts as itself and a letter as its ASCII
// code less three, every second one twice; with the check digit they fill a multiple of ten.
func is1Z(number string) bool {
	if len(number) != 18 || number[:2] != "1Z" {
		return false
	}
	sum := 0
	for i, c := range []byte(number[2:17]) {
		value := 0
		switch {
		case c >= '0' && c <= '9':
			value = int(c - '0')
		case c >= 'A' && c <= 'Z':
			value = int(c-3) % 10
		default:
			return false
		}
		sum += value << (i % 2)
	}
	return number[17] == byte('0'+(10-sum%10)%10)
}

var _ carrier.Claimer = (*adapter)(nil)
