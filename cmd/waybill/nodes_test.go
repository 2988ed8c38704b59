package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"waybill/store/storetest"
)

// shared is an installation of several nodes on one database.
func shared(t testing.TB) installation {
	t.Helper()
	return installation{
		data: t.TempDir(), database: storetest.Postgres(t),
		env: []string{"WAYBILL_KEY=testkey1:" + strings.Repeat("0f", 32)},
	}
}

// node is another node of the installation, with a folder of its own.
func (i installation) node(t testing.TB) *shop {
	t.Helper()
	i.data = t.TempDir()
	return newShop(t, i.serve(t))
}

// ear hears webhooks: of each order, how often each status was told.
type ear struct {
	*httptest.Server
	mu    sync.Mutex
	heard map[string]int
}

func newEar(t testing.TB) *ear {
	e := &ear{heard: map[string]int{}}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var notice struct {
			OrderExternalID string `json:"orderExternalId"`
			Status          string `json:"status"`
		}
		if err == nil {
			err = json.Unmarshal(body, &notice)
		}
		if err != nil {
			t.Errorf("webhook: %v: %s", err, body)
		}
		e.mu.Lock()
		e.heard[notice.OrderExternalID+" "+notice.Status]++
		e.mu.Unlock()
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *ear) times(reference, status string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard[reference+" "+status]
}

// Two nodes on one database are one installation: what one did the other knows, whoever is asked; of creates
// with one reference over both exactly one books; each job is done once.
func TestTwoNodesAreOne(t *testing.T) {
	i, sim, hooks := shared(t), simulators(t), newEar(t)
	setUp(t, i, sim)
	a, b := i.node(t), i.node(t)
	i.at(a.node).run(t, "webhooks", "add", hooks.URL, "--dialect", "lynkup")

	t.Run("created here, read and cancelled there", func(t *testing.T) {
		status, made, err := a.create("N-1", fromUPS, "Ray Receiver")
		a.must(http.StatusCreated, status, made, err)
		if seen := b.here("N-1"); seen.ID != made.ID || seen.TrackingID != made.TrackingID || seen.Status != made.Status {
			t.Errorf("made %+v, the other node sees %+v", made, seen)
		}
		status, gone, err := b.cancel("N-1")
		b.must(http.StatusOK, status, gone, err)
		if seen := a.here("N-1"); seen.Status != gone.Status || seen.Status != "ORDER_CANCELLED" {
			t.Errorf("cancelled there %+v, here it is %+v", gone, seen)
		}
	})

	t.Run("set up here, known there", func(t *testing.T) {
		i.run(t, "connection", "pause", "house", "--reason", "holiday")
		until(t, "the other node knows that the courier is paused", func() bool {
			status, _, err := b.create("N-2", fromHouse, "Ray Receiver")
			return err == nil && status == http.StatusUnprocessableEntity
		})
		i.run(t, "connection", "resume", "house")
		status, o, err := b.call(http.MethodPost, "/shipments/N-2/retry", nil)
		b.must(http.StatusCreated, status, o, err)
	})

	t.Run("one reference over both", func(t *testing.T) {
		for n := range 10 {
			reference := fmt.Sprintf("N-same-%d", n)
			location := []string{fromHouse, fromUPS}[n%2]
			var wait sync.WaitGroup
			statuses := make([]int, 8)
			for k := range statuses {
				wait.Go(func() {
					s := []*shop{a, b}[k%2]
					status, _, err := s.create(reference, location, "Ray Receiver")
					if err != nil {
						t.Error(err)
					}
					statuses[k] = status
				})
			}
			wait.Wait()
			created := 0
			for _, status := range statuses {
				if status == http.StatusCreated {
					created++
				} else if status < 400 || status >= 500 {
					t.Errorf("%s: answered %d", reference, status)
				}
			}
			if created != 1 {
				t.Errorf("%s was created %d times: %v", reference, created, statuses)
			}
			if sold := len(sim.sim().of(a.here(reference).ID).Shipments); location == fromUPS && sold != 1 {
				t.Errorf("the simulator sold %s %d times", reference, sold)
			}
		}
	})

	t.Run("jobs are done once", func(t *testing.T) {
		const n = 12
		var wait sync.WaitGroup
		for k := range n { // each loses its answer, and is found by a job, here or there
			wait.Go(func() {
				s := []*shop{a, b}[k%2]
				status, o, err := s.create(fmt.Sprintf("N-lost-%d", k), fromUPS, "Drop Dover")
				s.must(http.StatusCreated, status, o, err)
			})
		}
		wait.Wait()
		for k := range n {
			reference := fmt.Sprintf("N-lost-%d", k)
			until(t, reference+" is booked", func() bool { return b.here(reference).Status == "ORDER_DISPATCHED" })
			until(t, "the webhook of "+reference, func() bool { return hooks.times(reference, "ORDER_DISPATCHED") > 0 })
			if sold := len(sim.sim().of(a.here(reference).ID).Shipments); sold != 1 {
				t.Errorf("the simulator sold %s %d times", reference, sold)
			}
		}
	})

	a.node.stop()
	b.node.stop()
	hooks.mu.Lock()
	defer hooks.mu.Unlock()
	for what, times := range hooks.heard {
		if times != 1 {
			t.Errorf("%s was told %d times", what, times)
		}
	}
	i.examine(t, sim.sim())
}

// A node that dies in mid-purchase is survived by the other, which finishes what it began.
func TestTortureOfOneNodeOfTwo(t *testing.T) {
	i, sim := shared(t), simulators(t)
	setUp(t, i, sim)
	for _, point := range []string{"reserve.after", "call.after", "unsure.after", "refused.after", "void.after"} {
		t.Run(point, func(t *testing.T) {
			reference := "M-" + point
			recipient := map[string]string{"unsure.after": "Drop Dover", "refused.after": "Limit Lane"}[point]
			one := i
			one.data = t.TempDir()
			a := newShop(t, one.serve(t, "WAYBILL_CRASH_AT="+point))
			if status, o, err := a.create(reference, fromBoth, recipient+" Ray"); point == "void.after" {
				a.must(http.StatusCreated, status, o, err)
				_, _, _ = a.cancel(reference)
			}
			if !a.node.died() {
				t.Fatalf("the node never came by %s:\n%s", point, a.node.output())
			}
			other := i
			other.data = t.TempDir()
			b := newShop(t, other.serveLater(t, later))
			want := "ORDER_DISPATCHED"
			if point == "void.after" {
				want = "ORDER_CANCELLED"
			}
			until(t, reference+" is settled", func() bool { return b.here(reference).Status == want })
			b.node.stop()
		})
	}
	i.examine(t, sim.sim())
}
