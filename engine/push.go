package engine

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// Push keeps what a carrier sent to a connection's hook address, sealed, to be read by a job. A wrong
// secret is answered like a hook that is not there.
func (e *Engine) Push(ctx context.Context, connection waybill.ID, secret string, header map[string][]string, body []byte) error {
	if !e.Vault.isHook(connection, secret) {
		return noHook()
	}
	plain, err := packPush(header, body)
	if err != nil {
		return err
	}
	payload := e.Vault.Seal(plain, pushContext(connection))
	return e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		c, err := tx.Connections().Get(connection)
		if waybill.IsCode(err, waybill.NotFound) {
			return noHook()
		}
		if err != nil {
			return err
		}
		id := e.IDs.New()
		return tx.Enqueue(waybill.Job{
			ID: id, Account: c.Account, Kind: waybill.JobPushed, Key: "pushed:" + string(id), Lane: "pushed:" + string(connection),
			Subject: connection, Due: tx.Now(), Created: tx.Now(), Payload: payload,
		})
	})
}

func noHook() error { return waybill.E("push", waybill.ReasonUnknownRecord, "no such hook") }

func pushContext(connection waybill.ID) string { return "push:" + string(connection) }

// Pushed is the job that reads one push.
func (e *Engine) Pushed(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(""))
	plain, err := e.Vault.Open(job.Payload, pushContext(job.Subject))
	if err != nil {
		return err
	}
	header, body, err := unpackPush(plain)
	if err != nil {
		return err
	}
	c, opened, shut, err := s.reopen(ctx, job.Subject)
	if err == nil {
		err = shut
	}
	if err != nil {
		return err
	}
	heard, err := opened.Pushed(header, body)
	if err != nil {
		return err
	}
	for _, h := range heard {
		if err := s.hearOne(ctx, c.ID, h, false); err != nil && !waybill.IsCode(err, waybill.NotFound) {
			return err
		}
	}
	s.heardOf(ctx, c, waybill.ProofPushed, heard, "")
	return nil
}

// hearOne writes what one push tells of a parcel. One that more is to come of is followed on, though it has arrived.
func (s Session) hearOne(ctx context.Context, connection waybill.ID, heard waybill.Tracking, more bool) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := tx.Trackers().ByNumber(connection, heard.Number)
		if err != nil {
			return err
		}
		if err := s.applyTracking(tx, &t, heard); err != nil {
			return err
		}
		t.Open = t.Open || more
		if due := nextPoll(t, tx.Now()); due.Before(t.Due) {
			t.Due = due
		}
		return tx.Trackers().Put(&t)
	})
}

// hearPushes hears what a simulated carrier tells by itself of the parcels that it was just asked after: each push is
// written on its own, as it would be had it come to the hook address.
func (s Session) hearPushes(ctx context.Context, c waybill.Connection, opened *carrier.Carrier, r carrier.TrackRequest) error {
	for i := range r.Lives {
		told, more := opened.Pushes(r.Numbers[i], r.Lives[i], r.Now)
		for _, push := range told {
			if err := s.hearOne(ctx, c.ID, push, more); err != nil && !waybill.IsCode(err, waybill.NotFound) {
				return err
			}
		}
		if opened.Has(carrier.Pushes) {
			s.heardOf(ctx, c, waybill.ProofPushed, told, "")
		}
	}
	return nil
}

// pushed is a carrier's push as the job keeps it.
type pushed struct {
	Header map[string][]string
	Body   []byte
}

func packPush(header map[string][]string, body []byte) ([]byte, error) {
	kept := map[string][]string{}
	for name, values := range header {
		if !strings.EqualFold(name, "Authorization") && !strings.EqualFold(name, "Cookie") {
			kept[name] = values
		}
	}
	return json.Marshal(pushed{kept, body})
}

func unpackPush(payload []byte) (map[string][]string, []byte, error) {
	var p pushed
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, nil, waybill.E("pushed", waybill.ReasonBadJSON, "a kept push is damaged")
	}
	return p.Header, p.Body, nil
}

// HookSecret is the last part of the address a carrier pushes a connection's news to.
func (v *Vault) HookSecret(connection waybill.ID) string {
	return hex.EncodeToString(v.mac("hook", v.current, string(connection))[:16])
}

func (v *Vault) isHook(connection waybill.ID, secret string) bool {
	given, err := hex.DecodeString(secret)
	if err != nil {
		return false
	}
	return v.anyKey(func(key string) bool { return hmac.Equal(given, v.mac("hook", key, string(connection))[:16]) })
}
