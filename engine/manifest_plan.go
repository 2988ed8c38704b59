package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// Why a shipment cannot go on a manifest.
const (
	BarOnManifest   = "on_manifest"
	BarShipDate     = "other_ship_date"
	BarCancelling   = "cancelling"
	BarCancelled    = "cancelled"
	BarHandedOver   = "handed_over"
	BarUnsettled    = "unsettled"
	BarNotBooked    = "not_booked"
	BarLocation     = "other_location"
	BarConnection   = "other_connection"
	BarNotKept      = "not_kept" // it leaves from no location of the account, or was booked when the carrier took no manifests
	BarNotThere     = "unknown"
	BarTooMany      = "full" // the manifest is
	maxOnManifest   = 2000   // shipments
	maxRest         = 200
	daysBefore      = 7 // that are caught up on
	daysAhead       = 7
	unbookedForDays = 7 // is how long a shipment that nobody carries is named
)

// ManifestLine is a shipment that can go, or is, on a manifest.
type ManifestLine struct {
	waybill.Consignment
	Reference string
	Tracking  string
	Service   string
	Updated   time.Time // the shipment's
}

// ManifestRest is a shipment that cannot.
type ManifestRest struct {
	Shipment  waybill.ID
	Reference string
	Why       string
	Message   string
	Manifest  waybill.ID // that it is on
	Day       string     // it leaves on
	at        int        // which of those that were named
}

// ManifestPlan is what a manifest would have on it, and why the rest would not be.
type ManifestPlan struct {
	Location   string // external id
	Connection string // external id
	Carrier    string
	Day        string
	Cutoff     *time.Time // of the day; nil: the location has none
	Lines      []ManifestLine
	Rest       []ManifestRest
	More       bool       // of the rest there is more than is told
	Open       waybill.ID // the manifest whose end nobody knows, until which there is no other

	location   *waybill.Location
	connection waybill.Connection
	carrier    *carrier.Carrier
	set        *setup
	zone       *time.Location
	goods      []waybill.Consignment
}

// PlanManifest tells what can go on a manifest, and of everything else that leaves there then why it cannot.
func (s Session) PlanManifest(ctx context.Context, in ManifestScope) (ManifestPlan, error) {
	plan, err := s.scopeOf(ctx, in)
	if err == nil {
		err = s.sortOut(ctx, &plan, in)
	}
	if err != nil {
		return plan, err
	}
	for part := range slices.Chunk(plan.goods, readAtOnce) {
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
			lines, err := linesOf(tx, part)
			plan.Lines = append(plan.Lines, lines...)
			return err
		})
		if err != nil {
			return plan, err
		}
	}
	return plan, nil
}

// scopeOf finds location, connection and day.
func (s Session) scopeOf(ctx context.Context, in ManifestScope) (plan ManifestPlan, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		plan.set, err = s.setup(tx, s.Actor.Account)
		return err
	})
	if err != nil {
		return plan, err
	}
	if plan.location = plan.set.locationByKey(in.Location); plan.location == nil {
		plan.location = plan.set.location(waybill.ID(in.Location))
	}
	if plan.location == nil {
		return plan, unknownLocation("location", in.Location)
	}
	c, err := plan.set.comesTo(plan.location, in.Connection)
	if err != nil {
		return plan, err
	}
	plan.connection = *c
	if plan.carrier, err = s.open(*c); err != nil {
		return plan, err
	}
	if !plan.carrier.Has(carrier.Manifests) {
		return plan, waybill.E(verbManifest, waybill.ReasonCarrierAbility, "%s takes no manifests: its parcels need none", c.DisplayName)
	}
	plan.zone = zoneOfLocation(plan.location)
	plan.Location, plan.Connection, plan.Carrier = plan.location.ExternalID, c.ExternalID, c.DisplayName
	today := s.Clock.Now().In(plan.zone)
	plan.Day = firstOf(in.Day, today.Format(time.DateOnly))
	if _, err := time.Parse(time.DateOnly, plan.Day); err != nil {
		return plan, wrongField("ship_date", waybill.RuleFormat, plan.Day, "the ship date is a day, such as 2027-01-11")
	}
	if plan.Day < today.AddDate(-1, 0, 0).Format(time.DateOnly) || plan.Day > today.AddDate(1, 0, 0).Format(time.DateOnly) {
		return plan, wrongField("ship_date", waybill.RuleRange, plan.Day, "the ship date is more than a year away")
	}
	if in.Shipments != nil && len(in.Shipments) == 0 {
		return plan, wrongField("shipments", waybill.RuleEmpty, "", "no shipment is named; leave the member out to mean all")
	}
	if closes, ok := cutoff(plan.location, plan.Day); ok {
		plan.Cutoff = &closes
	}
	return plan, nil
}

// sortOut reads what leaves, and sorts out what cannot go on the manifest.
func (s Session) sortOut(ctx context.Context, plan *ManifestPlan, in ManifestScope) error {
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		fresh := *plan
		open, err := tx.Manifests().Open(s.Actor.Account, fresh.connection.ID, fresh.location.ID, fresh.Day)
		if err != nil && !waybill.IsCode(err, waybill.NotFound) {
			return err
		}
		fresh.Open = open.ID
		if len(in.Shipments) > 0 {
			err = fresh.sortNamed(tx, in)
		} else {
			err = fresh.sortAll(tx, s.Actor.Account, in.Earlier)
		}
		if err == nil {
			*plan = fresh
		}
		return err
	})
}

