package sqlstore

import (
	"waybill"
	"waybill/store"
)

// How a list finds its keys without reading everything. An ordered source is an index that yields keys
// in the list's order: shipment_created, shipment_updated, or a term for lists by creation. A set is a
// small group of shipments that one filter alone picks out: it is read whole and sorted. Whatever
// drives, the other filters are verified on each key, on at most `look.window` of them; after that the page
// is short and its cursor goes on. Filters that verify stand in a CASE, where no planner can mistake
// them for a way in.

// look is how far lists look: a page tries its first stretch of keys, then finds the narrowest way in,
// and gives up after a window of them.
type look struct{ stretch, window int }

var usualLook = look{stretch: 256, window: 10_000}

// source is a way into the shipments of one account: the SQL between "from" and the verifying filters.
type source struct {
	from    func(s *statement) // writes "table … where …", with the shipment as s
	bare    func(s *statement) // the same without the shipment, where its columns are not needed; may be nil
	ordered string             // prefix of the columns (created, id) it yields in order; empty: a set
	skip    string             // the filter it already holds, see listing.filters
}

// enter writes the way in; with the shipment when its columns are needed.
func (src source) enter(s *statement, whole bool) {
	if !whole && src.bare != nil {
		src.bare(s)
		return
	}
	src.from(s)
}

// base is the index of the list's own order.
func (l listing) base() source {
	return source{ordered: "s.", from: func(s *statement) {
		s.add("shipment s where s.account = ?", string(l.account))
		l.window(s, "s."+string(l.order))
	}}
}

// window writes the list's range of the column it is sorted by.
func (l listing) window(s *statement, column string) {
	from, to := l.q.CreatedFrom, l.q.CreatedTo
	if l.order == store.ByUpdated {
		from, to = l.q.UpdatedFrom, l.q.UpdatedTo
	}
	if !from.IsZero() {
		s.add(" and "+column+" >= ?", micro(from))
	}
	if !to.IsZero() {
		s.add(" and "+column+" <= ?", micro(to))
	}
}

// equal are the query's equality filters that have terms.
func (l listing) equal() []store.Term {
	terms := make([]store.Term, 0, len(l.q.Terms)+2)
	for _, t := range l.q.Terms {
		terms = append(terms, store.Term{Field: t.Field, Value: clip(t.Value)})
	}
	if l.q.Group != "" {
		terms = append(terms, store.Term{Field: termGroup, Value: clip(l.q.Group)})
	}
	if len(l.q.Locations) == 1 {
		terms = append(terms, store.Term{Field: termLocation, Value: clip(l.q.Locations[0])})
	}
	return terms
}

// term drives from one term: ordered for lists by creation, else a set.
func (l listing) term(term store.Term) source {
	src := source{skip: term.Field + "\x1f" + term.Value, from: func(s *statement) {
		s.add("term t cross join shipment s where s.id = t.id and ")
		l.termKey(s, term)
	}, bare: func(s *statement) {
		s.add("term t where ")
		l.termKey(s, term)
	}}
	if l.order == store.ByCreated {
		src.ordered = "t."
	}
	return src
}

// termKey writes the condition that picks one term, within the list's range of creation.
func (l listing) termKey(s *statement, term store.Term) {
	s.add("t.account = ? and t.noun = 'shipment' and t.field = ? and t.value = ?", string(l.account), term.Field, term.Value)
	if l.order == store.ByCreated {
		l.window(s, "t.created")
	}
}

