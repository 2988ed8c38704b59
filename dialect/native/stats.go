package native

import (
	"slices"

	"waybill"
	"waybill/engine"
)

type statsIn struct {
	GroupBy []string `query:"group_by" nullable:"false" maxItems:"7" uniqueItems:"true" enum:"booking,transit,carrier,service,location,account,ship_date" doc:"What to count by; any of them together."`
	From    string   `query:"from" maxLength:"10" pattern:"^\\d{4}-\\d{2}-\\d{2}$" doc:"First ship date." example:"2026-01-01"`
	To      string   `query:"to" maxLength:"10" pattern:"^\\d{4}-\\d{2}-\\d{2}$" doc:"Last ship date."`
}

type statsOut struct {
	Total  int64        `json:"total"`
	Groups []statsGroup `json:"groups" nullable:"false" doc:"Those that are not empty, in the order of their values. A member is there when it was asked by; empty: none, such as the carrier of a draft."`
}

type statsGroup struct {
	ShipDate *string    `json:"ship_date,omitempty" doc:"The day asked for, else the day it was made, on the clock where it leaves from."`
	Account  *accountAt `json:"account,omitempty"`
	Booking  *string    `json:"booking,omitempty"`
	Transit  *string    `json:"transit,omitempty"`
	Carrier  *string    `json:"carrier,omitempty" doc:"Its kind, as connections name it: house, ups…"`
	Service  *string    `json:"service,omitempty" doc:"Code."`
	Location *string    `json:"location,omitempty" doc:"External id."`
	Count    int64      `json:"count"`
}

type accountAt struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func stats(a *api) {
	op(a, operation{
		ID: "count-shipments", Method: "GET", Path: "/stats", Tag: "Find", Summary: "How many shipments there are, and of which sort", Scope: waybill.ScopeRead,
		About: "Counters are kept with every change, so that the answer is exact and comes at once, however many there are. A parent counts its " +
			"own shipments and those of the children it may act in.",
	}, readStats, engine.Session.CountShipments, showStats)
}

func readStats(_ *call, in *statsIn) (engine.CountShipments, error) {
	e := engine.CountShipments{From: in.From, To: in.To}
	for _, field := range in.GroupBy {
		e.By = append(e.By, engine.StatsField(field))
	}
	return e, nil
}

func showStats(_ *call, s engine.ShipmentStats) *one[statsOut] {
	out := statsOut{Total: s.Total, Groups: []statsGroup{}}
	for _, g := range s.Groups {
		shown := statsGroup{Count: g.Count}
		show := func(field engine.StatsField, to **string, value string) {
			if slices.Contains(s.By, field) {
				*to = &value
			}
		}
		show(engine.StatsShipDate, &shown.ShipDate, g.Day)
		show(engine.StatsBooking, &shown.Booking, string(g.Booking))
		show(engine.StatsTransit, &shown.Transit, string(g.Transit))
		show(engine.StatsCarrier, &shown.Carrier, g.Carrier)
		show(engine.StatsService, &shown.Service, g.Service)
		show(engine.StatsLocation, &shown.Location, g.Location)
		if slices.Contains(s.By, engine.StatsAccount) {
			shown.Account = &accountAt{string(g.Account), g.Name}
		}
		out.Groups = append(out.Groups, shown)
	}
	return &one[statsOut]{out}
}
