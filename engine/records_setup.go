package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waybill"
	"waybill/geo"
	"waybill/rule"
	"waybill/store"
)

// itself is the draft of a record without secrets.
func itself[T any](record T) T { return record }

// Locations are the places that parcels leave from. Brand, return location and connections may be given by id or
// by the account's own reference.
var Locations = Records[waybill.Location, waybill.Location]{
	table: store.Tx.Locations, draft: itself[waybill.Location], prepare: prepareLocation, inUse: locationInUse,
}

// Brands are the names that parcels go out under.
var Brands = Records[waybill.Brand, waybill.Brand]{
	table: store.Tx.Brands, draft: itself[waybill.Brand], prepare: prepareBrand, inUse: brandInUse,
}

// Services are the account's own numbering of carriers' services.
var Services = Records[waybill.Service, waybill.Service]{
	table: store.Tx.Services, draft: itself[waybill.Service], prepare: prepareService,
}

// PackageSizes are the account's boxes.
var PackageSizes = Records[waybill.PackageSize, waybill.PackageSize]{
	table: store.Tx.PackageSizes, draft: itself[waybill.PackageSize],
	prepare: func(_ context.Context, _ Session, p waybill.PackageSize, _ waybill.Row) (waybill.PackageSize, error) {
		return p, needed("name", p.Name)
	},
}

// Products are what the account ships often.
var Products = Records[waybill.Product, waybill.Product]{
	table: func(tx store.Tx) store.Keyed[waybill.Product] { return tx.Products() }, draft: itself[waybill.Product],
	prepare: func(ctx context.Context, s Session, p waybill.Product, _ waybill.Row) (waybill.Product, error) {
		if err := needed("sku", p.SKU); err != nil {
			return p, err
		}
		meant, err := s.ownCurrency(ctx)
		inCurrency(&p, meant)
		return p, firstError(needed("name", p.Name), knownCountry("customs.country", p.Commodity.Country), err)
	},
}

// Tags are the words that the account marks shipments with.
var Tags = Records[waybill.Tag, waybill.Tag]{
	table: store.Tx.Tags, draft: itself[waybill.Tag],
	prepare: func(_ context.Context, _ Session, t waybill.Tag, _ waybill.Row) (waybill.Tag, error) {
		return t, needed("name", t.Name)
	},
}

// Rules are the account's shipping rules. One that is stored has been checked.
var Rules = Records[waybill.Rule, waybill.Rule]{
	table: rulesIn, draft: itself[waybill.Rule],
	prepare: func(_ context.Context, _ Session, r waybill.Rule, _ waybill.Row) (waybill.Rule, error) {
		if err := needed("name", r.Name); err != nil {
			return r, err
		}
		_, err := rule.Parse(r)
		return r, err
	},
}

