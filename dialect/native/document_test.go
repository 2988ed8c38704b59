package native_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"waybill/dialect"
	"waybill/dialect/native"
)

// document is the API's OpenAPI document as a judge of answers, and which operations succeeded.
type document struct {
	*openapi3.T
	routes dialect.Routes
}

// proven are the operations that succeeded in any test.
var proven sync.Map

// TestMain fails a run of the whole suite in which an operation never succeeded.
func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	if *update && flag.Lookup("test.run").Value.String() == "" {
		if err := writeAnswers(); err != nil {
			fmt.Println(err)
			status = 1
		}
	}
	if some := flag.Lookup("test.run").Value.String(); status != 0 || some != "" || testing.Short() {
		os.Exit(status)
	}
	for _, route := range api().Routes {
		switch _, done := proven.Load(route.Op); {
		case done, route.Op == "openapi", route.Op == "openapi-json", route.Op == "docs", route.Op == "pointer":
		default:
			fmt.Println("no test has " + route.Op + " succeed")
			status = 1
		}
	}
	if d, err := parsed(); err == nil {
		for _, line := range unanswered(everyOperation(&document{T: d})) {
			fmt.Println(line)
			status = 1
		}
	}
	for _, line := range outOfStep() {
		fmt.Println(line)
		status = 1
	}
	os.Exit(status)
}

// api is the dialect, made once: it keeps nothing between requests.
var api = sync.OnceValue(native.Dialect)

var parsed = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := openapi3.NewLoader().LoadFromData(api().Spec)
	if err == nil {
		err = document.Validate(context.Background())
	}
	return document, err
})

func load(t *testing.T) *document {
	t.Helper()
	d, err := parsed()
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return &document{d, api().Routes}
}

// fits holds an answer against the document, and the request too where it was accepted.
func (d *document) fits(t *testing.T, r *http.Request, a answer, sent []byte) {
	t.Helper()
	pattern, found := d.routes.Find(r.Method, r.URL.EscapedPath())
	_, path, _ := strings.Cut(pattern, " ")
	item := d.Paths.Value(path)
	if !found || item == nil || item.GetOperation(r.Method) == nil {
		return // no operation: the tests of the door look at these
	}
	route := &routers.Route{Spec: d.T, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)}
	params := map[string]string{}
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for i, s := range strings.Split(path, "/") {
		if strings.HasPrefix(s, "{") {
			params[strings.Trim(s, "{}")] = segments[i]
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true, IncludeResponseStatus: true},
	}
	if a.status < 300 {
		proven.Store(route.Operation.OperationID, true)
		remember(route.Operation.OperationID, a)
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s was accepted, which the document forbids: %v", a.asked, err)
		}
	}
	if kind := a.header.Get("Content-Type"); !strings.Contains(kind, "json") { // a file
		response := route.Operation.Responses.Status(a.status)
		if kind != "" && (response == nil || response.Value.Content.Get(kind) == nil) {
			t.Errorf("%s: the document knows no answer of the kind %s", a.asked, kind)
		}
		return
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.status, Header: a.header, Options: in.Options}
	out.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s: the answer does not fit the document: %v\n%s", a.asked, err, a.body)
	}
}
