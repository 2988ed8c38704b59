package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/internal/steadytest"
	"waybill/store"
)

// enqueue adds jobs of one account.
func enqueue(t testing.TB, s store.Store, jobs ...waybill.Job) {
	t.Helper()
	update(t, s, everywhere, func(tx store.Tx) error {
		for _, j := range jobs {
			if err := tx.Enqueue(j); err != nil {
				return err
			}
		}
		return nil
	})
}

func claim(t testing.TB, s store.Store, n int, kinds ...waybill.JobKind) []waybill.Job {
	t.Helper()
	jobs, err := s.Queue().Claim(context.Background(), kinds, n, time.Minute)
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return jobs
}

func names(jobs []waybill.Job) (list []waybill.ID) {
	for _, j := range jobs {
		list = append(list, j.ID)
	}
	return list
}

func nextDue(t testing.TB, s store.Store, kinds ...waybill.JobKind) time.Time {
	t.Helper()
	due, err := s.Queue().NextDue(context.Background(), kinds)
	if err != nil {
		t.Fatal(err)
	}
	return due
}

func testFencing(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	ctx, q := context.Background(), s.Queue()
	if !nextDue(t, s).IsZero() {
		t.Error("an empty queue has something due")
	}
	want := waybill.Job{ID: id(1), Account: "a1", Kind: waybill.JobSettle, Key: "k", Subject: "p1", Due: Start.Add(time.Hour), Payload: []byte{0, 255}}
	enqueue(t, s, want)
	if jobs := claim(t, s, 10); len(jobs) != 0 {
		t.Errorf("a job was handed out before it was due")
	}
	if due := nextDue(t, s); !due.Equal(Start.Add(time.Hour)) {
		t.Errorf("next due %v", due)
	}
	clock.Set(Start.Add(time.Hour))
	if jobs := claim(t, s, 10, waybill.JobVoid); len(jobs) != 0 {
		t.Errorf("a job of another kind was handed out")
	}
	first := claim(t, s, 10, waybill.JobVoid, waybill.JobSettle)
	if len(first) != 1 {
		t.Fatalf("%d jobs", len(first))
	}
	got := first[0]
	if got.Attempt != 1 || got.Subject != "p1" || string(got.Payload) != "\x00\xff" || got.Account != "a1" || got.Key != "k" || !got.Created.Equal(Start) {
		t.Errorf("the job came as %+v", got)
	}
	if len(claim(t, s, 10)) != 0 {
		t.Error("a held job was handed out again")
	}
	if err := q.Extend(ctx, got, 10*time.Minute); err != nil {
		t.Error(err)
	}
	clock.Advance(5 * time.Minute)
	if len(claim(t, s, 10)) != 0 {
		t.Error("a job was handed out in its extended lease")
	}
	clock.Advance(6 * time.Minute) // its worker died
	second := claim(t, s, 10)
	if len(second) != 1 || second[0].Attempt != 2 {
		t.Fatalf("after the lease: %+v", second)
	}
	wants(t, "the first worker extends", q.Extend(ctx, got, time.Minute), waybill.Conflict, waybill.ReasonVersion)
	wants(t, "the first worker retries", q.Retry(ctx, got, Start, nil), waybill.Conflict, waybill.ReasonVersion)
	wants(t, "the first worker buries", q.Bury(ctx, got, nil), waybill.Conflict, waybill.ReasonVersion)
	wants(t, "the first worker is done", q.Done(ctx, got), waybill.Conflict, waybill.ReasonVersion)
	err := s.Update(ctx, everywhere, func(tx store.Tx) error {
		v := Shipment("a1", id(9))
		return errors.Join(tx.Shipments().Put(&v), tx.Finish(got))
	})
	wants(t, "the first worker finishes", err, waybill.Conflict, waybill.ReasonVersion)
	view(t, s, alice, func(tx store.Tx) error {
		_, err := tx.Shipments().Get(id(9))
		wants(t, "and its effect", err, waybill.NotFound, waybill.ReasonUnknownShipment)
		return nil
	})
	if err := q.Retry(ctx, second[0], clock.Now().Add(time.Minute), errors.New("later\x00")); err != nil {
		t.Fatal(err)
	}
	if due := nextDue(t, s); !due.Equal(clock.Now().Add(time.Minute)) {
		t.Errorf("retried for %v", due)
	}
	clock.Advance(time.Minute)
	third := claim(t, s, 10)
	if len(third) != 1 || third[0].Attempt != 3 || third[0].Error != "later" {
		t.Fatalf("after the retry: %+v", third)
	}
	update(t, s, everywhere, func(tx store.Tx) error { return tx.Finish(third[0]) })
	wants(t, "done after it is finished", q.Done(ctx, third[0]), waybill.Conflict, waybill.ReasonVersion)
	if depth, _ := q.Depth(ctx); len(depth) != 0 {
		t.Errorf("left over: %v", depth)
	}
}

