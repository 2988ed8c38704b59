package native_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
)

// TestACharacterThatNoDatabaseKeepsIsNamedByItsField puts U+0000 into every text of every example, one at a time.
func TestACharacterThatNoDatabaseKeepsIsNamedByItsField(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("Z-2")).is(201)
	for _, body := range []struct {
		method, path, field string
		body                any
	}{
		{"POST", "/tags", "name", object{"name": "a\x00b"}},
		{"POST", "/brands", "settings.channel", object{"name": "b", "settings": object{"channel": "\x00"}}},
		{"POST", "/shipments", "to.name", and(parcelTo("Z-1"), "to", object{"name": "Ada\x00", "country": "GB"})},
		{"POST", "/shipments", "reference", parcelTo("Z\x00")},
		{"POST", "/shipments", "items[0].sku", and(parcelTo("Z-1"), "items", []object{{"sku": "a\x00"}})},
		{"POST", "/shipments", "attributes.a", and(parcelTo("Z-1"), "attributes", object{"a\x00": 1})},
		{"PATCH", "/locations/bath", "name", object{"name": "\x00"}},
		{"PATCH", "/locations/bath", "address.city", object{"address": object{"city": "\x00"}}},
		{"PATCH", "/accounts/self", "name", object{"name": "\x00"}},
		{"PATCH", "/shipments/Z-2", "to.name", object{"to": object{"name": "\x00"}}},
		{"PATCH", "/shipments/Z-2", "tags[0]", object{"tags": []string{"\x00"}}},
	} {
		if a := w.ask("admin", body.method, body.path, body.body).refused(422, waybill.ReasonFields); a.text("errors.0.path") != body.field || a.text("errors.0.rule") != "format" || a.count("errors") != 1 {
			t.Errorf("%s: %s", body.field, a.body)
		}
	}
	for query, field := range map[string]string{"q=a%00": "query.q", "reference=x&reference=%00": "query.reference", "account=%00": "query.account"} {
		if a := w.ask("admin", "GET", "/shipments?"+query, nil).refused(422, waybill.ReasonFields); a.text("errors.0.path") != field {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	w.ask("admin", "GET", "/shipments/a%00b", nil).is(404)
	w.ask("admin", "GET", "/webhooks/a%00b", nil).is(404)
	tried := 0
	for path, item := range w.doc.Paths.Map() {
		for method, o := range item.Operations() {
			if body := o.RequestBody; method != http.MethodGet && method != http.MethodPatch && body != nil && body.Value.Content.Get("application/json") != nil {
				tried += w.nulled(method, path, o, body.Value.Content.Get("application/json").Example)
			}
		}
	}
	if tried < 150 {
		t.Errorf("only %d texts were tried", tried)
	}
}

// nulled tries each text of an example with the character at its end, and answers how many there are.
func (w *world) nulled(method, path string, o *openapi3.Operation, example any) int {
	w.t.Helper()
	at := strings.NewReplacer("{id}", "000000000000000000000000", "{version}", "1", "{currency}", "INR", "{table}", "rates", "{number}", "N1", "{child}", "x", "{outage}", "x").Replace(path)
	key := "admin"
	if o.Security != nil && len(*o.Security) == 0 {
		key = ""
	}
	for n := 0; ; n++ {
		left, field := n, ""
		body := spoiled("", plain(example), &left, &field)
		if field == "" {
			return n
		}
		if a := w.ask(key, method, at, body).refused(422, waybill.ReasonFields); a.count("errors") != 1 || a.text("errors.0.path") != field {
			w.t.Errorf("%s %s: %s: %s", method, path, field, a.body)
		}
	}
}

// spoiled is a value in which the text that left others come before ends with the character; field is where it is.
func spoiled(path string, value any, left *int, field *string) any {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			v[name] = spoiled(strings.TrimPrefix(path+"."+name, "."), v[name], left, field)
		}
	case []any:
		for i := range v {
			v[i] = spoiled(fmt.Sprintf("%s[%d]", path, i), v[i], left, field)
		}
	case string:
		if *left--; *left == -1 {
			*field = path
			return v + "\x00"
		}
	}
	return value
}
