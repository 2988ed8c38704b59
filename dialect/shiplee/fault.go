package shiplee

import (
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
)

// faultKey is what an answer depends on: the operation ("": any), the error's code and its reason ("":
// any).
type faultKey struct {
	op     string
	code   waybill.Code
	reason waybill.Reason
}

// answer is how an error is told: {message} is what it says itself, {remark} the carrier's own words if there are
// any, {value} what was wrong, {limit} what it falls short of, {ip} where the caller is.
type answer struct {
	status int
	text   string
}

// The vendor's texts that stand in more than one place.
const (
	message     = "{message}"
	noParameter = "Missing required parameters"
	noOrder     = "Order or warehouse not found"
	isBooked    = "Order already booked with AWB: {value}"
	noCourier   = "Unsupported courier for carrierName: {value}"
	noRate      = "Selected carrier ID '{value}' not found in rates"
	failed      = "Booking failed: {remark}"
	noAWB       = "Booking failed: Missing or invalid AWB number" // the courier turned out to have no such booking
	noRegister  = "Failed to register warehouse with {carrier}"
	notFound    = "AWB not found: {value}"
)

// faults holds every answer that is not success. The most exact key counts: operation and reason, then
// operation and code, then reason, then code. How a reverse booking was refused is told with status 200, as the
// vendor does: registration, the courier's refusal, an offer that is none.
var faults = map[faultKey]answer{
	{"", waybill.Invalid, ""}:                                    {http.StatusBadRequest, message},
	{"", waybill.Invalid, waybill.ReasonTooLarge}:                {http.StatusRequestEntityTooLarge, "Request body too large"},
	{"", waybill.Unauthenticated, ""}:                            {http.StatusUnauthorized, "Invalid JWT token"},
	{"", waybill.Forbidden, ""}:                                  {http.StatusForbidden, message},
	{"", waybill.Forbidden, waybill.ReasonIP}:                    {http.StatusForbidden, "The IP '{ip}' is not whitelisted"},
	{"", waybill.Forbidden, waybill.ReasonOrigin}:                {http.StatusForbidden, "The domain '{value}' is not whitelisted"},
	{"", waybill.NotFound, ""}:                                   {http.StatusNotFound, message},
	{"", waybill.Unsupported, ""}:                                {http.StatusUnprocessableEntity, message},
	{"", waybill.Unsupported, waybill.ReasonMethod}:              {http.StatusMethodNotAllowed, "Method not allowed"},
	{"", waybill.Conflict, ""}:                                   {http.StatusConflict, message},
	{"", waybill.Conflict, waybill.ReasonUnsettled}:              {http.StatusConflict, inProgress},
	{"", waybill.InsufficientFunds, ""}:                          {http.StatusPaymentRequired, "Insufficient balance (< ₹{limit})"},
	{"", waybill.RateExpired, ""}:                                {http.StatusConflict, message},
	{"", waybill.CarrierRejected, ""}:                            {http.StatusUnprocessableEntity, "{remark}"},
	{"", waybill.CarrierUnavailable, ""}:                         {http.StatusServiceUnavailable, "{remark}"},
	{"", waybill.TooManyRequests, ""}:                            {http.StatusTooManyRequests, "Too many requests. Please slow down."},
	{"", waybill.Unavailable, ""}:                                {http.StatusServiceUnavailable, "Service temporarily unavailable. Please try again later."},
	{"", waybill.Internal, ""}:                                   {http.StatusInternalServerError, "Internal server error"},
	{opLogin, waybill.Unauthenticated, ""}:                       {http.StatusUnauthorized, "Invalid username or API key"},
	{opOrder, waybill.Conflict, waybill.ReasonDuplicate}:         {http.StatusConflict, "Order already exists with orderID: {value}"},
	{opReverse, waybill.NotFound, ""}:                            {http.StatusNotFound, "Order not found"},
	{opReverse, waybill.Invalid, waybill.ReasonUnknownLocation}:  {http.StatusBadRequest, "Invalid or unauthorized warehouse"},
	{opReverse, waybill.Invalid, waybill.ReasonMismatch}:         {http.StatusBadRequest, "Invalid awbNumber: it is not the AWB of this order"},
	{opRates, waybill.NotFound, ""}:                              {http.StatusNotFound, noOrder},
	{opRates, waybill.Invalid, waybill.ReasonUnknownLocation}:    {http.StatusNotFound, noOrder},
	{opTrack, waybill.NotFound, ""}:                              {http.StatusNotFound, notFound},
	{opLabel, waybill.NotFound, ""}:                              {http.StatusNotFound, notFound},
	{opLabel, waybill.NotFound, waybill.ReasonNoLabel}:           {http.StatusNotFound, message},
	{opCancel, waybill.NotFound, ""}:                             {http.StatusNotFound, notFound},
	{opCancel, waybill.Conflict, waybill.ReasonAlreadyCancelled}: {http.StatusConflict, "Shipment is already cancelled"},

	{opBook, waybill.NotFound, ""}:                                {http.StatusNotFound, noOrder},
	{opBook, waybill.Invalid, waybill.ReasonUnknownLocation}:      {http.StatusNotFound, noOrder},
	{opBook, waybill.Conflict, waybill.ReasonAlreadyBooked}:       {http.StatusConflict, isBooked},
	{opBook, waybill.Conflict, waybill.ReasonUnsettled}:           {http.StatusAccepted, inProgress},
	{opBook, waybill.Invalid, waybill.ReasonUnknownService}:       {http.StatusBadRequest, noCourier},
	{opBook, waybill.Invalid, waybill.ReasonUnknownRate}:          {http.StatusBadRequest, noRate},
	{opBook, waybill.CarrierRejected, waybill.ReasonRegistration}: {http.StatusUnprocessableEntity, noRegister},
	{opBook, waybill.CarrierRejected, ""}:                         {http.StatusUnprocessableEntity, failed},
	{opBook, waybill.CarrierUnavailable, ""}:                      {http.StatusServiceUnavailable, failed},
	{opBook, waybill.Unsupported, waybill.ReasonCarrierAbility}:   {http.StatusUnprocessableEntity, failed},

	{opReverseBook, waybill.NotFound, ""}:                                 {http.StatusNotFound, noOrder},
	{opReverseBook, waybill.Invalid, waybill.ReasonUnknownLocation}:       {http.StatusNotFound, noOrder},
	{opReverseBook, waybill.Conflict, waybill.ReasonAlreadyBooked}:        {http.StatusConflict, isBooked},
	{opReverseBook, waybill.Conflict, waybill.ReasonUnsettled}:            {http.StatusAccepted, inProgress},
	{opReverseBook, waybill.Invalid, waybill.ReasonUnknownService}:        {http.StatusBadRequest, noCourier},
	{opReverseBook, waybill.Invalid, waybill.ReasonUnknownRate}:           {http.StatusOK, noRate},
	{opReverseBook, waybill.CarrierRejected, waybill.ReasonRegistration}:  {http.StatusOK, noRegister},
	{opReverseBook, waybill.CarrierRejected, waybill.ReasonBookingFailed}: {http.StatusOK, noAWB},
	{opReverseBook, waybill.CarrierRejected, ""}:                          {http.StatusOK, failed},
	{opReverseBook, waybill.CarrierUnavailable, ""}:                       {http.StatusOK, failed},
	{opReverseBook, waybill.Unsupported, waybill.ReasonCarrierAbility}:    {http.StatusOK, failed},
}

