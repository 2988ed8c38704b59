package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

func pickupKey(id waybill.ID) string { return "pickup:" + string(id) }

func (s Session) pickupJob(p waybill.Pickup, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: p.Account, Kind: waybill.JobPickup, Key: pickupKey(p.ID), Subject: p.ID, Due: due, Created: s.Clock.Now(),
	}
}

// reservePickup is the first write: that the carrier is being asked, and the job that looks after it if we do not
// live to hear the answer.
func (s Session) reservePickup(ctx context.Context, v *visit) error {
	var stored waybill.Pickup
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p := v.pickup
		if err := mayCome(tx, p); err != nil {
			return err
		}
		if err := s.putPickup(tx, v.set, &p, waybill.PickupAsked, waybill.Facts{}); err != nil {
			return err
		}
		if err := mayCome(tx, p); err != nil { // again: now nobody else can be asking, and who was is seen
			return err
		}
		if err := tx.Enqueue(s.pickupJob(p, p.Deadline.Add(settleMargin))); err != nil {
			return err
		}
		stored = p
		return nil
	})
	if err != nil {
		return s.asAsked(ctx, v, err)
	}
	v.pickup = stored
	return nil
}

// asAsked is what a pickup that could not be asked for comes to: the same, where another told it with the same key at
// the same moment, else why the carrier is not asked.
func (s Session) asAsked(ctx context.Context, v *visit, refused error) error {
	if reason := waybill.ReasonOf(refused); reason != waybill.ReasonTaken && reason != waybill.ReasonUnsettled {
		return refused
	}
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		p, known, err := standsFor(tx, tx.Pickups(), digestOfPickup, v.pickup.ID, v.pickup.Digest)
		switch {
		case err != nil:
			return err
		case known:
			v.pickup, v.done = p, true
			return nil
		}
		if err := mayCome(tx, v.pickup); err != nil {
			return err
		}
		return waybill.E(verbPickup, waybill.ReasonUnsettled, "%s was being asked at the same moment", v.pickup.Provider.DisplayName)
	})
}

// mayCome refuses to ask a carrier that comes to the place that day, or was asked to and has not answered: carriers
// come once a day, and give who asks twice the number of the first visit.
func mayCome(tx store.Tx, p waybill.Pickup) error {
	open, err := tx.Pickups().Open(p.Connection, p.Location, p.Day)
	for _, other := range open {
		switch {
		case other.ID == p.ID:
		case other.State != waybill.PickupConfirmed:
			return waybill.E(verbPickup, waybill.ReasonUnsettled, "%s was asked to come to %s on %s, and nobody knows yet whether it does: pickup %s",
				p.Provider.DisplayName, p.LocationKey, p.Day, other.ID)
		default:
			return waybill.E(verbPickup, waybill.ReasonTaken, "%s comes to %s on %s already: cancel the pickup %s first",
				p.Provider.DisplayName, p.LocationKey, p.Day, other.ID)
		}
	}
	return err
}

// collect calls the carrier once and writes down how it ended.
func (s Session) collect(ctx context.Context, v *visit) error {
	p := v.pickup
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	got, err := v.carrier.Collect(deadline, carrier.CollectRequest{
		At:    waybill.Party{Contact: v.location.Contact, Address: v.location.Address},
		Ready: p.Ready, Close: p.Close, Parcels: p.Parcels, Weight: p.Weight, Services: p.Services, Key: p.Key, Place: p.Place,
	})
	if err == nil {
		err = s.sole(ctx, v, got.ID)
	}
	e := waybill.AsError(err)
	if err == nil {
		s.prove(ctx, v.connection, waybill.ProofPickup, p.ID, "")
	}
	return s.settlePickup(ctx, v, func(p *waybill.Pickup) (waybill.EventKind, waybill.Facts) {
		switch {
		case err == nil:
			confirm(p, v.connection, got)
			return waybill.PickupBooked, waybill.Facts{Price: &p.Sold}
		case e.Unsure:
			p.State = waybill.PickupUnsure
		default:
			p.State = waybill.PickupFailed
		}
		p.Reason, p.Error, p.Fault = e.Reason, e.Message, e.Fault
		kind := waybill.PickupRefused
		if e.Unsure {
			kind = waybill.PickupInDoubt
		}
		return kind, waybill.Facts{Reason: e.Reason, Message: e.Message, Fault: e.Fault}
	})
}

