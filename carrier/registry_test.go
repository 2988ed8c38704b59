package carrier_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"waybill"
	"waybill/carrier"
)

func TestRegistryOpensAConnectionOnce(t *testing.T) {
	var opened atomic.Int32
	d := driver(&plain{})
	inner := d.Open
	d.Open = func(s carrier.Settings, e carrier.Env) (carrier.Adapter, error) {
		opened.Add(1)
		return inner(s, e)
	}
	r, err := carrier.NewRegistry(d)
	if err != nil {
		t.Fatal(err)
	}
	secrets := carrier.Settings{"secret": "s"}
	at := func(version int64) waybill.Connection {
		c := connection()
		c.ID, c.Version = "c1", version
		return c
	}
	if _, ok := r.Opened(at(1)); ok {
		t.Error("open before it was opened")
	}
	var wg sync.WaitGroup
	carriers := make([]*carrier.Carrier, 20)
	for i := range carriers {
		wg.Go(func() {
			c, err := r.Open(at(1), secrets, carrier.Env{})
			if err != nil {
				t.Error(err)
			}
			carriers[i] = c
		})
	}
	wg.Wait()
	for _, c := range carriers {
		if c != carriers[0] {
			t.Error("two carriers of one version")
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("opened %d times", n)
	}
	if c, ok := r.Opened(at(1)); !ok || c != carriers[0] {
		t.Error("not found open")
	}
	newer, err := r.Open(at(2), secrets, carrier.Env{})
	if err != nil || newer == carriers[0] {
		t.Errorf("a changed connection kept its old carrier: %v", err)
	}
	if stale, err := r.Open(at(1), secrets, carrier.Env{}); err != nil || stale == newer {
		t.Errorf("an old version got the new one's carrier: %v", err)
	}
	if c, ok := r.Opened(at(2)); !ok || c != newer {
		t.Error("an old version replaced a newer one")
	}
	broken := at(3)
	broken.Settings = nil
	if _, err := r.Open(broken, secrets, carrier.Env{}); err == nil {
		t.Error("opened without its settings")
	}
	if _, err := r.Open(at(3), secrets, carrier.Env{}); err != nil {
		t.Errorf("a failure was kept: %v", err)
	}
}

func TestRegistryKnowsItsDrivers(t *testing.T) {
	b, a := driver(&plain{}), driver(&plain{})
	a.Name, b.Name = "alpha", "beta"
	r, err := carrier.NewRegistry(b, a)
	if err != nil || r.Drivers()[0].Name != "alpha" {
		t.Fatalf("%v %v", r.Drivers(), err)
	}
	if d, ok := r.Driver("beta"); !ok || d.Name != "beta" {
		t.Error("beta is not found")
	}
	if _, ok := r.Driver("gamma"); ok {
		t.Error("gamma is found")
	}
	_, err = r.Open(waybill.Connection{Carrier: "gamma"}, nil, carrier.Env{})
	if e := waybill.AsError(err); err == nil || e.Fields[0].Path != "carrier" || !strings.Contains(e.Fields[0].Limit, "alpha, beta") {
		t.Errorf("%v", err)
	}
	if _, err := carrier.NewRegistry(a, a); err == nil {
		t.Error("two drivers of one name")
	}
}
