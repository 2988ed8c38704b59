package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// problemName is the schema that the client's own Problem stands for.
const problemName = "Problem"

// types writes a Go type for each schema.
func types(d document) (string, error) {
	var b strings.Builder
	b.WriteString(header + "\nimport (\n\t\"encoding/json\"\n\t\"time\"\n)\n\nvar _ json.RawMessage // not every document has members of any kind\n")
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		if name == problemName {
			continue
		}
		s := d.Components.Schemas[name]
		if len(s.Properties) == 0 {
			what := s.Description
			if what == "" {
				what = "is as the API's document has it."
			}
			fmt.Fprintf(&b, "\n%stype %s %s\n", comment("", exported(name)+" "+lower(what)), exported(name), goType(s, true))
			continue
		}
		fmt.Fprintf(&b, "\n%stype %s struct {\n", comment("", about(d, name)), exported(name))
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			field(&b, member, s.Properties[member], slices.Contains(s.Required, member))
		}
		b.WriteString("}\n")
	}
	return b.String(), nil
}

// about says what a type is: what its schema says, else where it is used.
func about(d document, name string) string {
	if text := d.Components.Schemas[name].Description; text != "" {
		return exported(name) + " is: " + lower(text)
	}
	if item := strings.TrimPrefix(name, "List"); item != name && d.Components.Schemas[item] != nil {
		return exported(name) + " is a part of a list of " + exported(item) + "."
	}
	for _, o := range d.all() {
		if o.Body != nil {
			for _, m := range o.Body.Content {
				if m.Schema.named() == name {
					return fmt.Sprintf("%s is what [Client.%s] sends.", exported(name), camel(o.ID))
				}
			}
		}
		if _, s := o.answer(); s != nil && s.named() == name {
			return fmt.Sprintf("%s is an answer of [Client.%s].", exported(name), camel(o.ID))
		}
	}
	return exported(name) + " is a part of other types."
}

// field writes a member of a struct. What may be left out is a pointer where its zero would say something else: an
// object, a time, or a value with a default.
func field(b *strings.Builder, name string, s *schema, required bool) {
	text := s.Description
	if len(s.Enum) > 0 {
		var words []string
		for _, v := range s.Enum {
			words = append(words, fmt.Sprint(v))
		}
		text = strings.TrimSpace(text + "\nOne of " + strings.Join(words, ", ") + ".")
	}
	tag := name
	if !required {
		tag += ",omitempty"
	}
	fmt.Fprintf(b, "%s\t%s %s `json:%q`\n", comment("\t", text), camel(name), goType(s, required), tag)
}

func goType(s *schema, required bool) string {
	optional := ""
	if !required {
		optional = "*"
	}
	scalar := ""
	if !required && s.Default != nil && s.Default != false && s.Default != 0 && s.Default != "" {
		scalar = "*"
	}
	switch {
	case len(s.OneOf) > 0:
		return "any"
	case s.Ref != "":
		return optional + exported(s.named())
	case s.Type == "string" && s.Format == "date-time":
		return optional + "time.Time"
	case s.Type == "string":
		return scalar + "string"
	case s.Type == "integer":
		return scalar + "int64"
	case s.Type == "number":
		return scalar + "json.Number"
	case s.Type == "boolean":
		return scalar + "bool"
	case s.Type == "array" && s.Items != nil:
		return "[]" + goType(s.Items, true)
	case s.Type == "object" && s.Additional.of != nil:
		return "map[string]" + goType(s.Additional.of, true)
	}
	return "json.RawMessage"
}

// comment writes a text as comment lines of a readable width.
func comment(indent, text string) string {
	var b strings.Builder
	for _, paragraph := range strings.Split(strings.TrimSpace(text), "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if len(line)+len(word) > 115 {
				b.WriteString(indent + "//" + line + "\n")
				line = ""
			}
			line += " " + word
		}
		if line != "" || b.Len() > 0 {
			b.WriteString(indent + "//" + line + "\n")
		}
	}
	return b.String()
}

// initials are words that Go writes in capitals.
var initials = []string{"id", "url", "api", "sku", "hs", "dpi", "sscc", "cod", "pin", "mid", "ip", "http", "json", "csv", "pdf", "zpl", "gst", "vat", "eori", "uri", "sla"}

// camel turns create-shipment, tracking_number and q into names of Go.
func camel(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if slices.Contains(initials, strings.ToLower(word)) {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		if plural := strings.TrimSuffix(word, "s"); plural != word && slices.Contains(initials, strings.ToLower(plural)) {
			b.WriteString(strings.ToUpper(plural) + "s")
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// taken are names that the client has for something of its own.
var taken = []string{"Client", "File", "Answer", "Patch", "Option", "Setting", "Streamed", "Problem", "Prefix"}

// exported is the Go name of a schema.
func exported(name string) string {
	if name = camel(name); slices.Contains(taken, name) {
		return name + "Record"
	}
	return name
}

// lower begins a text with a small letter, unless it begins with a name.
func lower(text string) string {
	if len(text) > 1 && unicode.IsUpper(rune(text[0])) && unicode.IsLower(rune(text[1])) || strings.HasPrefix(text, "A ") {
		return strings.ToLower(text[:1]) + text[1:]
	}
	return text
}
