package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/geo"
	"waybill/store"
)

// DraftReturn stores a return: of a shipment, which it then takes from what the caller left out, or standing
// alone. One that is to be booked at once is stored when somebody is asked to carry it, and not before.
func (s Session) DraftReturn(ctx context.Context, in DraftReturn) (waybill.Return, error) {
	if in.Book == nil {
		if err := s.mayShip(verbDraftReturn); err != nil {
			return waybill.Return{}, err
		}
		return s.draftReturn(ctx, in)
	}
	if err := s.enter(verbDraftReturn); err != nil {
		return waybill.Return{}, err
	}
	defer s.leave()
	return s.draftReturn(ctx, in)
}

func (s Session) draftReturn(ctx context.Context, in DraftReturn) (waybill.Return, error) {
	b := &comeback{verb: verbDraftReturn, returning: in.Return, began: time.Now()}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if err := s.recallReturn(tx, b, in.Key, in.Hash); err != nil || b.done {
			return err
		}
		account := s.Actor.Account
		if (in.Original != Ref{}) {
			if b.original, err = find(tx, in.Original); err != nil {
				return err
			}
			if err := comesBack(verbDraftReturn, b.original); err != nil {
				return err
			}
			account = b.original.Account
		}
		b.set, err = s.setup(tx, account)
		return err
	})
	if err != nil || b.done {
		return b.returning, err
	}
	if err := s.checkDraft(b, in); err != nil {
		return waybill.Return{}, err
	}
	if err := s.drawUp(ctx, b); err != nil {
		return waybill.Return{}, err
	}
	if in.Book == nil {
		err = s.putReturn(ctx, b, returnWrite{kind: waybill.ReturnCreated})
	} else {
		err = s.buyBack(ctx, b, *in.Book, "book.")
	}
	if waybill.ReasonOf(err) == waybill.ReasonKeyRunning {
		err = s.beatenReturn(ctx, b, in.Key, in.Hash)
	}
	if err != nil {
		return waybill.Return{}, err
	}
	return b.returning, nil
}

// comesBack refuses the return of a shipment that never went out.
func comesBack(verb string, original waybill.Shipment) error {
	if original.ID == "" || travels(original.Booking) {
		return nil
	}
	return waybill.E(verb, waybill.ReasonNotBookable, "only a booked shipment can come back; this one is %s", words(string(original.Booking)))
}

// checkDraft refuses what cannot be drawn up, and finds where it goes.
func (s Session) checkDraft(b *comeback, in DraftReturn) error {
	if in.Tracking != "" && !hasNumber(b.original, in.Tracking) {
		e := waybill.E(verbDraftReturn, waybill.ReasonMismatch, "%s is no tracking number of the shipment", in.Tracking)
		e.Fields = []waybill.FieldError{{Path: "tracking", Rule: waybill.RuleExists, Value: in.Tracking, Message: e.Message}}
		return e
	}
	value := b.original.Value
	if err := checkPrices(verbDraftReturn, &value, b.returning.Items); err != nil {
		return err
	}
	if err := s.fillParcels(b, in.Boxes); err != nil {
		return err
	}
	if err := b.goTo("to", in.To); err != nil {
		return err
	}
	if in.Book != nil {
		if err := b.goTo("book.to", in.Book.To); err != nil {
			return err
		}
	}
	from := b.returning.From
	if from.Address == (waybill.Address{}) {
		from = b.original.To
	}
	if err := checkParty("from", from); err != nil || b.returning.Expiry == "" {
		return err
	}
	zone, err := waybill.Zone(zoneAt(from.Address))
	if b.original.ID != "" || err != nil {
		zone = zoneOf(b.original)
	}
	return s.checkExpiry(zone, b.returning.Expiry)
}

// fillParcels gives the parcels that the caller named what their package sizes say.
func (e *Engine) fillParcels(b *comeback, boxes map[int]string) error {
	o := &order{set: b.set, shipment: waybill.Shipment{Parcels: slices.Clone(b.returning.Parcels)}}
	if err := e.name(o, Named{Boxes: boxes}); err != nil {
		return err
	}
	for i := range o.shipment.Parcels {
		if err := o.fillSize(i); err != nil {
			return err
		}
	}
	b.returning.Parcels = o.shipment.Parcels
	return nil
}

func hasNumber(sh waybill.Shipment, number string) bool {
	return sh.Tracking == number || slices.ContainsFunc(sh.Parcels, func(p waybill.Parcel) bool { return p.Tracking == number })
}

// zoneAt is the time zone of an address; empty: not known.
func zoneAt(a waybill.Address) string {
	place, _ := geo.Locate(a.Country, a.Postcode, a.City, a.State)
	return place.TimeZone
}

// goTo makes a location of the account the place where the return goes; the zero place changes nothing.
func (b *comeback) goTo(path string, to Place) error {
	if to == (Place{}) {
		return nil
	}
	l := b.set.placeOf(to)
	if l == nil {
		return unknownLocation(path, to.name())
	}
	b.arrive(l)
	return nil
}

