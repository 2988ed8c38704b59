package native_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var update = flag.Bool("update", false, "write the list of operations in docs/api.md anew")

const (
	page   = "../../docs/api.md"
	marker = "<!-- operations: go test ./dialect/native -run TestThePage -update -->\n"
)

// TestThePageHasEveryOperation compares docs/api.md with the document: a heading a resource, a curl line an operation.
func TestThePageHasEveryOperation(t *testing.T) {
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, listed, found := strings.Cut(string(data), marker)
	if !found {
		t.Fatalf("%s has no line %q", page, marker)
	}
	want := operations(t, load(t))
	if *update {
		if err := os.WriteFile(page, []byte(head+marker+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if listed != want {
		t.Errorf("%s is out of step with the operations: run go test ./dialect/native -run TestThePage -update", page)
	}
}

// operations lists all operations by resource, in the order of [sequence].
func operations(t *testing.T, d *document) string {
	t.Helper()
	lines := map[string]string{}
	for path, item := range d.Paths.Map() {
		for method, o := range item.Operations() {
			lines[o.OperationID] = fmt.Sprintf("\n%s (`%s`):\n\n```sh\n%s\n```\n", o.Summary, o.OperationID, own[o.OperationID].put(curl(method, path, o)))
		}
	}
	var text strings.Builder
	for _, section := range sequence {
		text.WriteString("\n## " + section[0] + "\n")
		for _, id := range strings.Fields(section[1]) {
			if lines[id] == "" {
				t.Errorf("%q is no operation, or is there twice", id)
			}
			text.WriteString(lines[id])
			delete(lines, id)
		}
	}
	for id := range lines {
		t.Errorf("the operation %q has no place on the page", id)
	}
	return text.String()
}

func curl(method, path string, o *openapi3.Operation) string {
	query := url.Values{}
	for _, p := range o.Parameters {
		example := p.Value.Example
		if p.Value.Schema != nil && example == nil {
			if all := p.Value.Schema.Value.Examples; len(all) > 0 {
				example = all[0]
			}
		}
		switch {
		case example == nil:
		case p.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", url.PathEscape(fmt.Sprint(example)))
		case p.Value.In == "query" && p.Value.Required:
			query.Set(p.Value.Name, fmt.Sprint(example))
		}
	}
	if len(query) > 0 {
		path += "?" + strings.ReplaceAll(query.Encode(), "&", "\\&")
	}
	line := "curl -s"
	if o.Security == nil || len(*o.Security) > 0 {
		line += ` -H "Authorization: Bearer $KEY"`
	}
	if method != "GET" {
		line += " -X " + method
	}
	if answer := o.Responses.Value("200"); answer != nil && answer.Value.Content["application/pdf"] != nil {
		line += " -o paper.pdf"
	}
	if o.RequestBody != nil {
		line += sent(o.RequestBody.Value.Content)
	}
	return line + " $URL" + path
}

// sent is the example of a body, as curl is given it.
func sent(kinds openapi3.Content) string {
	if media := kinds.Get("application/json"); media != nil && media.Example != nil {
		text, _ := json.Marshal(media.Example)
		return " -H 'Content-Type: application/json' -d '" + strings.ReplaceAll(string(text), "'", `'\''`) + "'"
	}
	if media := kinds["text/csv"]; media != nil {
		return " -H 'Content-Type: text/csv' --data-binary $" + strings.ReplaceAll(strconv.Quote(fmt.Sprint(media.Example)), `"`, "'")
	}
	return ""
}
