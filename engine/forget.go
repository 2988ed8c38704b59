package engine

import (
	"context"
	"strings"

	"waybill"
	"waybill/store"
)

// forget takes the personal data out of a shipment, or of a return that stands alone, and out of all that hangs on it,
// in one transaction. Count says what; a dry run only counts. The files go first: what stops in between is begun anew, and
// finds their papers still there.
func (s Session) forget(ctx context.Context, id waybill.ID, count map[string]int, dry bool) (err error) {
	if !dry {
		if err := s.dropPapers(ctx, id); err != nil {
			return err
		}
	}
	var counted map[string]int
	run := s.Store.Update
	if dry {
		run = s.Store.View
	}
	err = run(ctx, waybill.System(s.Actor.Account), func(tx store.Tx) error {
		f := forgetter{Session: s, tx: tx, dry: dry, count: map[string]int{}}
		if err := f.everything(id); err != nil {
			return err
		}
		counted = f.count
		return nil
	})
	for kind, n := range counted {
		count[kind] += n
	}
	return err
}

// dropPapers removes the files of a shipment's documents that no other document has.
func (s Session) dropPapers(ctx context.Context, id waybill.ID) error {
	var blobs []string
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		list, err := tx.Documents().Of(id)
		if err != nil {
			return err
		}
		var all []string
		for _, d := range list {
			if d.Blob != "" {
				all = append(all, d.Blob)
			}
		}
		blobs, err = tx.Forgetting().Unused(all, id)
		return err
	})
	return firstError(err, s.dropBlobs(ctx, blobs))
}

func (s Session) dropBlobs(ctx context.Context, blobs []string) error {
	for _, blob := range blobs {
		if err := s.Store.Blobs().Delete(ctx, blob); err != nil {
			return err
		}
	}
	return nil
}

// forgetter is one shipment on its way to be forgotten.
type forgetter struct {
	Session
	tx    store.Tx
	dry   bool
	count map[string]int
}

func (f *forgetter) everything(id waybill.ID) error {
	for _, part := range []func(waybill.ID) error{
		f.shipment, f.returns, f.purchases, f.documents, f.decisions, f.trackers, f.events, f.deliveries, f.declarations, f.hooks, f.logs,
	} {
		if err := part(id); err != nil {
			return err
		}
	}
	return nil
}

// each does something to records, and counts them.
func each[T any](f *forgetter, kind string, list []T, err error, do func(*T) error) error {
	for i := 0; err == nil && i < len(list); i++ {
		if f.count[kind]++; !f.dry {
			err = do(&list[i])
		}
	}
	return err
}

func (f *forgetter) shipment(id waybill.ID) error {
	sh, err := f.tx.Shipments().Get(id)
	if waybill.IsCode(err, waybill.NotFound) { // a return that stands alone
		return nil
	}
	return each(f, "shipments", []waybill.Shipment{sh}, err, func(sh *waybill.Shipment) error {
		next := forgotten(*sh)
		return f.tx.Shipments().Put(&next)
	})
}

func (f *forgetter) returns(id waybill.ID) error {
	list, err := f.tx.Returns().Of(id)
	if err == nil && len(list) == 0 {
		var r waybill.Return
		if r, err = f.tx.Returns().Get(id); err == nil {
			list = append(list, r)
		} else if waybill.IsCode(err, waybill.NotFound) {
			err = nil
		}
	}
	return each(f, "returns", list, err, func(r *waybill.Return) error {
		leftReturn(r)
		return f.tx.Returns().Put(r)
	})
}

func (f *forgetter) purchases(id waybill.ID) error {
	list, err := f.tx.Purchases().Of(id)
	return each(f, "purchases", list, err, func(p *waybill.Purchase) error {
		leftPurchase(p)
		return f.tx.Purchases().Put(p)
	})
}

func (f *forgetter) documents(id waybill.ID) error {
	list, err := f.tx.Documents().Of(id)
	return each(f, "documents", list, err, func(d *waybill.Document) error {
		return f.tx.Documents().Delete(d.ID, d.Version)
	})
}

