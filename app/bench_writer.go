package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// The batches of the floor's writer end as those of the product's own do.
const (
	floorBatch = 128
	floorTime  = 20 * time.Millisecond
)

// rows is how many rows one create writes.
func (f *floor) rows() (n int) {
	for _, t := range f.tables {
		n += len(t.rows)
	}
	return n
}

// ServeHTTP reads the body, keeps the rows and answers.
func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := f.writer.keep(f.fresh()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(f.answer)
}

// fresh are the captured rows under names of their own, as the arguments of each table's statement.
func (f *floor) fresh() [][]any {
	n, now := f.serial.Add(1), time.Now()
	pairs := make([]string, 0, 2*len(f.names))
	for i, name := range f.names {
		fresh := fmt.Sprintf("%08x%010x%06x", now.Unix(), 0, (n*int64(len(f.names))+int64(i))&0xffffff) // in order of time, as ours
		if i < 2 {
			fresh = fmt.Sprintf("%s%09d", name[:max(0, len(name)-9)], n)
		}
		pairs = append(pairs, name, fresh)
	}
	rename := strings.NewReplacer(pairs...)
	statements := make([][]any, len(f.tables))
	for i, t := range f.tables {
		args := make([]any, 0, len(t.rows)*len(t.columns))
		for _, row := range t.rows {
			for c, value := range row {
				switch text, isText := value.(string); {
				case isText:
					value = rename.Replace(text)
				case t.columns[c] == "seq":
					value = nil // the database counts
				case t.columns[c] == "created" || t.columns[c] == "updated" || t.columns[c] == "at":
					value = now.UnixMicro()
				}
				args = append(args, value)
			}
		}
		statements[i] = args
	}
	return statements
}

// close stops the server, then the writer.
func (f *floor) close() error {
	var err error
	if f.server != nil {
		err = f.server.Close()
	}
	close(f.writer.stop)
	<-f.writer.ended
	return errors.Join(err, f.db.Close())
}

// floorWriter keeps many creates' rows in one transaction, by one prepared statement a table.
type floorWriter struct {
	conn          *sql.Conn
	begin, commit *sql.Stmt
	statements    []*sql.Stmt
	queue         chan floorRequest
	stop, ended   chan struct{}
}

type floorRequest struct {
	args [][]any
	done chan error
}

func newFloorWriter(ctx context.Context, f *floor) (*floorWriter, error) {
	conn, err := f.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &floorWriter{conn: conn, queue: make(chan floorRequest, 1024), stop: make(chan struct{}), ended: make(chan struct{})}
	prepare := func(query string) *sql.Stmt {
		stmt, problem := conn.PrepareContext(ctx, query)
		err = errors.Join(err, problem)
		return stmt
	}
	w.begin, w.commit = prepare("begin immediate"), prepare("commit")
	for _, t := range f.tables {
		row := "(?" + strings.Repeat(",?", len(t.columns)-1) + ")"
		w.statements = append(w.statements, prepare("insert into "+t.name+" ("+strings.Join(t.columns, ",")+") values "+
			row+strings.Repeat(","+row, len(t.rows)-1)))
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go w.work()
	return w, nil
}

// keep waits until the rows are durable.
func (w *floorWriter) keep(args [][]any) error {
	r := floorRequest{args, make(chan error, 1)}
	w.queue <- r
	return <-r.done
}

func (w *floorWriter) work() {
	defer close(w.ended)
	defer w.conn.Close()
	for {
		select {
		case <-w.stop:
			return
		case r := <-w.queue:
			w.batch(r)
		}
	}
}

// batch keeps what waits, in one transaction, and answers all of it after the commit.
func (w *floorWriter) batch(first floorRequest) {
	ctx, began := context.Background(), time.Now()
	requests := []floorRequest{first}
	_, err := w.begin.ExecContext(ctx)
	for i := 0; i < len(requests) && err == nil; i++ {
		for s, args := range requests[i].args {
			if err == nil {
				_, err = w.statements[s].ExecContext(ctx, args...)
			}
		}
		if len(requests) < floorBatch && time.Since(began) < floorTime {
			select {
			case r := <-w.queue:
				requests = append(requests, r)
			default:
			}
		}
	}
	if err == nil {
		_, err = w.commit.ExecContext(ctx)
	}
	for _, r := range requests {
		r.done <- err
	}
}
