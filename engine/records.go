package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// Records are the verbs of one noun of the set-up: list, get, create, change, delete. They are the same for all of
// them. T is the record, D what is written of it: the record itself, or the record with secrets that are sealed
// on their way in.
type Records[D, T any] struct {
	table func(store.Tx) store.Keyed[T]
	draft func(T) D
	// prepare checks what was written and makes the record of it. It may read, ask and hash; the row is the record's.
	prepare func(ctx context.Context, s Session, in D, row waybill.Row) (T, error)
	// inUse refuses to let go of a record that something rests on.
	inUse func(tx store.Tx, s Session, record T) error
	// rests is the same, asked before the transaction, of what only the installation sees.
	rests func(ctx context.Context, s Session, record T) error
	// hidden reports whether a record of the account is not for who asks: it is not there.
	hidden func(s Session, record T) bool
	// shown is a record as the actor may see it.
	shown func(s Session, record T) T
	// mayManage refuses who may not change a record, or remove it, for what the record may.
	mayManage func(s Session, record T) error
	// turned ends what was given out to a record that is changed, where it has to be got anew.
	turned func(before T, next *T)
	// saved does what follows from a record that came or was changed.
	saved func(ctx context.Context, s Session, record T) error
}

// ListRecords asks for a part of a noun's records: those of the session's own account, and what is lent to it.
type ListRecords[T any] struct {
	Page    store.Page
	Updated time.Time // only those that changed at that time or later
	Keep    func(T) bool
}

// RecordRef names a record by its id, else by its key.
type RecordRef struct {
	ID  waybill.ID
	Key string
}

// ChangeRecord changes a record as Change says, which must be pure. Version 0 is any; with another one the record
// must still have that version, else Conflict, ReasonVersion.
type ChangeRecord[D any] struct {
	Ref     RecordRef
	Version int64
	Change  func(*D) error
}

// DeleteRecord removes a record, of this version alone where one is named.
type DeleteRecord struct {
	Ref     RecordRef
	Version int64
}

// Within is the session at work in one account alone: its own (also as self), one that it was granted, and for who may
// set up accounts each child. Any other is answered like one that is not there. Where none is named it is at work in its
// own and in those that it was granted.
func (s Session) Within(ctx context.Context, account waybill.ID) (Session, error) {
	account, err := s.childNamed(ctx, account)
	switch {
	case err != nil || account == "":
		return s, err
	case account == s.Actor.Account || account == "self":
		s.Actor.Grants = nil
		return s, nil
	}
	if !slices.Contains(s.Actor.Grants, account) {
		if !s.Actor.May(waybill.ScopeAdmin) {
			return s, noAccount()
		}
		err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error { return s.checkChild(tx, "account", account) })
		if err != nil {
			return s, noAccount()
		}
	}
	if a, err := s.Account(ctx, waybill.Actor{Account: account}); err != nil || a.Closing != nil {
		return s, noAccount()
	}
	s.Actor.Account, s.Actor.Grants = account, nil
	return s, nil
}

func noAccount() error {
	return waybill.E("account", waybill.ReasonUnknownRecord, "there is no such account")
}

// rowOf is a record's columns.
func rowOf[T any](record *T) *waybill.Row { return any(record).(recorded).Meta() }

// List lists records by time, then id.
func (r Records[D, T]) List(s Session, ctx context.Context, in ListRecords[T]) (slice store.Slice[T], err error) {
	settled, err := s.settledFor(ctx, in.Page)
	if err != nil {
		return slice, err
	}
	all, err := records(ctx, s, r.table)
	if err != nil {
		return slice, err
	}
	kept := make([]T, 0, len(all))
	for i := range all {
		row := rowOf(&all[i])
		if slices.Contains(s.Actor.Grants, row.Account) || row.Updated.Before(in.Updated) || (in.Keep != nil && !in.Keep(all[i])) {
			continue
		}
		if r.hidden != nil && r.hidden(s, all[i]) {
			continue
		}
		if r.shown != nil {
			all[i] = r.shown(s, all[i])
		}
		kept = append(kept, all[i])
	}
	return paged(kept, in.Page, settled)
}

// Get reads one.
func (r Records[D, T]) Get(s Session, ctx context.Context, ref RecordRef) (record T, err error) {
	record, err = r.find(s, ctx, ref)
	if err == nil && r.shown != nil {
		record = r.shown(s, record)
	}
	return record, err
}

func (r Records[D, T]) find(s Session, ctx context.Context, ref RecordRef) (record T, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		record, err = byRef(r.table(tx), ref)
		return err
	})
	if err == nil && r.hidden != nil && r.hidden(s, record) {
		var none T
		return none, waybill.E("setup", waybill.ReasonUnknownRecord, "there is no such record")
	}
	return record, err
}

func byRef[T any](table store.Keyed[T], ref RecordRef) (T, error) {
	if ref.ID != "" {
		return table.Get(ref.ID)
	}
	return table.ByKey(ref.Key)
}

