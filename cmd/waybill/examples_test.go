package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill/app"
)

// refusal is how an example is answered that the demo, started anew, has nothing for.
type refusal struct {
	status, reason string
}

// refused are those examples, and why that is so.
var refused = map[string]refusal{
	"list-sessions":              {"403", "role"}, // a key is nobody who logged in
	"end-session":                {"403", "role"},
	"end-other-sessions":         {"403", "role"},
	"change-password":            {"403", "role"},
	"get-declaration":            {"404", "unknown_record"}, // nothing was declared
	"get-erasure":                {"404", "unknown_record"},
	"get-purchase":               {"404", "unknown_record"}, // none is in doubt
	"decide-purchase":            {"404", "unknown_record"},
	"decide-pickup":              {"409", "not_retryable"}, // it is confirmed
	"decide-manifest":            {"409", "not_retryable"}, // it is closed
	"retry-shipment":             {"409", "not_retryable"}, // it is booked
	"withdraw-rate-card-version": {"409", "in_use"},        // it is in force already
	"withdraw-rule-version":      {"409", "in_use"},
}

// opening are the lines that others build on, in their order; ending is what an end comes after.
var (
	opening = []string{
		"create-brand", "create-account", "create-tag", "create-connection", "create-location", "create-service", "create-package-size", "create-product",
		"create-rule", "create-user", "create-client", "create-address", "create-saved-view", "create-api-key", "create-webhook", "create-shipment", "book-shipment",
		"list-documents", "create-return", "book-return", "book-pickup", "create-session",
	}
	ending = []string{
		"cancel-return", "cancel-shipment", "close-manifest", "get-manifest", "list-manifest-shipments", "get-manifest-document", "decide-manifest",
		"advance-parcel", "move-test-clock", "delete-rule", "withdraw-rule-version", "restore-rule-version", "save-rule-draft", "publish-rules",
		"drop-rule-draft", "take-connection-back", "delete-user", "delete-location", "delete-service", "delete-account", "delete-connection",
	}
)

type example struct{ op, line string }

// TestTheExamples runs the curl lines of docs/api.md, which are the examples of the OpenAPI document, at a demo.
func TestTheExamples(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED: %v", err)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	check(t, err)
	var lines []example
	for _, m := range regexp.MustCompile("\\(`([a-z-]+)`\\):\n\n```sh\n(curl [^\n]*)\n```").FindAllSubmatch(page, -1) {
		lines = append(lines, example{string(m[1]), string(m[2])})
	}
	slices.SortStableFunc(lines, func(a, b example) int { return cmp.Compare(turn(a), turn(b)) })
	demo := installation{data: t.TempDir(), env: []string{"WAYBILL_DEMO=true"}}.serve(t)
	r := &reader{t: t, folder: t.TempDir(), base: demo.base, known: map[string]string{}}
	check(t, os.WriteFile(filepath.Join(r.folder, "file"), []byte("service,zone,days,up_to_kg,price,extra_kg,extra_price,minimum\n"), 0o600))
	_, _, text := r.run(`curl -s $URL/openapi.json`)
	r.document, err = openapi3.NewLoader().LoadFromData(text)
	check(t, err)
	if len(lines) < len(r.document.Paths.Map()) {
		t.Fatalf("the page has %d lines", len(lines))
	}
	draft := slices.IndexFunc(lines, func(e example) bool { return e.op == "save-rule-draft" })
	for i, e := range lines {
		r.try(e)
		if e.op == "publish-rules" { // which uses the draft up, and the next drops one
			r.try(lines[draft])
		}
		if e.op == "book-shipment" { // a second one, which travels while the first is changed and cancelled
			for _, e := range lines[i-1 : i+1] {
				r.try(example{e.op, strings.ReplaceAll(e.line, "ORDER-1001", "ORDER-1002")})
			}
		}
	}
}

// turn is when a line has its turn.
func turn(e example) int {
	if at := slices.Index(opening, e.op); at >= 0 {
		return at
	}
	rest := len(opening)
	switch ends := slices.Index(ending, e.op); {
	case ends >= 0:
		return rest + 5 + ends
	case strings.HasPrefix(e.op, "list-"):
		return rest
	case !strings.Contains(e.line, " -X "):
		return rest + 1
	case strings.Contains(e.line, " -X PATCH "):
		return rest + 2
	case strings.Contains(e.line, " -X DELETE "):
		return rest + 4
	}
	return rest + 3
}

