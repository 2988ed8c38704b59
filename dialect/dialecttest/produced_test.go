package dialecttest

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// answers is a document whose answers use every way of describing a member.
const answers = `
openapi: 3.1.0
info: {title: Answers, version: "1"}
paths:
  /a:
    get:
      responses:
        "200": {description: named, content: {application/json: {schema: {$ref: "#/components/schemas/Whole"}}}}
        "400": {$ref: "#/components/responses/Wrong"}
        "401": {description: in place, content: {application/json: {schema: {type: string}}, application/xml: {schema: {type: string}}}}
components:
  responses:
    Wrong: {description: named, content: {application/json: {schema: {type: object, properties: {why: {type: string}}}}}}
  schemas:
    Whole:
      allOf:
        - {type: object, properties: {id: {type: string}, never: {type: "null"}}}
        - type: object
          properties:
            parts: {type: [array, "null"], items: {anyOf: [{$ref: "#/components/schemas/Part"}, {type: "null"}]}}
            free: {type: object}
            named: {type: object, additionalProperties: {type: integer}}
    Part:
      type: object
      properties:
        name: {type: [string, "null"]}
        inner: {$ref: "#/components/schemas/Part"}
`

// TestProduced: every plain member is promised once, is produced only with a value, and otherwise wants a reason.
func TestProduced(t *testing.T) {
	document, err := openapi3.NewLoader().LoadFromData([]byte(answers))
	if err != nil {
		t.Fatal(err)
	}
	all := promises(document)
	for _, path := range []string{"Whole.id", "Whole.parts[].name", "Whole.free", "Whole.named.{}", "Wrong.why", "GET /a 401"} {
		if had, promised := all[path]; had || !promised {
			t.Errorf("%s: promised %t, had %t", path, promised, had)
		}
	}
	if _, promised := all["Whole.never"]; promised {
		t.Error("what can only be null is promised")
	}
	schema := document.Paths.Value("/a").Get.Responses.Value("200").Value.Content["application/json"].Schema
	hear := func(body string) {
		v, ok := decode([]byte(body))
		if !ok {
			t.Fatalf("not JSON: %s", body)
		}
		all.hear("Whole", shapeOf(schema), v)
	}
	missing := func(reasons string) string { return strings.Join(all.problems(reasons, "file"), "\n") }
	hear(`{"id": null, "parts": [null, {"name": null}], "free": {"x": 1}, "other": 1}`)
	if all["Whole.id"] || all["Whole.parts[].name"] || !all["Whole.free"] || all["Whole.other"] {
		t.Errorf("heard %v", all)
	}
	got := missing("")
	if !strings.Contains(got, "Whole.parts[].name: why it never comes") || strings.Contains(got, "Whole.free") {
		t.Errorf("problems:\n%s", got)
	}
	hear(`{"id": "1", "parts": [{"name": "x", "inner": {"name": "y"}}], "named": {"k": 0}}`)
	const reasons = "# of errors\nWrong.*: cannot go wrong\nGET /a 401: nobody asks\n"
	if got := missing(reasons); got != "" {
		t.Errorf("problems:\n%s", got)
	}
	for _, wrong := range []string{"Whole.id: heard\n", "Whole.nothing: not there\n", "GET /a 401:\n"} {
		if missing(strings.Replace(reasons, "GET /a 401: nobody asks\n", "", 1)+wrong) == "" || missing(reasons+wrong) == "" {
			t.Errorf("%q is no problem", wrong)
		}
	}
}
