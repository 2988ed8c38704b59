package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
)

// audit reads everything an installation kept, while nobody serves it, and says what is half-written, and
// what is out of step with the simulator's books.
type audit struct {
	t     testing.TB
	tx    store.Tx
	sold  map[string]int // living bookings at the simulator by tracking number
	known map[string]bool
	cost  int64 // of all that wallets pay for, in cents
	held  int   // purchases that had money set aside
}

// examine fails the test for everything that is wrong.
func (i installation) examine(t testing.TB, sim simState) {
	t.Helper()
	i.rows(t)
	s, err := sqlstore.Open(context.Background(), sqlstore.Config{Dir: i.storeFolder(), URL: i.database})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := &audit{t: t, sold: map[string]int{}, known: map[string]bool{}}
	for _, b := range sim.Shipments {
		if b.Voided {
			continue
		}
		for _, p := range b.Parcels {
			a.sold[p.Number]++
		}
	}
	depth, err := s.Queue().Depth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []waybill.JobKind{waybill.JobSettle, waybill.JobVoid, waybill.JobReturn, waybill.JobRetry} {
		if depth[kind] > 0 {
			t.Errorf("%d jobs of kind %s are left", depth[kind], kind)
		}
	}
	buried, err := s.Queue().Buried(t.Context(), 10)
	if err != nil || len(buried) > 0 {
		t.Errorf("buried jobs: %+v, %v", buried, err)
	}
	var documents []waybill.Document
	err = s.View(t.Context(), waybill.System(""), func(tx store.Tx) error {
		a.tx = tx
		for sh, err := range tx.Shipments().Each(store.ShipmentQuery{}) {
			if err != nil {
				return err
			}
			kept, err := a.shipment(sh)
			if err != nil {
				return fmt.Errorf("%s: %w", sh.Reference, err)
			}
			documents = append(documents, kept...)
		}
		return a.wallets()
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range documents {
		if d.Blob == "" {
			continue
		}
		if data, err := s.Blobs().Get(t.Context(), d.Blob); err != nil || len(data) != d.Size {
			t.Errorf("document %s: %d bytes of %d: %v", d.ID, len(data), d.Size, err)
		}
	}
	for number := range a.sold {
		if !a.known[number] {
			t.Errorf("the simulator sold %s, and no shipment or return has it", number)
		}
	}
}

func (i installation) storeFolder() string {
	if i.database != "" {
		return ""
	}
	return i.data
}

func (a *audit) wrong(sh waybill.Shipment, format string, args ...any) {
	a.t.Helper()
	a.t.Errorf("shipment %s (%s, %s): %s", sh.Reference, sh.ID, sh.Booking, fmt.Sprintf(format, args...))
}

// shipment checks one shipment against everything that hangs on it.
func (a *audit) shipment(sh waybill.Shipment) ([]waybill.Document, error) {
	purchases, err := a.tx.Purchases().Of(sh.ID)
	if err != nil {
		return nil, err
	}
	decisions, err := a.tx.Decisions().Of(sh.ID)
	if err != nil {
		return nil, err
	}
	documents, err := a.tx.Documents().Of(sh.ID)
	if err != nil {
		return nil, err
	}
	returns, err := a.tx.Returns().Of(sh.ID)
	if err != nil {
		return nil, err
	}
	trackers, err := a.tx.Trackers().Of(sh.ID)
	if err != nil {
		return nil, err
	}
	a.found(sh)
	if len(decisions) == 0 {
		a.wrong(sh, "no decision is kept")
	}
	a.purchases(sh, purchases, decisions)
	a.outcome(sh, purchases, documents, trackers)
	for _, r := range returns {
		a.comeback(sh, r, purchases, documents, trackers)
	}
	return documents, a.history(sh)
}

// found: a shipment is found by its reference, and by its number when it has one.
func (a *audit) found(sh waybill.Shipment) {
	if again, err := a.tx.Shipments().ByReference(sh.Reference); err != nil || again.ID != sh.ID {
		a.wrong(sh, "its reference leads to %s: %v", again.ID, err)
	}
	if sh.Tracking == "" {
		return
	}
	byNumber, err := a.tx.Shipments().ByTracking(sh.Tracking)
	if err != nil || !slices.ContainsFunc(byNumber, func(s waybill.Shipment) bool { return s.ID == sh.ID }) {
		a.wrong(sh, "its number %s leads to %d others: %v", sh.Tracking, len(byNumber), err)
	}
}

// purchases: each attempt has one, none is open, and each was of a candidate of a decision.
func (a *audit) purchases(sh waybill.Shipment, purchases []waybill.Purchase, decisions []waybill.Decision) {
	attempts := 0
	for _, p := range purchases {
		switch p.State {
		case waybill.Bought, waybill.Refused, waybill.Voided:
		default:
			a.wrong(sh, "purchase %s is %s", p.Key, p.State)
		}
		if (p.Booking != nil) != (p.State == waybill.Bought || p.State == waybill.Voided) {
			a.wrong(sh, "purchase %s is %s, and its booking is %+v", p.Key, p.State, p.Booking)
		}
		if p.Hold != "" {
			a.held++
		}
		if p.Hold != "" && p.State == waybill.Bought {
			a.cost += p.Sold.Minor
		}
		if p.Return != "" {
			continue
		}
		attempts++
		if p.Sequence != attempts {
			a.wrong(sh, "purchase %s is number %d of the attempts", p.Key, attempts)
		}
		decided := slices.ContainsFunc(decisions, func(d waybill.Decision) bool {
			return slices.ContainsFunc(d.Candidates, func(c waybill.Candidate) bool {
				return c.Connection == p.Connection && c.Rate.Service == p.Service
			})
		})
		if !decided {
			a.wrong(sh, "purchase %s was decided by nobody", p.Key)
		}
	}
	if attempts != sh.Attempt {
		a.wrong(sh, "it counts %d attempts, and %d are kept", sh.Attempt, attempts)
	}
}

// outcome: what a booked shipment says it bought is there, once; what a cancelled one had is given back.
func (a *audit) outcome(sh waybill.Shipment, purchases []waybill.Purchase, documents []waybill.Document, trackers []waybill.Tracker) {
	var bought []waybill.Purchase
	for _, p := range purchases {
		if p.State == waybill.Bought && p.Return == "" {
			bought = append(bought, p)
		}
	}
	open := 0
	for _, t := range trackers {
		if t.Open && t.Return == "" {
			open++
		}
	}
	switch sh.Booking {
	case waybill.Booked:
	case waybill.Cancelled, waybill.Failed, waybill.NoProvider:
		if len(bought) > 0 || open > 0 {
			a.wrong(sh, "%d purchases are still bought, %d trackers still open", len(bought), open)
		}
		return
	default:
		a.wrong(sh, "it did not come to an end")
		return
	}
	if sh.CancelWanted {
		a.wrong(sh, "a cancellation is still wanted")
	}
	if len(bought) != 1 || bought[0].ID != sh.Purchase {
		a.wrong(sh, "%d purchases are bought", len(bought))
		return
	}
	a.sale(sh, bought[0], sh.Parcels, documents, trackers, open)
}

// sale: each parcel has the number that was sold, one label and one tracker, and the simulator's books
// have the sale once.
func (a *audit) sale(
	sh waybill.Shipment, p waybill.Purchase, parcels []waybill.Parcel, documents []waybill.Document, trackers []waybill.Tracker, open int,
) {
	if len(p.Booking.Numbers) != len(parcels) || open != len(parcels) {
		a.wrong(sh, "%d parcels, %d numbers, %d open trackers", len(parcels), len(p.Booking.Numbers), open)
		return
	}
	labels := 0
	for _, d := range documents {
		if d.Purchase == p.ID {
			labels++
		}
	}
	if labels != len(parcels) {
		a.wrong(sh, "%d labels of %d parcels", labels, len(parcels))
	}
	for i, parcel := range parcels {
		number := p.Booking.Numbers[i]
		followed := slices.ContainsFunc(trackers, func(t waybill.Tracker) bool {
			return t.Track.Number == number && t.Connection == p.Connection && t.Parcel == i && t.Return == p.Return
		})
		if parcel.Tracking != number || !followed {
			a.wrong(sh, "parcel %d says %q, %q was sold, followed %t", i, parcel.Tracking, number, followed)
		}
		if a.remote(p) && a.sold[number] != 1 {
			a.wrong(sh, "the simulator's books have %s %d times", number, a.sold[number])
		}
		a.known[number] = true
	}
}

func (a *audit) remote(p waybill.Purchase) bool {
	c, err := a.tx.Connections().Get(p.Connection)
	return err == nil && c.Carrier == "ups"
}

// comeback: a return is bought once, or was given up.
func (a *audit) comeback(sh waybill.Shipment, r waybill.Return, purchases []waybill.Purchase, documents []waybill.Document, trackers []waybill.Tracker) {
	i := slices.IndexFunc(purchases, func(p waybill.Purchase) bool { return p.ID == r.Purchase })
	switch {
	case i < 0:
		a.wrong(sh, "return %s has no purchase", r.ID)
	case r.Booking == waybill.Failed:
	case r.Booking != waybill.Booked || purchases[i].State != waybill.Bought:
		a.wrong(sh, "return %s is %s, its purchase %s", r.ID, r.Booking, purchases[i].State)
	default:
		if !slices.ContainsFunc(sh.Returns, func(ref waybill.ReturnRef) bool { return ref.ID == r.ID }) {
			a.wrong(sh, "return %s is not mentioned", r.ID)
		}
		open := 0
		for _, t := range trackers {
			if t.Return == r.ID && t.Open {
				open++
			}
		}
		a.sale(sh, purchases[i], r.Parcels, documents, trackers, open)
	}
}

// history: what happens once is told once.
func (a *audit) history(sh waybill.Shipment) error {
	events, err := a.tx.Events().Of(sh.ID)
	if err != nil {
		return err
	}
	told := map[waybill.EventKind]int{}
	for _, e := range events {
		told[e.Kind]++
	}
	want := map[waybill.EventKind]int{waybill.ShipmentCreated: 1}
	switch sh.Booking {
	case waybill.Booked:
		want[waybill.ShipmentBooked] = 1
	case waybill.Cancelled:
		want[waybill.ShipmentCancelled] = 1
	case waybill.Failed:
		want[waybill.ShipmentFailed] = 1
	}
	for kind, n := range want {
		if told[kind] != n && !(told[waybill.ShipmentRetried] > 0 && told[kind] > n) {
			a.wrong(sh, "%s is told %d times, want %d", kind, told[kind], n)
		}
	}
	return nil
}

// rows: nothing hangs on a shipment that is not there. It asks the database itself, whose tables the store
// shows only from the shipment on.
func (i installation) rows(t testing.TB) {
	t.Helper()
	driver, address := "pgx", i.database
	if address == "" {
		driver, address = "sqlite", (&url.URL{Scheme: "file", Path: filepath.Join(i.data, "waybill.db")}).String()
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, what := range map[string]string{
		"select count(*) from decision where shipment not in (select id from shipment)":                           "decisions of no shipment",
		"select count(*) from purchase where shipment not in (select id from shipment)":                           "purchases of no shipment",
		"select count(*) from document where shipment not in (select id from shipment)":                           "documents of no shipment",
		"select count(*) from tracker where shipment not in (select id from shipment)":                            "trackers of no shipment",
		"select count(*) from shipment_return where shipment not in (select id from shipment)":                    "returns of no shipment",
		"select count(*) from event where shipment <> '' and shipment not in (select id from shipment)":           "events of no shipment",
		"select count(*) from term where noun = 'shipment' and id not in (select id from shipment)":               "terms of no shipment",
		"select count(*) from idempotency where running = 1":                                                      "keys whose request never ended",
		"select count(*) from (select reference from shipment group by account, reference having count(*) > 1) x": "references held twice",
	} {
		var n int
		if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if driver == "sqlite" {
		var verdict string
		if err := db.QueryRowContext(t.Context(), "pragma integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("the database file: %s, %v", verdict, err)
		}
	}
}
