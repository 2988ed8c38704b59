package sqlstore

import (
	"database/sql"

	"waybill/store"
)

// keys finds up to want keys of one account, from the place the list stands at.
func (l listing) keys(all bool) (found []key, cut *key, err error) {
	if len(l.q.References) > 0 {
		found, err = l.readSet(l.references())
		return found, nil, err
	}
	terms := l.equal()
	first := l.base()
	if len(terms) > 0 && l.order == store.ByCreated {
		first = l.term(terms[0])
	}
	if l.offset > 0 || all {
		found, err = l.readAll(terms)
		return found, nil, err
	}
	look := l.tx.store.look
	stretch := max(look.stretch, 2*l.want)
	if first.bare != nil && l.filters(&statement{}, first.skip) {
		stretch = 2 * l.want // each shipment is read to see whether it holds
	}
	found, cut, err = l.readOrdered(first, l.at, min(stretch, look.window), l.want)
	if err != nil || cut == nil {
		return found, nil, err
	}
	return l.seek(first, terms, found, *cut)
}

// seek goes on where the first stretch did not hold enough: in the way that leads to the most with the least.
func (l listing) seek(first source, terms []store.Term, found []key, at key) ([]key, *key, error) {
	var states []state
	if l.order == store.ByCreated {
		some, known, err := l.pairs()
		if err != nil || known && len(some) == 0 {
			return nil, nil, err
		}
		if states = some; known {
			way := l.byState(states)
			n := 0
			if l.filters(&statement{}, way.skip) {
				n, err = l.number(way, l.tx.store.look.window/50)
			}
			if err != nil {
				return nil, nil, err
			}
			if n <= l.tx.store.look.window/50 {
				return l.readSorted(way, states, 0)
			}
		}
	}
	look := l.tx.store.look
	// Another stretch is cheap where the index alone tells what holds; words are looked for in the shipments.
	if len(found) >= l.often() || len(l.q.Words) == 0 {
		more, cut, err := l.readOn(first, found, at, 4*look.stretch, 4*look.stretch)
		if err != nil || cut == nil {
			return more, nil, err
		}
		found, at = more, *cut
	}
	if len(found) < l.often() {
		if few, cut, ok, err := l.readFew(states, look.window/50, look.window/5, look.window*8/5); ok || err != nil {
			return few, cut, err
		}
	}
	best, set, err := l.narrowest(terms, l.order != store.ByCreated)
	if err != nil {
		return nil, nil, err
	}
	if set {
		found, err = l.readSet(best)
		return found, nil, err
	}
	return l.readLong(first, states, found, at)
}

// readLong reads where all that is asked for is common. What is, and is not so together, is looked for where signs or
// states tell of it.
func (l listing) readLong(first source, states []state, found []key, at key) ([]key, *key, error) {
	look := l.tx.store.look
	if len(l.q.Words) > 1 {
		some, cut, err := l.readOn(first, found, at, 4*look.stretch, look.window/5)
		if err != nil || cut == nil || len(some) >= l.often() {
			return some, cut, err
		}
		if few, cut, ok, err := l.readFew(states, 4*look.window, 20*look.window); ok || err != nil {
			return few, cut, err
		}
		found, at = some, *cut
	}
	if len(states) > 0 {
		return l.readSorted(l.byState(states), states, look.window)
	}
	return l.readOn(first, found, at, 4*look.stretch, look.window)
}

// readOn goes on behind a key in steps that grow, until enough is found or so many keys were looked at: PostgreSQL does
// all of a step's work before it answers any of it.
func (l listing) readOn(src source, found []key, at key, step, look int) ([]key, *key, error) {
	for {
		step = min(step, look)
		more, cut, err := l.readOrdered(src, l.gap(at), step, l.want-len(found))
		found = append(found, more...)
		if look -= step; err != nil || cut == nil || look == 0 {
			return found, cut, err
		}
		at, step = *cut, 4*step
	}
}

// narrowest counts what each way in would yield, in rounds, and answers the first that stays below a
// round's size. False: all yield so much that keys in order, verified, are the better way. (Of a million,
// a set of 10,000 took 220 ms to read and sort, a window of 10,000 keys 15.)
func (l listing) narrowest(terms []store.Term, all bool) (source, bool, error) {
	sources := l.sets(all)
	for _, t := range terms {
		sources = append(sources, l.term(t))
	}
	if all {
		for n := range l.q.Words {
			sources = append(sources, l.group(n))
		}
	}
	widest := int64(l.tx.store.look.window)
	for _, size := range []int64{widest / 40, widest / 5} {
		for _, src := range sources {
			n, err := l.size(src, size)
			if err != nil {
				return source{}, false, err
			}
			if n <= size {
				return src, true, nil
			}
		}
	}
	return source{}, false, nil
}

// size counts what a way in yields, to one more than most.
func (l listing) size(src source, most int64) (int64, error) {
	s := (&statement{}).add("select count(*) from (select 1 from ")
	src.enter(s, false)
	s.add(" limit ?) x", most+1)
	return l.tx.int(s.text.String(), s.args...)
}

