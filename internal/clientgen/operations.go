package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

const (
	jsonKind   = "application/json"
	streamKind = "text/event-stream"
	patchKind  = "application/merge-patch+json"
	seat       = "account"
)

// operations writes a method for each operation, and for each list by cursor one more that reads all of it.
func operations(d document) (string, error) {
	var b strings.Builder
	b.WriteString(header + "\nimport (\n\t\"context\"\n\t\"encoding/json\"\n\t\"iter\"\n\t\"net/url\"\n\t\"time\"\n)\n")
	tag := ""
	for _, o := range d.all() {
		if o.Tags[0] != tag {
			tag = o.Tags[0]
			fmt.Fprintf(&b, "\n// # %s\n", tag)
		}
		kind, answer := o.answer()
		if kind == streamKind {
			continue // written by hand
		}
		m := method{operation: o, name: camel(o.ID), kind: kind, answer: answer}
		m.write(&b)
		if item := o.listed(d, answer); item != "" {
			m.each(&b, item)
		}
	}
	return b.String(), nil
}

// answer is the kind and schema of a success; files are of several kinds, and the first in the alphabet stands for
// them.
func (o operation) answer() (kind string, s *schema) {
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if content := o.Responses[status].Content; strings.HasPrefix(status, "2") && len(content) > 0 {
			if m, ok := content[jsonKind]; ok {
				return jsonKind, m.Schema
			}
			kind = slices.Sorted(maps.Keys(content))[0]
			return kind, content[kind].Schema
		}
	}
	return "", nil
}

// listed is the Go type of the items, where the answer is a part of a list by cursor.
func (o operation) listed(d document, answer *schema) string {
	if answer == nil || o.method != "GET" || !slices.ContainsFunc(o.Parameters, func(p parameter) bool { return p.Name == "cursor" }) {
		return ""
	}
	s := d.Components.Schemas[answer.named()]
	if s == nil || s.Properties["next_cursor"] == nil || s.Properties["items"] == nil {
		return ""
	}
	return goType(s.Properties["items"].Items, true)
}

// method is an operation as it is written.
type method struct {
	operation
	name   string
	kind   string
	answer *schema
}

// params are the parameters that stand in the query, but for the account: that is the client's.
func (m method) params() (list []parameter) {
	for _, p := range m.Parameters {
		if p.In == "query" && p.Name != seat {
			list = append(list, p)
		}
	}
	return list
}

func (m method) has(in, name string) bool {
	return slices.ContainsFunc(m.Parameters, func(p parameter) bool { return p.In == in && p.Name == name })
}

// body is the Go type that is sent; empty: nothing is.
func (m method) body() string {
	if m.Body == nil {
		return ""
	}
	switch media, ok := m.Body.Content[jsonKind]; {
	case !ok:
		return "[]byte"
	case m.method == "PATCH":
		return "Patch"
	case !m.Body.Required && media.Schema.Ref != "":
		return "*" + exported(media.Schema.named())
	default:
		return goType(media.Schema, true)
	}
}

func (m method) bodyKind() string {
	switch {
	case m.Body == nil:
		return ""
	case m.method == "PATCH":
		return patchKind
	}
	if _, ok := m.Body.Content[jsonKind]; ok {
		return jsonKind
	}
	return slices.Sorted(maps.Keys(m.Body.Content))[0]
}

// result is the Go type that is answered; empty: nothing is.
func (m method) result() string {
	switch {
	case m.answer == nil:
		return ""
	case m.kind != jsonKind:
		return "*File"
	case m.answer.Ref != "":
		return "*" + exported(m.answer.named())
	}
	return goType(m.answer, true)
}

// about is the comment of the method.
func (m method) about() string {
	text := m.name + ": " + lower(strings.TrimSuffix(m.Summary, ".")) + "."
	for _, p := range m.Parameters {
		if p.In == "path" && p.Description != "" {
			text += " " + argument(p.Name) + " is " + lower(strings.TrimSuffix(p.Description, ".")) + "."
		}
	}
	if m.Description != "" {
		text += "\n\n" + m.Description
	}
	return text + "\n\n" + m.method + " " + m.path
}

