package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/geo"
	"waybill/store"
)

// order is a create on its way to the first write: what was asked, against what the account is.
type order struct {
	set      *setup
	shipment waybill.Shipment
	location *waybill.Location // where the connections come from
	verb     string            // whose key it is
	existing bool              // an earlier shipment that found no carrier is tried again
	anyone   bool              // where the location has no connections assigned, all of the account are asked
	released bool              // a person let it go: no rule holds it again
	done     bool              // nothing to do: the key was answered before
	key      *store.Key
	hook     *waybill.Subscription // hears of this shipment alone
	choice   *choice               // the caller picks among the offers
	unpaid   bool                  // prices are asked for whatever the wallet holds
	before   *waybill.Failure      // of a try that nobody asked for: how the one before it ended
	in       CreateShipment
	began    time.Time // on the machine's own clock: the caller's time budget
}

// prepare reads what a create needs and refuses what can be refused; it writes nothing.
func (s Session) prepare(ctx context.Context, in CreateShipment) (*order, error) {
	o := &order{in: in, verb: "create", shipment: clone(in.Shipment), began: time.Now()}
	if err := checkReference(in.Shipment.Reference); err != nil {
		return nil, err
	}
	if err := s.bind(o); err != nil {
		return nil, err
	}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		o.set = set
		return s.recall(tx, o)
	})
	if err != nil || o.done {
		return o, err
	}
	if in.Rate != "" {
		o.anyone, o.choice = true, &choice{}
		if o.choice.quoted, err = s.readRate("book.rate", in.Rate); err != nil {
			return nil, err
		}
	}
	complete := s.resolve
	if in.Draft {
		complete = s.prepareDraft
	}
	if err := complete(o); err != nil {
		return nil, err
	}
	if err := s.checkCreate(in, o.shipment); err != nil {
		return nil, err
	}
	return o, locateParties(o.set.account, &o.shipment, in.MustLocate)
}

// bind holds an order to what its caller may and may be told: the one connection it is bound to, and the address
// that hears of this shipment alone.
func (s Session) bind(o *order) error {
	if s.Actor.Connection != "" {
		o.shipment.Choice.Connection = s.Actor.Connection
	}
	if o.shipment.Hooked = o.in.Hook != ""; !o.shipment.Hooked {
		return nil
	}
	if !webAddress(o.in.Hook) {
		return waybill.FieldErrors("create", []waybill.FieldError{{
			Path: "hook", Rule: waybill.RuleFormat, Value: o.in.Hook, Message: badAddress("hook"),
		}})
	}
	o.hook = &waybill.Subscription{
		Row: waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account}, URL: o.in.Hook, Dialect: s.Actor.Dialect,
	}
	return nil
}

// resolve fills in what the account knows and the caller did not say: location, sender, brand,
// currency, sizes, label.
func (s Session) resolve(o *order) error {
	if err := s.name(o, o.in.Named); err != nil {
		return err
	}
	if err := o.place(); err != nil {
		return err
	}
	if err := checkParty("from", o.shipment.From); err != nil {
		return err
	}
	return s.fill(o)
}

// fill is what an order is completed with wherever it leaves from.
func (s Session) fill(o *order) error {
	sh, account := &o.shipment, o.set.account
	if sh.ID == "" {
		sh.ID = s.IDs.New()
	}
	sh.Account, sh.Tenant = account.ID, account.TenantID
	sh.Dialect, sh.CreatedBy, sh.CreatedIP = s.Actor.Dialect, s.Actor.Name, s.Actor.IP
	sh.Transit = waybill.TransitNone
	if err := checkPrices("create", &sh.Value, sh.Items); err != nil {
		return err
	}
	o.inherit()
	for i := range sh.Items {
		if sh.Items[i].Quantity == 0 {
			sh.Items[i].Quantity = 1
		}
	}
	if err := o.fillParcels(); err != nil {
		return err
	}
	if err := o.checkTags(); err != nil {
		return err
	}
	return checkParty("to", sh.To)
}

// inherit gives an order what the settings say where the caller said nothing.
func (o *order) inherit() {
	sh := &o.shipment
	for _, amount := range []*waybill.Amount{&sh.Value, &sh.Options.Insurance, &sh.Options.COD} {
		if amount.Currency == "" && (amount == &sh.Value || amount.Value != "") {
			amount.Currency = o.currency()
		}
	}
	for _, settings := range o.set.settings(o.location) {
		sh.Channel = firstOf(sh.Channel, settings.ChannelName)
	}
}

