package job_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill"
	"waybill/job"
	"waybill/store"
	"waybill/store/sqlstore"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// desk is a real queue with a runner on it.
type desk struct {
	store *sqlstore.Store
	ids   *waybill.IDs
	clock waybill.Clock
	log   *bytes.Buffer
	ended []string
	mu    sync.Mutex
}

func open(t *testing.T, clock waybill.Clock) *desk {
	t.Helper()
	d := &desk{clock: clock, ids: waybill.NewIDs(clock, strings.NewReader("12345678")), log: &bytes.Buffer{}}
	var err error
	d.store, err = sqlstore.Open(context.Background(), sqlstore.Config{
		Dir: t.TempDir(), Clock: clock, Log: slog.New(slog.DiscardHandler), Secret: []byte("secret"),
		Budget: time.Minute, // a busy machine under the race detector is slow; that is not what is tested
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *desk) runner(change func(*job.Config), handlers map[waybill.JobKind]job.Handler) *job.Runner {
	c := job.Config{
		Queue: d.store.Queue(), Clock: d.clock, Log: slog.New(slog.NewTextHandler(d.log, nil)), Handlers: handlers,
		Random: func(n int64) int64 { return n / 2 },
		Ended: func(kind waybill.JobKind, outcome string, _ time.Duration) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.ended = append(d.ended, string(kind)+" "+outcome)
		},
	}
	if change != nil {
		change(&c)
	}
	return job.New(c)
}

func (d *desk) add(t *testing.T, kind waybill.JobKind, key string, due time.Time, lane string) {
	t.Helper()
	err := d.store.Update(context.Background(), waybill.System(""), func(tx store.Tx) error {
		return tx.Enqueue(waybill.Job{ID: d.ids.New(), Kind: kind, Key: key, Lane: lane, Due: due, Created: tx.Now(), Subject: waybill.ID(key)})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) left(t *testing.T) int {
	t.Helper()
	open, err := d.store.Queue().Depth(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, count := range open {
		n += count
	}
	return n
}

func TestStepDoesOneJobAndDrainAllThatAreDue(t *testing.T) {
	clock := waybill.NewManualClock(noon)
	d := open(t, clock)
	var did []string
	r := d.runner(nil, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(_ context.Context, j waybill.Job) error {
		did = append(did, j.Key)
		if j.Key == "a" { // work may leave work behind
			d.add(t, waybill.JobVoid, "d", noon, "")
		}
		return nil
	}})
	d.add(t, waybill.JobVoid, "a", noon, "")
	d.add(t, waybill.JobVoid, "b", noon, "")
	d.add(t, waybill.JobVoid, "later", noon.Add(time.Hour), "")
	d.add(t, waybill.JobPoll, "nobody's", noon, "")
	if worked, err := r.Step(t.Context()); !worked || err != nil || len(did) != 1 {
		t.Fatal(worked, err, did)
	}
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(did)
	if !slices.Equal(did, []string{"a", "b", "d"}) || d.left(t) != 2 {
		t.Errorf("did %v, %d left", did, d.left(t))
	}
	if worked, err := r.Step(t.Context()); worked || err != nil {
		t.Error(worked, err)
	}
	clock.Advance(time.Hour)
	if worked, _ := r.Step(t.Context()); !worked || did[len(did)-1] != "later" {
		t.Error(did)
	}
}

func TestHowAJobEndsIsWrittenDown(t *testing.T) {
	transient := waybill.E("test", waybill.ReasonCarrierOutage, "later")
	patient := waybill.E("test", waybill.ReasonCarrierLimit, "much later")
	patient.RetryAfter = 7 * time.Minute
	unsure := waybill.E("test", waybill.ReasonBookingFailed, "nobody knows")
	unsure.Unsure = true
	for name, test := range map[string]struct {
		err     error
		outcome string
		wait    time.Duration
	}{
		"nil":       {nil, "done", 0},
		"finished":  {waybill.ErrFinished, "done", 0},
		"transient": {transient, "retry", 2 * time.Second},
		"patient":   {patient, "retry", 7 * time.Minute},
		"unsure":    {unsure, "retry", 2 * time.Second},
		"unknown":   {errors.New("what"), "retry", 2 * time.Second},
		"wrapped":   {fmt.Errorf("in words: %w", transient), "retry", 2 * time.Second},
		"hard":      {waybill.E("test", waybill.ReasonCarrierAddress, "never"), "buried", 0},
		"panic":     {nil, "retry", 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, waybill.NewManualClock(noon))
			r := d.runner(nil, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(ctx context.Context, j waybill.Job) error {
				switch {
				case name == "panic":
					panic("out of cheese")
				case errors.Is(test.err, waybill.ErrFinished):
					if err := d.store.Update(ctx, waybill.System(""), func(tx store.Tx) error { return tx.Finish(j) }); err != nil {
						return err
					}
				}
				return test.err
			}})
			d.add(t, waybill.JobVoid, "a", noon, "")
			if worked, err := r.Step(t.Context()); !worked || err != nil {
				t.Fatal(worked, err)
			}
			if len(d.ended) != 1 || d.ended[0] != "void "+test.outcome {
				t.Fatal(d.ended)
			}
			next, err := d.store.Queue().NextDue(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := noon.Add(test.wait); test.outcome == "retry" && !next.Equal(want) {
				t.Errorf("again at %s, want %s", next, want)
			}
			if test.outcome != "retry" && !next.IsZero() {
				t.Errorf("it comes back at %s", next)
			}
			buried, err := d.store.Queue().Buried(t.Context(), 10)
			if err != nil || (len(buried) == 1) != (test.outcome == "buried") {
				t.Errorf("%+v %v", buried, err)
			}
			if name == "panic" && !strings.Contains(d.log.String(), "out of cheese") {
				t.Error("the panic is not in the log")
			}
		})
	}
}

func TestRetriesBackOffToTenMinutes(t *testing.T) {
	clock := waybill.NewManualClock(noon)
	d := open(t, clock)
	r := d.runner(nil, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(context.Context, waybill.Job) error {
		return waybill.E("test", waybill.ReasonCarrierOutage, "later")
	}})
	d.add(t, waybill.JobVoid, "a", noon, "")
	for _, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600} {
		if worked, err := r.Step(t.Context()); !worked || err != nil {
			t.Fatal(worked, err)
		}
		next, err := d.store.Queue().NextDue(t.Context(), nil)
		if err != nil || next.Sub(clock.Now()) != want*time.Second {
			t.Fatalf("again after %s (%v), want %s", next.Sub(clock.Now()), err, want*time.Second)
		}
		clock.Set(next)
	}
}

