package peddler

import (
	"cmp"
	"slices"
	"time"

	"waybill"
	"waybill/dialect"
)

// newsKinds are the kinds of events that this API has a status for, with the booking state each brings; where a
// parcel is tells its scan, and a change of details has a code of its own.
var newsKinds = map[waybill.EventKind]waybill.Booking{
	waybill.ShipmentHeld:       waybill.Held,
	waybill.ShipmentIgnored:    waybill.Ignored,
	waybill.ShipmentNoProvider: waybill.NoProvider,
	waybill.ShipmentBooked:     waybill.Booked,
	waybill.ShipmentDeclared:   waybill.Declared,
	waybill.ShipmentFailed:     waybill.Failed,
	waybill.ShipmentCancelled:  waybill.Cancelled,
	waybill.ShipmentTracked:    waybill.Booked,
	waybill.ShipmentChanged:    "",
}

// news is an event in this API's terms.
type news struct {
	word
	at     time.Time
	number string // of the parcel it is about; empty: of all
	scan   *waybill.Scan
	by     string
	reason string
}

// newsOf puts an event into the API's terms; false: it has no status for it. A scan whose meaning nobody knows is no
// status either, and that a label was made the booking has said.
func newsOf(e *waybill.Event) (news, bool) {
	booking, known := newsKinds[e.Kind]
	if !known {
		return news{}, false
	}
	n := news{at: e.At, by: e.Actor, reason: cmp.Or(e.Facts.Note, e.Facts.Message)}
	switch e.Kind {
	case waybill.ShipmentChanged:
		n.word = words[codeUpdated]
		return n, true
	case waybill.ShipmentTracked:
	default:
		n.word = wordOf(booking, waybill.TransitNone, nil)
		return n, true
	}
	if at := e.Facts.Transit; at == waybill.TransitUnknown || at == waybill.LabelMade || at == waybill.TransitNone {
		return n, false
	}
	n.scan, n.number = e.Facts.Scan, e.Facts.Tracking
	n.word = wordOf(booking, e.Facts.Transit, n.scan)
	n.by = cmp.Or(e.Facts.Carrier, n.by)
	if n.scan != nil {
		n.at, n.reason = n.scan.At, cmp.Or(n.scan.Reason, n.scan.Text)
	}
	return n, true
}

// storyOf are the events of one parcel, the newest first, as the vendor's sample shows them. Of two of one moment
// the later told is the newer.
func storyOf(events []waybill.Event, number string) (story []news) {
	for i := range events {
		if n, ok := newsOf(&events[i]); ok && (n.number == "" || n.number == number) {
			story = append(story, n)
		}
	}
	slices.Reverse(story)
	slices.SortStableFunc(story, func(a, b news) int { return b.at.Compare(a.at) })
	return story
}

// saying is a text in one language.
type saying struct {
	Headline    string `json:"headline"`
	Description string `json:"description"`
}

type lang struct {
	English saying `json:"en"`
	Dutch   saying `json:"nl"`
}

// details say more of a status: in words, and what belongs to it.
type details struct {
	Lang                  lang    `json:"lang"`
	EstimatedDeliveryDate *string `json:"estimatedDeliveryDate,omitempty"`
	Warehouse             string  `json:"warehouse,omitempty"`
	CourierName           string  `json:"courierName,omitempty"`
	DeliveryDate          *string `json:"deliveryDate,omitempty"`
	CourierComment        string  `json:"courierComment,omitempty"`
	DeliveredAtNeighbours string  `json:"deliveredAtNeighbours,omitempty"`
	CollectionPoint       string  `json:"collectionPoint,omitempty"`
	Reason                string  `json:"reason,omitempty"`
	UpdatedByType         string  `json:"updatedByType,omitempty"`
	UpdatedBy             string  `json:"updatedBy,omitempty"`
}

// byShipper is who changes details here: receivers cannot.
const byShipper = "SHIPPER"

func detailsOf(n *news, s *waybill.Shipment) details {
	d := details{Lang: n.text}
	scan := n.scan
	if scan == nil {
		scan = &waybill.Scan{}
	}
	switch {
	case n.within(100, 410):
		d.EstimatedDeliveryDate = stampOf(s.EstimatedDrop.Ends)
		d.Warehouse = scan.Place
		if n.within(410, 410) {
			d.CourierName, d.Warehouse = n.by, ""
		}
	case n.within(500, 502):
		at := stamp(n.at)
		d.DeliveryDate, d.CourierComment = &at, scan.Text
		if n.within(codeNeighbours, codeNeighbours) {
			d.DeliveredAtNeighbours = scan.Recipient
		}
	case n.within(550, 570):
		d.CollectionPoint = scan.Place
	case n.code == codeUpdated:
		d.UpdatedByType, d.UpdatedBy = byShipper, n.by
	default:
		d.Reason, d.CourierComment = n.reason, scan.Text
	}
	return d
}

// notice is a status webhook.
type notice struct {
	ID                    string    `json:"id"`
	CarrierTrackingNumber *string   `json:"carrierTrackingNumber"`
	MetaData              string    `json:"metaData"`
	Status                string    `json:"status"`
	Code                  *int      `json:"code"` // null: the status has none
	FailedStatus          string    `json:"failedStatus,omitempty"`
	Location              *location `json:"location"` // of the courier: only on the way to the door and at it
	TS                    string    `json:"ts"`
	TrackingURL           *string   `json:"trackingUrl"`
	Details               details   `json:"details"`
}

// tokenHeader receives the account's static token; this API signs nothing.
const tokenHeader = "x-webhook-shared-token"

// speak puts an event into the webhook form.
func speak(e waybill.Event, _ dialect.Endpoint) (dialect.Message, bool) {
	n, ok := newsOf(&e)
	if !ok || e.Subject == nil {
		return dialect.Message{}, false
	}
	s := e.Subject
	body := notice{
		ID: string(s.ID), CarrierTrackingNumber: orNull(cmp.Or(n.number, s.Tracking)), MetaData: s.Reference, Status: n.status,
		Code: n.word.number(), FailedStatus: n.failed, TS: stamp(n.at), TrackingURL: orNull(s.TrackingURL), Details: detailsOf(&n, s),
	}
	if n.scan != nil && (n.within(410, 410) || n.within(500, 502)) {
		body.Location = locationOf(n.scan.Point)
	}
	return dialect.Message{Body: dialect.JSON(0, body).Body, TokenHeader: tokenHeader, Status: n.status}, true
}
