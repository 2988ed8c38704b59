package sqlstore

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"waybill"
	"waybill/store"
)

// Term fields of ours beside those of package store.
const (
	termGroup    = "group"
	termLocation = "location"
)

var shipments = define(noun[waybill.Shipment]{
	table:   "shipment",
	unknown: waybill.ReasonUnknownShipment,
	columns: []string{"reference", "booking", "transit", "location_key", "grp", "pickup_start", "drop_end", "terms", "tally"},
	values: func(t *tx, v *waybill.Shipment) []any {
		var start, end int64
		if v.PickupTime.Starts != nil {
			start = micro(*v.PickupTime.Starts)
		}
		if v.DeliveryTime.Ends != nil {
			end = micro(*v.DeliveryTime.Ends)
		}
		return []any{v.Reference, string(v.Booking), string(v.Transit), v.LocationKey, v.Group, start, end, termText(t.terms), prose(t.tally)}
	},
	before: indexTerms,
	after: func(t *tx, v *waybill.Shipment, deleted bool) error {
		if deleted {
			return nil
		}
		t.count(v.Account, t.tallied, -1)
		t.count(v.Account, t.tally, 1)
		return t.tenant(v.Account)
	},
})

// termsOf are the terms a shipment is found by, each once, in order.
func termsOf(v *waybill.Shipment) []store.Term {
	terms := store.Terms(*v)
	add := func(field, value string) {
		if value != "" {
			terms = append(terms, store.Term{Field: field, Value: value})
		}
	}
	add(termGroup, v.Group)
	add(termLocation, v.LocationKey)
	add(store.TermParcel, v.Tracking)
	for _, p := range v.Parcels {
		add(store.TermParcel, p.Tracking)
		add(store.TermParcel, p.SSCC)
	}
	for _, word := range store.Words(*v) {
		add(store.TermWord, word)
	}
	for i := range terms {
		terms[i].Value = clip(terms[i].Value)
	}
	slices.SortFunc(terms, func(a, b store.Term) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Value, b.Value))
	})
	return slices.Compact(terms)
}

// longestTerm is the most bytes of a value kept in a term; of longer ones a part and a digest.
const longestTerm = 160

// clip makes a value fit for a term: valid text of bounded length, different for different values.
func clip(value string) string {
	const separators = "\x00\x1e\x1f"
	if len(value) <= longestTerm && utf8.ValidString(value) && !strings.ContainsAny(value, separators) {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	head := strings.ToValidUTF8(value[:min(len(value), longestTerm-33)], "")
	head = strings.Map(func(r rune) rune {
		if strings.ContainsRune(separators, r) {
			return -1
		}
		return r
	}, head)
	return head + "#" + hex.EncodeToString(sum[:16])
}

// termText is how a shipment's terms are written in its own row, to see at the next change which of them
// are new and which are gone.
func termText(terms []store.Term) prose {
	var b strings.Builder
	for _, t := range terms {
		b.WriteString(t.Field + "\x1f" + t.Value + "\x1e")
	}
	return prose(b.String())
}

func parseTerms(text string) []store.Term {
	var terms []store.Term
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\x1e"), "\x1e") {
		if field, value, ok := strings.Cut(line, "\x1f"); ok {
			terms = append(terms, store.Term{Field: field, Value: value})
		}
	}
	return terms
}

// indexTerms brings the term table from the stored version's terms to the new one's, and leaves those for
// the row that is written next.
func indexTerms(t *tx, v *waybill.Shipment) error {
	r := row(v)
	var old []store.Term
	t.tallied = ""
	if r.Version != 1 {
		var text string
		var created int64
		err := t.each(func(rows *sql.Rows) error { return rows.Scan(&text, &t.tallied, &created) },
			"select terms, tally, created from shipment where id = $1 and account = $2 and version = $3"+t.store.flavour.hold, string(r.ID), string(r.Account), r.Version-1)
		if err != nil {
			return err
		}
		old, r.Created = parseTerms(text), fromMicro(created)
	}
	t.terms, t.tally = termsOf(v), tallyOf(v)
	return t.moveTerms(r, old, signOf(old) != signOf(t.terms))
}

// moveTerms writes what is new among the terms of the shipment that is being written, and takes away what is gone.
// Anew: beside the words that stay stands another sign than theirs.
func (t *tx) moveTerms(r *waybill.Row, old []store.Term, anew bool) error {
	gone := slices.DeleteFunc(slices.Clone(old), func(o store.Term) bool { return slices.Contains(t.terms, o) })
	for _, o := range gone {
		if _, err := t.exec("delete from term where account = $1 and noun = 'shipment' and field = $2 and value = $3 and created = $4 and id = $5",
			string(r.Account), o.Field, o.Value, micro(r.Created), string(r.ID)); err != nil {
			return err
		}
	}
	var fresh []store.Term
	var stay []string
	for _, term := range t.terms {
		if !slices.Contains(old, term) {
			fresh = append(fresh, term)
		} else if term.Field == store.TermWord {
			stay = append(stay, term.Value)
		}
	}
	if anew {
		if err := t.signAnew(r, stay); err != nil {
			return err
		}
	}
	return t.addTerms(r, fresh)
}

