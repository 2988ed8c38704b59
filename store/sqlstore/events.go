package sqlstore

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"waybill"
)

// eventsAtOnce is how many events are written by one statement at most.
const eventsAtOnce = 8

// Emit writes what happened, with the transaction that made it true: as its last act, all of them together.
func (t *tx) Emit(event waybill.Event) error {
	if err := t.usable(); err != nil {
		return err
	}
	if err := t.sees("store.emit", event.Account, waybill.ReasonUnknownRecord); err != nil {
		return t.doom(err)
	}
	if event.At.IsZero() {
		event.At = t.Now()
	}
	body, err := encode(&event)
	if err != nil {
		return t.doom(err)
	}
	if !t.writes {
		return t.doom(waybill.E("store.view", waybill.ReasonBug, "a View must not write"))
	}
	t.events = append(t.events, []any{string(event.ID), string(event.Account), string(event.Shipment), micro(event.At), body})
	return nil
}

// tell writes the events that were emitted so far.
func (t *tx) tell() error {
	for len(t.events) > 0 {
		n := min(len(t.events), eventsAtOnce)
		if _, err := t.exec(insertEvents(t.store.flavour, n), slices.Concat(t.events[:n]...)...); err != nil {
			return err
		}
		t.events = t.events[n:]
	}
	return nil
}

// insertEvents is the statement that inserts so many events.
func insertEvents(f flavour, events int) string {
	return inserts.get(insert{f.insert + "event", events}, func() string {
		row := ", (?, ?, ?, ?, ?)"
		values := strings.Repeat(row, events)[len(", "):]
		return (&statement{}).add(f.insert+"event (id, account, shipment, at, body) values "+values, make([]any, 5*events)...).text.String()
	})
}

// inserts keeps the statements that insert several rows.
var inserts insertTexts

type insert struct {
	into string
	rows int
}

type insertTexts struct{ sync.Map }

func (t *insertTexts) get(key insert, write func() string) string {
	if text, ok := t.Load(key); ok {
		return text.(string)
	}
	text, _ := t.LoadOrStore(key, write())
	return text.(string)
}

// eventTable implements store.Events.
type eventTable struct{ tx *tx }

// Of reads a shipment's events, oldest first.
func (e eventTable) Of(shipment waybill.ID) ([]waybill.Event, error) {
	f := e.tx.store.flavour
	s := (&statement{}).add("select "+f.eventKey+", body from event where shipment = ? and shipment <> ''", string(shipment))
	list, _, err := e.read(e.tx.scope(s).add(" order by " + f.eventOrder))
	return list, err
}

// Since reads events after a cursor in an order that later commits only add to.
func (e eventTable) Since(cursor string, at time.Time, limit int) ([]waybill.Event, string, error) {
	var after [2]int64
	if cursor != "" {
		if n, err := fmt.Sscanf(cursor, "%d.%d", &after[0], &after[1]); n != 2 || err != nil || fmt.Sprintf("%d.%d", after[0], after[1]) != cursor {
			return nil, "", waybill.E("store.events", waybill.ReasonBadCursor, "the cursor is not one of ours")
		}
	}
	f := e.tx.store.flavour
	s := (&statement{}).add("select " + f.eventKey + ", body from event where ")
	s.add(f.eventAfter, after[0], after[1]).add(" and " + f.eventOver)
	if !at.IsZero() {
		s.add(" and at >= ?", micro(at))
	}
	list, last, err := e.read(e.tx.scope(s).add(" order by "+f.eventOrder+" limit ?", int64(limit)))
	if err != nil || len(list) == 0 {
		return nil, cursor, err
	}
	return list, fmt.Sprintf("%d.%d", last[0], last[1]), nil
}

// Latest is the place behind every event that can be read now, whoever's it is.
func (e eventTable) Latest() (string, error) {
	f := e.tx.store.flavour
	latest, found := [2]int64{}, false
	err := e.tx.each(func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&latest[0], &latest[1])
	}, "select "+f.eventKey+" from event where seq > 0 and "+f.eventOver+" order by "+strings.ReplaceAll(f.eventOrder, ",", " desc,")+" desc limit 1")
	if err != nil || !found {
		return "", err
	}
	return fmt.Sprintf("%d.%d", latest[0], latest[1]), nil
}

func (e eventTable) read(s *statement) (list []waybill.Event, last [2]int64, err error) {
	if err := e.tx.tell(); err != nil {
		return nil, last, err
	}
	err = e.tx.each(func(rows *sql.Rows) error {
		var event waybill.Event
		var body sql.RawBytes
		if err := rows.Scan(&last[0], &last[1], &body); err != nil {
			return err
		}
		if err := decode(body, &event); err != nil {
			return err
		}
		list = append(list, event)
		return nil
	}, s.text.String(), s.args...)
	return list, last, err
}
