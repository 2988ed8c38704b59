package carrier

import (
	"fmt"
	"slices"

	"waybill"
)

// ClaimRequest is what a person tells of a purchase that nobody knows the end of: the carrier's id of it, and a number a
// parcel. Key and Token are those of the purchase. Of a visit, only Visit is set: the carrier's number of it.
type ClaimRequest struct {
	Key, Token string
	CarrierID  string
	Numbers    []string
	Visit      string
}

// Claim refuses what the carrier never writes so: Invalid, ReasonFields, paths numbers[i] and carrier_id. It asks nobody:
// what is well written may still be another's.
func (c *Carrier) Claim(r ClaimRequest) error {
	var fields []waybill.FieldError
	for i, number := range r.Numbers {
		if first := slices.Index(r.Numbers, number); first < i && !c.driver.NoLabel {
			fields = append(fields, Miswritten(fmt.Sprintf("numbers[%d]", i), number, "parcel %d has this number already", first+1))
		}
	}
	if claimer, ok := c.adapter.(Claimer); ok {
		fields = append(fields, claimer.Claim(r)...)
	}
	return c.refuse("claim", fields)
}

// Miswritten is what is wrong with a number that a person tells.
func Miswritten(path, value, format string, args ...any) waybill.FieldError {
	return waybill.FieldError{Path: path, Rule: waybill.RuleFormat, Value: value, Message: fmt.Sprintf(format, args...)}
}
