package engine

import (
	"context"
	"slices"
	"sort"
	"time"

	"waybill"
	"waybill/store"
)

// RequestQuery selects entries of the request log.
type RequestQuery = store.RequestQuery

// ListRequests asks for a part of the request log. Client is who asked: an id, a person's e-mail, a client's id or the name
// of a key; empty: anybody.
type ListRequests struct {
	Query  RequestQuery
	Client string
	Page   Page
}

// RequestView is an entry of the request log with the calls to carriers that it caused.
type RequestView struct {
	waybill.APIRequest
	Calls []waybill.CarrierCall
}

// mostCalls is how many calls are shown of one request or shipment.
const mostCalls = 500

// ListRequests lists what came in by any API, the newest first unless the page says otherwise. What this node has noted so far
// is among it.
func (s Session) ListRequests(ctx context.Context, in ListRequests) (list store.Slice[waybill.APIRequest], err error) {
	s.Journal.Flush(ctx)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		q := in.Query
		if in.Client != "" {
			if q.Actor, err = s.callerNamed(tx, in.Client); err != nil {
				return err
			}
		}
		list, err = tx.Requests().Find(q, in.Page)
		return err
	})
	return list, err
}

// GetRequest reads an entry by its id, or by the request id that its answer carried: of several the newest.
func (s Session) GetRequest(ctx context.Context, name string) (view RequestView, err error) {
	s.Journal.Flush(ctx)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		found, err := requestNamed(tx, name)
		if err != nil {
			return err
		}
		calls, err := tx.Calls().Of(store.CallQuery{Request: found.ID}, mostCalls)
		view = RequestView{found, calls}
		return err
	})
	return view, err
}

func requestNamed(tx store.Tx, name string) (waybill.APIRequest, error) {
	found, err := tx.Requests().Get(waybill.ID(name))
	if err == nil || !waybill.IsCode(err, waybill.NotFound) {
		return found, err
	}
	list, missing := tx.Requests().Find(RequestQuery{RequestID: name}, Page{Limit: 1})
	if missing != nil || len(list.Items) == 0 {
		return found, err
	}
	return list.Items[0], nil
}

// Health is how the calls of one operation to one connection's carrier went lately.
type Health struct {
	Connection waybill.ID
	Name       string // of the connection
	Carrier    string
	Operation  string
	Calls      int
	Failed     int // the carrier's side failed
	Refused    int // it said no
	P50, P95   time.Duration
}

// CarrierHealth is how carriers did in a while.
type CarrierHealth struct {
	Since  time.Time
	Sample bool // there were more calls than were looked at: the latest of them
	Rows   []Health
}

// healthTime is how far back it is looked; healthMost is at how many calls of an account at most.
const (
	healthTime = 15 * time.Minute
	healthMost = 20_000
)

// CarrierHealth tells latency and failures of the account's own connections over the last 15 minutes, by connection and
// operation.
func (s Session) CarrierHealth(ctx context.Context, _ struct{}) (out CarrierHealth, err error) {
	s.Journal.Flush(ctx)
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		since := tx.Now().Add(-healthTime)
		calls, err := tx.Calls().Recent(since, healthMost)
		if err != nil {
			return err
		}
		connections, err := tx.Connections().All()
		if err != nil {
			return err
		}
		out = CarrierHealth{Since: since, Sample: len(calls) >= healthMost, Rows: summed(calls, connections)}
		return nil
	})
	return out, err
}

// summed adds calls up by connection and operation.
func summed(calls []store.CallOutcome, connections []waybill.Connection) []Health {
	type kind struct {
		connection         waybill.ID
		carrier, operation string
	}
	took := map[kind][]time.Duration{}
	rows := map[kind]*Health{}
	for _, c := range calls {
		k := kind{c.Connection, c.Carrier, c.Operation}
		row := rows[k]
		if row == nil {
			row = &Health{Connection: c.Connection, Carrier: c.Carrier, Operation: c.Operation}
			if i := slices.IndexFunc(connections, func(known waybill.Connection) bool { return known.ID == c.Connection }); i >= 0 {
				row.Name = connections[i].Name
			}
			rows[k] = row
		}
		row.Calls++
		if c.Failed {
			row.Failed++
		}
		if c.Refused {
			row.Refused++
		}
		took[k] = append(took[k], c.Took)
	}
	list := make([]Health, 0, len(rows))
	for k, row := range rows {
		slices.Sort(took[k])
		row.P50, row.P95 = percentile(took[k], 50), percentile(took[k], 95)
		list = append(list, *row)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Carrier != b.Carrier {
			return a.Carrier < b.Carrier
		}
		if a.Connection != b.Connection {
			return a.Connection < b.Connection
		}
		return a.Operation < b.Operation
	})
	return list
}

// percentile is the least of the sorted values that so many of a hundred do not exceed.
func percentile(sorted []time.Duration, share int) time.Duration {
	return sorted[(len(sorted)*share+99)/100-1]
}

// sweepLogs removes entries of the request log, and of the calls, that are older than they are kept.
func (e *Engine) sweepLogs(ctx context.Context) error {
	const chunk = 500
	for {
		removed := 0
		err := e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error {
			before := tx.Now().Add(-e.KeepFor)
			requests, err := tx.Requests().Expire("", before, chunk)
			if err != nil {
				return err
			}
			calls, err := tx.Calls().Expire("", before, chunk)
			removed = max(requests, calls)
			return err
		})
		if err != nil || removed < chunk {
			return err
		}
	}
}
