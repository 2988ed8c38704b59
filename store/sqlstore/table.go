package sqlstore

import (
	"database/sql"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"waybill"
)

// noun describes how records of one type are kept: the table, and the columns it has beyond those that
// every record has.
type noun[T any] struct {
	table   string
	name    string         // in setup: which noun
	unknown waybill.Reason // what an unknown id is answered with
	columns []string
	values  func(*tx, *T) []any
	// before runs before a Put, when the stored version is still there; after follows a Put or Delete.
	before func(t *tx, value *T) error
	after  func(t *tx, value *T, deleted bool) error

	insert, update, remove, selects string
}

const meta = "id, account, number, version, created, updated"

// define completes a noun with its statements.
func define[T any](n noun[T]) noun[T] {
	if n.unknown == "" {
		n.unknown = waybill.ReasonUnknownRecord
	}
	if n.values == nil {
		n.values = func(*tx, *T) []any { return nil }
	}
	columns := append([]string{"number", "version", "updated"}, n.columns...)
	columns = append(columns, "body")
	var marks, sets strings.Builder
	for i, c := range columns {
		marks.WriteString(", $" + strconv.Itoa(i+4))
		sets.WriteString(", " + c + " = $" + strconv.Itoa(i+4))
	}
	n.insert = "insert into " + n.table + " (id, account, created, " + strings.Join(columns, ", ") + ") values ($1, $2, $3" + marks.String() + ")"
	n.update = "update " + n.table + " set " + sets.String()[2:] + " where id = $1 and account = $2 and version = $3"
	n.remove = "delete from " + n.table + " where id = $1 and account = $2 and version = $3"
	n.selects = "select " + meta + ", body from " + n.table + " where "
	return n
}

// row is a record's columns.
func row[T any](value *T) *waybill.Row {
	return any(value).(interface{ Meta() *waybill.Row }).Meta()
}

// table implements store.Table for one noun in one transaction.
type table[T any] struct {
	tx   *tx
	noun *noun[T]
}

// op names what is done, in errors.
func (n *noun[T]) op(verb string) string {
	if n.name != "" {
		return "store." + n.name + "." + verb
	}
	return "store." + n.table + "." + verb
}

// Get reads one record.
func (t table[T]) Get(id waybill.ID) (T, error) {
	s := t.where("id = ?", string(id))
	return t.one("get", t.tx.scopeBy(s, unindexed))
}

// GetMany reads those of the records that exist, in the order asked for.
func (t table[T]) GetMany(ids []waybill.ID) ([]T, error) {
	var rows []stored
	for rest := ids; len(rest) > 0; {
		n := min(len(rest), 256)
		some, err := t.rows(t.tx.scopeBy(in(t.where(""), "id", rest[:n]), unindexed))
		if err != nil {
			return nil, err
		}
		rows, rest = append(rows, some...), rest[n:]
	}
	return t.decode(inOrder(rows, ids))
}

// inOrder puts rows into the order of their ids in a list.
func inOrder(rows []stored, ids []waybill.ID) []stored {
	at := make(map[waybill.ID]int, len(rows))
	for i, r := range rows {
		at[r.meta.ID] = i
	}
	ordered := make([]stored, 0, len(rows))
	for _, id := range ids {
		if i, ok := at[id]; ok {
			ordered = append(ordered, rows[i])
		}
	}
	return ordered
}

// Put inserts a record of version 0 or replaces the version it has.
func (t table[T]) Put(value *T) error {
	r := row(value)
	op := t.noun.op("put")
	if err := t.tx.usable(); err != nil {
		return err
	}
	if r.ID == "" {
		return t.tx.doom(waybill.E(op, waybill.ReasonBug, "a record without an id"))
	}
	if err := t.tx.sees(op, r.Account, t.noun.unknown); err != nil {
		return t.tx.doom(err)
	}
	was := *r
	now := t.tx.Now()
	if r.Version == 0 {
		r.Created = now
	}
	r.Version, r.Updated = was.Version+1, now
	err := t.write(op, value, was.Version)
	if err != nil {
		*r = was
		return t.tx.doom(err)
	}
	t.tx.undo = append(t.tx.undo, undo{r, was})
	return nil
}

func (t table[T]) write(op string, value *T, version int64) error {
	r := row(value)
	if t.noun.before != nil {
		if err := t.noun.before(t.tx, value); err != nil {
			return err
		}
	}
	extra := t.noun.values(t.tx, value)
	if err := checkKeys(op, extra); err != nil {
		return err
	}
	for i, v := range extra {
		if text, ok := v.(prose); ok {
			extra[i] = string(text)
		}
	}
	body, err := encode(value)
	if err != nil {
		return err
	}
	query, third := t.noun.insert, micro(r.Created)
	if version > 0 {
		query, third = t.noun.update, version
	}
	args := make([]any, 0, 16)
	args = append(args, string(r.ID), string(r.Account), third, r.Number, r.Version, micro(r.Updated))
	args = append(append(args, extra...), body)
	n, err := t.tx.exec(query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return t.moved(op, r.ID)
	}
	if t.noun.after != nil {
		return t.noun.after(t.tx, value, false)
	}
	return nil
}

