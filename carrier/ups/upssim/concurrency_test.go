package upssim_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"waybill/carrier/ups/upssim"
)

func TestManyAtOnce(t *testing.T) {
	const callers, each = 8, 5
	d := open(t, upssim.Options{StateFile: filepath.Join(t.TempDir(), "ups.jsonl")})
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for c := range callers {
		wg.Go(func() {
			for n := range each {
				ref := fmt.Sprintf("C%d-%d", c, n)
				got := d.do(d.request("POST", "/api/shipments/v2409/ship", order(ref, "1").body))
				mu.Lock()
				seen[got.id()] = true
				mu.Unlock()
				d.do(d.request("GET", "/api/track/v1/details/"+got.id(), nil))
				d.sim.State()
			}
		})
	}
	wg.Wait()
	if len(seen) != callers*each || len(d.sim.State().Shipments) != callers*each {
		t.Errorf("%d numbers, %d shipments, want %d", len(seen), len(d.sim.State().Shipments), callers*each)
	}
}
