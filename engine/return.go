package engine

import (
	"context"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// longestReturn is how far ahead a return label may expire (Shiptheory's rule).
const longestReturn = 30

// CreateReturn buys a label that brings a shipment's parcel back: reserve, call, settle, like every
// purchase.
func (s Session) CreateReturn(ctx context.Context, in CreateReturn) (ReturnLabel, error) {
	if err := s.enter("return"); err != nil {
		return ReturnLabel{}, err
	}
	defer s.leave()
	b, err := s.prepareReturn(ctx, in)
	if err != nil {
		return ReturnLabel{}, err
	}
	return s.bringBack(ctx, b)
}

// bringBack reserves, calls and settles.
func (s Session) bringBack(ctx context.Context, b *comeback) (ReturnLabel, error) {
	if err := s.reserveReturn(ctx, b); err != nil {
		return ReturnLabel{}, err
	}
	return s.finishReturn(ctx, b)
}

// comeback is one return on its way to being bought.
type comeback struct {
	set        *setup
	original   waybill.Shipment
	returning  waybill.Return
	purchase   waybill.Purchase
	connection waybill.Connection
	carrier    *carrier.Carrier // nil: the connection is gone or does not open
	shut       error            // and why
}

func (b *comeback) local() bool { return b.carrier != nil && b.carrier.Driver().Local }

func (s Session) prepareReturn(ctx context.Context, in CreateReturn) (*comeback, error) {
	b := &comeback{}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		missing := waybill.E("return", waybill.ReasonUnknownShipment,
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
	if err != nil {
		return nil, err
	}
	if err := s.checkExpiry(b.original, in.Expiry); err != nil {
		return nil, err
	}
	return b, s.draft(ctx, b, in)
}

func samePostcode(a, b string) bool {
	squeeze := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return squeeze(a) == squeeze(b)
}

// checkExpiry wants a day from today to thirty days on, in the sender's own time.
func (s Session) checkExpiry(sh waybill.Shipment, expiry string) error {
	zone := zoneOf(sh)
	bad := func(rule waybill.FieldRule, message string) error {
		e := waybill.E("return", waybill.ReasonExpiry, "%s", message)
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

// choose finds the connection that offers the incoming service.
func (b *comeback) choose(number int64) error {
	service := b.set.service(number, waybill.Incoming)
	if service == nil {
		e := waybill.E("return", waybill.ReasonUnknownService, "no return service with the id %d exists", number)
		e.Fields = []waybill.FieldError{{Path: "service", Rule: waybill.RuleExists, Value: itoa(int(number)), Message: e.Message}}
		return e
	}
	for _, c := range b.set.connections {
		if c.Carrier == service.Driver && c.Name == service.Carrier && !c.Paused && offers(c, service.Code) {
			b.connection = c
			b.returning.Service, b.purchase.Service = number, service.Code
			b.returning.Provider = &waybill.Provider{
				Connection: c.ID, ExternalID: c.ExternalID, Carrier: c.Carrier, Name: c.Name, DisplayName: c.DisplayName,
				Service: service.Code, ServiceName: service.Name, ServiceNo: number, Mode: c.Mode,
			}
			return nil
		}
	}
	return waybill.E("return", waybill.ReasonNoConnection, "no connection offers the return service %d now", number)
}

// draft finds who brings it back and fills in the return and its purchase: the way, turned round.
func (s Session) draft(ctx context.Context, b *comeback, in CreateReturn) error {
	if err := b.choose(in.Service); err != nil {
		return err
	}
	var err error
	if b.carrier, err = s.open(b.connection); err != nil {
		return err
	}
	number, err := s.take(ctx, 1)
	if err != nil {
		return err
	}
	to := b.original.From
	if b.original.ReturnTo != nil {
		to = *b.original.ReturnTo
	}
	r := &b.returning
	r.Row = waybill.Row{ID: s.IDs.New(), Account: b.original.Account, Number: number}
	r.Shipment, r.Reference, r.Expiry, r.Reasons = b.original.ID, in.Reference, in.Expiry, in.Reasons
	r.From, r.To = b.original.To, to
	for _, p := range b.original.Parcels {
		p.Tracking, p.SSCC, p.Barcode = "", "", ""
		r.Parcels = append(r.Parcels, p)
	}
	r.Booking, r.Transit = waybill.Unsettled, waybill.TransitNone
	b.purchase.Row = waybill.Row{ID: s.IDs.New(), Account: r.Account}
	b.purchase.Shipment, b.purchase.Return, b.purchase.Sequence = r.Shipment, r.ID, 1
	b.purchase.Connection, b.purchase.Key = b.connection.ID, string(r.ID)+"-1"
	b.purchase.State, b.purchase.Deadline = waybill.Intent, s.Clock.Now().Add(s.Purchase)
	r.Purchase = b.purchase.ID
	return nil
}

// reserveReturn writes the intent; a local carrier needs none, since it sells without a call.
func (s Session) reserveReturn(ctx context.Context, b *comeback) error {
	if b.local() {
		return nil
	}
	crash("return.reserve.before")
	err := s.putReturn(ctx, b, waybill.ReturnCreated, func(tx store.Tx, _ *waybill.Shipment) error {
		return tx.Enqueue(s.settleReturnJob(b, b.purchase.Deadline.Add(settleMargin)))
	})
	crash("return.reserve.after")
	return err
}

func (s Session) settleReturnJob(b *comeback, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: b.returning.Account, Kind: waybill.JobSettle, Key: settleKey(b.purchase.ID),
		Subject: b.purchase.ID, Due: due, Created: s.Clock.Now(),
	}
}

// putReturn stores return and purchase as they stand, with what else belongs to the moment; that is given
// the original as it is stored now, and the event tells of it as that leaves it.
func (s Session) putReturn(ctx context.Context, b *comeback, kind waybill.EventKind, more func(store.Tx, *waybill.Shipment) error) error {
	var original waybill.Shipment
	var r waybill.Return
	var p waybill.Purchase
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := tx.Shipments().Get(b.original.ID)
		if err != nil {
			return err
		}
		original, r, p = sh, b.returning, b.purchase
		if err := tx.Returns().Put(&r); err != nil {
			return err
		}
		if err := tx.Purchases().Put(&p); err != nil {
			return err
		}
		if err := more(tx, &original); err != nil {
			return err
		}
		facts := waybill.Facts{Carrier: b.connection.DisplayName, Service: r.Provider.ServiceName, Tracking: r.Tracking}
		if r.Failure != nil {
			facts.Reason, facts.Message = r.Failure.Reason, r.Failure.Message
		}
		return s.emit(tx, b.set, kind, &original, facts)
	})
	if err == nil {
		b.original, b.returning, b.purchase = original, r, p
	}
	return err
}

func (s Session) finishReturn(ctx context.Context, b *comeback) (ReturnLabel, error) {
	label, inTime, err := outlive(ctx, s.Engine, s.Answer, func(ctx context.Context) (ReturnLabel, error) {
		return s.buyReturn(ctx, b)
	})
	if !inTime {
		err = pendingReturn(nil)
	}
	return label, err
}

func pendingReturn(cause error) error {
	e := waybill.E("return", waybill.ReasonCarrierOutage, "the carrier has not confirmed the return label; it is asked again")
	e.Unsure, e.Err = true, cause
	return e
}

func (s Session) buyReturn(ctx context.Context, b *comeback) (ReturnLabel, error) {
	request := carrier.ReturnRequest{
		Return: b.returning, Original: &b.original, Service: b.purchase.Service, Key: b.purchase.Key,
		Label: labelSpec(b.set, b.original, b.connection), Now: s.Clock.Now(),
	}
	if b.local() {
		first, err := s.take(ctx, len(b.returning.Parcels))
		if err != nil {
			return ReturnLabel{}, err
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
		return ReturnLabel{}, s.unsureReturn(ctx, b, err)
	}
	if failed := s.closeReturn(ctx, b, err); failed != nil {
		return ReturnLabel{}, failed
	}
	return ReturnLabel{}, err
}

// returnLabel is a return's label as one PDF.
func (s Session) returnLabel(ctx context.Context, id waybill.ID) (LabelFile, error) {
	var r waybill.Return
	var mine []waybill.Document
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, err := tx.Returns().Get(id)
		if err != nil {
			return err
		}
		all, err := tx.Documents().Of(found.Shipment)
		mine = mine[:0]
		for _, d := range all {
			if d.Return == id {
				mine = append(mine, d)
			}
		}
		r = found
		return err
	})
	if err != nil {
		return LabelFile{}, err
	}
	file, err := s.file(ctx, mine, specOf(GetLabel{}, mine))
	file.Tracking = r.Tracking
	return file, err
}

// moveReturn takes a return along with its parcels: it is where the one furthest behind is.
func (s Session) moveReturn(tx store.Tx, t waybill.Tracker) error {
	r, err := tx.Returns().Get(t.Return)
	if err != nil {
		return err
	}
	trackers, err := together(tx, t)
	if err != nil {
		return err
	}
	r.Transit = furthestBehind(trackers)
	return tx.Returns().Put(&r)
}
