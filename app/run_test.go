package app

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill"
	"waybill/internal/steadytest"
)

// TestStop: a stop makes the server unready, shuts the listener, and waits for the purchase that nobody waits for
// any more: its caller was answered that the booking goes on.
func TestStop(t *testing.T) {
	t.Parallel()
	cfg := fresh(t)
	cfg.Demo, cfg.Admin = true, steadytest.Address(t)
	r := serve(t, cfg)
	mischief := r.simBase("ups") + "/_sim/mischief"
	response, err := http.Post(mischief, "application/json", strings.NewReader(`{"operation":"ship","kind":"delay:1h","count":1}`))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response, err)
	}
	response.Body.Close()
	status, answer := r.call(http.MethodPost, "/lynkup/shipments", r.lynkupLogin(DemoClient, DemoSecret), lynkupOrder("STOP-1", "Ann Demo"))
	if status != http.StatusCreated || text(answer, "status") != "PENDING_DISPATCH" {
		t.Fatalf("%d %v", status, answer)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- r.stopRun() }()
	eventually(t, "the admin address says that it stops", func() bool {
		status, said := ready(t, cfg.Admin)
		return status == http.StatusServiceUnavailable && strings.Contains(said, "draining")
	})
	eventually(t, "the listener is shut", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	if status, _ := ready(t, cfg.Admin); status != http.StatusServiceUnavailable {
		t.Errorf("while the purchase is under way the admin address says %d", status)
	}
	let, err := http.NewRequest(http.MethodDelete, mischief, nil)
	must(t, err)
	if response, err = http.DefaultClient.Do(let); err != nil { // the carrier answers at last
		t.Fatal(err)
	}
	response.Body.Close()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	sh := shipmentOf(t, r.App, DemoAccount, "STOP-1")
	if sh.Booking != waybill.Booked || sh.Tracking == "" {
		t.Errorf("after the stop the shipment is %s with %q", sh.Booking, sh.Tracking)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "admin.sock")); err == nil {
		t.Error("the socket is left behind")
	}
}

func ready(t *testing.T, address string) (int, string) {
	t.Helper()
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(said)
}

// TestOneProcess: a data folder is one process's; the second is told whose.
func TestOneProcess(t *testing.T) {
	cfg := fresh(t)
	serve(t, cfg)
	_, err := New(t.Context(), cfg, Parts{})
	if err == nil || !strings.Contains(err.Error(), "is in use by process") {
		t.Errorf("the second process: %v", err)
	}
}

// TestPortTaken: who cannot listen says where and what to do.
func TestPortTaken(t *testing.T) {
	first := serve(t, fresh(t))
	cfg := fresh(t)
	cfg.Listen = strings.TrimPrefix(first.url, "http://")
	err := build(t, cfg).Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), cfg.Listen) || !strings.Contains(err.Error(), "--listen") {
		t.Error(err)
	}
}

// TestAdmin: metrics, profiles and health are on the admin address; the first two nowhere else.
func TestAdmin(t *testing.T) {
	cfg := fresh(t)
	cfg.Admin = steadytest.Address(t)
	r := serve(t, cfg)
	if status, _ := r.call(http.MethodGet, "/healthz", "", nil); status != http.StatusOK {
		t.Errorf("healthz: %d", status)
	}
	for path, want := range map[string]string{
		"/metrics": "waybill_requests_total", "/debug/pprof/": "goroutine", "/healthz": "ok", "/readyz": "ready",
	} {
		r.call(http.MethodGet, "/lynkup/shipments/none", "", nil) // something to count
		status, body, err := get(http.DefaultClient, "http://"+cfg.Admin+path)
		if err != nil || status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("admin %s: %d %v", path, status, err)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/"} {
		if status, _ := r.call(http.MethodGet, path, "", nil); status != http.StatusNotFound {
			t.Errorf("%s is public: %d", path, status)
		}
	}
	// A second program whose admin address is taken ships all the same.
	other := fresh(t)
	other.Admin = cfg.Admin
	second := serve(t, other)
	if status, _ := second.call(http.MethodGet, "/readyz", "", nil); status != http.StatusOK {
		t.Errorf("without an admin address it answers %d", status)
	}
}
