package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// PrepareReplay asks for a request to be sent again from the log. Account is the one to work in: the caller's own when it is
// empty, or a child's.
type PrepareReplay struct {
	Name    string
	Account waybill.ID
}

// PreparedReplay is a request that may be sent again, and as whom.
type PreparedReplay struct {
	Entry   waybill.APIRequest
	Session Session
}

// PrepareReplay makes sure that sending a request again harms nobody. Who asks shows a test key; the account worked in has no
// live connection, its own or lent; the entry is whole. What is done then is done with what the key may do: as a test key
// it reaches nothing live even where this was not seen.
func (s Session) PrepareReplay(ctx context.Context, in PrepareReplay) (out PreparedReplay, err error) {
	const op = "replay"
	if !s.Actor.Test {
		return out, waybill.E(op, waybill.ReasonRole, "requests are replayed with a test key (wb_test_…) only")
	}
	view, err := s.GetRequest(ctx, in.Name)
	if err != nil {
		return out, err
	}
	e := view.APIRequest
	scope := waybill.ScopeShip
	if e.Method == "GET" {
		scope = waybill.ScopeRead
	}
	switch {
	case !s.Actor.May(scope):
		return out, waybill.E(op, waybill.ReasonRole, "to replay this the key needs the scope %q", scope)
	case e.Redacted:
		return out, waybill.E(op, waybill.ReasonNotRetryable, "the request held a secret, which is not in the log: it cannot be sent again as it was")
	case e.BodyCut || (e.Body == "" && e.BodySize > 0):
		return out, waybill.E(op, waybill.ReasonNotRetryable, "the body is not in the log as a whole")
	case e.Replay != "":
		return out, waybill.E(op, waybill.ReasonNotRetryable, "this was a replay of the request %s: replay that", e.Replay)
	}
	out.Entry = e
	if out.Session, err = s.Within(ctx, in.Account); err != nil {
		return out, err
	}
	err = s.Store.View(ctx, out.Session.Actor, func(tx store.Tx) error {
		all, err := tx.Connections().All()
		if err != nil {
			return err
		}
		for _, c := range all {
			if driver, ok := s.Carriers.Driver(c.Carrier); ok && !driver.Local && !out.Session.Actor.Reaches(c.Mode) {
				return waybill.E(op, waybill.ReasonRole,
					"the account has the live connection %q: replay in one whose connections are simulators or carriers' test systems, such as a child account for tests", c.Name)
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	// The entry is the caller's, whatever account it is replayed in.
	return out, s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return s.noteUse(tx, &e, "replay") })
}
