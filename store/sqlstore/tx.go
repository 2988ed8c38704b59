package sqlstore

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// session is one open transaction of either database.
type session interface {
	exec(query string, args []any) (affected int64, err error)
	query(query string, args []any) (*sql.Rows, error)
}

// tx implements store.Tx over a session. Its first failed write or broken statement dooms it: every later
// call answers the same error. A record that is not there is an answer and dooms nothing.
type tx struct {
	store    *Store
	session  session
	actor    waybill.Actor
	writes   bool
	now      time.Time // zero until asked, when the database tells the time
	begin    func(*tx) error
	deadline time.Time  // zero: none
	shore    *shoreline // nil where what is read was written in the order of its times
	err      error

	undo    []undo // of the callers' records, when the transaction comes to nothing
	bumped  map[waybill.ID]bool
	tenants []waybill.ID    // that this transaction made known
	lanes   map[string]bool // whose jobs changed
	wake    bool            // jobs may be due sooner than thought
	keys    map[keyName]store.Key
	terms   []store.Term // of the shipment that is being written
	tally   string       // what it is counted under, and
	tallied string       // what it was
	counts  map[counter]int64
	events  [][]any // emitted and not yet written
	running bool    // the closure is at work
	touched bool    // something was written, or a statement failed
}

// undo is a record's Row as the caller had it before Put.
type undo struct {
	row *waybill.Row
	was waybill.Row
}

// takeBack gives the callers' records their Rows back: the transaction came to nothing.
func (t *tx) takeBack() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		*t.undo[i].row = t.undo[i].was
	}
	t.undo = nil
}

// Now is the one time of this transaction.
func (t *tx) Now() time.Time {
	if t.now.IsZero() {
		t.start()
	}
	return t.now
}

// Actor is who asks.
func (t *tx) Actor() waybill.Actor { return t.actor }

// start does what must precede a transaction's first write, and tells the time.
func (t *tx) start() bool {
	if t.err != nil {
		return false
	}
	if t.begin != nil {
		begin := t.begin
		t.begin = nil
		if err := begin(t); err != nil {
			t.doom(err)
			return false
		}
	}
	return true
}

// doom makes the transaction fail, whatever the closure answers.
func (t *tx) doom(err error) error {
	if t.err == nil {
		t.err = t.store.fault(err)
	}
	return t.err
}

// usable is nil while statements may run.
func (t *tx) usable() error {
	if t.err != nil {
		return t.err
	}
	if !t.running {
		return waybill.E("store", waybill.ReasonBug, "the transaction is over")
	}
	if !t.deadline.IsZero() && time.Now().After(t.deadline) {
		return t.doom(waybill.E("store.update", waybill.ReasonBug, "the closure held the writer for longer than its budget"))
	}
	return nil
}

// exec runs a writing statement and answers how many rows it touched.
func (t *tx) exec(query string, args ...any) (int64, error) {
	if err := t.usable(); err != nil {
		return 0, err
	}
	if !t.writes {
		return 0, t.doom(waybill.E("store.view", waybill.ReasonBug, "a View must not write"))
	}
	if !t.start() {
		return 0, t.err
	}
	n, err := t.session.exec(query, args)
	t.touched = t.touched || n > 0 || err != nil
	if err != nil {
		return 0, t.doom(err)
	}
	return n, nil
}

// returning runs a writing statement and scans every row that it answers.
func (t *tx) returning(scan func(*sql.Rows) error, query string, args ...any) error {
	if err := t.usable(); err != nil {
		return err
	}
	if !t.writes {
		return t.doom(waybill.E("store.view", waybill.ReasonBug, "a View must not write"))
	}
	if !t.start() {
		return t.err
	}
	return t.each(func(rows *sql.Rows) error {
		t.touched = true
		return scan(rows)
	}, query, args...)
}

// each runs a reading statement and scans every row with the function.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	if err := t.usable(); err != nil {
		return err
	}
	rows, err := t.session.query(query, args)
	if err != nil {
		t.touched = true
		return t.doom(err)
	}
	for rows.Next() {
		if err = scan(rows); err != nil {
			break
		}
	}
	if err == nil || errors.Is(err, errEnough) {
		err = rows.Err()
	}
	if closing := rows.Close(); err == nil {
		err = closing
	}
	if err != nil {
		t.touched = true
		return t.doom(err)
	}
	return nil
}