// moved says why a guarded write met no row: the version moved on, or there is no such record.
func (t table[T]) moved(op string, id waybill.ID) error {
	if _, err := t.Get(id); err != nil {
		return err
	}
	return waybill.E(op, waybill.ReasonVersion, "the record was changed meanwhile")
}

// Delete removes a record of that version.
func (t table[T]) Delete(id waybill.ID, version int64) error {
	op := t.noun.op("delete")
	value, err := t.Get(id)
	if err == nil {
		err = t.tx.sees(op, row(&value).Account, t.noun.unknown)
	}
	if err != nil {
		return t.tx.doom(err)
	}
	n, err := t.tx.exec(t.noun.remove, string(id), string(row(&value).Account), version)
	switch {
	case err != nil:
		return err
	case n == 0:
		return t.tx.doom(waybill.E(op, waybill.ReasonVersion, "the record was changed meanwhile"))
	case t.noun.after != nil:
		if err := t.noun.after(t.tx, &value, true); err != nil {
			return t.tx.doom(err)
		}
	}
	return nil
}

// where begins a select of whole records.
func (t table[T]) where(condition string, args ...any) *statement {
	s := &statement{}
	s.text.WriteString(t.noun.selects)
	if t.noun.table == setupTable {
		s.text.WriteString("noun = '" + t.noun.name + "' and ")
	}
	return s.add(condition, args...)
}

// stored is a record as it is kept.
type stored struct {
	meta waybill.Row
	body []byte
}

// rows reads records as they are kept.
func (t table[T]) rows(s *statement) (list []stored, err error) {
	err = t.tx.each(func(rows *sql.Rows) error {
		var r stored
		var created, updated int64
		if err := rows.Scan(&r.meta.ID, &r.meta.Account, &r.meta.Number, &r.meta.Version, &created, &updated, &r.body); err != nil {
			return err
		}
		r.meta.Created, r.meta.Updated = fromMicro(created), fromMicro(updated)
		list = append(list, r)
		return nil
	}, s.text.String(), s.args...)
	return list, err
}

// list reads records.
func (t table[T]) list(s *statement) ([]T, error) {
	rows, err := t.rows(s)
	if err != nil {
		return nil, err
	}
	return t.decode(rows)
}

// share is how many records a goroutine decodes at least: it takes some 20 microseconds each.
const share = 64

// decode reads bodies, on all cores when there are many.
func (t table[T]) decode(rows []stored) ([]T, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	list := make([]T, len(rows))
	part := func(from, to int) error {
		for i := from; i < to; i++ {
			if err := decode(rows[i].body, &list[i]); err != nil {
				return err
			}
			*row(&list[i]) = rows[i].meta
		}
		return nil
	}
	var err error
	if parts := min(runtime.GOMAXPROCS(0), len(rows)/share); parts < 2 {
		err = part(0, len(rows))
	} else {
		var group errgroup.Group
		for i := range parts {
			group.Go(func() error { return part(i*len(rows)/parts, (i+1)*len(rows)/parts) })
		}
		err = group.Wait()
	}
	if err != nil {
		return nil, t.tx.doom(err)
	}
	return list, nil
}

// one reads the first of the records; NotFound when there is none.
func (t table[T]) one(verb string, s *statement) (T, error) {
	list, err := t.list(s)
	if err == nil && len(list) == 0 {
		err = waybill.E(t.noun.op(verb), t.noun.unknown, "there is no such record")
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

// byNumber reads the record of a number: the actor's own before that of a child.
func (t table[T]) byNumber(number int64) (T, error) {
	if number == 0 {
		var none T
		return none, waybill.E(t.noun.op("by_number"), t.noun.unknown, "there is no such record")
	}
	s := t.tx.scopeBy(t.where("number = ? and number <> 0", number), unindexed)
	return t.one("by_number", s.add(" order by case when account = ? then 0 else 1 end, created, id limit 1", string(t.tx.actor.Account)))
}

// prose is the value of a column that is no key: of any length, and made of what both databases can keep.
type prose string

// checkKeys refuses what not every database can keep in a key column.
func checkKeys(op string, values []any) error {
	for _, v := range values {
		if s, ok := v.(string); ok && !keepable(s) {
			return waybill.E(op, waybill.ReasonFields, "a key has characters that cannot be kept, or is longer than 1000 bytes")
		}
	}
	return nil
}
