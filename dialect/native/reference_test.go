package native_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
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
	want := operations(load(t))
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

// operations lists all operations by resource.
func operations(d *document) string {
	lines := map[string][]string{}
	for path, item := range d.Paths.Map() {
		for method, o := range item.Operations() {
			lines[o.Tags[0]] = append(lines[o.Tags[0]], fmt.Sprintf("\n%s (`%s`):\n\n```sh\n%s\n```\n", o.Summary, o.OperationID, curl(method, path, o)))
		}
	}
	var text strings.Builder
	var tags []string
	for tag := range lines {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	for _, tag := range tags {
		slices.Sort(lines[tag])
		text.WriteString("\n## " + tag + "\n" + strings.Join(lines[tag], ""))
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
	if o.RequestBody != nil {
		media := o.RequestBody.Value.Content.Get("application/json")
		if media == nil {
			for kind := range o.RequestBody.Value.Content {
				line += " -H 'Content-Type: " + kind + "' --data-binary @file"
			}
		} else if media.Example != nil {
			text, _ := json.Marshal(media.Example)
			line += " -H 'Content-Type: application/json' -d '" + strings.ReplaceAll(string(text), "'", `'\''`) + "'"
		}
	}
	return line + " $URL" + path
}
