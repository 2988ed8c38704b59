package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/storetest"
)

// TestFailuresInABatch: of closures that share a commit, those that fail after they wrote leave nothing, in
// the database or in their callers' records; the others are stored, each once.
func TestFailuresInABatch(t *testing.T) {
	s := storetest.SQLite(t, nil)
	const n = 60
	refused := errors.New("refused")
	fails := func(i int) bool { return i%3 == 1 }
	for round := range 2 { // the second runs with care from the start
		release := hold(t, s)
		var wait sync.WaitGroup
		records := make([]waybill.Tag, n)
		for i := range n {
			records[i] = waybill.Tag{Row: waybill.Row{ID: id(round*n + i), Account: "a1"}, Name: fmt.Sprint(round*n + i)}
			wait.Go(func() {
				err := s.Update(context.Background(), alice, func(tx store.Tx) error {
					if err := tx.Tags().Put(&records[i]); err != nil || !fails(i) {
						return err
					}
					return refused
				})
				if fails(i) != errors.Is(err, refused) {
					t.Errorf("%d: %v", i, err)
				}
			})
			queued(s, i+1) // in this order
		}
		release()
		wait.Wait()
		found := tags(t, s)
		for i, r := range records {
			if found[r.Name] == fails(i) || (r.Version == 1) == fails(i) {
				t.Errorf("%s: stored %t, version %d, failed %t", r.Name, found[r.Name], r.Version, fails(i))
			}
		}
	}
}