// after writes the condition that keys lie past a place, and end the order and how many.
func (l listing) after(s *statement, sort, id string, at *position) {
	if at == nil {
		return
	}
	compare := " < "
	if l.up() {
		compare = " > "
	}
	if at.from != l.back { // the key itself lies ahead
		compare = compare[:2] + "= "
	}
	s.add(" and ("+sort+", "+id+")"+compare+"(?, ?)", at.key, at.id)
}

func (l listing) end(s *statement, sort, id string, limit, offset int) {
	way := " desc"
	if l.up() {
		way = ""
	}
	s.add(" order by "+sort+way+", "+id+way+" limit ?", int64(limit))
	if offset > 0 {
		s.add(" offset ?", int64(offset))
	}
}

// readOrdered follows an ordered source over at most `look` keys and answers the first `want` that hold.
// cut is the last one looked at, when more may follow.
func (l listing) readOrdered(src source, at *position, look, want int) (found []key, cut *key, err error) {
	s := (&statement{}).add("select ")
	sort, id := src.ordered+string(l.order), src.ordered+"id"
	s.add(sort + ", " + id + ", case when ")
	filtered := l.filters(s, src.skip)
	if !filtered {
		s.add("1=1")
	}
	s.add(" then 1 else 0 end from ")
	src.enter(s, filtered)
	l.after(s, sort, id, at)
	l.end(s, sort, id, look, 0)
	looked := 0
	var last key
	err = l.tx.each(func(rows *sql.Rows) error {
		var holds int64
		if err := rows.Scan(&last.sort, &last.id, &holds); err != nil {
			return err
		}
		looked++
		if holds == 1 {
			if found = append(found, last); len(found) == want {
				return errEnough
			}
		}
		return nil
	}, s.text.String(), s.args...)
	if err == nil && looked == look && len(found) < want {
		cut = &last
	}
	return found, cut, err
}

// readSet reads a small set whole, and of it what holds, sorted.
func (l listing) readSet(src source) ([]key, error) {
	s := (&statement{}).add("with s as materialized (select s.id, s.account, s.created, s.updated, s.booking, s.transit, s.location_key, s.grp, s.pickup_start, s.drop_end")
	if len(l.q.Words) > 0 {
		s.add(", s.terms")
	}
	s.add(" from ")
	src.from(s)
	s.add(") select s." + string(l.order) + ", s.id from s where 1=1")
	l.window(s, "s."+string(l.order))
	return l.readKeys(s, source{ordered: "s.", skip: src.skip})
}

// readAll reads a page by number: over a covering index, or the first term's.
func (l listing) readAll(terms []store.Term) ([]key, error) {
	src := l.base()
	if len(terms) > 0 {
		src = l.term(terms[0])
	}
	set := src.ordered == ""
	if set {
		src.ordered = "s."
	}
	s := (&statement{}).add("select " + src.ordered + string(l.order) + ", " + src.ordered + "id from ")
	src.enter(s, set || l.filters(&statement{}, src.skip))
	if set {
		l.window(s, "s."+string(l.order))
	}
	return l.readKeys(s, src)
}

// verify writes the filters where no planner can take them for a way in.
func (l listing) verify(s *statement, skip string) {
	if l.filters(&statement{}, skip) {
		s.add(" and case when ")
		l.filters(s, skip)
		s.add(" then 1 else 0 end = 1")
	}
}

// readKeys completes a select of keys with the filters, the place and the order.
func (l listing) readKeys(s *statement, src source) ([]key, error) {
	l.verify(s, src.skip)
	l.after(s, src.ordered+string(l.order), src.ordered+"id", l.at)
	l.end(s, src.ordered+string(l.order), src.ordered+"id", l.want, l.offset)
	var found []key
	err := l.tx.each(func(rows *sql.Rows) error {
		var k key
		err := rows.Scan(&k.sort, &k.id)
		found = append(found, k)
		return err
	}, s.text.String(), s.args...)
	return found, err
}

// count counts the account's shipments of the query, to a limit.
func (l listing) count(limit int) (int, error) {
	src := l.base()
	if len(l.q.References) > 0 {
		src = l.references()
	} else if best, set, err := l.narrowest(l.equal(), true); err != nil {
		return 0, err
	} else if set {
		src = best
	} else if terms := l.equal(); len(terms) > 0 {
		src = l.term(terms[0])
	}
	s := (&statement{}).add("select count(*) from (select 1 from ")
	ranged := src.ordered == "" // the range of creation is still to be verified
	src.enter(s, ranged || l.filters(&statement{}, src.skip))
	if ranged {
		l.window(s, "s."+string(l.order))
	}
	l.verify(s, src.skip)
	s.add(" limit ?) x", int64(limit))
	n, err := l.tx.int(s.text.String(), s.args...)
	return int(n), err
}
