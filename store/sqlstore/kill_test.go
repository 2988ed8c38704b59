package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// killFolder names the data folder of a process that is made to be killed.
const killFolder = "WAYBILL_TEST_KILL_FOLDER"

// TestMain turns the test binary into such a process when told to.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killFolder); dir != "" {
		writeUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled stores shipments with their events and labels, and says which after each was
// acknowledged.
func writeUntilKilled(dir string) {
	cfg := storetest.Config(waybill.SystemClock{})
	cfg.Dir = dir
	s, err := sqlstore.Open(context.Background(), cfg)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	ids := waybill.NewIDs(waybill.SystemClock{}, nil)
	var out sync.Mutex
	for range 32 {
		go func() {
			for {
				v := storetest.Shipment("a1", ids.New())
				sum, err := s.Blobs().Put(context.Background(), []byte("label of "+v.ID))
				if err == nil {
					err = s.Update(context.Background(), alice, func(tx store.Tx) error {
						if err := tx.Shipments().Put(&v); err != nil {
							return err
						}
						if err := tx.Documents().Put(&waybill.Document{Row: waybill.Row{ID: v.ID, Account: "a1"}, Shipment: v.ID, Blob: sum}); err != nil {
							return err
						}
						return tx.Emit(waybill.Event{ID: v.ID, Account: "a1", Shipment: v.ID})
					})
				}
				out.Lock()
				fmt.Println(v.ID, err)
				out.Unlock()
			}
		}()
	}
	select {}
}

// TestKill kills a writing process again and again: what it acknowledged is there, whole.
func TestKill(t *testing.T) {
	dir := storetest.Folder(t)
	rounds := 5
	if testing.Short() {
		rounds = 2
	}
	var acknowledged []waybill.ID
	for round := range rounds {
		acknowledged = append(acknowledged, killed(t, dir, 40+60*round)...)
		report, err := sqlstore.Check(t.Context(), dir)
		if err != nil || len(report.Problems) > 0 {
			t.Fatalf("after the kill: %v %v", report.Problems, err)
		}
		s := open(t, dir)
		err = s.View(t.Context(), alice, func(tx store.Tx) error {
			for _, v := range acknowledged {
				if _, err := tx.Shipments().Get(v); err != nil {
					t.Errorf("%s was acknowledged: %v", v, err)
				}
			}
			for v, err := range tx.Shipments().Each(store.ShipmentQuery{}) {
				if err != nil {
					return err
				}
				documents, err := tx.Documents().Of(v.ID)
				events, err1 := tx.Events().Of(v.ID)
				if len(documents) != 1 || len(events) != 1 || err != nil || err1 != nil {
					t.Errorf("%s is half written: %d documents, %d events, %v %v", v.ID, len(documents), len(events), err, err1)
					continue
				}
				if _, err := s.Blobs().Get(t.Context(), documents[0].Blob); err != nil {
					t.Errorf("the label of %s: %v", v.ID, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, dir string) *sqlstore.Store {
	t.Helper()
	cfg := storetest.Config(nil)
	cfg.Dir = dir
	s, err := sqlstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// killed runs a process until it has acknowledged so many, kills it, and answers all it said.
func killed(t *testing.T, dir string, after int) (acknowledged []waybill.ID) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killFolder+"="+dir)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var dead atomic.Bool
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), " ")
		if rest != "<nil>" {
			t.Errorf("the process said %q", lines.Text())
			continue
		}
		acknowledged = append(acknowledged, waybill.ID(name))
		if len(acknowledged) >= after && !dead.Swap(true) {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	return acknowledged
}
