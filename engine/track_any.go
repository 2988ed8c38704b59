package engine

import (
	"context"

	"waybill"
	"waybill/carrier"
	"waybill/label"
	"waybill/store"
)

// AnyNumber is a tracking number, and who carries it where that is known: a driver's name, or the external id of a
// connection.
type AnyNumber struct{ Number, Carrier string }

// TrackAny asks after parcels, whoever booked them.
type TrackAny struct {
	Numbers []AnyNumber
	Fresh   bool // as in TrackNumbers
}

// TrackedAny is what is known of one number. Of one that is nobody's here, Carrier is who writes numbers of this form
// (Detected), Known says whether that carrier knows it, and Problem why it could not be asked, or does not.
type TrackedAny struct {
	Tracked
	Carrier  string
	Detected bool
	Known    bool
	Problem  string
}

// TrackAny tells what is known of parcels, in the order of the numbers. Those of the account are told from what is
// stored; of the others the carrier is asked, once each, where its form and check digit or the caller tell who it is
// and the account has a connection to it. Nothing is stored.
func (s Session) TrackAny(ctx context.Context, in TrackAny) ([]TrackedAny, error) {
	numbers := make([]string, len(in.Numbers))
	for i, n := range in.Numbers {
		numbers[i] = n.Number
	}
	found, err := s.trackNumbers(ctx, TrackNumbers{Numbers: numbers, Fresh: in.Fresh})
	if err != nil {
		return nil, err
	}
	var set *setup
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := make([]TrackedAny, len(found))
	asked := map[waybill.ID][]int{} // by connection, the places in the list
	for i, t := range found {
		if list[i].Tracked = t; t.Found {
			continue
		}
		number, c := s.whose(set, in.Numbers[i], &list[i])
		if c != nil {
			list[i].Number = number
			asked[c.ID] = append(asked[c.ID], i)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.Answer)
	defer cancel()
	for id, places := range asked {
		s.askAfter(ctx, *set.connection(id), list, places)
	}
	for i := range list {
		list[i].Number = in.Numbers[i].Number
	}
	return list, nil
}

// whose finds who carries a number and how it writes it, and a connection to ask by; nil: there is none.
func (s Session) whose(set *setup, n AnyNumber, out *TrackedAny) (string, *waybill.Connection) {
	number := n.Number
	if c := set.magician(s.Actor); n.Carrier == "" && carrier.IsMagicNumber(number) && c != nil {
		out.Carrier, out.Detected = c.Carrier, true
		return number, c
	}
	if out.Carrier = n.Carrier; out.Carrier == "" {
		for _, r := range label.Readings(n.Number) {
			if r.Checked && r.Carrier != "" {
				number, out.Carrier = r.Number, r.Carrier
				break
			}
		}
	}
	if out.Carrier == "" {
		out.Problem = "no carrier is known by this form of number"
		return number, nil
	}
	out.Detected = n.Carrier == ""
	for i, c := range set.connections {
		if c.Paused || (c.Carrier != out.Carrier && (n.Carrier == "" || c.ExternalID != n.Carrier)) {
			continue
		}
		if driver, ok := s.Carriers.Driver(c.Carrier); ok && !driver.Local && s.Actor.Reaches(c.Mode) {
			out.Carrier = c.Carrier
			return number, &set.connections[i]
		}
	}
	out.Problem = "the account has no connection to ask " + out.Carrier + " by"
	return number, nil
}

// askAfter asks one connection after the numbers at some places of the list.
func (s Session) askAfter(ctx context.Context, c waybill.Connection, list []TrackedAny, places []int) {
	numbers := make([]string, len(places))
	for i, at := range places {
		numbers[i] = list[at].Number
	}
	opened, err := s.open(c)
	var answers []waybill.Tracking
	if err == nil {
		answers, err = opened.Track(ctx, carrier.TrackRequest{Numbers: numbers, Now: s.Clock.Now()})
	}
	for i, at := range places {
		switch t := &list[at]; {
		case err != nil:
			t.Problem = waybill.AsError(err).Message
		case answers[i].Unknown:
			t.Problem = "the carrier does not know the number"
		default:
			t.Known, t.Tracking = true, answers[i]
		}
	}
}

// RecordOwnScan notes a scan of a parcel that our own drivers carry. Of others the carrier tells: Unsupported,
// ReasonCarrierAbility. One that nobody carries any more is refused: ReasonNotBookable.
func (s Session) RecordOwnScan(ctx context.Context, in RecordScan) error {
	if err := s.mayNote(in.Scan); err != nil {
		return err
	}
	var by waybill.ID
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		t, err := trackerOf(tx, in.Number)
		if err != nil {
			return err
		}
		by = t.Connection
		own, err := s.ownDrivers(tx, t.Connection)
		if err != nil {
			return err
		}
		if !own {
			return waybill.E("scan", waybill.ReasonCarrierAbility, "this parcel's carrier tells itself where it is")
		}
		if err := onItsWay(tx, t); err != nil {
			return err
		}
		if err := s.mayHappen(t, in.Scan); err != nil {
			return err
		}
		return s.noteScan(tx, t, in.Scan)
	})
	if err == nil {
		s.driven(ctx, by, in.Scan, in.Number)
	}
	return err
}
