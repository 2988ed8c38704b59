package sqlstore

import (
	"database/sql"
	"slices"

	"waybill/store"
)

// few is a way in whose index has the list's keys: they are read and sorted without looking at any shipment.
type few struct {
	skip string                                     // the filter it holds, see listing.filters
	all  func(s *statement)                         // writes a select of all created and id that it has, some of them twice
	next func(s *statement, at *position, most int) // writes a select of what matters: the first so many past a place are among it
	wide bool                                       // signs narrow it: it may have many
}

// fews are the ways in of that sort: each group of words, and the states, if they are known.
func (l listing) fews(states []state) (list []few) {
	for n := range l.q.Words {
		list = append(list, few{
			skip: groupSkip(n), wide: l.narrows(n),
			all:  func(s *statement) { l.ranges(s, n, false) },
			next: func(s *statement, _ *position, _ int) { l.ranges(s, n, true) },
		})
	}
	if len(states) > 0 {
		list = append(list, l.byState(states))
	}
	return list
}

// byState is the way in by states. Each has its keys in the list's order.
func (l listing) byState(states []state) few {
	way := few{
		all:  func(s *statement) { l.inStates(s, states, nil, 0) },
		next: func(s *statement, at *position, most int) { l.inStates(s, states, at, most) },
	}
	if len(l.q.States) == 0 { // else they are more than are asked for
		way.skip = stateSkip
	}
	return way
}

// inStates writes the keys of states, of each the first so many past a place; most 0: all.
func (l listing) inStates(s *statement, states []state, at *position, most int) {
	for i, of := range states {
		if i > 0 {
			s.add(" union all ")
		}
		s.add("select k.created, k.id from (select p.created, p.id from shipment p where p.account = ? and p.booking = ? and p.transit = ?",
			string(l.account), of.booking, of.transit)
		l.window(s, "p.created")
		if most > 0 {
			l.after(s, "p.created", "p.id", at)
			l.end(s, "p.created", "p.id", most, 0)
		}
		s.add(") k")
	}
}

// often is how many of the first stretch show that a list's own order will do: of words, for which each shipment is
// read, more.
func (l listing) often() int {
	if len(l.q.Words) > 0 {
		return max(3, l.want/3)
	}
	return 3
}

// readFew finds keys of a list by creation by what few shipments have, which is counted in rounds; false: all ways in have more.
func (l listing) readFew(states []state, rounds ...int) (found []key, cut *key, ok bool, err error) {
	if l.order != store.ByCreated {
		return nil, nil, false, nil
	}
	ways := l.fews(states)
	for _, size := range rounds {
		for _, way := range ways {
			if size > 2*l.tx.store.look.window && !way.wide {
				continue
			}
			n, err := l.number(way, size)
			if err != nil {
				return nil, nil, false, err
			}
			if n <= size {
				found, cut, err := l.readSorted(way, states, 2*l.tx.store.look.window)
				return found, cut, true, err
			}
		}
	}
	return nil, nil, false, nil
}

// number counts what a way in has, to one more than most.
func (l listing) number(way few, most int) (int, error) {
	s := (&statement{}).add("select count(*) from (select 1 from (")
	way.all(s)
	s.add(") g limit ?) x", int64(most)+1)
	n, err := l.tx.int(s.text.String(), s.args...)
	return int(n), err
}

// readSorted reads the keys of a way in, in the list's order, and of them the first that hold everything else. A page
// that has something ends after a step, and any after so many keys (0: never): cut is the last key that was looked at.
func (l listing) readSorted(way few, states []state, most int) (found []key, cut *key, err error) {
	bare := !l.filters(&statement{}, way.skip)
	step := 2 * max(l.tx.store.look.stretch, 2*l.want)
	if bare {
		step = 3 * l.want // some keys come twice
	}
	looked := 0
	for at := l.at; ; at = l.gap(*cut) {
		var keys []key
		if keys, cut, err = l.sorted(way, states, at, step); err != nil {
			return nil, nil, err
		}
		for part := 2 * l.want; len(keys) > 0 && len(found) < l.want; part *= 2 {
			part = min(part, len(keys), 256)
			some := keys[:part]
			if !bare {
				if some, err = l.holding(some, way.skip); err != nil {
					return nil, nil, err
				}
			}
			found, keys = append(found, some...), keys[part:]
		}
		if looked += step; step < 4096 { // each step sorts anew what a group of words has
			step *= 4
		}
		switch {
		case len(found) >= l.want:
			return found[:l.want], nil, nil
		case cut == nil || len(found) > 0 && !bare || most > 0 && looked >= most:
			return found, cut, nil
		}
	}
}

// sorted reads the first so many keys of a way in past a place, and answers those that may hold. cut is the last one
// read, when more may follow.
func (l listing) sorted(way few, states []state, at *position, step int) (keys []key, cut *key, err error) {
	s := (&statement{}).add("select g.created, g.id, case when 1=1")
	l.sift(s, way.skip, states)
	s.add(" then 1 else 0 end from (select r.created, r.id from (")
	way.next(s, at, step)
	s.add(") r where 1=1")
	l.after(s, "r.created", "r.id", at)
	l.end(s, "r.created", "r.id", step, 0)
	s.add(") g")
	l.end(s, "g.created", "g.id", step, 0)
	var last key
	read := 0
	err = l.tx.each(func(rows *sql.Rows) error {
		k, may := key{}, int64(0)
		if err := rows.Scan(&k.sort, &k.id, &may); err != nil {
			return err
		}
		if may == 1 && (read == 0 || k != last) {
			keys = append(keys, k)
		}
		last, read = k, read+1
		return nil
	}, s.text.String(), s.args...)
	if read == step {
		cut = &last
	}
	return keys, cut, err
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
