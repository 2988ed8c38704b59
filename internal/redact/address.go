package redact

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// address is the address of something on a network, in any text.
var address = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"]+`)

// addresses marks the secrets of the addresses in a text: who is let in (https://user:password@host), and the members of a
// query that are called a secret, or a key.
func addresses(text string) (marked string, found bool) {
	if !strings.Contains(text, "://") {
		return text, false
	}
	marked = address.ReplaceAllStringFunc(text, func(a string) string {
		scheme, rest, _ := strings.Cut(a, "://")
		host := rest
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			host = rest[:end]
		}
		path := rest[len(host):]
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			host = Mark + host[at:]
		}
		path, query, asks := strings.Cut(path, "?")
		if !asks {
			return scheme + "://" + host + path
		}
		query, fragment, more := strings.Cut(query, "#")
		query, _ = pairs(query, func(name string) bool { return bare(name) == "key" || Secret(name) })
		if more {
			query += "#" + fragment
		}
		return scheme + "://" + host + path + "?" + query
	})
	return marked, marked != text
}

// address marks the secrets of the addresses in the string that was passed over since start, however it is escaped.
func (w *walker) address(start int) {
	literal := w.data[start:w.at]
	if !bytes.Contains(literal, []byte(":/")) && !bytes.Contains(literal, []byte(`:\`)) {
		return
	}
	var text string
	if json.Unmarshal(literal, &text) != nil {
		text = string(literal[1 : len(literal)-1])
	}
	marked, found := addresses(text)
	if !found {
		return
	}
	quoted := bytes.NewBuffer(nil)
	encoder := json.NewEncoder(quoted)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(marked) != nil {
		return // a string is always encoded
	}
	w.out = append(append(w.out, w.data[w.copied:start]...), bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
	w.copied, w.found = w.at, true
}
