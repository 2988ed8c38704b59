package engine

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"waybill"
	"waybill/store"
)

// The states of a delivery.
const (
	DeliveryPending   = "pending"   // to be sent, or again, or waiting for a paused endpoint
	DeliveryDelivered = "delivered" // the endpoint took it
	DeliveryDead      = "dead"      // given up: a person may replay it
	DeliverySkipped   = "skipped"   // nothing to say: not a status this endpoint wants
)

// pauseAfter is how many deliveries in a row may be given up before their endpoint is paused. One may
// be a message the endpoint cannot digest; two, each tried for three days, are a dead endpoint.
const pauseAfter = 2

// Outgoing is one webhook to be said and sent.
type Outgoing struct {
	Delivery     waybill.Delivery
	Subscription waybill.Subscription
	Event        waybill.Event
	Secret       string // signs the body; empty: unsigned
	OldSecret    string // signs too, while secrets rotate
	Token        string // the endpoint's static token, mostly the Authorization header; empty: none
	Tries        int    // attempts made since the delivery was queued or replayed
	Paused       bool   // the endpoint takes nothing now: the delivery waits, and those behind it
	Idle         bool   // nothing to do: it was delivered or given up, or its endpoint was deleted

	account waybill.Account // set when the endpoint is a single shipment's
}

// Sent is how one attempt to deliver ended.
type Sent struct {
	Attempt waybill.Attempt
	State   string            // what the delivery now is
	Body    []byte            // the message, kept so that every attempt sends the same bytes
	Header  map[string]string // that goes with it
	Gone    bool              // the endpoint says it is no more: pause it
}

// Delivery reads what a deliver job is about, secrets opened.
func (e *Engine) Delivery(ctx context.Context, job waybill.Job) (out Outgoing, err error) {
	err = e.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		found, err := readOutgoing(tx, job)
		if err == nil {
			out = found
		}
		return err
	})
	if waybill.IsCode(err, waybill.NotFound) {
		return Outgoing{Idle: true}, e.skip(ctx, job.Subject, waybill.AsError(err).Message)
	}
	if err != nil || out.Idle || out.Paused {
		return out, err
	}
	out.Tries = len(out.Delivery.Attempts) - startOf(job)
	return out, e.openSecrets(&out)
}

// skip ends a delivery that has nowhere to go any more. One that is past its retention has ended.
func (e *Engine) skip(ctx context.Context, id waybill.ID, why string) error {
	err := e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		delivery, err := tx.Deliveries().Get(id)
		if err != nil || delivery.State != DeliveryPending {
			return err
		}
		delivery.State = DeliverySkipped
		delivery.Attempts = append(delivery.Attempts, waybill.Attempt{At: tx.Now(), Error: why})
		return tx.Deliveries().Put(&delivery)
	})
	if waybill.IsCode(err, waybill.NotFound) {
		return nil
	}
	return err
}

func readOutgoing(tx store.Tx, job waybill.Job) (out Outgoing, err error) {
	if out.Delivery, err = tx.Deliveries().Get(job.Subject); err != nil {
		return out, err
	}
	var single bool
	if out.Subscription, single, err = endpoint(tx, out.Delivery.Subscription); err != nil {
		return out, err
	}
	account, err := tx.Accounts().Get(out.Subscription.Account)
	if err != nil {
		return out, err
	}
	if account.Closing != nil {
		return out, waybill.E("deliver", waybill.ReasonUnknownRecord, "the account was deleted")
	}
	if single {
		out.account = account
	}
	out.Idle, out.Paused = out.Delivery.State != DeliveryPending, out.Subscription.Paused
	if out.Idle || out.Paused {
		return out, nil
	}
	events, err := tx.Events().Of(out.Delivery.Shipment)
	if err != nil {
		return out, err
	}
	for _, event := range events {
		if event.ID == out.Delivery.Event {
			out.Event = event
			return out, nil
		}
	}
	return out, waybill.E("deliver", waybill.ReasonUnknownRecord, "the event of this delivery is gone")
}

