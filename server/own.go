package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
)

// pushedBytes is how much a carrier may push at once.
const pushedBytes = 1 << 20

// readyTime is how long the checks of /readyz may take in all.
const readyTime = 2 * time.Second

// own answers what belongs to the installation whatever the host, and says whether it did.
func (s *Server) own(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.Path
	switch {
	case path == "/healthz":
		answer(w, http.StatusOK, map[string]any{"status": "ok", "version": s.Version})
	case path == "/readyz":
		s.ready(w, r)
	case strings.HasPrefix(path, "/l/"):
		s.noted(w, r, "link", s.link)
	case strings.HasPrefix(path, "/hooks/"):
		s.noted(w, r, "push", s.push)
	default:
		return false
	}
	return true
}

// noted logs a request by what it was for; its path is a secret.
func (s *Server) noted(w http.ResponseWriter, r *http.Request, op string, handle func(http.ResponseWriter, *http.Request) (int, error)) {
	started := time.Now()
	status, err := handle(w, r)
	line := []any{"op", op, "status", status, "took", time.Since(started).Round(time.Microsecond).String(), "request", dialect.PlaceOf(r).ID}
	if status >= http.StatusInternalServerError && err != nil {
		s.Log.Error("request", append(line, "error", err.Error())...)
		return
	}
	s.Log.Info("request", line...)
}

// ready says whether requests can be served, and by name what keeps them from it.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	failed := []string{}
	if s.Draining() {
		failed = append(failed, "draining")
	}
	for _, check := range s.Ready {
		if err := check.Run(ctx); err != nil {
			failed = append(failed, check.Name)
			s.Log.Warn("not ready", "check", check.Name, "error", err.Error())
		}
	}
	if len(failed) > 0 {
		answer(w, http.StatusServiceUnavailable, map[string]any{"status": "unavailable", "failed": failed})
		return
	}
	answer(w, http.StatusOK, map[string]any{"status": "ready"})
}

// push takes what a carrier sends. It is kept before it is answered; what it means is found out later.
func (s *Server) push(w http.ResponseWriter, r *http.Request) (int, error) {
	connection, secret, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/hooks/"), "/")
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return small(w, http.StatusMethodNotAllowed, "Only POST is possible here."), nil
	case !ok || connection == "" || secret == "" || strings.Contains(secret, "/") || s.Pushed == nil:
		return small(w, http.StatusNotFound, "There is nothing here."), nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, pushedBytes))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return small(w, http.StatusRequestEntityTooLarge, "The body is too large."), nil
	}
	if err != nil {
		return small(w, http.StatusBadRequest, "The body did not arrive whole."), nil
	}
	err = s.Pushed(r.Context(), connection, secret, r.Header, body)
	switch {
	case err == nil:
		answer(w, http.StatusOK, map[string]any{"received": true})
		return http.StatusOK, nil
	case waybill.IsCode(err, waybill.NotFound), waybill.IsCode(err, waybill.Forbidden), waybill.IsCode(err, waybill.Unauthenticated):
		return small(w, http.StatusNotFound, "There is nothing here."), nil
	case waybill.IsCode(err, waybill.Invalid):
		return small(w, http.StatusBadRequest, "The body cannot be read."), nil
	}
	w.Header().Set("Retry-After", "60")
	return small(w, http.StatusServiceUnavailable, "Please send this again later."), err
}

// link answers the file of a signed link. Nobody may keep it on the way: the link expires, a copy does
// not.
func (s *Server) link(w http.ResponseWriter, r *http.Request) (int, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return small(w, http.StatusMethodNotAllowed, "Only GET is possible here."), nil
	}
	if s.File == nil {
		return small(w, http.StatusNotFound, "There is nothing here."), nil
	}
	file, err := s.File(r.Context(), strings.TrimPrefix(r.URL.Path, "/l/"))
	switch {
	case waybill.IsCode(err, waybill.Forbidden):
		return small(w, http.StatusForbidden, "This link is not valid, or it has expired. Please ask for a new one."), nil
	case waybill.IsCode(err, waybill.NotFound):
		return small(w, http.StatusNotFound, "This file is no longer here."), nil
	case err != nil:
		return small(w, http.StatusInternalServerError, "The file cannot be made now. Please try again later."), err
	}
	header := w.Header()
	header.Set("Content-Type", file.Format.MediaType())
	header.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": fileName(file.Tracking, file.Format)}))
	header.Set("Content-Length", strconv.Itoa(len(file.Data)))
	header.Set("Cache-Control", "no-store, private")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(file.Data) // a caller that went away is no error of ours
	}
	return http.StatusOK, nil
}

// fileName is what a saved label is called: after its tracking number, letters and digits only.
func fileName(tracking string, format waybill.LabelFormat) string {
	plain := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, tracking)
	if plain == "" {
		return "label." + string(format)
	}
	return "label-" + plain + "." + string(format)
}

// small answers a line of text and says the status again.
func small(w http.ResponseWriter, status int, text string) int {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
	return status
}
