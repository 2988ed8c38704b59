package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// hesitant is a way to a server on which the answers to creates are held back until they are let go.
type hesitant struct {
	*httptest.Server
	sent chan struct{} // one for each create that the server has answered
	let  chan struct{} // closed: nothing is held back any more
	free sync.Once
}

func hesitate(t *testing.T, server string) *hesitant {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	h := &hesitant{sent: make(chan struct{}, 100), let: make(chan struct{})}
	way := httputil.NewSingleHostReverseProxy(to)
	way.ModifyResponse = func(r *http.Response) error {
		if r.Request.Method == http.MethodPost && strings.HasSuffix(r.Request.URL.Path, "/shipments") {
			h.sent <- struct{}{}
			<-h.let
		}
		return nil
	}
	h.Server = httptest.NewServer(way)
	t.Cleanup(func() { h.release(); h.Close() })
	return h
}

func (h *hesitant) release() { h.free.Do(func() { close(h.let) }) }

// awaits waits for a line that a command writes.
func awaits(t *testing.T, p *process, what string) {
	t.Helper()
	for until := time.Now().Add(patience); !strings.Contains(p.output(), what); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it never said %q: %s", what, p.output())
		}
	}
}

// shipping ships a file until four orders are under way, and interrupts it there.
func shipping(t *testing.T, h *hesitant, file string) *process {
	t.Helper()
	cmd := self(t, append(os.Environ(), beVariable+"=program", "WAYBILL_API_KEY="+demoKey), "--server", h.URL, "ship", "--file", file)
	p := &process{t: t, cmd: cmd, ended: make(chan struct{})}
	out := lines{p}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(p.ended) }()
	t.Cleanup(p.kill)
	for range atOnce {
		select {
		case <-h.sent:
		case <-time.After(patience):
			t.Fatalf("four orders are not under way: %s", p.output())
		}
	}
	_ = cmd.Process.Signal(os.Interrupt)
	awaits(t, p, "no more orders are sent; waiting for those under way")
	return p
}

// lines writes what a process says into its log.
type lines struct{ p *process }

func (l lines) Write(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.p.log.Write(b)
}

const demoKey = "wb_test_demodemodemodemodemodemodemode4CrKwc"

// TestAFileIsEndedInTheMiddle: who ends a file of orders is told of each what became of it: those under way are waited
// for; who does not wait is told that nobody knows; and the same file sent again ships each once.
func TestAFileIsEndedInTheMiddle(t *testing.T) {
	server := launch(t, self(t, append(os.Environ(), beVariable+"=program", "WAYBILL_ADMIN="), "serve", "--demo", "--listen", "127.0.0.1:0", "--data", t.TempDir()), "msg=serving address=", "http://")
	t.Cleanup(server.kill)
	const orders = 10
	file := func(prefix string) string {
		var text bytes.Buffer
		fmt.Fprintln(&text, "reference,from,to_name,to_street,to_postcode,to_city,to_country,weight")
		for i := range orders {
			fmt.Fprintf(&text, "%s-%d,GB-BATH,Ada,12 Park Row,BS1 5LN,Bristol,GB,1kg\n", prefix, i)
		}
		path := filepath.Join(t.TempDir(), "orders.csv")
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	count := func(said, fate string) int {
		return len(regexp.MustCompile(`(?m)^\d+ +\S+ +`+fate+`\b`).FindAllString(said, -1))
	}
	ended := func(t *testing.T, p *process, code int, want map[string]int, conclusion string) {
		t.Helper()
		if !p.died() {
			t.Fatal("it does not end")
		}
		said := p.output()
		if got := p.cmd.ProcessState.ExitCode(); got != code || !strings.Contains(said, conclusion) {
			t.Errorf("it ends with %d:\n%s", got, said)
		}
		for fate, n := range want {
			if got := count(said, fate); got != n {
				t.Errorf("%d are %s, not %d:\n%s", got, fate, n, said)
			}
		}
	}
	again := func(t *testing.T, path string) {
		t.Helper()
		cmd := self(t, append(os.Environ(), beVariable+"=program", "WAYBILL_API_KEY="+demoKey), "--server", server.base, "ship", "--file", path)
		said, err := cmd.CombinedOutput()
		var failed *exec.ExitError
		if errors.As(err, &failed) || count(string(said), "booked") != orders {
			t.Errorf("sent again: %v\n%s", err, said)
		}
	}
	t.Run("once", func(t *testing.T) {
		h, path := hesitate(t, server.base), file("ONE")
		p := shipping(t, h, path)
		h.release()
		ended(t, p, exitFailed, map[string]int{"booked": atOnce, "not sent": orders - atOnce, "unknown": 0}, "4 of 10 were shipped, 6 not sent. Send the same file again")
		again(t, path)
	})
	t.Run("twice", func(t *testing.T) {
		h, path := hesitate(t, server.base), file("TWO")
		p := shipping(t, h, path)
		_ = p.cmd.Process.Signal(os.Interrupt)
		ended(t, p, exitUnsure, map[string]int{"booked": 0, "not sent": orders - atOnce, "unknown": atOnce}, "0 of 10 were shipped, 6 not sent, 4 unknown. Send the same file again: what was shipped is not shipped twice, and what is unknown is found out")
		again(t, path)
	})
	cmd := self(t, append(os.Environ(), beVariable+"=program", "WAYBILL_API_KEY="+demoKey), "--server", server.base, "--json", "shipments", "--limit", "0")
	list, err := cmd.Output()
	if n := bytes.Count(list, []byte(`"reference": "`)); err != nil || n != 2*orders {
		t.Errorf("%d parcels have a number, not %d (%v)", n, 2*orders, err)
	}
}
