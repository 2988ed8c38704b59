package sqlstore

import (
	"cmp"
	"iter"
	"slices"

	"waybill"
	"waybill/store"
)

// Lists of shipments. A page is found in two steps: keys (sort value and id) from an index, then the
// bodies of those on the page. An actor of several accounts gets one stream of keys an account, merged.

// key is a shipment's place in a list.
type key struct {
	sort int64 // created or updated
	id   string
}

// Find lists by cursor, or by Offset.
func (s shipmentTable) Find(q store.ShipmentQuery, page store.Page) (store.Slice[waybill.Shipment], error) {
	var none store.Slice[waybill.Shipment]
	s.tx.long()
	if page.Order == "" {
		page.Order = store.ByCreated
	}
	list, err := s.tx.store.cursors.list(s.tx.actor, q, page)
	if err != nil {
		return none, s.tx.doom(err)
	}
	l := listing{tx: s.tx, q: q, order: page.Order, ascending: page.Ascending, offset: page.Offset, want: page.Limit + 1}
	cursor := page.After
	if page.Before != "" {
		cursor, l.back = page.Before, true
	}
	if cursor != "" {
		at, err := s.tx.store.cursors.read(list, cursor)
		if err != nil {
			return none, err
		}
		l.at = &at
	}
	keys, cut, err := l.merged(s)
	if err == nil {
		keys, cut, err = s.tx.ashore(page, keys, cut)
	}
	if err != nil {
		return none, err
	}
	return s.page(l, list, keys, cut)
}

// page reads the bodies of the keys and says what lies on both sides of them.
func (s shipmentTable) page(l listing, list []byte, keys []key, cut *key) (store.Slice[waybill.Shipment], error) {
	var slice store.Slice[waybill.Shipment]
	more := len(keys) == l.want
	if more {
		keys = keys[:l.want-1]
	}
	on := cut // where reading goes on
	if more && len(keys) > 0 {
		on = &keys[len(keys)-1]
	}
	slice.Next, slice.Prev = s.tx.store.cursors.around(list, keys, on, l.at, l.back)
	if l.back {
		slices.Reverse(keys)
	}
	ids := make([]waybill.ID, len(keys))
	for i, k := range keys {
		ids[i] = waybill.ID(k.id)
	}
	var err error
	slice.Items, err = s.GetMany(ids)
	return slice, err
}

// Count counts to max and says whether that is all.
func (s shipmentTable) Count(q store.ShipmentQuery, most int) (int, bool, error) {
	s.tx.long()
	accounts, err := s.accounts()
	if err != nil {
		return 0, false, err
	}
	n := 0
	for _, account := range accounts {
		l := listing{tx: s.tx, q: q, order: store.ByCreated, account: account}
		found, err := l.count(most + 1 - n)
		if err != nil {
			return 0, false, err
		}
		if n += found; n > most {
			return most, false, nil
		}
	}
	return n, true, nil
}

// Each reads every shipment of a query, oldest first.
func (s shipmentTable) Each(q store.ShipmentQuery) iter.Seq2[waybill.Shipment, error] {
	return func(yield func(waybill.Shipment, error) bool) {
		page := store.Page{Limit: 200, Ascending: true}
		for {
			slice, err := s.Find(q, page)
			if err != nil {
				yield(waybill.Shipment{}, err)
				return
			}
			for _, v := range slice.Items {
				if !yield(v, nil) {
					return
				}
			}
			if slice.Next == "" {
				return
			}
			page.After = slice.Next
		}
	}
}

// listing is one list on its way: what is asked for, from where, in which direction.
type listing struct {
	tx        *tx
	q         store.ShipmentQuery
	order     store.Order
	ascending bool // of the list
	back      bool // it is read against its order, from at towards its beginning
	at        *position
	offset    int
	want      int // keys to find: one more than the page has
	account   waybill.ID
}

// up reports whether sort values grow in the direction of reading.
func (l listing) up() bool { return l.ascending != l.back }

// gap is the place just past a key in the direction of reading.
func (l listing) gap(k key) *position {
	return &position{key: k.sort, id: k.id, from: l.back}
}

// compare orders keys in the direction of reading.
func (l listing) compare(a, b key) int {
	c := cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id))
	if !l.up() {
		c = -c
	}
	return c
}

// merged finds the keys of a page over all accounts. cut is the last key looked at when the search gave
// up before it had found enough: the page is short, and goes on from there.
func (l listing) merged(s shipmentTable) (keys []key, cut *key, err error) {
	accounts, err := s.accounts()
	if err != nil {
		return nil, nil, err
	}
	skip := 0
	if len(accounts) > 1 {
		skip, l.want, l.offset = l.offset, l.want+l.offset, 0
	}
	for _, account := range accounts {
		l.account = account
		found, ended, err := l.keys(skip > 0)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, found...)
		if ended != nil && (cut == nil || l.compare(*ended, *cut) < 0) {
			cut = ended
		}
	}
	if len(accounts) > 1 {
		slices.SortFunc(keys, l.compare)
		if cut != nil { // past it, one account's shipments are not known yet
			keys = slices.DeleteFunc(keys, func(k key) bool { return l.compare(k, *cut) > 0 })
		}
		keys = keys[min(skip, len(keys)):]
		keys = keys[:min(l.want-skip, len(keys))]
	}
	return keys, cut, nil
}
