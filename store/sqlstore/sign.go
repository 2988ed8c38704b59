package sqlstore

import (
	"waybill"
	"waybill/store"
)

// A word of a shipment is kept beside a sign of all its words. Whoever reads the words that begin with one wanted text
// sees from that which of their shipments cannot have another wanted text, and looks at no shipment to learn it.

// sign has three bits of 64 for the first three bytes of a word. One that begins with fewer letters has none: numbers
// are looked for in other ways too, and tell nothing.
func sign(word string) int64 {
	if len(word) < 3 {
		return 0
	}
	var h uint64
	for _, b := range []byte(word[:3]) {
		if b < 'a' || b == '~' {
			return 0
		}
		h = h<<8 | uint64(b)
	}
	// The end of SplitMix64: bits that have nothing to do with those of similar words.
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	h ^= h >> 31
	return int64(1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63))
}

// signOf is the sign of all words among a shipment's terms.
func signOf(terms []store.Term) (all int64) {
	for _, t := range terms {
		if t.Field == store.TermWord {
			all |= sign(t.Value)
		}
	}
	return all
}

// beside is what is kept beside a term.
func beside(t store.Term, mark int64) int64 {
	if t.Field != store.TermWord {
		return 0
	}
	return mark
}

// signs are those of a group of words, one of which the sign of a shipment must have. None: it tells nothing.
func signs(group []store.Term) (list []int64) {
	for _, word := range group {
		mask := sign(clip(word.Value))
		if word.Field != store.TermWord || mask == 0 {
			return nil
		}
		list = append(list, mask)
	}
	return list
}

// signed writes the condition that the shipment of a word t may have every group of words but one.
func (l listing) signed(s *statement, but int) {
	for n, group := range l.q.Words {
		list := signs(group)
		if n == but || len(list) == 0 {
			continue
		}
		s.add(" and (")
		for i, mask := range list {
			if i > 0 {
				s.add(" or ")
			}
			s.add("(t.sig & ?) = ?", mask, mask)
		}
		s.add(")")
	}
}

// narrows reports whether signs tell of a group of words which of its shipments have the others.
func (l listing) narrows(but int) bool {
	for n, group := range l.q.Words {
		if n != but && len(signs(group)) > 0 {
			return true
		}
	}
	return false
}

// signAnew writes the sign of a shipment's words beside those that were kept before.
func (t *tx) signAnew(r *waybill.Row, words []string) error {
	if len(words) == 0 {
		return nil
	}
	s := (&statement{}).add("update term set sig = ? where account = ? and noun = 'shipment' and field = ? and created = ? and id = ? and ",
		signOf(t.terms), string(r.Account), store.TermWord, micro(r.Created), string(r.ID))
	in(s, "value", words)
	_, err := t.exec(s.text.String(), s.args...)
	return err
}