// reader is a person who works through the page.
type reader struct {
	t        *testing.T
	folder   string
	base     string
	document *openapi3.T
	known    map[string]string // ids, by the first part of the path; number and document
}

// run carries a line out as it stands. A stream ends by its time: it is given more until it has begun.
func (r *reader) run(line string) (status, kind string, body []byte) {
	r.t.Helper()
	if !strings.Contains(line, "/events/stream") {
		return r.within(patience, line)
	}
	for limit := time.Second; limit < patience; limit *= 4 {
		if status, kind, body = r.within(limit, line); status != "000" {
			break
		}
	}
	return status, kind, body
}

func (r *reader) within(limit time.Duration, line string) (status, kind string, body []byte) {
	r.t.Helper()
	settings := fmt.Sprintf("max-time = %d\nwrite-out = \"\\n%%{http_code} %%{content_type}\"\n", int(limit.Seconds()))
	check(r.t, os.WriteFile(filepath.Join(r.folder, ".curlrc"), []byte(settings), 0o600))
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = r.folder
	cmd.Env = append(os.Environ(), "CURL_HOME="+r.folder, "HOME="+r.folder, "URL="+r.base+"/api/v1", "KEY="+app.DemoKey)
	out, _ := cmd.Output() // of a stream it is an error that its time is over
	at := strings.LastIndexByte(string(out), '\n')
	if at < 0 {
		r.t.Fatalf("%s: nothing came", line)
	}
	status, kind, _ = strings.Cut(string(out[at+1:]), " ")
	return status, kind, out[:at]
}

var (
	place  = regexp.MustCompile(`\{(id|number|document|outage)\}|"ship_date":"[^"]*"`)
	within = regexp.MustCompile(`\$URL/([a-z-]+)`)
)

func (r *reader) try(e example) {
	r.t.Helper()
	resource := within.FindStringSubmatch(e.line)[1]
	line := place.ReplaceAllStringFunc(e.line, func(hole string) string {
		if value := r.known[cmp.Or(map[string]string{"{id}": resource}[hole], hole)]; value != "" {
			return value
		}
		return "aaaaaaaaaaaaaaaaaaaaaaaa" // there is none
	})
	status, kind, body := r.run(line)
	var told struct {
		ID, Reason string
		Tracking   string `json:"tracking_number"`
		Outages    []struct{ ID string }
		Items      []struct {
			ID, Location, Connection string
			ShipDate                 string `json:"ship_date"`
		}
	}
	_ = json.Unmarshal(body, &told) // a file is told nothing from
	switch excuse, excused := refused[e.op]; {
	case excused && excuse != refusal{status, told.Reason}:
		r.t.Errorf("%s: %s %s, which is not how it is refused\n%s\n%.600s", e.op, status, told.Reason, line, body)
	case !excused && !strings.HasPrefix(status, "2"):
		r.t.Errorf("%s: %s\n%s\n%.600s", e.op, status, line, body)
		return
	}
	if err := r.fits(e.op, status, kind, body); err != nil {
		r.t.Errorf("%s: %v", e.op, err)
	}
	switch {
	case e.op == "book-shipment":
		r.known["{number}"] = told.Tracking
	case e.op == "plan-outage" && len(told.Outages) > 0:
		r.known["{outage}"] = told.Outages[0].ID
	case e.op == "list-due-manifests":
		for _, due := range told.Items {
			if due.Location == "GB-BATH" && due.Connection == "dhl" {
				r.known[`"ship_date":"2030-01-07"`] = `"ship_date":"` + due.ShipDate + `"`
			}
		}
	case e.op == "list-documents" && len(told.Items) > 0:
		r.known["{document}"] = told.Items[0].ID
	case strings.HasSuffix(line, "$URL/"+resource) && told.ID != "":
		r.known[resource] = told.ID
	case strings.HasSuffix(line, "$URL/"+resource) && len(told.Items) > 0 && r.known[resource] == "":
		r.known[resource] = told.Items[0].ID
	}
}

// fits holds an answer against the document.
func (r *reader) fits(op, status, kind string, body []byte) error {
	for _, item := range r.document.Paths.Map() {
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