// confirm notes that the carrier comes, and for how much.
func confirm(p *waybill.Pickup, c waybill.Connection, got carrier.Collection) {
	p.State, p.CarrierID, p.Reason, p.Error, p.Fault = waybill.PickupConfirmed, got.ID, "", "", nil
	if !got.Ready.IsZero() && got.Close.After(got.Ready) {
		p.Ready, p.Close = got.Ready, got.Close
	}
	p.Price, p.Sold = got.Price, sold(got.Price, p.Account, c)
}

// settlePickup writes how it ended. One that was settled meanwhile, by its job or by a person, is settled anew only by
// what is certain: a carrier that answers late comes all the same.
func (s Session) settlePickup(ctx context.Context, v *visit, how func(*waybill.Pickup) (waybill.EventKind, waybill.Facts)) error {
	stored := v.pickup
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		p := v.pickup
		if p.Version > 0 {
			var err error
			if p, err = tx.Pickups().Get(p.ID); err != nil {
				return err
			}
		} else if err := claim(tx, &p); err != nil {
			return err
		}
		was := p.State
		kind, facts := how(&p)
		if was != waybill.PickupRequested && p.State == waybill.PickupUnsure {
			stored = v.pickup
			stored.State = was
			return nil
		}
		if err := tx.Unqueue(pickupKey(p.ID)); err != nil {
			return err
		}
		if err := s.putPickup(tx, v.set, &p, kind, facts); err != nil {
			return err
		}
		if p.State == waybill.PickupConfirmed {
			if err := s.chargePickup(tx, v.connection, p, waybill.EntryAdjustment); err != nil {
				return err
			}
		}
		stored = p
		return nil
	})
	if err == nil {
		v.pickup = stored
	}
	return err
}

// claim has a visit of our own driver hold the place and the day until it is settled: of two at once one waits for the
// other, and then sees it.
func claim(tx store.Tx, p *waybill.Pickup) error {
	if err := mayCome(tx, *p); err != nil {
		return err
	}
	if err := tx.Pickups().Put(p); err != nil {
		return err
	}
	return mayCome(tx, *p)
}

// putPickup writes a pickup and what happened to it.
func (e *Engine) putPickup(tx store.Tx, set *setup, p *waybill.Pickup, kind waybill.EventKind, facts waybill.Facts) error {
	if err := tx.Pickups().Put(p); err != nil {
		return err
	}
	facts.Carrier, facts.Note = p.Provider.DisplayName, firstOf(facts.Note, p.LocationKey+" "+p.Day)
	event := e.stamp(tx, kind, nil, facts)
	event.Account, event.Shipment, event.Pickup = p.Account, p.ID, p.ID
	return e.announce(tx, set, event, nil)
}

// chargePickup has the wallet of a wallet-billed connection pay what the carrier charges for coming, or gives it back.
// The price is known only when it comes, so it may pass the floor, as what carriers bill later may.
func (s Session) chargePickup(tx store.Tx, c waybill.Connection, p waybill.Pickup, kind waybill.EntryKind) error {
	if c.Billed != waybill.BilledWallet || p.Sold.Minor <= 0 || p.Sold.Currency != c.Floor.Currency {
		return nil
	}
	entry := waybill.Entry{
		Row:  waybill.Row{ID: paymentID(p.Account, "pickup "+string(kind)+" "+string(p.ID)), Account: p.Account},
		Kind: kind, Amount: p.Sold, Cause: "pickup of " + p.Day + " with " + p.Provider.DisplayName, Actor: s.Actor.Name,
	}
	if _, err := tx.Wallet().Get(entry.ID); !waybill.IsCode(err, waybill.NotFound) {
		return err // booked before
	}
	return tx.Wallet().Post(&entry, 0)
}
