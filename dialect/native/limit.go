package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// limitOut is how many requests an API takes from each caller of an account.
type limitOut struct {
	API      string  `json:"api"`
	Requests int     `json:"requests" doc:"0: any number."`
	Period   float64 `json:"period_seconds"`
	Own      bool    `json:"own" doc:"Set for this account; else it is what the API takes by itself."`
}

// Limit is what is set.
type Limit struct {
	Requests int `json:"requests" minimum:"1" maximum:"1000000" doc:"From each user, client or key."`
	Period   int `json:"period_seconds" minimum:"1" maximum:"86400" doc:"In so many seconds."`
}

// LimitPath names an API.
type LimitPath struct {
	Conditional
	Acting
	API string `path:"api" maxLength:"50" doc:"native, lynkup, shiptheory, peddler, epgl or shiplee." example:"native"`
}

type setLimitIn struct {
	LimitPath
	Body Limit
}

func limits(a *api) {
	const tagName = "Identity"
	op(a, operation{
		ID: "list-limits", Method: "GET", Path: "/limits", Tag: tagName, Summary: "How many requests each API takes from a caller", Scope: waybill.ScopeRead,
		About: "From each user, client or key of the account. Answers of native say what is left in the RateLimit headers.",
	}, func(_ *call, in *struct{ Acting }) (acting[struct{}], error) {
		return acting[struct{}]{account: waybill.ID(in.Account)}, nil
	}, within(engine.Session.ListLimits, nil), func(_ *call, l engine.Limits) *tagged[list[limitOut]] {
		out := list[limitOut]{Items: []limitOut{}}
		for _, limit := range l.Items {
			out.Items = append(out.Items, showLimit(limit))
		}
		return &tagged[list[limitOut]]{tag(l.Account), out}
	})
	op(a, operation{
		ID: "set-limit", Method: "PUT", Path: "/limits/{api}", Tag: tagName, Summary: "Set how many requests an API takes from a caller of a child account", Scope: waybill.ScopeAdmin,
		About:   "A child gets no more than its parent has, at once or over time. An account does not set its own.",
		Example: Limit{100, 60},
	}, func(c *call, in *setLimitIn) (engine.SetLimit, error) {
		limit := waybill.RateLimit{Requests: in.Body.Requests, Period: time.Duration(in.Body.Period) * time.Second}
		return engine.SetLimit{Home: c.Home, Dialect: in.API, Limit: &limit}, nil
	}, engine.Session.SetLimit, func(_ *call, l engine.LimitSet) *tagged[limitOut] {
		return &tagged[limitOut]{tag(l.Account), showLimit(l.APILimit)}
	})
	op(a, operation{
		ID: "clear-limit", Method: "DELETE", Path: "/limits/{api}", Tag: tagName, Summary: "Let an API take from a child account what it takes by itself", Scope: waybill.ScopeAdmin, Status: 204,
	}, func(c *call, in *LimitPath) (engine.SetLimit, error) {
		return engine.SetLimit{Home: c.Home, Dialect: in.API}, nil
	}, engine.Session.SetLimit, func(*call, engine.LimitSet) *none { return &none{} })
}

func showLimit(l engine.APILimit) limitOut {
	return limitOut{l.Dialect, l.Limit.Requests, l.Limit.Period.Seconds(), l.Own}
}
