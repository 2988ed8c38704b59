package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// Connections are the account's credentials with carriers, and those lent to it. What is written is checked against
// the driver's own settings, and opened, before it is stored; secrets go in and never come out.
var Connections = Records[SaveConnection, waybill.Connection]{
	table: store.Tx.Connections, draft: func(c waybill.Connection) SaveConnection { return SaveConnection{Connection: c} },
	prepare: prepareConnection, inUse: connectionInUse, rests: connectionRests,
	shown: func(s Session, c waybill.Connection) waybill.Connection {
		if !s.Actor.Sees(c.Account) {
			return borrowed(c, s.Actor.Account)
		}
		return folded(c, s.Clock.Now())
	},
	saved: func(ctx context.Context, s Session, c waybill.Connection) error {
		opened, err := s.open(c)
		if err != nil || !numbersAhead(c, opened) {
			return err
		}
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return s.refill(tx, c) })
	},
}

func prepareConnection(ctx context.Context, s Session, in SaveConnection, row waybill.Row) (c waybill.Connection, err error) {
	in.Row = row
	if in.ExternalID == "" {
		in.ExternalID = string(row.ID)
	}
	var was waybill.Connection
	modes := []waybill.Mode{in.Mode}
	if row.Version != 0 {
		old, err := s.storedConnection(ctx, row.ID)
		if err != nil {
			return c, err
		}
		if in.Carrier != old.Carrier {
			e := waybill.E("connection", waybill.ReasonFrozen, "a connection stays with its carrier: make another one")
			e.Fields = []waybill.FieldError{{Path: "carrier", Rule: waybill.RuleEnum, Value: in.Carrier, Limit: old.Carrier, Message: e.Message}}
			return c, e
		}
		modes, was = append(modes, old.Mode), old
		s.keepCards(&in.Connection, old)
	}
	for _, mode := range modes {
		if !s.Actor.Reaches(mode) {
			return c, waybill.E("connection", waybill.ReasonRole, "%s; this connection is live", testOnly)
		}
	}
	if err := s.mayTurn(ctx, was, in.Connection); err != nil {
		return c, err
	}
	driver, known := s.Carriers.Driver(in.Carrier)
	if known {
		in.Name = firstOf(in.Name, driver.Title)
	}
	c, opened, err := s.connect(in)
	if err != nil {
		return c, secretFields(driver, in, err)
	}
	var codes []string
	for _, service := range opened.Services() {
		codes = append(codes, service.Code)
	}
	for i, code := range c.Services {
		if !slices.Contains(codes, code) {
			return c, waybill.FieldErrors("connection", []waybill.FieldError{{
				Path: "services[" + itoa(i) + "]", Rule: waybill.RuleEnum, Value: code, Limit: strings.Join(codes, ", "), Message: "the carrier has no such service",
			}})
		}
	}
	return c, nil
}

// secretFields says of secret settings, and of what was written among them, that they are credentials.
func secretFields(driver carrier.Driver, in SaveConnection, err error) error {
	e := waybill.AsError(err)
	told := *e
	told.Fields = slices.Clone(e.Fields)
	for i, f := range told.Fields {
		name, ok := strings.CutPrefix(f.Path, "settings.")
		if !ok {
			continue
		}
		_, open := in.Settings[name]
		_, sealed := in.Secrets[name]
		if sealed && !open || slices.ContainsFunc(driver.Settings, func(s carrier.Setting) bool { return s.Secret && s.Name == name }) {
			told.Fields[i].Path = "credentials." + name
		}
	}
	return &told
}

// storedConnection reads a connection as it is stored, by its id.
func (s Session) storedConnection(ctx context.Context, id waybill.ID) (c waybill.Connection, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		c, err = tx.Connections().Get(id)
		return err
	})
	return c, err
}

// connectionRests looks at parcels of those who borrowed the connection, too.
func connectionRests(ctx context.Context, s Session, c waybill.Connection) error {
	return s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error { return connectionInUse(tx, s, c) })
}

