package waybill

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"sync"
	"time"
)

// Clock tells the time. Together with [NewID] it is all the engine knows of the changing world, so a
// test that sets both repeats exactly.
type Clock interface{ Now() time.Time }

// SystemClock is the machine's own clock, in UTC and whole microseconds: what the store can keep.
type SystemClock struct{}

// Now is the time in UTC, to the microsecond.
func (SystemClock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// ManualClock stands still until it is moved; tests and the demo's fast-forward use it.
type ManualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewManualClock stands at t.
func NewManualClock(t time.Time) *ManualClock {
	return &ManualClock{now: t.UTC().Truncate(time.Microsecond)}
}

// Now is the time the clock was last set to.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t.
func (c *ManualClock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t.UTC().Truncate(time.Microsecond)
}

// Advance moves the clock on by d.
func (c *ManualClock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }

// Zone finds a time zone by its IANA name. The machine reads its zone files once each.
func Zone(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil { // so there are never more than the machine has files
		zones.Store(name, zone)
	}
	return zone, err
}

var zones sync.Map // string to *time.Location

// IDs makes record ids: four bytes of seconds, then five random bytes chosen at start, then three of
// a counter, so ids of one process sort by time and no two processes meet. The counter starts in its lower half: it
// does not come round, which would turn the order of one second, before eight million.
type IDs struct {
	mu    sync.Mutex
	clock Clock
	node  [5]byte
	count uint32
}

// NewIDs makes a source of ids; random supplies the process part and the counter's start (nil: the
// machine's own randomness).
func NewIDs(clock Clock, random io.Reader) *IDs {
	if random == nil {
		random = rand.Reader
	}
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic("waybill: no randomness for ids: " + err.Error())
	}
	g := &IDs{clock: clock, count: uint32(b[5]&0x7f)<<16 | uint32(b[6])<<8 | uint32(b[7])}
	copy(g.node[:], b[:5])
	return g
}

// New is the next id.
func (g *IDs) New() ID {
	seconds := uint32(g.clock.Now().Unix())
	g.mu.Lock()
	g.count = (g.count + 1) & 0xffffff
	count := g.count
	g.mu.Unlock()
	var b [12]byte
	b[0], b[1], b[2], b[3] = byte(seconds>>24), byte(seconds>>16), byte(seconds>>8), byte(seconds)
	copy(b[4:9], g.node[:])
	b[9], b[10], b[11] = byte(count>>16), byte(count>>8), byte(count)
	return ID(hex.EncodeToString(b[:]))
}
