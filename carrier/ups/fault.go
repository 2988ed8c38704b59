package ups

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"waybill"
	"waybill/internal/wire"
)

type faultLine struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// The tracking service's codes for a number or reference without a parcel, and for one that cannot be
// UPS's own.
const (
	codeNotFound  = "TW0001"
	codeMalformed = "TV1002"
)

// absent reports whether the tracking service says that nothing goes by the number or reference. A 404
// counts only with a code of that service: one without, or the gateway's own, means a wrong address, and
// must not be taken for "never sold".
func absent(e *waybill.Error) bool {
	if e.Fault == nil {
		return false
	}
	tracking := e.Fault.Status == http.StatusNotFound && e.Fault.Code != "" && e.Fault.Code != "404"
	return tracking || e.Fault.Code == codeNotFound
}

// malformed reports whether the tracking service says that a number cannot be UPS's own.
func malformed(e *waybill.Error) bool { return e.Fault != nil && e.Fault.Code == codeMalformed }

// fault reads UPS's list of errors: the first decides, its code before the status of the answer.
func fault(answer wire.Answer, e *waybill.Error) {
	var body struct {
		Response struct {
			Errors []faultLine `json:"errors"`
		} `json:"response"`
		Errors []faultLine `json:"errors"`
	}
	lines := []faultLine{{e.Fault.Code, e.Fault.Message}}
	if json.Unmarshal(answer.Body, &body) == nil {
		if found := append(body.Response.Errors, body.Errors...); len(found) > 0 {
			lines = found
		}
	}
	first := lines[0]
	e.Fault.Code, e.Fault.Message = first.Code, first.Message
	if first.Message != "" {
		e.Message = "UPS: " + first.Message
	}
	for _, row := range faults {
		if row[0] == first.Code {
			wire.Because(e, waybill.Reason(row[1]))
			e.Fault.Cause, e.Fault.Remedy = row[3], row[4]
		}
	}
	if e.Code != waybill.CarrierRejected || e.Reason == waybill.ReasonCarrierLogin {
		return
	}
	for _, line := range lines {
		if path := field(line); path != "" {
			e.Fields = append(e.Fields, waybill.FieldError{
				Path: path, Rule: waybill.RuleFormat, Message: "UPS: " + line.Message,
			})
			if strings.Contains(path, ".address.") {
				e.Reason = waybill.ReasonCarrierAddress
			}
		}
	}
}

// Rating and Shipping number what is wrong with a party alike: 11 or 12, then 0 and the party (1
// shipper, 2 ship to, 3 ship from), then the member.
var partyCode = regexp.MustCompile(`^1[12]0([123])(\d\d)$`)

var partyMembers = map[string]string{
	"00": ".contact.name", "01": ".contact.name", "02": ".address.street", "03": ".address.street", "04": ".address.street",
	"05": ".address.city", "06": ".address.state", "07": ".address.postcode", "08": ".address.country",
	"09": ".contact.phone", "10": ".contact.email", "12": ".contact.phone",
}

// memberWords find the field in what UPS writes, where its code says nothing: which of the words a
// message contains first in this order.
var memberWords = []struct{ word, path string }{
	{"postal code", ".address.postcode"}, {"postalcode", ".address.postcode"}, {"zip", ".address.postcode"},
	{"state", ".address.state"}, {"province", ".address.state"}, {"city", ".address.city"},
	{"address line", ".address.street"}, {"addressline", ".address.street"}, {"phone", ".contact.phone"},
	{"attention name", ".contact.name"},
}

// field is the member of a shipment that a refusal is about; empty: it does not say.
func field(line faultLine) string {
	if match := partyCode.FindStringSubmatch(line.Code); match != nil {
		party := "from"
		if match[1] == "2" {
			party = "to"
		}
		if member, known := partyMembers[match[2]]; known {
			return party + member
		}
	}
	for _, row := range faults {
		if row[0] == line.Code && row[2] != "" {
			return row[2]
		}
	}
	text := strings.ToLower(line.Message)
	party := "to"
	if strings.Contains(text, "ship from") || strings.Contains(text, "shipfrom") || strings.Contains(text, "shipper") || strings.Contains(text, "origin") {
		party = "from"
	}
	for _, member := range memberWords {
		if strings.Contains(text, member.word) {
			return party + member.path
		}
	}
	if strings.Contains(text, "weight") {
		return "parcels[0].weight"
	}
	return ""
}
