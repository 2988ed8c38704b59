package native

import (
	"context"
	"time"

	"waybill"
	"waybill/engine"
)

// trackOut is what is known of one number.
type trackOut struct {
	Number    string     `json:"number"`
	Found     bool       `json:"found" doc:"It is a parcel of the account, or a carrier that was asked knows it."`
	Carrier   string     `json:"carrier,omitempty" doc:"Who carries it, by the driver's name (ups, delhivery…); of a number that is not the account's, who you said, or who writes numbers of this form."`
	Name      string     `json:"carrier_name,omitempty" doc:"How you call who carries your own parcel: its connection's name."`
	Detected  bool       `json:"detected,omitempty" doc:"The carrier was told from the number's form and check digit."`
	Shipment  string     `json:"shipment_id,omitempty"`
	Reference string     `json:"reference,omitempty"`
	Return    string     `json:"return_id,omitempty"`
	Booking   string     `json:"booking,omitempty" doc:"How far its shipment, or return, has come with the carriers."`
	Transit   string     `json:"transit,omitempty" doc:"Where the parcel is."`
	Expected  *time.Time `json:"expected_at,omitempty" doc:"When it should arrive: as the carrier tells, else as it was promised when it was booked. Left out once it has arrived."`
	Recipient string     `json:"recipient,omitempty" doc:"Who took it."`
	Scans     []sighting `json:"scans" nullable:"false" doc:"Oldest first."`
	Problem   string     `json:"problem,omitempty" doc:"Why a carrier could not be asked, or does not know it."`
}

type trackPath struct {
	Number string `path:"number" maxLength:"100" doc:"Tracking number."`
}

type trackedNumber struct {
	Number  string `json:"number" minLength:"1" maxLength:"100"`
	Carrier string `json:"carrier,omitempty" maxLength:"100" doc:"Driver (ups, delhivery…) or external id of a connection, where you know who carries it."`
}

type trackIn struct {
	Body struct {
		Numbers []trackedNumber `json:"numbers" minItems:"1" maxItems:"100"`
		Fresh   bool            `json:"fresh,omitempty" doc:"Ask the carriers of your own parcels now, too, whatever is due."`
	}
}

type noteScan struct {
	Number string `path:"number" maxLength:"100" doc:"Tracking number of a parcel that your own drivers carry."`
	Body   struct {
		Status    string     `json:"status" enum:"label_made,pickup_scheduled,assigned,unassigned,pickup_started,picked_up,in_transit,at_depot,out_for_delivery,at_location,delayed,attempt_failed,redelivery,delivered,collection_point,undeliverable,returning,returned,exception"`
		At        *time.Time `json:"at,omitempty" doc:"When it was; now where it is left out. Scans may come late and in any order."`
		Code      string     `json:"code,omitempty" maxLength:"50"`
		Text      string     `json:"text,omitempty" maxLength:"500"`
		Reason    string     `json:"reason,omitempty" maxLength:"200" doc:"Of a failed attempt."`
		Place     string     `json:"place,omitempty" maxLength:"200"`
		Recipient string     `json:"recipient,omitempty" maxLength:"200" doc:"Who took it: the proof of delivery."`
	}
}