// connectionInUse refuses to let go of a connection that places ship with, or that parcels are on their way with.
func connectionInUse(tx store.Tx, s Session, c waybill.Connection) error {
	set, err := s.setup(tx, c.Account)
	if err != nil {
		return err
	}
	for _, l := range set.locations {
		if slices.Contains(l.Connections, c.ID) {
			return usedBy("it is assigned to the location %q", l.Name)
		}
	}
	if len(c.Lent) > 0 {
		return usedBy("it is lent to %d accounts: take it back first", len(c.Lent))
	}
	due, err := tx.Trackers().OldestDue(c.ID)
	if err != nil {
		return err
	}
	if !due.IsZero() {
		return usedBy("parcels are on their way with it: pause it, and remove it when they have arrived")
	}
	open, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Intent, waybill.Unsure, waybill.Stuck, waybill.Voiding, waybill.Orphan}, 1000)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(p waybill.Purchase) bool { return p.Connection == c.ID }) || len(open) == 1000 {
		return usedBy("purchases with it are not settled")
	}
	return nil
}

// TestConnection asks a connection for rates between two of the account's locations, each by id or reference: empty
// is the account's first, and the next one after that. Nothing is bought.
type TestConnection struct {
	Ref      RecordRef
	From, To string
	Grams    int64 // 0: a kilogram
}

// ConnectionTest is what a connection proved. Fault is what went wrong first; nil: all that was tried works.
type ConnectionTest struct {
	Connection waybill.Connection
	Opens      bool
	Services   []carrier.ServiceInfo
	Abilities  []carrier.Ability
	From, To   waybill.Location
	Offers     []waybill.Candidate
	Refused    []waybill.Step // services that gave no price, and why
	Fault      *waybill.Error
}

// TestConnection opens the connection anew and asks it for rates.
func (s Session) TestConnection(ctx context.Context, in TestConnection) (out ConnectionTest, err error) {
	c, err := Connections.find(s, ctx, in.Ref)
	if err != nil {
		return out, err
	}
	if !s.Actor.Reaches(c.Mode) {
		return out, waybill.E("connection", waybill.ReasonRole, "%s; this connection is live", testOnly)
	}
	set, err := s.world(ctx)
	if err != nil {
		return out, err
	}
	from, to, err := set.ends(c.ID, in.From, in.To)
	if err != nil {
		return out, err
	}
	out = ConnectionTest{Connection: Connections.shown(s, c), From: *from, To: *to}
	opened, err := s.open(c)
	if err != nil {
		out.Fault = waybill.AsError(err)
		return out, nil
	}
	out.Opens, out.Services, out.Abilities = true, opened.Services(), opened.Abilities()
	sample := waybill.Shipment{
		Row: waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account}, Reference: "test",
		From: waybill.Party{Contact: from.Contact, Address: from.Address}, To: waybill.Party{Contact: to.Contact, Address: to.Address},
		TimeZone: from.TimeZone, Parcels: []waybill.Parcel{{Name: "custom", Items: 1, Weight: waybill.WeightOf(max(in.Grams, 1))}},
	}
	if in.Grams == 0 {
		sample.Parcels[0].Weight = waybill.WeightOf(1000)
	}
	ctx, cancel := context.WithTimeout(ctx, s.Rating)
	defer cancel()
	request := carrier.QuoteRequest{Shipment: sample, Direction: waybill.Outgoing, Services: c.Services, Now: s.Clock.Now()}
	a := s.quote(ctx, c, request)
	for _, r := range a.refused {
		out.Refused = append(out.Refused, r.step(c))
	}
	if a.err != nil {
		out.Fault = waybill.AsError(a.err)
	}
	for _, r := range a.rates {
		out.Offers = append(out.Offers, s.candidate(set, sample, c, r))
	}
	return out, s.proveTest(ctx, c, out)
}

// ends are two locations: those named, else the first that the connection comes to, or that there is, and the one after
// it. With one location alone it is both.
func (s *setup) ends(connection waybill.ID, from, to string) (a, b *waybill.Location, err error) {
	find := func(path, named string) (*waybill.Location, error) {
		id, err := s.refLocation(path, waybill.ID(named))
		return s.location(id), err
	}
	if a, err = find("from", from); err != nil {
		return nil, nil, err
	}
	if b, err = find("to", to); err != nil {
		return nil, nil, err
	}
	for i := range s.locations {
		if a == nil && slices.Contains(s.locations[i].Connections, connection) {
			a = &s.locations[i]
		}
	}
	if a == nil {
		a = s.home()
	}
	if a == nil {
		return nil, nil, noLocation()
	}
	for i := range s.locations {
		if b == nil && s.locations[i].ID != a.ID && s.locations[i].Address.Country == a.Address.Country {
			b = &s.locations[i]
		}
	}
	if b == nil {
		b = a
	}
	return a, b, nil
}
