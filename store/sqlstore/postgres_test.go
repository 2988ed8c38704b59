package sqlstore_test

import (
	"bytes"
	"context"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/internal/steadytest"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// TestDatabaseClock: without a clock of its own a store goes by the database's, also for what is due.
func TestDatabaseClock(t *testing.T) {
	cfg := storetest.Config(nil)
	cfg.URL, cfg.Clock = storetest.Postgres(t), nil
	s := storetest.Open(t, cfg)
	err := s.Update(t.Context(), alice, func(tx store.Tx) error {
		if off := time.Since(tx.Now()); off < -time.Minute || off > time.Minute {
			t.Errorf("now is %v", tx.Now())
		}
		first := tx.Now()
		if err := tx.Enqueue(waybill.Job{ID: id(1), Account: "a1", Kind: waybill.JobPoll}); err != nil {
			return err
		}
		if !tx.Now().Equal(first) {
			t.Error("a transaction has two times")
		}
		return tx.Enqueue(waybill.Job{ID: id(2), Account: "a1", Kind: waybill.JobPoll, Due: first.Add(time.Hour)})
	})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := s.Queue().Claim(t.Context(), nil, 10, time.Minute)
	if err != nil || len(jobs) != 1 || jobs[0].ID != id(1) {
		t.Errorf("claimed %v, %v", jobs, err)
	}
	err = s.View(t.Context(), alice, func(tx store.Tx) error {
		if off := time.Since(tx.Now()); off < -time.Minute || off > time.Minute {
			t.Errorf("in a View now is %v", tx.Now())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// proxy stands between a store and its database and can cut the line around a COMMIT.
type proxy struct {
	net.Listener
	target string
	cut    atomic.Int32  // what to do at the next COMMIT
	down   atomic.Bool   // refuse everybody
	held   chan struct{} // a COMMIT is held back
	free   chan struct{} // it may go on
	mu     sync.Mutex
	open   []net.Conn
}

const (
	pass   int32 = iota
	before       // cut before the database hears of it
	after        // cut when the database has done it, before the answer
	gone         // cut after, and stay down
	late         // hold it back until released
)

func newProxy(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, target: u.Host, held: make(chan struct{}), free: make(chan struct{})}
	go p.serve()
	t.Cleanup(func() { l.Close(); p.hangUp() })
	u.Host = l.Addr().String()
	return p, u.String()
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		if p.down.Load() {
			client.Close()
			continue
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.open = append(p.open, client, server)
		p.mu.Unlock()
		var mute atomic.Bool // answers no longer pass
		answered := make(chan struct{}, 1)
		go func() {
			b := make([]byte, 1<<16)
			for {
				n, err := server.Read(b)
				if mute.Load() {
					answered <- struct{}{}
					return
				}
				if n > 0 {
					client.Write(b[:n])
				}
				if err != nil {
					client.Close()
					return
				}
			}
		}()
		go p.forward(client, server, &mute, answered)
	}
}

func (p *proxy) forward(client, server net.Conn, mute *atomic.Bool, answered chan struct{}) {
	defer client.Close()
	defer server.Close()
	b := make([]byte, 1<<16)
	for {
		n, err := client.Read(b)
		if bytes.Contains(b[:n], []byte("commit\x00")) {
			switch p.cut.Swap(pass) {
			case before:
				return
			case after:
				mute.Store(true)
				server.Write(b[:n])
				<-answered
				return
			case late:
				close(p.held)
				<-p.free
			case gone:
				mute.Store(true)
				server.Write(b[:n])
				<-answered
				p.down.Store(true)
				p.hangUp()
				return
			}
		}
		if n > 0 {
			if _, err := server.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close()
	}
	p.open = nil
}

// TestLostCommit: when the line breaks around a COMMIT, the outcome is looked up; what was done is
// acknowledged and not done twice, what was not is done again, and what cannot be known is unsure.
func TestLostCommit(t *testing.T) {
	defer sqlstore.CommitTime(steadytest.Patience)() // to find a commit that can be found
	p, address := newProxy(t, storetest.Postgres(t))
	cfg := storetest.Config(nil)
	cfg.URL = address
	s := storetest.Open(t, cfg)
	runs := 0
	emit := func(n int) error {
		runs = 0
		v := waybill.Tag{Row: waybill.Row{ID: id(n), Account: "a1"}, Name: string(id(n))}
		return s.Update(context.Background(), alice, func(tx store.Tx) error {
			runs++
			if err := tx.Tags().Put(&v); err != nil {
				return err
			}
			return tx.Emit(waybill.Event{ID: id(n), Account: "a1", Shipment: id(n)})
		})
	}
	events := func(n int) (found int) {
		err := s.View(t.Context(), alice, func(tx store.Tx) error {
			list, err := tx.Events().Of(id(n))
			found = len(list)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return found
	}
	p.cut.Store(after)
	if err := emit(1); err != nil || runs != 1 || events(1) != 1 {
		t.Errorf("done, answer lost: %v, %d runs, %d events", err, runs, events(1))
	}
	p.cut.Store(before)
	if err := emit(2); err != nil || runs != 2 || events(2) != 1 {
		t.Errorf("not done, line lost: %v, %d runs, %d events", err, runs, events(2))
	}
	undo := sqlstore.CommitTime(time.Second) // to give up on one that cannot
	p.cut.Store(gone)
	err := emit(3)
	if e := waybill.AsError(err); !e.Unsure || e.Reason != waybill.ReasonDatabase {
		t.Errorf("database gone: %v, unsure %v", err, e.Unsure)
	}
	err = emit(4)
	if e := waybill.AsError(err); e.Unsure || e.Reason != waybill.ReasonDatabase || e.Code != waybill.Unavailable {
		t.Errorf("database still gone: %v, unsure %v", err, e.Unsure)
	}
	wants(t, "Ready", s.Ready(t.Context()), waybill.Unavailable, waybill.ReasonDatabase)
	undo()
	p.down.Store(false)
	if n := events(3); n != 1 {
		t.Errorf("the unsure one has %d events", n)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v", err)
	}
	if err := emit(5); err != nil || events(5) != 1 {
		t.Errorf("database back: %v", err)
	}
}

// TestLostConnection: a connection that breaks inside a closure costs another run of it, nothing else.
func TestLostConnection(t *testing.T) {
	s := storetest.PostgreSQL(t, nil)
	runs := 0
	v := waybill.Tag{Row: waybill.Row{ID: id(1), Account: "a1"}, Name: "t"}
	err := s.Update(t.Context(), alice, func(tx store.Tx) error {
		if err := tx.Tags().Put(&v); err != nil {
			return err
		}
		if runs++; runs < 3 {
			sqlstore.Inside(tx, "select pg_terminate_backend(pg_backend_pid())")
		}
		_, err := tx.Tags().All()
		return err
	})
	if err != nil || runs != 3 || v.Version != 1 {
		t.Errorf("%v, %d runs, version %d", err, runs, v.Version)
	}
	views := 0
	err = s.View(t.Context(), alice, func(tx store.Tx) error {
		if views++; views < 2 {
			sqlstore.Inside(tx, "select pg_terminate_backend(pg_backend_pid())")
		}
		_, err := tx.Tags().All()
		return err
	})
	if err != nil || views != 2 {
		t.Errorf("View: %v, %d runs", err, views)
	}
}

// TestDeadlock: of two that wait for each other the database gives one up, and it is run again.
func TestDeadlock(t *testing.T) {
	s := storetest.PostgreSQL(t, nil)
	records := []waybill.Tag{{Row: waybill.Row{ID: id(0), Account: "a1"}, Name: "0"}, {Row: waybill.Row{ID: id(1), Account: "a1"}, Name: "1"}}
	err := s.Update(t.Context(), alice, func(tx store.Tx) error {
		if err := tx.Tags().Put(&records[0]); err != nil {
			return err
		}
		return tx.Tags().Put(&records[1])
	})
	if err != nil {
		t.Fatal(err)
	}
	var met sync.WaitGroup // both have their first row
	met.Add(2)
	var runs atomic.Int32
	var both sync.WaitGroup
	ended := []chan struct{}{make(chan struct{}), make(chan struct{})}
	for i := range 2 {
		both.Add(1)
		go func() {
			defer both.Done()
			defer close(ended[i])
			first := true
			err := s.Update(context.Background(), alice, func(tx store.Tx) error {
				runs.Add(1)
				if !first { // who reads before the other's commit is told of a newer version, which is another matter
					<-ended[1-i]
				}
				for _, n := range []int{i, 1 - i} {
					v, err := tx.Tags().Get(id(n))
					if err != nil {
						return err
					}
					v.Background += "x"
					if err := tx.Tags().Put(&v); err != nil {
						return err
					}
					if first {
						first = false
						met.Done()
						met.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	both.Wait()
	err = s.View(t.Context(), alice, func(tx store.Tx) error {
		list, err := tx.Tags().All()
		for _, v := range list {
			if v.Background != "xx" {
				t.Errorf("record %s was changed %q", v.Name, v.Background)
			}
		}
		return err
	})
	if err != nil || runs.Load() != 3 {
		t.Errorf("%v, %d runs; one of two is run again", err, runs.Load())
	}
}

// TestLateCommit: an event written early and committed late is not skipped by who reads in between.
func TestLateCommit(t *testing.T) {
	s := storetest.PostgreSQL(t, nil)
	emit := func(n int, then func()) error {
		return s.Update(context.Background(), alice, func(tx store.Tx) error {
			err := tx.Emit(waybill.Event{ID: id(n), Account: "a1"})
			then()
			return err
		})
	}
	since := func(cursor string) (ids []waybill.ID, next string) {
		err := s.View(t.Context(), alice, func(tx store.Tx) error {
			list, to, err := tx.Events().Since(cursor, time.Time{}, 10)
			ids = nil
			for _, e := range list {
				ids = append(ids, e.ID)
			}
			next = to
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids, next
	}
	written, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() { done <- emit(1, func() { close(written); <-goOn }) }()
	<-written
	if err := emit(2, func() {}); err != nil {
		t.Fatal(err)
	}
	early, cursor := since("")
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	late, _ := since(cursor)
	all := append(early, late...)
	if len(all) != 2 || all[0] != id(1) || all[1] != id(2) {
		t.Errorf("read %v, then %v", early, late)
	}
}

// TestLaneHandedOn: a job that comes while the one before it is on its way out, its end written and not
// yet committed, becomes ready all the same.
func TestLaneHandedOn(t *testing.T) {
	address := storetest.Postgres(t)
	p, proxied := newProxy(t, address)
	cfg := storetest.Config(nil)
	cfg.URL = address
	s := storetest.Open(t, cfg)
	cfg.URL = proxied
	slow := storetest.Open(t, cfg)
	enqueue := func(n int) error {
		return s.Update(context.Background(), alice, func(tx store.Tx) error {
			return tx.Enqueue(waybill.Job{ID: id(n), Account: "a1", Kind: waybill.JobDeliver, Lane: "lane"})
		})
	}
	if err := enqueue(1); err != nil {
		t.Fatal(err)
	}
	first, err := slow.Queue().Claim(t.Context(), nil, 1, time.Minute)
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	done, added := make(chan error, 1), make(chan error, 1)
	p.cut.Store(late)
	go func() { done <- slow.Queue().Done(context.Background(), first[0]) }()
	<-p.held
	go func() { added <- enqueue(2) }()
	var adding error
	waits := false
	select { // it has to wait for the lane; if it does not, let it be through before the other
	case adding = <-added:
	case <-time.After(300 * time.Millisecond):
		waits = true
	}
	close(p.free)
	if waits {
		adding = <-added
	}
	if err := <-done; err != nil || adding != nil {
		t.Fatal(err, adding)
	}
	next, err := s.Queue().Claim(t.Context(), nil, 1, time.Minute)
	if err != nil || len(next) != 1 || next[0].ID != id(2) {
		t.Errorf("the next job of the lane is %v, %v", next, err)
	}
}

// TestListenAgain: a node whose listening connection breaks listens again, and is woken for what it may
// have missed.
func TestListenAgain(t *testing.T) {
	s := storetest.PostgreSQL(t, nil)
	woken := func(what string) {
		t.Helper()
		select {
		case <-s.Queue().Wake():
		case <-time.After(steadytest.Patience):
			t.Fatalf("not woken %s", what)
		}
	}
	woken("when it first listens")
	if _, err := s.Strings("select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() and query like 'listen%'"); err != nil {
		t.Fatal(err)
	}
	woken("after it was cut off")
	if _, err := s.Strings("select pg_notify('waybill_jobs', '')::text"); err != nil {
		t.Fatal(err)
	}
	woken("by another node's word")
}

// TestAddressStaysSecret: an address that cannot be used is not repeated with its password.
func TestAddressStaysSecret(t *testing.T) {
	for _, address := range []string{"postgres://u:hunter2@127.0.0.1:1/x?sslmode=disable&connect_timeout=1", "postgres://u:hunter2@[bad"} {
		cfg := storetest.Config(nil)
		cfg.URL = address
		_, err := sqlstore.Open(t.Context(), cfg)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error is %v", err)
		}
	}
}
