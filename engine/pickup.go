package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

const verbPickup = "pickup"

// BookPickup asks a carrier to come to a location and fetch parcels.
type BookPickup struct {
	Location   Place
	Connection string // external id, or id
	// Ready and Close are when the parcels are ready and when the location closes, on one day of its time zone, while it
	// is open: see checkHours.
	Ready, Close time.Time
	Parcels      int
	Weight       waybill.Weight // of all together; may be left out
	Services     []string       // codes, that the parcels travel by; may be left out
	// Key names the request: the pickup is asked for once, however often it is told. Hash is of the decoded input.
	Key, Hash string
}

// ListPickups asks for a part of the list of pickups. Location and Connection are external ids or ids; empty: all.
type ListPickups struct {
	Location, Connection string
	States               []waybill.PickupState
	UpdatedFrom          time.Time
	Page                 store.Page
}

// visit is a pickup on its way to being confirmed, or called off.
type visit struct {
	pickup     waybill.Pickup
	location   *waybill.Location
	connection waybill.Connection
	carrier    *carrier.Carrier
	set        *setup
	done       bool // the key was answered before
	began      time.Time
}

func (v *visit) local() bool { return v.carrier.Driver().Local }

// BookPickup asks the carrier once: reserve, call, settle. What it refuses is stored as failed, and what it does not
// answer as unsure; both are values and no errors. A carrier comes to a location once a day: while it does, or nobody
// knows whether it does, it is not asked again (ReasonTaken, ReasonUnsettled).
func (s Session) BookPickup(ctx context.Context, in BookPickup) (waybill.Pickup, error) {
	if err := s.enter(verbPickup); err != nil {
		return waybill.Pickup{}, err
	}
	defer s.leave()
	v, err := s.planVisit(ctx, in)
	if err != nil || v.done {
		return v.pickup, err
	}
	if v.local() {
		if err := s.collect(ctx, &v); err != nil {
			if err := s.asAsked(ctx, &v, err); err != nil {
				return waybill.Pickup{}, err
			}
		}
		return v.pickup, nil
	}
	if v.pickup.Place, err = s.registered(ctx, v.connection, v.carrier, v.location); err != nil {
		return waybill.Pickup{}, err
	}
	if err := s.reservePickup(ctx, &v); err != nil || v.done {
		return v.pickup, err
	}
	work := v
	p, inTime, err := outlive(ctx, s.Engine, s.Answer-time.Since(v.began), func(ctx context.Context) (waybill.Pickup, error) {
		err := s.collect(ctx, &work)
		return work.pickup, err
	})
	if err != nil {
		s.Log.Error("a pickup is left to its job", "pickup", string(v.pickup.ID), "error", waybill.Logged(err))
	}
	if !inTime || err != nil {
		return v.pickup, nil
	}
	return p, nil
}

// planVisit finds who shall come where and when, or the pickup that the key stands for.
func (s Session) planVisit(ctx context.Context, in BookPickup) (visit, error) {
	v := visit{began: time.Now()}
	id := s.IDs.New()
	if in.Key != "" {
		id = s.keyedID("pickup", in.Key)
	}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if in.Key != "" {
			if v.pickup, v.done, err = standsFor(tx, tx.Pickups(), digestOfPickup, id, in.Hash); err != nil || v.done {
				return err
			}
		}
		v.set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	if err != nil || v.done {
		return v, err
	}
	if v.location = v.set.placeOf(in.Location); v.location == nil {
		v.location = v.set.location(waybill.ID(in.Location.ExternalID))
	}
	if v.location == nil {
		return v, unknownLocation("location", in.Location.name())
	}
	c, err := v.set.comesTo(v.location, in.Connection)
	if err != nil {
		return v, err
	}
	if why := idle(c, s.Clock.Now()); why != "" {
		e := waybill.E(verbPickup, waybill.ReasonNoConnection, "%s cannot be asked: %s", c.DisplayName, why)
		e.Fields = []waybill.FieldError{{Path: "connection", Rule: waybill.RuleExists, Value: in.Connection, Message: e.Message}}
		return v, e
	}
	v.connection = *c
	if v.carrier, err = s.open(*c); err != nil {
		return v, err
	}
	if !v.carrier.Has(carrier.Collects) {
		return v, waybill.E(verbPickup, waybill.ReasonCarrierAbility, "%s cannot be asked to come", c.DisplayName)
	}
	zone := zoneOfLocation(v.location)
	ready, closes := in.Ready.In(zone), in.Close.In(zone)
	if err := in.check(v, ready, closes, s.Clock.Now()); err != nil {
		return v, err
	}
	v.pickup = waybill.Pickup{
		Row:      waybill.Row{ID: id, Account: s.Actor.Account},
		Location: v.location.ID, LocationKey: v.location.ExternalID, TimeZone: zone.String(), Connection: c.ID, Provider: provider(*c),
		Day: ready.Format(time.DateOnly), Ready: ready, Close: closes, Parcels: in.Parcels, Weight: in.Weight, Services: in.Services,
		State: waybill.PickupRequested, Key: string(id), CreatedBy: s.Actor.Name, Deadline: s.Clock.Now().Add(s.Purchase),
	}
	if in.Key != "" {
		v.pickup.Digest = in.Hash
	}
	return v, nil
}