// addTerms writes terms in groups of sixteen, eight, four, two and one: few statements to prepare, few to run.
func (t *tx) addTerms(r *waybill.Row, terms []store.Term) error {
	mark := signOf(t.terms)
	for size := 16; size > 0; size /= 2 {
		for len(terms) >= size {
			args := make([]any, 0, 3+3*size)
			args = append(args, string(r.Account), micro(r.Created), string(r.ID))
			for _, term := range terms[:size] {
				args = append(args, term.Field, term.Value, beside(term, mark))
			}
			if _, err := t.exec(insertTerms(t.store.flavour, size), args...); err != nil {
				return err
			}
			terms = terms[size:]
		}
	}
	return nil
}

// insertTerms is the statement that inserts so many terms of one shipment.
func insertTerms(f flavour, terms int) string {
	return inserts.get(insert{f.insertNew + "term", terms}, func() string {
		var b strings.Builder
		b.WriteString(f.insertNew + "term (account, noun, field, value, created, id, sig) values ")
		for i := range terms {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "($1, 'shipment', $%d, $%d, $2, $3, $%d)", 4+3*i, 5+3*i, 6+3*i)
		}
		return b.String() + f.passOver
	})
}

// shipmentTable implements store.Shipments.
type shipmentTable struct{ table[waybill.Shipment] }

// Delete removes a shipment and what it was found by.
func (s shipmentTable) Delete(id waybill.ID, version int64) error {
	v, err := s.Get(id)
	if err != nil {
		return s.tx.doom(err)
	}
	var text, tally string
	err = s.tx.each(func(rows *sql.Rows) error { return rows.Scan(&text, &tally) },
		"select terms, tally from shipment where id = $1 and account = $2 and version = $3"+s.tx.store.flavour.hold, string(id), string(v.Account), version)
	if err != nil {
		return err
	}
	for _, term := range parseTerms(text) {
		if _, err := s.tx.exec("delete from term where account = $1 and noun = 'shipment' and field = $2 and value = $3 and created = $4 and id = $5",
			string(v.Account), term.Field, term.Value, micro(v.Created), string(id)); err != nil {
			return err
		}
	}
	if err := s.table.Delete(id, version); err != nil {
		return err
	}
	s.tx.count(v.Account, tally, -1)
	return nil
}

// ByReference reads the shipment of a reference: the actor's own before that of a child.
func (s shipmentTable) ByReference(reference string) (waybill.Shipment, error) {
	if reference == "" || !keepable(reference) {
		return waybill.Shipment{}, waybill.E("store.shipment.by_reference", waybill.ReasonUnknownShipment, "there is no such shipment")
	}
	accounts, err := s.accounts()
	if err != nil {
		return waybill.Shipment{}, err
	}
	q := in(s.where("reference = ? and reference <> '' and ", reference), "account", accounts)
	return s.one("by_reference", q.add(" order by case when account = ? then 0 else 1 end, created, id limit 1", string(s.tx.actor.Account)))
}

// ByNumber reads the shipment of a number.
func (s shipmentTable) ByNumber(number int64) (waybill.Shipment, error) { return s.byNumber(number) }

// ByTracking reads the shipments with a parcel of that number, newest first.
func (s shipmentTable) ByTracking(number string) ([]waybill.Shipment, error) {
	accounts, err := s.accounts()
	if err != nil {
		return nil, err
	}
	q := (&statement{}).add("select id from term where noun = 'shipment' and field = ? and value = ? and ", store.TermParcel, clip(number))
	ids, err := s.tx.strings(in(q, "account", accounts).add(" order by created desc, id desc").text.String(), q.args...)
	if err != nil {
		return nil, err
	}
	return s.GetMany(asIDs(ids))
}

// accounts are those whose shipments the actor sees: for the installation every one that has some.
func (s shipmentTable) accounts() ([]waybill.ID, error) {
	if !s.tx.actor.Everywhere() {
		return s.tx.accounts(), nil
	}
	list, err := s.tx.strings("select account from tenant order by account")
	return asIDs(list), err
}

func asIDs(list []string) []waybill.ID {
	ids := make([]waybill.ID, len(list))
	for i, id := range list {
		ids[i] = waybill.ID(id)
	}
	return ids
}

// clean makes text fit for a column: valid UTF-8 without NUL.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
