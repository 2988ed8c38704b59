package app

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// listSize is how many orders are listed at once: the most the API gives.
const listSize = 1000

// ListReport compares a list of a thousand with a raw read of the same stored bytes: milliseconds, each the
// median of its turns.
type ListReport struct {
	Waybill float64 `json:"waybill"`
	Raw     float64 `json:"raw"`
	Ratio   float64 `json:"ratio"`
	Goal    float64 `json:"goal"`
	Reached bool    `json:"reached"`
}

// listTurns is how often each side lists; one at a time, by turns.
const listTurns = 41

// lists compares the two on the orders that the creates left; where they were few, it adds some.
func (b Bench) lists(ctx context.Context, p *product, tell func(string, ...any)) (ListReport, error) {
	report := ListReport{Goal: goalList}
	tell("\nList: POST /lynkup/shipments/list of %d, against a server that reads the same rows' bodies by the same index", listSize)
	if err := b.fill(ctx, p); err != nil {
		return report, err
	}
	raw, err := newRawReader(ctx, p)
	if err != nil {
		return report, err
	}
	defer raw.close()
	var ours, bare []time.Duration
	for turn := range listTurns + 3 {
		mine, orders, err := p.list(ctx)
		if err != nil {
			return report, err
		}
		if orders != listSize {
			return report, fmt.Errorf("bench: the list has %d orders, want %d", orders, listSize)
		}
		theirs, err := raw.read(ctx)
		if err != nil {
			return report, err
		}
		if turn >= 3 { // those before warm both up
			ours, bare = append(ours, mine), append(bare, theirs)
		}
	}
	report.Waybill, report.Raw = milliseconds(median(ours)), milliseconds(median(bare))
	report.Ratio = report.Waybill / report.Raw
	report.Reached = report.Ratio <= goalList
	tell("  median    waybill %.1f ms   raw %.1f ms   ratio %.2f (goal %.0f: %s)", report.Waybill, report.Raw, report.Ratio, goalList, verdict(report.Reached))
	return report, nil
}

// fill books until a thousand orders are there.
func (b Bench) fill(ctx context.Context, p *product) error {
	var number atomic.Int64
	number.Store(900_000_000) // beside those of the creates
	_, err := newLoad(p.base+"/shipments", p.token, b.Connections, &number).run(ctx, Bench{Connections: b.Connections, Requests: listSize})
	return err
}

// list asks once and counts the orders.
func (p *product) list(ctx context.Context) (took time.Duration, orders int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+"/shipments/list", strings.NewReader(fmt.Sprintf(`{"limit":%d}`, listSize)))
	if err != nil {
		return 0, 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.token)
	took, body, err := fetch(request)
	if err != nil {
		return 0, 0, err
	}
	var answer struct{ Data []json.RawMessage }
	err = json.Unmarshal(body, &answer)
	return took, len(answer.Data), err
}

// fetch times one exchange to its last byte.
func fetch(request *http.Request) (time.Duration, []byte, error) {
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	took := time.Since(began)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("bench: %s: %.200s", response.Status, body)
	}
	return took, body, err
}

// rawReader answers the stored bodies of the newest thousand orders, as they are.
type rawReader struct {
	url    string
	db     *sql.DB
	query  *sql.Stmt
	server *http.Server
}

func newRawReader(ctx context.Context, p *product) (*rawReader, error) {
	db, err := openLike(filepath.Join(p.folder, "waybill.db"))
	if err != nil {
		return nil, err
	}
	// The orders' keys from the index that lists go by, then each one's row, as the product reads them.
	query, err := db.PrepareContext(ctx, "select body from shipment where id in "+
		"(select id from shipment where account = (select account from shipment limit 1) order by created desc, id desc limit ?)")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	r := &rawReader{url: "http://" + listener.Addr().String() + "/", db: db, query: query}
	r.server = &http.Server{Handler: r}
	go r.server.Serve(listener)
	return r, nil
}

func (r *rawReader) close() { _ = errors.Join(r.server.Close(), r.query.Close(), r.db.Close()) }

// ServeHTTP writes the bodies as one JSON array.
func (r *rawReader) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	rows, err := r.query.QueryContext(request.Context(), listSize)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	var answer bytes.Buffer
	answer.WriteByte('[')
	for rows.Next() {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if answer.Len() > 1 {
			answer.WriteByte(',')
		}
		answer.Write(body)
	}
	answer.WriteByte(']')
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer.Bytes())
}

func (r *rawReader) read(ctx context.Context) (time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return 0, err
	}
	took, body, err := fetch(request)
	var bodies []json.RawMessage
	if err == nil {
		err = json.Unmarshal(body, &bodies)
	}
	if err == nil && len(bodies) != listSize {
		err = fmt.Errorf("bench: the raw read has %d rows, want %d", len(bodies), listSize)
	}
	return took, err
}
