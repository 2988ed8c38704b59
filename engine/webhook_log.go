package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/store"
)

// DeliveryQuery selects deliveries.
type DeliveryQuery = store.DeliveryQuery

// FindDeliveries asks for a part of the log of deliveries.
type FindDeliveries struct {
	Query DeliveryQuery
	Page  Page
}

// ReplayDeliveries sends deliveries again: those of an endpoint, in a state and made in a span of time.
type ReplayDeliveries struct{ Query DeliveryQuery }

// mostReplayed is how many deliveries are sent again at once; who wants more asks again.
const mostReplayed = 1000

// PauseSubscription stops an endpoint from hearing, or lets it hear again, beginning with what waited for it.
type PauseSubscription struct {
	ID     waybill.ID
	Paused bool
	Cause  string
}

// GetSubscription reads an endpoint by its id or name; its secrets stay sealed.
func (s Session) GetSubscription(ctx context.Context, id waybill.ID) (hook waybill.Subscription, err error) {
	if id, err = s.hookID(ctx, id); err != nil {
		return hook, err
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		hook, err = tx.Subscriptions().Get(id)
		return err
	})
	return hook, err
}

// PauseSubscription pauses an endpoint by hand, or ends any pause.
func (s Session) PauseSubscription(ctx context.Context, in PauseSubscription) (out waybill.Subscription, err error) {
	if !in.Paused {
		return s.ResumeSubscription(ctx, in.ID)
	}
	if err := s.maySetUp(); err != nil {
		return out, err
	}
	if in.ID, err = s.hookID(ctx, in.ID); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		hook, err := tx.Subscriptions().Get(in.ID)
		if err == nil {
			err = s.meant(hook.Row)
		}
		if err != nil {
			return err
		}
		before := hook
		hook.Paused, hook.PauseCause = true, firstOf(in.Cause, "by "+s.Actor.Name)
		if err := tx.Subscriptions().Put(&hook); err != nil {
			return err
		}
		out = hook
		return s.noteChange(tx, &before, &hook)
	})
	return out, err
}

// TestSubscription sends an endpoint an event of its own, which says that nothing happened. Unsupported,
// ReasonNotAcceptable where its dialect has no word for that.
func (s Session) TestSubscription(ctx context.Context, id waybill.ID) (out waybill.Delivery, err error) {
	if err := s.maySetUp(); err != nil {
		return out, err
	}
	if id, err = s.hookID(ctx, id); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		hook, err := tx.Subscriptions().Get(id)
		if err != nil {
			return err
		}
		if s.Speaks != nil && !s.Speaks(hook.Dialect, waybill.WebhookTested) {
			return waybill.E("webhook.test", waybill.ReasonNotAcceptable, "the API %s has no word for a test; replay a delivery", hook.Dialect)
		}
		event := s.stamp(tx, waybill.WebhookTested, nil, waybill.Facts{Message: "a test: nothing happened"})
		event.Account, event.Shipment = hook.Account, hook.ID
		if err := tx.Emit(event); err != nil {
			return err
		}
		if out, err = s.deliver(tx, hook, event); err != nil {
			return err
		}
		return s.noteUse(tx, &hook, "test")
	})
	return out, err
}

// FindDeliveries lists what was sent to endpoints, newest first unless the page says otherwise.
func (s Session) FindDeliveries(ctx context.Context, in FindDeliveries) (list store.Slice[waybill.Delivery], err error) {
	if in.Query.Subscription, err = s.hookID(ctx, in.Query.Subscription); err != nil {
		return list, err
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if in.Query.Subscription != "" {
			if _, err := tx.Subscriptions().Get(in.Query.Subscription); err != nil {
				return err
			}
		}
		list, err = tx.Deliveries().Find(in.Query, in.Page)
		return err
	})
	return list, err
}

// GetDelivery reads a delivery with what was sent and every attempt.
func (s Session) GetDelivery(ctx context.Context, id waybill.ID) (d waybill.Delivery, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		d, err = tx.Deliveries().Get(id)
		return err
	})
	return d, err
}

// ReplayDeliveries sends deliveries once more, oldest first, each with the whole schedule before it, and answers how
// many: at most a thousand. Those still to be sent come forward where their state is asked for.
func (s Session) ReplayDeliveries(ctx context.Context, in ReplayDeliveries) (count int, err error) {
	if err := s.maySetUp(); err != nil {
		return 0, err
	}
	if len(in.Query.States) == 0 {
		in.Query.States = []string{DeliveryDelivered, DeliveryDead, DeliverySkipped}
	}
	found, err := s.FindDeliveries(ctx, FindDeliveries{Query: in.Query, Page: Page{Limit: mostReplayed, Ascending: true}})
	if err != nil {
		return 0, err
	}
	for chunk := range slices.Chunk(found.Items, 100) {
		err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			for _, old := range chunk {
				d, err := tx.Deliveries().Get(old.ID)
				if err != nil {
					return err
				}
				if err := s.sendAgain(tx, &d); err != nil {
					return err
				}
			}
			if count > 0 { // it is one replay
				return nil
			}
			return s.noteReplay(tx, found.Items)
		})
		if err != nil {
			return count, err
		}
		count += len(chunk)
	}
	return count, nil
}

// noteReplay has the audit log say whose endpoints were sent something again. The endpoint of one shipment is no set-up.
func (s Session) noteReplay(tx store.Tx, list []waybill.Delivery) error {
	noted := map[waybill.ID]bool{}
	for _, d := range list {
		if noted[d.Subscription] {
			continue
		}
		noted[d.Subscription] = true
		hook, err := tx.Subscriptions().Get(d.Subscription)
		if waybill.IsCode(err, waybill.NotFound) {
			continue
		}
		if err == nil {
			err = s.noteUse(tx, &hook, "replay")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sendAgain queues a delivery once more. One that is still to be sent is due now, and so are those before it, for an
// endpoint hears things in order. NotFound where the endpoint was deleted.
func (s Session) sendAgain(tx store.Tx, d *waybill.Delivery) error {
	if _, _, err := endpoint(tx, d.Subscription); err != nil {
		return err
	}
	if d.State == DeliveryPending {
		queued, err := tx.Hurry(string(d.Subscription), d.ID)
		if err != nil || queued {
			return err
		}
	}
	d.State = DeliveryPending
	if err := tx.Deliveries().Put(d); err != nil {
		return err
	}
	return tx.Enqueue(s.deliverJob(*d, tx.Now()))
}
