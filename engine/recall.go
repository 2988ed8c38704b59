package engine

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"waybill"
	"waybill/store"
)

// recall finds what the key or the reference already stands for.
func (s Session) recall(tx store.Tx, o *order) error {
	if err := s.recallKey(tx, o); err != nil || o.done {
		return err
	}
	return s.recallReference(tx, o)
}

// recallReference finds the shipment that has the reference: one that is to be tried again with the new data, or
// the draft that was made from the same request. With any other it is a duplicate.
func (s Session) recallReference(tx store.Tx, o *order) error {
	old, err := tx.Shipments().ByReference(o.in.Shipment.Reference)
	switch {
	case waybill.IsCode(err, waybill.NotFound):
		return nil
	case err != nil:
		return err
	case old.Account != s.Actor.Account: // a child's: references are unique in an account
		return nil
	case o.in.Draft && old.Booking.Open() && o.in.Hash != "" && old.Digest == o.in.Hash && mayFind(s.Actor, old):
		o.shipment, o.done = old, true
		return nil
	case o.in.Draft || !replaceable(old.Booking) || !mayFind(s.Actor, old):
		return duplicate(o.in.Shipment.Reference)
	}
	o.existing = true
	o.shipment.Row = old.Row
	o.shipment.Attempt = old.Attempt
	return nil
}

// keyLife is how long an Idempotency-Key is remembered.
const keyLife = 48 * time.Hour

// recallKey finds what the caller's key already stands for; one that is new is begun.
func (s Session) recallKey(tx store.Tx, o *order) error {
	if o.in.Key == "" {
		return nil
	}
	key, known, err := tx.Keys().Get(s.Actor.Dialect, o.in.Key)
	switch {
	case err != nil:
		return err
	case known:
		return recallSubject(tx, o, key)
	}
	o.key = &store.Key{
		Account: s.Actor.Account, Surface: s.Actor.Dialect, Key: o.in.Key, Hash: o.in.Hash, Verb: o.verb,
		Running: true, Expires: tx.Now().Add(keyLife),
	}
	return nil
}

func recallSubject(tx store.Tx, o *order, key store.Key) error {
	if key.Hash != o.in.Hash || key.Verb != o.verb {
		return waybill.E(o.verb, waybill.ReasonKeyReused, "the Idempotency-Key was used before with another request")
	}
	old, err := find(tx, Ref{ID: key.Subject})
	if o.shipment, o.done = old, true; err == nil {
		tx.Actor().Subject.Recall()
	}
	return err
}

// replaceable shipments have bought nothing and wait for nobody: a new create with their reference
// tries again with the new data (DECISIONS 1).
func replaceable(b waybill.Booking) bool {
	return b == waybill.NoProvider || b == waybill.Failed || b == waybill.Ignored
}

func duplicate(reference string) error {
	e := waybill.E("create", waybill.ReasonDuplicate, "a shipment with the reference %q exists already", reference)
	e.Fields = []waybill.FieldError{{Path: "reference", Rule: waybill.RuleUnique, Value: reference, Message: e.Message}}
	return e
}

// maxReference is how many characters a reference may have.
const maxReference = 100

// badReference says what keeps a reference from being asked for again in a path; empty: nothing.
func badReference(reference string) string {
	switch {
	case strings.TrimSpace(reference) == "":
		return "the reference is empty"
	case utf8.RuneCountInString(reference) > maxReference:
		return "the reference is longer than " + itoa(maxReference) + " characters"
	case strings.ContainsFunc(reference, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return "the reference holds control characters"
	}
	return ""
}

// checkReference refuses what no dialect could address again.
func checkReference(reference string) error {
	field := waybill.FieldError{Path: "reference", Value: reference, Rule: waybill.RuleFormat, Message: badReference(reference)}
	switch {
	case strings.TrimSpace(reference) == "":
		field.Rule, field.Message = waybill.RuleRequired, "a reference is required"
	case utf8.RuneCountInString(reference) > maxReference:
		field.Rule, field.Limit, field.Value = waybill.RuleMaxLength, itoa(maxReference), ""
	case reference == "list" || reference == "search":
		field.Message = "list and search cannot be references"
	}
	if field.Message == "" {
		return nil
	}
	return waybill.FieldErrors("create", []waybill.FieldError{field})
}