func (b *comeback) arrive(l *waybill.Location) {
	b.returning.Location, b.returning.To = l.ID, waybill.Party{Contact: l.Contact, Address: l.Address}
	locate(&b.returning.To.Address)
}

// drawUp fills a new return in: who and what it is, and of its original all that was not given.
func (s Session) drawUp(ctx context.Context, b *comeback) error {
	number, err := s.take(ctx, 1)
	if err != nil {
		return err
	}
	r := &b.returning
	r.Row = waybill.Row{ID: s.IDs.New(), Account: b.set.account.ID, Number: number}
	r.Dialect, r.CreatedBy = s.Actor.Dialect, s.Actor.Name
	r.Booking, r.Transit = waybill.Draft, waybill.TransitNone
	r.Parcels, r.Items = slices.Clone(r.Parcels), slices.Clone(r.Items)
	if b.original.ID != "" {
		b.turnRound()
	}
	if len(r.Parcels) == 0 {
		r.Parcels = []waybill.Parcel{{Name: "custom", Items: max(1, things(r.Items)), Weight: itemsWeight(r.Items)}}
	}
	locate(&r.From.Address)
	if b.key != nil {
		b.key.Subject = r.ID
	}
	return nil
}

// turnRound takes from the original what the caller left out: its way, the other way round. It goes where the
// original's undeliverable parcel would, else back to where that came from.
func (b *comeback) turnRound() {
	r, sh := &b.returning, b.original
	r.Shipment, r.Reference = sh.ID, firstOf(r.Reference, sh.Reference)
	if r.From.Address == (waybill.Address{}) {
		r.From = sh.To
	}
	if r.To.Address == (waybill.Address{}) {
		r.To, r.Location = sh.From, sh.Location
		if sh.ReturnTo != nil {
			r.To, r.Location = *sh.ReturnTo, ""
			if l := b.set.locationByKey(sh.ReturnKey); l != nil && sh.ReturnKey != "" {
				r.Location = l.ID
			}
		}
	}
	if len(r.Parcels) == 0 && len(r.Items) == 0 {
		r.Items = slices.Clone(sh.Items)
		for _, p := range sh.Parcels {
			p.Tracking, p.SSCC, p.Barcode = "", "", ""
			r.Parcels = append(r.Parcels, p)
		}
	}
}

// findReturn reads a return by whichever name was given. One that is another connection's than the actor is
// bound to is not there.
func findReturn(tx store.Tx, ref RefReturn) (r waybill.Return, err error) {
	switch {
	case ref.ID != "":
		r, err = tx.Returns().Get(ref.ID)
	case ref.Number != 0:
		r, err = tx.Returns().ByNumber(ref.Number)
	case ref.Tracking != "":
		var list []waybill.Return
		if list, err = tx.Returns().ByTracking(ref.Tracking); len(list) > 0 {
			r = list[0]
		}
	}
	if (err == nil && (r.ID == "" || !usesConnection(tx.Actor(), r.Provider))) || waybill.IsCode(err, waybill.NotFound) {
		return waybill.Return{}, waybill.E(verbReturn, waybill.ReasonUnknownShipment, "there is no such return")
	}
	return r, err
}

// GetReturn reads one return.
func (s Session) GetReturn(ctx context.Context, in RefReturn) (r waybill.Return, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		r, err = findReturn(tx, in)
		return err
	})
	return r, err
}

// ReturnLabel answers a booked return's labels as one PDF. A carrier that comes for it may have none.
func (s Session) ReturnLabel(ctx context.Context, in RefReturn) (LabelFile, error) {
	r, err := s.GetReturn(ctx, in)
	if err != nil {
		return LabelFile{}, err
	}
	return s.returnLabel(ctx, r.ID)
}

// returnLabel is a return's labels as one PDF.
func (s Session) returnLabel(ctx context.Context, id waybill.ID) (LabelFile, error) {
	var r waybill.Return
	var mine []waybill.Document
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, err := tx.Returns().Get(id)
		if err != nil {
			return err
		}
		all, err := tx.Documents().Of(found.Filed())
		mine = slices.DeleteFunc(all, func(d waybill.Document) bool {
			return d.Kind != waybill.DocumentReturnLabel || d.Return != id || d.Purchase != found.Purchase
		})
		r = found
		return err
	})
	if err == nil && r.Booking != waybill.Booked {
		err = waybill.E("label", waybill.ReasonNoLabel, "the return has no label: it is %s", words(string(r.Booking)))
	}
	if err != nil {
		return LabelFile{}, err
	}
	file, err := s.file(ctx, mine, specOf(GetLabel{}, mine))
	file.Tracking = r.Tracking
	return file, err
}

// labelled is a booked return with its label. One that is fetched may have none, and so may one that was booked
// long ago at a carrier that forgets.
func (s Session) labelled(ctx context.Context, r waybill.Return) (ReturnLabel, error) {
	file, err := s.returnLabel(ctx, r.ID)
	if r.Fetched && waybill.ReasonOf(err) == waybill.ReasonNoLabel {
		err = nil
	}
	return ReturnLabel{Return: r, Label: file}, err
}
