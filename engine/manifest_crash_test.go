package engine_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store/storetest"
)

// TestManifestKilled stops a process, as kill -9 would, at every step of closing a manifest, and goes on with what it left:
// no parcel is lost, and the carrier is told of none twice.
func TestManifestKilled(t *testing.T) {
	if dir := os.Getenv("WAYBILL_KILLED_IN"); dir != "" {
		killed(t, dir, os.Getenv("WAYBILL_KILLED_WITH"))
		return
	}
	for _, point := range engine.CrashPoints {
		if !strings.HasPrefix(point, "manifest.") {
			continue
		}
		t.Run(point, func(t *testing.T) {
			connection := "cr"
			if strings.HasPrefix(point, "manifest.local") {
				connection = "van"
			}
			dir := t.TempDir()
			child := exec.Command(os.Args[0], "-test.run", "^TestManifestKilled$")
			child.Env = append(os.Environ(), "WAYBILL_KILLED_IN="+dir, "WAYBILL_KILLED_WITH="+connection, "WAYBILL_CRASH_AT="+point)
			if said, err := child.CombinedOutput(); err == nil || child.ProcessState.ExitCode() != -1 { // a signal has no code
				t.Fatalf("the process was not stopped at the point: %v\n%s", err, said)
			}
			afterwards(t, dir, connection)
		})
	}
}

// killed closes a manifest of two parcels, until it is stopped. What the courier takes is written to a file.
func killed(t *testing.T, dir, connection string) {
	clock := waybill.NewManualClock(storetest.Start)
	cfg := storetest.Config(clock)
	cfg.Dir = dir
	d := dock(t, enginetest.Options{Clock: clock, Store: storetest.Open(t, cfg)})
	d.Courier.After = func(_ context.Context, op, _ string) error {
		if op != enginetest.OpManifest {
			return nil
		}
		books, err := json.Marshal(d.Courier.Lists())
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "books"), books, 0o600)
	}
	sent(t, d, "A", connection)
	sent(t, d, "B", connection)
	closing(t, d, dueDay(t, d, connection))
}

// dueDay is the scope of what waits.
func dueDay(t *testing.T, d *enginetest.Desk, connection string) engine.ManifestScope {
	t.Helper()
	in := scope(connection)
	due, err := d.DueManifests(t.Context(), struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	if len(due) > 0 {
		in.Day = due[0].Day
	}
	return in
}

// afterwards opens what a killed process left, lets time pass, and closes what is not closed.
func afterwards(t *testing.T, dir, connection string) {
	clock := waybill.NewManualClock(storetest.Start.Add(10 * time.Minute))
	cfg := storetest.Config(clock)
	cfg.Dir = dir
	d := reopened(t, enginetest.Options{Clock: clock, Store: storetest.Open(t, cfg)})
	if books, err := os.ReadFile(filepath.Join(dir, "books")); err == nil {
		var lists []enginetest.List
		if err := json.Unmarshal(books, &lists); err != nil {
			t.Fatal(err)
		}
		d.Courier.Keep(lists)
	}
	d.Drain()
	if due, err := d.DueManifests(t.Context(), struct{}{}); err != nil {
		t.Fatal(err)
	} else if len(due) > 0 {
		closing(t, d, dueDay(t, d, connection))
	}
	list, err := d.ListManifests(t.Context(), engine.ListManifests{Page: engine.Page{Limit: 9}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range list.Items {
		if m.State != waybill.ManifestClosed && m.State != waybill.ManifestRefused {
			t.Errorf("a manifest is %s: %s", m.State, m.Error)
		}
		names = append(names, on(t, d, m)...)
		if m.State == waybill.ManifestClosed {
			if _, err := d.ManifestDocument(t.Context(), m.ID); err != nil {
				t.Errorf("its document: %v", err)
			}
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"A", "B"}) {
		t.Errorf("on manifests are %v", names)
	}
	if lists := d.Courier.Lists(); connection == "cr" && len(lists) != 1 {
		t.Errorf("the carrier has %d lists", len(lists))
	}
}

// reopened is the desk of the only account that there is.
func reopened(t *testing.T, o enginetest.Options) *enginetest.Desk {
	t.Helper()
	w := enginetest.New(t, o)
	accounts, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "test"}).ListAccounts(t.Context())
	if err != nil || len(accounts) != 1 {
		t.Fatal(len(accounts), err)
	}
	actor := waybill.Actor{Kind: waybill.ActorClient, Name: "tester", Account: accounts[0].ID, Role: waybill.RoleAdmin}
	return &enginetest.Desk{World: w, Session: w.Engine.As(actor), Tenant: accounts[0]}
}
