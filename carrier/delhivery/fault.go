package delhivery

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/internal/wire"
)

// pause is how long to wait after having asked too often. Delhivery counts in windows of five minutes and does not say
// where in one it is.
const pause = time.Minute

// fault reads what Delhivery says when it says no: its text decides, before the status of the answer.
func (a *adapter) fault(answer wire.Answer, e *waybill.Error) {
	said := e.Fault.Message
	if said == "" {
		said = e.Fault.Code
	}
	if len(answer.Body) > 0 {
		said = refusal(answer.Body, e)
	}
	e.Fault.Message = said
	if said != "" {
		e.Message = "Delhivery: " + said
	}
	switch {
	case answer.Status == http.StatusForbidden && !aboutLogin(answer.Body):
		if said == "" {
			e.Message = "Delhivery takes no more calls at the moment"
		}
		wire.Because(e, waybill.ReasonCarrierLimit)
	case answer.Status == http.StatusUnauthorized, answer.Status == http.StatusForbidden, answer.Status >= 500:
		return
	}
	if e.Reason == waybill.ReasonCarrierLimit {
		if e.RetryAfter == 0 {
			e.RetryAfter = pause
		}
		return
	}
	text := strings.ToLower(said)
	for _, row := range faults {
		if strings.Contains(text, row[0]) {
			a.known(row, e)
			return
		}
	}
}

// known applies a line of faults.csv.
func (a *adapter) known(row []string, e *waybill.Error) {
	wire.Because(e, waybill.Reason(row[1]))
	e.Fault.Cause, e.Fault.Remedy = row[4], row[5]
	switch row[2] {
	case "unsure": // perhaps by an answer of ours that was lost: to be looked up
		e.Unsure = true
	case "later":
		e.RetryAfter = pause
	case "midnight":
		now := a.clock.Now().In(ist)
		e.RetryAfter = time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, ist).Sub(now)
	}
	path := row[3]
	if path == "" {
		return
	}
	if strings.HasPrefix(e.Op, "delhivery.return") { // the consignee is then whom the parcel is fetched from
		path = strings.Replace(path, "to.", "from.", 1)
	}
	e.Fields = append(e.Fields, waybill.FieldError{Path: path, Rule: waybill.RuleFormat, Message: e.Message})
}

// aboutLogin tells a 403 that refuses the token from one that says "too often". The first is mostly JSON, the second
// comes from the web servers in front, as text or a page.
func aboutLogin(body []byte) bool {
	text := strings.ToLower(string(body))
	for _, word := range []string{"throttl", "rate limit", "too many", "quota"} {
		if strings.Contains(text, word) {
			return false
		}
	}
	for _, word := range []string{"authenti", "authoriz", "credential", "token", "login", "permission"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return json.Valid(body)
}

// refusal is the text of a refusal, in whichever of Delhivery's forms it comes.
func refusal(body []byte, e *waybill.Error) string {
	body = bytes.TrimSpace(body)
	var bare string
	if json.Unmarshal(body, &bare) == nil {
		return bare
	}
	members := map[string]json.RawMessage{}
	if json.Unmarshal(body, &members) != nil {
		if bytes.HasPrefix(body, []byte("<")) {
			return "" // a web page is nothing to show
		}
		return shorten(strings.Join(strings.Fields(string(body)), " "), 200)
	}
	if string(members["pr_exist"]) == "true" {
		e.Fault.Code = openPickup
	}
	if absent(words(members["Error"]) + " " + words(members["rmk"])) {
		e.Fault.Code = notFound
	}
	if codes := members["error_code"]; codes != nil {
		e.Fault.Code = strings.Trim(string(codes), "[] \n")
	}
	// In the order of how much they tell; then whatever names a member of the request.
	for _, name := range []string{"Error", "error", "detail", "msg", "rmk", "remark", "message"} {
		if text := words(members[name]); text != "" {
			return text
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if text := words(members[name]); text != "" && name != "success" && name != "Success" {
			return name + ": " + text
		}
	}
	return ""
}

// words is the text in a member: a string, a list of them, or an object with a message.
func words(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return strings.Join(many, "; ")
	}
	var object struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &object) == nil {
		return object.Message
	}
	return ""
}
