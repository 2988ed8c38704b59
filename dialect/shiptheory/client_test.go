package shiptheory_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"waybill/dialect/dialecttest"
)

// ask sends a request to an app as its seeded user and answers status and body.
func ask(t *testing.T, app *dialecttest.App, first, body string, header ...string) (int, []byte) {
	t.Helper()
	method, target, _ := strings.Cut(first, " ")
	r := httptest.NewRequest(method, target, bytes.NewReader([]byte(body)))
	r.Header.Set("Authorization", app.Authorization)
	r.Header.Set("Content-Type", "application/json")
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

// must200 is ask for requests that must succeed; it answers the decoded body.
func must200(t *testing.T, app *dialecttest.App, first, body string) map[string]any {
	t.Helper()
	status, answer := ask(t, app, first, body)
	var tree map[string]any
	if err := json.Unmarshal(answer, &tree); err != nil || status != 200 {
		t.Fatalf("%s: %d %s (%v)", first, status, answer, err)
	}
	return tree
}

// tree is a decoded JSON object that can be changed by path.
type tree map[string]any

func treeOf(t *testing.T, text string) tree {
	t.Helper()
	var v tree
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// set puts a value at a dotted path; numbers are list indices.
func (v tree) set(path string, value any) {
	steps := strings.Split(path, ".")
	var at any = map[string]any(v)
	for _, step := range steps[:len(steps)-1] {
		switch inner := at.(type) {
		case map[string]any:
			at = inner[step]
		case []any:
			at = inner[int(step[0]-'0')]
		}
	}
	switch last := steps[len(steps)-1]; inner := at.(type) {
	case map[string]any:
		inner[last] = value
	case []any:
		inner[int(last[0]-'0')] = value
	}
}

func (v tree) String() string {
	b, _ := json.Marshal(v)
	return string(b)
}
