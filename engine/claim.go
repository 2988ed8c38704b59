package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// numberLife is for how long a carrier's number is one parcel's: carriers use numbers again, after years.
const numberLife = 365 * 24 * time.Hour

// told is the booking that a person tells of, whose labels will be printed and which may be given back: so it must be
// this purchase's. Where the carrier can be asked, what it has under the purchase's key is what was bought, and the person
// must say the same. Where it cannot, who has the connection is believed, since he can look into the carrier's books; who
// borrows it is not.
func (s Session) told(ctx context.Context, in Decide, c waybill.Connection, opened *carrier.Carrier, shut error, p waybill.Purchase, q carrier.FindRequest) (carrier.Booking, error) {
	booking := carrier.Booking{Receipt: waybill.Receipt{
		CarrierID: firstOf(in.CarrierID, in.Numbers[0]), Numbers: in.Numbers, Price: p.Rate.Total,
	}}
	own := c.ID == "" || s.Actor.Sees(c.Account)
	if opened == nil {
		if !own {
			return booking, shut
		}
		return booking, nil
	}
	claim := carrier.ClaimRequest{Key: p.Key, Token: p.Rate.Token, CarrierID: in.CarrierID, Numbers: in.Numbers}
	if err := opened.Claim(claim); err != nil {
		return booking, err
	}
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	found, err := opened.Find(deadline, q)
	switch {
	case err == nil:
		return found, sameAsFound(in, found.Receipt)
	case waybill.IsCode(err, waybill.NotFound):
		return booking, notTheirs(in.Numbers, nil)
	case !own:
		return booking, err
	}
	labels, err := opened.Label(ctx, carrier.LabelRequest{CarrierID: booking.CarrierID, Numbers: in.Numbers, Label: q.Label})
	if err == nil {
		booking.Labels = labels
	}
	return booking, nil
}

// sameAsFound refuses numbers and an id that are not those the carrier has under the purchase's key.
func sameAsFound(in Decide, found waybill.Receipt) error {
	if in.CarrierID != "" && in.CarrierID != found.CarrierID && !slices.Contains(found.Numbers, in.CarrierID) {
		return notOfThis("carrier_id", in.CarrierID)
	}
	return notTheirs(in.Numbers, found.Numbers)
}

// notTheirs refuses those of the numbers that are not among the known ones; nil: all are.
func notTheirs(numbers, known []string) error {
	var fields []waybill.FieldError
	for i, number := range numbers {
		if !slices.Contains(known, number) {
			fields = append(fields, notOf(fmt.Sprintf("numbers[%d]", i), number))
		}
	}
	return waybill.FieldErrors(verbDecide, fields)
}

const verbDecide = "purchase.decide"

// notOf is what is wrong with a number that is not this purchase's; whose else it is, or that it is nobody's, is not said.
func notOf(path, value string) waybill.FieldError {
	return waybill.FieldError{Path: path, Rule: waybill.RuleExists, Value: value, Message: "the carrier has no such number for this purchase"}
}

func notOfThis(path, value string) error {
	return waybill.FieldErrors(verbDecide, []waybill.FieldError{notOf(path, value)})
}

// mayClaim refuses a person's word that a purchase has a number which another parcel of its connection has, whoever's: in
// the write that keeps the purchase.
func (s Session) mayClaim(tx store.Tx, before, after *waybill.Purchase) error {
	if before.Booking != nil || after.State != waybill.Bought || after.Booking == nil {
		return nil
	}
	numbers := after.Booking.Numbers
	taken, err := tx.Trackers().Taken(after.Connection, append([]string{after.Booking.CarrierID}, numbers...), tx.Now().Add(-numberLife))
	if err != nil || len(taken) == 0 {
		return err
	}
	free := slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return slices.Contains(taken, n) })
	if len(free) == len(numbers) {
		return notOfThis("carrier_id", after.Booking.CarrierID)
	}
	return notTheirs(numbers, free)
}

// mayClaimVisit refuses a person's word that the carrier comes under a number that is another pickup's, or that it does
// not write so.
func (s Session) mayClaimVisit(ctx context.Context, p waybill.Pickup, number string) error {
	c, opened, _, err := s.reopen(ctx, p.Connection)
	switch {
	case err != nil:
		return err
	case c.ID == "":
		return nil
	case !s.Actor.Sees(c.Account):
		return lenderDecides(p.Provider)
	case opened != nil:
		if err := opened.Claim(carrier.ClaimRequest{Key: p.Key, Visit: number}); err != nil {
			return err
		}
	}
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		from, err := time.Parse(time.DateOnly, p.Day)
		if err != nil {
			return err
		}
		visits, err := tx.Pickups().From(c.ID, from.AddDate(0, 0, -visitSpan).Format(time.DateOnly))
		for _, other := range visits {
			if other.ID != p.ID && other.CarrierID == number {
				return anotherHas(verbPickup, number)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if opened == nil {
		return nil
	}
	if err = s.sole(ctx, &visit{pickup: p, connection: c, carrier: opened}, number); waybill.ReasonOf(err) == waybill.ReasonTaken {
		return anotherHas(verbPickup, number)
	}
	return err
}

// visitSpan is how many days before a visit others are looked at that may have its number.
const visitSpan = 30

// mayClaimManifest refuses a person's word that a manifest has a number that another one of its connection has.
func (s Session) mayClaimManifest(ctx context.Context, h *handover, number string, shut error) error {
	c := h.connection
	if c.ID == "" {
		return nil
	}
	own := s.Actor.Sees(c.Account)
	if h.carrier != nil && h.carrier.Has(carrier.FindsLists) {
		found, err := s.lookUpManifest(ctx, h, shut)
		switch {
		case err == nil && found.ID != number, waybill.IsCode(err, waybill.NotFound):
			return anotherHas(verbManifest, number)
		case err == nil:
			return nil
		case !own:
			return err
		}
	}
	if !own {
		return lenderDecides(h.manifest.Provider)
	}
	return s.Store.View(ctx, among(c), func(tx store.Tx) error {
		page := store.Page{Limit: 1000, Order: store.ByUpdated}
		for {
			part, err := tx.Manifests().Find(store.ManifestQuery{Connection: c.ID, UpdatedFrom: tx.Now().Add(-numberLife)}, page)
			if err != nil {
				return err
			}
			for _, m := range part.Items {
				if m.ID != h.manifest.ID && m.CarrierID == number {
					return anotherHas(verbManifest, number)
				}
			}
			if page.After = part.Next; page.After == "" {
				return nil
			}
		}
	})
}

// among is the engine acting in the account of a connection and those that borrow it.
func among(c waybill.Connection) waybill.Actor {
	actor := waybill.System(c.Account)
	for _, loan := range c.Lent {
		actor.Grants = append(actor.Grants, loan.Account)
	}
	return actor
}

func anotherHas(op, number string) error {
	return waybill.FieldErrors(op, []waybill.FieldError{{
		Path: "carrier_id", Rule: waybill.RuleExists, Value: number, Message: "the carrier has no such number for this one: another has it",
	}})
}

// lenderDecides refuses a borrower's word on what its carrier cannot be asked: he cannot look into the carrier's books.
func lenderDecides(p waybill.Provider) error {
	return waybill.FieldErrors("decide", []waybill.FieldError{{
		Path: "carrier_id", Rule: waybill.RuleExists,
		Message: "only who lent " + p.DisplayName + " can say under which number the carrier has it: it cannot be asked",
	}})
}
