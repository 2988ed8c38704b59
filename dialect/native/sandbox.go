package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// moveClock moves the test clock: exactly one of its members.
type moveClock struct {
	Advance string     `json:"advance,omitempty" maxLength:"20" pattern:"^-?([0-9]+(\\.[0-9]+)?(h|m|s))+$" doc:"By so much: 36h, 90m. 0s moves parcels without moving the clock."`
	Set     *time.Time `json:"set,omitempty" doc:"To this time."`
	Reset   bool       `json:"reset,omitempty" doc:"Back to the real time. What parcels have done by then stays."`
}

type moveClockIn struct {
	Acting
	Body moveClock
}

type readClockIn struct{ Acting }

// clockOut is how the test clock stands.
type clockOut struct {
	Now     time.Time `json:"now"`
	Ahead   int64     `json:"ahead_seconds" doc:"Of the real time."`
	Moved   int       `json:"moved" doc:"Parcels that heard something new."`
	Unheard []string  `json:"unheard" nullable:"false" doc:"References of connections whose simulator did not answer."`
}

// advanceIn brings a parcel on.
type advanceIn struct {
	Acting
	Number string `path:"number" maxLength:"200" doc:"Its tracking number."`
	Body   *struct {
		To        string `json:"to,omitempty" enum:"label_made,pickup_scheduled,assigned,unassigned,pickup_started,picked_up,in_transit,at_depot,out_for_delivery,at_location,delayed,attempt_failed,redelivery,delivered,collection_point,undeliverable,returning,returned,exception,voided,unknown" doc:"Without it, the next status of an uneventful life."`
		Reason    string `json:"reason,omitempty" maxLength:"200" doc:"Of a failed attempt."`
		Recipient string `json:"recipient,omitempty" maxLength:"200" doc:"Who took it."`
	}
}

// advanced is where a parcel is that was brought on.
type advanced struct {
	Tracking  string `json:"tracking_number"`
	Transit   string `json:"transit" doc:"Of the parcel."`
	Shipment  string `json:"shipment_id,omitempty" doc:"Left out of a return that stands alone."`
	Reference string `json:"reference,omitempty" doc:"Of the shipment."`
	Whole     string `json:"shipment_transit,omitempty" doc:"Of the shipment as a whole: it is where the parcel furthest behind is."`
}

func sandbox(a *api) {
	const tag = "Sandbox"
	op(a, operation{
		ID: "get-test-clock", Method: "GET", Path: "/sandbox/clock", Tag: tag, Summary: "How the account's test clock stands", Scope: waybill.ScopeRead,
	}, func(_ *call, in *readClockIn) (acting[struct{}], error) {
		return acting[struct{}]{account: waybill.ID(in.Account)}, nil
	}, within(engine.Session.ReadTestClock, nil), showClock)
	op(a, operation{
		ID: "move-test-clock", Method: "POST", Path: "/sandbox/clock", Tag: tag, Summary: "Move the account's test clock", Scope: waybill.ScopeDevelop,
		About: "Simulated parcels live by it: their scans appear, their statuses go on, webhooks are told before the answer is given. Parcels that go by a carrier's " +
			"sandbox or a live connection know no clock but the real one. Say one of advance, set and reset.",
		Example: map[string]string{"advance": "36h"},
	}, toMoveClock, within(engine.Session.MoveTestClock, nil), showClock)
	op(a, operation{
		ID: "advance-parcel", Method: "POST", Path: "/sandbox/parcels/{number}/advance", Tag: tag, Summary: "Bring a simulated parcel on", Scope: waybill.ScopeDevelop,
		About:   "As if its carrier had told of it: to the status named, or to the next one. A parcel that a real carrier has is refused.",
		Example: map[string]string{"to": "delivered", "recipient": "Neighbour"},
	}, func(_ *call, in *advanceIn) (acting[engine.StepParcel], error) {
		step := engine.StepParcel{Number: in.Number}
		if b := in.Body; b != nil {
			step.To, step.Reason, step.Recipient = waybill.Transit(b.To), b.Reason, b.Recipient
		}
		return acting[engine.StepParcel]{waybill.ID(in.Account), step}, nil
	}, within(engine.Session.StepParcel, nil), func(_ *call, t engine.Stepped) *one[advanced] {
		sh := t.Shipment
		return &one[advanced]{advanced{t.Parcel.Number, string(t.Parcel.Status), string(sh.ID), sh.Reference, string(sh.Transit)}}
	})
}

func toMoveClock(_ *call, in *moveClockIn) (acting[engine.MoveClock], error) {
	b, move, said := in.Body, engine.MoveClock{Reset: in.Body.Reset}, 0
	if b.Reset {
		said++
	}
	if b.Set != nil {
		move.Set = *b.Set
		said++
	}
	var problems []waybill.FieldError
	if b.Advance != "" {
		d, err := time.ParseDuration(b.Advance)
		if err != nil {
			problems = append(problems, waybill.FieldError{Path: "advance", Rule: waybill.RuleFormat, Value: b.Advance, Message: "write a duration such as 36h or 90m"})
		}
		move.Advance = d
		said++
	}
	if said != 1 {
		problems = append(problems, waybill.FieldError{Path: "advance", Rule: waybill.RuleNeeds, Limit: "advance, set, reset", Message: "say one of advance, set and reset"})
	}
	return acting[engine.MoveClock]{waybill.ID(in.Account), move}, waybill.FieldErrors("clock", problems)
}

func showClock(_ *call, t engine.TestClock) *one[clockOut] {
	return &one[clockOut]{clockOut{t.Now, int64(t.Ahead / time.Second), t.Moved, append([]string{}, t.Unheard...)}}
}
