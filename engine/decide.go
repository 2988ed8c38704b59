package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/rule"
)

// The outcomes of a decision.
const (
	outcomeBook   = "book"
	outcomeHold   = "hold"
	outcomeIgnore = "ignore"
	outcomeNone   = "no_provider"
)

// decided is what came of a decision: the shipment as rules changed it, the record with its trace, and
// the candidate to begin with.
type decided struct {
	shipment waybill.Shipment
	decision waybill.Decision
	winner   int
	reason   waybill.Reason // why there is none
	rates    int
	missing  []Missing
}

// notes are the events that the first write of a new or retried shipment emits.
func (d decided) notes(o *order) []note {
	var notes []note
	switch {
	case !o.existing:
		notes = append(notes, note{waybill.ShipmentCreated, waybill.Facts{}})
	case o.shipment.Booking != waybill.Draft: // which was not tried before
		notes = append(notes, note{waybill.ShipmentRetried, waybill.Facts{}})
	}
	if d.rates > 0 {
		notes = append(notes, note{waybill.ShipmentRated, waybill.Facts{Candidate: d.rates}})
	}
	return notes
}

// decide asks the rules who may carry it, asks those for rates, and asks the rules who wins. It writes
// nothing; a carrier that is slow or fails costs its own rates only.
func (s Session) decide(ctx context.Context, o *order) decided {
	d := decided{shipment: o.shipment, winner: -1}
	d.decision = waybill.Decision{
		Row:      waybill.Row{ID: s.IDs.New(), Account: o.shipment.Account},
		Shipment: o.shipment.ID, Attempt: o.shipment.Attempt + 1, Rules: o.set.edition,
	}
	asked, missing := o.eligible(s.Actor, s.Clock.Now())
	asked, missing = s.unspent(ctx, asked, missing)
	missing = append(missing, s.unasked(o.set, waybill.Outgoing, o.assigned(), o.location.ExternalID, o.wishes())...)
	steps := unselected(missing)
	d.decision.Steps, d.missing = steps, missing
	switch {
	case len(asked) > 0:
	case o.in.Approve:
		return d.end(outcomeHold, waitsForApproval)
	case len(steps) > 0 && s.Actor.Test:
		return d.none(waybill.ReasonNoConnection, "No provider assigned to the location can be used: a test key reaches none that is live.")
	case len(steps) > 0:
		return d.none(waybill.ReasonNoConnection, nobody(steps))
	default:
		return d.none(waybill.ReasonNoConnection, "No provider is assigned to the location.")
	}
	if carrier := o.lacksIncrement(asked); carrier != "" {
		return d.none(waybill.ReasonNoConnection, "Unable to load your "+carrier+" carrier settings")
	}
	facts := s.facts(o, asked, s.Clock.Now())
	selection := o.set.rules.Before(facts)
	selection.Apply(&d.shipment)
	d.decision.Steps = append(d.decision.Steps, selection.Steps...)
	d.decision.Printer, d.decision.ReturnBy = selection.Printer, o.set.returnNumber(selection.ReturnService)
	switch {
	case o.in.Approve:
		return d.end(outcomeHold, waitsForApproval)
	case selection.Hold != "" && !o.released:
		return d.end(outcomeHold, selection.Hold)
	case selection.Ignore != "":
		return d.end(outcomeIgnore, selection.Ignore)
	}
	candidates, steps, missing := s.rate(ctx, o.set, d.shipment, asked, selection, o.unpaid)
	d.decision.Steps = append(d.decision.Steps, steps...)
	d.missing = slices.Concat(d.missing, ruledOut(selection), missing)
	for _, c := range candidates {
		if c.Rejected == "" {
			d.rates++
		}
	}
	ranking := o.set.rules.After(selection, candidates)
	d.decision.Candidates = ranking.Candidates
	d.decision.Steps = append(d.decision.Steps, ranking.Steps...)
	d.decision.Fallback, d.decision.Fixed = ranking.Fallback, ranking.Fixed
	d.decision.Printer, d.decision.ReturnBy = ranking.Printer, o.set.returnNumber(ranking.ReturnService)
	switch {
	case ranking.Hold != "" && !o.released:
		return d.end(outcomeHold, ranking.Hold)
	case ranking.Ignore != "":
		return d.end(outcomeIgnore, ranking.Ignore)
	}
	return d.pick().wanting(o.wishes())
}

// nobody says why none of the connections assigned may be asked.
func nobody(steps []waybill.Step) string {
	if slices.ContainsFunc(steps, func(step waybill.Step) bool { return !strings.HasPrefix(step.Detail, "it is paused") }) {
		return "None of the providers assigned to the location can be asked: " + steps[len(steps)-1].Subject + ": " + strings.TrimSuffix(steps[len(steps)-1].Detail, ".") + "."
	}
	return "Every provider assigned to the location is paused."
}

const waitsForApproval = "It waits for approval, as the request asked."

func (d decided) end(outcome, reason string) decided {
	d.decision.Outcome, d.decision.Reason = outcome, reason
	return d
}

func (d decided) none(reason waybill.Reason, message string) decided {
	d.reason = reason
	return d.end(outcomeNone, message)
}

// pick finds the candidate ranked first.
func (d decided) pick() decided {
	for i, c := range d.decision.Candidates {
		if c.Rank == 1 {
			d.winner = i
			return d.end(outcomeBook, "")
		}
	}
	if d.broke() {
		return d.none(waybill.ReasonBalance, "Nothing was booked:"+d.why())
	}
	return d.none(waybill.ReasonNoRate, "No provider matched the criteria for the requested delivery."+d.why())
}

