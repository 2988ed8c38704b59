// Package upssim simulates UPS: the REST services that a shipper's software talks to, with the real paths, the real
// shapes and a memory. It is written from UPS's own OpenAPI documents (github.com/UPS-API/api-documentation: OAuth
// client credentials, Rating, Shipping, Tracking, Pickup, UPSTrackAlertEnhanced) and shares no code with the adapter,
// so a wrong belief of one side shows on the other.
//
// Where those documents contradict themselves (a service code of three characters, a label format of four, a rate
// request option shorter than its own values) the simulator does what their examples do; the places say so. Error
// codes are UPS's published ones; those that only general knowledge vouches for are marked [K].
//
// What it prints and prices is invented: labels say SAMPLE, tracking numbers carry valid check digits but belong to
// nobody, and prices come from weight, zone and a small table.
package upssim

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"waybill/internal/fixture"
)

// What a simulator accepts when its Options do not say otherwise.
const (
	DefaultClientID     = "upssim-client"
	DefaultClientSecret = "upssim-secret"
	DefaultAccount      = "A1B2C3"
)

// tokenLife is how long a token is good; the value that the live service hands out.
const tokenLife = 14399 * time.Second

// Options shapes a simulator. The zero value works: in memory, on the machine's clock, with the default credentials.
type Options struct {
	// Clock is the only clock the simulator reads; nil is the machine's.
	Clock fixture.Clock
	// Seed chooses where tracking numbers start; the same seed and the same calls give the same numbers.
	Seed uint64
	// ClientID and ClientSecret are the OAuth client it knows; empty: the defaults.
	ClientID, ClientSecret string
	// Accounts are the shipper numbers that may ship; empty: every six letters and digits.
	Accounts []string
	// StateFile, when set, is where everything booked is written (one JSON value a line) before it is answered.
	StateFile string
	// Shared, in place of a file, is where several simulators keep one memory.
	Shared fixture.Shared
	// Callback is where Track Alert sends events; see Callback.
	Callback Callback
	// Client sends the callbacks; nil is a client with a ten second deadline.
	Client *http.Client
	// Pace, when set, makes each parcel take its next step that long after the one before, instead of in the days
	// that its service promises: a demonstration needs a life in minutes.
	Pace time.Duration
	// MaxHang bounds a hang whose client never goes away; zero: two minutes.
	MaxHang time.Duration
}

// Sim is one UPS. It is an http.Handler, to be mounted at the root (the token path is outside /api), and safe for
// concurrent use.
type Sim struct {
	*fixture.Sim[entry, Callback]
	opts Options

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
	opts.ClientID = cmp.Or(opts.ClientID, DefaultClientID)
	opts.ClientSecret = cmp.Or(opts.ClientSecret, DefaultClientSecret)
	s := &Sim{opts: opts, memory: newMemory()}
	plumbing, err := fixture.Open(fixture.Parts[entry, Callback]{
		Options:   fixture.Options{Fault: writeFault, Magic: Magic(), Clock: opts.Clock, MaxHang: opts.MaxHang},
		StateFile: opts.StateFile, Shared: opts.Shared, Memory: &s.mu, Apply: s.memory.apply, Whole: s.memory.whole,
		Callback: opts.Callback, Sender: fixture.Sender{Client: opts.Client, Header: "credential", Agent: "UPSPubSubTrackingService"}, Due: s.due,
		State:   func() any { return s.State() },
		Advance: func(number, to string) (any, error) { return s.Advance(number, to) },
	})
	if err != nil {
		return nil, err
	}
	s.Sim = plumbing
	s.routes()
	return s, nil
}

// The operations, by the names that mischief and call counts know them.
const (
	OpToken          = "token"
	OpRate           = "rate"
	OpShip           = "ship"
	OpVoid           = "void"
	OpTrack          = "track"
	OpTrackShipment  = "track-shipment"
	OpTrackReference = "track-reference"
	OpLabelRecovery  = "label-recovery"
	OpPickup         = "pickup"
	OpPickupCancel   = "pickup-cancel"
	OpSubscribe      = "subscribe"
)

func (s *Sim) routes() {
	s.open("POST /security/v1/oauth/token", OpToken, s.token)
	s.guarded("POST /api/rating/{version}/{requestoption}", OpRate, s.rate)
	s.guarded("POST /api/shipments/{version}/ship", OpShip, s.ship)
	s.guarded("DELETE /api/shipments/{version}/void/cancel/{id}", OpVoid, s.void)
	s.guarded("GET /api/track/v1/details/{number}", OpTrack, s.track)
	s.guarded("GET /api/track/v1/shipment/details/{number}", OpTrackShipment, s.trackShipment)
	s.guarded("GET /api/track/v1/reference/details/{reference}", OpTrackReference, s.trackReference)
	s.guarded("POST /api/labels/{version}/recovery", OpLabelRecovery, s.recoverLabel)
	s.guarded("POST /api/pickupcreation/{version}/pickup", OpPickup, s.createPickup)
	s.guarded("DELETE /api/shipments/{version}/pickup/{by}", OpPickupCancel, s.cancelPickup)
	s.guarded("POST /api/track/{version}/subscription/{type}/package", OpSubscribe, s.subscribe)
}

// operation answers one call: the body to send with 200, or a *fault.
type operation func(*http.Request) (any, error)

// open mounts an operation that needs no token.
func (s *Sim) open(pattern, name string, do operation) {
	s.Handle(pattern, name, func(w http.ResponseWriter, r *http.Request) {
		out, err := do(r)
		if err != nil {
			writeError(w, err)
			return
		}
		fixture.WriteJSON(w, http.StatusOK, out)
	})
}

// guarded mounts an operation that needs a token.
func (s *Sim) guarded(pattern, name string, do operation) {
	s.open(pattern, name, func(r *http.Request) (any, error) {
		if err := s.authorise(r); err != nil {
			return nil, err
		}
		return do(r)
	})
}

// ServeHTTP implements http.Handler. What no operation claims gets a refusal in UPS's shape.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.Mux.Handler(r)
	if pattern != "" {
		s.Mux.ServeHTTP(w, r)
		return
	}
	var probe statusOnly
	h.ServeHTTP(&probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.Header().Get("Allow"))
		writeError(w, &fault{http.StatusMethodNotAllowed, []problem{{"405", "The requested method is not allowed for this resource."}}})
		return
	}
	writeError(w, &fault{http.StatusNotFound, []problem{{"404", "The requested resource was not found."}}})
}

// statusOnly takes the status that net/http would have answered and forgets the rest.
type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header {
	if p.header == nil {
		p.header = http.Header{}
	}
	return p.header
}
func (p *statusOnly) WriteHeader(status int)         { p.status = status }
func (p *statusOnly) Write(body []byte) (int, error) { return len(body), nil }