// checkTags refuses tags that the account does not have: they would be lost without a word.
func (o *order) checkTags() error {
	var problems []waybill.FieldError
	for i, number := range o.shipment.Tags {
		if !slices.ContainsFunc(o.set.tags, func(t waybill.Tag) bool { return t.Number == number }) {
			problems = append(problems, waybill.FieldError{
				Path: "tags[" + itoa(i) + "]", Rule: waybill.RuleExists, Value: itoa(int(number)), Message: "no tag with this id exists",
			})
		}
	}
	return waybill.FieldErrors("create", problems)
}

// place finds where the parcels leave from: named, inline, or the account's default.
func (o *order) place() error {
	sh, named := &o.shipment, o.in.Location
	if named != "" {
		if o.location = o.set.locationByKey(named); o.location == nil {
			return unknownLocation("location", named)
		}
	} else if o.location = o.set.homeOf(sh.Choice.Connection); o.location == nil {
		return noLocation()
	}
	if sh.From.Address == (waybill.Address{}) || named != "" {
		sh.From = waybill.Party{Contact: o.location.Contact, Address: o.location.Address, TaxIDs: sh.From.TaxIDs}
		if sh.From.Contact.FullName() == "" { // a label says whom it is from
			sh.From.Contact.Company = o.location.Name
		}
		sh.Location, sh.LocationKey = o.location.ID, o.location.ExternalID
	} else {
		sh.Location, sh.LocationKey = "", ""
	}
	sh.TimeZone = o.location.TimeZone
	if from := sh.From.Address; sh.Location == "" { // an inline sender lives by its own clock
		if place, ok := geo.Locate(from.Country, from.Postcode, from.City, from.State); ok {
			sh.TimeZone = place.TimeZone
		}
	}
	if brand := o.set.brand(o.location.Brand); brand != nil {
		sh.Brand = brand.ExternalID
	}
	sh.PickupNotes = firstOf(sh.PickupNotes, o.set.pickupNotes(o.location))
	return o.placeReturn()
}

func noLocation() error {
	return waybill.E("location", waybill.ReasonUnknownLocation, "the account has no location to ship from")
}

func unknownLocation(path, named string) error {
	what := words(path)
	if strings.HasSuffix(path, "to") {
		what = "location"
	}
	e := waybill.E("location", waybill.ReasonUnknownLocation, "no %s with the id %q exists", what, named)
	e.Fields = []waybill.FieldError{{Path: path, Rule: waybill.RuleExists, Value: named, Message: e.Message}}
	return e
}

