package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"waybill"
)

// findNuls finds the one character that no database keeps in a text, U+0000, wherever it is in a body or a query.
func (c *call) findNuls() (fields []waybill.FieldError) {
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		for _, value := range c.Query[name] {
			if holdsNul(value) {
				fields = append(fields, nulAt("query."+strings.ReplaceAll(name, "\x00", "")))
			}
		}
	}
	if bytes.Contains(c.Body, []byte(`\u0000`)) { // as itself it is no JSON
		var value any
		if json.Unmarshal(c.Body, &value) == nil {
			fields = append(fields, nuls("", value)...)
		}
	}
	return fields
}

// withNuls tells of the character, and of texts that mean nothing, beside what else is wrong with the fields of a request.
func (c *call) withNuls(err error) error {
	e := waybill.AsError(err)
	if e == nil || len(e.Fields) == 0 {
		return err
	}
	all := slices.Clone(e.Fields)
	for _, f := range slices.Concat(c.nuls, c.amiss) {
		if !slices.ContainsFunc(all, func(told waybill.FieldError) bool { return told.Path == f.Path }) {
			all = append(all, f)
		}
	}
	return waybill.FieldErrors("native", all)
}

// told are those that are told before anything is done: the character of a merge patch where it is in the query.
func (c *call) told(patch bool) []waybill.FieldError {
	nuls := c.nuls
	if patch {
		nuls = slices.DeleteFunc(slices.Clone(nuls), func(f waybill.FieldError) bool { return !strings.HasPrefix(f.Path, "query.") })
	}
	return slices.Concat(nuls, c.amiss)
}

// patches reports whether the body of an operation is a merge patch: it is held against what it makes of a record, and
// then this character is looked for, too.
func patches(in reflect.Type) bool {
	body, ok := in.FieldByName("Body")
	return ok && body.Type.Kind() == reflect.Map
}

// nuls lists the texts in a value that hold the character, by path; of a member's own name it is the path to that.
func nuls(path string, value any) (fields []waybill.FieldError) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			below := strings.TrimPrefix(path+"."+strings.ReplaceAll(name, "\x00", ""), ".")
			if holdsNul(name) {
				fields = append(fields, nulAt(below))
			}
			fields = append(fields, nuls(below, v[name])...)
		}
	case []any:
		for i, item := range v {
			fields = append(fields, nuls(fmt.Sprintf("%s[%d]", path, i), item)...)
		}
	case string:
		if holdsNul(v) {
			fields = append(fields, nulAt(path))
		}
	}
	return fields
}

func holdsNul(text string) bool { return strings.IndexByte(text, 0) >= 0 }

func nulAt(path string) waybill.FieldError {
	if path == "" {
		path = "body"
	}
	return waybill.FieldError{Path: path, Rule: waybill.RuleFormat, Message: path + " holds the character U+0000, which cannot be kept"}
}
