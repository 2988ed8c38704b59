package waybill

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// APIRequest is one call to one of the APIs and how it was answered: an entry of the request log. Secrets are taken out of it
// before it is stored. It is no business data: the last moments before a crash may be missing.
type APIRequest struct {
	Row               // Account is empty while nobody knows who asked; Created is when it came in
	RequestID  string // what the answer carried as X-Request-Id; a caller may have chosen it, so it may be there twice
	Dialect    string
	Operation  string // "unknown" when no route fitted
	Method     string
	Path       string // with the dialect's prefix, whatever address it was sent to
	Query      string
	Status     int
	Took       time.Duration
	Reason     Reason // of a refusal
	Actor      string // name
	ActorID    ID     // of the user, client or key
	ActorKind  ActorKind
	IP         string
	Shipment   ID     // that it was about, where it was about one
	Reference  string // of that shipment
	Others     []ID   // shipments that it came upon besides
	Ignored    []string
	Header     map[string]string // of interest
	Body       string
	BodySize   int // as it came in
	BodyCut    bool
	Redacted   bool // something of what came in was a secret: it cannot be sent again as it is
	Answer     string
	AnswerType string
	AnswerSize int
	AnswerCut  bool
	Replay     ID // the entry that this one was a replay of
}

// CarrierCall is one call out to a carrier: an entry of the log of what requests and jobs caused. The account is the
// connection's: one that only borrows the connection does not see what its owner and the carrier say to each other.
type CarrierCall struct {
	Row               // Created is when it went out
	Cause             // what made it go out
	Connection ID     // empty for a trial of settings
	Carrier    string // driver
	Operation  string // of the carrier port: quote, ship, void, track…
	Key        string // of the purchase, return or pickup
	Shipment   ID
	Method     string // empty: nothing was sent, since the carrier is left alone for a moment
	URL        string
	Status     int // 0: no answer
	Took       time.Duration
	Failed     bool   // the carrier's side failed: outage, limit, login
	Reason     Reason // why the operation did not succeed; empty: it did
	Error      string // the carrier's own code, or what went wrong
	Header     map[string]string
	Body       string
	BodySize   int
	Answer     string
	AnswerSize int
}

// Cause is what made a call to a carrier go out: a request to one of the APIs, or a job.
type Cause struct {
	Request   ID     // of its entry in the request log
	RequestID string // what its answer carried
	Job       JobKind
	JobID     ID
}

type causeKey struct{}

// Caused notes with a context what is being done in it. What outlives the caller keeps it.
func Caused(ctx context.Context, c Cause) context.Context {
	return context.WithValue(ctx, causeKey{}, c)
}

// CauseOf is what is being done in a context; empty: nobody said.
func CauseOf(ctx context.Context) Cause {
	c, _ := ctx.Value(causeKey{}).(Cause)
	return c
}

// Subject is where one learns of a request what its answer does not say: which shipment it was about, the first that was
// found or made for it, which others it came upon, and whether the caller's key stood for what is answered.
type Subject struct {
	about    atomic.Pointer[about]
	recalled atomic.Bool

	mu  sync.Mutex
	met map[ID]string // with the reference
}

// mostMet is how many shipments of a request are noted: more than any answer tells of.
const mostMet = 5000

// Met notes a shipment, or a return that stands alone, that a request came upon; on a nil Subject it does nothing.
func (s *Subject) Met(id ID, reference string) {
	if s == nil || id == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.met == nil {
		s.met = map[ID]string{}
	}
	if known, ok := s.met[id]; known == "" && (ok || len(s.met) < mostMet) {
		s.met[id] = reference
	}
}

// Others are those that were met and are not the one that it was about.
func (s *Subject) Others() (ids []ID) {
	first, _ := s.Shipment()
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.met {
		if id != first {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

type about struct {
	shipment  ID
	reference string
}

// Saw notes a shipment; on a nil Subject it does nothing.
func (s *Subject) Saw(sh Shipment) {
	if s != nil && sh.ID != "" {
		s.about.CompareAndSwap(nil, &about{sh.ID, sh.Reference})
	}
}

// Shipment is the first that was noted, and its reference; else the only one that was met.
func (s *Subject) Shipment() (id ID, reference string) {
	if s == nil {
		return "", ""
	}
	if a := s.about.Load(); a != nil {
		return a.shipment, a.reference
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.met) == 1 {
		for id, reference := range s.met {
			return id, reference
		}
	}
	return "", ""
}

// Recall notes that the caller's key stood for what is answered: nothing was done. On a nil Subject it does nothing.
func (s *Subject) Recall() {
	if s != nil {
		s.recalled.Store(true)
	}
}

// Recalled reports whether nothing was done, since the caller's key stood for what is answered.
func (s *Subject) Recalled() bool { return s != nil && s.recalled.Load() }
