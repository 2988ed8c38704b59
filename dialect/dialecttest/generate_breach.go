package dialecttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// breach is one way to break one constraint: the member at the end of the steps is given a value, or taken away.
type breach struct {
	steps  []any // names and indexes
	path   string
	rule   string
	value  any
	remove bool
	schema []*openapi3.Schema // of what the steps lead through, for what is not there yet
}

// damage breaks one constraint of a member or a parameter, or the body as a whole.
func (g *Generator) damage(r *Generated, o operation, body *any, media *openapi3.MediaType) {
	switch {
	case media != nil && media.Schema != nil && g.random.IntN(10) < 7:
		all := g.breaches(breach{schema: []*openapi3.Schema{media.Schema.Value}}, media.Schema.Value, 0)
		if len(all) == 0 {
			return
		}
		b := pickOf(g, all)
		*body = g.put(*body, b, 0)
		r.Broken, r.Path = b.rule, b.path
	case media != nil && g.chance(2):
		g.wreck(r, *body)
	default:
		g.misname(r, o)
	}
}

// misname breaks a constraint of a parameter.
func (g *Generator) misname(r *Generated, o operation) {
	var all []breach
	for _, p := range o.Parameters {
		for _, b := range g.breaches(breach{}, schemaOf(p.Value), deepest) {
			text, ok := b.value.(string)
			if !ok {
				text = spelt(b.value)
			}
			types := schemaOf(p.Value).Type
			isText := types != nil && types.Is("string")
			if b.remove || len(b.steps) > 0 || text == "" || isText && b.rule == "type" || types != nil && types.Is("array") {
				continue // a text is what everything in a query is
			}
			all = append(all, breach{path: p.Value.In + "." + p.Value.Name, rule: b.rule, value: text})
		}
	}
	all = append(all, breach{path: "query.nonsense", rule: "unknown parameter", value: "1"})
	b := pickOf(g, all)
	if strings.HasPrefix(b.path, "header.") && strings.ContainsFunc(b.value.(string), func(c rune) bool { return visible(c) != c }) {
		return
	}
	r.Broken, r.Path = b.rule, b.path
	r.Target = g.target(o, r.Header, b.path, b.value.(string))
}

// wreck damages a body as a whole.
func (g *Generator) wreck(r *Generated, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	switch r.Broken = pickOf(g, []string{"empty body", "content type", "cut off", "nested", "huge number", "not UTF-8", "not JSON", "doubled", "null"}); r.Broken {
	case "content type":
		r.Header.Set("Content-Type", pickOf(g, []string{"text/xml", "application/octet-stream", "application/x-nothing", "json", ";;;"}))
	case "cut off":
		r.Body = text[:g.random.IntN(len(text))]
	case "nested":
		depth := 10_000
		r.Body = []byte(strings.Repeat(`{"a":[`, depth) + strings.Repeat(`]}`, depth))
	case "huge number":
		r.Body = regexp.MustCompile(`[0-9]+`).ReplaceAll(text, []byte("1e99999"))
	case "not UTF-8":
		r.Body = regexp.MustCompile(`[a-z]"`).ReplaceAll(text, []byte("\xff\xfe\""))
	case "not JSON":
		r.Body = []byte(pickOf(g, []string{"<a/>", "a=b", "[1,", "{'a':1}", "NaN", "\x00", "{}{}", "\"text\"", "[]", "7", "true"}))
	case "doubled":
		r.Body = append(text, text...)
	case "null":
		r.Body = []byte("null")
	}
}

// breaches lists every way to break a constraint of a schema, and of what is in it.
func (g *Generator) breaches(at breach, s *openapi3.Schema, depth int) (all []breach) {
	add := func(rule string, value any) {
		b := at
		b.rule, b.value = rule, value
		all = append(all, b)
	}
	if wrong, ok := mistype(s); ok {
		add("type", wrong)
	}
	if len(s.Enum) > 0 {
		if _, text := s.Enum[0].(string); text {
			add("enum", "no such word")
		} else {
			add("enum", 987654)
		}
	}
	all = append(all, g.breachesOfText(at, s)...)
	all = append(all, g.breachesOfNumber(at, s)...)
	if depth > deepest {
		return all
	}
	all = append(all, g.breachesOfObject(at, s, depth)...)
	if s.Items != nil && s.Type != nil && s.Type.Includes("array") {
		if s.MaxItems != nil && *s.MaxItems <= 1000 {
			var many []any
			item := g.value("", "", s.Items.Value, deepest)
			for range *s.MaxItems + 1 {
				many = append(many, item)
			}
			add("maxItems", many)
		}
		if s.MinItems > 0 {
			add("minItems", []any{})
		}
		all = append(all, g.breaches(at.into(0, fmt.Sprintf("%s[0]", at.path), s.Items.Value), s.Items.Value, depth+1)...)
	}
	return all
}