// daysAround are the days before and after one, without it.
func daysAround(day string, before, after int) (days []string) {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	for n := -before; n <= after; n++ {
		if n != 0 {
			days = append(days, at.AddDate(0, 0, n).Format(time.DateOnly))
		}
	}
	return days
}

// sortAll takes all that waits, and says why the rest of the day and its neighbours does not go along.
func (p *ManifestPlan) sortAll(tx store.Tx, account waybill.ID, earlier bool) error {
	q := store.LeavingQuery{Account: account, Connection: p.connection.ID, Location: p.location.ID, Days: []string{p.Day}, Waiting: true}
	others := q
	if others.Days = daysAround(p.Day, daysBefore, daysAhead); earlier {
		q.Days = append(daysAround(p.Day, daysBefore, 0), p.Day)
		others.Days = daysAround(p.Day, 0, daysAhead)
	}
	waits, err := tx.Consignments().Leaving(q, maxOnManifest+1)
	if err != nil {
		return err
	}
	if p.goods = waits; len(waits) > maxOnManifest {
		p.goods = waits[:maxOnManifest]
		p.bar(waits[maxOnManifest], BarTooMany)
		p.More = true
	}
	apart, err := tx.Consignments().Leaving(others, maxRest)
	if err != nil {
		return err
	}
	q.Days, q.Waiting = []string{p.Day}, false
	gone, err := tx.Consignments().Leaving(q, maxRest)
	if err != nil {
		return err
	}
	for _, c := range append(gone, apart...) {
		p.bar(c, p.why(c, earlier))
	}
	p.More = p.More || len(gone) == maxRest || len(apart) == maxRest
	if err := p.nameRest(tx); err != nil {
		return err
	}
	return p.unbooked(tx)
}

// why a consignment does not go along; empty: it does.
func (p *ManifestPlan) why(c waybill.Consignment, earlier bool) string {
	switch {
	case c.Location != p.location.ID:
		return BarLocation
	case c.Connection != p.connection.ID:
		return BarConnection
	case c.State == waybill.ConsignmentVoided:
		return BarCancelled
	case c.State == waybill.ConsignmentVoiding:
		return BarCancelling
	case c.State == waybill.ConsignmentGone:
		return BarHandedOver
	case c.Manifest != "":
		return BarOnManifest
	case c.Day != p.Day && (!earlier || c.Day > p.Day || c.Day < daysAround(p.Day, daysBefore, 0)[0]):
		return BarShipDate
	}
	return ""
}

func (p *ManifestPlan) bar(c waybill.Consignment, why string) {
	message := map[string]string{
		BarLocation:   "it leaves from another location",
		BarConnection: "another connection carries it",
		BarCancelled:  "it is cancelled",
		BarCancelling: "it is being cancelled: the carrier has not answered yet",
		BarHandedOver: "the carrier has it already: it was handed over without a manifest",
		BarOnManifest: "it is on manifest " + string(c.Manifest) + " already",
		BarShipDate:   "it leaves on " + c.Day,
		BarTooMany:    "the manifest is full: close another for the rest",
	}[why]
	p.Rest = append(p.Rest, ManifestRest{Shipment: c.Shipment, Why: why, Message: message, Manifest: c.Manifest, Day: c.Day})
}

// nameRest adds the references.
func (p *ManifestPlan) nameRest(tx store.Tx) error {
	ids := make([]waybill.ID, len(p.Rest))
	for i, r := range p.Rest {
		ids[i] = r.Shipment
	}
	shipments, err := tx.Shipments().GetMany(ids)
	names := map[waybill.ID]string{}
	for _, sh := range shipments {
		names[sh.ID] = sh.Reference
	}
	for i := range p.Rest {
		p.Rest[i].Reference = names[p.Rest[i].Shipment]
	}
	return err
}

// unbooked adds what was to leave there and nobody carries.
func (p *ManifestPlan) unbooked(tx store.Tx) error {
	day, err := time.ParseInLocation(time.DateOnly, p.Day, p.zone)
	if err != nil {
		return err
	}
	slice, err := tx.Shipments().Find(store.ShipmentQuery{
		Locations: []string{p.location.ExternalID}, CreatedFrom: day.AddDate(0, 0, -unbookedForDays), CreatedTo: day.AddDate(0, 0, 1),
		Booking: []waybill.Booking{waybill.Draft, waybill.Held, waybill.NoProvider, waybill.Failed, waybill.Ignored, waybill.Unsettled},
	}, store.Page{Limit: 100})
	for _, sh := range slice.Items {
		elsewhere := sh.Booking == waybill.Unsettled && sh.Provider != nil && sh.Provider.Connection != p.connection.ID
		if elsewhere || (sh.Options.ShipDate != "" && sh.Options.ShipDate != p.Day) {
			continue
		}
		why := BarNotBooked
		if sh.Booking == waybill.Unsettled {
			why = BarUnsettled
		}
		p.Rest = append(p.Rest, unbookedRest(sh, why))
	}
	p.More = p.More || slice.Next != ""
	return err
}

