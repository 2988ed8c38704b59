package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/store"
)

// SearchShipments asks for shipments in which a text stands for anything that people look for.
type SearchShipments struct {
	Text  string
	Limit int
}

// searched are the terms that a text is looked for in.
var searched = []string{
	store.TermTracking, store.TermReference2, store.TermPostcode, store.TermEmail, store.TermPhone, store.TermLast, store.TermFirst, store.TermCompany,
	store.TermCity,
}

// SearchShipments finds shipments by reference, by the tracking number of any parcel, or by a whole value of their
// recipient: postal code, e-mail, phone, first or last name, company, town. Two words may be a person's first and
// last name. The newest come first; beyond the limit the text must be made more exact.
func (s Session) SearchShipments(ctx context.Context, in SearchShipments) (list []waybill.Shipment, err error) {
	text := strings.TrimSpace(in.Text)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found := map[waybill.ID]waybill.Shipment{}
		note := func(some ...waybill.Shipment) {
			for _, sh := range some {
				if mayFind(s.Actor, sh) {
					found[sh.ID] = sh
				}
			}
		}
		sh, err := tx.Shipments().ByReference(text)
		switch {
		case err == nil:
			note(sh)
		case !waybill.IsCode(err, waybill.NotFound):
			return err
		}
		some, err := tx.Shipments().ByTracking(text)
		if err != nil {
			return err
		}
		note(some...)
		for _, terms := range termsOf(text) {
			slice, err := tx.Shipments().Find(store.ShipmentQuery{Terms: terms}, store.Page{Limit: in.Limit, Order: store.ByCreated})
			if err != nil {
				return err
			}
			note(slice.Items...)
		}
		list = newest(found, in.Limit)
		return nil
	})
	return list, err
}

// termsOf are the queries that a text may mean.
func termsOf(text string) (queries [][]store.Term) {
	folded := store.Fold(text)
	if folded == "" {
		return nil
	}
	for _, field := range searched {
		queries = append(queries, []store.Term{{Field: field, Value: folded}})
	}
	if first, last, two := strings.Cut(folded, " "); two {
		queries = append(queries, []store.Term{{Field: store.TermFirst, Value: first}, {Field: store.TermLast, Value: last}})
	}
	return queries
}

func newest(found map[waybill.ID]waybill.Shipment, limit int) []waybill.Shipment {
	list := make([]waybill.Shipment, 0, len(found))
	for _, sh := range found {
		list = append(list, sh)
	}
	slices.SortFunc(list, func(a, b waybill.Shipment) int {
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(string(b.ID), string(a.ID)))
	})
	return list[:min(limit, len(list))]
}
