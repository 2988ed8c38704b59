package waybill

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code says what kind of failure an error is. Act on code and reason, never on the message.
type Code string

// The closed list of codes.
const (
	Invalid            Code = "invalid"
	NotFound           Code = "not_found"
	Conflict           Code = "conflict"
	Unauthenticated    Code = "unauthenticated"
	Forbidden          Code = "forbidden"
	Unsupported        Code = "unsupported"
	InsufficientFunds  Code = "insufficient_funds"
	RateExpired        Code = "rate_expired"
	TooManyRequests    Code = "too_many_requests"
	CarrierRejected    Code = "carrier_rejected"
	CarrierUnavailable Code = "carrier_unavailable"
	Unavailable        Code = "unavailable" // we are draining, full or read-only
	Internal           Code = "internal"
)

// Codes lists every code.
var Codes = []Code{
	Invalid, NotFound, Conflict, Unauthenticated, Forbidden, Unsupported, InsufficientFunds, RateExpired,
	TooManyRequests, CarrierRejected, CarrierUnavailable, Unavailable, Internal,
}

// Reason narrows a code down. Each belongs to exactly one code: see [Reasons].
type Reason string

// The closed list of reasons.
const (
	ReasonFields           Reason = "fields" // see Error.Fields
	ReasonBadJSON          Reason = "bad_json"
	ReasonBadType          Reason = "bad_type" // content type
	ReasonTooLarge         Reason = "too_large"
	ReasonEmptyUpdate      Reason = "empty_update"
	ReasonUnknownLocation  Reason = "unknown_location"
	ReasonBadID            Reason = "bad_id"
	ReasonBadCursor        Reason = "bad_cursor"
	ReasonRange            Reason = "range"  // a date range that is too wide or runs backwards
	ReasonFrozen           Reason = "frozen" // a field that can no longer change
	ReasonNotLocated       Reason = "not_located"
	ReasonExpiry           Reason = "expiry"
	ReasonUnknownService   Reason = "unknown_service"
	ReasonFormat           Reason = "format" // a label format that cannot be had
	ReasonUnknownShipment  Reason = "unknown_shipment"
	ReasonUnknownRecord    Reason = "unknown_record"
	ReasonUnknownRoute     Reason = "unknown_route"
	ReasonNoPage           Reason = "no_page"
	ReasonNoLabel          Reason = "no_label"
	ReasonMethod           Reason = "method"
	ReasonNotAcceptable    Reason = "not_acceptable"
	ReasonDuplicate        Reason = "duplicate_reference"
	ReasonTaken            Reason = "taken"  // any other unique value in use
	ReasonInUse            Reason = "in_use" // something rests on it
	ReasonKeyReused        Reason = "key_reused"
	ReasonKeyRunning       Reason = "key_running"
	ReasonVersion          Reason = "version"
	ReasonUnsettled        Reason = "unsettled"
	ReasonAlreadyCancelled Reason = "already_cancelled"
	ReasonCancelRefused    Reason = "cancel_refused"
	ReasonCancelNotOffered Reason = "cancel_not_offered"
	ReasonNotRetryable     Reason = "not_retryable"
	ReasonNotBookable      Reason = "not_bookable"
	ReasonAlreadyBooked    Reason = "already_booked" // Error.Fields[0].Value is its tracking number
	ReasonUnknownRate      Reason = "unknown_rate"   // none of the rates is the one the caller named
	ReasonMismatch         Reason = "mismatch"       // two members name different things
	ReasonRegistration     Reason = "registration"   // the carrier would not take a pickup place into its books
	ReasonNoConnection     Reason = "no_connection"
	ReasonNoRate           Reason = "no_rate"
	ReasonBookingFailed    Reason = "booking_failed"
	ReasonCarrier          Reason = "carrier" // a carrier's refusal without a mapping
	ReasonCarrierAddress   Reason = "carrier_address"
	ReasonCarrierOutage    Reason = "carrier_outage"
	ReasonCarrierLimit     Reason = "carrier_limit"
	ReasonCarrierLogin     Reason = "carrier_login"
	ReasonCarrierAbility   Reason = "carrier_ability"
	ReasonTokenMissing     Reason = "token_missing"
	ReasonTokenBad         Reason = "token_bad"
	ReasonTokenExpired     Reason = "token_expired"
	ReasonLogin            Reason = "login"
	ReasonIP               Reason = "ip"
	ReasonOrigin           Reason = "origin"
	ReasonRole             Reason = "role"
	ReasonForeign          Reason = "foreign" // exists, but is another account's
	ReasonRateLimit        Reason = "rate_limit"
	ReasonQueueFull        Reason = "queue_full"
	ReasonDraining         Reason = "draining"
	ReasonDiskFull         Reason = "disk_full"
	ReasonDatabase         Reason = "database" // does not answer, or not in time
	ReasonBalance          Reason = "balance_low"
	ReasonSpendLimit       Reason = "spend_limit" // more than a connection's own limit of a day or month
	ReasonRateExpired      Reason = "rate_expired"
	ReasonBug              Reason = "bug"
)