// long says that what is read next may take long.
func (t *tx) long() {
	if s, ok := t.session.(*snapshot); ok {
		s.long = true
	}
}

// errEnough ends each early.
var errEnough = errors.New("enough")

// int reads one number; 0 where there is no row.
func (t *tx) int(query string, args ...any) (int64, error) {
	var n sql.NullInt64
	err := t.each(func(r *sql.Rows) error { return r.Scan(&n) }, query, args...)
	return n.Int64, err
}

// strings reads one column of text.
func (t *tx) strings(query string, args ...any) ([]string, error) {
	var list []string
	err := t.each(func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		list = append(list, s)
		return err
	}, query, args...)
	return list, err
}

// sees is nil when the actor may see the account's records.
func (t *tx) sees(op string, account waybill.ID, reason waybill.Reason) error {
	if !t.actor.Sees(account) {
		return waybill.E(op, reason, "there is no such record")
	}
	return nil
}

// statement builds SQL with numbered arguments.
type statement struct {
	text strings.Builder
	args []any
}

// add writes SQL in which each ? stands for the next of the arguments.
func (s *statement) add(text string, args ...any) *statement {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		s.text.WriteString(before)
		s.arg(arg)
		text = after
	}
	s.text.WriteString(text)
	return s
}

func (s *statement) arg(arg any) {
	s.args = append(s.args, arg)
	s.text.WriteByte('$')
	s.text.WriteString(strconv.Itoa(len(s.args)))
}

// in writes "column in (…)". The list is filled up to a power of two with its last value, so that few
// different statements are prepared; an empty list matches nothing.
func in[S ~string](s *statement, column string, values []S) *statement {
	switch len(values) {
	case 0:
		return s.add("1=0")
	case 1:
		return s.add(column+" = ?", string(values[0]))
	}
	s.text.WriteString(column + " in (")
	n := 1
	for n < len(values) {
		n *= 2
	}
	for i := range n {
		if i > 0 {
			s.text.WriteByte(',')
		}
		s.arg(string(values[min(i, len(values)-1)]))
	}
	s.text.WriteByte(')')
	return s
}

// scope writes " and account in (what the actor sees)"; nothing for an actor of the installation.
func (t *tx) scope(s *statement) *statement { return t.scopeBy(s, "account") }

// unindexed is the account where another column is the way in: SQLite, which has no statistics here,
// would rather read all of an account than a hundred of its records by id.
const unindexed = "account || ''"

func (t *tx) scopeBy(s *statement, column string) *statement {
	if t.actor.Everywhere() {
		return s
	}
	return in(s.add(" and "), column, t.accounts())
}

// accounts are those the actor of an account sees, its own first.
func (t *tx) accounts() []waybill.ID {
	return append([]waybill.ID{t.actor.Account}, t.actor.Grants...)
}

// run runs the closure in the transaction: its answer, or what doomed it.
func (t *tx) run(fn func(*tx) error) error {
	t.running = true
	defer func() { t.running = false }()
	err := fn(t)
	switch {
	case t.err != nil && waybill.IsCode(t.err, waybill.InsufficientFunds) && waybill.IsCode(err, waybill.InsufficientFunds):
		return err // the closure says how much is wanted
	case t.err != nil:
		return t.err
	}
	if err != nil || !t.writes {
		return err
	}
	return t.flush()
}

// flush writes what is best written last: the events, the epochs, and the next job of each lane.
func (t *tx) flush() error {
	if err := t.tell(); err != nil {
		return err
	}
	if err := t.addUp(); err != nil {
		return err
	}
	if err := t.bump(); err != nil {
		return err
	}
	return t.promote()
}

// committed tells the store what the commit made true.
func (t *tx) committed() {
	if e, ok := t.store.engine.(*sqliteEngine); ok {
		e.epochs.forget(t.tenants)
	}
	for _, account := range t.tenants {
		t.store.tenants.Store(account, true)
	}
	if t.wake {
		t.store.signal()
	}
}