func TestAJobWhoseWorkRemovedItIsDone(t *testing.T) {
	d := open(t, waybill.NewManualClock(noon))
	r := d.runner(nil, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(ctx context.Context, j waybill.Job) error {
		return d.store.Update(ctx, waybill.System(""), func(tx store.Tx) error { return tx.Unqueue(j.Key) })
	}})
	d.add(t, waybill.JobVoid, "a", noon, "")
	if worked, err := r.Step(t.Context()); !worked || err != nil || d.ended[0] != "void done" || d.left(t) != 0 {
		t.Error(worked, err, d.ended, d.left(t))
	}
}

func TestALostLeaseStopsTheWorkAndIsNotWrittenOver(t *testing.T) {
	clock := waybill.NewManualClock(noon)
	d := open(t, clock)
	r := d.runner(nil, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(ctx context.Context, j waybill.Job) error {
		clock.Advance(2 * time.Minute) // this worker was away for longer than its lease
		taken, err := d.store.Queue().Claim(ctx, nil, 1, time.Minute)
		if err != nil || len(taken) != 1 {
			t.Errorf("another worker could not take over: %v %v", taken, err)
		}
		return waybill.E("test", waybill.ReasonCarrierAddress, "the late worker's word")
	}})
	d.add(t, waybill.JobVoid, "a", noon, "")
	if worked, err := r.Step(t.Context()); !worked || err != nil || d.ended[0] != "void lost" {
		t.Error(worked, err, d.ended)
	}
	if buried, _ := d.store.Queue().Buried(t.Context(), 1); len(buried) != 0 || d.left(t) != 1 {
		t.Error("the late worker's word counted")
	}
}

// What follows runs on the fake clock of synctest: real timers, no waiting.

