package engine

import (
	"context"

	"waybill"
	"waybill/store"
)

// maxTracked is how many numbers are told of at once.
const maxTracked = 100

// TrackNumbers tells what is known of parcels, in the order of the numbers.
func (s Session) TrackNumbers(ctx context.Context, in TrackNumbers) ([]Tracked, error) {
	list, err := s.trackNumbers(ctx, in)
	if err == nil {
		err = s.conjure(ctx, list)
	}
	return list, err
}

func (s Session) trackNumbers(ctx context.Context, in TrackNumbers) (list []Tracked, err error) {
	if len(in.Numbers) > maxTracked {
		return nil, waybill.FieldErrors("track", []waybill.FieldError{{
			Path: "numbers", Rule: waybill.RuleMaxItems, Value: itoa(len(in.Numbers)), Limit: itoa(maxTracked),
			Message: "at most " + itoa(maxTracked) + " numbers can be asked for at once",
		}})
	}
	if in.Fresh {
		if err := s.refresh(ctx, in.Numbers); err != nil {
			return nil, err
		}
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found := make([]Tracked, len(in.Numbers))
		for i, number := range in.Numbers {
			if found[i], err = trackNumber(tx, number); err != nil {
				return err
			}
		}
		list = found
		return nil
	})
	return list, err
}

// trackNumber reads what is known of one number, in any of its spellings.
func trackNumber(tx store.Tx, number string) (known Tracked, err error) {
	for _, spelled := range spellings(number) {
		if known, err = trackAs(tx, spelled); err != nil || known.Found {
			break
		}
	}
	known.Number = number
	return known, err
}

// trackAs reads what is known of a number as it is: by who follows it, else by who has it, since what is only
// declared may be followed by nobody.
func trackAs(tx store.Tx, number string) (Tracked, error) {
	known := Tracked{Number: number}
	if number == "" {
		return known, nil
	}
	t, err := trackerAs(tx, number)
	switch {
	case err == nil:
		known.Tracking = t.Track
		if t.Return != "" {
			r, err := tx.Returns().Get(t.Return)
			if err != nil {
				return known, err
			}
			return known.ofReturn(tx, r)
		}
		sh, err := tx.Shipments().Get(t.Shipment)
		if err != nil {
			return known, err
		}
		return known.ofShipment(tx, sh)
	case !waybill.IsCode(err, waybill.NotFound):
		return known, err
	}
	sh, err := findTracking(tx, number)
	if err == nil {
		if known.Tracking, err = unfollowed(tx, sh, number); err != nil {
			return known, err
		}
		return known.ofShipment(tx, sh)
	}
	if !waybill.IsCode(err, waybill.NotFound) {
		return known, err
	}
	returns, err := tx.Returns().ByTracking(number)
	if err != nil {
		return known, err
	}
	for _, r := range returns {
		if usesConnection(tx.Actor(), r.Provider) {
			known.Tracking = waybill.Tracking{Number: number, Status: r.Transit}
			return known.ofReturn(tx, r)
		}
	}
	return known, nil
}

// unfollowed is what is known of a parcel that no connection follows: what was declared of it, else where its
// shipment is.
func unfollowed(tx store.Tx, sh waybill.Shipment, number string) (waybill.Tracking, error) {
	all, err := tx.Trackers().Of(sh.ID)
	for _, t := range all {
		if t.Return == "" && t.Track.Number == number {
			return t.Track, err
		}
	}
	return waybill.Tracking{Number: number, Status: sh.Transit, Expected: sh.EstimatedDrop.Ends}, err
}

func (k Tracked) ofShipment(tx store.Tx, sh waybill.Shipment) (_ Tracked, err error) {
	k.Found, k.Shipment = true, sh
	k.Events, err = tx.Events().Of(sh.ID)
	return k, err
}

func (k Tracked) ofReturn(tx store.Tx, r waybill.Return) (Tracked, error) {
	k.Found, k.Return = true, &r
	if r.Shipment == "" {
		return k, nil
	}
	sh, err := tx.Shipments().Get(r.Shipment)
	if err != nil {
		return k, err
	}
	return k.ofShipment(tx, sh)
}

// refresh asks the carriers after those numbers that are still followed. It takes no longer than a caller
// waits; who fails or is too slow is passed over, and polled when it is due.
func (s Session) refresh(ctx context.Context, numbers []string) error {
	followed := map[waybill.ID][]waybill.Tracker{}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		open := map[waybill.ID][]waybill.Tracker{}
		for _, number := range numbers {
			t, err := trackerOf(tx, number)
			if waybill.IsCode(err, waybill.NotFound) || (err == nil && !t.Open) {
				continue
			}
			if err != nil {
				return err
			}
			own, err := s.ownDrivers(tx, t.Connection)
			if err != nil {
				return err
			}
			if !own {
				open[t.Connection] = append(open[t.Connection], t)
			}
		}
		followed = open
		return nil
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Answer)
	defer cancel()
	for id, trackers := range followed {
		c, _, shut, err := s.reopen(ctx, id)
		if err == nil {
			err = shut
		}
		if err == nil {
			err = s.pollAll(ctx, c, trackers, s.Clock.Now())
		}
		if err != nil {
			s.Log.Warn("tracking on demand", "connection", string(id), "error", waybill.Logged(err))
		}
	}
	return nil
}