func unbookedRest(sh waybill.Shipment, why string) ManifestRest {
	message := "it is " + words(string(sh.Booking))
	switch {
	case why == BarUnsettled:
		message = "it is being booked, and the carrier has not answered yet"
	case why == BarNotKept:
		message = "it leaves from no location of the account, or was booked when its carrier took no manifests"
	}
	return ManifestRest{Shipment: sh.ID, Reference: sh.Reference, Why: why, Message: message, Day: sh.Options.ShipDate}
}

// sortNamed looks at each of the shipments named, in their order; one named twice counts once.
func (p *ManifestPlan) sortNamed(tx store.Tx, in ManifestScope) error {
	for i, ref := range in.Shipments {
		before := len(p.Rest)
		if err := p.sortOne(tx, ref, in.Earlier); err != nil {
			return err
		}
		if len(p.Rest) > before {
			p.Rest[before].at = i
		}
	}
	return nil
}

func (p *ManifestPlan) sortOne(tx store.Tx, ref Ref, earlier bool) error {
	sh, err := find(tx, ref)
	if waybill.IsCode(err, waybill.NotFound) {
		p.Rest = append(p.Rest, ManifestRest{Reference: firstOf(ref.Reference, string(ref.ID)), Why: BarNotThere, Message: "there is no such shipment"})
		return nil
	} else if err != nil {
		return err
	}
	c, kept, err := consignmentOf(tx, sh.ID)
	if err != nil {
		return err
	}
	why := p.why(c, earlier)
	switch {
	case sh.Booking == waybill.Cancelled:
		p.Rest = append(p.Rest, unbookedRest(sh, BarCancelled))
	case sh.Booking == waybill.Unsettled:
		p.Rest = append(p.Rest, unbookedRest(sh, BarUnsettled))
	case sh.Booking != waybill.Booked:
		p.Rest = append(p.Rest, unbookedRest(sh, BarNotBooked))
	case !kept && sh.Provider != nil && sh.Provider.Connection != p.connection.ID:
		p.bar(waybill.Consignment{Shipment: sh.ID}, BarConnection)
		p.Rest[len(p.Rest)-1].Reference = sh.Reference
	case !kept:
		p.Rest = append(p.Rest, unbookedRest(sh, BarNotKept))
	case why != "":
		p.bar(c, why)
		p.Rest[len(p.Rest)-1].Reference = sh.Reference
	case !slices.ContainsFunc(p.goods, func(g waybill.Consignment) bool { return g.Shipment == c.Shipment }):
		p.goods = append(p.goods, c)
	}
	return nil
}

// missing refuses to close what is not all there: a shipment that was named and cannot go along, or nothing at all.
func (p *ManifestPlan) missing(named bool, now time.Time) error {
	if yesterday := now.In(p.zone).AddDate(0, 0, -1); p.Day < yesterday.Format(time.DateOnly) {
		return wrongField("ship_date", waybill.RuleRange, p.Day, "the ship date is past: what was left behind goes on a manifest of today, with earlier")
	}
	if p.Open != "" {
		return waybill.E(verbManifest, waybill.ReasonUnsettled,
			"%s was told of manifest %s, and nobody knows yet whether it has that; late parcels wait until it is settled", p.Carrier, p.Open)
	}
	var problems []waybill.FieldError
	if named {
		for _, r := range p.Rest {
			problems = append(problems, waybill.FieldError{
				Path: "shipments[" + itoa(r.at) + "]", Rule: waybill.RuleExists, Value: firstOf(r.Reference, string(r.Shipment)), Message: r.Message,
			})
		}
	} else if len(p.goods) == 0 {
		problems = append(problems, waybill.FieldError{
			Path: "shipments", Rule: waybill.RuleEmpty, Message: "nothing that leaves " + p.Location + " with " + p.Carrier + " on " + p.Day + " waits for a manifest",
		})
	}
	return waybill.FieldErrors(verbManifest, problems)
}

// linesOf adds to consignments what people know them by.
func linesOf(tx store.Tx, goods []waybill.Consignment) ([]ManifestLine, error) {
	ids := make([]waybill.ID, len(goods))
	for i, c := range goods {
		ids[i] = c.Shipment
	}
	shipments, err := tx.Shipments().GetMany(ids)
	if err != nil {
		return nil, err
	}
	known := map[waybill.ID]waybill.Shipment{}
	for _, sh := range shipments {
		known[sh.ID] = sh
	}
	lines := make([]ManifestLine, len(goods))
	for i, c := range goods {
		sh := known[c.Shipment]
		lines[i] = ManifestLine{Consignment: c, Reference: sh.Reference, Tracking: sh.Tracking, Updated: sh.Updated}
		if sh.Provider != nil {
			lines[i].Service = firstOf(sh.Provider.ServiceName, sh.Provider.Service)
		}
	}
	return lines, nil
}
