package engine

import (
	"waybill"
	"waybill/store"
)

// stamp makes an event of this actor about a shipment. The subject travels with events that webhooks
// speak of, so that a message says how things stood when it happened.
func (e *Engine) stamp(tx store.Tx, kind waybill.EventKind, s *waybill.Shipment, facts waybill.Facts) waybill.Event {
	actor := tx.Actor()
	event := waybill.Event{
		ID: e.IDs.New(), Account: actor.Account, Kind: kind, At: tx.Now(),
		Actor: actor.Name, ActorKind: actor.Kind, IP: actor.IP, Dialect: actor.Dialect, Facts: facts,
	}
	if s != nil {
		event.Account, event.Shipment, event.Purchase = s.Account, s.ID, s.Purchase
		if event.Facts.Booking == "" {
			event.Facts.Booking = s.Booking
		}
		if event.Facts.Transit == "" {
			event.Facts.Transit = s.Transit
		}
	}
	return event
}

// whole lists the kinds that keep the whole shipment, hooks or not.
var whole = map[waybill.EventKind]bool{
	waybill.ShipmentCreated: true, waybill.ShipmentBooked: true, waybill.ShipmentCancelled: true,
}

// emit writes an event and, for each endpoint that wants to hear it, a delivery with its job: all in
// the transaction that made the event true.
func (e *Engine) emit(tx store.Tx, set *setup, kind waybill.EventKind, s *waybill.Shipment, facts waybill.Facts) error {
	return e.announce(tx, set, e.stamp(tx, kind, s, facts), s)
}

// record writes an event that no endpoint is told of.
func (e *Engine) record(tx store.Tx, _ *setup, kind waybill.EventKind, s *waybill.Shipment, facts waybill.Facts) error {
	return tx.Emit(e.stamp(tx, kind, s, facts))
}

// announce writes an event with the shipment it is about, if it is about one.
func (e *Engine) announce(tx store.Tx, set *setup, event waybill.Event, s *waybill.Shipment) error {
	hooks := e.listeners(set.hooks, event)
	if s != nil && s.Hooked {
		own, err := tx.Hooks().Of(s.ID)
		if err != nil {
			return err
		}
		hooks = append(hooks, e.listeners(own, event)...)
	}
	if s != nil && (whole[event.Kind] || len(hooks) > 0) {
		copied := *s
		event.Subject = &copied
	}
	if err := tx.Emit(event); err != nil {
		return err
	}
	for _, hook := range hooks {
		if _, err := e.deliver(tx, hook, event); err != nil {
			return err
		}
	}
	return nil
}

// listeners are those of the endpoints that want to hear of an event.
func (e *Engine) listeners(all []waybill.Subscription, event waybill.Event) []waybill.Subscription {
	var hooks []waybill.Subscription
	for _, hook := range all {
		wanted := len(hook.Kinds) == 0
		for _, kind := range hook.Kinds {
			wanted = wanted || kind == event.Kind
		}
		if !wanted || (hook.Shipment != "" && hook.Shipment != event.Shipment) {
			continue
		}
		if e.Speaks == nil || e.Speaks(hook.Dialect, event.Kind) {
			hooks = append(hooks, hook)
		}
	}
	return hooks
}

func (e *Engine) deliver(tx store.Tx, hook waybill.Subscription, event waybill.Event) (waybill.Delivery, error) {
	delivery := waybill.Delivery{
		Row:          waybill.Row{ID: e.IDs.New(), Account: event.Account},
		Subscription: hook.ID, Event: event.ID, Kind: event.Kind, Shipment: event.Shipment, URL: hook.URL, State: "pending",
	}
	if err := tx.Deliveries().Put(&delivery); err != nil {
		return delivery, err
	}
	return delivery, tx.Enqueue(waybill.Job{
		ID: e.IDs.New(), Account: event.Account, Kind: waybill.JobDeliver, Key: "deliver:" + string(delivery.ID),
		Lane: string(hook.ID), Subject: delivery.ID, Due: tx.Now(), Created: tx.Now(),
	})
}
