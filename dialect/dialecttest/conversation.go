package dialecttest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// conversation is one txtar file.
type conversation struct {
	name  string
	steps []txtar.File
}

func read(t *testing.T, file string) *conversation {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(file), ".txtar")
	for i, step := range archive.Files {
		switch step.Name {
		case "given", "request", "events", "webhook", "advance":
		case "response":
			if i == 0 || archive.Files[i-1].Name != "request" {
				t.Fatalf("%s: section %d is a response to no request", name, i+1)
			}
		default:
			t.Fatalf("%s: there are no sections called %q", name, step.Name)
		}
	}
	return &conversation{name: name, steps: archive.Files}
}

// stage is a conversation being played.
type stage struct {
	Harness
	app       *App
	document  *spec
	kept      map[string]string // by <kind:name>
	seen      int               // events
	heard     int               // webhooks
	asked     message
	answer    *httptest.ResponseRecorder
	beforeAsk func(*stage, message) // for tests that try other things first
}

// play runs the whole conversation on an app.
func (c *conversation) play(t *testing.T, h Harness, app *App, document *spec) {
	s := &stage{Harness: h, app: app, document: document, kept: map[string]string{}}
	for i, step := range c.steps {
		s.step(t, step)
		if t.Failed() {
			t.Fatalf("in section %d (%s)", i+1, step.Name)
		}
	}
}

func (s *stage) step(t *testing.T, step txtar.File) {
	switch step.Name {
	case "given":
		for line := range strings.Lines(string(step.Data)) {
			if line = strings.TrimSpace(line); line != "" {
				s.Given(t, s.app, line)
			}
		}
		s.seen = len(s.app.Events(t)) // setting the scene is not part of the conversation
		s.heard = len(s.app.Hooks())
	case "request":
		s.asked = s.fill(t, parse(step.Data))
		if s.beforeAsk != nil {
			s.beforeAsk(s, s.asked)
		}
		s.answer = s.app.ask(s.asked)
	case "response":
		s.checkAnswer(t, s.fill(t, parse(step.Data)))
	case "events":
		s.checkEvents(t, strings.Fields(string(step.Data)))
	case "webhook":
		s.app.Drain(t)
		s.checkHook(t, parse(append([]byte("webhook\n"), step.Data...)))
	case "advance":
		d, err := time.ParseDuration(strings.TrimSpace(string(step.Data)))
		if err != nil {
			t.Fatal(err)
		}
		s.app.Clock.Advance(d)
		s.app.Drain(t)
	}
}

// message is a request, response or webhook of a section.
type message struct {
	first  string
	header http.Header
	body   []byte
}

func parse(data []byte) message {
	head, body, _ := bytes.Cut(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	first, rest, _ := strings.Cut(strings.TrimRight(string(head), "\n"), "\n")
	m := message{first: strings.TrimSpace(first), header: http.Header{}, body: bytes.TrimSuffix(body, []byte("\n"))}
	for line := range strings.Lines(rest) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			m.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
	return m
}

// fill puts what earlier answers left behind into a request or an expected answer.
func (s *stage) fill(t *testing.T, m message) message {
	replace := func(text string) string {
		for name, value := range s.kept {
			text = strings.ReplaceAll(text, "{{"+name+"}}", value)
		}
		if i := strings.Index(text, "{{"); i >= 0 && strings.Contains(text[i:], "}}") {
			t.Fatalf("nothing was kept for %s", text[i:i+strings.Index(text[i:], "}}")+2])
		}
		return text
	}
	filled := message{first: replace(m.first), header: http.Header{}, body: []byte(replace(string(m.body)))}
	for name, values := range m.header {
		for _, value := range values {
			filled.header.Add(name, replace(value))
		}
	}
	return filled
}

// ask sends a request to the app as a client would.
func (a *App) ask(m message) *httptest.ResponseRecorder {
	method, target, _ := strings.Cut(m.first, " ")
	r := httptest.NewRequest(method, target, bytes.NewReader(m.body))
	r.Header = m.header.Clone()
	if r.Header.Get("Content-Type") == "" && len(m.body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	switch r.Header.Get("Authorization") {
	case "":
		if a.Authorization != "" {
			r.Header.Set("Authorization", a.Authorization)
		}
	case "none":
		r.Header.Del("Authorization")
	}
	w := httptest.NewRecorder()
	a.Handler.ServeHTTP(w, r)
	return w
}

func (s *stage) checkAnswer(t *testing.T, want message) {
	got := s.answer
	if strconv.Itoa(got.Code) != want.first {
		t.Errorf("%s: status %d, want %s; body:\n%s", s.asked.first, got.Code, want.first, pretty(got.Body.Bytes()))
		return
	}
	s.checkHeader(t, want.header, got.Header())
	if diff := s.compare(want.body, got.Body.Bytes()); diff != "" {
		t.Errorf("%s: body (-want +got):\n%s\nwhole body:\n%s", s.asked.first, diff, pretty(got.Body.Bytes()))
	}
	if got.Header().Get("X-Request-Id") == "" {
		t.Errorf("%s: the answer has no X-Request-Id", s.asked.first)
	}
	if err := s.document.fits(s.Dialect, s.asked, got); err != nil {
		t.Errorf("%s: %v\nwhole body:\n%s", s.asked.first, err, pretty(got.Body.Bytes()))
	}
}

func (s *stage) checkHeader(t *testing.T, want, got http.Header) {
	for name, values := range want {
		if diff := s.compare([]byte(values[0]), []byte(got.Get(name))); diff != "" {
			t.Errorf("%s: header %s (-want +got):\n%s", s.asked.first, name, diff)
		}
	}
}

func (s *stage) checkEvents(t *testing.T, want []string) {
	events := s.app.Events(t)
	var got []string
	for _, e := range events[s.seen:] {
		got = append(got, string(e.Kind))
	}
	s.seen = len(events)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: events\n%s\nwant\n%s", s.asked.first, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// checkHook compares the next webhook that no section has spoken of. An empty section means that none
// may have come.
func (s *stage) checkHook(t *testing.T, want message) {
	hooks := s.app.Hooks()[s.heard:]
	if len(want.body) == 0 && len(want.header) == 0 {
		if len(hooks) > 0 {
			t.Errorf("%d webhooks too many, the first:\n%s", len(hooks), pretty(hooks[0].Body))
		}
		return
	}
	if len(hooks) == 0 {
		t.Error("no webhook came")
		return
	}
	s.heard++
	s.checkHeader(t, want.header, hooks[0].Header)
	if diff := s.compare(want.body, hooks[0].Body); diff != "" {
		t.Errorf("webhook (-want +got):\n%s\nwhole body:\n%s", diff, pretty(hooks[0].Body))
	}
}
