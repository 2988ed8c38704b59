package sqlstore

import (
	"slices"
	"sync"

	"waybill"
)

// touch notes that what the account sees of the set-up nouns changed.
func (t *tx) touch(account waybill.ID) {
	if t.bumped == nil {
		t.bumped = map[waybill.ID]bool{}
	}
	t.bumped[account] = true
}

// changed follows every write of a set-up record: the epoch moves, and a number that was brought along
// from elsewhere is never given out again.
func (t *tx) changed(r *waybill.Row, deleted bool) error {
	t.touch(r.Account)
	if deleted || r.Number == 0 {
		return nil
	}
	_, err := t.exec("update counter set next = $1 where name = 'number' and next < $2 and next > $3", r.Number+1, r.Number+1, r.Number-afar)
	return err
}

// bump raises the epochs of the touched accounts and of all their descendants, which inherit set-up from
// them. It runs last in the transaction, in one order, so that no two wait for each other.
func (t *tx) bump() error {
	if len(t.bumped) == 0 {
		return nil
	}
	all := map[waybill.ID]bool{}
	next := make([]waybill.ID, 0, len(t.bumped))
	for account := range t.bumped {
		next = append(next, account)
	}
	for len(next) > 0 {
		for _, account := range next {
			all[account] = true
		}
		s := &statement{}
		s.add("select id from setup where parent <> '' and ")
		children, err := t.strings(in(s, "parent", next).text.String(), s.args...)
		if err != nil {
			return err
		}
		next = next[:0]
		for _, child := range children {
			if !all[waybill.ID(child)] {
				next = append(next, waybill.ID(child))
			}
		}
	}
	list := make([]waybill.ID, 0, len(all))
	for account := range all {
		list = append(list, account)
	}
	slices.Sort(list)
	for _, account := range list {
		if _, err := t.exec("insert into tenant (account, epoch) values ($1, 1) on conflict (account) do update set epoch = tenant.epoch + 1", string(account)); err != nil {
			return err
		}
	}
	t.tenants = append(t.tenants, list...)
	t.bumped = nil
	return nil
}

// tenant makes an account that owns a record known to those who list across all accounts.
func (t *tx) tenant(account waybill.ID) error {
	if _, known := t.store.tenants.Load(account); known || slices.Contains(t.tenants, account) {
		return nil
	}
	_, err := t.exec("insert into tenant (account, epoch) values ($1, 0) on conflict (account) do nothing", string(account))
	t.tenants = append(t.tenants, account)
	return err
}

// Epoch counts the changes of what the account sees of the set-up nouns.
func (t *tx) Epoch(account waybill.ID) (int64, error) {
	if err := t.sees("store.epoch", account, waybill.ReasonUnknownRecord); err != nil {
		return 0, err
	}
	if t.writes && len(t.bumped) > 0 {
		if err := t.bump(); err != nil {
			return 0, err
		}
	}
	read := func() (int64, error) { return t.int("select epoch from tenant where account = $1", string(account)) }
	if s, ok := t.session.(*snapshot); ok && s.conn == nil {
		return s.engine.epochs.get(account, read)
	}
	return read()
}

// epochs remembers the epochs of a data folder, which one process has to itself. They are asked for with
// every request, and change when somebody sets something up.
type epochs struct {
	mu      sync.Mutex
	known   map[waybill.ID]int64
	changes int64 // counts what was forgotten
}

// get is the epoch of an account, for a View that has read nothing yet: what it reads afterwards is as new
// as that, or newer. The reader opens its snapshot; what it finds is remembered unless that epoch may have
// moved meanwhile.
func (e *epochs) get(account waybill.ID, read func() (int64, error)) (int64, error) {
	e.mu.Lock()
	n, ok := e.known[account]
	before := e.changes
	e.mu.Unlock()
	if ok {
		return n, nil
	}
	n, err := read()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil && e.changes == before {
		if e.known == nil || len(e.known) >= epochsKept {
			e.known = map[waybill.ID]int64{}
		}
		e.known[account] = n
	}
	return n, err
}

const epochsKept = 10_000 // accounts

// forget follows a commit that moved the epochs of the accounts, before anyone is told of it.
func (e *epochs) forget(accounts []waybill.ID) {
	if len(accounts) == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changes++
	for _, account := range accounts {
		delete(e.known, account)
	}
}
