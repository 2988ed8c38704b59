package server

import (
	"bytes"
	"compress/gzip"
	"embed"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The reference at /docs is Scalar over the OpenAPI documents that the dialects serve. Everything it needs is in the
// program: it asks nothing of anybody else, and its policy would not let it. The library is kept as it was released,
// compressed; scripts/scalar.sh fetched it.
const (
	// ScalarVersion is the release of @scalar/api-reference.
	ScalarVersion = "1.46.4"
	// ScalarSum is the SHA-256 of its file dist/browser/standalone.js.
	ScalarSum = "81b8d2bdab4a42ab81465386441b9a0f928b68631364360f00e8cce620cc1efb"
)

//go:embed docs
var docsFiles embed.FS

var docsPage = template.Must(template.ParseFS(docsFiles, "docs/page.html"))

// docsPolicy lets the reference run its own scripts and ask its own origin. Scalar writes its styles as it goes.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'none'; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

const docsPath = "/docs"

// docs answers what is below /docs, and says whether it did.
func (s *Server) docs(w http.ResponseWriter, r *http.Request) bool {
	rest, ok := below(r.URL.Path, docsPath)
	if !ok {
		return false
	}
	name := strings.Trim(rest, "/")
	switch mount, known := s.byName[name]; {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		small(w, http.StatusMethodNotAllowed, "Only GET is possible here.")
	case name == "":
		s.index(w, r)
	case known:
		s.reference(w, r, mount)
	case name == "scalar-"+ScalarVersion+".js":
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // another release has another name
		packed(w, r, "docs/scalar.js.gz")
	case name == "docs.js":
		w.Header().Set("Cache-Control", "no-cache")
		text, err := docsFiles.ReadFile("docs/docs.js")
		script(w, r, text, err)
	default:
		small(w, http.StatusNotFound, "There is nothing here; see "+docsPath+".")
	}
	return true
}

// reference is the page of one API. Its addresses have no host: it asks where it came from, whatever that is called.
func (s *Server) reference(w http.ResponseWriter, r *http.Request, m Mount) {
	page := struct{ Title, Document, Base, Scalar, Key string }{
		m.Title, m.Prefix + "/openapi.yaml", docsPath, "scalar-" + ScalarVersion + ".js", s.TryKeys[m.Name],
	}
	var text bytes.Buffer
	if err := docsPage.Execute(&text, page); err != nil {
		s.Log.Error("reference page", "error", err.Error())
		small(w, http.StatusInternalServerError, "The page cannot be made.")
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", docsPolicy)
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(text.Bytes())
	}
}

// packed answers a script as it is kept, compressed; who cannot read that gets it unpacked.
func packed(w http.ResponseWriter, r *http.Request, name string) {
	data, err := docsFiles.ReadFile(name)
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		script(w, r, data, err)
		return
	}
	if err == nil {
		data, err = unpack(data)
	}
	script(w, r, data, err)
}

func script(w http.ResponseWriter, r *http.Request, text []byte, err error) {
	if err != nil {
		small(w, http.StatusInternalServerError, "The file cannot be read.")
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(text)
	}
}

func unpack(data []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