func testJobKeys(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	enqueue(t, s, waybill.Job{ID: id(1), Account: "a1", Kind: waybill.JobPoll, Key: "k"},
		waybill.Job{ID: id(2), Account: "a1", Kind: waybill.JobPoll, Key: "k"},
		waybill.Job{ID: id(3), Account: "b1", Kind: waybill.JobPoll, Key: "k"},
		waybill.Job{ID: id(4), Account: "a1", Kind: waybill.JobPoll}, waybill.Job{ID: id(5), Account: "a1", Kind: waybill.JobPoll})
	if depth, err := s.Queue().Depth(context.Background()); depth[waybill.JobPoll] != 4 {
		t.Errorf("%v, %v: a key in use is quietly not added, no key is no key", depth, err)
	}
	update(t, s, alice, func(tx store.Tx) error { return tx.Unqueue("k") })
	jobs := claim(t, s, 10)
	if len(jobs) != 3 {
		t.Errorf("after Unqueue: %v", names(jobs))
	}
	enqueue(t, s, waybill.Job{ID: id(6), Account: "a1", Kind: waybill.JobPoll, Key: "k"}) // free again
	for _, j := range claim(t, s, 10) {
		if err := s.Queue().Bury(context.Background(), j, nil); err != nil {
			t.Error(err)
		}
	}
	enqueue(t, s, waybill.Job{ID: id(7), Account: "a1", Kind: waybill.JobPoll, Key: "k"}) // a buried job holds no key
	same(t, "after a burial", names(claim(t, s, 10)), []waybill.ID{id(7)})
}