func answerTo(op string, e *waybill.Error) answer {
	for _, key := range []faultKey{{op, e.Code, e.Reason}, {op, e.Code, ""}, {"", e.Code, e.Reason}} {
		if a, ok := faults[key]; ok {
			return a
		}
	}
	return faults[faultKey{"", e.Code, ""}]
}

func fault(r *dialect.Request, e *waybill.Error) dialect.Reply {
	a := answerTo(r.Op, e)
	text, first := e.Message, waybill.FieldError{}
	if len(e.Fields) > 0 {
		first = e.Fields[0]
	}
	if e.Reason == waybill.ReasonFields && len(e.Fields) > 0 {
		text = wrong(r.Op, e.Fields)
	}
	remark, carrier := e.Message, "the courier"
	if e.Fault != nil {
		if e.Fault.Message != "" {
			remark = e.Fault.Message
		}
		if name := e.Fault.Carrier; name != "" {
			carrier = strings.ToUpper(name[:1]) + name[1:]
		}
	}
	text = strings.NewReplacer(
		message, text, "{remark}", remark, "{carrier}", carrier, "{value}", first.Value, "{ip}", r.IP,
		"{limit}", string(waybill.Decimal(first.Limit).Convert(1, 1, 2)),
	).Replace(a.text)
	return dialect.JSON(a.status, said{false, text})
}

// wrong says what is wrong with a request: that something is missing before all else, then whatever stands first.
// The calls that book say in one sentence that something is missing, the others what.
func wrong(op string, fields []waybill.FieldError) string {
	for _, f := range fields {
		if f.Rule != waybill.RuleRequired && f.Rule != waybill.RuleEmpty {
			continue
		}
		if op == opRates || op == opBook || op == opReverseBook {
			return noParameter
		}
		return "Missing required field: " + wireName(op, f.Path)
	}
	f := fields[0]
	name := wireName(op, f.Path)
	if strings.HasPrefix(f.Message, "Invalid ") {
		return f.Message
	}
	return "Invalid " + name + ": " + strings.TrimPrefix(f.Message, f.Path+" ")
}

// wireName is a member's name where the engine knows it under another.
func wireName(op, path string) string {
	if op == opOrder && path == "reference" {
		return "orderID"
	}
	return path
}
