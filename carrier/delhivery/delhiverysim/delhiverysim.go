// Package delhiverysim simulates Delhivery's B2C API: the calls that a shipper's software makes, with the real paths,
// the real shapes and a memory. It is written from Delhivery's published documents and from answers of the live service
// that others have published, and shares no code with the adapter, so a wrong belief of one side shows on the other.
//
// Delhivery's habits are kept: a refused booking is HTTP 200, its reason hides in a package's remarks; waybill numbers
// come as one JSON string; a cancelled parcel that nobody had picked up still says "Not Picked"; a caller who asks too
// often gets a web page with status 403; times carry no zone and are Indian.
//
// What it prints and prices is invented: labels say SAMPLE, numbers belong to nobody, prices are those of the table in
// price.go.
package delhiverysim

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"waybill/internal/fixture"
)

// What a simulator accepts when its Options do not say otherwise.
const (
	DefaultToken  = "delhiverysim-token"
	DefaultClient = "DELHIVERYSIM B2C"
	// DefaultPlace is the pickup place that is registered from the start.
	DefaultPlace = "Delhiverysim Warehouse"
)

// ist is Indian Standard Time, in which Delhivery writes every time, without saying so.
var ist = time.FixedZone("IST", 5*3600+1800)

// Options shapes a simulator. The zero value works: in memory, on the machine's clock, with the default token.
type Options struct {
	// Clock is the only clock the simulator reads; nil is the machine's.
	Clock fixture.Clock
	// Seed chooses where waybill numbers start; the same seed and the same calls give the same numbers.
	Seed uint64
	// Token is the one it accepts, ClientName the client it belongs to; empty: the defaults.
	Token, ClientName string
	// Places are pickup places known from the start, all in New Delhi; empty: DefaultPlace.
	Places []string
	// Balance is what is in the client's wallet, in paise; 0: the client pays by invoice.
	Balance int64
	// Prepare is how long a fetched waybill number is not yet usable: Delhivery prepares them in batches.
	Prepare time.Duration
	// StateFile, when set, is where everything booked is written (one JSON value a line) before it is answered.
	StateFile string
	// Shared, in place of a file, is where several simulators keep one memory.
	Shared fixture.Shared
	// Callback is where scans are pushed; see Callback.
	Callback Callback
	// Client sends the callbacks; nil is a client with a ten second deadline.
	Client *http.Client
	// Pace, when set, makes each parcel take its next step that long after the one before, instead of in the days
	// that its mode takes: a demonstration needs a life in minutes.
	Pace time.Duration
	// MaxHang bounds a hang whose client never goes away; zero: two minutes.
	MaxHang time.Duration
}

// Sim is one Delhivery. It is an http.Handler and safe for concurrent use.
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
	opts.Token = cmp.Or(opts.Token, DefaultToken)
	opts.ClientName = cmp.Or(opts.ClientName, DefaultClient)
	if len(opts.Places) == 0 {
		opts.Places = []string{DefaultPlace}
	}
	s := &Sim{opts: opts, memory: newMemory()}
	for _, name := range opts.Places {
		s.memory.places[name] = place{
			Name: name, Address: "Plot 5, Okhla Phase III", City: "New Delhi", Pin: "110020", Country: "India", Phone: "9811000000", Active: true,
		}
	}
	plumbing, err := fixture.Open(fixture.Parts[entry, Callback]{
		Options:   fixture.Options{Fault: writeFault, Magic: Magic(), Clock: opts.Clock, MaxHang: opts.MaxHang},
		StateFile: opts.StateFile, Shared: opts.Shared, Memory: &s.mu, Apply: s.memory.apply, Whole: s.memory.whole,
		Callback: opts.Callback, Sender: fixture.Sender{Client: opts.Client}, Due: s.due,
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

// The operations, by the names that mischief and call counts know them. Editing and cancelling are one.
const (
	OpPincodes  = "pincodes"
	OpTAT       = "tat"
	OpWaybill   = "waybill"
	OpCreate    = "create"
	OpEdit      = "edit"
	OpTrack     = "track"
	OpLabel     = "label"
	OpLabelFile = "label-file"
	OpCharges   = "charges"
	OpPickup    = "pickup"
	OpWarehouse = "warehouse"
	OpNDR       = "ndr"
	OpNDRStatus = "ndr-status"
	OpEwaybill  = "ewaybill"
	OpBalance   = "balance"
)

func (s *Sim) routes() {
	s.mount("GET /c/api/pin-codes/json/{$}", OpPincodes, s.pincodes)
	s.mount("GET /api/dc/expected_tat", OpTAT, s.tat)
	s.mount("GET /waybill/api/bulk/json/{$}", OpWaybill, s.bulkWaybills)
	s.mount("GET /waybill/api/fetch/json/{$}", OpWaybill, s.oneWaybill)
	s.mount("POST /api/cmu/create.json", OpCreate, s.create)
	s.mount("POST /api/cmu/create.json/{$}", OpCreate, s.createSlashed)
	s.mount("POST /api/p/edit", OpEdit, s.edit)
	s.mount("GET /api/v1/packages/json/{$}", OpTrack, s.track)
	s.mount("GET /api/p/packing_slip", OpLabel, s.packingSlip)
	s.mount("GET /api/kinko/v1/invoice/charges/.json", OpCharges, s.charges)
	s.mount("POST /fm/request/new/{$}", OpPickup, s.pickup)
	s.mount("POST /api/backend/clientwarehouse/create/{$}", OpWarehouse, s.createPlace)
	s.mount("POST /api/backend/clientwarehouse/edit/{$}", OpWarehouse, s.editPlace)
	s.mount("POST /api/backend/clientwarehouse/status/{$}", OpWarehouse, s.placeStatus)
	s.mount("POST /api/p/update", OpNDR, s.ndr)
	s.mount("GET /api/cmu/get_bulk_upl/{id}", OpNDRStatus, s.ndrStatus)
	s.mount("PUT /api/rest/ewaybill/{waybill}/{$}", OpEwaybill, s.ewaybill)
	s.mount("GET /api/client/get_balance_ledger.json", OpBalance, s.balance)
	s.Handle("GET /_storage/labels/{file}", OpLabelFile, s.labelFile)
}

// operation answers one call: a body for 200, an *answer of another status or form, or an error.
type operation func(*http.Request) (any, error)

// mount mounts an operation that needs the token.
func (s *Sim) mount(pattern, name string, do operation) {
	s.Handle(pattern, name, func(w http.ResponseWriter, r *http.Request) {
		if refusal := s.authorise(r, name); refusal != nil {
			refusal.write(w)
			return
		}
		out, err := do(r)
		if err != nil {
			out = &answer{status: http.StatusInternalServerError, kind: "text/plain; charset=utf-8", text: err.Error()}
		}
		if a, ok := out.(*answer); ok {
			a.write(w)
			return
		}
		(&answer{status: http.StatusOK, json: out}).write(w)
	})
}
