package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"waybill"
)

// APILimit is how many requests an API takes from each caller of an account.
type APILimit struct {
	Dialect string
	Limit   waybill.RateLimit
	Own     bool // set for this account; else the API's own limit
}

// Limits are those of an account, by API.
type Limits struct {
	Account waybill.Row
	Items   []APILimit
}

// ListLimits lists how many requests each API takes from each caller of the session's account.
func (s Session) ListLimits(ctx context.Context, _ struct{}) (Limits, error) {
	account, err := s.Account(ctx, s.Actor)
	list := Limits{Account: account.Row}
	for _, usual := range s.Limits {
		list.Items = append(list.Items, limitOf(account, usual))
	}
	return list, err
}

func limitOf(account waybill.Account, usual APILimit) APILimit {
	if own, set := account.Settings.Limits[usual.Dialect]; set {
		return APILimit{usual.Dialect, own, true}
	}
	return usual
}

// SetLimit asks for another limit of the session's account.
type SetLimit struct {
	Home    waybill.ID // the account of who asks: its parent's people set it, and not its own
	Dialect string
	Limit   *waybill.RateLimit // nil: the API's own again
}

// LimitSet is a limit that was set, and the account it is of.
type LimitSet struct {
	Account waybill.Row
	APILimit
}

// SetLimit sets how many requests an API takes from each caller of the session's account, or has it take what it takes
// by itself. Who came from the parent gives no more than that has: ReasonFields. Who came from the account itself is
// Forbidden, ReasonRole. The administrator of the installation sets any.
func (s Session) SetLimit(ctx context.Context, in SetLimit) (out LimitSet, err error) {
	at := slices.IndexFunc(s.Limits, func(l APILimit) bool { return l.Dialect == in.Dialect })
	if at < 0 {
		return out, waybill.E("limit", waybill.ReasonUnknownRecord, "there is no such API")
	}
	usual := s.Limits[at]
	err = again(s.IfVersion, func() error {
		old, err := s.Account(ctx, s.Actor)
		if err == nil {
			err = s.meant(old.Row)
		}
		if err != nil {
			return err
		}
		next := old
		next.Settings.Limits = map[string]waybill.RateLimit{}
		maps.Copy(next.Settings.Limits, old.Settings.Limits)
		delete(next.Settings.Limits, usual.Dialect)
		if in.Limit != nil {
			next.Settings.Limits[usual.Dialect] = *in.Limit
		}
		if err := s.mayLimit(ctx, in.Home, next.ID, limitOf(next, usual), usual); err != nil {
			return err
		}
		stored, err := s.putAccount(ctx, &old, next)
		out = LimitSet{stored.Row, limitOf(stored, usual)}
		return err
	})
	return out, err
}

// mayLimit refuses a limit that is not the actor's to give.
func (s Session) mayLimit(ctx context.Context, home, account waybill.ID, limit, usual APILimit) error {
	if s.Actor.Kind == waybill.ActorAdmin {
		return nil
	}
	if home == account {
		return waybill.E("limit", waybill.ReasonRole, "the limits of your own account are set by its parent, or by whoever runs the installation")
	}
	parent, err := s.Account(ctx, waybill.Actor{Account: home})
	if err != nil {
		return err
	}
	return within(limit.Limit, limitOf(parent, usual).Limit)
}

// within refuses a limit that lets through more than another: at once, or over time. No requests stands for any number.
func within(limit, most waybill.RateLimit) error {
	rate := func(l waybill.RateLimit) float64 { return float64(l.Requests) / l.Period.Seconds() }
	if most.Requests == 0 || limit.Requests != 0 && limit.Requests <= most.Requests && rate(limit) <= rate(most) {
		return nil
	}
	has := fmt.Sprintf("%d in %s", most.Requests, most.Period)
	return waybill.FieldErrors("limit", []waybill.FieldError{{
		Path: "requests", Rule: waybill.RuleRange, Value: fmt.Sprintf("%d in %s", limit.Requests, limit.Period), Limit: has,
		Message: "a child cannot have more than its parent, whose callers have " + has,
	}})
}
