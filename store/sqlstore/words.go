package sqlstore

import (
	"database/sql"
	"slices"

	"waybill/store"
)

// How a list finds what somebody typed. The terms that begin with a word are a range of the index of terms, whatever
// there are of them; but that range is in the order of the words and not of the list. While it is short it is read
// whole and sorted. When it is long, so many shipments have the word that the list's own order soon meets enough of them.

// group is a way in by one group of words: the ids of shipments that have a term beginning with one of them.
func (l listing) group(n int) source {
	return source{skip: groupSkip(n), from: func(s *statement) {
		s.add("(select distinct id from (")
		l.ranges(s, n)
		s.add(") r) g cross join shipment s where s.id = g.id")
	}, bare: func(s *statement) {
		s.add("(")
		l.ranges(s, n)
		s.add(") g where 1=1")
	}}
}

// stateSkip says that booking and transit hold.
const stateSkip = "state"

func groupSkip(n int) string { return "words\x1f" + string(rune('0'+n)) }

// ranges writes the terms of a group of words, some of them twice, as created and id.
func (l listing) ranges(s *statement, n int) {
	for i, word := range l.q.Words[n] {
		if i > 0 {
			s.add(" union all ")
		}
		s.add("select t.created, t.id from term t where t.account = ? and t.noun = 'shipment' and t.field = ? and t.value >= ? and t.value < ?",
			string(l.account), word.Field, clip(word.Value), clip(word.Value)+"\U0010ffff")
		if l.order == store.ByCreated {
			l.window(s, "t.created")
		}
	}
}

// has writes the condition that a shipment s has one of a group of words.
func (l listing) has(s *statement, n int) {
	s.add("(")
	for i, word := range l.q.Words[n] {
		if i > 0 {
			s.add(" or ")
		}
		s.add(l.tx.store.flavour.find+"(s.terms, ?) > 0", word.Field+"\x1f"+clip(word.Value))
	}
	s.add(")")
}

// few is a way in whose index has the list's keys: they are read and sorted without looking at any shipment.
type few struct {
	keys func(s *statement) // writes a select of created and id, some of them twice
	skip string             // the filter it holds, see listing.filters
}

// fews are the ways in of that sort: each group of words, and the states.
func (l listing) fews() (list []few) {
	for n := range l.q.Words {
		list = append(list, few{func(s *statement) { l.ranges(s, n) }, groupSkip(n)})
	}
	if bookings, transits := l.states(); len(bookings)+len(transits) > 0 {
		skip := ""
		if len(l.q.States) == 0 {
			skip = stateSkip
		}
		list = append(list, few{func(s *statement) {
			// Not by the index of creation: it has the order that is wanted, and whole years of other states.
			s.add("select k.created + 0 as created, k.id from shipment k where k.account = ? and ", string(l.account))
			if len(bookings) == 0 {
				bookings = allBookings
			}
			in(s, "k.booking", bookings)
			if len(transits) > 0 {
				in(s.add(" and "), "k.transit", transits)
			}
			l.window(s, "k.created + 0")
		}, skip})
	}
	return list
}

// often is how many of the first stretch show that a list's own order will do.
const often = 3

// readFew finds keys of a list by creation by what few shipments have.
func (l listing) readFew() (found []key, ok bool, err error) {
	if l.order != store.ByCreated {
		return nil, false, nil
	}
	most := int64(l.tx.store.look.window) * 4 / 5 // of more than that, the list's own order fills a page sooner
	ways := l.fews()
	for _, size := range []int64{most / 40, most / 4, most} {
		for _, way := range ways {
			s := (&statement{}).add("select count(*) from (select 1 from (")
			way.keys(s)
			s.add(") g limit ?) x", size+1)
			n, err := l.tx.int(s.text.String(), s.args...)
			if err != nil {
				return nil, false, err
			}
			if n <= size {
				found, err := l.readSorted(way, int(size))
				return found, true, err
			}
		}
	}
	return nil, false, nil
}

// readSorted reads the keys of a way in, in the list's order, and of them the first that hold everything else.
func (l listing) readSorted(way few, most int) (found []key, err error) {
	s := (&statement{}).add("select g.created, g.id from (")
	way.keys(s)
	s.add(") g where 1=1")
	l.after(s, "g.created", "g.id", l.at)
	sieve, err := l.sifter(way.skip)
	if err != nil {
		return nil, err
	}
	sieve.sift(s)
	s.add(" group by g.created, g.id")
	only := !l.filters(&statement{}, way.skip)
	if only {
		most = l.want
	}
	l.end(s, "g.created", "g.id", most, 0)
	var keys []key
	err = l.tx.each(func(rows *sql.Rows) error {
		var k key
		err := rows.Scan(&k.sort, &k.id)
		keys = append(keys, k)
		return err
	}, s.text.String(), s.args...)
	if err != nil || only {
		return keys, err
	}
	for step := 2 * l.want; len(keys) > 0 && len(found) < l.want; step = 256 {
		step = min(step, len(keys), 256)
		some, err := l.holding(keys[:step], way.skip)
		if err != nil {
			return nil, err
		}
		found, keys = append(found, some[:min(len(some), l.want-len(found))]...), keys[step:]
	}
	return found, nil
}

// holding are those of some keys whose shipments hold the filters.
func (l listing) holding(keys []key, skip string) (found []key, err error) {
	ids := make([]string, len(keys))
	for i, k := range keys {
		ids[i] = k.id
	}
	s := in((&statement{}).add("select s.id from shipment s where "), "s.id", ids)
	l.verify(s, skip)
	list, err := l.tx.strings(s.text.String(), s.args...)
	if err != nil {
		return nil, err
	}
	holds := make(map[string]bool, len(list))
	for _, id := range list {
		holds[id] = true
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k key) bool { return !holds[k.id] }), nil
}
