package sqlstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"time"
)

// reader reads JSON from where it stands. It takes what encode writes and whatever else is valid; about
// what is not, it says no more than that.
type reader struct {
	data []byte
	at   int
}

var errBody = errors.New("the body is damaged")

// next skips white space and shows the byte that follows; 0 at the end.
func (r *reader) next() byte {
	for r.at < len(r.data) {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

// take passes over a byte if it comes next.
func (r *reader) take(c byte) bool {
	if r.next() != c {
		return false
	}
	r.at++
	return true
}

// null passes over null.
func (r *reader) null() bool {
	if r.next() == 'n' && bytes.HasPrefix(r.data[r.at:], []byte("null")) {
		r.at += 4
		return true
	}
	return false
}

// object reads members. They mostly come in the struct's own order; one that it does not have is passed
// over.
func (r *reader) object(v reflect.Value, list []member, byName map[string]int) error {
	if r.null() {
		return nil
	}
	if !r.take('{') {
		return errBody
	}
	if r.take('}') {
		return nil
	}
	for expected := 0; ; expected++ {
		name, err := r.name()
		if err != nil {
			return err
		}
		i, known := -1, false
		for e := expected; e < len(list) && e < expected+8; e++ { // those between are zero and were left out
			if string(name) == list[e].name {
				i, known = e, true
				break
			}
		}
		if !known {
			i, known = byName[string(name)]
		}
		if known {
			expected = i
			err = list[i].plan.read(r, list[i].of(v))
		} else {
			_, err = r.value()
		}
		if err != nil {
			return err
		}
		if r.take(',') {
			continue
		}
		if !r.take('}') {
			return errBody
		}
		return nil
	}
}

// name reads a member's name and the colon. Ours need no escaping.
func (r *reader) name() ([]byte, error) {
	if r.next() != '"' {
		return nil, errBody
	}
	end := bytes.IndexByte(r.data[r.at+1:], '"')
	if end < 0 {
		return nil, errBody
	}
	name := r.data[r.at+1 : r.at+1+end]
	r.at += end + 2
	if !r.take(':') {
		return nil, errBody
	}
	return name, nil
}

func (r *reader) array(v reflect.Value, t reflect.Type, element *plan) error {
	if r.null() {
		v.SetZero()
		return nil
	}
	if !r.take('[') {
		return errBody
	}
	v.Set(reflect.MakeSlice(t, 0, 0))
	if r.take(']') {
		return nil
	}
	for n := 0; ; n++ {
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		if err := element.read(r, v.Index(n)); err != nil {
			return err
		}
		if r.take(',') {
			continue
		}
		if !r.take(']') {
			return errBody
		}
		return nil
	}
}

// value passes over any value and answers its text.
func (r *reader) value() ([]byte, error) {
	r.next()
	start, depth := r.at, 0
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case '"':
			if _, err := r.quoted(); err != nil {
				return nil, err
			}
			if depth == 0 {
				return r.data[start:r.at], nil
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return r.data[start:r.at], nil
			}
			if depth--; depth == 0 {
				r.at++
				return r.data[start:r.at], nil
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return r.data[start:r.at], nil
			}
		}
		r.at++
	}
	if depth > 0 || r.at == start {
		return nil, errBody
	}
	return r.data[start:r.at], nil
}

// quoted passes over a string and answers its text with the quotes.
func (r *reader) quoted() ([]byte, error) {
	start := r.at
	for i := start + 1; i < len(r.data); i++ {
		switch r.data[i] {
		case '\\':
			i++
		case '"':
			r.at = i + 1
			return r.data[start:r.at], nil
		}
	}
	return nil, errBody
}

func readAny(r *reader, v reflect.Value) error {
	text, err := r.value()
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v.Addr().Interface())
}

func readTime(r *reader, v reflect.Value) error {
	text, err := r.value()
	if err != nil {
		return err
	}
	return v.Addr().Interface().(*time.Time).UnmarshalJSON(text)
}

func readString(r *reader, v reflect.Value) error {
	if r.null() {
		return nil
	}
	if r.next() != '"' {
		return errBody
	}
	text, err := r.quoted()
	if err != nil {
		return err
	}
	plain := text[1 : len(text)-1]
	for _, c := range plain {
		if c == '\\' || c < ' ' {
			return json.Unmarshal(text, v.Addr().Interface())
		}
	}
	v.SetString(string(plain))
	return nil
}

func readBool(r *reader, v reflect.Value) error {
	text, err := r.value()
	switch {
	case err != nil:
		return err
	case string(text) == "true":
		v.SetBool(true)
	case string(text) != "false" && string(text) != "null":
		return errBody
	}
	return nil
}

func readInt(r *reader, v reflect.Value) error {
	text, err := r.value()
	if err != nil || string(text) == "null" {
		return err
	}
	n, err := strconv.ParseInt(string(text), 10, v.Type().Bits())
	v.SetInt(n)
	return err
}

func readFloat(r *reader, v reflect.Value) error {
	text, err := r.value()
	if err != nil || string(text) == "null" {
		return err
	}
	f, err := strconv.ParseFloat(string(text), 64)
	v.SetFloat(f)
	return err
}
