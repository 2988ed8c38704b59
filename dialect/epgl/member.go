package epgl

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// member is one member of a body: its name, whether it must be there, and how it is read into what is
// declared. Reading answers how the member is shown in the answer; nil: null.
type member[T any] struct {
	name     string
	required bool
	read     func(v dialect.Value, into *T) (shown any)
}

// object is a JSON object of an answer, its members in the order of their table.
type object []shown

type shown struct {
	name  string
	value any
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// readAll reads the members of an object. Members that no table has are let pass, and not shown.
func readAll[T any](v dialect.Value, members []member[T], into *T) object {
	o := object{}
	for _, m := range members {
		inner := v.At(m.name)
		if m.required && inner.Blank() {
			inner.Required()
			continue
		}
		if value := m.read(inner, into); value != nil || inner.Given() {
			o = append(o, shown{m.name, value})
		}
	}
	return o
}

// nested is a member that is an object with a table of its own.
func nested[T, U any](name string, required bool, members []member[U], at func(*T) *U) member[T] {
	return member[T]{name, required, func(v dialect.Value, into *T) any {
		if !v.Object() {
			return nil
		}
		return readAll(v, members, at(into))
	}}
}

// line is text of at most so many characters.
func line[T any](name string, required bool, most int, at func(*T) *string) member[T] {
	return member[T]{name, required, func(v dialect.Value, into *T) any {
		*at(into) = v.String(most)
		return v.Raw()
	}}
}

// The kinds of text whose meaning is judged, not only their length: what is wrong with one is 422.
const (
	kindEmail    = "email"
	kindPhone    = "phone"
	kindCurrency = "currency"
	kindCountry  = "country"
	kindLicence  = "uhawb"
)

// kindWords are what a text of a kind is called in a sentence.
var kindWords = map[string]string{kindEmail: "e-mail address", kindPhone: "phone number", kindLicence: "UHAWB"}

// Telephone numbers are E.164 with or without the plus, as the vendor's pattern has it. Of e-mail addresses it
// wants little, we want less: some name, some host with a dot.
var (
	phonePattern = regexp.MustCompile(`^\+?[1-9]\d{1,14}$`)
	emailPattern = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]{2,}$`)
)

// matching is text of a pattern.
func matching[T any](name string, required bool, most int, pattern *regexp.Regexp, kind string, at func(*T) *string) member[T] {
	return member[T]{name, required, func(v dialect.Value, into *T) any {
		text := v.String(most)
		if text != "" && !pattern.MatchString(text) {
			v.Note(waybill.RuleFormat, kind, "%s is not a valid %s", v.Path(), kindWords[kind])
		}
		*at(into) = text
		return v.Raw()
	}}
}

// code is text of an exact length out of a public list; known answers it as we write it.
func code[T any](name string, length int, kind string, known func(string) (string, bool), at func(*T) *string) member[T] {
	return member[T]{name, true, func(v dialect.Value, into *T) any {
		text := v.String(0)
		if text == "" {
			return v.Raw()
		}
		if utf8.RuneCountInString(text) != length {
			v.Note(waybill.RuleMaxLength, "", "%s must have exactly %d characters", v.Path(), length)
			return nil
		}
		written, ok := known(text)
		if !ok {
			v.Note(waybill.RuleExists, kind, "%s is not a known %s code", v.Path(), kind)
		}
		*at(into) = written
		return v.Raw()
	}}
}

// knownCountry is an ISO 3166-1 alpha-2 code in any case.
func knownCountry(text string) (string, bool) {
	c, ok := engine.CountryByCode(text)
	return c.Alpha2, ok
}

// among is one of a few words in any case, each with its meaning.
func among[T, U any](name string, words map[string]U, at func(*T) *U) member[T] {
	names := make([]string, 0, len(words))
	for word := range words {
		names = append(names, word)
	}
	slices.Sort(names)
	return member[T]{name, true, func(v dialect.Value, into *T) any {
		*at(into) = words[v.Among(names...)]
		return v.Raw()
	}}
}

// bounds are what a figure must lie between. Above excludes the limit, from includes it; empty: no limit. Most is a limit of
// ours, where the vendor has none.
type bounds struct{ above, from, below, to, most waybill.Decimal }

func (b bounds) holds(d waybill.Decimal) bool {
	return (b.above == "" || compare(d, b.above) > 0) && (b.from == "" || compare(d, b.from) >= 0) &&
		(b.below == "" || compare(d, b.below) < 0) && (b.to == "" || compare(d, b.to) <= 0)
}

// words says the bounds in a sentence.
func (b bounds) words() string {
	var parts []string
	for _, p := range []struct {
		text  string
		limit waybill.Decimal
	}{{"greater than", b.above}, {"at least", b.from}, {"less than", b.below}, {"at most", b.to}} {
		if p.limit != "" {
			parts = append(parts, p.text+" "+string(p.limit))
		}
	}
	return strings.Join(parts, " and ")
}

// compare is -1, 0 or 1; what is no number counts as zero.
func compare(a, b waybill.Decimal) int {
	x, _ := new(big.Rat).SetString(string(a))
	y, _ := new(big.Rat).SetString(string(b))
	if x == nil || y == nil {
		return a.Sign() - b.Sign()
	}
	return x.Cmp(y)
}

// figure is a number between bounds, kept as it was written.
func figure[T any](name string, required bool, b bounds, at func(*T) *waybill.Decimal) member[T] {
	return member[T]{name, required, func(v dialect.Value, into *T) any {
		d := v.Decimal()
		switch {
		case d != "" && !b.holds(d):
			v.Note(waybill.RuleRange, "", "%s must be %s", v.Path(), b.words())
		case b.most != "" && compare(d, b.most) > 0:
			tooMuch(v, b)
		}
		*at(into) = d
		return v.Raw()
	}}
}

func tooMuch(v dialect.Value, b bounds) {
	v.Note(waybill.RuleRange, "", "%s must be at most %s", v.Path(), b.most)
}

// whole is a whole number between bounds.
func whole[T any](name string, required bool, low, high int64, keep func(*T, int)) member[T] {
	return member[T]{name, required, func(v dialect.Value, into *T) any {
		if n := v.Integer(low, high); !v.Absent() {
			keep(into, int(n))
		}
		return v.Raw()
	}}
}

// times are the forms of a date-time that are read; without a zone it is UTC.
var times = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"}

// moment is a date-time, shown in UTC in the form of all times of this API.
func moment[T any](name string, required bool, keep func(*T, time.Time)) member[T] {
	return member[T]{name, required, func(v dialect.Value, into *T) any {
		text := v.String(0)
		if text == "" {
			return v.Raw()
		}
		for _, form := range times {
			if t, err := time.Parse(form, text); err == nil {
				keep(into, t.UTC())
				return stamp(t)
			}
		}
		v.Note(waybill.RuleFormat, "", "%s must be a date and time such as 2026-11-21T10:30:00Z", v.Path())
		return nil
	}}
}