// Create makes a record; a key in use is Conflict, ReasonTaken.
func (r Records[D, T]) Create(s Session, ctx context.Context, in D) (stored T, err error) {
	if s.Actor.Account == "" {
		return stored, waybill.E("setup", waybill.ReasonUnknownRecord, "no account was named to set this up in")
	}
	number, err := s.take(ctx, 1)
	if err != nil {
		return stored, err
	}
	row := waybill.Row{}
	s.found(&row, number)
	record, err := r.prepare(ctx, s, in, row)
	if err != nil {
		return stored, err
	}
	*rowOf(&record) = row
	err = again(0, func() error {
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			next := record
			if err := r.table(tx).Put(&next); err != nil {
				return err
			}
			stored = next
			return s.written(tx, nil, any(&next).(recorded))
		})
	})
	if err == nil && r.saved != nil {
		err = r.saved(ctx, s, stored)
	}
	return stored, err
}

// changeTries is how often a change is made again that somebody else was faster than.
const changeTries = 5

// Change changes a record. Somebody else's change in between is no reason to refuse one that may be made on any
// version.
func (r Records[D, T]) Change(s Session, ctx context.Context, in ChangeRecord[D]) (stored T, err error) {
	err = again(in.Version, func() (err error) {
		stored, err = r.change(s, ctx, in)
		return err
	})
	return stored, err
}

// again makes a change that somebody else was faster than once more, unless it may be made on one version alone.
func again(version int64, change func() error) (err error) {
	for range changeTries {
		err = change()
		if waybill.ReasonOf(err) != waybill.ReasonVersion || version != 0 {
			break
		}
	}
	return err
}

func (r Records[D, T]) change(s Session, ctx context.Context, in ChangeRecord[D]) (stored T, err error) {
	old, err := r.find(s, ctx, in.Ref)
	if err != nil {
		return stored, err
	}
	row := *rowOf(&old)
	if s, err = s.owner(row); err != nil {
		return stored, err
	}
	if in.Version != 0 && in.Version != row.Version {
		return stored, movedOn()
	}
	if r.mayManage != nil {
		if err := r.mayManage(s, old); err != nil {
			return stored, err
		}
	}
	draft := r.draft(old)
	if err := in.Change(&draft); err != nil {
		return stored, err
	}
	record, err := r.prepare(ctx, s, draft, row)
	if err != nil {
		return stored, err
	}
	if r.turned != nil {
		r.turned(old, &record)
	}
	*rowOf(&record) = row
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		next := record
		if err := r.table(tx).Put(&next); err != nil {
			return err
		}
		stored = next
		return s.written(tx, any(&old).(recorded), any(&next).(recorded))
	})
	if err == nil && r.saved != nil {
		err = r.saved(ctx, s, stored)
	}
	return stored, err
}

// meant refuses a record that is not as the caller saw it.
func (s Session) meant(row waybill.Row) error {
	if s.IfVersion != 0 && s.IfVersion != row.Version {
		return movedOn()
	}
	return nil
}

func movedOn() error {
	return waybill.E("setup", waybill.ReasonVersion, "the record was changed meanwhile")
}

// owner is the session in the account of a record. What is lent here is seen, but is another account's.
func (s Session) owner(row waybill.Row) (Session, error) {
	if !s.Actor.Sees(row.Account) {
		return s, waybill.E("setup", waybill.ReasonUnknownRecord, "this account has no such record")
	}
	if s.Actor.Account != row.Account {
		s.Actor.Account, s.Actor.Grants = row.Account, nil
	}
	return s, nil
}

// Delete removes a record.
func (r Records[D, T]) Delete(s Session, ctx context.Context, in DeleteRecord) (gone struct{}, err error) {
	old, err := r.find(s, ctx, in.Ref)
	if err != nil {
		return gone, err
	}
	row := *rowOf(&old)
	if s, err = s.owner(row); err != nil {
		return gone, err
	}
	if r.rests != nil {
		if err := r.rests(ctx, s, old); err != nil {
			return gone, err
		}
	}
	return gone, again(in.Version, func() error {
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			found, err := r.table(tx).Get(row.ID)
			if err != nil {
				return err
			}
			version := rowOf(&found).Version
			if in.Version != 0 && in.Version != version {
				return movedOn()
			}
			if r.mayManage != nil {
				if err := r.mayManage(s, found); err != nil {
					return err
				}
			}
			if r.inUse != nil {
				if err := r.inUse(tx, s, found); err != nil {
					return err
				}
			}
			if err := r.table(tx).Delete(row.ID, version); err != nil {
				return err
			}
			return s.noteChange(tx, any(&found).(recorded), nil)
		})
	})
}

// usedBy is why a record cannot go.
func usedBy(format string, args ...any) error {
	return waybill.E("setup", waybill.ReasonInUse, format, args...)
}