// sets are the ways in that are good only while they pick few; with those that readFew knows better, or without.
func (l listing) sets(all bool) []source {
	var sets []source
	// The index picks ids as k; the other columns come by id, lest another index look better for having them.
	add := func(fill func(s *statement)) {
		sets = append(sets, source{from: func(s *statement) {
			fill(s.add("shipment k cross join shipment s where s.id = k.id and k.account = ? and ", string(l.account)))
		}, bare: func(s *statement) {
			fill(s.add("shipment k where k.account = ? and ", string(l.account)))
		}})
	}
	if len(l.q.Locations) > 1 {
		values := make([]string, len(l.q.Locations))
		for i, v := range l.q.Locations {
			values[i] = clip(v)
		}
		pick := func(s *statement) {
			s.add("t.account = ? and t.noun = 'shipment' and t.field = ? and ", string(l.account), termLocation)
			in(s, "t.value", values)
		}
		sets = append(sets, source{from: func(s *statement) {
			pick(s.add("term t cross join shipment s where s.id = t.id and "))
		}, bare: func(s *statement) { pick(s.add("term t where ")) }})
	}
	if bookings, transits := l.states(); all && len(bookings)+len(transits) > 0 {
		add(func(s *statement) {
			if len(bookings) == 0 {
				bookings = allBookings
			}
			in(s, "k.booking", bookings)
			if len(transits) > 0 {
				in(s.add(" and "), "k.transit", transits)
			}
		})
	}
	other := l
	other.order = store.ByUpdated
	if l.order == store.ByUpdated {
		other.order = store.ByCreated
	}
	var probe statement
	if other.window(&probe, ""); len(probe.args) > 0 {
		add(func(s *statement) { other.window(s.add("1=1"), "k."+string(other.order)) })
	}
	return sets
}

var allBookings = []waybill.Booking{
	waybill.Draft, waybill.Held, waybill.Rating, waybill.NoProvider, waybill.Unsettled, waybill.Booked, waybill.Failed,
	waybill.Ignored, waybill.Cancelled, waybill.Declared,
}

// states are the booking and transit states that could match; filters hold the exact pairs.
func (l listing) states() (bookings []waybill.Booking, transits []waybill.Transit) {
	if len(l.q.States) == 0 {
		return l.q.Booking, l.q.Transit
	}
	all := true
	for _, state := range l.q.States {
		bookings = append(bookings, state.Booking)
		transits = append(transits, state.Transit)
		all = all && state.Transit != ""
	}
	if !all {
		transits = nil
	}
	return bookings, transits
}

// references drives from the references asked for: a set, and a small one.
func (l listing) references() source {
	return source{from: func(s *statement) {
		s.add("shipment s where s.account = ? and s.reference <> '' and ", string(l.account))
		keep := make([]string, 0, len(l.q.References))
		for _, r := range l.q.References {
			if keepable(r) {
				keep = append(keep, r)
			}
		}
		in(s, "s.reference", keep)
	}}
}

// filters writes the conditions of the query on a shipment s, joined by and; false when there are none.
// The range of the sort column is the source's affair, and so is the term it drives from.
func (l listing) filters(s *statement, skip string) bool {
	start := s.text.Len()
	and := func() *statement {
		if s.text.Len() > start {
			s.text.WriteString(" and ")
		}
		return s
	}
	for _, t := range l.equal() {
		if t.Field+"\x1f"+t.Value == skip {
			continue
		}
		and().add("exists (select 1 from term f where f.account = ? and f.noun = 'shipment' and f.field = ? and f.value = ? and f.created = s.created and f.id = s.id"+each+")",
			string(l.account), t.Field, t.Value)
	}
	for n := range l.q.Words {
		if groupSkip(n) != skip {
			l.has(and(), n)
		}
	}
	if len(l.q.Locations) > 1 {
		in(and(), "s.location_key", l.q.Locations)
	}
	if len(l.q.Booking) > 0 && skip != stateSkip {
		in(and(), "s.booking", l.q.Booking)
	}
	if len(l.q.Transit) > 0 && skip != stateSkip {
		in(and(), "s.transit", l.q.Transit)
	}
	if len(l.q.States) > 0 {
		and().add("(")
		for i, state := range l.q.States {
			if i > 0 {
				s.add(" or ")
			}
			s.add("s.booking = ?", string(state.Booking))
			if state.Transit != "" {
				s.add(" and s.transit = ?", string(state.Transit))
			}
		}
		s.add(")")
	}
	if !l.q.PickupFrom.IsZero() {
		and().add("s.pickup_start >= ?", micro(l.q.PickupFrom))
	}
	if !l.q.DropTo.IsZero() {
		and().add("s.drop_end > 0 and s.drop_end <= ?", micro(l.q.DropTo))
	}
	other := l
	other.order = store.ByUpdated
	if l.order == store.ByUpdated {
		other.order = store.ByCreated
	}
	var probe statement
	if other.window(&probe, "s."+string(other.order)); len(probe.args) > 0 {
		and().add("1=1")
		other.window(s, "s."+string(other.order))
	}
	return s.text.Len() > start
}
