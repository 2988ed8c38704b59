package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"waybill"
	"waybill/store"
)

// Harness is what an implementation brings to the suite.
type Harness struct {
	// Fresh opens an empty store on a clock; the store is closed when the test ends.
	Fresh func(t testing.TB, clock waybill.Clock) store.Store
	// Twin opens a second store on the same data, as another node would; nil: it cannot be shared.
	Twin func(t testing.TB, s store.Store, clock waybill.Clock) store.Store
	// Left lists where a word of what was replaced or removed can still be read, or what was not tidied since.
	Left func(t testing.TB, s store.Store, word string) []string
	// Callers is how many go at it in the tests of concurrency; 0: 16.
	Callers int
}

// Run holds an implementation to every promise of package store.
func Run(t *testing.T, h Harness) {
	if h.Callers == 0 {
		h.Callers = 16
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"tables/a record comes back as it was put", testRoundTrip},
		{"tables/a replaced version is refused", testVersions},
		{"tables/unique keys", testKeysUnique},
		{"tables/an error is sticky", testSticky},
		{"tables/a failed update leaves nothing", testAtomic},
		{"tables/a panic goes on in the caller", testPanic},
		{"tables/a View is one snapshot and cannot write", testView},
		{"tables/children hang on their shipment", testChildren},
		{"tables/purchases, trackers, deliveries", testLists},
		{"tables/returns are found by number and tracking", testReturns},
		{"tables/declarations, hooks and registrations", testOrders},
		{"tables/pickups: one is asked for at a time; lists by cursor", testPickups},
		{"tables/manifests: a shipment is on one at most; one is open at a time", testManifests},
		{"tables/manifests: of many who claim a shipment at once one has it", testClaims},
		{"tables/returns, deliveries and events by cursor", testLogs},
		{"tables/the audit log by cursor", testAudit},
		{"tables/the log of requests", testRequests},
		{"tables/the log of calls to carriers", testCalls},
		{"tables/saved addresses", testAddresses},
		{"tables/logins and saved views", testPeople},
		{"tables/forgetting: what is old goes, and nothing else", testForgetting},
		{"tables/scrubbing: what went is nowhere any more", testScrub},
		{"tables/text sorts by bytes and times keep their microseconds", testOrder},
		{"scope/accounts cannot see each other", testScope},
		{"scope/a parent sees the children it was granted", testGrants},
		{"scope/a lent connection is seen and not written", testLent},
		{"scope/epochs count what an account sees change", testEpochs},
		{"shipments/found by reference, tracking and terms", testFind},
		{"shipments/long texts and many numbers are stored and found", testLongTexts},
		{"shipments/every query agrees with a plain search", testQueries},
		{"shipments/counters are what counting finds, with many writers", testTally},
		{"shipments/cursors neither skip nor repeat under writes", testCursors},
		{"shipments/a cursor is good for its list only", testForeignCursor},
		{"shipments/pages by number", testOffset},
		{"events/in order, none skipped", testEvents},
		{"api keys/their use is no change", testKeyUsed},
		{"events/in the order of commits with many writers", testEventsConcurrently},
		{"jobs/one worker at a time, fenced", testFencing},
		{"jobs/a key is open once", testJobKeys},
		{"jobs/a lane runs one at a time, in order", testLanes},
		{"jobs/what waits in a lane is hurried, in order", testHurry},
		{"jobs/lanes hold with many workers", testLanesConcurrently},
		{"jobs/accounts take turns", testFairness},
		{"jobs/buried jobs stay listed", testBuried},
		{"jobs/waiters are woken", testWake},
		{"keys/idempotency", testIdempotency},
		{"numbers/are never given twice", testNumbers},
		{"blobs/come back by their sum", testBlobs},
		{"pool/numbers are taken once, the oldest first", testPool},
		{"pool/many takers get different numbers", testPoolConcurrently},
		{"wallet/entries move books and sum to zero", testLedger},
		{"wallet/no request overdraws", testOverdraft},
		{"wallet/a hold has one end", testHoldEnds},
		{"wallet/entries by cursor", testEntries},
		{"wallet/entries since", testEntriesSince},
		{"wallet/accounts cannot see each other's", testLedgerScope},
		{"wallet/many at once", testLedgerConcurrently},
		{"versions/take effect at their time", testEditions},
		{"spending/counts to the limit", testSpending},
		{"concurrency/no update is lost", testLostUpdates},
		{"concurrency/a reference is taken once", testOneReference},
		{"concurrency/guarded writes never overdraw", testGuarded},
		{"concurrency/what is acknowledged is stored, cancelled or not", testCancel},
		{"concurrency/Update inside Update is refused", testNested},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, h) })
	}
}

// The actors of the suite.
var (
	everywhere = waybill.System("")
	alice      = actor("a1")
	bob        = actor("b1")
)

func actor(account waybill.ID, grants ...waybill.ID) waybill.Actor {
	return waybill.Actor{Kind: waybill.ActorClient, ID: "c-" + account, Name: "test", Account: account, Grants: grants, Role: waybill.RoleAdmin}
}

// id is a record's id, in the order of n.
func id(n int) waybill.ID { return waybill.ID(fmt.Sprintf("%024x", n)) }

func rowOf(account waybill.ID, n int) waybill.Row { return waybill.Row{ID: id(n), Account: account} }

func update(t testing.TB, s store.Store, a waybill.Actor, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), a, fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t testing.TB, s store.Store, a waybill.Actor, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), a, fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// put stores a shipment and answers it as stored.
func put(t testing.TB, s store.Store, v waybill.Shipment) waybill.Shipment {
	t.Helper()
	update(t, s, everywhere, func(tx store.Tx) error {
		w := v
		err := tx.Shipments().Put(&w)
		if err == nil {
			v = w
		}
		return err
	})
	return v
}

// wants checks an error's code and reason.
func wants(t testing.TB, what string, err error, code waybill.Code, reason waybill.Reason) {
	t.Helper()
	var e *waybill.Error
	if !errors.As(err, &e) {
		t.Errorf("%s: got %v, want a waybill.Error with %s/%s", what, err, code, reason)
		return
	}
	if e.Code != code || e.Reason != reason {
		t.Errorf("%s: got %s/%s (%v), want %s/%s", what, e.Code, e.Reason, err, code, reason)
	}
}

func same[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}
