package delhiverysim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// status is a row of Delhivery's table of scans. Codes and texts are those of published answers where there are any.
type status struct {
	kind, word, code, text string
}

// statuses are the scans there are, by the names that Advance takes.
var statuses = map[string]status{
	"manifested": {"UD", "Manifested", "X-UCI", "Manifest uploaded"},
	"not_picked": {"UD", "Not Picked", "X-PNP", "Not received from client"},
	"cancelled":  {"UD", "Not Picked", "DTUP-210", "Seller cancelled the order"},
	"picked_up":  {"UD", "In Transit", "X-PPOM", "Shipment picked up"},
	"origin":     {"UD", "In Transit", "X-PIOM", "Shipment Recieved at Origin Center"},
	"in_transit": {"UD", "In Transit", "X-ILL2F", "Trip Arrived"},
	"pending":    {"UD", "Pending", "X-IBD3F", "Shipment Received at Facility"},
	"dispatched": {"UD", "Dispatched", "X-DDD3FD", "Out for delivery"},
	"ndr":        {"UD", "Pending", "EOD-11", "Consignee Unavailable"},
	"refused":    {"UD", "Pending", "EOD-6", "Consignee refused to accept/order cancelled"},
	"delivered":  {"DL", "Delivered", "EOD-38", "Delivered to consignee"},

	"rto_in_transit": {"RT", "In Transit", "RD-AC", "Return accepted"},
	"rto_pending":    {"RT", "Pending", "X-IBD3F", "Return received at facility"},
	"rto_dispatched": {"RT", "Dispatched", "X-DDD3FD", "Out for return"},
	"rto":            {"DL", "RTO", "RD-AC", "Return delivered to seller"},

	"open":              {"PP", "Open", "X-UCI", "Pickup request received"},
	"scheduled":         {"PP", "Scheduled", "X-SC", "Pickup scheduled"},
	"pickup_dispatched": {"PP", "Dispatched", "X-DDD3FP", "Out for pickup"},
	"pickup_failed":     {"PP", "Open", "EOD-21", "Customer not available for pickup"},
	"fetched":           {"PU", "In Transit", "EOD-77", "Pickup completed"},
	"back_pending":      {"PU", "Pending", "X-IBD3F", "Received at facility"},
	"back_dispatched":   {"PU", "Dispatched", "X-DDD3FD", "Out for delivery to seller"},
	"dto":               {"DL", "DTO", "EOD-135", "Delivered to seller"},
	"pickup_cancelled":  {"CN", "Canceled", "DTUP-210", "Pickup cancelled by seller"},
	"closed":            {"CN", "Closed", "EOD-110", "Pickup closed"},
}

// Names in a consignee's name that give the parcel a fate of its own.
const (
	FateAway     = "Nadia Notathome" // nobody at home; tried again a day later, or when asked, and delivered
	FateRefused  = "Rahul Refuse"    // refused at the door and returned to the sender
	FateNoPickup = "Padma Notready"  // of a reverse pickup: nothing was handed out; fetched when asked again
	FateXML      = "Xavier Xml"      // a cancel is answered in XML
	FateWaits    = "Wasim Wait"      // what was uploaded for the parcel is done only when it is asked after a third time
)

// Names in a consignee's name that make a booking fail, each in one of Delhivery's ways.
const (
	FailSuspicious = "Suspicious Sanjay"
	FailBalance    = "Balance Bina"
	FailCapacity   = "Capacity Chitra"
	FailAccount    = "Account Anil"     // the payment mode is off
	FailConsume    = "Consume Charu"    // the waybill is not ready
	FailDuplicate  = "Duplicate Dinesh" // already there, Delhivery says
	FailSecond     = "Second Sonal"     // of several boxes only the first is booked
)

// fated is the refusal that a name asks for.
func fated(name string, box int) (remark, code string) {
	for word, said := range map[string][2]string{
		FailSuspicious: {"Suspicious order/consignee", "ER0005"},
		FailBalance:    {"Prepaid client manifest charge API failed due to insufficient balance", ""},
		FailCapacity:   {"Packages have exceeded the available capacity of the client for today", ""},
		FailAccount:    {"Payment mode is not serviceable for this account", ""},
		FailConsume:    {"Unable to consume waybill", ""},
		FailDuplicate:  {"Duplicate order id", ""},
	} {
		if strings.Contains(name, word) {
			return said[0], said[1]
		}
	}
	if strings.Contains(name, FailSecond) && box > 0 {
		return "Crashing while saving package due to exception 'box lost'", ""
	}
	return "", ""
}

// step is a status some hours after the booking, at one of the two ends of the way or between.
type step struct {
	status string
	after  time.Duration
	place  string
}

// plan is a parcel's life as the clock will bring it. Without a pace the days are those of its mode; with one, the
// steps follow each other at that pace.
func (s *Sim) plan(p *parcel, at place) []event {
	from, _ := lookup(at.Pin)
	to, _ := lookup(string(p.Order.Pin))
	origin, destination := from.center(), to.center()
	whole := time.Duration(days[p.Order.mode()][zone(from.code, to.code)]) * 24 * time.Hour
	var steps []step
	if p.Order.reverse() {
		steps = reverseLife(p.Order.Name, whole, destination, origin)
	} else {
		steps = forwardLife(p.Order.Name, whole, origin, destination)
	}
	plan := make([]event, len(steps))
	for i, one := range steps {
		plan[i] = event{Status: one.status, At: p.BookedAt.Add(one.after), Place: one.place}
		if s.opts.Pace > 0 {
			plan[i].At = p.BookedAt.Add(time.Duration(i) * s.opts.Pace)
		}
	}
	return plan
}

