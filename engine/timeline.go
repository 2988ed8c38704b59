package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/rule"
	"waybill/store"
)

// DecisionView is a decision with its story in words.
type DecisionView struct {
	waybill.Decision
	Story []string
}

// ShipmentDecisions tells why a shipment went the way it went, decision after decision: in data and in words.
func (s Session) ShipmentDecisions(ctx context.Context, in GetShipment) (list []DecisionView, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		decisions, err := tx.Decisions().Of(sh.ID)
		if err != nil {
			return err
		}
		views := make([]DecisionView, len(decisions))
		for i, d := range decisions {
			views[i] = DecisionView{d, rule.Explain(d)}
		}
		list = views
		return nil
	})
	return list, err
}

// Moment is one thing in the life of a shipment; exactly one of the pointers is set.
type Moment struct {
	At       time.Time
	Actor    string // who did it
	Kind     waybill.ActorKind
	Event    *waybill.Event
	Decision *DecisionView
	Purchase *waybill.Purchase    // a carrier was asked to carry it, or its return
	Entry    *waybill.Entry       // money moved in the wallet
	Delivery *waybill.Delivery    // a webhook, with every attempt
	Manifest *waybill.Manifest    // that it is on
	Call     *waybill.CarrierCall // what a carrier was asked over a connection of the account's own
}

// ShipmentTimeline merges all that is known of a shipment's life: decisions, purchases, events (edits, prints, scans),
// calls to carriers, webhooks and money, oldest first.
func (s Session) ShipmentTimeline(ctx context.Context, in GetShipment) (moments []Moment, err error) {
	s.Journal.Flush(ctx)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		list, err := momentsOf(tx, sh.ID)
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b Moment) int { return cmp.Or(a.At.Compare(b.At), creation(a)-creation(b)) })
		sign(list)
		moments = list
		return nil
	})
	return moments, err
}

// creation is less for that which comes before all else of its moment: that there is a shipment, or a return.
func creation(m Moment) int {
	if e := m.Event; e != nil && (e.Kind == waybill.ShipmentCreated || e.Kind == waybill.ReturnCreated) {
		return 0
	}
	return 1
}

// sign says who is behind each moment: an event and an entry say so themselves, a purchase is of who caused its first
// event, a decision of who caused what was written with it. Webhooks are sent by nobody.
func sign(list []Moment) {
	buyers, deciders := map[waybill.ID]*waybill.Event{}, map[time.Time]*waybill.Event{}
	for _, m := range list {
		if m.Event == nil {
			continue
		}
		if buyers[m.Event.Purchase] == nil {
			buyers[m.Event.Purchase] = m.Event
		}
		if deciders[m.At] == nil {
			deciders[m.At] = m.Event
		}
	}
	for i := range list {
		m := &list[i]
		event := m.Event
		switch {
		case m.Purchase != nil:
			event = buyers[m.Purchase.ID]
		case m.Decision != nil:
			event = deciders[m.At]
		case m.Entry != nil:
			m.Actor = m.Entry.Actor
		case m.Manifest != nil:
			m.Actor = m.Manifest.CreatedBy
		case m.Delivery != nil, m.Call != nil:
			system := waybill.System("")
			m.Actor, m.Kind = system.Name, system.Kind
		}
		if event != nil {
			m.Actor, m.Kind = event.Actor, event.ActorKind
		}
	}
}

// momentsOf reads them kind by kind: of what happened at the same moment the cause comes first.
func momentsOf(tx store.Tx, shipment waybill.ID) (list []Moment, err error) {
	decisions, err := tx.Decisions().Of(shipment)
	if err != nil {
		return nil, err
	}
	for _, d := range decisions {
		list = append(list, Moment{At: d.Created, Decision: &DecisionView{d, rule.Explain(d)}})
	}
	purchases, err := tx.Purchases().Of(shipment)
	if err != nil {
		return nil, err
	}
	for _, p := range purchases {
		list = append(list, Moment{At: p.Created, Purchase: &p})
		entries, err := tx.Wallet().Of(p.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			list = append(list, Moment{At: e.Created, Entry: &e})
		}
	}
	events, err := tx.Events().Of(shipment)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		list = append(list, Moment{At: e.At, Event: &e})
	}
	c, kept, err := consignmentOf(tx, shipment)
	if err != nil {
		return nil, err
	}
	if kept && c.Manifest != "" {
		m, err := tx.Manifests().Get(c.Manifest)
		if err != nil {
			return nil, err
		}
		list = append(list, Moment{At: m.Created, Manifest: &m})
	}
	deliveries, err := tx.Deliveries().About(shipment)
	for _, d := range deliveries {
		list = append(list, Moment{At: d.Created, Delivery: &d})
	}
	if err != nil {
		return nil, err
	}
	called, err := tx.Calls().Of(store.CallQuery{Shipment: shipment}, mostCalls)
	for _, c := range called {
		list = append(list, Moment{At: c.Created, Call: &c})
	}
	return list, err
}

// ShipmentDocuments lists the papers of a shipment and its returns, oldest first, as they are kept.
func (s Session) ShipmentDocuments(ctx context.Context, in GetShipment) (list []waybill.Document, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		list, err = tx.Documents().Of(sh.ID)
		return err
	})
	return list, err
}

// GetDocument asks for one paper of a shipment; of a label, in a format and resolution (empty, 0: as kept, PDF where
// it is drawn).
type GetDocument struct {
	Ref    Ref
	ID     waybill.ID
	Format waybill.LabelFormat
	DPI    int
}

// ComesAs is the format of a paper that is asked for in none: its own, or PDF where it must be made of what is kept.
func ComesAs(d waybill.Document) waybill.LabelFormat {
	if slices.Contains(LabelFormats(d.Format), d.Format) {
		return d.Format
	}
	return waybill.PDF
}

// GetDocument answers the paper. One of another shipment is not there.
func (s Session) GetDocument(ctx context.Context, in GetDocument) (LabelFile, error) {
	all, err := s.ShipmentDocuments(ctx, GetShipment{in.Ref})
	if err != nil {
		return LabelFile{}, err
	}
	i := slices.IndexFunc(all, func(d waybill.Document) bool { return d.ID == in.ID })
	if i < 0 {
		return LabelFile{}, waybill.E("document", waybill.ReasonUnknownRecord, "the shipment has no such document")
	}
	d := all[i]
	spec := specOf(GetLabel{Format: in.Format, DPI: in.DPI}, all[i:i+1])
	if in.Format == "" {
		spec.Format = ComesAs(d)
	}
	var data []byte
	if d.Face == nil && spec.Format == d.Format { // as the carrier gave it: a paper of his may have any size
		data, err = s.Store.Blobs().Get(ctx, d.Blob)
	} else {
		data, err = s.page(ctx, d, spec)
	}
	return LabelFile{Format: spec.Format, Data: data, Tracking: d.Tracking}, err
}
