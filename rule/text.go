package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// maxText is the longest text a criterion may compare with.
const maxText = 500

// textTest makes a criterion on text, words or countries.
func (p *parser) textTest(l *leaf, f field, op Op, value []byte, path string) {
	list := p.texts(f, op, value, path)
	l.words = phrase(f, op, words(list))
	l.got = func(v *view) string { return quoted(f.all(v)) }
	folded := make([]string, len(list))
	for i, s := range list {
		folded[i] = f.fold(s)
	}
	hit := func(s string) bool { return slices.Contains(folded, s) }
	switch {
	case op == Matches:
		hit = func(s string) bool {
			return slices.ContainsFunc(folded, func(pattern string) bool { return glob(pattern, s) })
		}
	case op == Contains:
		hit = func(s string) bool {
			return slices.ContainsFunc(folded, func(part string) bool { return strings.Contains(s, part) })
		}
	case len(folded) > 8:
		set := make(map[string]struct{}, len(folded))
		for _, s := range folded {
			set[s] = struct{}{}
		}
		hit = func(s string) bool { _, ok := set[s]; return ok }
	}
	l.extent = textExtent(f, op, folded, hit)
	wanted := op != IsNot && op != NotIn
	if f.one != nil {
		l.test = func(v *view) bool {
			s := f.one(v)
			return (s != "" && hit(f.fold(s))) == wanted
		}
		return
	}
	l.test = func(v *view) bool {
		return slices.ContainsFunc(f.many(v), func(s string) bool { return hit(f.fold(s)) }) == wanted
	}
}

// texts reads the value of a text criterion: one text, or a list of them for in and not_in.
func (p *parser) texts(f field, op Op, value []byte, path string) []string {
	if op != In && op != NotIn {
		if s, ok := p.oneText(f, value, path); ok {
			return []string{s}
		}
		return nil
	}
	elements, ok := p.elements(value, path)
	if ok && len(elements) == 0 {
		p.wrong(path, waybill.RuleEmpty, value, "a list of at least one is wanted")
	}
	var list []string
	for i, element := range elements {
		if s, ok := p.oneText(f, element, path+"["+strconv.Itoa(i)+"]"); ok {
			list = append(list, s)
		}
	}
	return list
}

func (p *parser) oneText(f field, value json.RawMessage, path string) (string, bool) {
	s, ok := text(value)
	if !ok && f.Name == "tag" {
		var number int64
		if number, ok = whole(value); ok {
			s = strconv.FormatInt(number, 10)
		}
	}
	switch {
	case !ok:
		p.wrong(path, waybill.RuleString, value, "%s compares with text", f.Name)
	case strings.TrimSpace(s) == "":
		p.wrong(path, waybill.RuleEmpty, value, `text is wanted; "exists": false asks for a missing %s`, f.Name)
	case len(s) > maxText:
		p.wrong(path, waybill.RuleMaxLength, value, "at most %d bytes", maxText)
	case f.Type == TypeCountry && strings.EqualFold(s, "UK"):
		p.wrong(path, waybill.RuleFormat, value, "the United Kingdom is GB")
	case f.Type == TypeCountry && !alpha2(s):
		p.wrong(path, waybill.RuleFormat, value, "a country is two letters (ISO 3166-1 alpha-2)")
	default:
		return s, true
	}
	return "", false
}

func alpha2(s string) bool {
	return len(s) == 2 && strings.Trim(strings.ToUpper(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// fold brings text into the form it is compared in.
func (f *field) fold(s string) string {
	switch f.Type {
	case TypeWord:
		return strings.ToLower(strings.TrimSpace(s))
	case TypeCountry:
		return strings.ToUpper(s)
	}
	return s
}

// all is what the field holds, for the trace.
func (f *field) all(v *view) []string {
	if f.many != nil {
		return f.many(v)
	}
	if s := f.one(v); s != "" {
		return []string{s}
	}
	return nil
}

func quoted(list []string) string {
	if len(list) == 0 {
		return "missing"
	}
	return shorten(words(list), 120)
}

// glob reports whether text matches a pattern in which * stands for any text, also none. It looks at
// each byte of the text at most once per byte of the pattern.
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func (p *parser) flagTest(l *leaf, f field, value []byte, path string) {
	wanted, ok := truth(value)
	if !ok {
		p.wrong(path, waybill.RuleBoolean, value, "%s compares with true or false", f.Name)
	}
	l.extent = flagExtent(f, wanted)
	l.words = phrase(f, Is, strconv.FormatBool(wanted))
	l.test = func(v *view) bool {
		got, known := f.flag(v)
		return known && got == wanted
	}
	l.got = func(v *view) string {
		if got, known := f.flag(v); known {
			return strconv.FormatBool(got)
		}
		return "missing"
	}
}
