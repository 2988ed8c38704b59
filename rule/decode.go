package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"waybill"
)

// problems gathers everything wrong with a rule, so that an editor can mark all of it at once.
type problems []waybill.FieldError

// err is the problems as one error about the rule of that name; nil when there are none.
func (p problems) err(op, name string) error {
	if len(p) == 0 {
		return nil
	}
	e := waybill.E(op, waybill.ReasonFields, "rule %q: %s: %s", name, p[0].Path, p[0].Message)
	e.Fields = p
	return e
}

// parser reads one rule.
type parser struct {
	problems problems
	leaves   int
}

func (p *parser) wrong(path string, rule waybill.FieldRule, value []byte, format string, args ...any) {
	p.problems = append(p.problems, waybill.FieldError{
		Path: path, Rule: rule, Value: shorten(string(value), 80), Message: fmt.Sprintf(format, args...),
	})
}

// document checks the outer form of a stored member: size, JSON, UTF-8.
func (p *parser) document(raw []byte, path string) bool {
	switch {
	case len(raw) > maxBytes:
		p.wrong(path, waybill.RuleMaxLength, nil, "more than %d bytes", maxBytes)
	case !utf8.Valid(raw):
		p.wrong(path, waybill.RuleFormat, nil, "not UTF-8 text")
	case !json.Valid(raw):
		p.wrong(path, waybill.RuleFormat, raw, "not JSON")
	default:
		return true
	}
	return false
}

// members reads a JSON object strictly: known names in their exact case, each at most once. Names of
// encoding/json would match in any case and the last of two would win without a word.
func (p *parser) members(raw json.RawMessage, path string, known []string) (map[string]json.RawMessage, bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		p.wrong(path, waybill.RuleObject, raw, "an object is wanted here")
		return nil, false
	}
	found, before := map[string]json.RawMessage{}, len(p.problems)
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			p.wrong(path, waybill.RuleFormat, raw, "not JSON")
			return nil, false
		}
		switch _, twice := found[name]; {
		case !slices.Contains(known, name):
			p.wrong(path+"."+shorten(name, 40), waybill.RuleEnum, value, "unknown member %q; known are %s", shorten(name, 40), words(known))
		case twice:
			p.wrong(path+"."+name, waybill.RuleUnique, value, "member %q is there twice", name)
		}
		found[name] = value
	}
	return found, len(p.problems) == before
}

// elements reads a JSON list.
func (p *parser) elements(raw json.RawMessage, path string) ([]json.RawMessage, bool) {
	var list []json.RawMessage
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		p.wrong(path, waybill.RuleArray, raw, "a list is wanted here")
		return nil, false
	}
	return list, true
}

// text reads a JSON string; false: it is something else.
func text(raw json.RawMessage) (string, bool) {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}

// whole reads a JSON number without fraction or exponent.
func whole(raw json.RawMessage) (int64, bool) {
	var n int64
	if len(raw) == 0 || (raw[0] != '-' && (raw[0] < '0' || raw[0] > '9')) || json.Unmarshal(raw, &n) != nil {
		return 0, false
	}
	return n, true
}

// truth reads true or false.
func truth(raw json.RawMessage) (value, ok bool) {
	return string(raw) == "true", string(raw) == "true" || string(raw) == "false"
}

// shorten cuts text for a message, visibly.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
