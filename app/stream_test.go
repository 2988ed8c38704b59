package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/store/storetest"
)

// node is one process of an installation, and what stops it.
type node struct {
	*household
	server *httptest.Server
	ended  bool
}

func started(t *testing.T, cfg Config) *node {
	t.Helper()
	cfg.Demo, cfg.Migrate = true, true
	clock := waybill.NewManualClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	a, err := New(t.Context(), cfg, Parts{Log: slog.New(slog.DiscardHandler), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	n := &node{household: &household{a, t, clock, server.URL + "/api/v1"}, server: server}
	t.Cleanup(n.stop)
	return n
}

// stop ends the node as a stopped service does: it drains, then closes.
func (n *node) stop() {
	if n.ended {
		return
	}
	n.ended = true
	n.App.Server.Drain()
	n.server.Close() // waits for who is still being answered
	if err := n.Close(); err != nil {
		n.t.Error(err)
	}
}

// heard is a place of a stream and the shipment that it tells of.
type heard struct{ id, reference string }

// hear reads a stream from a place until it has told of so many created shipments, or has ended.
func (n *node) hear(after string, want int, opened ...chan bool) (list []heard, ended bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", n.url+"/events/stream?kind=shipment.created", nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+DemoKey)
	r.Header.Set("Last-Event-ID", after)
	answer, err := http.DefaultClient.Do(r)
	for _, o := range opened {
		close(o)
	}
	if err != nil || answer.StatusCode != 200 {
		n.t.Error(answer, err)
		return nil, true
	}
	defer answer.Body.Close()
	lines, id := bufio.NewScanner(answer.Body), ""
	for len(list) < want && lines.Scan() {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id":
			id = value
		case "data":
			var event struct {
				Shipment string `json:"shipment_id"`
			}
			if err := json.Unmarshal([]byte(value), &event); err != nil {
				n.t.Fatal(err)
			}
			list = append(list, heard{id, event.Shipment})
		}
	}
	return list, len(list) < want
}

// make creates a draft, and answers its id.
func (n *node) make(reference string) string {
	n.t.Helper()
	made := n.ask(201, "POST", "/shipments", map[string]any{"reference": reference, "to": map[string]any{"name": "Ada", "street1": "x", "city": "Bristol", "postcode": "BS1 4DJ", "country": "GB"}})
	return made["id"].(string)
}

// TestStreamAcrossNodes: a stream ends soon when its node stops, and who comes back by Last-Event-ID hears at the node started
// anew (SQLite), or at the other one (PostgreSQL), all that happened meanwhile, once.
func TestStreamAcrossNodes(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			cfg := fresh(t)
			var other *node
			if database == "postgres" {
				cfg.Database = storetest.Postgres(t)
				other = started(t, cfg)
			}
			first := started(t, cfg)
			var made []string
			for i := range 4 {
				at := first
				if other != nil && i%2 == 1 {
					at = other
				}
				made = append(made, at.make(fmt.Sprint("S-", i)))
			}
			told, _ := first.hear("0", 2) // and then it is cut off
			type rest struct {
				list  []heard
				ended bool
			}
			open, opened := make(chan rest, 1), make(chan bool)
			go func() {
				list, ended := first.hear(told[1].id, 9, opened)
				open <- rest{list, ended}
			}()
			<-opened
			began := time.Now()
			first.stop()
			still := <-open
			if took := time.Since(began); !still.ended || took > patience/2 {
				t.Errorf("the stream ended %v after %v", still.ended, took)
			}
			told = append(told, still.list...)
			next := other
			if next == nil {
				next = started(t, cfg)
			}
			for i := range 3 {
				made = append(made, next.make(fmt.Sprint("T-", i)))
			}
			last, _ := next.hear(told[len(told)-1].id, len(made)-len(told))
			var got []string
			for _, h := range append(told, last...) {
				got = append(got, h.reference)
			}
			if !slices.Equal(got, made) {
				t.Errorf("told of %v, made were %v", got, made)
			}
		})
	}
}
