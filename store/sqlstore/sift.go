package sqlstore

import (
	"slices"

	"waybill"
	"waybill/store"
)

// How keys that hold one filter are sifted by the others without reading their shipments. The words that shipments have
// and that begin with a wanted one are few; so are the states. With those named, one look into an index tells of a key whether
// it may hold.

// spellings is of how many words, or states, a look may be made up.
const spellings = 8

// sifter answers which keys may hold. What it cannot tell it lets pass.
type sifter struct {
	l      listing
	groups [][]store.Term // words as they are kept, any of a group
	states []state        // any of them; none: not asked for, or too many
}

type state struct{ booking, transit string }

// sifter makes a sieve of the filters but one.
func (l listing) sifter(skip string) (sifter, error) {
	s := sifter{l: l}
	for n, group := range l.q.Words {
		if groupSkip(n) == skip {
			continue
		}
		kept, all, err := l.kept(group)
		if err != nil {
			return s, err
		}
		if all {
			s.groups = append(s.groups, kept)
		}
	}
	bookings, transits := l.states()
	if skip == stateSkip || len(bookings) == 0 || len(bookings) > spellings {
		return s, nil
	}
	for _, booking := range bookings {
		some, err := l.steps(state{booking: string(booking)})
		if err != nil {
			return s, err
		}
		for _, transit := range some {
			if len(transits) == 0 || slices.Contains(transits, waybill.Transit(transit)) {
				s.states = append(s.states, state{string(booking), transit})
			}
		}
	}
	if len(s.states) > spellings {
		s.states = nil
	}
	return s, nil
}

// kept are the terms there are that begin with one of a group; false: there are too many.
func (l listing) kept(group []store.Term) (list []store.Term, all bool, err error) {
	for _, word := range group {
		begin := clip(word.Value)
		for from, compare := begin, " >= "; ; compare = " > " {
			found, err := l.tx.strings("select value from term where account = $1 and noun = 'shipment' and field = $2 and value"+compare+"$3 and value < $4 order by value limit 1",
				string(l.account), word.Field, from, begin+"\U0010ffff")
			if err != nil {
				return nil, false, err
			}
			if len(found) == 0 {
				break
			}
			if len(list) == spellings {
				return nil, false, nil
			}
			from = found[0]
			list = append(list, store.Term{Field: word.Field, Value: from})
		}
	}
	return list, true, nil
}

// steps are the transit states that shipments of a booking state have.
func (l listing) steps(of state) (list []string, err error) {
	for compare := " >= "; ; compare = " > " {
		found, err := l.tx.strings("select transit from shipment where account = $1 and booking = $2 and transit"+compare+"$3 order by transit limit 1",
			string(l.account), of.booking, of.transit)
		if err != nil || len(found) == 0 {
			return list, err
		}
		of.transit = found[0]
		list = append(list, of.transit)
	}
}

// sift writes the conditions that keys g may hold.
func (f sifter) sift(s *statement) {
	for _, group := range f.groups {
		s.add(" and case when 1=0")
		for _, word := range group {
			s.add(" or exists (select 1 from term t where t.account = ? and t.noun = 'shipment' and t.field = ? and t.value = ? and t.created = g.created and t.id = g.id)",
				string(f.l.account), word.Field, word.Value)
		}
		s.add(" then 1 else 0 end = 1")
	}
	if len(f.states) > 0 {
		s.add(" and case when 1=0")
		for _, of := range f.states {
			// Not by its id, which would find the shipment itself.
			s.add(" or exists (select 1 from shipment p where p.account = ? and p.booking = ? and p.transit = ? and p.created = g.created and p.id || '' = g.id)",
				string(f.l.account), of.booking, of.transit)
		}
		s.add(" then 1 else 0 end = 1")
	}
}
