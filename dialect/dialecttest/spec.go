package dialecttest

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill/dialect"
)

// spec is a dialect's OpenAPI document as a judge of bodies, and what it has heard of all that it promises.
type spec struct {
	document *openapi3.T
	produced produced
	played   int // conversations
}

func loadSpec(t *testing.T, d dialect.Dialect) *spec {
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromData(d.Spec)
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	if err := document.Validate(loader.Context); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return &spec{document: document, produced: promises(document)}
}

// operation is the described operation of a request, by the pattern of its route.
func (s *spec) operation(d dialect.Dialect, first string) (*openapi3.Operation, string) {
	method, pattern, found := route(d, first)
	if !found {
		return nil, ""
	}
	item := s.document.Paths.Value(pattern)
	if item == nil {
		return nil, method + " " + pattern
	}
	return item.GetOperation(method), method + " " + pattern
}

// route finds the pattern of the route that answers "METHOD /path?query".
func route(d dialect.Dialect, first string) (method, pattern string, found bool) {
	method, target, _ := strings.Cut(first, " ")
	path, _, _ := strings.Cut(target, "?")
	p, found := d.Routes.Find(method, path)
	method, pattern, _ = strings.Cut(p, " ")
	return method, pattern, found
}

// fits holds an exchange against the document: the answer always, the request when it was accepted.
func (s *spec) fits(d dialect.Dialect, asked message, answer *httptest.ResponseRecorder) error {
	operation, name := s.operation(d, asked.first)
	if name == "" {
		return nil // no route: the document cannot know it
	}
	if operation == nil {
		return fmt.Errorf("openapi.yaml does not know %s", name)
	}
	response := operation.Responses.Value(strconv.Itoa(answer.Code))
	if response == nil {
		return fmt.Errorf("openapi.yaml has no answer %d for %s", answer.Code, name)
	}
	media := response.Value.Content.Get(answer.Header().Get("Content-Type"))
	if media == nil {
		if answer.Body.Len() > 0 {
			return fmt.Errorf("openapi.yaml has no %s in answer %d of %s", answer.Header().Get("Content-Type"), answer.Code, name)
		}
		return nil
	}
	if err := judge(media.Schema, answer.Body.Bytes()); err != nil {
		return fmt.Errorf("the answer does not fit openapi.yaml (%s, %d): %w", name, answer.Code, err)
	}
	if v, ok := decode(answer.Body.Bytes()); ok && media.Schema != nil {
		s.produced.hear(nameOf(media.Schema, response, fmt.Sprintf("%s %d", name, answer.Code)), shapeOf(media.Schema), v)
	}
	if answer.Code/100 == 2 && len(asked.body) > 0 {
		if err := s.takes(operation, asked); err != nil {
			return fmt.Errorf("the request was accepted and does not fit openapi.yaml (%s): %w", name, err)
		}
	}
	return nil
}

// takes says how a JSON request differs from what the document describes; forms are not judged.
func (s *spec) takes(operation *openapi3.Operation, asked message) error {
	if operation.RequestBody == nil {
		return nil
	}
	media := operation.RequestBody.Value.Content.Get("application/json")
	if media == nil || !json.Valid(asked.body) {
		return nil
	}
	return judge(media.Schema, asked.body)
}

func judge(schema *openapi3.SchemaRef, body []byte) error {
	var v any
	if schema == nil || json.Unmarshal(body, &v) != nil {
		return nil // not JSON: XML, a PDF
	}
	return schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020())
}

// routesAreDescribed compares the table of routes with the document, both ways.
func routesAreDescribed(t *testing.T, h Harness, s *spec) {
	var described []string
	for path, item := range s.document.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	for pattern := range h.Dialect.Routes {
		if !slices.Contains(described, pattern) {
			t.Errorf("openapi.yaml does not know %s", pattern)
		}
	}
	for _, pattern := range described {
		if _, ok := h.Dialect.Routes[pattern]; !ok {
			t.Errorf("openapi.yaml describes %s, which is not served", pattern)
		}
	}
}
