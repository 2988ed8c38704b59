package peddler

import (
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
)

// Statuses that net/http has no name for.
const statusTokenExpired = 498

// faultKey is what an answer depends on: the operation ("": any), the error's code and its reason ("": any).
type faultKey struct {
	op     string
	code   waybill.Code
	reason waybill.Reason
}

// answer is how an error is told: its status and its name, of which the message is made.
type answer struct {
	status int
	name   string
}

// The answers that the vendor documents by name, and those that several errors share. The others are of our own
// naming.
var (
	notFound     = answer{http.StatusNotFound, "tracking-number-not-found"}
	noUpdate     = answer{http.StatusUnprocessableEntity, "shipment-status-does-not-allow-update"}
	noCancel     = answer{http.StatusUnprocessableEntity, "shipment-status-does-not-allow-cancelation"}
	noManifests  = answer{http.StatusUnprocessableEntity, "no-manifests-found"}
	tokenExpired = answer{statusTokenExpired, "token-expired"}
	conflict     = answer{http.StatusUnprocessableEntity, "conflict"}
	invalid      = answer{http.StatusUnprocessableEntity, "invalid-request"}
)

// faults holds every answer that is not success. The most exact key counts: operation and reason, then operation and
// code, then reason, then code.
var faults = map[faultKey]answer{
	{"", waybill.Invalid, ""}:                                       invalid,
	{"", waybill.Invalid, waybill.ReasonTooLarge}:                   {http.StatusRequestEntityTooLarge, "request-too-large"},
	{"", waybill.Unauthenticated, ""}:                               {http.StatusUnauthorized, "authorization-required"},
	{"", waybill.Unauthenticated, waybill.ReasonTokenExpired}:       tokenExpired,
	{"", waybill.Forbidden, ""}:                                     {http.StatusForbidden, "access-denied"},
	{"", waybill.NotFound, ""}:                                      {http.StatusNotFound, "not-found"},
	{"", waybill.NotFound, waybill.ReasonUnknownShipment}:           notFound,
	{"", waybill.Unsupported, ""}:                                   {http.StatusUnprocessableEntity, "not-supported"},
	{"", waybill.Unsupported, waybill.ReasonMethod}:                 {http.StatusMethodNotAllowed, "method-not-allowed"},
	{"", waybill.Unsupported, waybill.ReasonNotAcceptable}:          {http.StatusNotAcceptable, "not-acceptable"},
	{"", waybill.Conflict, ""}:                                      conflict,
	{"", waybill.InsufficientFunds, ""}:                             {http.StatusUnprocessableEntity, "balance-too-low"},
	{"", waybill.RateExpired, ""}:                                   {http.StatusUnprocessableEntity, "rate-expired"},
	{"", waybill.CarrierRejected, ""}:                               {http.StatusUnprocessableEntity, "carrier-refused"},
	{"", waybill.CarrierUnavailable, ""}:                            {http.StatusServiceUnavailable, "carrier-unavailable"},
	{"", waybill.TooManyRequests, ""}:                               {http.StatusTooManyRequests, "too-many-requests"},
	{"", waybill.Unavailable, ""}:                                   {http.StatusServiceUnavailable, "service-unavailable"},
	{"", waybill.Internal, ""}:                                      {http.StatusInternalServerError, "internal-server-error"},
	{opUpdate, waybill.Invalid, waybill.ReasonFrozen}:               noUpdate,
	{opUpdate, waybill.Conflict, waybill.ReasonUnsettled}:           noUpdate,
	{opUpdate, waybill.CarrierRejected, ""}:                         noUpdate,
	{opUpdate, waybill.Unsupported, waybill.ReasonCarrierAbility}:   noUpdate,
	{opCancel, waybill.Conflict, ""}:                                noCancel,
	{opCancel, waybill.Conflict, waybill.ReasonVersion}:             conflict,
	{opCancel, waybill.CarrierRejected, ""}:                         noCancel,
	{opCancel, waybill.Unsupported, waybill.ReasonCancelNotOffered}: noCancel,
	{opLabel, waybill.NotFound, waybill.ReasonNoLabel}:              {http.StatusNotFound, "label-not-found"},
	{opLabel, waybill.Invalid, waybill.ReasonFormat}:                {http.StatusUnprocessableEntity, "label-format-not-available"},
	{opDepart, waybill.NotFound, waybill.ReasonUnknownShipment}:     noManifests,
	{opPostcode, waybill.NotFound, waybill.ReasonUnknownRecord}:     {http.StatusNotFound, "postcode-not-found"},
}

func answerTo(op string, e *waybill.Error) answer {
	for _, key := range []faultKey{{op, e.Code, e.Reason}, {op, e.Code, ""}, {"", e.Code, e.Reason}} {
		if a, ok := faults[key]; ok {
			return a
		}
	}
	return faults[faultKey{"", e.Code, ""}]
}

// failure is an error on the wire. Details are of our own: what exactly is wrong, where that can be said.
type failure struct {
	Error failureBody `json:"error"`
}

type failureBody struct {
	StatusCode int      `json:"statusCode"`
	Name       string   `json:"name"`
	Message    string   `json:"message"` // the name in capitals
	Details    []detail `json:"details,omitempty"`
}

