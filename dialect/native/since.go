package native

import (
	"context"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// Since is what a list takes that is short enough to be answered whole.
type Since struct {
	UpdatedSince time.Time `query:"updated_since" doc:"Only what changed at this time or later; of what never changes, what was written then."`
}

// since is what a verb gets, with the time that its list is held against.
type since[In any] struct {
	in   In
	time time.Time
}

// changedSince lets a list hold only what changed at the time that was asked for, or later.
func changedSince[In, D any](verb dialect.Verb[In, []D], at func(D) time.Time) dialect.Verb[since[In], []D] {
	return func(s engine.Session, ctx context.Context, in since[In]) (list []D, err error) {
		all, err := verb(s, ctx, in.in)
		for _, d := range all {
			if !at(d).Before(in.time) {
				list = append(list, d)
			}
		}
		return list, err
	}
}

// toSince reads what a list is asked for that needs nothing else.
func toSince(_ *call, in *struct{ Since }) (since[struct{}], error) {
	return since[struct{}]{time: in.UpdatedSince}, nil
}

// namedSince is what is asked of one shipment's lists.
type namedSince struct {
	ID string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
	Since
}

func readNamedSince(_ *call, in *namedSince) (since[engine.GetShipment], error) {
	return since[engine.GetShipment]{engine.GetShipment{Ref: ref(in.ID)}, in.UpdatedSince}, nil
}

// lastOf is when a moment of a timeline was last changed: purchases and webhooks go on after they began.
func lastOf(m engine.Moment) time.Time {
	at := m.At
	for _, row := range rowsOf(m) {
		if row.Updated.After(at) {
			at = row.Updated
		}
	}
	return at
}

func rowsOf(m engine.Moment) (rows []waybill.Row) {
	if m.Purchase != nil {
		rows = append(rows, m.Purchase.Row)
	}
	if m.Delivery != nil {
		rows = append(rows, m.Delivery.Row)
	}
	if m.Manifest != nil {
		rows = append(rows, m.Manifest.Row)
	}
	return rows
}
