package engine

import (
	"bytes"
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/label"
	"waybill/store"
)

// documents makes the records of a booking's labels and papers; bytes are on durable storage when it
// returns. A label we draw ourselves has no bytes: its face is kept and drawn when asked for.
func (s Session) documents(ctx context.Context, a *attempt, b carrier.Booking) ([]waybill.Document, error) {
	var documents []waybill.Document
	add := func(d waybill.Document, data []byte) error {
		d.Row = waybill.Row{ID: s.IDs.New(), Account: a.shipment.Account}
		d.Shipment, d.Purchase = a.shipment.ID, a.purchase.ID
		if d.Face == nil {
			sum, err := s.Store.Blobs().Put(ctx, data)
			if err != nil {
				return err
			}
			d.Blob, d.Size = sum, len(data)
		}
		documents = append(documents, d)
		return nil
	}
	for _, l := range b.Labels {
		d := waybill.Document{Kind: waybill.DocumentLabel, Parcel: l.Parcel, Format: l.Format, DPI: l.DPI, Face: l.Face}
		if d.DPI == 0 {
			d.DPI = labelSpec(a.set, a.shipment, a.connection).DPI
		}
		if l.Parcel < len(b.Numbers) {
			d.Tracking = b.Numbers[l.Parcel]
		}
		if err := add(d, l.Data); err != nil {
			return nil, err
		}
	}
	for _, p := range b.Documents {
		if err := add(waybill.Document{Kind: p.Kind, Format: p.Format}, p.Data); err != nil {
			return nil, err
		}
	}
	return documents, nil
}

// GetLabel answers the labels of a booked shipment in one file.
func (s Session) GetLabel(ctx context.Context, in GetLabel) (LabelFile, error) {
	var sh waybill.Shipment
	var wanted []waybill.Document
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		list, err := labelsOf(tx, found, in.Returns)
		sh, wanted = found, list
		return err
	})
	if err != nil {
		return LabelFile{}, err
	}
	if sh.Booking != waybill.Booked {
		return LabelFile{}, waybill.E("label", waybill.ReasonNoLabel, "the shipment has no label: it is %s", words(string(sh.Booking)))
	}
	if !slices.ContainsFunc(wanted, isLabel) {
		late, err := s.lateLabels(ctx, sh)
		if err != nil {
			return LabelFile{}, err
		}
		wanted = append(late, wanted...)
	}
	file, err := s.file(ctx, wanted, specOf(in, wanted))
	file.Tracking, file.Shipment = sh.Tracking, sh
	if err == nil && in.Printed {
		err = s.printed(ctx, sh, file.Format)
	}
	if err == nil {
		s.provenBy(ctx, sh.Provider, waybill.ProofPrinted, sh.ID, "as "+string(file.Format))
	}
	return file, err
}

// labelsOf lists a shipment's labels, and those of the returns that a rule attached to it.
func labelsOf(tx store.Tx, sh waybill.Shipment, attached bool) ([]waybill.Document, error) {
	all, err := tx.Documents().Of(sh.ID)
	if err != nil {
		return nil, err
	}
	var returns []waybill.Return
	if attached {
		if returns, err = tx.Returns().Of(sh.ID); err != nil {
			return nil, err
		}
	}
	var list []waybill.Document
	for _, d := range all {
		mine := d.Kind == waybill.DocumentLabel && d.Purchase == sh.Purchase
		ofReturn := func(r waybill.Return) bool { return r.Attached && r.ID == d.Return }
		if mine || (d.Kind == waybill.DocumentReturnLabel && slices.ContainsFunc(returns, ofReturn)) {
			list = append(list, d)
		}
	}
	return list, nil
}

// specOf is the file wanted: PDF, and as booked, unless the request says otherwise.
func specOf(in GetLabel, documents []waybill.Document) waybill.LabelSpec {
	spec := waybill.LabelSpec{Format: in.Format, DPI: in.DPI}
	if spec.Format == "" {
		spec.Format = waybill.PDF
	}
	if spec.DPI == 0 && len(documents) > 0 {
		spec.DPI = documents[0].DPI
	}
	if spec.DPI != 300 {
		spec.DPI = 203
	}
	return spec
}

// file draws or converts the documents and joins them.
func (s Session) file(ctx context.Context, documents []waybill.Document, spec waybill.LabelSpec) (LabelFile, error) {
	if len(documents) == 0 {
		return LabelFile{}, waybill.E("label", waybill.ReasonNoLabel, "there is no label")
	}
	var pages [][]byte
	for _, d := range documents {
		page, err := s.page(ctx, d, spec)
		if err != nil {
			return LabelFile{}, err
		}
		pages = append(pages, page)
	}
	file := LabelFile{Format: spec.Format}
	var err error
	switch {
	case len(pages) == 1:
		file.Data = pages[0]
	case spec.Format == waybill.PDF:
		file.Data, err = label.Merge(pages)
	case spec.Format == waybill.ZPL:
		file.Data = bytes.Join(pages, []byte("\n"))
	default:
		err = waybill.E("label", waybill.ReasonFormat, "several labels in one file can be had as pdf or zpl")
	}
	return file, err
}

func (s Session) page(ctx context.Context, d waybill.Document, spec waybill.LabelSpec) ([]byte, error) {
	if d.Face != nil {
		return label.Render(*d.Face, spec)
	}
	data, err := s.Store.Blobs().Get(ctx, d.Blob)
	if err != nil {
		return nil, err
	}
	return label.Convert(waybill.Label{Format: d.Format, DPI: d.DPI, Data: data}, spec)
}

func (s Session) printed(ctx context.Context, sh waybill.Shipment, format waybill.LabelFormat) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, sh.Account)
		if err != nil {
			return err
		}
		return s.emit(tx, set, waybill.LabelPrinted, &sh, waybill.Facts{Format: format})
	})
}

// OpenLink answers the file that a signed link names.
func (e *Engine) OpenLink(ctx context.Context, link string) (LabelFile, error) {
	kind, id, err := e.Vault.ReadLink(link, e.Clock.Now())
	if err != nil {
		return LabelFile{}, err
	}
	s := e.As(waybill.System(""))
	if err := s.openLinks(ctx, id); err != nil {
		return LabelFile{}, err
	}
	switch kind {
	case "return":
		return s.returnLabel(ctx, id)
	case "label":
		return s.GetLabel(ctx, GetLabel{Ref: Ref{ID: id}, Returns: true})
	}
	return LabelFile{}, badLink()
}

// openLinks refuses the links of a deleted account, as its keys are. What is not there is for the reader to say.
func (s Session) openLinks(ctx context.Context, id waybill.ID) error {
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := tx.Shipments().Get(id)
		owner := sh.Account
		if waybill.IsCode(err, waybill.NotFound) {
			r, missing := tx.Returns().Get(id)
			owner, err = r.Account, missing
		}
		if err != nil {
			return ignoreMissing(err)
		}
		account, err := tx.Accounts().Get(owner)
		if err == nil && account.Closing != nil {
			return badLink()
		}
		return err
	})
}

func badLink() error { return waybill.E("link", waybill.ReasonForeign, "this link is not valid") }