func testLanes(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	ctx, q := context.Background(), s.Queue()
	job := func(n int, lane string) waybill.Job {
		return waybill.Job{ID: id(n), Account: "a1", Kind: waybill.JobDeliver, Lane: lane}
	}
	enqueue(t, s, job(1, "x"), job(2, "x"), job(3, "y"))
	enqueue(t, s, job(4, "x"), job(5, ""))
	first := claim(t, s, 10)
	if fmt.Sprint(sorted(names(first))) != fmt.Sprint([]waybill.ID{id(1), id(3), id(5)}) {
		t.Fatalf("one a lane, the oldest: %v", names(first))
	}
	byID := map[waybill.ID]waybill.Job{}
	for _, j := range first {
		byID[j.ID] = j
	}
	if !nextDue(t, s).Equal(Start.Add(time.Minute)) {
		t.Errorf("behind a held job nothing is due: %v", nextDue(t, s))
	}
	// A retry keeps the lane waiting, in order.
	if err := q.Retry(ctx, byID[id(1)], Start.Add(time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	if jobs := claim(t, s, 10); len(jobs) != 0 {
		t.Errorf("%v overtook", names(jobs))
	}
	clock.Set(Start.Add(time.Hour))
	again := claim(t, s, 10)
	for _, j := range again {
		if j.ID == id(1) {
			byID[id(1)] = j
		}
	}
	if err := q.Done(ctx, byID[id(1)]); err != nil {
		t.Fatal(err)
	}
	next := claim(t, s, 10)
	same(t, "then the next", names(next), []waybill.ID{id(2)})
	// A burial lets the lane go on.
	if err := q.Bury(ctx, next[0], errors.New("410")); err != nil {
		t.Fatal(err)
	}
	same(t, "after a burial", names(claim(t, s, 10)), []waybill.ID{id(4)})
	// Removed by key, in the middle and at the head.
	keyed := job(7, "z")
	keyed.Key = "head"
	enqueue(t, s, keyed, job(8, "z"))
	update(t, s, alice, func(tx store.Tx) error { return tx.Unqueue("head") })
	same(t, "after Unqueue of the first", names(claim(t, s, 10)), []waybill.ID{id(8)})
}

func testHurry(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	ctx, q := context.Background(), s.Queue()
	later := Start.Add(10 * time.Hour)
	job := func(n int, due time.Time) waybill.Job {
		return waybill.Job{ID: id(n), Account: "a1", Kind: waybill.JobDeliver, Lane: "x", Subject: waybill.ID(fmt.Sprint("d", n)), Due: due}
	}
	hurry := func(as waybill.Actor, lane string, subject waybill.ID) (found bool) {
		update(t, s, as, func(tx store.Tx) (err error) {
			found, err = tx.Hurry(lane, subject)
			return err
		})
		return found
	}
	enqueue(t, s, job(1, Start), job(2, Start), job(3, later))
	first := claim(t, s, 10)
	if !hurry(alice, "x", "d1") || len(claim(t, s, 10)) != 0 {
		t.Error("a job that is held was handed out again")
	}
	if err := q.Retry(ctx, first[0], later, nil); err != nil {
		t.Fatal(err)
	}
	for _, none := range []struct{ lane, subject string }{{"x", "d4"}, {"y", ""}, {"", ""}, {"x\x00", ""}, {"x", "\x00"}} {
		if hurry(alice, none.lane, waybill.ID(none.subject)) {
			t.Errorf("there is a job in %q about %q", none.lane, none.subject)
		}
	}
	if hurry(bob, "x", "") || len(claim(t, s, 10)) != 0 {
		t.Error("somebody else's job was hurried")
	}
	if !hurry(alice, "x", "d2") { // what is before it comes first, and what is behind it waits
		t.Error("there is no such job")
	}
	for n := 1; n <= 2; n++ {
		jobs := claim(t, s, 10)
		same(t, "hurried", names(jobs), []waybill.ID{id(n)})
		if err := q.Done(ctx, jobs[0]); err != nil {
			t.Fatal(err)
		}
	}
	if due := nextDue(t, s); len(claim(t, s, 10)) != 0 || !due.Equal(later) {
		t.Errorf("what is behind it is due at %v", due)
	}
	for len(q.Wake()) > 0 {
		<-q.Wake()
	}
	if !hurry(alice, "x", "") {
		t.Error("the lane has no job")
	}
	select {
	case <-q.Wake():
	case <-time.After(10 * time.Second):
		t.Error("nobody was woken")
	}
	last := claim(t, s, 10)
	same(t, "the rest of the lane", names(last), []waybill.ID{id(3)})
	if err := q.Bury(ctx, last[0], nil); err != nil {
		t.Fatal(err)
	}
	if hurry(alice, "x", "d3") {
		t.Error("a buried job is found")
	}
}

func sorted(list []waybill.ID) []waybill.ID {
	for i := range list {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// testLanesConcurrently has many workers claim, and others enqueue, at once: no job is held twice, no
// lane runs two, each lane runs in the order its jobs were written.
func testLanesConcurrently(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	stores := []store.Store{s}
	if h.Twin != nil {
		stores = append(stores, h.Twin(t, s, nil))
	}
	const lanes, each = 5, 12
	total := lanes * each * 2
	ctx := context.Background()
	var producers sync.WaitGroup
	for lane := range lanes {
		producers.Add(1)
		go func() {
			defer producers.Done()
			for n := range each {
				name := fmt.Sprintf("lane%d", lane)
				err := stores[n%len(stores)].Update(ctx, everywhere, func(tx store.Tx) error {
					free := waybill.Job{ID: id(100_000 + lane*1000 + n), Account: "b1", Kind: waybill.JobSettle}
					return errors.Join(tx.Enqueue(waybill.Job{ID: id(lane*1000 + n), Account: "a1", Kind: waybill.JobDeliver, Lane: name}), tx.Enqueue(free))
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	var mu sync.Mutex
	running, held, ran, done := map[string]waybill.ID{}, map[waybill.ID]bool{}, map[string]waybill.ID{}, 0
	deadline := time.Now().Add(steadytest.Patience)
	var workers sync.WaitGroup
	for w := range h.Callers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			q := stores[w%len(stores)].Queue()
			for time.Now().Before(deadline) {
				jobs, err := q.Claim(ctx, nil, 3, time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, j := range jobs {
					if held[j.ID] {
						t.Errorf("%s is held twice", j.ID)
					}
					held[j.ID] = true
					if j.Lane == "" {
						continue
					}
					if other, busy := running[j.Lane]; busy {
						t.Errorf("%s runs %s and %s", j.Lane, other, j.ID)
					}
					if j.ID <= ran[j.Lane] {
						t.Errorf("%s ran %s after %s", j.Lane, j.ID, ran[j.Lane])
					}
					running[j.Lane], ran[j.Lane] = j.ID, j.ID
				}
				mu.Unlock()
				for _, j := range jobs {
					mu.Lock()
					delete(running, j.Lane)
					mu.Unlock()
					if err := q.Done(ctx, j); err != nil {
						t.Error(err)
					}
				}
				mu.Lock()
				done += len(jobs)
				over := done == total
				mu.Unlock()
				if over {
					return
				}
			}
		}()
	}
	producers.Wait()
	workers.Wait()
	if done != total {
		depth, _ := s.Queue().Depth(ctx)
		t.Errorf("%d of %d jobs ran; open: %v", done, total, depth)
	}
}

func testFairness(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	var jobs []waybill.Job
	for n := range 60 { // one account has a backlog, and it is the longest due
		jobs = append(jobs, waybill.Job{ID: id(n), Account: "a1", Kind: waybill.JobDeliver, Due: Start.Add(-time.Hour)})
	}
	for n := range 2 {
		jobs = append(jobs, waybill.Job{ID: id(100 + n), Account: "b1", Kind: waybill.JobDeliver, Due: Start},
			waybill.Job{ID: id(200 + n), Account: "", Kind: waybill.JobDeliver, Due: Start})
	}
	enqueue(t, s, jobs...)
	got := map[waybill.ID]int{}
	for _, j := range claim(t, s, 6) {
		got[j.Account]++
	}
	if got["a1"] != 2 || got["b1"] != 2 || got[""] != 2 {
		t.Errorf("of six jobs the accounts got %v", got)
	}
	if rest := claim(t, s, 100); len(rest) != 58 {
		t.Errorf("%d jobs were left", len(rest))
	}
	enqueue(t, s, waybill.Job{ID: id(300), Account: "a1", Kind: waybill.JobPoll}, waybill.Job{ID: id(301), Account: "a1", Kind: waybill.JobPoll},
		waybill.Job{ID: id(302), Account: "b1", Kind: waybill.JobPoll})
	turns := map[waybill.ID]bool{}
	for range 2 { // one at a time, they still take turns
		for _, j := range claim(t, s, 1) {
			turns[j.Account] = true
		}
	}
	if len(turns) != 2 {
		t.Errorf("two claims of one job went to %v", turns)
	}
}

func testBuried(t *testing.T, h Harness) {
	clock := waybill.NewManualClock(Start)
	s := h.Fresh(t, clock)
	ctx := context.Background()
	for n := range 3 {
		enqueue(t, s, waybill.Job{ID: id(n), Account: "a1", Kind: waybill.JobVoid, Lane: "l"})
		clock.Advance(time.Second)
	}
	for range 3 {
		for _, j := range claim(t, s, 1) {
			if err := s.Queue().Bury(ctx, j, errors.New("refused for good")); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := s.Queue().Buried(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "newest first", names(list), []waybill.ID{id(2), id(1)})
	if !list[0].Buried || list[0].Error != "refused for good" || list[0].Attempt != 1 {
		t.Errorf("buried: %+v", list[0])
	}
	clock.Advance(time.Hour)
	if len(claim(t, s, 10)) != 0 || !nextDue(t, s).IsZero() {
		t.Error("a buried job is handed out, or due")
	}
	if depth, _ := s.Queue().Depth(ctx); len(depth) != 0 {
		t.Errorf("buried jobs count as open: %v", depth)
	}
	wants(t, "done with a buried job", s.Queue().Done(ctx, list[0]), waybill.Conflict, waybill.ReasonVersion)
}

func testWake(t *testing.T, h Harness) {
	s := h.Fresh(t, nil)
	stores := []store.Store{s}
	if h.Twin != nil {
		stores = append(stores, h.Twin(t, s, nil))
	}
	for _, at := range stores {
		for len(at.Queue().Wake()) > 0 {
			<-at.Queue().Wake()
		}
	}
	err := s.Update(context.Background(), everywhere, func(tx store.Tx) error {
		if err := tx.Enqueue(waybill.Job{ID: id(8), Account: "a1", Kind: waybill.JobPoll}); err != nil {
			return err
		}
		return waybill.E("test", waybill.ReasonBalance, "no")
	})
	wants(t, "refused", err, waybill.InsufficientFunds, waybill.ReasonBalance)
	enqueue(t, s, waybill.Job{ID: id(9), Account: "a1", Kind: waybill.JobPoll})
	for n, at := range stores {
		select {
		case <-at.Queue().Wake():
		case <-time.After(steadytest.Patience):
			t.Errorf("node %d was not woken", n)
		}
	}
	if depth, _ := s.Queue().Depth(context.Background()); depth[waybill.JobPoll] != 1 {
		t.Errorf("depth %v", depth)
	}
}
