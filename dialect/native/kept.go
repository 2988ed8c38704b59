package native

import (
	"context"
	"encoding/json"
	"net/http"

	"waybill/dialect"
	"waybill/engine"
)

// answered is an answer as it is kept for a repeat.
type answered struct {
	Status int
	Header http.Header
	Body   []byte
}

// replayedHeader says of an answer that nothing was done for it: the Idempotency-Key stood for it.
const replayedHeader = "Idempotent-Replayed"

// recalled tells of an answer that its verb found under the caller's key.
func recalled(next dialect.Call) dialect.Call {
	return func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		reply, err := next(ctx, s, r)
		if err == nil && s.Actor.Subject.Recalled() {
			reply.Header.Set(replayedHeader, "true")
		}
		return reply, err
	}
}

// kept answers a write that is repeated with its Idempotency-Key as it was answered first. What the verb keeps
// itself, and what nobody may repeat, goes through.
func kept(o operation, next dialect.Call) dialect.Call {
	switch {
	case !o.writes() || o.Open:
		return next
	case o.Keyed:
		next = recalled(next)
	default:
		next = stored(o, next)
	}
	return func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		if err := soundKey(r); err != nil {
			return dialect.Reply{}, err
		}
		return next(ctx, s, r)
	}
}

// stored keeps the answers of an operation with its callers' keys.
func stored(o operation, next dialect.Call) dialect.Call {
	return func(ctx context.Context, s engine.Session, r *dialect.Request) (dialect.Reply, error) {
		key := r.IdempotencyKey()
		if key == "" {
			return next(ctx, s, r)
		}
		text, again, err := s.Once(ctx, engine.Once{Key: key, Hash: r.Hash(), Verb: o.ID}, func() ([]byte, error) {
			reply, err := next(ctx, s, r)
			if err != nil {
				return nil, err
			}
			return json.Marshal(answered{reply.Status, reply.Header, reply.Body})
		})
		if err != nil {
			return dialect.Reply{}, err
		}
		var a answered
		if err := json.Unmarshal(text, &a); err != nil {
			return dialect.Reply{}, err
		}
		if again {
			a.Header.Set(replayedHeader, "true")
		}
		return dialect.Reply{Status: a.Status, Header: a.Header, Body: a.Body}, nil
	}
}
