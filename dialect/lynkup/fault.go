package lynkup

import (
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
)

// The error types, closed. FORBIDDEN is known from the vendor's older API alone.
const (
	typeUnauthorized    = "UNAUTHORIZED"
	typeForbidden       = "FORBIDDEN"
	typeServer          = "INTERNAL_SERVER_ERROR"
	typeTooMany         = "TOO_MANY_REQUESTS"
	typeValidation      = "VALIDATION_ERROR"
	typeInvalid         = "INVALID_DATA"
	typeNotFound        = "NOT_FOUND"
	typeDuplicateID     = "DUPLICATE_ID"
	typeDuplicateName   = "DUPLICATE_NAME"
	typeDuplicate       = "DUPLICATE_RESOURCE"
	typeNotAssigned     = "NO_PROVIDER_ASSIGNED"
	typeNotMatched      = "NO_PROVIDER_MATCHED"
	typePlaceFailed     = "PLACE_ORDER_FAILED"
	typeGeocoding       = "GEOCODING_FAILED"
	typeUnmapped        = "UNMAPPED_ERROR"
	typeCancelForbidden = "CANCELLATION_NOT_ALLOWED"
	typeCancelFailed    = "ORDER_CANCELLATION_FAILED"
	typeCancelled       = "ORDER_ALREADY_CANCELED"
	typeOperation       = "INVALID_OPERATION"
	// typeNotCancelable stands inside a failed cancellation, for the provider's own refusal.
	typeNotCancelable = "NON_CANCELABLE_DELIVERY"
)

// answer is one documented error: its status, its type, its text. In the text {id} is the order asked
// for, {field} the first wrong field, {detail} what is wrong in words.
type answer struct {
	status int
	kind   string
	text   string
}

// The answers that several operations share, with the vendor's own texts.
var (
	unauthorized = answer{http.StatusUnauthorized, typeUnauthorized, "Unauthorized: Invalid or missing authentication token"}
	serverError  = answer{http.StatusInternalServerError, typeServer, "Internal Server Error: An unexpected error occurred while processing the request"}
	unavailable  = answer{http.StatusServiceUnavailable, typeServer, "Service Unavailable: The request may be issued again shortly"}
	tooMany      = answer{http.StatusTooManyRequests, typeTooMany, "Too many requests received per second."}
	forbidden    = answer{http.StatusForbidden, typeForbidden, "Forbidden: {detail}"}
	notFound     = answer{http.StatusNotFound, typeNotFound, "Order with id, {id}, is not found"}
	validation   = answer{http.StatusBadRequest, typeValidation, "Invalid Data: {detail}"}
	notAssigned  = answer{http.StatusUnprocessableEntity, typeNotAssigned, "No Provider has been assigned to the mentioned location."}
	notMatched   = answer{http.StatusUnprocessableEntity, typeNotMatched, "No Provider matched the criteria for the requested delivery."}
	placeFailed  = answer{http.StatusUnprocessableEntity, typePlaceFailed, "Failed to place the requested order with the configured providers."}
	notLocated   = answer{http.StatusUnprocessableEntity, typeGeocoding, "Geocoding Service for the given address failed."}
	unmapped     = answer{http.StatusUnprocessableEntity, typeUnmapped, "Request received unidentifiable error response."}
	noLocation   = answer{http.StatusUnprocessableEntity, typeInvalid, "Invalid Data: No such {field} exists in our system. Please provide a valid {field}."}
	duplicate    = answer{http.StatusUnprocessableEntity, typeDuplicate, "Resource already exists."}
	conflict     = answer{http.StatusConflict, typeOperation, "Invalid Operation: {detail}"}
	wrongList    = answer{http.StatusBadRequest, typeInvalid, "Invalid Data: {detail}"}
	wrongEdit    = answer{http.StatusBadRequest, typeInvalid, "Invalid data: The value for the {field} field is invalid"}
)

// byCode answers every error that no table below knows better.
var byCode = map[waybill.Code]answer{
	waybill.Invalid:            validation,
	waybill.NotFound:           {http.StatusNotFound, typeNotFound, "Not Found: {detail}"},
	waybill.Conflict:           conflict,
	waybill.Unauthenticated:    unauthorized,
	waybill.Forbidden:          forbidden,
	waybill.Unsupported:        unmapped,
	waybill.InsufficientFunds:  placeFailed,
	waybill.RateExpired:        placeFailed,
	waybill.TooManyRequests:    tooMany,
	waybill.CarrierRejected:    unmapped,
	waybill.CarrierUnavailable: unmapped,
	waybill.Unavailable:        unavailable,
	waybill.Internal:           serverError,
}

