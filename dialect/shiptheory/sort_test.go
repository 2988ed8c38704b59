package shiptheory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill/dialect/dialecttest"
)

// TestSorts: each list by each of its fields, both ways.
func TestSorts(t *testing.T) {
	app := start(t, installation(t))
	for i, line := range []string{"size 11 3 1 2 B", "size 12 1 20 3 C", "size 13 2 3 100 A"} {
		app.Clock.Set(epoch.Add(time.Duration(i) * time.Minute))
		given(t, app, line)
		must200(t, app, "POST /v1/products", []string{
			`{"sku":"b","name":"Z","price":9,"weight":3}`, `{"sku":"c","name":"Y","price":10,"weight":20}`, `{"sku":"a","name":"X","price":2.5,"weight":1}`,
		}[i])
		must200(t, app, "POST /v1/tags", fmt.Sprintf(`{"name":"%c","background_colour":"#%d00","text_colour":"#00%d"}`, "bca"[i], i+1, 3-i))
	}
	given(t, app, "box 12")
	app.Clock.Advance(time.Minute)
	must200(t, app, "PUT /v1/products/update/c", `{"barcode":"1"}`)
	for list, wants := range map[string]map[string]string{
		"packages/sizes package_sizes name": {"id": "BCA", "name": "ABC", "length": "CAB", "width": "BAC", "height": "BCA", "": "BCA"},
		"products products sku":             {"sku": "abc", "name": "acb", "price": "abc", "weight": "abc", "created": "bca", "": "bca"},
		"tags tags name":                    {"name": "abc", "background_colour": "bca", "text_colour": "acb", "": "bca"},
	} {
		word := strings.Fields(list)
		for sort, want := range wants {
			if got := order(t, app, word, "sort="+sort); got != want {
				t.Errorf("%s by %s: %s, want %s", word[0], sort, got, want)
			}
			if sort == "" {
				continue
			}
			backwards := string([]byte{want[2], want[1], want[0]})
			if got := order(t, app, word, "direction=desc&sort="+sort); got != backwards {
				t.Errorf("%s by %s, descending: %s, want %s", word[0], sort, got, backwards)
			}
		}
	}
	for query, want := range map[string]string{"sort=active": "CBA", "sort=active&direction=DESC": "BAC"} {
		if got := order(t, app, []string{"packages/sizes", "package_sizes", "name"}, query); got != want {
			t.Errorf("sizes by %s: %s, want %s", query, got, want)
		}
	}
	if got := order(t, app, []string{"products", "products", "sku"}, "sort=modified&direction=desc"); got != "cab" {
		t.Errorf("products by modified: %s, want cab", got)
	}
}

// order is a member of the records of a list, in their order.
func order(t *testing.T, app *dialecttest.App, word []string, query string) string {
	t.Helper()
	var names strings.Builder
	for _, record := range must200(t, app, "GET /v1/"+word[0]+"?"+query, "")[word[1]].([]any) {
		names.WriteString(record.(map[string]any)[word[2]].(string))
	}
	return names.String()
}