// into is a step further.
func (b breach) into(step any, path string, s *openapi3.Schema) breach {
	return breach{steps: append(slices.Clone(b.steps), step), path: path, schema: append(slices.Clone(b.schema), s)}
}

func (g *Generator) breachesOfObject(at breach, s *openapi3.Schema, depth int) (all []breach) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		member := s.Properties[name].Value
		if member.ReadOnly {
			continue
		}
		next := at.into(name, strings.TrimPrefix(at.path+"."+name, "."), member)
		if slices.Contains(s.Required, name) {
			gone := next
			gone.rule, gone.remove = "required", true
			all = append(all, gone)
			if member.Type != nil && !member.Nullable && !member.Type.Includes("null") {
				gone.rule, gone.remove = "null", false // of what is not required it is the same as nothing
				all = append(all, gone)
			}
		}
		all = append(all, g.breaches(next, member, depth+1)...)
	}
	if closed := s.AdditionalProperties.Has; closed != nil && !*closed {
		b := at.into("nonsense", strings.TrimPrefix(at.path+".nonsense", "."), nil)
		b.rule, b.value = "unknown member", "x"
		all = append(all, b)
	}
	if more := s.AdditionalProperties.Schema; more != nil {
		all = append(all, g.breaches(at.into("key", strings.TrimPrefix(at.path+".key", "."), more.Value), more.Value, depth+1)...)
	}
	return all
}

func (g *Generator) breachesOfText(at breach, s *openapi3.Schema) (all []breach) {
	if s.Type == nil || !s.Type.Includes("string") || len(s.Enum) > 0 {
		return nil
	}
	add := func(rule, text string) {
		b := at
		b.rule, b.value = rule, text
		all = append(all, b)
	}
	if s.MaxLength != nil && *s.MaxLength <= 100_000 {
		add("maxLength", strings.Repeat("é", int(*s.MaxLength)+1))
	}
	if s.MinLength > 0 {
		add("minLength", strings.Repeat("x", int(s.MinLength)-1))
	}
	if formatted[s.Format] != nil && s.Format != "byte" && s.Format != "uri" {
		add("format", "that is none")
	}
	if expression, err := regexp.Compile(s.Pattern); err == nil && s.Pattern != "" {
		for _, text := range []string{"!", "aa!", "9", "é", "none of it", ""} {
			if !expression.MatchString(text) {
				add("pattern", text)
				break
			}
		}
	}
	return all
}

func (g *Generator) breachesOfNumber(at breach, s *openapi3.Schema) (all []breach) {
	if s.Type == nil || len(s.Enum) > 0 || !s.Type.Includes("integer") && !s.Type.Includes("number") {
		return nil
	}
	add := func(rule string, value any) {
		b := at
		b.rule, b.value = rule, value
		all = append(all, b)
	}
	least, most := bounds(s)
	if s.Min != nil || s.ExclusiveMin.Value != nil {
		add("minimum", least-1)
	}
	if s.Max != nil || s.ExclusiveMax.Value != nil {
		add("maximum", most+1)
	}
	if s.Type.Includes("integer") {
		add("integer", 1.5)
		add("beyond 64 bits", json.Number("123456789012345678901234567890"))
	}
	return all
}

// mistype is a value of none of a schema's types.
func mistype(s *openapi3.Schema) (any, bool) {
	if s.Type == nil || len(*s.Type) == 0 {
		return nil, false
	}
	for _, wrong := range []struct {
		kind  string
		value any
	}{{"object", map[string]any{"a": 1}}, {"array", []any{1}}, {"boolean", true}, {"string", "text"}} {
		if !s.Type.Includes(wrong.kind) {
			return wrong.value, true
		}
	}
	return nil, false
}

// put carries a breach out. What it leads through and is not there yet is made.
func (g *Generator) put(v any, b breach, depth int) any {
	if depth == len(b.steps) {
		return b.value
	}
	last := depth+1 == len(b.steps)
	switch step := b.steps[depth].(type) {
	case string:
		object, ok := v.(map[string]any)
		if !ok {
			object, _ = g.object("", b.schema[depth], deepest).(map[string]any)
		}
		if last && b.remove {
			delete(object, step)
			return object
		}
		object[step] = g.put(object[step], b, depth+1)
		return object
	default:
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			list = []any{nil}
		}
		list[0] = g.put(list[0], b, depth+1)
		return list
	}
}
