package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"
	"time"

	"waybill"
	"waybill/store"
)

// Nearsighted makes lists look at a dozen keys only, so that a small store shows what a large one does.
func (s *Store) Nearsighted() { s.look = look{stretch: 3, window: 12} }

// Explain runs a closure in a View and answers how the database carried out each of its statements.
func (s *Store) Explain(fn func(store.Tx) error) ([]string, error) {
	r := &explainer{flavour: s.flavour.name}
	err := s.engine.view(context.Background(), waybill.System("a1"), func(t *tx) error {
		r.session = t.session
		t.session = r
		if s.flavour.name == "postgres" { // show the way it would go if the table were large
			for _, way := range []string{"seqscan", "bitmapscan"} {
				if _, err := r.session.exec("set local enable_"+way+" = off", nil); err != nil {
					return err
				}
			}
		}
		return fn(t)
	})
	return r.plans, err
}

// ExplainWrites runs a closure in an Update, and answers how each of its statements that read or remove was carried out.
func (s *Store) ExplainWrites(fn func(store.Tx) error) ([]string, error) {
	r := &explainer{flavour: s.flavour.name, writes: true}
	run := func(t *tx) error {
		r.session, r.plans = t.session, nil
		t.session = r
		if s.flavour.name == "postgres" {
			for _, way := range []string{"seqscan", "bitmapscan"} {
				if _, err := r.session.exec("set local enable_"+way+" = off", nil); err != nil {
					return err
				}
			}
		}
		return fn(t)
	}
	err := s.engine.update(context.Background(), waybill.System(""), run, run)
	return r.plans, err
}

// explainer is a session that asks for the plan of every query before it runs it.
type explainer struct {
	session
	flavour string
	plans   []string
	writes  bool // they too
}

func (e *explainer) exec(query string, args []any) (int64, error) {
	if e.writes && !strings.HasPrefix(query, "insert") {
		if err := e.explain(query, args); err != nil {
			return 0, err
		}
	}
	return e.session.exec(query, args)
}

func (e *explainer) query(query string, args []any) (*sql.Rows, error) {
	if err := e.explain(query, args); err != nil {
		return nil, err
	}
	return e.session.query(query, args)
}

func (e *explainer) explain(query string, args []any) error {
	explain, columns := "explain query plan ", 4
	if e.flavour == "postgres" {
		explain, columns = "explain (costs off) ", 1
	}
	rows, err := e.session.query(explain+query, args)
	if err != nil {
		return err
	}
	var lines []string
	for rows.Next() {
		values := make([]any, columns)
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return err
		}
		line, _ := (*values[columns-1].(*any)).(string)
		lines = append(lines, strings.TrimSpace(line))
	}
	e.plans = append(e.plans, strings.Join(lines, "\n"))
	return errors.Join(rows.Err(), rows.Close())
}

// Fold adds the changes of counters to the counters now.
func (s *Store) Fold() error { return s.fold(context.Background()) }

// Exec runs a statement beside everything the store does, for tests that bend the database.
func (s *Store) Exec(query string, args ...any) error {
	_, err := s.db.Exec(query, args...)
	return err
}

// Strings reads one column of text.
func (s *Store) Strings(query string, args ...any) (list []string, err error) {
	rows, err := s.db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

// Inside runs a statement in the transaction of a closure, past everything that watches over it.
func Inside(tx store.Tx, query string) error {
	_, err := txOf(tx).session.exec(query, nil)
	return err
}

func txOf(t store.Tx) *tx { return t.(*tx) }

// Queued is how many updates wait for the writer.
func (s *Store) Queued() int { return len(s.engine.(*sqliteEngine).writer.queue) }

// QueueLength is how many may.
const QueueLength = queueLength

// NextRelease makes the program one release newer: it has one more migration. Call what it answers to
// go back.
func NextRelease(sql string) (undo func()) {
	was := migrations
	next := fstest.MapFS{}
	for _, name := range []string{"sqlite", "postgres"} {
		files, _ := fs.Glob(was, "migrations/"+name+"/*.sql")
		for _, file := range files {
			data, _ := fs.ReadFile(was, file)
			next[file] = &fstest.MapFile{Data: data}
		}
		next["migrations/"+name+"/99999_next.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql + ";\n")}
	}
	migrations = next
	return func() { migrations = was }
}

// FirstRelease makes the program as old as the first migration. Call what it answers to go back.
func FirstRelease() (undo func()) {
	was := migrations
	first := fstest.MapFS{}
	for _, name := range []string{"sqlite", "postgres"} {
		file := "migrations/" + name + "/00001_start.sql"
		data, _ := fs.ReadFile(was, file)
		first[file] = &fstest.MapFile{Data: data}
	}
	migrations = first
	return func() { migrations = was }
}

// CommitTime sets how long a commit and the search for its outcome may take.
func CommitTime(d time.Duration) (undo func()) {
	was := commitTime
	commitTime = d
	return func() { commitTime = was }
}

// Limit lets a SQLite file grow to a number of pages.
func (s *Store) Limit(pages int) error {
	e := s.engine.(*sqliteEngine)
	c := e.writer.conn
	was := e.writer.failed.Swap(nil) // let this one through, and find things as they were
	defer e.writer.failed.Store(was)
	// While a closure runs, no other does: it may use the writer's connection for something else.
	set := func(t *tx) error {
		_, err := c.exec(fmt.Sprintf("pragma max_page_count = %d", pages), nil)
		return err
	}
	return e.update(context.Background(), waybill.System(""), set, set)
}

// SetupNouns are the nouns of the table of set-up.
func SetupNouns() []string { return setupNouns }

// Flavour is sqlite or postgres.
func (s *Store) Flavour() string { return s.flavour.name }
