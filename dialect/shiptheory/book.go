package shiptheory

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// Limits of one booking.
const (
	maxReference  = 100 // bytes; what every view can ask for again
	longReference = 25  // characters; carriers may refuse longer ones
	maxParcels    = 100
	maxProducts   = 1000
	maxTags       = 50
	maxMetadata   = 50
	maxIncrement  = 1_000_000
	maxID         = 1<<53 - 1 // the largest number that JavaScript clients can name
)

// booking is a booking being read. Extra collects what only this API knows, by dotted path.
type booking struct {
	engine.CreateShipment
	duty  waybill.TaxID
	extra map[string]json.RawMessage
}

// decodeBook reads a shipment. A service that does not exist is no choice: shipping rules decide, and a
// shipment that none of them wants is ignored.
func decodeBook(r *dialect.Request) (engine.CreateShipment, error) {
	v, err := document(r)
	if err != nil {
		return engine.CreateShipment{}, err
	}
	b := booking{extra: map[string]json.RawMessage{}}
	b.Key, b.Hash, b.RulesRequired = r.IdempotencyKey(), r.Hash(), true
	b.Shipment.Channel = r.Settings.ChannelName
	b.keep("", readAll(v, bookMembers, &b))
	if b.Shipment.Channel == "" {
		b.Shipment.Channel = defaultChannel
	}
	if b.duty.Number != "" {
		b.Shipment.From.TaxIDs = append(b.Shipment.From.TaxIDs, b.duty)
	}
	b.share()
	if len(b.extra) > 0 {
		b.Shipment.Extra, _ = json.Marshal(b.extra) // raw messages that were read from JSON
	}
	return b.CreateShipment, v.Errors(opBook)
}

// defaultChannel is the sales channel of a shipment that names none.
const defaultChannel = "API"

// keep puts unknown members aside, under the path of their section.
func (b *booking) keep(section string, unknown map[string]json.RawMessage) {
	for name, value := range unknown {
		b.extra[strings.TrimPrefix(section+"."+name, ".")] = value
	}
}

var bookMembers = []member[booking]{
	{"reference", true, readReference},
	line("reference2", true, maxText, func(b *booking) *string { return &b.Shipment.Reference2 }),
	{"delivery_service", false, readService},
	{"increment", false, func(v dialect.Value, b *booking) { b.Shipment.Choice.Increment = int(v.Integer(0, maxIncrement)) }},
	{"mark_for_approval", false, func(v dialect.Value, b *booking) { b.Approve = v.Boolean() }},
	{"tags", false, func(v dialect.Value, b *booking) {
		for _, item := range v.Items(maxTags) {
			b.Shipment.Tags = append(b.Shipment.Tags, item.Required().Integer(1, maxID))
		}
	}},
	{"shipment_detail", true, func(v dialect.Value, b *booking) {
		if section(v) {
			b.keep(v.Path(), readAll(v, detailMembers, b))
		}
	}},
	{"recipient", true, func(v dialect.Value, b *booking) {
		if section(v) {
			b.keep(v.Path(), readAll(v, partyMembers, &b.Shipment.To))
		}
	}},
	{"sender", false, func(v dialect.Value, b *booking) {
		if section(v) {
			b.keep(v.Path(), readAll(v, partyMembers, &b.Shipment.From))
		}
	}},
	{"products", false, readProducts},
	{"packages", false, readPackages},
}

// readReference wants what a path can name again. A long one is taken, with a warning.
func readReference(v dialect.Value, b *booking) {
	reference := v.Text(0)
	switch {
	case len(reference) > maxReference:
		v.Note(waybill.RuleMaxLength, strconv.Itoa(maxReference), "reference must be at most %d bytes", maxReference)
	case strings.ContainsFunc(reference, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\uFFFD' }):
		v.Note(waybill.RuleFormat, "", "reference must not hold control characters")
	case len([]rune(reference)) > longReference:
		b.notice("The reference is longer than " + strconv.Itoa(longReference) + " characters; a carrier may reject the shipment")
	}
	b.Shipment.Reference = reference
}

// readService reads the number of a delivery service; text that is no number is a service that does not
// exist.
func readService(v dialect.Value, b *booking) {
	text := v.Text(maxText)
	if strings.TrimSpace(text) == "" {
		return
	}
	number, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || number < 1 {
		b.notice("There is no delivery service " + text + "; shipping rules decide")
		return
	}
	b.Shipment.Choice.Service = number
}

func (b *booking) notice(text string) {
	b.Shipment.Notices = append(b.Shipment.Notices, text)
}

// book stores a shipment and gets it carried. What happened to one that was not booked is read too,
// because the answer says why.
func book(s engine.Session, ctx context.Context, in engine.CreateShipment) (engine.ShipmentHistory, error) {
	sh, err := s.CreateShipment(ctx, in)
	if err != nil || sh.Booking == waybill.Booked {
		return engine.ShipmentHistory{Shipment: sh}, err
	}
	h, err := s.ShipmentHistory(ctx, engine.GetShipment{Ref: engine.Ref{ID: sh.ID}})
	if err != nil { // it is stored all the same
		return engine.ShipmentHistory{Shipment: sh}, nil
	}
	return h, nil
}

// booked is what became of a booking. Success says that the shipment was stored, not that it was booked.
type booked struct {
	Success       bool           `json:"success"`
	Status        string         `json:"status"`
	CarrierResult *carrierResult `json:"carrier_result"`
	Message       string         `json:"message"`
}

type carrierResult struct {
	Status       string       `json:"status"`
	Tracking     *string      `json:"tracking"`
	Carrier      *string      `json:"carrier"`
	NoTracking   *bool        `json:"no_tracking"` // true when the carrier gives no number, else null
	ServiceName  *string      `json:"service_name"`
	ServiceCode  *string      `json:"service_code"`
	ShipmentCost *json.Number `json:"shipment_cost"`
	Paperless    bool         `json:"paperless"`
}

func encodeBook(_ *dialect.Request, h engine.ShipmentHistory) dialect.Reply {
	return dialect.JSON(http.StatusOK, booked{
		Success: true, Status: statuses[h.Shipment.Booking], CarrierResult: resultOf(h.Shipment), Message: outcome(h),
	})
}

// resultOf is null as long as no carrier has said yes or no.
func resultOf(s waybill.Shipment) *carrierResult {
	r := &carrierResult{}
	switch statuses[s.Booking] {
	case statuses[waybill.Booked]:
		r.Status, r.Tracking, r.ShipmentCost = "success", orNull(s.Tracking), dialect.Number(cost(s))
		if s.Tracking == "" {
			none := true
			r.NoTracking = &none
		}
	case statuses[waybill.Failed]:
		r.Status = "failed"
	default:
		return nil
	}
	if p := s.Provider; p != nil {
		r.Carrier, r.ServiceName, r.ServiceCode = orNull(p.Name), orNull(p.ServiceName), orNull(p.Service)
	}
	return r
}

// cost is what the account pays for the shipment; empty when nothing is known.
func cost(s waybill.Shipment) waybill.Decimal {
	if s.Sold.Currency == "" {
		return ""
	}
	return s.Sold.Decimal()
}

// extraOf is a member that only this API knows, as it was kept.
func extraOf(s waybill.Shipment, path string) json.RawMessage {
	var extra map[string]json.RawMessage
	if json.Unmarshal(s.Extra, &extra) != nil {
		return nil
	}
	return extra[path]
}
