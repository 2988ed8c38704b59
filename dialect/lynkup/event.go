package lynkup

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// newsKinds are the kinds of events that this API has a status for, with the state each brings; where a
// parcel is tells its scan. Of the others it has no word.
var newsKinds = map[waybill.EventKind]engine.State{
	waybill.ShipmentCreated:    {Booking: waybill.Draft},
	waybill.ShipmentRated:      {Booking: waybill.Rating},
	waybill.ShipmentHeld:       {Booking: waybill.Held},
	waybill.ShipmentIgnored:    {Booking: waybill.Ignored},
	waybill.ShipmentNoProvider: {Booking: waybill.NoProvider},
	waybill.ShipmentPending:    {Booking: waybill.Unsettled},
	waybill.ShipmentBooked:     {Booking: waybill.Booked, Transit: waybill.LabelMade},
	waybill.ShipmentFailed:     {Booking: waybill.Failed},
	waybill.ShipmentCancelled:  {Booking: waybill.Cancelled},
	waybill.ShipmentTracked:    {},
}

// news is an event as a row of a status history or the heart of a webhook.
type news struct {
	state  engine.State
	at     time.Time
	note   string
	user   string
	reason *eventReason
}

// eventReason is why a delivery did not go as planned.
type eventReason struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Note  string `json:"note"`
}

// newsOf puts an event into the API's terms; false: it has no status for it. A scan whose meaning nobody
// knows is no status either.
func newsOf(e *waybill.Event) (news, bool) {
	state, known := newsKinds[e.Kind]
	n := news{state: state, at: e.At, note: e.Facts.Message, user: e.Actor}
	if e.Kind == waybill.ShipmentCancelled && e.Subject != nil && e.Subject.CancelledBy != "" {
		n.user = e.Subject.CancelledBy // who wanted it, though it may be us who carried it out later
	}
	if e.Kind != waybill.ShipmentTracked {
		return n, known
	}
	if e.Facts.Transit == waybill.TransitUnknown || e.Facts.Transit == waybill.LabelMade {
		return n, false // nobody knows what it means, or the booking has said it
	}
	n.state = engine.State{Booking: e.Facts.Booking, Transit: e.Facts.Transit}
	if e.Facts.Carrier != "" {
		n.user = e.Facts.Carrier
	}
	if scan := e.Facts.Scan; scan != nil {
		n.at, n.note = scan.At, scan.Text
		n.explain(scan)
	}
	return n, true
}

// explain adds why, in the vendor's form: a code in capitals, its title, the carrier's own words; and the
// note then begins with the carrier's code.
func (n *news) explain(scan *waybill.Scan) {
	if scan.Reason == "" {
		return
	}
	said := strings.FieldsFunc(scan.Reason, func(c rune) bool { return c == '_' || c == ' ' || c == '-' })
	titled := make([]string, len(said))
	for i, w := range said {
		first, length := utf8.DecodeRuneInString(w)
		titled[i] = string(unicode.ToUpper(first)) + w[length:]
	}
	n.reason = &eventReason{Code: strings.ToUpper(strings.Join(said, "_")), Title: strings.Join(titled, " "), Note: scan.Text}
	if scan.Code != "" {
		n.note = scan.Code + "( " + scan.Text + " )"
	}
}

// signatureHeader receives the hex HMAC-SHA256 of the body; it is there and empty when the endpoint has
// no secret, as the vendor's is.
const signatureHeader = "X-DS-Signature"

// notice is a status webhook: the whole order and what has just happened to it. Consumers look at event
// and, without it, at status: both are the new status.
type notice struct {
	order
	Event           string        `json:"event"`
	WebhookType     string        `json:"webhookType"`
	Note            *string       `json:"note"`
	StatusUser      string        `json:"statusUser"`
	SubStatus       *string       `json:"subStatus"`
	EventReason     *eventReason  `json:"eventReason"`
	ReceivedAt      string        `json:"receivedAt"` // in the location's zone
	ReceivedAtEpoch int64         `json:"receivedAtEpoch"`
	SentAt          string        `json:"sentAt"`
	Driver          *struct{}     `json:"driver"` // no carrier here tells: always null
	LastLocation    *lastLocation `json:"lastLocation"`
	Carrier         carrierInfo   `json:"carrier"`
	IsSelfHealed    bool          `json:"isSelfHealed"` // we never correct a status behind a carrier's back
}

type lastLocation struct {
	UpdatedAt string  `json:"updatedAt"`
	Longitude float64 `json:"longitude"`
	Latitude  float64 `json:"latitude"`
}

type carrierInfo struct {
	ProviderInfo providerInfo `json:"providerInfo"`
}

type providerInfo struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// speak puts an event into the webhook form. An order of several parcels is where the last of them is.
func speak(e waybill.Event, to dialect.Endpoint) (dialect.Message, bool) {
	n, ok := newsOf(&e)
	if !ok || e.Subject == nil {
		return dialect.Message{}, false
	}
	if e.Kind == waybill.ShipmentTracked && len(e.Subject.Parcels) > 1 {
		n.state.Transit = e.Subject.Transit
	}
	w := wordOf(n.state)
	body := notice{
		order: orderOf(e.Subject, w.status, to.Link), Event: w.status, WebhookType: "status", Note: given(&n.note), StatusUser: n.user,
		SubStatus: given(&w.substatus), EventReason: n.reason, ReceivedAt: spoken(n.at, zoneOf(e.Subject)), ReceivedAtEpoch: n.at.UnixMilli(),
		SentAt: stamp(to.Now),
	}
	p := body.Provider
	body.Carrier.ProviderInfo = providerInfo{p.ID, p.Name, p.DisplayName}
	if scan := e.Facts.Scan; scan != nil && scan.Point != nil {
		body.LastLocation = &lastLocation{stamp(scan.At), scan.Point.Lng, scan.Point.Lat}
	}
	return dialect.Message{
		Body: dialect.JSON(0, body).Body, Header: map[string]string{signatureHeader: ""}, SignatureHeader: signatureHeader, Status: w.status,
	}, true
}