type detail struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// fault puts an error into the API's words.
func fault(r *dialect.Request, e *waybill.Error) dialect.Reply {
	a := answerTo(r.Op, e)
	body := failureBody{StatusCode: a.status, Name: a.name, Message: strings.ToUpper(strings.ReplaceAll(a.name, "-", " ")), Details: detailsTo(a, e)}
	switch {
	case r.Op == opToken:
		return tokenFault(a, e)
	case r.Op == opLabel && of2023(r):
		return labelFault(r, a, body)
	case r.Op == opCancel && of2023(r):
		return dialect.JSON(a.status, cancelFailure{Status: "FAILED", Details: explain(e), failure: failure{body}})
	}
	return dialect.JSON(a.status, failure{body})
}

// detailsTo say what exactly is wrong: of each field, or in one line what the name does not say. Of a fault of ours
// nothing is said.
func detailsTo(a answer, e *waybill.Error) (list []detail) {
	for _, f := range e.Fields {
		list = append(list, detail{wireName(f.Path), f.Message})
	}
	if list == nil && a.status < http.StatusInternalServerError && e.Message != "" {
		list = []detail{{"", explain(e)}}
	}
	return list
}

// cancelFailure is a cancellation that did not happen, as it was told in 2023, with the later envelope beside it.
type cancelFailure struct {
	Status  string `json:"status"`
	Details string `json:"details"`
	failure
}

// labelFailure is an error of a label as it was told in 2023.
type labelFailure struct {
	Error   string   `json:"error"`
	Message string   `json:"message"`
	Path    string   `json:"path"`
	Details []detail `json:"details"`
}

func labelFault(r *dialect.Request, a answer, body failureBody) dialect.Reply {
	if body.Details == nil {
		body.Details = []detail{}
	}
	return dialect.JSON(a.status, labelFailure{Error: a.name, Message: body.Message, Path: r.RawPath, Details: body.Details})
}

// tokenFailure is the token endpoint's own shape (RFC 6749 section 5.2), but for the refusal, which is the vendor's.
type tokenFailure struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func tokenFault(a answer, e *waybill.Error) dialect.Reply {
	body := tokenFailure{"invalid_request", explain(e)}
	switch {
	case e.Code == waybill.Unauthenticated || e.Code == waybill.Forbidden:
		a.status, body = http.StatusForbidden, tokenFailure{"access_denied", "The client is not known, its secret is wrong or the carrier is not its own"}
	case a.status >= http.StatusInternalServerError || a.status == http.StatusTooManyRequests:
		body = tokenFailure{"temporarily_unavailable", "Please try again later"}
	case len(e.Fields) > 0 && e.Fields[0].Path == "grant_type" && e.Fields[0].Rule == waybill.RuleEnum:
		a.status, body.Error = http.StatusBadRequest, "unsupported_grant_type"
	case e.Code == waybill.Invalid && a == invalid:
		a.status = http.StatusBadRequest
	}
	return dialect.JSON(a.status, body)
}

// wireName is a member's name where the engine knows it under another.
func wireName(path string) string {
	if name, ok := wireNames[path]; ok {
		return name
	}
	for engine, wire := range map[string]string{"to.": "deliveryAddress.", "from.": "senderAddress."} {
		if rest, ok := strings.CutPrefix(path, engine); ok {
			return wire + rest
		}
	}
	return path
}

var wireNames = map[string]string{
	"to": "deliveryAddress", "reference": "metaData", "hook": webhookURI, "to.postcode": deliveryPostcode, "to.address.postcode": deliveryPostcode,
	"from.postcode": "senderAddress.postCode", "service": "serviceLevel", "numbers": "trackingNumbers",
}

const deliveryPostcode = "deliveryAddress.postCode"

// The sorts of errors of one shipment of a call.
const (
	badAddress  = "INVALID_ADDRESS"
	badPostcode = "INVALID_POSTCODE"
	badFields   = "INVALID_FIELDS"
	badOther    = "OTHER"
)

// errorType sorts an error of one item: by what it is about, else by its first wrong field.
func errorType(err error) string {
	e := waybill.AsError(err)
	switch {
	case e.Reason == waybill.ReasonNotLocated:
		return badPostcode
	case e.Reason == waybill.ReasonCarrierAddress:
		return badAddress
	case e.Code != waybill.Invalid:
		return badOther
	case len(e.Fields) == 0:
		return badFields
	}
	switch field := wireName(e.Fields[0].Path); {
	case strings.HasSuffix(field, ".postCode"):
		return badPostcode
	case strings.HasPrefix(field, "deliveryAddress"), strings.HasPrefix(field, "senderAddress"):
		return badAddress
	}
	return badFields
}

// explain says what is wrong with an item, all of it, and what the carrier said; of a fault of ours only that.
func explain(err error) string {
	e := waybill.AsError(err)
	if e.Code == waybill.Internal {
		return "internal error"
	}
	said := []string{e.Message}
	switch {
	case e.Reason == waybill.ReasonDuplicate && len(e.Fields) == 1:
		said = []string{"metaData " + e.Fields[0].Value + " is in use already"}
	case len(e.Fields) > 1:
		said = nil
		for _, f := range e.Fields {
			said = append(said, f.Message)
		}
	}
	if e.Fault != nil && e.Fault.Message != "" && e.Fault.Message != e.Message {
		said = append(said, e.Fault.Message)
	}
	return strings.Join(said, "; ")
}
