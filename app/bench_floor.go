package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"sync/atomic"

	"waybill/store/sqlstore"
)

// floor is as little as a server can do that keeps what we keep: a bare net/http handler that reads the
// body, hands the rows of one create to a writer that commits many of them together (synchronous=FULL, the
// product's schema and indexes), and answers after the commit. It decodes, prices, decides and checks
// nothing.
type floor struct {
	url    string
	tables []captured
	answer []byte   // a create's answer, for the same bytes on the wire
	names  []string // what is new in every create, as the captured rows have it: ids, reference, number
	db     *sql.DB
	server *http.Server
	writer *floorWriter
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
	f := &floor{}
	if err := f.capture(ctx, p); err != nil {
		return nil, err
	}
	if err := emptyStore(ctx, folder); err != nil {
		return nil, err
	}
	var err error
	if f.db, err = openLike(filepath.Join(folder, "waybill.db")); err != nil {
		return nil, err
	}
	if f.writer, err = newFloorWriter(ctx, f); err != nil {
		return nil, errors.Join(err, f.db.Close())
	}
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
func openLike(path string) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(10000)", "synchronous(FULL)", "temp_store(MEMORY)", "cache_size(-16000)",
		"wal_autocheckpoint(4000)", "journal_mode(WAL)",
	}}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if path = filepath.ToSlash(path); path[0] != '/' { // a drive letter
		path = "/" + path
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String())
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
	db, err := openLike(filepath.Join(p.folder, "waybill.db"))
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
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if added := len(after[name].rows) - len(before[name].rows); added > 0 {
			t := after[name]
			t.name, t.rows = name, t.since(before[name])
			f.tables = append(f.tables, t)
		}
	}
	if len(f.tables) == 0 {
		return errors.New("bench: a create wrote nothing")
	}
	return f.findNames()
}

// findNames notes the values that no two creates share.
func (f *floor) findNames() error {
	var order struct{ OrderExternalID, TrackingID string }
	if err := json.Unmarshal(f.answer, &order); err != nil || order.TrackingID == "" {
		return fmt.Errorf("bench: the create was not booked: %s", f.answer)
	}
	f.names = []string{order.OrderExternalID, order.TrackingID}
	for _, t := range f.tables {
		for i, column := range t.columns {
			for _, row := range t.rows {
				if id, ok := row[i].(string); ok && column == "id" && !slices.Contains(f.names, id) {
					f.names = append(f.names, id)
				}
			}
		}
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
