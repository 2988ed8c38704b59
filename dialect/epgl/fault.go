package epgl

import (
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
)

// faultKey is what an answer depends on: the operation ("": any), the error's code and its reason ("": any).
type faultKey struct {
	op     string
	code   waybill.Code
	reason waybill.Reason
}

// answer is how an error is told.
type answer struct {
	status int
	code   string
	title  string // the envelope's message; empty: what the error says
	field  string // the member to blame, of an error that names none itself
	text   string // replaces what the error says, which is then not for callers
}

const (
	invalid      = "VALIDATION_ERROR"
	unauthorized = "UNAUTHORIZED"
	broken       = "An unexpected error occurred."
	refused      = "Validation failed."
	badLogin     = "Invalid client_id or client_secret."
)

// faults holds every answer that is not success. The most exact key counts: operation and reason, then
// operation and code, then reason, then code. The vendor documents the statuses but for 403, 404, 405, 409, 413
// and 503, and of the codes VALIDATION_ERROR alone.
var faults = map[faultKey]answer{
	{"", waybill.Invalid, ""}:                       {status: http.StatusBadRequest, code: invalid, title: refused},
	{"", waybill.Invalid, waybill.ReasonBadJSON}:    {status: http.StatusBadRequest, code: "BAD_REQUEST", title: "Invalid request parameters."},
	{"", waybill.Invalid, waybill.ReasonTooLarge}:   {status: http.StatusRequestEntityTooLarge, code: "REQUEST_TOO_LARGE"},
	{"", waybill.Invalid, waybill.ReasonMismatch}:   {status: http.StatusUnprocessableEntity, code: invalid, title: refused},
	{"", waybill.Unauthenticated, ""}:               {status: http.StatusUnauthorized, code: unauthorized, title: "Missing or invalid authentication token."},
	{"", waybill.Forbidden, ""}:                     {status: http.StatusForbidden, code: "FORBIDDEN"},
	{"", waybill.NotFound, ""}:                      {status: http.StatusNotFound, code: "NOT_FOUND"},
	{"", waybill.Unsupported, ""}:                   {status: http.StatusUnprocessableEntity, code: "NOT_SUPPORTED"},
	{"", waybill.Unsupported, waybill.ReasonMethod}: {status: http.StatusMethodNotAllowed, code: "METHOD_NOT_ALLOWED"},
	{"", waybill.Conflict, ""}:                      {status: http.StatusConflict, code: "CONFLICT"},
	{"", waybill.InsufficientFunds, ""}:             {status: http.StatusUnprocessableEntity, code: "INSUFFICIENT_FUNDS"},
	{"", waybill.RateExpired, ""}:                   {status: http.StatusUnprocessableEntity, code: "RATE_EXPIRED"},
	{"", waybill.CarrierRejected, ""}:               {status: http.StatusUnprocessableEntity, code: "CARRIER_REJECTED"},
	{"", waybill.CarrierUnavailable, ""}:            {status: http.StatusServiceUnavailable, code: "CARRIER_UNAVAILABLE"},
	{"", waybill.TooManyRequests, ""}:               {status: http.StatusTooManyRequests, code: "TOO_MANY_REQUESTS", title: "Too many requests."},
	{"", waybill.Unavailable, ""}:                   {status: http.StatusServiceUnavailable, code: "SERVICE_UNAVAILABLE", text: "The service is not available. Please try again later."},
	{"", waybill.Internal, ""}:                      {status: http.StatusInternalServerError, code: "INTERNAL_SERVER_ERROR", text: broken},
	{opDeclare, waybill.Invalid, waybill.ReasonMismatch}: {
		status: http.StatusUnprocessableEntity, code: invalid, title: refused, field: kindLicence, text: "uhawb is not the one this shipment was given.",
	},
	{opInvoice, waybill.NotFound, ""}: {
		status: http.StatusUnprocessableEntity, code: invalid, title: refused, field: "trackingNumber", text: "trackingNumber is not that of a shipment.",
	},
}

func answerTo(op string, e *waybill.Error) answer {
	for _, key := range []faultKey{{op, e.Code, e.Reason}, {op, e.Code, ""}, {"", e.Code, e.Reason}} {
		if a, ok := faults[key]; ok {
			return a
		}
	}
	return faults[faultKey{"", e.Code, ""}]
}

// fault tells an error in the envelope. Wrong credentials alone are a bare JSON string, as the vendor has it:
// its client cannot read anything else there.
func fault(r *dialect.Request, e *waybill.Error) dialect.Reply {
	if r.Op == opToken && e.Code == waybill.Unauthenticated {
		return dialect.JSON(http.StatusUnauthorized, badLogin)
	}
	a := answerTo(r.Op, e)
	if e.Code == waybill.Invalid && len(e.Fields) > 0 && a.field == "" { // of any other kind they only say what the message does
		return failed(r, statusOf(e.Fields), refused, mistakesOf(e.Fields))
	}
	text := a.text
	if text == "" {
		text = sentence(e.Message)
	}
	title := a.title
	if title == "" {
		title = text
	}
	return failed(r, a.status, title, []mistake{{Code: a.code, Message: text, Field: a.field}})
}

// judged are the kinds of text that can be well formed and still be wrong.
var judged = map[string]bool{kindEmail: true, kindPhone: true, kindCurrency: true, kindCountry: true, kindLicence: true}

// statusOf is 422 when all that is wrong is what a member means; 400 as soon as one is missing, of a wrong type
// or length, or out of its bounds.
func statusOf(fields []waybill.FieldError) int {
	for _, f := range fields {
		if !judged[f.Limit] {
			return http.StatusBadRequest
		}
	}
	return http.StatusUnprocessableEntity
}

// engineNames are members that the engine knows under a name of its own.
var engineNames = map[string]string{"number": "trackingNumber"}

func mistakesOf(fields []waybill.FieldError) []mistake {
	mistakes := make([]mistake, len(fields))
	for i, f := range fields {
		mistakes[i] = mistake{Code: invalid, Message: messageOf(f), Field: f.Path}
		if name, ok := engineNames[f.Path]; ok {
			mistakes[i].Field = name
		}
	}
	return mistakes
}

// messageOf is a sentence that names a member by the last step of its path, as the vendor's do.
func messageOf(f waybill.FieldError) string {
	leaf := f.Path[strings.LastIndex(f.Path, ".")+1:]
	if f.Rule == waybill.RuleRequired || f.Rule == waybill.RuleEmpty && f.Limit == "" {
		return orBody(leaf) + " is required."
	}
	if rest, ok := strings.CutPrefix(f.Message, f.Path); ok {
		return sentence(leaf + rest)
	}
	return sentence(f.Message)
}

func orBody(leaf string) string {
	if leaf == "" {
		return "The body"
	}
	return leaf
}

// sentence ends a message with a point.
func sentence(message string) string {
	if message == "" || strings.HasSuffix(message, ".") {
		return message
	}
	return message + "."
}