func (f *forgetter) decisions(id waybill.ID) error {
	list, err := f.tx.Decisions().Of(id)
	return each(f, "decisions", list, err, func(d *waybill.Decision) error { return f.tx.Decisions().Delete(d.ID, d.Version) })
}

func (f *forgetter) trackers(id waybill.ID) error {
	list, err := f.tx.Trackers().Of(id)
	return each(f, "trackers", list, err, func(t *waybill.Tracker) error {
		leftTracker(t)
		return f.tx.Trackers().Put(t)
	})
}

func (f *forgetter) events(id waybill.ID) error {
	list, err := f.tx.Events().Of(id)
	return each(f, "events", list, err, func(e *waybill.Event) error {
		leftEvent(e)
		return f.tx.Forgetting().Rewrite(*e)
	})
}

func (f *forgetter) deliveries(id waybill.ID) error {
	list, err := f.tx.Deliveries().About(id)
	return each(f, "deliveries", list, err, func(d *waybill.Delivery) error {
		leftDelivery(d)
		return f.tx.Deliveries().Put(d)
	})
}

func (f *forgetter) declarations(id waybill.ID) error {
	list, err := f.tx.Declarations().Of(id)
	return each(f, "declarations", list, err, func(d *waybill.Declaration) error {
		leftDeclaration(d)
		return f.tx.Declarations().Put(d)
	})
}

func (f *forgetter) hooks(id waybill.ID) error {
	list, err := f.tx.Hooks().Of(id)
	return each(f, "webhooks", list, err, func(h *waybill.Subscription) error { return f.tx.Hooks().Delete(h.ID, h.Version) })
}

func (f *forgetter) logs(id waybill.ID) error {
	if f.dry {
		return nil
	}
	requests, err := f.tx.Requests().Erase(id)
	if err != nil {
		return err
	}
	calls, err := f.tx.Calls().Erase(id)
	if n := requests + calls; n > 0 {
		f.count["log_entries"] += n
	}
	return err
}

// forgotten is what stays of a shipment: what money and law need. Amounts, weights, dates, who carried it under which number,
// the country and the area of the postal code, and the account's own reference.
func forgotten(sh waybill.Shipment) waybill.Shipment {
	kept := waybill.Shipment{
		Row: sh.Row, Reference: sh.Reference, Dialect: sh.Dialect, CreatedBy: sh.CreatedBy, Placed: sh.Placed, Tenant: sh.Tenant, Brand: sh.Brand,
		Location: sh.Location, LocationKey: sh.LocationKey, TimeZone: sh.TimeZone, From: sh.From, To: leftParty(sh.To), ReturnTo: sh.ReturnTo,
		ReturnKey: sh.ReturnKey, ReturnName: sh.ReturnName, Value: sh.Value, Parcels: leftParcels(sh.Parcels), TotalWeight: sh.TotalWeight,
		ParcelCount: sh.ParcelCount, Items: leftItems(sh.Items), Options: sh.Options, Label: sh.Label, Tags: sh.Tags, PickupTime: sh.PickupTime,
		DeliveryTime: sh.DeliveryTime, ActualPickup: sh.ActualPickup, ActualDelivery: sh.ActualDelivery, Booking: sh.Booking, Transit: sh.Transit,
		Provider: sh.Provider, Tracking: sh.Tracking, Bought: sh.Bought, Charges: sh.Charges, Sold: sh.Sold, Attempt: sh.Attempt, Purchase: sh.Purchase,
		CancelledBy: sh.CancelledBy,
	}
	if sh.Booking.Open() { // nobody can be asked to carry it any more
		kept.Booking, kept.CancelledBy = waybill.Cancelled, waybill.Erased
	}
	if sh.LocationKey == "" { // given with the shipment: it may be a person
		kept.From = leftParty(sh.From)
	}
	if sh.ReturnTo != nil && sh.ReturnKey == "" {
		to := leftParty(*sh.ReturnTo)
		kept.ReturnTo = &to
	}
	if sh.Failure != nil {
		kept.Failure = &waybill.Failure{Reason: sh.Failure.Reason, At: sh.Failure.At, Needed: sh.Failure.Needed, Fault: leftFault(sh.Failure.Fault)}
	}
	for _, r := range sh.Returns {
		r.TrackingURL = ""
		kept.Returns = append(kept.Returns, r)
	}
	return kept
}

