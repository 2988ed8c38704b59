package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// block is a block of lines on the page, and the operation that it shows; the first ones show none.
type block struct{ op, lines string }

// blocks are those of docs/api.md that are for a shell. The demo is started here, at an address of its own.
func blocks(t *testing.T, base string) (all []block) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	check(t, err)
	for _, m := range regexp.MustCompile("(?s)(?:\\(`([a-z-]+)`\\):\n\n)?```sh\n(.*?)```\n").FindAllStringSubmatch(string(page), -1) {
		all = append(all, block{m[1], m[2]})
	}
	const start, address = "waybill demo &", "http://127.0.0.1:8080"
	first := all[0].lines
	if !strings.HasPrefix(first, start) || !strings.Contains(first, address) {
		t.Fatalf("the page does not begin with the start of the demo:\n%s", first)
	}
	all[0].lines = ":" + strings.Replace(strings.TrimPrefix(first, start), address, base, 1)
	return all
}

// TestThePageFromTopToBottom has a shell read docs/api.md, whose lines are the examples of the OpenAPI document, at a demo.
// Each request succeeds, and each answer is as the document says.
func TestThePageFromTopToBottom(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("SKIPPED: %v", err)
		}
	}
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	all, folder := blocks(t, demo.base), t.TempDir()
	check(t, os.WriteFile(filepath.Join(folder, ".curlrc"), []byte(`write-out = "%{stderr}%{http_code} %{content_type}\n"`), 0o600))
	var script strings.Builder
	for i, b := range all {
		fmt.Fprintf(&script, "exec >%d.out 2>%d.err\n%s", i, i, b.lines)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash")
	cmd.Stdin, cmd.Dir, cmd.Env = strings.NewReader(script.String()), folder, append(os.Environ(), "CURL_HOME="+folder, "HOME="+folder)
	_ = cmd.Run() // the last line's success is told below, like all others'
	loaded, err := http.Get(demo.base + "/api/v1/openapi.json")
	check(t, err)
	defer loaded.Body.Close()
	document, err := openapi3.NewLoader().LoadFromIoReader(loaded.Body)
	check(t, err)
	shown := map[string]bool{}
	for i, b := range all {
		out, _ := os.ReadFile(filepath.Join(folder, fmt.Sprint(i, ".out")))
		told, _ := os.ReadFile(filepath.Join(folder, fmt.Sprint(i, ".err")))
		asked := strings.Split(strings.TrimSpace(string(told)), "\n")
		if len(asked) < strings.Count(b.lines, "curl -s") || slices.ContainsFunc(asked, func(status string) bool { return !strings.HasPrefix(status, "2") }) {
			t.Errorf("%s: %q\n%s%.600s", b.op, asked, b.lines, out)
			continue
		}
		shown[b.op] = true
		status, kind, _ := strings.Cut(asked[len(asked)-1], " ")
		body := bytes.TrimSpace(out)
		if body = body[bytes.LastIndexByte(body, '\n')+1:]; kind == "" { // nothing but what the lines before it said
			body = nil
		}
		if err := fits(document, b.op, status, kind, body); b.op != "" && err != nil {
			t.Errorf("%s: %v", b.op, err)
		}
	}
	for _, item := range document.Paths.Map() {
		for _, o := range item.Operations() {
			if !shown[o.OperationID] && !t.Failed() {
				t.Errorf("the page does not show %s", o.OperationID)
			}
		}
	}
}

// fits holds an answer against the document.
func fits(document *openapi3.T, op, status, kind string, body []byte) error {
	for _, item := range document.Paths.Map() {
		for _, o := range item.Operations() {
			if o.OperationID != op {
				continue
			}
			response := o.Responses.Value(status)
			if response == nil {
				response = o.Responses.Value(status[:1] + "XX")
			}
			if response == nil {
				return fmt.Errorf("the document has no answer %s", status)
			}
			media := response.Value.Content.Get(kind)
			if media == nil && len(body) > 0 {
				return fmt.Errorf("the document has no %q in answer %s", kind, status)
			}
			var v any
			if media == nil || media.Schema == nil || !strings.Contains(kind, "json") || json.Unmarshal(body, &v) != nil {
				return nil
			}
			return media.Schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.VisitAsResponse())
		}
	}
	return fmt.Errorf("the document has no such operation")
}
