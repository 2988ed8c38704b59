package engine

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"waybill"
	"waybill/store"
)

// Once asks that something be done once, however often it is asked for with one key. It is for what has no outcome
// in the store that could be shown again; what buys keeps its key with the purchase (recall.go). What is kept may hold
// what the next caller must not see, a new key or what a parent pays: it is shown to that caller alone, while what it
// may do is the same.
type Once struct {
	Key, Hash string // as in CreateShipment
	Verb      string
}

// onceAtMost is how long something that never said how it ended keeps its key.
const onceAtMost = 2 * time.Minute

// Once does it, or answers what was answered before. The answer is kept sealed. While the first is under way others
// are Conflict, ReasonKeyRunning; the key with another request is ReasonKeyReused. What failed may be tried again
// with its key, unless nobody knows whether it happened.
func (s Session) Once(ctx context.Context, in Once, do func() ([]byte, error)) (answer []byte, again bool, err error) {
	asked := askedBy(s.Actor, in.Hash)
	in.Hash = hex.EncodeToString(s.Vault.mac("asked", s.Vault.current, asked))
	answer, again, err = s.before(ctx, in, asked)
	if err != nil || again {
		return answer, again, err
	}
	answer, failed := do()
	done := store.Key{Account: s.Actor.Account, Surface: s.Actor.Dialect, Key: in.Key, Hash: in.Hash, Verb: in.Verb}
	if failed == nil {
		done.Answer = base64.StdEncoding.EncodeToString(s.Vault.Seal(answer, s.answerContext(in)))
	}
	if e := waybill.AsError(failed); e != nil && e.Unsure {
		return nil, false, failed
	}
	err = s.Store.Update(context.WithoutCancel(ctx), s.Actor, func(tx store.Tx) error {
		key := done
		if key.Expires = tx.Now(); failed == nil { // what has expired is not there
			key.Expires = tx.Now().Add(keyLife)
		}
		return tx.Keys().Put(key)
	})
	if err != nil {
		s.Log.Error("an idempotency key was not ended", "verb", in.Verb, "account", string(s.Actor.Account), "error", err.Error())
	}
	return answer, false, failed
}

// askedBy joins a request with its caller and what that may. It is kept under a key of the vault: a request may hold a password,
// which could be guessed from a plain hash.
func askedBy(a waybill.Actor, hash string) string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%q\x00%v\x00%q\x00%s", hash, a.Kind, a.ID, a.Role, a.Scopes, a.Test, a.Grants, a.Account)
}

// same reports whether a key stands for a request, under whichever key of the vault it was kept.
func (s Session) same(found store.Key, in Once, asked string) bool {
	return found.Verb == in.Verb && s.Vault.anyKey(func(id string) bool {
		return found.Hash == hex.EncodeToString(s.Vault.mac("asked", id, asked))
	})
}

// before begins a key, or finds what it already stands for.
func (s Session) before(ctx context.Context, in Once, asked string) (answer []byte, known bool, err error) {
	var found store.Key
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		key, ok, err := tx.Keys().Get(s.Actor.Dialect, in.Key)
		switch {
		case err != nil:
			return err
		case ok:
			found, known = key, true
			return nil
		}
		found, known = store.Key{}, false
		return tx.Keys().Put(store.Key{
			Account: s.Actor.Account, Surface: s.Actor.Dialect, Key: in.Key, Hash: in.Hash, Verb: in.Verb,
			Running: true, Expires: tx.Now().Add(onceAtMost),
		})
	})
	switch {
	case waybill.ReasonOf(err) == waybill.ReasonKeyRunning || (known && found.Running && s.same(found, in, asked)):
		e := waybill.E(in.Verb, waybill.ReasonKeyRunning, "a request with this Idempotency-Key is under way")
		e.RetryAfter = time.Second
		return nil, false, e
	case err != nil || !known:
		return nil, false, err
	case !s.same(found, in, asked):
		return nil, false, waybill.E(in.Verb, waybill.ReasonKeyReused, "the Idempotency-Key was used before with another request, or by another caller")
	}
	sealed, err := base64.StdEncoding.DecodeString(found.Answer)
	if err == nil {
		answer, err = s.Vault.Open(sealed, s.answerContext(in))
	}
	return answer, true, err
}

// answerContext binds a sealed answer to its key.
func (s Session) answerContext(in Once) string {
	return "answer/" + string(s.Actor.Account) + "/" + s.Actor.Dialect + "/" + in.Key
}
