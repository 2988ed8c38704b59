package dialecttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Generator makes requests from an OpenAPI document: some that it allows, some that break one of its constraints. The
// same seed makes the same requests, as long as the answers are the same too.
type Generator struct {
	// Hint are words that mean something to the installation, by the name of a member or parameter; may be nil.
	Hint func(pattern, name string) []any

	random     *rand.Rand
	operations []operation
	spoiling   bool // what may be left out of the address is, so that nothing else is wrong with it
}

type operation struct {
	*openapi3.Operation
	method, pattern string
}

// Generated is a request, and what is wrong with it.
type Generated struct {
	Operation       *openapi3.Operation
	Method, Pattern string
	Target          string // path and query
	Header          http.Header
	Body            []byte
	// Broken says which constraint was broken, Path which member it is of, as problem documents name members. Without a
	// path the request is damaged as a whole; without either it is as the document wants it.
	Broken, Path string
}

// NewGenerator makes requests to every operation of a document.
func NewGenerator(document *openapi3.T, seed uint64) *Generator {
	g := &Generator{random: rand.New(rand.NewPCG(seed, seed))}
	for _, path := range slices.Sorted(maps.Keys(document.Paths.Map())) {
		item := document.Paths.Value(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			o := *item.GetOperation(method)
			o.Parameters = append(slices.Clone(item.Parameters), o.Parameters...)
			g.operations = append(g.operations, operation{&o, method, path})
		}
	}
	return g
}

// Next is another request.
func (g *Generator) Next() Generated {
	o := g.operations[g.random.IntN(len(g.operations))]
	r := Generated{Operation: o.Operation, Method: o.method, Pattern: o.pattern, Header: http.Header{}}
	g.spoiling = g.chance(2)
	body, media, kind := g.body(o)
	if g.spoiling {
		g.damage(&r, o, &body, media)
	}
	if r.Broken == "type" && strings.Contains(kind, "urlencoded") {
		r.Broken, r.Path = "text in a form", "" // as all is there
	}
	if r.Target == "" {
		r.Target = g.target(o, r.Header, "", "")
	}
	if r.Body == nil && kind != "" && !strings.HasPrefix(r.Broken, "empty") {
		if r.Body = written(kind, body); len(r.Body) == 0 && r.Path != "" {
			r.Broken, r.Path = "empty body", "" // a form without any member
		}
	}
	if r.Header.Get("Content-Type") == "" && kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// Often is true once in n times: for what a run does between its requests.
func (g *Generator) Often(n int) bool { return g.chance(n) }

// chance is true once in n times.
func (g *Generator) chance(n int) bool { return g.random.IntN(n) == 0 }

func pickOf[T any](g *Generator, list []T) T { return list[g.random.IntN(len(list))] }

// body makes a body that the document allows: its example, an example with more in it, or anything.
func (g *Generator) body(o operation) (body any, media *openapi3.MediaType, kind string) {
	if o.RequestBody == nil || o.RequestBody.Value == nil {
		return nil, nil, ""
	}
	content := o.RequestBody.Value.Content
	if len(content) == 0 || !o.RequestBody.Value.Required && g.chance(4) {
		return nil, nil, ""
	}
	kind = pickOf(g, slices.Sorted(maps.Keys(content)))
	media = content[kind]
	if media.Schema == nil {
		return nil, media, kind
	}
	schema := media.Schema.Value
	if example := g.example(media); example != nil && !g.chance(3) {
		example = g.local(o.pattern, "", example)
		object, ok := example.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			if _, there := object[name]; ok && !there && g.chance(2+len(schema.Properties)) && !schema.Properties[name].Value.ReadOnly {
				object[name] = g.value(o.pattern, name, schema.Properties[name].Value, 0)
			}
		}
		g.unlike(schema, object)
		return example, media, kind
	}
	return g.value(o.pattern, "", schema, 0), media, kind
}

// local puts the installation's own words in the place of an example's.
func (g *Generator) local(pattern, name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(v)) {
			v[member] = g.local(pattern, member, v[member])
		}
	case []any:
		for i, item := range v {
			v[i] = g.local(pattern, name, item)
		}
	case string:
		if g.Hint != nil && name != "" {
			if words := g.Hint(pattern, name); len(words) > 0 {
				return pickOf(g, words)
			}
		}
	}
	return v
}

// unlike gives what must be unique in an account another name than the example has, most of the time.
func (g *Generator) unlike(schema *openapi3.Schema, object map[string]any) {
	for _, name := range []string{"reference", "name", "sku", "email", "client_id"} {
		old, ok := object[name].(string)
		if member := schema.Properties[name]; !ok || member == nil || g.chance(4) {
			continue
		} else if max := member.Value.MaxLength; max == nil || uint64(len(old)+7) <= *max {
			object[name] = fmt.Sprintf("x%05d-%s", g.random.IntN(100_000), old)
		}
	}
}

// example is a copy of an example of a body.
func (g *Generator) example(media *openapi3.MediaType) any {
	example := media.Example
	if example == nil && len(media.Examples) > 0 {
		if named := media.Examples[pickOf(g, slices.Sorted(maps.Keys(media.Examples)))]; named.Value != nil {
			example = named.Value.Value
		}
	}
	text, err := json.Marshal(example)
	if err != nil || example == nil {
		return nil
	}
	copied, _ := decode(text)
	return copied
}

// target makes the path and the query; the parameter called broken gets a value of its own.
func (g *Generator) target(o operation, header http.Header, broken, value string) string {
	path, query := o.pattern, url.Values{}
	for _, p := range o.Parameters {
		p := p.Value
		var text string
		switch {
		case p.In+"."+p.Name == broken:
			text = value
		case !p.Required && (g.spoiling || g.random.IntN(10) < 7), p.In == "header" && p.Name == "Authorization":
			continue
		default:
			text = spelt(g.value(o.pattern, p.Name, schemaOf(p), 3))
		}
		switch p.In {
		case "path":
			if text == "" || g.spoiling && strings.Contains(text, "\x00") { // which leads nowhere
				text = "-"
			}
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text))
		case "query":
			query.Set(p.Name, text)
		case "header":
			header.Set(p.Name, strings.Map(visible, text))
		}
	}
	if broken == "query.nonsense" {
		query.Set("nonsense", value)
	}
	if len(query) > 0 {
		return path + "?" + query.Encode()
	}
	return path
}

// visible leaves what a header may hold.
func visible(c rune) rune {
	if c < ' ' || c > '~' {
		return '?'
	}
	return c
}

func schemaOf(p *openapi3.Parameter) *openapi3.Schema {
	if p.Schema == nil {
		return &openapi3.Schema{Type: &openapi3.Types{"string"}}
	}
	return p.Schema.Value
}

// spelt is a value as it stands in a path or query.
func spelt(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, spelt(item))
		}
		return strings.Join(all, ",")
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// written is a body in its media type.
func written(kind string, body any) []byte {
	switch {
	case strings.Contains(kind, "json"):
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(body); err != nil {
			return []byte("null")
		}
		return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	case strings.Contains(kind, "urlencoded"):
		form := url.Values{}
		if object, ok := body.(map[string]any); ok {
			for name, v := range object {
				form.Set(name, spelt(v))
			}
		}
		return []byte(form.Encode())
	}
	return []byte(spelt(body))
}