// byReason are errors that read the same in every operation.
var byReason = map[waybill.Reason]answer{
	waybill.ReasonTooLarge:      {http.StatusRequestEntityTooLarge, typeValidation, "Invalid Data: {detail}"},
	waybill.ReasonMethod:        {http.StatusMethodNotAllowed, typeOperation, "Invalid Operation: {detail}"},
	waybill.ReasonNotAcceptable: {http.StatusNotAcceptable, typeOperation, "Invalid Operation: {detail}"},
	waybill.ReasonNotLocated:    notLocated,
	waybill.ReasonNoConnection:  notAssigned,
	waybill.ReasonNoRate:        notMatched,
	waybill.ReasonBookingFailed: placeFailed,
}

// booking are the errors of placing an order with a provider: create, edit and retry share them. A
// provider's answer that has no meaning here (ReasonCarrier) stays unmapped.
var booking = map[waybill.Reason]answer{
	waybill.ReasonCarrierAddress: placeFailed,
	waybill.ReasonCarrierOutage:  placeFailed,
	waybill.ReasonCarrierLimit:   placeFailed,
	waybill.ReasonCarrierLogin:   placeFailed,
	waybill.ReasonCarrierAbility: placeFailed,
}

// byOperation are each operation's own errors.
var byOperation = map[string]map[waybill.Reason]answer{
	opCreate: with(booking, map[waybill.Reason]answer{
		waybill.ReasonUnknownLocation: noLocation,
		waybill.ReasonDuplicate:       {http.StatusUnprocessableEntity, typeDuplicateID, "Resource with provided id already exists."},
		waybill.ReasonTaken:           {http.StatusUnprocessableEntity, typeDuplicateName, "Resource with provided name already exists."},
		waybill.ReasonKeyReused:       duplicate,
		waybill.ReasonKeyRunning:      duplicate,
	}),
	opList: {
		waybill.ReasonFields:    wrongList,
		waybill.ReasonBadJSON:   wrongList,
		waybill.ReasonBadCursor: {http.StatusBadRequest, typeInvalid, "Invalid Data: paginationToken is not one that was answered to this request"},
		waybill.ReasonRange:     wrongList,
	},
	opGet: {
		waybill.ReasonUnknownShipment: {http.StatusNotFound, typeNotFound, "Not Found: Order with id, {id}, is not found"},
		waybill.ReasonBadID:           {http.StatusUnprocessableEntity, typeInvalid, "Invalid data: Invalid Order Id"},
	},
	opEdit: with(booking, map[waybill.Reason]answer{
		waybill.ReasonUnknownShipment: notFound,
		waybill.ReasonBadID:           notFound,
		waybill.ReasonFields:          wrongEdit,
		waybill.ReasonUnknownLocation: wrongEdit,
		waybill.ReasonDuplicate:       wrongEdit,
		waybill.ReasonTaken:           wrongEdit,
		waybill.ReasonFrozen:          {http.StatusBadRequest, typeValidation, "packages parameter cannot be changed post order dispatch"},
	}),
	opCancel: {
		waybill.ReasonUnknownShipment:  notFound,
		waybill.ReasonBadID:            notFound,
		waybill.ReasonCancelNotOffered: {http.StatusForbidden, typeCancelForbidden, "Provider does not allow cancellation of orders."},
		waybill.ReasonCancelRefused:    {http.StatusUnprocessableEntity, typeCancelFailed, "Provider failed to cancel order"},
		waybill.ReasonAlreadyCancelled: {http.StatusConflict, typeCancelled, "Requested order is already in Cancelled state."},
		waybill.ReasonUnsettled:        unmapped,
	},
	opRetry: with(booking, map[waybill.Reason]answer{
		waybill.ReasonUnknownShipment: notFound,
		waybill.ReasonBadID:           {http.StatusUnprocessableEntity, typeInvalid, "Order Id value is invalid"},
		waybill.ReasonUnknownLocation: noLocation,
		waybill.ReasonNotRetryable:    {http.StatusConflict, typeOperation, "The Order can no longer be retried"},
		waybill.ReasonUnsettled:       {http.StatusConflict, typeOperation, "The Order can no longer be retried"},
	}),
}