// placeReturn finds where an undeliverable parcel goes: named, given inline, else the location's, by
// inherited settings.
func (o *order) placeReturn() error {
	var back *waybill.Location
	if o.location != nil {
		back = o.set.returnOf(o.location)
	}
	switch {
	case o.in.Return != "":
		if back = o.set.locationByKey(o.in.Return); back == nil {
			return unknownLocation("return_location", o.in.Return)
		}
	case o.shipment.ReturnTo != nil || back == nil:
		return nil
	}
	o.shipment.ReturnTo = &waybill.Party{Contact: back.Contact, Address: back.Address}
	o.shipment.ReturnKey, o.shipment.ReturnName = back.ExternalID, back.Name
	return nil
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// currency of amounts whose currency nobody gave: by inherited settings, then the origin's own.
func (o *order) currency() string {
	for _, settings := range o.set.settings(o.location) {
		if settings.Currency != "" {
			return settings.Currency
		}
	}
	country, _ := geo.CountryByCode(o.shipment.From.Address.Country)
	return country.Currency
}

// fillParcels gives parcels what their package size says, and makes one of the items when none was
// given. Those that nobody weighed share what is left of the whole weight.
func (o *order) fillParcels() error {
	sh := &o.shipment
	if len(sh.Parcels) == 0 {
		sh.Parcels = []waybill.Parcel{{Name: "custom", Items: max(1, things(sh.Items)), Weight: sh.TotalWeight}}
	}
	for i := range sh.Parcels {
		if err := o.fillSize(i); err != nil {
			return err
		}
	}
	shareWeight(sh)
	return nil
}

// fillSize finds a parcel's box by its number, or by its name when it was not measured.
func (o *order) fillSize(i int) error {
	p := &o.shipment.Parcels[i]
	var size *waybill.PackageSize
	if p.SizeNumber != 0 {
		if size = o.set.size(p.SizeNumber); size == nil {
			return waybill.FieldErrors("create", []waybill.FieldError{{
				Path: "parcels[" + itoa(i) + "].size", Rule: waybill.RuleExists,
				Value: itoa(int(p.SizeNumber)), Message: "no package size with this id exists",
			}})
		}
	} else if !p.Size.Known() && p.Name != "" {
		size = o.set.sizeByName(p.Name)
	}
	if size != nil && !p.Size.Known() {
		p.Size, p.Name = size.Size, firstOf(p.Name, size.Name)
	}
	return nil
}

// shareWeight weighs the parcels that have no weight: equal shares, rounded up, of what the whole weighs
// beyond the others.
func shareWeight(sh *waybill.Shipment) {
	whole := sh.TotalWeight
	if whole.Value == "" {
		whole = itemsWeight(sh.Items)
	}
	left, unweighed := whole.Grams(), int64(0)
	for _, p := range sh.Parcels {
		if left -= p.Weight.Grams(); p.Weight.Value == "" {
			unweighed++
		}
	}
	for i := range sh.Parcels {
		switch p := &sh.Parcels[i]; {
		case p.Weight.Value != "" || left <= 0:
		case len(sh.Parcels) == 1:
			p.Weight = whole
		default:
			p.Weight = waybill.WeightOf((left + unweighed - 1) / unweighed)
		}
	}
}

// itemsWeight is the weight of all items, in grams: what a parcel weighs when nobody weighed it.
func itemsWeight(items []waybill.Item) waybill.Weight {
	var grams int64
	for _, item := range items {
		grams = waybill.Add(grams, waybill.Multiply(item.Weight.Grams(), int64(item.Quantity)))
	}
	if grams == 0 {
		return waybill.Weight{}
	}
	return waybill.WeightOf(grams)
}

// mostThings is the most that a parcel is said to hold.
const mostThings = 100_000

// things counts what is in the lines of an order; a line without a quantity is one thing.
func things(items []waybill.Item) int {
	n := 0
	for _, item := range items {
		n = min(n+min(max(1, item.Quantity), mostThings), mostThings)
	}
	return n
}

func checkParty(path string, p waybill.Party) error {
	if _, ok := geo.CountryByCode(p.Address.Country); !ok || len(p.Address.Country) != 2 {
		return waybill.FieldErrors("create", []waybill.FieldError{{
			Path: path + ".country", Rule: waybill.RuleFormat, Value: p.Address.Country,
			Message: "the country must be an ISO 3166-1 alpha-2 code",
		}})
	}
	return nil
}

// locateParties gives both ends a point: the caller's own, else the postal code's. An unknown
// destination is refused where the dialect's contract says so.
func locateParties(account waybill.Account, sh *waybill.Shipment, must bool) error {
	locate(&sh.From.Address)
	if locate(&sh.To.Address) {
		return nil
	}
	a := sh.To.Address
	if must && !account.Settings.UnknownPostcodeOK && geo.Covers(a.Country) {
		e := waybill.E("create", waybill.ReasonNotLocated, "the address in %s %s could not be located", a.Postcode, a.Country)
		e.Fields = []waybill.FieldError{{Path: "to.postcode", Rule: waybill.RuleExists, Value: a.Postcode, Message: e.Message}}
		return e
	}
	place := "The place of delivery"
	if a.Postcode != "" {
		place = "The delivery postal code " + a.Postcode
	}
	sh.Notices = append(sh.Notices, place+" is not known; distances are estimated without it.")
	return nil
}

func locate(a *waybill.Address) bool {
	if a.Point != nil && !a.PointFound {
		return true
	}
	place, ok := geo.Locate(a.Country, a.Postcode, a.City, a.State)
	if ok {
		a.Point, a.PointFound = &waybill.Point{Lat: place.Lat, Lng: place.Lng}, true
	} else {
		a.Point, a.PointFound = nil, false
	}
	return ok
}
