package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// longestReturn is how far ahead a return label may expire (Shiptheory's rule).
const longestReturn = 30

// The verbs that a key of a return can stand for.
const (
	verbReturn      = "return"
	verbDraftReturn = "return.draft"
	verbBookReturn  = "return.book"
)

// CreateReturn draws up a return of a shipment and books it at once, with the service that the caller names.
func (s Session) CreateReturn(ctx context.Context, in CreateReturn) (ReturnLabel, error) {
	if err := s.enter(verbReturn); err != nil {
		return ReturnLabel{}, err
	}
	defer s.leave()
	b, err := s.prepareReturn(ctx, in)
	if err == nil && !b.done {
		err = s.bringBack(ctx, b)
	}
	if b != nil && waybill.ReasonOf(err) == waybill.ReasonKeyRunning {
		err = s.beatenReturn(ctx, b, in.Key, in.Hash)
	}
	if err == nil && b.done {
		err = answered(b.returning)
	}
	if err != nil {
		return ReturnLabel{}, err
	}
	return s.labelled(ctx, b.returning)
}

// comeback is one return on its way to being bought, or given back.
type comeback struct {
	set        *setup
	original   waybill.Shipment // empty: the return stands alone
	returning  waybill.Return
	at         waybill.Transit // of the parcel that stands most in the way of giving it back
	purchase   waybill.Purchase
	state      waybill.PurchaseState // of the purchase as it is stored; empty: it is not
	connection waybill.Connection
	carrier    *carrier.Carrier // nil: the connection is gone or does not open
	shut       error            // and why
	verb       string
	key        *store.Key // that is not written yet
	done       bool       // nothing to do: the key was answered before
	unpaid     bool       // prices are asked for whatever the wallet holds
	began      time.Time
}

func (b *comeback) local() bool { return b.carrier != nil && b.carrier.Driver().Local }

// way is the way back as a shipment: what is priced, and whose settings the label is made by.
func (b *comeback) way() waybill.Shipment {
	r := b.returning
	way := waybill.Shipment{
		Row: r.Row, Reference: r.Reference, From: r.From, To: r.To, Location: r.Location, Parcels: r.Parcels, Items: r.Items,
		Options: r.Options, Label: b.original.Label, Value: b.original.Value, Booking: r.Booking,
	}
	_ = checkPrices(b.verb, &way.Value, way.Items) // they were checked: a value that nobody told takes the prices' currency
	if b.original.ID != "" {
		way.Reference2, way.Location = b.original.Reference, b.original.Location
	}
	if place := b.set.location(r.Location); place != nil {
		way.LocationKey = place.ExternalID
	}
	way.TimeZone = zoneAt(r.From.Address)
	return way
}

func (s Session) prepareReturn(ctx context.Context, in CreateReturn) (*comeback, error) {
	b := &comeback{verb: verbReturn, began: time.Now()}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if err := s.recallReturn(tx, b, in.Key, in.Hash); err != nil || b.done {
			return err
		}
		missing := waybill.E(verbReturn, waybill.ReasonUnknownShipment,
			"Unable to find a shipment with the reference '%s' and postcode '%s'", in.Reference, in.Postcode)
		sh, err := find(tx, Ref{Reference: in.Reference})
		if waybill.IsCode(err, waybill.NotFound) || waybill.ReasonOf(err) == waybill.ReasonBadID {
			return missing
		}
		if err != nil {
			return err
		}
		if !samePostcode(sh.To.Address.Postcode, in.Postcode) {
			return missing
		}
		b.original = sh
		b.set, err = s.setup(tx, sh.Account)
		return err
	})
	if err != nil || b.done {
		return b, err
	}
	if err := s.checkExpiry(zoneOf(b.original), in.Expiry); err != nil {
		return nil, err
	}
	b.returning.Expiry, b.returning.Reasons = in.Expiry, in.Reasons
	return b, s.byService(ctx, b, in.Service)
}

func samePostcode(a, b string) bool {
	squeeze := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return squeeze(a) == squeeze(b)
}

