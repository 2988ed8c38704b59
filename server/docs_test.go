package server_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"waybill/server"
)

func TestTheReferenceHasAPageForEachAPI(t *testing.T) {
	d := open(t, server.Routing{Root: "shiptheory"}, nil)
	landing := d.ask("GET", "/docs", "", nil)
	for _, name := range []string{"lynkup", "shiptheory", "native"} {
		if page := "/docs/" + name; !strings.Contains(landing.Body.String(), `href="`+page+`"`) {
			t.Errorf("/docs does not lead to %s", page)
		}
		w := d.ask("GET", "/docs/"+name, "", nil)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Error(name, w.Code, w.Header())
		}
		document := "/" + name
		if name == "native" {
			document = "/api/v1"
		}
		if !strings.Contains(w.Body.String(), `data-document="`+document+`/openapi.yaml"`) {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
	if w := d.ask("GET", "/docs/lynkup", "", nil); !strings.Contains(w.Body.String(), "<title>LynkUp &lt;Shipping&gt;</title>") {
		t.Error(w.Body)
	}
	for target, want := range map[string]int{"/docs/nobody": 404, "/docs/scalar-0.0.0.js": 404, "/docs/": 200, "/docsx": 200 /* the root's */} {
		if w := d.ask("GET", target, "", nil); w.Code != want {
			t.Error(target, w.Code)
		}
	}
	if w := d.ask("POST", "/docs/native", "", nil); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Error(w.Code, w.Header())
	}
	if w := d.ask("HEAD", "/docs/native", "", nil); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Error(w.Code, w.Body)
	}
}

// TestTheReferenceNeedsNothingFromElsewhere: its policy lets it run and ask nothing but what this server serves.
func TestTheReferenceNeedsNothingFromElsewhere(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	w := d.ask("GET", "/docs/native", "", nil)
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self'", "font-src 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "http") || strings.Contains(policy, "*") || strings.Contains(policy, "unsafe-eval") {
		t.Error(policy)
	}
	if strings.Contains(w.Body.String(), "<script>") {
		t.Error("a script is written into the page")
	}
}

// TestTheLibraryIsTheOneThatWasReleased unpacks what is served, in both ways, and takes its checksum.
func TestTheLibraryIsTheOneThatWasReleased(t *testing.T) {
	d := open(t, server.Routing{}, nil)
	target := "/docs/scalar-" + server.ScalarVersion + ".js"
	for _, coding := range []string{"", "br, gzip"} {
		w := d.ask("GET", target, "", func(r *http.Request) { r.Header.Set("Accept-Encoding", coding) })
		var body io.Reader = w.Body
		if got := w.Header().Get("Content-Encoding"); (got == "gzip") != (coding != "") {
			t.Fatal(coding, got)
		} else if got == "gzip" {
			reader, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = reader
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != server.ScalarSum {
			t.Errorf("%q: the checksum is %x", coding, sum)
		}
		if !strings.Contains(string(text), "@scalar/api-reference "+server.ScalarVersion) {
			t.Error("it is of another version")
		}
		if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Error(w.Header())
		}
	}
	notice, err := os.ReadFile("../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(notice), "@scalar/api-reference "+server.ScalarVersion) {
		t.Error("NOTICE names another version")
	}
}
