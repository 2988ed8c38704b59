package carriertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"waybill/internal/fixture"
)

// Simulator is what a backend is made of.
type Simulator interface {
	http.Handler
	io.Closer
	Mischief() *fixture.Mischief
}

// Serve serves a simulator until the test ends. A front stands between it and the adapter; nil: none does.
func Serve(t *testing.T, sim Simulator, front http.Handler) *httptest.Server {
	t.Helper()
	if front == nil {
		front = sim
	}
	server := httptest.NewServer(front)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// Hung is a Backend's Hung for a simulator.
func Hung(sim Simulator) func(operation string) int {
	return func(operation string) int { return sim.Mischief().Hung(operation) }
}

// Spoil is a Backend's Mischief for a simulator.
func Spoil(t *testing.T, sim Simulator) func(operation, kind string, count int) {
	return func(operation, kind string, count int) {
		if err := sim.Mischief().Set(operation, fixture.Kind(kind), count); err != nil {
			t.Fatal(err)
		}
	}
}