// Addresses are those that the account sends to often.
var Addresses = Records[waybill.SavedAddress, waybill.SavedAddress]{
	table: store.Tx.Addresses, draft: itself[waybill.SavedAddress],
	prepare: func(_ context.Context, _ Session, a waybill.SavedAddress, row waybill.Row) (waybill.SavedAddress, error) {
		if a.Reference == "" {
			a.Reference = string(row.ID)
		}
		if a.Name == "" {
			a.Name = a.Party.Contact.FullName()
		}
		if err := knownCountry("address.country", a.Party.Address.Country); err != nil || a.Party.Address.Country == "" {
			return a, firstError(needed("address.country", a.Party.Address.Country), err)
		}
		locate(&a.Party.Address)
		return a, nil
	},
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// knownCountry refuses what is no country's code; nothing is fine.
func knownCountry(path, country string) error {
	if _, ok := geo.CountryByCode(country); country == "" || (ok && len(country) == 2) {
		return nil
	}
	return wrongField(path, waybill.RuleFormat, country, "the country must be an ISO 3166-1 alpha-2 code")
}

func wrongField(path string, rule waybill.FieldRule, value, message string) error {
	return waybill.FieldErrors("setup", []waybill.FieldError{{Path: path, Rule: rule, Value: value, Message: message}})
}

// world is the set-up of the session's account.
func (s Session) world(ctx context.Context) (set *setup, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	return set, err
}

func prepareLocation(ctx context.Context, s Session, l waybill.Location, row waybill.Row) (waybill.Location, error) {
	if l.ExternalID == "" {
		l.ExternalID = string(row.ID)
	}
	if err := firstError(needed("name", l.Name), needed("address.country", l.Address.Country), knownCountry("address.country", l.Address.Country)); err != nil {
		return l, err
	}
	locate(&l.Address)
	if l.TimeZone == "" {
		place, _ := geo.Locate(l.Address.Country, l.Address.Postcode, l.Address.City, l.Address.State)
		l.TimeZone = place.TimeZone
	}
	if _, err := waybill.Zone(l.TimeZone); err != nil || l.TimeZone == "" {
		return l, wrongField("time_zone", waybill.RuleFormat, l.TimeZone, "the time zone must be an IANA name, such as Europe/London")
	}
	if err := checkDepartures(l); err != nil {
		return l, err
	}
	set, err := s.world(ctx)
	if err != nil {
		return l, err
	}
	if l.Brand, err = set.refBrand("brand", l.Brand); err != nil {
		return l, err
	}
	if l.Return != row.ID && l.Return != waybill.ID(l.ExternalID) {
		if l.Return, err = set.refLocation("return_location", l.Return); err != nil {
			return l, err
		}
	} else {
		l.Return = "" // back here
	}
	connections := make([]waybill.ID, len(l.Connections))
	for i, ref := range l.Connections {
		at := "connections[" + itoa(i) + "]"
		if connections[i], err = set.refConnection(at, ref); err != nil {
			return l, err
		}
		if slices.Contains(connections[:i], connections[i]) {
			return l, wrongField(at, waybill.RuleUnique, string(ref), "the connection is in the list already")
		}
	}
	l.Connections = connections
	return l, set.checkSettings(&l.Settings)
}

func prepareBrand(ctx context.Context, s Session, b waybill.Brand, row waybill.Row) (waybill.Brand, error) {
	if b.ExternalID == "" {
		b.ExternalID = string(row.ID)
	}
	if err := needed("name", b.Name); err != nil {
		return b, err
	}
	set, err := s.world(ctx)
	if err != nil {
		return b, err
	}
	return b, set.checkSettings(&b.Settings)
}

func prepareService(ctx context.Context, s Session, v waybill.Service, row waybill.Row) (waybill.Service, error) {
	for _, f := range [][2]string{{"carrier", v.Driver}, {"provider", v.Carrier}, {"code", v.Code}, {"name", v.Name}} {
		if err := needed(f[0], f[1]); err != nil {
			return v, err
		}
	}
	if v.Direction == "" {
		v.Direction = waybill.Outgoing
	}
	if _, known := s.Carriers.Driver(v.Driver); !known {
		return v, wrongField("carrier", waybill.RuleExists, v.Driver, "there is no such carrier")
	}
	return v, s.onSale(ctx, v, row)
}

// onSale refuses a service that no connection of the account has. One that had it once can be renamed and disabled still.
func (s Session) onSale(ctx context.Context, v waybill.Service, row waybill.Row) error {
	var old waybill.Service
	var set *setup
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if row.Version != 0 {
			if old, err = tx.Services().Get(row.ID); err != nil {
				return err
			}
		}
		set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	if err != nil || (old.Driver == v.Driver && old.Carrier == v.Carrier && old.Code == v.Code && old.Direction == v.Direction) {
		return err
	}
	named, closed := false, false
	for _, c := range set.connections {
		if c.Carrier != v.Driver || c.Name != v.Carrier {
			continue
		}
		named = true
		opened, err := s.open(c)
		if closed = closed || err != nil; err != nil {
			continue
		}
		for _, info := range opened.Services() {
			if info.Code == v.Code && (info.Direction == v.Direction || info.Direction == "" && v.Direction == waybill.Outgoing) {
				return nil
			}
		}
	}
	switch {
	case !named:
		return wrongField("provider", waybill.RuleExists, v.Carrier, "no connection with this carrier has the name "+strconv.Quote(v.Carrier))
	case closed: // nobody can tell what it sells
		return nil
	}
	return wrongField("code", waybill.RuleExists, v.Code, "no connection of this name has such a service, "+string(v.Direction))
}

// checkSettings checks settings that are inherited, and finds the places that they name.
func (s *setup) checkSettings(settings *waybill.Settings) (err error) {
	settings.Currency = strings.ToUpper(settings.Currency)
	if settings.Currency != "" && !waybill.KnownCurrency(settings.Currency) {
		return wrongField("settings.currency", waybill.RuleFormat, settings.Currency, "this is no currency of ISO 4217")
	}
	if settings.DefaultLocation, err = s.refLocation("settings.default_location", settings.DefaultLocation); err != nil {
		return err
	}
	settings.ReturnLocation, err = s.refLocation("settings.return_location", settings.ReturnLocation)
	return err
}

// A reference in a record is an id or the account's own name for what is meant; it is kept as id.

func (s *setup) refLocation(path string, ref waybill.ID) (waybill.ID, error) {
	return refer(path, "location", ref, s.locations, func(l waybill.Location) (waybill.ID, string) { return l.ID, l.ExternalID })
}

func (s *setup) refBrand(path string, ref waybill.ID) (waybill.ID, error) {
	return refer(path, "brand", ref, s.brands, func(b waybill.Brand) (waybill.ID, string) { return b.ID, b.ExternalID })
}

func (s *setup) refConnection(path string, ref waybill.ID) (waybill.ID, error) {
	return refer(path, "connection", ref, s.connections, func(c waybill.Connection) (waybill.ID, string) { return c.ID, c.ExternalID })
}

func refer[T any](path, noun string, ref waybill.ID, list []T, names func(T) (waybill.ID, string)) (waybill.ID, error) {
	if ref == "" {
		return "", nil
	}
	for _, record := range list {
		if id, key := names(record); id == ref || key == string(ref) {
			return id, nil
		}
	}
	return "", wrongField(path, waybill.RuleExists, string(ref), fmt.Sprintf("the account has no %s %q", noun, ref))
}

func locationInUse(tx store.Tx, s Session, l waybill.Location) error {
	set, err := s.setup(tx, s.Actor.Account)
	if err != nil {
		return err
	}
	named := func(settings waybill.Settings) bool {
		return settings.DefaultLocation == l.ID || settings.ReturnLocation == l.ID
	}
	if named(set.account.Settings) {
		return usedBy("it is the account's default or return location")
	}
	for _, b := range set.brands {
		if named(b.Settings) {
			return usedBy("it is the default or return location of the brand %q", b.Name)
		}
	}
	for _, other := range set.locations {
		if other.ID != l.ID && (other.Return == l.ID || named(other.Settings)) {
			return usedBy("parcels of the location %q go back to it", other.Name)
		}
	}
	return nil
}

func brandInUse(tx store.Tx, s Session, b waybill.Brand) error {
	set, err := s.setup(tx, s.Actor.Account)
	if err != nil {
		return err
	}
	for _, l := range set.locations {
		if l.Brand == b.ID {
			return usedBy("the location %q has this brand", l.Name)
		}
	}
	return nil
}