// comesTo is the connection named, when it may be sent to the location.
func (s *setup) comesTo(l *waybill.Location, named string) (*waybill.Connection, error) {
	c := s.connectionByKey(named)
	if c == nil {
		c = s.connection(waybill.ID(named))
	}
	refuse := func(format string, args ...any) error {
		e := waybill.E(verbPickup, waybill.ReasonNoConnection, format, args...)
		e.Fields = []waybill.FieldError{{Path: "connection", Rule: waybill.RuleExists, Value: named, Message: e.Message}}
		return e
	}
	switch {
	case named == "" || c == nil:
		return nil, refuse("no connection with the id %q exists", named)
	case c.Paused:
		return nil, refuse("%s is paused: %s", c.DisplayName, c.PauseReason)
	case len(l.Connections) > 0 && !slices.Contains(l.Connections, c.ID):
		return nil, refuse("%s is not assigned to the location %s", c.DisplayName, l.ExternalID)
	}
	return c, nil
}

// zoneOfLocation is the time zone a location's people live in.
func zoneOfLocation(l *waybill.Location) *time.Location {
	zone, err := waybill.Zone(firstOf(l.TimeZone, zoneAt(l.Address)))
	if err != nil {
		return time.UTC
	}
	return zone
}

// maxCollected is how many parcels a pickup may be for: more is a slip of the keyboard.
const maxCollected = 100_000

// check refuses what no carrier can be asked for, and services that this one has not.
func (in BookPickup) check(v visit, ready, closes, now time.Time) error {
	var problems []waybill.FieldError
	note := func(path string, rule waybill.FieldRule, message string) {
		problems = append(problems, waybill.FieldError{Path: path, Rule: rule, Message: message})
	}
	if in.Parcels < 1 || in.Parcels > maxCollected {
		note("parcels", waybill.RuleRange, "a pickup is for one parcel or more")
	}
	switch {
	case in.Ready.IsZero():
		note("ready", waybill.RuleRequired, "ready is required")
	case in.Close.IsZero():
		note("close", waybill.RuleRequired, "close is required")
	case !closes.After(ready):
		note("close", waybill.RuleRange, "the location must close after the parcels are ready")
	case closes.Format(time.DateOnly) != ready.Format(time.DateOnly):
		note("close", waybill.RuleRange, "the window must lie in one day of the location's time zone, "+ready.Location().String())
	case !closes.After(now):
		note("close", waybill.RuleRange, "the window is past")
	default:
		problems = append(problems, checkHours(v.location, ready, closes, now)...)
	}
	sold := v.carrier.Services()
	for i, code := range in.Services {
		if !slices.ContainsFunc(sold, func(s carrier.ServiceInfo) bool { return s.Code == code }) {
			problems = append(problems, unknownNamed("services["+itoa(i)+"]", code, "service of "+v.connection.DisplayName))
		}
	}
	return waybill.FieldErrors(verbPickup, problems)
}

// GetPickup reads one pickup.
func (s Session) GetPickup(ctx context.Context, id waybill.ID) (p waybill.Pickup, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		p, err = tx.Pickups().Get(id)
		return err
	})
	return p, err
}

// ListPickups lists pickups, the latest asked for first unless the page says otherwise.
func (s Session) ListPickups(ctx context.Context, in ListPickups) (list store.Slice[waybill.Pickup], err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		q := store.PickupQuery{States: in.States, UpdatedFrom: in.UpdatedFrom}
		kept := func(q store.PickupQuery) (bool, error) {
			found, err := tx.Pickups().Find(q, store.Page{Limit: 1})
			return len(found.Items) > 0, err
		}
		q.Location, err = idNamed(tx.Locations(), in.Location, "location", locationID, func(id waybill.ID) (bool, error) { return kept(store.PickupQuery{Location: id}) })
		if err != nil {
			return err
		}
		q.Connection, err = idNamed(tx.Connections(), in.Connection, "connection", connectionID, func(id waybill.ID) (bool, error) { return kept(store.PickupQuery{Connection: id}) })
		if err != nil {
			return err
		}
		list, err = tx.Pickups().Find(q, in.Page)
		return err
	})
	return list, err
}