func (e *Engine) openSecrets(out *Outgoing) (err error) {
	s := out.Subscription
	if out.account.ID != "" {
		out.Token, err = e.HookToken(out.account)
		return err
	}
	if out.Secret, err = e.openSecret(s.ID, s.Secret); err != nil {
		return err
	}
	token, err := base64.StdEncoding.DecodeString(s.Token)
	if err != nil {
		return waybill.E("deliver", waybill.ReasonBug, "the sealed token of an endpoint is damaged")
	}
	if out.Token, err = e.openSecret(s.ID, token); err != nil {
		return err
	}
	if e.Clock.Now().Before(s.OldUntil) {
		out.OldSecret, err = e.openSecret(s.ID, s.OldSecret)
	}
	return err
}

func (e *Engine) openSecret(subscription waybill.ID, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := e.Vault.Open(sealed, hookContext(subscription))
	return string(plain), err
}

// Delivered writes down how an attempt ended, and with a final state finishes the job in the same
// transaction; a death leaves the job to be buried. It also keeps count of the endpoint: too many deaths
// in a row, or its own word that it is gone, pause it, and what is queued waits until it is resumed.
func (e *Engine) Delivered(ctx context.Context, job waybill.Job, sent Sent) error {
	return e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
		delivery, err := tx.Deliveries().Get(job.Subject)
		if err != nil {
			return err
		}
		delivery.State, delivery.Body, delivery.Header = sent.State, sent.Body, sent.Header
		if !sent.Attempt.At.IsZero() {
			delivery.Attempts = append(delivery.Attempts, sent.Attempt)
		}
		err = noteEndpoint(tx, delivery.Subscription, sent)
		if waybill.IsCode(err, waybill.NotFound) { // it was deleted meanwhile: there is no other attempt
			if err = nil; delivery.State == DeliveryPending {
				delivery.State = DeliverySkipped
			}
		}
		if err != nil {
			return err
		}
		if err := tx.Deliveries().Put(&delivery); err != nil {
			return err
		}
		if sent.State == DeliveryDelivered || sent.State == DeliverySkipped {
			return tx.Finish(job)
		}
		return nil
	})
}

// noteEndpoint writes only when the endpoint's standing changes: its row is part of the account's
// set-up, which others keep in memory.
func noteEndpoint(tx store.Tx, id waybill.ID, sent Sent) error {
	s, single, err := endpoint(tx, id)
	if err != nil {
		return err
	}
	switch {
	case sent.Gone:
		s.Paused, s.PauseCause = true, "the endpoint answered 410 Gone"
	case sent.State == DeliveryDead:
		s.Failures++
		if s.Failures >= pauseAfter {
			s.Paused, s.PauseCause = true, strconv.Itoa(s.Failures)+" deliveries in a row were given up"
		}
	case sent.State == DeliveryDelivered && s.Failures > 0:
		s.Failures = 0
	default:
		return nil
	}
	if single {
		return tx.Hooks().Put(&s)
	}
	return tx.Subscriptions().Put(&s)
}

// deliverJob sends a delivery. It notes how many attempts were made before, so that a replay has the
// whole schedule again, and its key counts them, so that a buried job is not in the way.
func (e *Engine) deliverJob(d waybill.Delivery, now time.Time) waybill.Job {
	start := strconv.Itoa(len(d.Attempts))
	return waybill.Job{
		ID: e.IDs.New(), Account: d.Account, Kind: waybill.JobDeliver, Key: "deliver:" + string(d.ID) + ":" + start,
		Lane: string(d.Subscription), Subject: d.ID, Due: now, Created: now, Payload: []byte(start),
	}
}

func startOf(job waybill.Job) int {
	n, _ := strconv.Atoi(string(job.Payload)) // none: the first time
	return n
}