func with(tables ...map[waybill.Reason]answer) map[waybill.Reason]answer {
	all := map[waybill.Reason]answer{}
	for _, table := range tables {
		for reason, a := range table {
			all[reason] = a
		}
	}
	return all
}

// answerTo finds an error's answer: the operation's own, the reason's, the code's.
func answerTo(op string, e *waybill.Error) answer {
	if e.Reason == waybill.ReasonFrozen && len(e.Fields) == 0 {
		return validation // not one field is frozen but the whole order
	}
	if a, ok := byOperation[op][e.Reason]; ok {
		return a
	}
	if a, ok := byReason[e.Reason]; ok {
		return a
	}
	if a, ok := byCode[e.Code]; ok {
		return a
	}
	return serverError
}

// failure is an error on the wire. errors says at least once what is wrong, where that is known with the
// parameter or the provider it is about.
type failure struct {
	Type    string   `json:"type"`
	Message string   `json:"message"`
	Errors  []detail `json:"errors"`
}

type detail struct {
	Provider  string `json:"provider,omitempty"`
	Type      string `json:"type"`
	Message   string `json:"message"`
	Code      int    `json:"code,omitempty"`
	Parameter string `json:"parameter,omitempty"` // "name: value", or the name alone
}

// fault puts an error into the API's words.
func fault(r *dialect.Request, e *waybill.Error) dialect.Reply {
	if r.Op == opToken {
		return tokenFault(e)
	}
	a := answerTo(r.Op, e)
	out := failure{Type: a.kind, Message: a.say(r, e)}
	switch {
	case len(e.Fields) > 0:
		for _, f := range e.Fields {
			out.Errors = append(out.Errors, detail{Type: a.kind, Message: f.Message, Parameter: about(f)})
		}
	case e.Fault != nil:
		out.Errors = []detail{{Provider: e.Fault.Carrier, Type: a.kind, Message: e.Fault.Message, Code: e.Fault.Status}}
		if a.kind == typeCancelFailed {
			out.Errors[0].Type = typeNotCancelable
		}
	case a.status < http.StatusInternalServerError && a.status != http.StatusNotFound && e.Message != "":
		out.Errors = []detail{{Type: a.kind, Message: e.Message, Parameter: fieldOf[e.Reason]}}
	default:
		out.Errors = []detail{{Type: a.kind, Message: out.Message}}
	}
	return dialect.JSON(a.status, out)
}

// fieldOf names the field that an error is about by its very nature.
var fieldOf = map[waybill.Reason]string{
	waybill.ReasonUnknownLocation: "locationExternalId",
	waybill.ReasonDuplicate:       "orderExternalId",
	waybill.ReasonTaken:           "orderExternalId",
	waybill.ReasonRange:           "lastUpdatedAt",
	waybill.ReasonBadCursor:       "paginationToken",
}

// say fills in an answer's text.
func (a answer) say(r *dialect.Request, e *waybill.Error) string {
	field, words := fieldOf[e.Reason], e.Message
	if len(e.Fields) > 0 {
		field, words = parameter(e.Fields[0].Path), e.Fields[0].Message
	}
	return strings.NewReplacer("{id}", r.Params[externalID], "{field}", field, "{detail}", words).Replace(a.text)
}

// about names the parameter an error is about, with the value that was given for it.
func about(f waybill.FieldError) string {
	name := parameter(f.Path)
	if f.Value == "" {
		return name
	}
	return name + ": " + f.Value
}

// tokenFault is the token endpoint's own shape, the one of the gateway it copies: a code of digits and a
// message, inside response.errors.
func tokenFault(e *waybill.Error) dialect.Reply {
	type one struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	var out struct {
		Response struct {
			Errors []one `json:"errors"`
		} `json:"response"`
	}
	a := answerTo(opToken, e)
	said := map[int]one{
		http.StatusUnauthorized:        {"10401", "Invalid Authentication Information."},
		http.StatusForbidden:           {"10403", "Blocked Merchant."},
		http.StatusTooManyRequests:     {"10429", "Quota Limit Exceeded."},
		http.StatusInternalServerError: {"10500", "An unexpected error occurred."},
		http.StatusServiceUnavailable:  {"10503", "The service is not available; try again shortly."},
	}
	if _, ok := said[a.status]; !ok {
		said[a.status] = one{"10400", "Invalid Request: " + e.Message}
	}
	out.Response.Errors = []one{said[a.status]}
	return dialect.JSON(a.status, out)
}
