package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// outage is a time during which a connection is asked for nothing.
type outage struct {
	ID     string    `json:"id"`
	State  string    `json:"state" enum:"planned,under_way,over"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason,omitempty"`
	Author string    `json:"author,omitempty"`
}

func (c *call) outages(list []waybill.Outage) (out []outage) {
	now := c.session.Clock.Now()
	for _, o := range list {
		shown := outage{string(o.ID), "under_way", o.From, o.Until, o.Reason, o.Author}
		switch {
		case now.Before(o.From):
			shown.State = "planned"
		case !now.Before(o.Until):
			shown.State = "over"
		}
		out = append(out, shown)
	}
	return out
}

type outageIn struct {
	Conditional
	SetupID
	Acting
	Body struct {
		From   time.Time `json:"from,omitzero" doc:"When it begins; now, where it is left out or past."`
		Until  time.Time `json:"until" doc:"When it ends."`
		Reason string    `json:"reason,omitempty" maxLength:"500" doc:"It is told in decisions."`
	}
}

type endOutageIn struct {
	Conditional
	SetupID
	Outage string `path:"outage" maxLength:"24" doc:"Id of the outage."`
	Acting
}

type spentOut struct {
	At    time.Time  `json:"at"`
	Day   *spentPart `json:"day,omitempty" doc:"Where there is a limit a day."`
	Month *spentPart `json:"month,omitempty"`
}

type spentPart struct {
	Spent   money `json:"spent"`
	Limit   money `json:"limit"`
	Left    money `json:"left"`
	Warning bool  `json:"warning" doc:"80 per cent or more of the limit are used up."`
}

// connectionOutages adds what keeps a connection from being asked: planned outages, and how much is spent.
func connectionOutages(a *api) {
	show := func(c *call, d waybill.Connection) *tagged[ConnectionOut] {
		return &tagged[ConnectionOut]{tag(d.Row), showConnection(c, d)}
	}
	op(a, operation{
		ID: "plan-outage", Method: "POST", Path: "/connections/{id}/outages", Tag: "Connections", Summary: "Plan an outage of a connection", Scope: waybill.ScopeSetup,
		About: "During it the connection is asked for no rates and booked with by nobody, and decisions tell the reason. What was booked with it before is followed all the same. " +
			"There may be several; they may overlap.",
		Example: map[string]any{"from": "2030-12-24T12:00:00Z", "until": "2030-12-27T06:00:00Z", "reason": "the carrier's holidays"},
	}, func(_ *call, in *outageIn) (acting[engine.PlanOutage], error) {
		b := in.Body
		return acting[engine.PlanOutage]{waybill.ID(in.Account), engine.PlanOutage{Ref: recordRef(in.ID), From: b.From, Until: b.Until, Reason: b.Reason}}, nil
	}, within(engine.Session.PlanOutage, nil), show)
	op(a, operation{
		ID: "end-outage", Method: "DELETE", Path: "/connections/{id}/outages/{outage}", Tag: "Connections", Summary: "End an outage, or take it back", Scope: waybill.ScopeSetup,
		About: "One that is under way ends now; one that has not begun is gone.",
	}, func(_ *call, in *endOutageIn) (acting[engine.EndOutage], error) {
		return acting[engine.EndOutage]{waybill.ID(in.Account), engine.EndOutage{Ref: recordRef(in.ID), ID: waybill.ID(in.Outage)}}, nil
	}, within(engine.Session.EndOutage, nil), show)
	op(a, operation{
		ID: "get-spending", Method: "GET", Path: "/connections/{id}/spending", Tag: "Connections", Summary: "How far a connection's spend limit is used up", Scope: waybill.ScopeSetup,
		About: "What is being bought counts from the moment it is reserved, at the carrier's price; what is refused or given back counts no more. Days and months are those of UTC. " +
			"Purchases that were made before there was a limit do not count.",
	}, func(_ *call, in *readSetupIn) (acting[engine.RecordRef], error) {
		return acting[engine.RecordRef]{waybill.ID(in.Account), recordRef(in.ID)}, nil
	}, within(engine.Session.Spending, nil), func(_ *call, s engine.Spent) *one[spentOut] {
		part := func(spent, limit int64, near bool) *spentPart {
			if limit == 0 {
				return nil
			}
			in := func(minor int64) money { return money{minor, s.Limit.Currency} }
			return &spentPart{in(spent), in(limit), in(max(0, limit-spent)), near}
		}
		return &one[spentOut]{spentOut{s.At, part(s.Day, s.Limit.Day, s.DayNear), part(s.Month, s.Limit.Month, s.MonthNear)}}
	})
	a.named("/connections/{id}/outages", "dpd")
	a.named("/connections/{id}/outages/{outage}", "dpd")
	a.named("/connections/{id}/spending", "dpd")
}
