package sqlstore

import (
	"slices"

	"waybill"
)

// How keys that hold one filter are sifted by the others without reading their shipments: one look into an index tells
// of a key whether its shipment is in a state, or has a term. What words it may have, its sign has told already (sign.go).

// state is a pair of states that shipments have.
type state struct{ booking, transit string }

// A list looks for so many pairs of states at most, and for so many in the way of other keys.
const (
	mostStates = 24
	fewStates  = 8
)

// each ends a condition of what is there so that PostgreSQL looks for each key alone. It would read all that there is
// to look among, and may believe that to be cheaper.
const each = " limit 1 offset 0"

// pairs are the states that a list asks for, some of which no shipment may have. False: it asks for none, or for too many.
func (l listing) pairs() (list []state, known bool, err error) {
	bookings, transits := l.states()
	if len(bookings)+len(transits) == 0 {
		return nil, false, nil
	}
	if len(bookings) == 0 {
		bookings = allBookings
	}
	for _, booking := range bookings {
		some := transits
		if len(transits) == 0 {
			if some, err = l.steps(booking); err != nil {
				return nil, false, err
			}
		}
		for _, transit := range some {
			if of := (state{string(booking), string(transit)}); !slices.Contains(list, of) {
				list = append(list, of)
			}
		}
		if len(list) > mostStates || len(some) > fewStates {
			return nil, false, nil
		}
	}
	return list, true, nil
}

// steps are the transit states that shipments of a booking state have; of many a few.
func (l listing) steps(of waybill.Booking) (list []waybill.Transit, err error) {
	for last, compare := "", " >= "; len(list) <= fewStates; compare = " > " {
		found, err := l.tx.strings("select transit from shipment where account = $1 and booking = $2 and transit"+compare+"$3 order by transit limit 1",
			string(l.account), string(of), last)
		if err != nil || len(found) == 0 {
			return list, err
		}
		last = found[0]
		list = append(list, waybill.Transit(last))
	}
	return list, nil
}

// sift writes conditions, each after an and, that keys g hold if their shipments hold all filters but one.
func (l listing) sift(s *statement, skip string, states []state) {
	for _, t := range l.equal() {
		if t.Field+"\x1f"+t.Value != skip {
			s.add(" and exists (select 1 from term f where f.account = ? and f.noun = 'shipment' and f.field = ? and f.value = ? and f.created = g.created and f.id = g.id"+each+")",
				string(l.account), t.Field, t.Value)
		}
	}
	if skip == stateSkip || len(states) == 0 || len(states) > fewStates {
		return
	}
	s.add(" and (")
	for i, of := range states {
		if i > 0 {
			s.add(" or ")
		}
		// Not by its id, which would find the shipment itself.
		s.add("exists (select 1 from shipment p where p.account = ? and p.booking = ? and p.transit = ? and p.created = g.created and p.id || '' = g.id"+each+")",
			string(l.account), of.booking, of.transit)
	}
	s.add(")")
}
