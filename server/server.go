// Package server is the front door: one HTTP handler that finds the dialect a request is meant for, by
// path prefix or host name, and answers what belongs to no dialect: health, signed files, carriers' pushes.
package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"waybill/dialect"
	"waybill/engine"
)

// Mount is a dialect at the door.
type Mount struct {
	Name    string // also its host name below localhost
	Title   string // the API's name in words
	Prefix  string // path it is served under; empty: "/" and the name
	Handler http.Handler
}

// Check is one thing that must hold for the program to be ready.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// Config is what a server is made of.
type Config struct {
	Mounts  []Mount
	Ready   []Check
	Log     *slog.Logger
	Version string
	Routing Routing
	// TryKeys are keys that the reference page of a mount begins with, by its name: the demo's.
	TryKeys map[string]string
	// Pushed takes what a carrier sent about a connection, raw; secret is the last part of the address it
	// was given. NotFound and Forbidden are answered alike.
	Pushed func(ctx context.Context, connection, secret string, header map[string][]string, body []byte) error
	// File answers the labels that a signed link stands for; a bad or expired link is Forbidden.
	File func(ctx context.Context, token string) (engine.LabelFile, error)
}

// Routing is what may change while the server runs: see [Server.Reroute].
type Routing struct {
	Hosts map[string]string // host name, with or without port, to the name of a mount
	Root  string            // name of the mount that answers whatever nothing else does; empty: none
	Front dialect.Front
}

// Server is the handler. It keeps no state that a restart would miss.
type Server struct {
	Config
	byName   map[string]Mount
	routing  atomic.Pointer[Routing]
	draining atomic.Bool
}

// New makes a server.
func New(c Config) *Server {
	c.Mounts = slices.Clone(c.Mounts)
	s := &Server{Config: c, byName: map[string]Mount{}}
	for i, m := range s.Mounts {
		if m.Prefix == "" {
			m.Prefix = "/" + m.Name
		}
		s.Mounts[i], s.byName[m.Name] = m, m
	}
	s.Reroute(c.Routing)
	return s
}

// Reroute replaces hosts, root and what is believed of proxies; requests under way end as they began.
func (s *Server) Reroute(r Routing) { s.routing.Store(&r) }

// Drain makes the server say that it is not ready and the dialects that they are stopping.
func (s *Server) Drain() { s.draining.Store(true) }

// Draining reports whether [Server.Drain] was called; the dialects' Deps take it.
func (s *Server) Draining() bool { return s.draining.Load() }

// ServeHTTP finds out whom a request is for. What is ours on every host comes first, then a host name,
// then a prefix, then the dialect at the root.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	routing := s.routing.Load()
	place := routing.Front.Place(r)
	header := w.Header()
	header.Set(dialect.RequestIDHeader, place.ID)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	if s.own(w, place.At(r)) {
		return
	}
	if m, ok := s.byHost(routing, place.Origin); ok {
		place.Base = place.Origin
		m.Handler.ServeHTTP(w, place.At(r))
		return
	}
	for _, m := range s.Mounts {
		if rest, ok := below(r.URL.EscapedPath(), m.Prefix); ok {
			place.Base = place.Root + m.Prefix
			m.Handler.ServeHTTP(w, moved(place.At(r), rest))
			return
		}
	}
	if r.URL.Path == "/" {
		s.index(w, place.At(r))
		return
	}
	if s.docs(w, place.At(r)) {
		return
	}
	if m, ok := s.further(r.URL.Path); ok {
		answer(w, http.StatusOK, map[string]any{"name": m.Title, "url": place.Root + m.Prefix})
		return
	}
	if m, ok := s.byName[routing.Root]; ok {
		m.Handler.ServeHTTP(w, place.At(r))
		return
	}
	answer(w, http.StatusNotFound, map[string]any{"error": "not_found", "message": "There is nothing here; see /.", "request": place.ID})
}

// further finds the mount that lies one step below a path: /api says where /api/v1 is.
func (s *Server) further(path string) (Mount, bool) {
	for _, m := range s.Mounts {
		if i := strings.LastIndexByte(m.Prefix, '/'); i > 0 && strings.TrimSuffix(path, "/") == m.Prefix[:i] {
			return m, true
		}
	}
	return Mount{}, false
}

// byHost finds the mount of a host name: one that was configured, else <name>.localhost.
func (s *Server) byHost(routing *Routing, origin string) (Mount, bool) {
	_, host, _ := strings.Cut(strings.ToLower(origin), "://")
	bare := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		bare = h
	}
	for _, key := range []string{host, bare} {
		if name, ok := routing.Hosts[key]; ok {
			m, ok := s.byName[name]
			return m, ok
		}
	}
	name, local := strings.CutSuffix(bare, ".localhost")
	m, ok := s.byName[name]
	return m, local && ok
}

// below cuts a prefix of whole segments off an escaped path.
func below(path, prefix string) (string, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	switch {
	case !ok:
		return "", false
	case rest == "":
		return "/", true
	default:
		return rest, rest[0] == '/'
	}
}

// moved is the request with another path, still escaped as it was sent.
func moved(r *http.Request, path string) *http.Request {
	u := *r.URL
	u.RawPath = path
	u.Path, _ = url.PathUnescape(path) // net/http has refused what cannot be unescaped
	copied := *r
	copied.URL = &u
	return &copied
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// HTTP is a net/http server around a handler with a limit on everything a caller can drag out.
func HTTP(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // scanners and broken handshakes
	}
}