func tracking(a *api) {
	const tag = "Tracking"
	op(a, operation{
		ID: "get-tracking", Method: "GET", Path: "/tracking/{number}", Tag: tag, Summary: "Where a parcel of the account is", Scope: waybill.ScopeRead,
	}, func(_ *call, in *trackPath) (string, error) { return in.Number, nil }, trackOne, func(_ *call, t engine.Tracked) *one[trackOut] {
		return &one[trackOut]{showTracked(engine.TrackedAny{Tracked: t})}
	})
	op(a, operation{
		ID: "track-numbers", Method: "POST", Path: "/tracking", Tag: tag, Summary: "Where parcels are, whoever booked them", Scope: waybill.ScopeRead,
		About: "A number that is no parcel of the account's is asked after where its form and check digit, or you, tell the carrier, and the account has a " +
			"connection to it. Nothing is stored.",
		Example: map[string]any{"numbers": []any{map[string]any{"number": "1Z5R89390357567127"}}},
	}, toTrack, engine.Session.TrackAny, func(_ *call, all []engine.TrackedAny) *one[list[trackOut]] { return inFull(all, showTracked) })
	op(a, operation{
		ID: "note-scan", Method: "POST", Path: "/tracking/{number}/scans", Tag: tag, Summary: "Note what your own driver did with a parcel", Scope: waybill.ScopeShip, Status: 201,
		About:   "Of parcels that a carrier with an API carries, that carrier tells.",
		Example: map[string]any{"status": "delivered", "recipient": "A. Byron", "place": "Bristol"},
	}, toNote, noteOwn, func(_ *call, t engine.Tracked) *one[trackOut] {
		return &one[trackOut]{showTracked(engine.TrackedAny{Tracked: t})}
	})
}

func trackOne(s engine.Session, ctx context.Context, number string) (engine.Tracked, error) {
	list, err := s.TrackNumbers(ctx, engine.TrackNumbers{Numbers: []string{number}})
	if err != nil {
		return engine.Tracked{}, err
	}
	if !list[0].Found {
		return engine.Tracked{}, waybill.E("track", waybill.ReasonUnknownShipment, "no shipment has the tracking number %q", number)
	}
	return list[0], nil
}

func toTrack(_ *call, in *trackIn) (engine.TrackAny, error) {
	e := engine.TrackAny{Fresh: in.Body.Fresh}
	for _, n := range in.Body.Numbers {
		e.Numbers = append(e.Numbers, engine.AnyNumber{Number: n.Number, Carrier: n.Carrier})
	}
	return e, nil
}

func toNote(_ *call, in *noteScan) (engine.RecordScan, error) {
	b := in.Body
	e := engine.RecordScan{Number: in.Number, Scan: waybill.Scan{
		Status: waybill.Transit(b.Status), Code: b.Code, Text: b.Text, Reason: b.Reason, Place: b.Place, Recipient: b.Recipient,
	}}
	if b.At != nil {
		e.Scan.At = b.At.UTC()
	}
	return e, nil
}

// noteOwn notes the scan and tells where the parcel now is.
func noteOwn(s engine.Session, ctx context.Context, in engine.RecordScan) (engine.Tracked, error) {
	if err := s.RecordOwnScan(ctx, in); err != nil {
		return engine.Tracked{}, err
	}
	return trackOne(s, ctx, in.Number)
}

func showTracked(t engine.TrackedAny) trackOut {
	out := trackOut{
		Number: t.Number, Found: t.Found || t.Known, Carrier: t.Carrier, Detected: t.Detected, Transit: string(t.Tracking.Status), Expected: t.Tracking.Expected,
		Recipient: t.Tracking.Recipient, Scans: []sighting{}, Problem: t.Problem,
	}
	if t.Found {
		out.Shipment, out.Reference, out.Booking = string(t.Shipment.ID), t.Shipment.Reference, string(t.Shipment.Booking)
		carried := t.Shipment.Provider
		if r := t.Return; r != nil {
			out.Return, out.Reference, out.Booking, carried = string(r.ID), r.Reference, string(r.Booking), r.Provider
		}
		if carried != nil {
			out.Carrier, out.Name = carried.Carrier, carried.DisplayName
		}
		if out.Expected == nil && t.Return == nil { // the parcel's carrier tells none: as it was promised when it was booked
			out.Expected = t.Shipment.EstimatedDrop.Ends
		}
		if t.Tracking.Status.Final() {
			out.Expected = nil
		}
	}
	for _, s := range t.Tracking.Scans {
		out.Scans = append(out.Scans, sighting{s.At, string(s.Status), s.Code, s.Text, s.Reason, s.Place, s.Recipient})
	}
	return out
}