func (m method) write(b *strings.Builder) {
	m.writeParams(b)
	args := []string{"ctx context.Context"}
	path := fmt.Sprintf("%q", m.path)
	for _, p := range m.Parameters {
		if p.In == "path" {
			name := argument(p.Name)
			args = append(args, name+" string")
			path = strings.Replace(path, "{"+p.Name+"}", `"+url.PathEscape(`+name+`)+"`, 1)
		}
	}
	path = strings.TrimSuffix(path, `+""`)
	call := []string{fmt.Sprintf("op: %q, method: %q, path: %s", m.ID, m.method, path)}
	if len(m.params()) > 0 {
		args = append(args, "params "+m.name+"Params")
		call = append(call, "query: params.query()")
	}
	if body := m.body(); body != "" {
		args = append(args, "body "+body)
		call = append(call, fmt.Sprintf("kind: %q", m.bodyKind()))
		if strings.HasPrefix(body, "*") {
			call = append(call, "body: given(body)")
		} else {
			call = append(call, "body: body")
		}
	}
	if m.has("header", "Idempotency-Key") {
		call = append(call, "keyed: true")
	}
	if m.has("query", seat) {
		call = append(call, "seated: true")
	}
	args = append(args, "opts ...Option")
	result, request := m.result(), "request{"+strings.Join(call, ", ")+"}"
	returns := "error"
	if result != "" {
		returns = "(" + result + ", error)"
	}
	fmt.Fprintf(b, "\n%sfunc (c *Client) %s(%s) %s {\n", comment("", m.about()), m.name, strings.Join(args, ", "), returns)
	switch {
	case result == "":
		fmt.Fprintf(b, "\treturn c.send(ctx, %s, nil, opts)\n}\n", request)
	case result == "*File":
		fmt.Fprintf(b, "\treturn c.file(ctx, %s, opts)\n}\n", request)
	case strings.HasPrefix(result, "*"):
		fmt.Fprintf(b, "\treturn fetch[%s](ctx, c, %s, opts)\n}\n", strings.TrimPrefix(result, "*"), request)
	default:
		fmt.Fprintf(b, "\tout, err := fetch[%s](ctx, c, %s, opts)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\treturn *out, nil\n}\n", result, request)
	}
}

// writeParams writes the struct of what stands in the query, and how it is written there.
func (m method) writeParams(b *strings.Builder) {
	params := m.params()
	if len(params) == 0 {
		return
	}
	fmt.Fprintf(b, "\n// %sParams is what [Client.%s] may be told; the zero value says nothing.\ntype %sParams struct {\n", m.name, m.name, m.name)
	var lines strings.Builder
	for _, p := range params {
		kind := goType(p.Schema, true)
		if p.Schema.Type == "boolean" {
			kind = "*bool"
		}
		s := *p.Schema
		s.Description = p.Description
		var member strings.Builder
		field(&member, p.Name, &s, true)
		text, _, _ := strings.Cut(member.String(), " `json:")
		text = text[:strings.LastIndex(text, " ")]
		fmt.Fprintf(b, "%s %s\n", text, kind)
		fmt.Fprintf(&lines, "\tadd(q, %q, p.%s)\n", p.Name, camel(p.Name))
	}
	fmt.Fprintf(b, "}\n\nfunc (p %sParams) query() url.Values {\n\tq := url.Values{}\n%s\treturn q\n}\n", m.name, lines.String())
}

// each writes the method that reads a whole list.
func (m method) each(b *strings.Builder, item string) {
	_, rest, _ := strings.Cut(m.ID, "-")
	name := "All" + camel(rest)
	args, names := []string{"ctx context.Context"}, []string{"ctx"}
	for _, p := range m.Parameters {
		if p.In == "path" {
			args, names = append(args, argument(p.Name)+" string"), append(names, argument(p.Name))
		}
	}
	args, names = append(args, "params "+m.name+"Params"), append(names, "params")
	fmt.Fprintf(b, "\n// %s reads a whole list, part by part as it is asked for: see [Client.%s]. An error is the last that is yielded.\n", name, m.name)
	fmt.Fprintf(b, "func (c *Client) %s(%s) iter.Seq2[%s, error] {\n", name, strings.Join(args, ", "), item)
	fmt.Fprintf(b, "\treturn all(&params.Cursor, func() ([]%s, string, error) {\n\t\tpart, err := c.%s(%s)\n", item, m.name, strings.Join(names, ", "))
	b.WriteString("\t\tif err != nil {\n\t\t\treturn nil, \"\", err\n\t\t}\n\t\treturn part.Items, part.NextCursor, nil\n\t})\n}\n")
}

// argument is the name of a parameter as an argument in Go.
func argument(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	text := strings.ToLower(words[0])
	for _, word := range words[1:] {
		text += camel(word)
	}
	return text
}
