package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
)

// unreadable finds the numbers of a body that fit their schemas and still cannot be kept: whole ones beyond 64 bits,
// decimals of more digits than anybody's. Huma knows of them only that the body could not be read.
func unreadable(d *huma.ErrorDetail, body []byte) []waybill.FieldError {
	var bad func(json.Number) bool
	if rest, whole := strings.CutPrefix(d.Message, "json: cannot unmarshal number "); whole {
		literal, _, _ := strings.Cut(rest, " ")
		bad = func(n json.Number) bool { return n.String() == literal }
	} else if strings.HasSuffix(d.Message, waybill.ErrDecimal.Error()) {
		bad = func(n json.Number) bool { _, err := waybill.ParseDecimal(n.String()); return err != nil }
	} else {
		return nil
	}
	var value any
	if exactly(body, &value) != nil {
		return nil
	}
	return badNumbers("", value, bad)
}

// exactly reads JSON with its numbers as they are written: as fractions of two they would lose digits.
func exactly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// taken reads what a merge patch has made of a record, which fits its schema.
func taken(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if err == nil {
		return nil
	}
	if wrong := waybill.FieldErrors("edit", unreadable(&huma.ErrorDetail{Message: err.Error()}, text)); wrong != nil {
		return wrong
	}
	return err
}

// badNumbers lists the numbers in a value that are bad, by path.
func badNumbers(path string, value any, bad func(json.Number) bool) (fields []waybill.FieldError) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			fields = append(fields, badNumbers(strings.TrimPrefix(path+"."+name, "."), v[name], bad)...)
		}
	case []any:
		for i, item := range v {
			fields = append(fields, badNumbers(fmt.Sprintf("%s[%d]", path, i), item, bad)...)
		}
	case json.Number:
		if bad(v) {
			fields = append(fields, waybill.FieldError{
				Path: path, Rule: waybill.RuleRange, Value: shortened(v.String()), Message: path + " is too large or too exact a number",
			})
		}
	}
	return fields
}

// straight takes out of a path what does not belong there: a member with a dot in its name, which a map may have, leaves
// pieces of it in all that huma says later.
func straight(path string, body []byte) string {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return path
	}
	for rest, more := path, true; more; _, rest, more = strings.Cut(rest, ".") {
		if leads(value, steps.FindAllString(rest, -1)) {
			return rest
		}
	}
	return path
}

// steps are the parts of a path: names, and indexes in brackets.
var steps = regexp.MustCompile(`[^.\[\]]+|\[\d+\]`)

// leads reports whether steps lead to a member that is there, or could be.
func leads(value any, path []string) bool {
	for i, step := range path {
		switch v := value.(type) {
		case map[string]any:
			next, there := v[step]
			if !there {
				return i > 0 && i+1 == len(path)
			}
			value = next
		case []any:
			at, err := strconv.Atoi(strings.Trim(step, "[]"))
			if err != nil || at >= len(v) {
				return false
			}
			value = v[at]
		default:
			return false
		}
	}
	return len(path) > 0
}