// leftParty is what stays of a party: the country and the area of the postal code.
func leftParty(p waybill.Party) waybill.Party {
	return waybill.Party{
		Contact: waybill.Contact{Name: waybill.Erased},
		Address: waybill.Address{Country: p.Address.Country, State: p.Address.State, Postcode: area(p.Address.Postcode)},
	}
}

// area is the first part of a postal code: before the space, else the first half.
func area(code string) string {
	code = strings.TrimSpace(code)
	if before, _, spaced := strings.Cut(code, " "); spaced {
		return before
	}
	letters := []rune(code)
	return string(letters[:(len(letters)+1)/2])
}

func leftParcels(list []waybill.Parcel) (kept []waybill.Parcel) {
	for _, p := range list {
		kept = append(kept, waybill.Parcel{
			SizeNumber: p.SizeNumber, Size: p.Size, Weight: p.Weight, Items: p.Items, Temperature: p.Temperature, Tracking: p.Tracking, SSCC: p.SSCC,
		})
	}
	return kept
}

func leftItems(list []waybill.Item) (kept []waybill.Item) {
	for _, i := range list {
		i.Title, i.Extra, i.Commodity.Description = "", nil, ""
		kept = append(kept, i)
	}
	return kept
}

func leftScan(s waybill.Scan) waybill.Scan {
	return waybill.Scan{At: s.At, Status: s.Status, Code: s.Code, Reason: s.Reason}
}

// leftFault is what stays of what a carrier said: which, and its code.
func leftFault(f *waybill.CarrierFault) *waybill.CarrierFault {
	if f == nil {
		return nil
	}
	return &waybill.CarrierFault{Carrier: f.Carrier, Code: f.Code, Status: f.Status}
}

func leftReturn(r *waybill.Return) {
	r.From, r.Parcels, r.Items, r.Reasons = leftParty(r.From), leftParcels(r.Parcels), leftItems(r.Items), nil
	if r.Failure != nil {
		r.Failure = &waybill.Failure{Reason: r.Failure.Reason, At: r.Failure.At, Fault: leftFault(r.Failure.Fault)}
	}
}

func leftPurchase(p *waybill.Purchase) {
	p.Error, p.Fault, p.Rate.Token = "", leftFault(p.Fault), ""
	if p.Booking != nil {
		p.Booking.TrackingURL, p.Booking.Warnings = "", nil
	}
}

func leftTracker(t *waybill.Tracker) {
	t.Track.Recipient, t.Open = "", false
	for i := range t.Track.Scans {
		t.Track.Scans[i] = leftScan(t.Track.Scans[i])
	}
}

func leftEvent(e *waybill.Event) {
	e.Facts.Message, e.Facts.Note, e.Facts.Fault = "", "", leftFault(e.Facts.Fault)
	if e.Facts.Scan != nil {
		scan := leftScan(*e.Facts.Scan)
		e.Facts.Scan = &scan
	}
	if e.Subject != nil {
		subject := forgotten(*e.Subject)
		e.Subject = &subject
	}
}

func leftDelivery(d *waybill.Delivery) {
	d.Body, d.Header = nil, nil
	if d.State == DeliveryPending {
		d.State = DeliverySkipped
	}
	for i := range d.Attempts {
		d.Attempts[i].Error, d.Attempts[i].Excerpt = "", ""
	}
}

func leftDeclaration(d *waybill.Declaration) {
	d.Sender, d.Receiver, d.Items, d.Wire, d.Goods, d.Status = leftParty(d.Sender), leftParty(d.Receiver), leftItems(d.Items), nil, "", ""
	for i := range d.Invoices {
		d.Invoices[i].AccountName = ""
	}
}
