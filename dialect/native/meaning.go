package native

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// meaning is what a text stands for beyond its form: the document says which by the format of the member.
type meaning struct {
	holds func(string) bool
	want  string // what it must be, in words
}

// meanings are the formats of our own. A text that is empty says nothing, and is left to the schema.
var meanings = map[string]meaning{
	"country":   {isCountry, "the country must be an ISO 3166-1 alpha-2 code"},
	"currency":  {waybill.KnownCurrency, notCurrency},
	"time-zone": {isZone, "the time zone must be an IANA name, such as Europe/London"},
	"language":  {isLanguage, "the language must be a BCP 47 tag, such as en-GB"},
	"mail":      {isMail, "an e-mail address has one @ with something on both sides, and no spaces"},
	"phone":     {func(text string) bool { return isLine(text) && strings.ContainsFunc(text, unicode.IsDigit) }, "a telephone number has digits, and no line breaks"},
	"line":      {isLine, "this is one line: it holds no line breaks or other control characters"},
	"hs-code":   {isTariff, "a tariff number has 6 to 12 digits; dots and spaces may stand between"},
	"signature": {isSignature, "the signature is not_required, required or adult"},
}

// isLine leaves U+0000 to findNuls.
func isLine(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != 0 })
}

func isCountry(code string) bool {
	_, ok := engine.CountryByCode(code)
	return ok && len(code) == 2
}

func isZone(name string) bool {
	_, err := waybill.Zone(name)
	return err == nil && name != "Local" // which is the machine's
}

func isLanguage(tag string) bool {
	_, err := language.Parse(tag)
	return err == nil
}

func isMail(text string) bool {
	name, host, found := strings.Cut(text, "@")
	return found && name != "" && host != "" && !strings.Contains(host, "@") && !strings.ContainsFunc(text, unicode.IsSpace)
}

func isTariff(code string) bool {
	digits := strings.NewReplacer(".", "", " ", "").Replace(code)
	return len(digits) >= 6 && len(digits) <= 12 && strings.Trim(digits, "0123456789") == ""
}

func isSignature(word string) bool { return slices.Contains(waybill.Signatures, word) }

// amiss says what is wrong with a text of a format; nothing, where it is right, or holds the character that is told by itself.
func amiss(path, format, text string) []waybill.FieldError {
	m, ours := meanings[format]
	if !ours || text == "" || holdsNul(text) || m.holds(text) {
		return nil
	}
	return []waybill.FieldError{{Path: path, Rule: waybill.RuleFormat, Value: shortened(text), Message: m.want}}
}

// becomes is a merge patch: what is written in it are members of this type.
type becomes interface{ becomes() reflect.Type }

func (patch) becomes() reflect.Type     { return reflect.TypeFor[Order]() }
func (merge[In]) becomes() reflect.Type { return reflect.TypeFor[In]() }

// patchedBy is what the merge patch is of that an operation takes; nil: it takes none.
func patchedBy(in reflect.Type) reflect.Type {
	if body, ok := in.FieldByName("Body"); ok {
		if p, ok := reflect.Zero(body.Type).Interface().(becomes); ok {
			return p.becomes()
		}
	}
	return nil
}

// senseless lists the texts of a request that are none of what they must be, by path. Of a merge patch it looks at what
// that writes: a vendor's API may have stored what this one would not.
func (a *api) senseless(op *huma.Operation, target reflect.Type, r *dialect.Request) (fields []waybill.FieldError) {
	for _, p := range op.Parameters {
		if p.Schema == nil || p.Schema.Items != nil { // none of a list of texts means anything of these
			continue
		}
		values := r.Query[p.Name]
		if p.In == "path" {
			values = []string{r.Params[p.Name]}
		}
		for _, value := range values {
			fields = append(fields, amiss(p.In+"."+p.Name, p.Schema.Format, value)...)
		}
	}
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return fields
	}
	s := op.RequestBody.Content["application/json"].Schema
	if target != nil {
		s = a.OpenAPI().Components.Schemas.Schema(target, true, target.Name())
	}
	var value any
	if json.Unmarshal(r.Body, &value) != nil {
		return fields
	}
	return append(fields, a.without("", s, value)...)
}

// without goes through a value and its schema.
func (a *api) without(path string, s *huma.Schema, value any) (fields []waybill.FieldError) {
	if s != nil && s.Ref != "" {
		s = a.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil {
		return nil
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			of := s.Properties[name]
			if more, ok := s.AdditionalProperties.(*huma.Schema); ok && of == nil {
				of = more
			}
			fields = append(fields, a.without(strings.TrimPrefix(path+"."+name, "."), of, v[name])...)
		}
	case []any:
		for i, item := range v {
			fields = append(fields, a.without(fmt.Sprintf("%s[%d]", path, i), s.Items, item)...)
		}
	case string:
		return amiss(path, s.Format, v)
	}
	return fields
}
