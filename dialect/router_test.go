package dialect

import (
	"context"
	"strings"
	"testing"

	"waybill/engine"
)

func TestRoutesAreFoundByDecodedSegments(t *testing.T) {
	call := func(context.Context, engine.Session, *Request) (Reply, error) { return Reply{}, nil }
	r := newRouter(Routes{
		"POST /shipments":              {Op: "create", Call: call},
		"POST /shipments/list":         {Op: "list", Call: call},
		"GET /shipments/{id}":          {Op: "get", Call: call},
		"DELETE /shipments/{id}":       {Op: "cancel", Call: call},
		"GET /shipments/{ref}/history": {Op: "history", Call: call},
		"GET /{kind}/search":           {Op: "search", Call: call},
	})
	tests := []struct{ method, path, op, params, allow string }{
		{"POST", "/shipments", "create", "", "POST"},
		{"POST", "/shipments/list", "list", "", "POST"},
		{"GET", "/shipments/list", "", "", "POST"}, // list is nobody's reference
		{"GET", "/shipments/a%2Fb", "get", "id=a/b", "DELETE GET HEAD"},
		{"GET", "/shipments/a%20b+c", "get", "id=a b+c", "DELETE GET HEAD"},
		{"DELETE", "/shipments/x", "cancel", "id=x", "DELETE GET HEAD"},
		{"PUT", "/shipments/x", "", "", "DELETE GET HEAD"},
		{"GET", "/shipments/x/history", "history", "ref=x", "GET HEAD"},
		{"GET", "/shipments/list/history", "history", "ref=list", "GET HEAD"}, // list is only a dead end here
		{"GET", "/things/search", "search", "kind=things", "GET HEAD"},
		{"GET", "/shipments/x/", "", "", ""},
		{"GET", "/shipments//history", "", "", ""},
		{"GET", "//shipments", "", "", ""},
		{"GET", "/", "", "", ""},
		{"GET", "", "", "", ""},
		{"GET", "/shipments/x/history/y", "", "", ""},
	}
	for _, test := range tests {
		route, params, allow, found := r.find(test.method, test.path)
		var shown []string
		for name, value := range params {
			shown = append(shown, name+"="+value)
		}
		if found != (test.op != "") || route.Op != test.op || strings.Join(allow, " ") != test.allow || strings.Join(shown, " ") != test.params {
			t.Errorf("%s %s: op %q, params %v, allow %v; want %+v", test.method, test.path, route.Op, params, allow, test)
		}
	}
}