func TestRunWakesForWorkAndWaitsForItWhenStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, waybill.SystemClock{})
		started, release := make(chan string, 10), make(chan struct{})
		r := d.runner(nil, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(_ context.Context, j waybill.Job) error {
			started <- j.Key
			if j.Key == "slow" {
				<-release
			}
			return nil
		}})
		go r.Run(t.Context())
		synctest.Wait()
		begun := time.Now()
		d.add(t, waybill.JobVoid, "now", begun, "")
		if key := <-started; key != "now" || time.Since(begun) > time.Second {
			t.Errorf("%s after %s", key, time.Since(begun))
		}
		d.add(t, waybill.JobVoid, "soon", begun.Add(90*time.Second), "")
		if key := <-started; key != "soon" || time.Since(begun) < 90*time.Second || time.Since(begun) > 92*time.Second {
			t.Errorf("%s after %s", key, time.Since(begun))
		}
		d.add(t, waybill.JobVoid, "slow", time.Now(), "")
		<-started
		brief, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Stop(brief); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Stop did not wait: %v", err)
		}
		d.add(t, waybill.JobVoid, "too late", time.Now(), "")
		close(release)
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if len(started) != 0 || d.left(t) != 1 {
			t.Errorf("after Stop: %d started, %d left", len(started), d.left(t))
		}
	})
}

func TestAHeartbeatKeepsALongJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, waybill.SystemClock{})
		r := d.runner(func(c *job.Config) { c.Lease = time.Minute }, map[waybill.JobKind]job.Handler{
			waybill.JobVoid: func(ctx context.Context, _ waybill.Job) error {
				time.Sleep(10 * time.Minute)
				taken, err := d.store.Queue().Claim(ctx, nil, 1, time.Minute)
				if err != nil || len(taken) != 0 {
					t.Errorf("a job under way was taken: %v %v", taken, err)
				}
				return nil
			},
		})
		d.add(t, waybill.JobVoid, "long", time.Now(), "")
		if worked, err := r.Step(t.Context()); !worked || err != nil || d.left(t) != 0 {
			t.Error(worked, err, d.left(t))
		}
	})
}

func TestEachKindHasItsOwnRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, waybill.SystemClock{})
		var mu sync.Mutex
		busy, most := map[waybill.JobKind]int{}, map[waybill.JobKind]int{}
		slow := func(_ context.Context, j waybill.Job) error {
			mu.Lock()
			busy[j.Kind]++
			most[j.Kind] = max(most[j.Kind], busy[j.Kind])
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			busy[j.Kind]--
			mu.Unlock()
			return nil
		}
		r := d.runner(func(c *job.Config) { c.Parallel = map[waybill.JobKind]int{waybill.JobPoll: 2, waybill.JobDeliver: 5} },
			map[waybill.JobKind]job.Handler{waybill.JobPoll: slow, waybill.JobDeliver: slow, waybill.JobVoid: slow})
		for i := range 12 {
			for _, kind := range []waybill.JobKind{waybill.JobPoll, waybill.JobDeliver, waybill.JobVoid} {
				d.add(t, kind, fmt.Sprint(kind, i), time.Now(), "")
			}
		}
		go r.Run(t.Context())
		time.Sleep(time.Minute)
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if most[waybill.JobPoll] != 2 || most[waybill.JobDeliver] != 5 || most[waybill.JobVoid] != 4 || d.left(t) != 0 {
			t.Errorf("most at once %v, %d left", most, d.left(t))
		}
	})
}

func TestTheDepthOfTheQueueIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, waybill.SystemClock{})
		d.add(t, waybill.JobPoll, "waits", time.Now().Add(-time.Minute), "")
		told := make(chan time.Duration, 10)
		r := d.runner(func(c *job.Config) {
			c.Depth = func(open map[waybill.JobKind]int, late time.Duration) {
				if open[waybill.JobPoll] != 1 {
					t.Errorf("%v", open)
				}
				told <- late
			}
		}, map[waybill.JobKind]job.Handler{waybill.JobVoid: func(context.Context, waybill.Job) error { return nil }})
		go r.Run(t.Context())
		first, second := <-told, <-told
		if first != time.Minute || second < first+14*time.Second || second > first+18*time.Second {
			t.Errorf("%s, then %s", first, second)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