// Reasons tells each reason's code.
var Reasons = map[Reason]Code{
	ReasonFields: Invalid, ReasonBadJSON: Invalid, ReasonBadType: Invalid, ReasonTooLarge: Invalid,
	ReasonEmptyUpdate: Invalid, ReasonUnknownLocation: Invalid, ReasonBadID: Invalid, ReasonBadCursor: Invalid,
	ReasonRange: Invalid, ReasonFrozen: Invalid, ReasonNotLocated: Invalid, ReasonExpiry: Invalid,
	ReasonUnknownService: Invalid, ReasonFormat: Invalid, ReasonUnknownRate: Invalid, ReasonMismatch: Invalid,
	ReasonUnknownShipment: NotFound, ReasonUnknownRecord: NotFound, ReasonUnknownRoute: NotFound,
	ReasonNoPage: NotFound, ReasonNoLabel: NotFound,
	ReasonMethod: Unsupported, ReasonNotAcceptable: Unsupported,
	ReasonDuplicate: Conflict, ReasonTaken: Conflict, ReasonInUse: Conflict, ReasonKeyReused: Conflict, ReasonKeyRunning: Conflict,
	ReasonVersion: Conflict, ReasonUnsettled: Conflict, ReasonAlreadyCancelled: Conflict,
	ReasonNotRetryable: Conflict, ReasonNotBookable: Conflict, ReasonAlreadyBooked: Conflict,
	ReasonCancelRefused: CarrierRejected, ReasonCancelNotOffered: Unsupported,
	ReasonNoConnection: CarrierRejected, ReasonNoRate: CarrierRejected, ReasonBookingFailed: CarrierRejected,
	ReasonRegistration: CarrierRejected,
	ReasonCarrier:      CarrierRejected, ReasonCarrierAddress: CarrierRejected, ReasonCarrierLogin: CarrierRejected,
	ReasonCarrierOutage: CarrierUnavailable, ReasonCarrierLimit: CarrierUnavailable,
	ReasonCarrierAbility: Unsupported,
	ReasonTokenMissing:   Unauthenticated, ReasonTokenBad: Unauthenticated, ReasonTokenExpired: Unauthenticated,
	ReasonLogin: Unauthenticated,
	ReasonIP:    Forbidden, ReasonOrigin: Forbidden, ReasonRole: Forbidden, ReasonForeign: Forbidden,
	ReasonRateLimit: TooManyRequests, ReasonQueueFull: TooManyRequests,
	ReasonDraining: Unavailable, ReasonDiskFull: Unavailable, ReasonDatabase: Unavailable,
	ReasonBalance:     InsufficientFunds,
	ReasonSpendLimit:  CarrierRejected,
	ReasonRateExpired: RateExpired,
	ReasonBug:         Internal,
}

// Severity tells "never" from "later".
type Severity string

// Hard: the same request will fail again. Transient: it may succeed later.
const (
	Hard      Severity = "hard"
	Transient Severity = "transient"
)