func forwardLife(name string, whole time.Duration, origin, destination string) []step {
	const day, hour = 24 * time.Hour, time.Hour
	steps := []step{
		{"manifested", 0, origin},
		{"picked_up", 4 * hour, origin},
		{"origin", 8 * hour, origin},
		{"in_transit", max(whole/2, 12*hour), destination},
		{"pending", whole - 6*hour, destination},
		{"dispatched", whole - 4*hour, destination},
	}
	switch {
	case strings.Contains(name, FateAway):
		steps = append(steps, step{"ndr", whole, destination}, step{"dispatched", whole + day - 4*hour, destination}, step{"delivered", whole + day, destination})
	case strings.Contains(name, FateRefused):
		steps = append(steps, step{"refused", whole, destination})
		steps = append(steps, wayBack(whole+day, whole, origin, destination)...)
	default:
		steps = append(steps, step{"delivered", whole, destination})
	}
	return steps
}

// wayBack takes a parcel home from where it is.
func wayBack(after, whole time.Duration, origin, here string) []step {
	return []step{
		{"rto_in_transit", after, here},
		{"rto_pending", after + whole/2, origin},
		{"rto_dispatched", after + whole - 4*time.Hour, origin},
		{"rto", after + whole, origin},
	}
}

func reverseLife(name string, whole time.Duration, door, home string) []step {
	const day = 24 * time.Hour
	steps := []step{{"open", 0, door}, {"scheduled", time.Hour, door}, {"pickup_dispatched", day, door}}
	if strings.Contains(name, FateNoPickup) {
		return append(steps, step{"pickup_failed", day + 6*time.Hour, door})
	}
	return append(steps, moving(day+4*time.Hour, whole, door, home)...)
}

// moving takes a fetched parcel to the warehouse.
func moving(after, whole time.Duration, door, home string) []step {
	return []step{
		{"fetched", after, door},
		{"back_pending", after + whole/2, home},
		{"back_dispatched", after + whole - 2*time.Hour, home},
		{"dto", after + whole, home},
	}
}

// events are steps from a moment on.
func events(steps []step, from time.Time, pace time.Duration) []event {
	out := make([]event, len(steps))
	for i, one := range steps {
		out[i] = event{Status: one.status, At: from.Add(one.after), Place: one.place}
		if pace > 0 {
			out[i].At = from.Add(time.Duration(i+1) * pace)
		}
	}
	return out
}

// catchUp lets the clock bring what is due. The caller holds the lock, or has the parcel to itself.
func (p *parcel) catchUp(now time.Time) {
	for len(p.Plan) > 0 && !p.Plan[0].At.After(now) {
		p.Events, p.Plan = append(p.Events, p.Plan[0]), p.Plan[1:]
	}
}

// last is the newest scan.
func (p *parcel) last() event { return p.Events[len(p.Events)-1] }

// now is the status of the newest scan.
func (p *parcel) now() status { return statuses[p.last().Status] }

// Advance brings a parcel to its next status (to is empty), or to a named one: through the steps of its plan if the
// name is among them, else by that scan alone. A parcel sent on its way back so goes home from there. What is left of
// the plan moves by as much as the parcel came early. The error names the parcel or the status.
func (s *Sim) Advance(number, to string) (ParcelState, error) {
	if _, ok := statuses[to]; to != "" && !ok {
		return ParcelState{}, fmt.Errorf("advance: unknown status %q, have %s", to, strings.Join(slices.Sorted(maps.Keys(statuses)), ", "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	have := s.memory.byNumber[number]
	if have == nil {
		return ParcelState{}, fmt.Errorf("advance: no parcel %q", number)
	}
	p, now := have.clone(), s.Clock.Now()
	p.catchUp(now)
	if err := s.advance(p, now, to); err != nil {
		return ParcelState{}, err
	}
	if err := s.remember(entry{Parcels: []*parcel{p}}); err != nil {
		return ParcelState{}, err
	}
	return p.state(), nil
}

func (s *Sim) advance(p *parcel, now time.Time, to string) error {
	at := slices.IndexFunc(p.Plan, func(e event) bool { return to == "" || e.Status == to })
	if at >= 0 {
		early := p.Plan[at].At.Sub(now)
		for _, e := range p.Plan[:at+1] {
			e.At = now
			p.Events = append(p.Events, e)
		}
		p.Plan = slices.Clone(p.Plan[at+1:])
		for i := range p.Plan {
			p.Plan[i].At = p.Plan[i].At.Add(-early)
		}
		return nil
	}
	if to == "" || p.now().kind == "DL" {
		return fmt.Errorf("advance: %s has come to its end", p.Waybill)
	}
	p.Events = append(p.Events, event{Status: to, At: now, Place: p.last().Place})
	p.Plan = nil
	switch statuses[to].kind {
	case "RT":
		p.Plan = s.home(p, now)
	case "UD":
		p.Plan = events([]step{{"dispatched", 20 * time.Hour, p.last().Place}, {"delivered", 24 * time.Hour, p.last().Place}}, now, s.opts.Pace)
	}
	return nil
}

// home is the rest of the way back of a parcel that has been turned round.
func (s *Sim) home(p *parcel, now time.Time) []event {
	from, _ := lookup(s.memory.places[p.Place].Pin)
	to, _ := lookup(string(p.Order.Pin))
	whole := time.Duration(days[p.Order.mode()][zone(from.code, to.code)]) * 24 * time.Hour
	return events(wayBack(0, whole, from.center(), to.center())[1:], now, s.opts.Pace)
}
