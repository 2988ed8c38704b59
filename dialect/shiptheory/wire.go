package shiptheory

import (
	"encoding/json"
	"math/big"
	"time"

	"waybill"
	"waybill/dialect"
)

// Lengths that the vendor does not publish: what one line and one paragraph may hold here.
const (
	maxText = 255
	maxNote = 2000
)

// document reads a body: JSON, or a form with nested keys. Numbers may come as text in both, because the
// vendor's own samples send them so. PHP writes an empty object as an empty list.
func document(r *dialect.Request) (dialect.Value, error) {
	v, err := r.Document()
	if err != nil {
		return v, err
	}
	v = v.Words()
	if !emptyList(v) {
		v.Object()
	}
	return v, nil
}

func emptyList(v dialect.Value) bool {
	list, ok := v.Raw().([]any)
	return ok && len(list) == 0
}

// section says whether a member that holds others was sent; an empty one counts as not sent.
func section(v dialect.Value) bool {
	return !v.Blank() && !emptyList(v) && v.Object()
}

// member is how one member of a request is read.
type member[T any] struct {
	name     string
	required bool
	read     func(dialect.Value, *T)
}

// readAll reads the members of a section and answers those that nobody here knows.
func readAll[T any](v dialect.Value, members []member[T], into *T) map[string]json.RawMessage {
	known := make(map[string]bool, len(members))
	for _, m := range members {
		known[m.name] = true
		at := v.At(m.name)
		if m.required {
			at.Required()
		}
		m.read(at, into)
	}
	var unknown map[string]json.RawMessage
	object, _ := v.Raw().(map[string]any)
	for name := range object {
		if known[name] || v.At(name).Absent() {
			continue
		}
		if unknown == nil {
			unknown = map[string]json.RawMessage{}
		}
		unknown[name] = v.At(name).Bytes()
	}
	return unknown
}

// line reads a member into a text of one line.
func line[T any](name string, required bool, max int, into func(*T) *string) member[T] {
	return member[T]{name, required, func(v dialect.Value, t *T) { *into(t) = v.Text(max) }}
}

// most is the largest figure the vendor's number columns hold.
const most = "9999999.99"

// figure reads a number from 0 to 9999999.99.
func figure(v dialect.Value) waybill.Decimal {
	d := v.Decimal()
	if d == "" {
		return ""
	}
	value, ok := rational(d)
	limit, _ := rational(most)
	if ok && (value.Sign() < 0 || value.Cmp(limit) > 0) {
		v.Note(waybill.RuleRange, "0.."+most, "%s must be from 0 to %s", v.Path(), most)
		return ""
	}
	return d
}

func rational(d waybill.Decimal) (*big.Rat, bool) { return new(big.Rat).SetString(string(d)) }

// day reads a date; a time after it is ignored. Zero when absent.
func day(v dialect.Value) time.Time {
	text := v.Text(40)
	if text == "" {
		return time.Time{}
	}
	if len(text) > len(time.DateOnly) && (text[len(time.DateOnly)] == 'T' || text[len(time.DateOnly)] == ' ') {
		text = text[:len(time.DateOnly)]
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 {
		v.Note(waybill.RuleFormat, "YYYY-MM-DD", "%s must be a date written YYYY-MM-DD", v.Path())
		return time.Time{}
	}
	return t
}

// stamp is a time as this API writes it: UTC, no colon in the offset.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-0700") }

// orNull is text that is null when it is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// fixed is a number as text with two places, rounded: how this API writes the money and weights of
// products inside shipments.
func fixed(d waybill.Decimal) string {
	value, ok := rational(d)
	if !ok {
		return "0.00"
	}
	return value.FloatString(2)
}
