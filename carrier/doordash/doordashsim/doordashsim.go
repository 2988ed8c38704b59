// Package doordashsim simulates DoorDash Drive (version 2): quotes, deliveries, their life with a Dasher, and
// webhooks, with the real paths, the real shapes and a memory. It is written from DoorDash's own description of
// the API (Drive API 2.1: schemas, codes and reasons of errors) and its pages on statuses and webhooks, and shares
// no code with the adapter, so a wrong belief of one side shows on the other. What only general knowledge vouches
// for is marked [K].
//
// It is strict: a member that the description does not have is refused, where the live service may let it pass.
// What it charges and how long it takes is invented: the fee comes from the distance between postcodes of some
// large cities, which are also all it serves.
package doordashsim

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"waybill/internal/fixture"
)

// What a simulator accepts when its Options do not say otherwise.
const (
	DefaultDeveloperID   = "doordashsim-developer"
	DefaultKeyID         = "doordashsim-key"
	DefaultSigningSecret = "ZG9vcmRhc2hzaW0tc2lnbmluZy1zZWNyZXQ_PT8"
)

// Options shapes a simulator. The zero value works: in memory, on the machine's clock, with the default credentials.
type Options struct {
	// Clock is the only clock the simulator reads; nil is the machine's.
	Clock fixture.Clock
	// Seed chooses where support references start; the same seed and the same calls give the same ones.
	Seed uint64
	// DeveloperID, KeyID and SigningSecret (base64url) are the access key it knows; empty: the defaults.
	DeveloperID, KeyID, SigningSecret string
	// StateFile, when set, is where everything is written (one JSON value a line) before it is answered.
	StateFile string
	// Shared, in place of a file, is where several simulators keep one memory.
	Shared fixture.Shared
	// Callback is where webhooks go; see Callback.
	Callback Callback
	// Client sends the webhooks; nil is a client with a ten second deadline.
	Client *http.Client
	// Pace, when set, makes each delivery take its next step that long after the one before, instead of at the pace
	// of a Dasher.
	Pace time.Duration
	// MaxHang bounds a hang whose client never goes away; zero: two minutes.
	MaxHang time.Duration
}

// Sim is one DoorDash. It is an http.Handler, to be mounted at the root (paths begin with /drive/v2), and safe for
// concurrent use.
type Sim struct {
	*fixture.Sim[*delivery, Callback]
	opts   Options
	secret []byte

	mu     sync.Mutex
	memory memory
}

// New returns a simulator. It panics when the state file cannot be read; callers that set one use Open.
func New(opts Options) *Sim {
	s, err := Open(opts)
	if err != nil {
		panic(err)
	}
	return s
}

// Open returns a simulator that remembers what its state file says.
func Open(opts Options) (*Sim, error) {
	opts.DeveloperID = cmp.Or(opts.DeveloperID, DefaultDeveloperID)
	opts.KeyID = cmp.Or(opts.KeyID, DefaultKeyID)
	opts.SigningSecret = cmp.Or(opts.SigningSecret, DefaultSigningSecret)
	secret, err := base64.URLEncoding.DecodeString(padded(opts.SigningSecret))
	if err != nil {
		return nil, err
	}
	s := &Sim{opts: opts, secret: secret, memory: newMemory()}
	plumbing, err := fixture.Open(fixture.Parts[*delivery, Callback]{
		Options:   fixture.Options{Fault: writeFault, Magic: Magic(), Text: spoken, Clock: opts.Clock, MaxHang: opts.MaxHang},
		StateFile: opts.StateFile, Shared: opts.Shared, Memory: &s.mu, Apply: s.memory.apply, Whole: s.memory.whole,
		Callback: opts.Callback, Sender: fixture.Sender{Client: opts.Client, Tries: tries}, Due: s.due,
		State:   func() any { return s.State() },
		Advance: func(id, to string) (any, error) { return s.Advance(id, to) },
	})
	if err != nil {
		return nil, err
	}
	s.Sim = plumbing
	s.routes()
	return s, nil
}

// padded is base64 with the padding that DoorDash's portal leaves out.
func padded(text string) string {
	return text + strings.Repeat("=", (4-len(text)%4)%4)
}

// The operations, by the names that mischief and call counts know them.
const (
	OpQuote  = "quote"
	OpAccept = "accept"
	OpCreate = "create"
	OpGet    = "get"
	OpUpdate = "update"
	OpCancel = "cancel"
)

func (s *Sim) routes() {
	s.mount("POST /drive/v2/quotes", OpQuote, s.quote)
	s.mount("POST /drive/v2/quotes/{id}/accept", OpAccept, s.accept)
	s.mount("POST /drive/v2/deliveries", OpCreate, s.create)
	s.mount("GET /drive/v2/deliveries/{id}", OpGet, s.get)
	s.mount("PATCH /drive/v2/deliveries/{id}", OpUpdate, s.update)
	s.mount("PUT /drive/v2/deliveries/{id}/cancel", OpCancel, s.cancel)
}

// operation answers one call: the delivery as it now is, or a *fault.
type operation func(*http.Request) (*delivery, error)

// mount serves an operation to those who have a token.
func (s *Sim) mount(pattern, name string, do operation) {
	s.Handle(pattern, name, func(w http.ResponseWriter, r *http.Request) {
		err := s.authorise(r)
		var d *delivery
		if err == nil {
			d, err = do(r)
		}
		if err != nil {
			writeError(w, err)
			return
		}
		s.mu.Lock()
		out := d.answer()
		s.mu.Unlock()
		fixture.WriteJSON(w, http.StatusOK, out)
	})
}

// ServeHTTP implements http.Handler. What no operation claims gets a refusal in DoorDash's shape.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.Mux.Handler(r); pattern == "" {
		writeError(w, &fault{status: http.StatusNotFound, Code: "not_found", Message: "The requested resource does not exist"})
		return
	}
	s.Mux.ServeHTTP(w, r)
}
