package server

import (
	_ "embed"
	"html/template"
	"net/http"

	"waybill/dialect"
)

//go:embed index.html
var indexText string

var indexPage = template.Must(template.New("index").Parse(indexText))

type indexEntry struct{ Name, Title, Base, Spec, Docs string }

// index is the page a person sees who opens the address in a browser.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		small(w, http.StatusMethodNotAllowed, "Only GET is possible here.")
		return
	}
	root := dialect.PlaceOf(r).Root
	entries := make([]indexEntry, len(s.Mounts))
	for i, m := range s.Mounts {
		entries[i] = indexEntry{Name: m.Name, Title: m.Title, Base: root + m.Prefix, Spec: m.Prefix + "/openapi.yaml", Docs: docsPath + "/" + m.Name}
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	header.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if err := indexPage.Execute(w, map[string]any{"Dialects": entries, "Version": s.Version}); err != nil {
		s.Log.Debug("index page broken off", "error", err.Error())
	}
}