// checkExpiry wants a day from today to thirty days on, in the sender's own time.
func (s Session) checkExpiry(zone *time.Location, expiry string) error {
	bad := func(rule waybill.FieldRule, message string) error {
		e := waybill.E(verbReturn, waybill.ReasonExpiry, "%s", message)
		e.Fields = []waybill.FieldError{{Path: "expiry", Rule: rule, Value: expiry, Limit: itoa(longestReturn), Message: message}}
		return e
	}
	day, err := time.ParseInLocation(time.DateOnly, expiry, zone)
	if err != nil {
		return bad(waybill.RuleFormat, "The expiry must be a date written YYYY-MM-DD")
	}
	now := s.Clock.Now().In(zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	if day.Before(today) || day.After(today.AddDate(0, 0, longestReturn)) {
		return bad(waybill.RuleRange, "Your returns label expiry is not allowed. The label must expire within 30 days")
	}
	return nil
}

// byService draws the return up and makes the connection that offers the incoming service the one to buy from.
func (s Session) byService(ctx context.Context, b *comeback, number int64) error {
	service := b.set.service(number, waybill.Incoming)
	if service == nil {
		e := waybill.E(verbReturn, waybill.ReasonUnknownService, "no return service with the id %d exists", number)
		e.Fields = []waybill.FieldError{{Path: "service", Rule: waybill.RuleExists, Value: itoa(int(number)), Message: e.Message}}
		return e
	}
	i := slices.IndexFunc(b.set.connections, func(c waybill.Connection) bool {
		return c.Carrier == service.Driver && c.Name == service.Carrier && idle(&c, s.Clock.Now()) == "" && offers(c, service.Code)
	})
	if i < 0 {
		return waybill.E(verbReturn, waybill.ReasonNoConnection, "no connection offers the return service %d now", number)
	}
	c := b.set.connections[i]
	if err := s.drawUp(ctx, b); err != nil {
		return err
	}
	p := provider(c)
	p.Service, p.ServiceName, p.ServiceNo = service.Code, service.Name, number
	offer := waybill.Candidate{Connection: c.ID, Provider: p, Rate: waybill.Rate{Service: service.Code, ServiceName: service.Name}}
	if c.Billed == waybill.BilledWallet { // what is paid beforehand must be known beforehand
		var err error
		if offer, err = s.offerOf(ctx, b, c, service.Code); err != nil {
			return err
		}
	}
	return s.engage(b, offer)
}

// engage makes an offer the one to buy: its purchase, its carrier.
func (s Session) engage(b *comeback, offer waybill.Candidate) error {
	connection := b.set.connection(offer.Connection)
	if connection == nil {
		return waybill.E(verbReturn, waybill.ReasonNoConnection, "the connection of %s is gone", offer.Provider.DisplayName)
	}
	way := b.way()
	opened, err := s.openFor(*connection, &way)
	if err != nil {
		return err
	}
	b.connection, b.carrier = *connection, opened
	r := &b.returning
	r.Attempt++
	b.purchase = waybill.Purchase{
		Row: waybill.Row{ID: s.IDs.New(), Account: r.Account}, Shipment: r.Shipment, Return: r.ID, Sequence: r.Attempt,
		Connection: connection.ID, Service: offer.Rate.Service, Key: string(r.ID) + "-" + itoa(r.Attempt), State: waybill.Intent,
		Rate: offer.Rate, Sold: offer.Sold, Charges: offer.Charges, Deadline: s.Clock.Now().Add(s.Purchase),
	}
	b.state = ""
	b.purchase.Counted = connection.Spend.Set()
	s.billed(&b.purchase, *connection)
	p := offer.Provider
	r.Provider, r.Service, r.Purchase, r.Booking, r.Failure = &p, p.ServiceNo, b.purchase.ID, waybill.Unsettled, nil
	return nil
}

// bringBack gets what the carrier must have beforehand, reserves, calls and settles.
func (s Session) bringBack(ctx context.Context, b *comeback) error {
	if !b.local() {
		place, err := s.registered(ctx, b.connection, b.carrier, b.set.location(b.returning.Location))
		if err != nil {
			return err
		}
		b.purchase.Place = place
		b.purchase.Numbers = s.takeNumbers(ctx, b.connection, b.carrier, len(b.returning.Parcels))
	}
	if err := s.reserveReturn(ctx, b); err != nil {
		return err
	}
	return s.finishReturn(ctx, b)
}

// reserveReturn writes the intent; a local carrier needs none, since it sells without a call.
func (s Session) reserveReturn(ctx context.Context, b *comeback) error {
	if b.local() {
		return nil
	}
	kind := waybill.EventKind("") // a draft was told of before
	if b.returning.Version == 0 {
		kind = waybill.ReturnCreated
	}
	crash("return.reserve.before")
	err := s.putReturn(ctx, b, returnWrite{kind: kind, more: func(tx store.Tx, _ *comeback) error {
		return tx.Enqueue(s.settleReturnJob(b, b.purchase.Deadline.Add(settleMargin)))
	}})
	crash("return.reserve.after")
	return err
}

func (s Session) settleReturnJob(b *comeback, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: b.returning.Account, Kind: waybill.JobSettle, Key: settleKey(b.purchase.ID),
		Subject: b.purchase.ID, Due: due, Created: s.Clock.Now(),
	}
}

// finishReturn calls and settles, on the engine's time and not the caller's. What the return came to by the time
// the caller is answered is in b.
func (s Session) finishReturn(ctx context.Context, b *comeback) error {
	work := *b
	ended, inTime, err := outlive(ctx, s.Engine, s.Answer-time.Since(b.began), func(ctx context.Context) (waybill.Return, error) {
		err := s.buyReturn(ctx, &work)
		return work.returning, err
	})
	if !inTime {
		return pendingReturn(nil)
	}
	if ended.ID != "" { // else the work panicked, and what was reserved stands
		b.returning = ended
	}
	return err
}

func pendingReturn(cause error) error {
	e := waybill.E(verbReturn, waybill.ReasonCarrierOutage, "the carrier has not confirmed the return label; it is asked again")
	e.Unsure, e.Err = true, cause
	return e
}

// buyReturn calls the carrier once. A refusal is written down and answered.
func (s Session) buyReturn(ctx context.Context, b *comeback) error {
	request := carrier.ReturnRequest{
		Return: b.returning, Service: b.purchase.Service, Rate: b.purchase.Rate, Key: b.purchase.Key,
		Label: b.labelSpec(), Numbers: b.purchase.Numbers, Place: b.purchase.Place, Now: s.Clock.Now(),
	}
	if b.original.ID != "" {
		request.Original = &b.original
	}
	if b.local() {
		first, err := s.take(ctx, len(b.returning.Parcels))
		if err != nil {
			return err
		}
		for i := range b.returning.Parcels {
			request.Numbers = append(request.Numbers, itoa(int(first)+i))
		}
	}
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	crash("return.call.before")
	booking, err := b.carrier.Return(deadline, request)
	crash("return.call.after")
	switch {
	case err == nil:
		return s.settleReturn(ctx, b, booking)
	case waybill.AsError(err).Unsure:
		return s.unsureReturn(ctx, b, err)
	}
	if failed := s.closeReturn(ctx, b, err); failed != nil {
		return failed
	}
	return err
}

func (b *comeback) labelSpec() waybill.LabelSpec { return labelSpec(b.set, b.way(), b.connection) }