// FieldRule names the rule a field broke.
type FieldRule string

// The closed list of field rules.
const (
	RuleRequired  FieldRule = "required"
	RuleEmpty     FieldRule = "empty"
	RuleMaxLength FieldRule = "max_length"
	RuleMaxItems  FieldRule = "max_items"
	RuleNumber    FieldRule = "number"
	RuleInteger   FieldRule = "integer"
	RuleString    FieldRule = "string"
	RuleBoolean   FieldRule = "boolean"
	RuleObject    FieldRule = "object"
	RuleArray     FieldRule = "array"
	RuleEnum      FieldRule = "enum"
	RuleUnique    FieldRule = "unique"
	RuleRange     FieldRule = "range"
	RuleFormat    FieldRule = "format"
	RuleExists    FieldRule = "exists"
	RuleNeeds     FieldRule = "needs" // only together with another field
)

// FieldError is one thing wrong with one field of the caller's request. Path is dotted in the
// domain's own names or the dialect's (as the decoder that made it writes them), items as [n].
type FieldError struct {
	Path    string
	Rule    FieldRule
	Value   string // as given, shortened; empty when absent
	Limit   string // the number or list that the rule speaks of
	Message string
}

// CarrierFault is what a carrier said, in its own words, and where that is known what it means and what helps.
type CarrierFault struct {
	Carrier string
	Code    string
	Message string
	Status  int // HTTP
	Cause   string
	Remedy  string
	Wait    time.Duration // how long it said to wait; 0: it did not say
}

// Error is the only kind of error that crosses a package border; any other is shown as internal
// and logged with the request id.
type Error struct {
	Op         string // what was being done, such as "ups.ship"
	Code       Code
	Reason     Reason
	Severity   Severity
	Unsure     bool // the effect may have happened: find out, do not repeat. Wins over Transient
	Message    string
	Fields     []FieldError
	Fault      *CarrierFault
	RetryAfter time.Duration
	Err        error
}

// E makes an error of a reason; its code follows from [Reasons].
func E(op string, reason Reason, format string, args ...any) *Error {
	e := &Error{Op: op, Code: Reasons[reason], Reason: reason, Severity: Hard, Message: fmt.Sprintf(format, args...)}
	switch e.Code {
	case TooManyRequests, CarrierUnavailable, Unavailable, Internal:
		e.Severity = Transient
	}
	return e
}

// FieldErrors makes an invalid-request error of field errors; nil when there are none.
func FieldErrors(op string, fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	e := E(op, ReasonFields, "%s", fields[0].Message)
	e.Fields = fields
	return e
}

// Error is the operation, the message and the cause; for logs and people, never for programs.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Logged is an error as it may stand in a log: what was done and how it failed, without words that a carrier or a
// caller chose, which may repeat names and addresses. An internal error, which nobody else's words reach, is told whole.
func Logged(err error) string {
	e := AsError(err)
	if e == nil || e.Code == Internal {
		return fmt.Sprint(err)
	}
	how := string(e.Reason)
	if how == "" { // nobody's words but ours
		how = e.Message
	}
	said := strings.TrimPrefix(e.Op+": ", ": ") + how
	if e.Fault != nil && e.Fault.Code != "" {
		said += " (" + e.Fault.Carrier + " " + e.Fault.Code + ")"
	}
	if e.Unsure {
		said += ", unsure"
	}
	if cause := AsError(e.Err); cause != nil && cause.Code != Internal {
		said += ": " + Logged(cause)
	}
	return said
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// AsError finds the *Error in an error; anything else becomes an internal one that withholds the text.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, Reason: ReasonBug, Severity: Transient, Message: "internal error", Err: err}
}

// ReasonOf is the reason of an error; empty for nil.
func ReasonOf(err error) Reason {
	if err == nil {
		return ""
	}
	return AsError(err).Reason
}

// IsCode reports whether the error has the code.
func IsCode(err error, code Code) bool { return err != nil && AsError(err).Code == code }
