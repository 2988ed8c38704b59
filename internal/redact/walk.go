package redact

import "strconv"

// walker goes through a valid JSON document and copies it, secrets marked.
type walker struct {
	data   []byte
	at     int
	copied int // up to here it is in out
	out    []byte
	found  bool
	most   int // of a text; 0: names are looked at
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
	w.space()
	switch w.data[w.at] {
	case '{':
		w.each('}', secret, true)
	case '[':
		w.each(']', secret, false)
	case '"':
		start := w.at
		w.text()
		switch {
		case w.most > 0 && w.at-start > w.most:
			w.put(start, "["+strconv.Itoa(w.at-start-2)+" characters]")
		case w.most == 0 && secret && w.at-start > 2:
			w.mark(start)
		}
	default:
		start := w.at
		for w.at < len(w.data) && !isEnd(w.data[w.at]) {
			w.at++
		}
		if c := w.data[start]; w.most == 0 && secret && c != 't' && c != 'f' && c != 'n' {
			w.mark(start)
		}
	}
}

func isEnd(c byte) bool {
	switch c {
	case ',', '}', ']', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// each passes over the members of an object or array. A number or text below a secret name is secret; an object's own members
// are judged by their own names too.
func (w *walker) each(end byte, secret, named bool) {
	for w.at++; ; w.at++ {
		w.space()
		if w.data[w.at] == end {
			w.at++
			return
		}
		hidden := secret
		if named {
			start := w.at
			w.text()
			hidden = secret || Secret(string(w.data[start+1:w.at-1]))
			w.space()
			w.at++ // the colon
		}
		w.value(hidden)
		w.space()
		if w.data[w.at] == end {
			w.at++
			return
		}
	}
}

// text passes over a string.
func (w *walker) text() {
	for w.at++; w.data[w.at] != '"'; w.at++ {
		if w.data[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
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
