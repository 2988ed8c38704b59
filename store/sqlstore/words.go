package sqlstore

import "waybill/store"

// How a list finds what somebody typed. The terms that begin with a word are a range of the index of terms, whatever
// there are of them; but that range is in the order of the words and not of the list. While it is short it is read
// whole and sorted. When it is long, so many shipments have the word that the list's own order soon meets enough of them.

// group is a way in by one group of words: the ids of shipments that have a term beginning with one of them.
func (l listing) group(n int) source {
	return source{skip: groupSkip(n), from: func(s *statement) {
		s.add("(select distinct id from (")
		l.ranges(s, n, true)
		s.add(") r) g cross join shipment s where s.id = g.id")
	}, bare: func(s *statement) {
		s.add("(")
		l.ranges(s, n, false)
		s.add(") g where 1=1")
	}}
}

// stateSkip says that booking and transit hold.
const stateSkip = "state"

func groupSkip(n int) string { return "words\x1f" + string(rune('0'+n)) }

// ranges writes the terms of a group of words, some of them twice, as created and id; all, or those whose shipments
// may have the other groups.
func (l listing) ranges(s *statement, n int, narrow bool) {
	for i, word := range l.q.Words[n] {
		if i > 0 {
			s.add(" union all ")
		}
		s.add("select t.created, t.id from term t where t.account = ? and t.noun = 'shipment' and t.field = ? and t.value >= ? and t.value < ?",
			string(l.account), word.Field, clip(word.Value), clip(word.Value)+"\U0010ffff")
		if narrow && word.Field == store.TermWord {
			l.signed(s, n)
		}
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
