// Package engine holds the verbs: what can be done with shipments, whoever asks and in whatever API.
//
// Every verb has the form func (Session) Verb(context, In) (Out, error). A verb that spends money reads
// reserve, call, settle: it writes down what it is about to do, calls one carrier outside any transaction,
// and writes down how it ended. What was reserved and not settled is found and settled by a job.
package engine

import (
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// Config is what an engine is made of. Zero durations mean the defaults of DECISIONS 1.
type Config struct {
	Store    store.Store
	Carriers *carrier.Registry
	Env      carrier.Env // lent to adapters; base and mode are each connection's own
	// Simulator is the base address of a carrier's simulator, by driver name, for simulated connections that name none of
	// their own; empty: there is none. Nil: there are none.
	Simulator func(carrier string) (string, error)
	Clock     waybill.Clock
	IDs       *waybill.IDs
	Log       *slog.Logger
	Vault     *Vault // seals secrets and signs tokens and links

	Answer   time.Duration // a create answers within this; default 4.5 s
	Rating   time.Duration // of which rates get this; default 2 s
	Purchase time.Duration // a carrier's deadline for one booking; default 30 s
	TokenTTL time.Duration // how long a token is good; default 1 h

	// Demo lets people into the demo's account, whose credentials everyone knows. Without it that account's
	// tokens are neither issued nor taken, whatever is in the store.
	Demo bool

	Version string // of the program, shown to who asks

	// Journal keeps the logs of requests and of calls to carriers; nil: they are not kept.
	Journal *Journal
	// KeepFor is how long these logs are kept; 0: 7 days.
	KeepFor time.Duration
	// Bare journals keep no headers and bodies of calls to carriers.
	Bare bool
	// Operated is told of every operation of a carrier when it has ended; nil: nobody is.
	Operated func(carrier.Operation)

	// Limits are how many requests each API takes from a caller whose account has no limit of its own.
	Limits []APILimit
	// Speaks says which events a dialect has words for, so that no delivery is queued that would say
	// nothing. Nil: all.
	Speaks func(dialect string, kind waybill.EventKind) bool
	// Statuses are the words that a dialect's messages can be about; false: nobody knows them. Nil: nobody does.
	Statuses func(dialect string) ([]string, bool)
}

// Engine is the verbs' shared machinery. It is safe for concurrent use and keeps nothing that a
// restart would miss.
type Engine struct {
	Config
	started time.Time
	cache   setupCache
	serials serials
	under   underway
	places  singleflight.Group // registrations under way
	proofs  proofs
	guesses guesses
}

// New makes an engine.
func New(c Config) *Engine {
	if c.Answer == 0 {
		c.Answer = 4500 * time.Millisecond
	}
	if c.Rating == 0 {
		c.Rating = 2 * time.Second
	}
	if c.Purchase == 0 {
		c.Purchase = 30 * time.Second
	}
	if c.TokenTTL == 0 {
		c.TokenTTL = time.Hour
	}
	if c.KeepFor == 0 {
		c.KeepFor = 7 * 24 * time.Hour
	}
	c.Store = desk{c.Store}
	e := &Engine{Config: c, started: c.Clock.Now()}
	if c.Journal != nil || c.Operated != nil {
		e.Env.Witness = e.witness
	}
	return e
}

// Session is the engine with someone at the desk: no verb can be called without saying who asks.
type Session struct {
	*Engine
	Actor waybill.Actor
	// IfVersion is of the record that a verb changes, as the caller saw it: if that has moved on the verb is refused,
	// Conflict, ReasonVersion, with nothing changed. 0: whatever is there. Verbs that are told a Version go by that.
	IfVersion int64
	// decided is the purchase that a person decides on, as it was: the write that settles it notes that in the audit log.
	decided *waybill.Purchase
}

// As seats an actor at the desk.
func (e *Engine) As(actor waybill.Actor) Session { return Session{Engine: e, Actor: actor} }

// Gate is the engine before anyone has said who they are: it issues tokens and reads them.
type Gate struct{ *Engine }