// broke reports whether it is the wallet alone that keeps every offer out.
func (d decided) broke() bool {
	for _, c := range d.decision.Candidates {
		if !strings.HasPrefix(c.Rejected, walletLow) {
			return false
		}
	}
	return len(d.decision.Candidates) > 0
}

// why says for a person what kept the candidates out, shortly.
func (d decided) why() string {
	var said []string
	for _, c := range d.decision.Candidates {
		if c.Rejected != "" && !slices.Contains(said, c.Rejected) && len(said) < 3 {
			said = append(said, c.Rejected)
		}
	}
	for _, step := range d.decision.Steps {
		if step.Stage == waybill.StageRate && (step.Outcome == waybill.StepFailed || step.Outcome == waybill.StepRejected) && len(said) < 3 {
			said = append(said, step.Subject+": "+step.Detail)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " " + strings.TrimSuffix(strings.Join(said, "; "), ".") + "."
}

// eligible lists the connections that may be asked: those assigned to the location. A shipment that
// names a connection or a service may use any of the account's, and so may one that is booked from a
// location to which none was assigned. Those that are paused or have an outage are out.
func (o *order) eligible(actor waybill.Actor, now time.Time) ([]waybill.Connection, []Missing) {
	var list []waybill.Connection
	var missing []Missing
	for _, c := range o.assigned() {
		if why := idle(&c, now); why != "" {
			missing = append(missing, idleMissing(c, why))
			continue
		}
		if !actor.Reaches(c.Mode) {
			missing = append(missing, idleMissing(c, testOnly))
			continue
		}
		list = append(list, c)
	}
	return list, missing
}

func (o *order) assigned() []waybill.Connection {
	choice := o.shipment.Choice
	if choice.Connection != "" || o.set.service(choice.Service, waybill.Outgoing) != nil {
		return o.set.connections
	}
	if o.anyone && len(o.location.Connections) == 0 {
		return o.set.connections
	}
	var list []waybill.Connection
	for _, id := range o.location.Connections {
		if c := o.set.connection(id); c != nil {
			list = append(list, *c)
		}
	}
	return list
}

// lacksIncrement names the carrier whose service the caller chose together with an instance of it that
// the account does not have; empty: there is none such.
func (o *order) lacksIncrement(asked []waybill.Connection) string {
	choice := o.shipment.Choice
	service := o.set.service(choice.Service, waybill.Outgoing)
	if service == nil || choice.Increment == 0 {
		return ""
	}
	offered := false
	for _, c := range asked {
		if c.Carrier != service.Driver || c.Name != service.Carrier || !offers(c, service.Code) {
			continue
		}
		if max(1, c.Increment) == choice.Increment {
			return ""
		}
		offered = true
	}
	if !offered {
		return "" // no instance at all: the service does not exist, and rules decide
	}
	return service.Carrier
}

// facts are what the rules judge by.
func (s Session) facts(o *order, asked []waybill.Connection, now time.Time) rule.Facts {
	facts := rule.Facts{
		Shipment: departing(o.set, o.shipment, now), Location: *o.location, Now: now.In(zoneOf(o.shipment)), RequireMatch: o.in.RulesRequired,
	}
	offered := s.offered(o.set)
	for _, c := range asked {
		facts.Connections = append(facts.Connections, rule.Connection{
			Provider: provider(c), Increment: max(1, c.Increment), Services: offered[c.ID],
		})
	}
	return facts
}

// zoneOf is the time zone of the place a shipment leaves from.
func zoneOf(sh waybill.Shipment) *time.Location {
	zone, err := waybill.Zone(sh.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// offered are the services each connection can sell, as the account numbers and names them; worked out
// once a set-up. A connection that does not open has none.
func (e *Engine) offered(set *setup) map[waybill.ID][]rule.Service {
	set.once.Do(func() {
		set.offered = map[waybill.ID][]rule.Service{}
		for _, c := range set.connections {
			set.offered[c.ID] = e.catalogue(set, c)
		}
	})
	return set.offered
}

func (e *Engine) catalogue(set *setup, c waybill.Connection) []rule.Service {
	list := []rule.Service{}
	opened, err := e.open(c)
	if err != nil {
		e.Log.Error("connection does not open", "connection", c.ID, "error", err)
		return list
	}
	for _, info := range opened.Services() {
		if info.Direction == waybill.Incoming || !offers(c, info.Code) {
			continue
		}
		service := rule.Service{Code: info.Code, Name: info.Name, Abilities: info.Abilities}
		if own := set.serviceOf(c, info.Code, waybill.Outgoing); own != nil {
			if own.Disabled {
				continue
			}
			service.Name, service.Number = own.Name, own.Number
		}
		list = append(list, service)
	}
	return list
}

func provider(c waybill.Connection) waybill.Provider {
	return waybill.Provider{
		Connection: c.ID, ExternalID: c.ExternalID, Carrier: c.Carrier, Name: c.Name, DisplayName: c.DisplayName, Mode: c.Mode,
	}
}

// remaining are the connections the rules left, with the codes of the services they left of each.
func remaining(asked []waybill.Connection, selection rule.Selection) (left []waybill.Connection, services [][]string) {
	for _, k := range selection.Connections {
		i := slices.IndexFunc(asked, func(c waybill.Connection) bool { return c.ID == k.Provider.Connection })
		var codes []string
		for _, v := range k.Services {
			codes = append(codes, v.Code)
		}
		left, services = append(left, asked[i]), append(services, codes)
	}
	return left, services
}
