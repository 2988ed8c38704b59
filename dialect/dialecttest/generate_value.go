package dialecttest

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// deepest is how far generated values nest: what refers to itself has to end.
const deepest = 5

// odd are texts that programs stumble over.
var odd = []string{
	"", " ", "0", "-1", "null", "ref:x", "Ω≈ç√∫", "田中さん", "🏳️‍🌈", "‮txet", "e\u0301\u0327", "a\tb\nc", "<b>&amp;\"'", "'; DROP TABLE x; --", "\u0000", "\ufeff", "%00%2e%2e",
	"../../etc", "x=1,y=2", strings.Repeat("long ", 19), "2026-13-45", "1e309", "{{.}}", "${x}", "\u2028", "ＡＢＣ", "ﷺ", "i̇İıI", "ß", "\U0010ffff",
}

// value makes a value that a schema allows.
func (g *Generator) value(pattern, name string, s *openapi3.Schema, depth int) any {
	if g.Hint != nil && name != "" && !g.chance(4) {
		if words := g.Hint(pattern, name); len(words) > 0 {
			return pickOf(g, words)
		}
	}
	switch {
	case len(s.Enum) > 0:
		return pickOf(g, s.Enum)
	case len(s.OneOf) > 0:
		return g.value(pattern, name, pickOf(g, s.OneOf).Value, depth)
	case len(s.AnyOf) > 0:
		return g.value(pattern, name, pickOf(g, s.AnyOf).Value, depth)
	}
	types := []string{"string", "integer", "boolean", "object", "array"}
	if s.Type != nil && len(*s.Type) > 0 {
		types = *s.Type
	} else if len(s.Properties) > 0 || len(s.AllOf) > 0 {
		types = []string{"object"}
	}
	switch pickOf(g, types) {
	case "string":
		return g.text(s)
	case "integer":
		return g.integer(s)
	case "number":
		return g.number(s)
	case "boolean":
		return g.chance(2)
	case "array":
		return g.list(pattern, name, s, depth)
	case "object":
		return g.object(pattern, s, depth)
	}
	return nil
}

func (g *Generator) object(pattern string, s *openapi3.Schema, depth int) any {
	object := map[string]any{}
	for _, part := range s.AllOf {
		if some, ok := g.object(pattern, part.Value, depth).(map[string]any); ok {
			maps.Copy(object, some)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		member := s.Properties[name].Value
		required := slices.Contains(s.Required, name)
		if member.ReadOnly || !required && (depth >= deepest || !g.chance(2+depth)) {
			continue
		}
		object[name] = g.value(pattern, name, member, depth+1)
		if !required && g.chance(20) {
			object[name] = nil // the same as nothing
		}
	}
	if more := s.AdditionalProperties.Schema; more != nil && depth < deepest {
		for range g.random.IntN(3) {
			object[pickOf(g, odd)] = g.value(pattern, "", more.Value, depth+1)
		}
	}
	return object
}

func (g *Generator) list(pattern, name string, s *openapi3.Schema, depth int) any {
	n := int(s.MinItems) + g.random.IntN(3)
	if s.MaxItems != nil {
		n = min(n, int(*s.MaxItems))
	}
	if s.Items == nil || depth >= deepest {
		n = int(s.MinItems)
	}
	list := make([]any, 0, n)
	for range n {
		var item any = "x"
		if s.Items != nil {
			item = g.value(pattern, name, s.Items.Value, depth+1)
		}
		list = append(list, item)
	}
	return list
}

var (
	matchingLock sync.Mutex
	matching     = map[string][]string{}
)

// matches are some texts that a regular expression matches.
func matches(expression string) []string {
	matchingLock.Lock()
	defer matchingLock.Unlock()
	if matching[expression] == nil {
		of := rapid.StringMatching(expression)
		for i := range 20 {
			matching[expression] = append(matching[expression], of.Example(i))
		}
	}
	return matching[expression]
}

// formatted are texts of a format.
var formatted = map[string][]string{
	"date-time": {"2026-11-23T10:00:00Z", "2026-11-23T10:00:00.123456+05:30", "0001-01-01T00:00:00Z", "2030-01-07T13:00:00-08:00", "9999-12-31T23:59:59Z"},
	"date":      {"2026-11-24", "2024-02-29", "0001-01-01", "9999-12-31"},
	"time":      {"10:00:00Z"},
	"uri":       {"https://shop.example/hooks", "http://[::1]:80/", "urn:x:y"},
	"email":     {"a@b.example", "o'hara+x@sub.shop.example"},
	"ipv4":      {"192.0.2.7"},
	"ipv6":      {"2001:db8::1"},
	"uuid":      {"6f1c3f0e-8b8a-4a8e-9d0e-1f2a3b4c5d6e"},
	"byte":      {"aGVsbG8="},
	"country":   {"GB", "GB", "US", "IN", "NL", "AE"},
	"currency":  {"GBP", "GBP", "INR", "JPY"},
	"time-zone": {"Europe/London", "Asia/Kolkata", "UTC"},
	"language":  {"en-GB", "nl", "zh-Hant-TW"},
	"mail":      {"a@b.example", "o'hara+x@sub.shop.example", "ürsula@köln.example"},
	"phone":     {"+1 234-567-8900", "1", "0117 496 0000 ext. 7"},
	"hs-code":   {"610910", "6109.10.00", "1234 5678 9012"},
	"signature": {"not_required", "required", "adult"},
}

func (g *Generator) text(s *openapi3.Schema) string {
	if words := formatted[s.Format]; len(words) > 0 {
		return pickOf(g, words)
	}
	if s.Pattern != "" {
		return pickOf(g, matches(s.Pattern))
	}
	text := pickOf(g, odd)
	if g.chance(2) {
		text = pickOf(g, []string{"GB", "BA1 2JW", "Bath", "Ada Byron", "ORDER-1001", "10:00", "GBP", "kg", "1Z5R89390357567127", "all"})
	}
	runes := []rune(text)
	if s.MaxLength != nil && len(runes) > int(*s.MaxLength) {
		runes = runes[:*s.MaxLength]
	}
	for len(runes) < int(s.MinLength) {
		runes = append(runes, 'x')
	}
	return string(runes)
}

// bounds are the least and the greatest that a number may be.
func bounds(s *openapi3.Schema) (least, most float64) {
	least, most = -1e15, 1e15
	if s.Min != nil {
		least = *s.Min
	}
	if s.Max != nil {
		most = *s.Max
	}
	if v := s.ExclusiveMin.Value; v != nil {
		least = *v + 1
	}
	if v := s.ExclusiveMax.Value; v != nil {
		most = *v - 1
	}
	return least, most
}

func (g *Generator) integer(s *openapi3.Schema) any {
	least, most := bounds(s)
	switch n := math.Trunc(least + g.random.Float64()*math.Min(most-least, 2000)); g.random.IntN(6) {
	case 0:
		return int64(least)
	case 1:
		return int64(most)
	case 2:
		return int64(math.Max(least, math.Min(most, 1)))
	case 3:
		return int64(math.Max(least, math.Min(most, 0)))
	default:
		return int64(n)
	}
}

func (g *Generator) number(s *openapi3.Schema) any {
	least, most := bounds(s)
	switch g.random.IntN(4) {
	case 0:
		return least
	case 1:
		return most
	case 2:
		return math.Max(least, math.Min(most, 1.25))
	}
	return math.Max(least, math.Min(most, 1e-7*float64(g.random.IntN(1e9))))
}
