package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

type backtestIn struct {
	Acting
	Body struct {
		RuleChoice
		Last int `json:"last,omitempty" minimum:"1" maximum:"200" default:"50" doc:"How many shipments, the newest."`
	}
}

type backtestOut struct {
	Shipments   int            `json:"shipments" doc:"How many were looked at: those that were once decided about."`
	Changed     int            `json:"changed" doc:"How many would have gone another way."`
	Differences []money        `json:"differences" nullable:"false" doc:"What they would have cost, less what they cost, by currency."`
	Items       []backtestCase `json:"items" nullable:"false" doc:"The newest first."`
}

type backtestCase struct {
	Shipment   string          `json:"shipment_id"`
	Reference  string          `json:"reference,omitempty"`
	CreatedAt  time.Time       `json:"created_at"`
	Then       backtestOutcome `json:"then" doc:"What was decided."`
	Now        backtestOutcome `json:"now" doc:"What these rules decide, on the rates of then."`
	Changed    bool            `json:"changed"`
	Difference *money          `json:"difference,omitempty" doc:"Now less then."`
	NotAsked   []string        `json:"not_asked,omitempty" doc:"Connections that would be asked, and of which no rate of then is known: one of them might win."`
}

type backtestOutcome struct {
	Outcome     string `json:"outcome" enum:"book,hold,ignore,no_provider"`
	Reason      string `json:"reason,omitempty"`
	Connection  string `json:"connection,omitempty"`
	Service     string `json:"service,omitempty"`
	ServiceName string `json:"service_name,omitempty"`
	Price       *money `json:"price,omitempty"`
}

func backtests(a *api) {
	op(a, operation{
		ID: "backtest-rules", Method: "POST", Path: "/rules/backtest", Tag: "Rules", Summary: "What rules would have done with past shipments", Scope: waybill.ScopeRate,
		About:   "Each of the last shipments is decided about once more, on the rates that came in for it. Nobody is asked, nothing is changed. Without rules and version it is the rules in force.",
		Example: map[string]any{"rules": []Rule{exampleRule}, "last": 20},
	}, func(_ *call, in *backtestIn) (acting[engine.BacktestRules], error) {
		return acting[engine.BacktestRules]{waybill.ID(in.Account), engine.BacktestRules{RuleChoice: in.Body.choice(), Last: in.Body.Last}}, nil
	}, within(engine.Session.BacktestRules, nil), showBacktest)
}

func showBacktest(_ *call, b engine.Backtest) *one[backtestOut] {
	out := backtestOut{Shipments: len(b.Cases), Changed: b.Changed, Differences: []money{}, Items: []backtestCase{}}
	for _, m := range b.Differences {
		out.Differences = append(out.Differences, showMoney(m))
	}
	for _, c := range b.Cases {
		shown := backtestCase{
			Shipment: string(c.Shipment.ID), Reference: c.Shipment.Reference, CreatedAt: c.Shipment.Created,
			Then: showOutcome(c.Then), Now: showOutcome(c.Now), Changed: c.Changed, NotAsked: c.NotAsked,
		}
		if c.Difference != nil {
			shown.Difference = maybeMoney(*c.Difference)
		}
		out.Items = append(out.Items, shown)
	}
	return &one[backtestOut]{out}
}

func showOutcome(o engine.BacktestOutcome) backtestOutcome {
	out := backtestOutcome{Outcome: o.Outcome, Reason: o.Reason}
	if o.Offer != nil {
		out.Connection, out.Service = o.Offer.Provider.ExternalID, o.Offer.Rate.Service
		out.ServiceName, out.Price = firstText(o.Offer.Provider.ServiceName, o.Offer.Rate.ServiceName), maybeMoney(o.Offer.Sold)
	}
	return out
}

func firstText(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
