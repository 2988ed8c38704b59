package native_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestEveryListTellsWhatChangedSince holds every list of the document to its promise: parts, and updated_since. Excused
// are those that are short and given whole, and those that only grow at their end, where a cursor says the same.
func TestEveryListTellsWhatChangedSince(t *testing.T) {
	excused := map[string]string{
		"/carriers": "whole", "/carriers/health": "whole", "/connections/{id}/checklist": "whole", "/manifests/due": "whole", "/rules/diff": "whole", "/rules/notices": "whole",
		"/sessions": "whole", "/wallets": "whole", "/wallets/{currency}/holds": "whole", "/shipments/{id}/decision": "whole",
		"/shipments/{id}/documents": "whole", "/shipments/{id}/events": "whole", "/shipments/{id}/timeline": "whole",
		"/events": "grows", "/wallets/{currency}/entries": "grows",
	}
	seen := 0
	for path, item := range begin(t).doc.Paths.Map() {
		if item.Get == nil || strings.HasSuffix(path, "}") || !lists(item.Get) {
			continue
		}
		seen++
		var can []string
		for _, p := range item.Get.Parameters {
			can = append(can, p.Value.Name)
		}
		parts, since := slices.Contains(can, "cursor") && slices.Contains(can, "limit"), slices.Contains(can, "updated_since")
		switch excused[path] {
		case "":
			if !parts || !since {
				t.Errorf("%s: in parts %v, updated_since %v", path, parts, since)
			}
		case "grows":
			if !parts || since {
				t.Errorf("%s: in parts %v, updated_since %v", path, parts, since)
			}
		case "whole":
			if parts || since {
				t.Errorf("%s is no longer given whole: take it off the list", path)
			}
		}
		delete(excused, path)
	}
	if seen < 30 {
		t.Error("the document has", seen, "lists only")
	}
	for path := range excused {
		t.Error("there is no list", path)
	}
}

// lists reports whether an operation is answered with items.
func lists(o *openapi3.Operation) bool {
	answer := o.Responses.Value("200")
	if answer == nil || answer.Value == nil {
		return false
	}
	content := answer.Value.Content.Get("application/json")
	if content == nil || content.Schema == nil {
		return false
	}
	_, ok := content.Schema.Value.Properties["items"]
	return ok
}
