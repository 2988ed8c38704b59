package shiptheory

import (
	"strings"

	"waybill"
	"waybill/engine"
)

// The kinds of a history's lines.
const (
	lineError   = "error"
	lineInfo    = "info"
	lineSuccess = "success"
)

// message is one line of a shipment's history.
type message struct {
	Message string `json:"message"`
	Created string `json:"created"`
	Type    string `json:"type"`
}

// template is how a kind of event is told: {by} is who did it and from which address, {actor} who alone,
// {with} the carrier and its service, {why} what was said about it.
type template struct{ kind, text string }

// dispatch is told before a booking, whether the carrier answered at once or later.
var dispatch = template{lineInfo, "To be dispatched with {with}"}

// templates tell each kind of event; kinds that are not here leave no line. This API does not show where a
// parcel is, and not how we deal with a carrier behind the scenes.
var templates = map[waybill.EventKind]template{
	waybill.ShipmentCreated:    {lineInfo, "Shipment added{over} by {by}"},
	waybill.ShipmentRetried:    {lineInfo, "Shipment processed again{over} by {by}"},
	waybill.ShipmentChanged:    {lineInfo, "Shipment updated{over} by {by}"},
	waybill.ShipmentHeld:       {lineInfo, "Waiting: {why}"},
	waybill.ShipmentIgnored:    {lineInfo, "Ignored by the shipping rules: {why}"},
	waybill.ShipmentNoProvider: {lineError, "{why}"},
	waybill.ShipmentUnsettled:  dispatch,
	waybill.ShipmentFellBack:   dispatch,
	waybill.ShipmentBooked:     {lineSuccess, "{carrier} tracking reference received: {tracking}"},
	waybill.ShipmentFailed:     {lineError, "{carrier} error: {why}"},
	waybill.ShipmentCancelled:  {lineError, "Cancelled by {actor}"},
	waybill.CancelRequested:    {lineInfo, "Cancellation asked for by {actor}"},
	waybill.CancelRefused:      {lineError, "Not cancelled: {why}"},
	waybill.LabelPrinted:       {lineSuccess, "Printed & Archived by {actor}{via}"},
	waybill.ReturnBooked:       {lineSuccess, "Return label created with {with}: {tracking}"},
	waybill.ReturnFailed:       {lineError, "No return label from {with}: {why}"},
	waybill.ReturnCancelled:    {lineInfo, "Return label {tracking} cancelled by {actor}"},
	waybill.ShipmentDeclared:   {lineInfo, "Declared by {by}, carried by somebody else"},
	waybill.ShipmentInvoiced:   {lineInfo, "Invoiced by who carries it: {why}"},
	waybill.ShipmentRebilled:   {lineInfo, "{carrier} bills another price: {why}"},
	waybill.PurchaseUnsure:     {lineInfo, "{carrier} has not confirmed the booking yet; it is asked again"},
	waybill.PurchaseStuck:      {lineError, "{carrier} does not tell whether it took the booking; a person has to find out"},
}

// messagesOf are the lines of a shipment's history, oldest first. What the caller should know although the
// request was carried out follows the line that says that it came in.
func messagesOf(s waybill.Shipment, events []waybill.Event) []message {
	lines := []message{}
	told := "" // the carrier it was last said to go with
	for _, e := range events {
		t, ok := templates[e.Kind]
		if !ok {
			continue
		}
		if e.Kind == waybill.ShipmentBooked && told != with(e.Facts) {
			lines = append(lines, dispatch.tell(e))
		}
		if t == dispatch || e.Kind == waybill.ShipmentBooked {
			told = with(e.Facts)
		}
		lines = append(lines, t.tell(e))
		if e.Kind == waybill.ShipmentCreated {
			for _, notice := range s.Notices {
				lines = append(lines, message{notice, stamp(e.At), lineInfo})
			}
		}
	}
	return lines
}

func (t template) tell(e waybill.Event) message {
	f := e.Facts
	over, via := "", ""
	if e.Dialect != "" {
		over, via = " over API", " (API)"
	}
	carrier := f.Carrier
	if carrier == "" {
		carrier = "Carrier"
	}
	tracking := f.Tracking
	if tracking == "" {
		tracking = "none"
	}
	text := strings.NewReplacer(
		"{by}", by(e), "{actor}", e.Actor, "{over}", over, "{via}", via, "{with}", with(f), "{carrier}", carrier,
		"{tracking}", tracking, "{why}", f.Message,
	).Replace(t.text)
	return message{text, stamp(e.At), t.kind}
}

// by is who did something and from which address.
func by(e waybill.Event) string {
	if e.IP == "" {
		return e.Actor
	}
	return e.Actor + " (" + e.IP + ")"
}

// with is a carrier and its service, such as DHL's Domestic Economy.
func with(f waybill.Facts) string {
	if f.Service == "" {
		return f.Carrier
	}
	return f.Carrier + "'s " + f.Service
}

// outcome says in one line how a booking ended, and if it is not booked why.
func outcome(h engine.ShipmentHistory) string {
	s := h.Shipment
	switch {
	case s.Booking == waybill.Booked && s.Provider != nil:
		facts := waybill.Facts{Carrier: s.Provider.DisplayName, Tracking: s.Tracking}
		return templates[waybill.ShipmentBooked].tell(waybill.Event{Facts: facts}).Message
	case s.Booking == waybill.Unsettled:
		return "The carrier has not answered yet; get the shipment to see how the booking ends"
	}
	if lines := messagesOf(s, h.Events); len(lines) > 0 {
		return lines[len(lines)-1].Message
	}
	return "The shipment is stored with the status " + statuses[s.Booking]
}
