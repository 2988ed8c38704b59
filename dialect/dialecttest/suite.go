// Package dialecttest is the suite that every dialect must pass.
//
// The suite owns the assertions; a dialect brings a harness and its recorded conversations: one txtar file
// in its testdata is one conversation. Sections follow each other as the conversation does:
//
//	-- given --     lines for the harness to set the scene with
//	-- request --   "POST /shipments", header lines, an empty line, the body
//	-- response --  "201", header lines that must be there, an empty line, the whole body
//	-- events --    kinds of the events since the section before, one a line; empty: none may have fired
//	-- webhook --   what an endpoint got: header lines, an empty line, the whole body; jobs are run first
//	-- advance --   how far the clock moves, such as 90m; jobs that are due then are run
//
// JSON bodies are compared whole, numbers by value. In an expected text <id>, <number>, <time>, <token>,
// <base64>, <pdf> and <any> stand for whatever fits them, and <id:order> also keeps it: later requests and
// answers may say {{order}}. Unless a request has an Authorization header it is sent with the app's own; "Authorization:
// none" sends none.
package dialecttest

import (
	"net/http"
	"path/filepath"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// App is one running installation that speaks the dialect: the real engine over a real store, with a
// clock that stands still. [Installation] makes one.
type App struct {
	Engine  *engine.Engine // for setting scenes
	Handler http.Handler   // the dialect, without prefix
	Clock   *waybill.ManualClock
	// Drain runs the jobs that are due, webhooks included.
	Drain func(*testing.T)
	// Events are all that happened so far, in order.
	Events func(*testing.T) []waybill.Event
	// Hooks are the webhooks that an endpoint of the app received so far, in order.
	Hooks func() []Hook
	// Authorization is the header value of the seeded caller; empty: the API knows no tokens.
	Authorization string
}

// Hook is a webhook as its endpoint got it.
type Hook struct {
	Header http.Header
	Body   []byte
}

// Harness is what a dialect brings.
type Harness struct {
	Dialect dialect.Dialect
	// Start makes a fresh app that holds what the conversations rely on.
	Start func(*testing.T) *App
	// Given does one line of a given section.
	Given func(t *testing.T, app *App, line string)
	// Dir holds the conversations; empty: testdata.
	Dir string
	// Unspoken names the kinds of events that the API has no word for, each with the reason.
	Unspoken map[waybill.EventKind]string
	// Unproven names operations without a conversation, each with the reason.
	Unproven map[string]string
	// Bare names operations whose refusals may be a JSON string in place of an object, each with the reason.
	Bare map[string]string
	// Lenient names members whose wrong types the API is known to let pass ("POST /shipments orderAttributes").
	Lenient map[string]string
}

// Run holds a dialect to everything the suite asserts.
func Run(t *testing.T, h Harness) {
	conversations, document := h.read(t)
	h.play(t, conversations, document)
	t.Run("every route has a conversation", func(t *testing.T) { routesAreProven(t, h, conversations) })
	t.Run("every route is in the OpenAPI document", func(t *testing.T) { routesAreDescribed(t, h, document) })
	t.Run("every member of an answer is spoken", func(t *testing.T) { answersAreProduced(t, h, conversations, document) })
	t.Run("every reason and code has a fault", func(t *testing.T) { faultsAreTotal(t, h) })
	t.Run("every event is spoken or declined", func(t *testing.T) { eventsAreSpoken(t, h) })
	t.Run("the door answers in the dialect's words", func(t *testing.T) { doorHolds(t, h) })
	t.Run("bad bodies are refused and never break it", func(t *testing.T) { bodiesAreSurvived(t, h, conversations, document) })
	t.Run("generated requests never break it", func(t *testing.T) { requestsAreSurvived(t, h, document) })
}

// Conversations plays the conversations alone: on another database, where all else is the same.
func Conversations(t *testing.T, h Harness) {
	conversations, document := h.read(t)
	h.play(t, conversations, document)
}

func (h *Harness) read(t *testing.T) ([]*conversation, *spec) {
	if h.Dir == "" {
		h.Dir = "testdata"
	}
	files, err := filepath.Glob(filepath.Join(h.Dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations in %s (%v)", h.Dir, err)
	}
	conversations := make([]*conversation, len(files))
	for i, file := range files {
		conversations[i] = read(t, file)
	}
	return conversations, loadSpec(t, h.Dialect)
}

func (h *Harness) play(t *testing.T, conversations []*conversation, document *spec) {
	for _, c := range conversations {
		t.Run("conversation/"+c.name, func(t *testing.T) {
			document.played++
			c.play(t, *h, h.Start(t), document)
		})
	}
}
