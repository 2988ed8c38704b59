package native

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/internal/redact"
)

// problem is an error as it is answered (RFC 9457), with what a program needs to act on it.
type problem struct {
	Type       string         `json:"type" format:"uri" doc:"Where the reason is explained."`
	Title      string         `json:"title" doc:"The reason in words, the same every time."`
	Status     int            `json:"status" doc:"The HTTP status."`
	Detail     string         `json:"detail" doc:"What went wrong this time, for a person."`
	Code       string         `json:"code" doc:"What sort of failure it is. A closed list."`
	Reason     string         `json:"reason" doc:"What exactly it was. A closed list; each belongs to one code."`
	RequestID  string         `json:"request_id" doc:"Names this request in the logs."`
	Severity   string         `json:"severity" enum:"hard,transient" doc:"hard: the same request will fail again. transient: it may succeed later."`
	Unsure     bool           `json:"unsure,omitempty" doc:"It may have happened all the same: look before you repeat it."`
	Errors     []fieldProblem `json:"errors,omitempty" doc:"What is wrong with which member."`
	Carrier    *carrierFault  `json:"carrier,omitempty" doc:"What the carrier said, in its own words."`
	RetryAfter int            `json:"retry_after,omitempty" doc:"Seconds until it makes sense to try again."`
}

type fieldProblem struct {
	Path    string `json:"path" doc:"The member, such as parcels[0].weight.value; query., path. or header. and its name for what is not in the body."`
	Rule    string `json:"rule" enum:"required,empty,max_length,max_items,number,integer,string,boolean,object,array,enum,unique,range,format,exists,needs" doc:"Which rule it broke."`
	Value   string `json:"value,omitempty" doc:"What was sent, shortened."`
	Limit   string `json:"limit,omitempty" doc:"The number or list that the rule speaks of."`
	Message string `json:"message" doc:"In words."`
}

type carrierFault struct {
	Name    string `json:"name,omitempty" doc:"Which carrier."`
	Code    string `json:"code,omitempty" doc:"The carrier's own code."`
	Message string `json:"message,omitempty" doc:"The carrier's own words; left out: it gave none."`
	Cause   string `json:"cause,omitempty" doc:"What that means, where it is known."`
	Remedy  string `json:"remedy,omitempty" doc:"What helps, where it is known."`
}

// showFault is what a carrier said, the same everywhere; nil: none said anything.
func showFault(f *waybill.CarrierFault) *carrierFault {
	if f == nil {
		return nil
	}
	return &carrierFault{f.Carrier, f.Code, f.Message, f.Cause, f.Remedy}
}

// seconds are a time to wait as it is told: whole ones, rounded up.
func seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

// statuses by code; reasons that have another are in reasonStatuses.
var statuses = map[waybill.Code]int{
	waybill.Invalid: http.StatusUnprocessableEntity, waybill.NotFound: http.StatusNotFound, waybill.Conflict: http.StatusConflict,
	waybill.Unauthenticated: http.StatusUnauthorized, waybill.Forbidden: http.StatusForbidden, waybill.Unsupported: http.StatusUnprocessableEntity,
	waybill.InsufficientFunds: http.StatusPaymentRequired, waybill.RateExpired: http.StatusConflict, waybill.TooManyRequests: http.StatusTooManyRequests,
	waybill.CarrierRejected: http.StatusUnprocessableEntity, waybill.CarrierUnavailable: http.StatusBadGateway,
	waybill.Unavailable: http.StatusServiceUnavailable, waybill.Internal: http.StatusInternalServerError,
}

var reasonStatuses = map[waybill.Reason]int{
	waybill.ReasonBadJSON: http.StatusBadRequest, waybill.ReasonBadID: http.StatusBadRequest, waybill.ReasonBadCursor: http.StatusBadRequest,
	waybill.ReasonBadType: http.StatusUnsupportedMediaType, waybill.ReasonTooLarge: http.StatusRequestEntityTooLarge,
	waybill.ReasonMethod: http.StatusMethodNotAllowed, waybill.ReasonNotAcceptable: http.StatusNotAcceptable,
}

// paths are members that the engine calls otherwise.
var paths = strings.NewReplacer(
	"totalweight", "total_weight", "parcelcount", "parcel_count", "pickuptime", "pickup_time", "deliverytime", "delivery_time",
	"pickupnotes", "pickup_notes", "returnkey", "return_location", "returnto", "return_to",
)

var boxed = regexp.MustCompile(`^(shipment\.)?parcels\[(\d+)\]\.size$`)

// fault writes an error as a problem document.
func fault(r *dialect.Request, e *waybill.Error) dialect.Reply {
	status := statusOf(r, e)
	p := problem{
		Type: r.Base + "/docs#" + string(e.Reason), Title: title(e), Status: status, Detail: e.Message,
		Code: string(e.Code), Reason: string(e.Reason), RequestID: r.ID, Severity: string(e.Severity), Unsure: e.Unsure,
	}
	if p.Severity == "" {
		p.Severity = string(waybill.Hard)
	}
	if e.RetryAfter > 0 {
		p.RetryAfter = seconds(e.RetryAfter)
	}
	for _, f := range e.Fields {
		if e.Reason == waybill.ReasonAlreadyBooked {
			continue // it tells of the shipment's number, and of nothing that was sent
		}
		path := f.Path
		if f.Rule == waybill.RuleExists { // the engine's one size is two members here: a named one, and measures
			path = boxed.ReplaceAllString(path, "${1}parcels[$2].package_size")
		}
		path = paths.Replace(path)
		if secret(path) {
			f.Value = ""
		}
		p.Errors = append(p.Errors, fieldProblem{path, string(f.Rule), f.Value, f.Limit, f.Message})
	}
	p.Carrier = showFault(e.Fault)
	reply := dialect.JSON(status, p)
	reply.Header = http.Header{"Content-Type": {"application/problem+json"}}
	if status == http.StatusUnauthorized {
		reply.Header.Set("WWW-Authenticate", `Bearer realm="waybill"`)
	}
	return reply
}

// secret reports whether a path leads to a secret, or to what is below one: such a value is not told again.
func secret(path string) bool {
	return slices.ContainsFunc(steps.FindAllString(path, -1), redact.Secret)
}

// statusOf is the HTTP status of an error. A version that moved on is a failed precondition where the caller made it
// one.
func statusOf(r *dialect.Request, e *waybill.Error) int {
	if e.Reason == waybill.ReasonVersion && r.Header.Get("If-Match") != "" {
		return http.StatusPreconditionFailed
	}
	if status, ok := reasonStatuses[e.Reason]; ok {
		return status
	}
	if status, ok := statuses[e.Code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// title is a reason, else a code, as words.
func title(e *waybill.Error) string {
	text := string(e.Reason)
	if text == "" {
		text = string(e.Code)
	}
	text = strings.ReplaceAll(text, "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}
