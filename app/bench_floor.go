package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"waybill"
	"waybill/store/sqlstore"
)

// floor is as little as a server can do that keeps what we keep: a bare net/http handler that reads the
// body, hands the rows of one create to a writer that commits many of them together (synchronous=FULL, the
// product's schema and indexes), and answers after the commit. It decodes, prices, decides and checks
// nothing.
type floor struct {
	url    string
	tables []captured
	answer []byte // a create's answer, for the same bytes on the wire
	db     *sql.DB
	server *http.Server
	queue  chan chan error
	stop   chan struct{}
	ended  chan struct{}
	serial atomic.Int64
}

// captured are the rows that one create adds to a table.
type captured struct {
	name    string
	columns []string
	rows    [][]any
}

// newFloor measures what a create writes, on the product itself, and starts the bare server beside it.
func newFloor(ctx context.Context, p *product, folder string) (*floor, error) {
	f := &floor{queue: make(chan chan error, 1024), stop: make(chan struct{}), ended: make(chan struct{})}
	if err := f.capture(ctx, p); err != nil {
		return nil, err
	}
	if err := emptyStore(ctx, folder); err != nil {
		return nil, err
	}
	var err error
	if f.db, err = openLike(filepath.Join(folder, "waybill.db"), "FULL"); err != nil {
		return nil, err
	}
	w, err := f.prepare(ctx)
	if err != nil {
		return nil, errors.Join(err, f.db.Close())
	}
	go w.work()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	f.url = "http://" + listener.Addr().String() + "/"
	f.server = &http.Server{Handler: f}
	go f.server.Serve(listener)
	return f, nil
}

// emptyStore makes a data folder with the product's schema and nothing in it.
func emptyStore(ctx context.Context, folder string) error {
	s, err := sqlstore.Open(ctx, sqlstore.Config{Dir: folder})
	if err != nil {
		return err
	}
	return s.Close()
}

// openLike opens a data file as the product does, by one connection.
func openLike(path, synchronous string) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(10000)", "synchronous(" + synchronous + ")", "temp_store(MEMORY)", "cache_size(-16000)",
		"wal_autocheckpoint(4000)", "journal_mode(WAL)",
	}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// capture has the product book two orders and notes what the second added to each table; the first makes
// what is made once only.
func (f *floor) capture(ctx context.Context, p *product) error {
	var number atomic.Int64
	one := newLoad(p.base+"/shipments", p.token, 1, &number)
	if _, err := one.one(ctx); err != nil {
		return err
	}
	db, err := openLike(filepath.Join(p.folder, "waybill.db"), "FULL")
	if err != nil {
		return err
	}
	defer db.Close()
	before, err := snapshot(ctx, db)
	if err != nil {
		return err
	}
	if f.answer, err = one.one(ctx); err != nil {
		return err
	}
	after, err := snapshot(ctx, db)
	if err != nil {
		return err
	}
	for _, name := range sortedNames(after) {
		if added := len(after[name].rows) - len(before[name].rows); added > 0 {
			t := after[name]
			t.name, t.rows = name, t.since(before[name])
			f.tables = append(f.tables, t)
		}
	}
	if len(f.tables) == 0 {
		return errors.New("bench: a create wrote nothing")
	}
	return nil
}

// since are the rows that an earlier snapshot does not have.
func (c captured) since(before captured) [][]any {
	known := map[string]bool{}
	for _, row := range before.rows {
		known[fmt.Sprint(row...)] = true
	}
	var fresh [][]any
	for _, row := range c.rows {
		if !known[fmt.Sprint(row...)] {
			fresh = append(fresh, row)
		}
	}
	return fresh
}

// snapshot reads every table of a small database.
func snapshot(ctx context.Context, db *sql.DB) (map[string]captured, error) {
	names, err := db.QueryContext(ctx, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'goose_%'")
	if err != nil {
		return nil, err
	}
	all := map[string]captured{}
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			return nil, errors.Join(err, names.Close())
		}
		all[name] = captured{}
	}
	if err := errors.Join(names.Err(), names.Close()); err != nil {
		return nil, err
	}
	for name := range all {
		if all[name], err = readTable(ctx, db, name); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readTable(ctx context.Context, db *sql.DB, name string) (c captured, err error) {
	rows, err := db.QueryContext(ctx, "select * from "+name)
	if err != nil {
		return c, err
	}
	defer rows.Close()
	if c.columns, err = rows.Columns(); err != nil {
		return c, err
	}
	for rows.Next() {
		row := make([]any, len(c.columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return c, err
		}
		c.rows = append(c.rows, row)
	}
	return c, rows.Err()
}
