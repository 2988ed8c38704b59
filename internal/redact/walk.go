package redact

import (
	"bytes"
	"strconv"
)

// walker goes through a JSON document and copies it, secrets marked and long texts described. It looks at the structure only:
// where that is damaged it stands still.
type walker struct {
	data   []byte
	at     int
	copied int // up to here it is in out
	out    []byte
	found  bool
	most   int // bytes of a text; 0: any
	depth  int
	broken bool
	lost   int // where a secret began in which the document is damaged; 0: nowhere
}

// deepest is how far arrays and objects may be nested, as encoding/json has it.
const deepest = 10_000

// document passes over all there is.
func (w *walker) document() {
	w.value(false)
	w.space()
	w.broken = w.broken || w.at < len(w.data)
}

// next is the byte at which the next thing begins; 0 and broken: there is none.
func (w *walker) next() byte {
	if w.space(); w.at >= len(w.data) {
		w.broken = true
		return 0
	}
	return w.data[w.at]
}

func (w *walker) space() {
	for w.at < len(w.data) {
		switch w.data[w.at] {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return
		}
	}
}

// value passes over the next value. Under a secret name every text and number in it is marked; true, false and null tell nothing.
func (w *walker) value(secret bool) {
	if w.space(); secret {
		defer func(start int) {
			if w.broken {
				w.lost = start
			}
		}(w.at)
	}
	switch w.next() {
	case 0:
	case '{':
		w.each('}', secret, true)
	case '[':
		w.each(']', secret, false)
	case '"':
		start := w.at
		w.text()
		switch {
		case w.broken:
		case secret && w.at-start > 2:
			w.mark(start)
		case w.most > 0 && w.at-start > w.most:
			w.put(start, "["+strconv.Itoa(w.at-start-2)+" characters]")
		default:
			w.address(start)
		}
	default:
		start := w.at
		for w.at < len(w.data) && isPlain(w.data[w.at]) {
			w.at++
		}
		if w.broken = w.at == start; w.broken {
			return
		}
		if c := w.data[start]; secret && c != 't' && c != 'f' && c != 'n' {
			w.mark(start)
		}
	}
}

// isPlain is of what numbers, true, false and null are made.
func isPlain(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// each passes over the members of an object or array. A number or text below a secret name is secret; an object's own members
// are judged by their own names too.
func (w *walker) each(end byte, secret, named bool) {
	if w.depth++; w.depth > deepest {
		w.broken = true
	}
	defer func() { w.depth-- }()
	for w.at++; !w.broken; w.at++ {
		c := w.next()
		if c == end {
			w.at++
			return
		}
		hidden := secret
		if named {
			if hidden = w.name(c) || secret; w.broken {
				return
			}
		}
		if w.value(hidden); w.broken {
			return
		}
		switch w.next() {
		case end:
			w.at++
			return
		case ',':
		default:
			w.broken = true
			return
		}
	}
}

// name passes over a member's name, which begins with c, and its colon; it reports whether it is a secret's.
func (w *walker) name(c byte) bool {
	if c != '"' {
		w.broken = true
		return false
	}
	start := w.at
	w.text()
	end := w.at - 1
	if w.broken || w.next() != ':' {
		w.at, w.broken = start, true
		return false
	}
	w.at++
	return Secret(string(w.data[start+1 : end]))
}

// text passes over a string; one without an end is none.
func (w *walker) text() {
	start := w.at
	for w.at++; w.at <= len(w.data); {
		rest := w.data[w.at:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 {
			break
		}
		escape := bytes.IndexByte(rest[:end], '\\')
		if escape < 0 {
			w.at += end + 1
			return
		}
		w.at += escape + 2
	}
	w.at, w.broken = start, true
}

// mark puts the mark in the place of what began at start.
func (w *walker) mark(start int) {
	w.put(start, Mark)
	w.found = true
}

// put puts a text in the place of what began at start.
func (w *walker) put(start int, text string) {
	w.out = append(append(w.out, w.data[w.copied:start]...), `"`+text+`"`...)
	w.copied = w.at
}
