package sqlstore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"waybill"
	"waybill/store"
)

// Load fills a database that has no shipments and that nobody else uses, for measurements: rows, terms and counters
// are those that Put would have left, in a fraction of the time. Each shipment brings its Row along, those of an
// earlier creation first. What a crash in the middle leaves is of no use.
func Load(ctx context.Context, cfg Config, shipments iter.Seq[waybill.Shipment]) error {
	s, err := Open(ctx, cfg) // brings the schema up to date
	if err != nil {
		return err
	}
	var there int
	err = s.db.QueryRowContext(ctx, "select count(*) from (select 1 from shipment limit 1) x").Scan(&there)
	if err = errors.Join(err, s.Close()); err != nil {
		return wrap("store.load", err)
	}
	if there > 0 {
		return waybill.E("store.load", waybill.ReasonBug, "only an empty database is loaded")
	}
	fill := loadSQLite
	if cfg.URL != "" {
		fill = loadPostgres
	}
	return wrap("store.load", fill(ctx, cfg, shipments))
}

// load is what has been read of the shipments: what they are counted under, and who owns them.
type load struct {
	tallies map[counter]int64
	tenants map[waybill.ID]bool
}

var (
	shipmentColumns = strings.Split("id, account, created, number, version, updated, "+strings.Join(shipments.columns, ", ")+", body", ", ")
	termColumns     = []string{"account", "noun", "field", "value", "created", "id", "sig"}
)

// row is a shipment's row as Put writes it, and its terms.
func (l *load) row(v *waybill.Shipment) ([]any, []store.Term, error) {
	t := &tx{terms: termsOf(v), tally: tallyOf(v)}
	body, err := encode(v)
	if err != nil {
		return nil, nil, err
	}
	row := []any{string(v.ID), string(v.Account), micro(v.Created), v.Number, v.Version, micro(v.Updated)}
	for _, value := range shipments.values(t, v) {
		if text, ok := value.(prose); ok {
			value = string(text)
		}
		row = append(row, value)
	}
	day, key, _ := strings.Cut(t.tally, tallySeparator)
	l.tallies[counter{v.Account, day + tallySeparator + key}]++
	l.tallies[counter{v.Account, tallySeparator + key}]++
	l.tenants[v.Account] = true
	return append(row, body), t.terms, nil
}

// rest are the counters and owners, as rows.
func (l *load) rest() (tallies, tenants [][]any) {
	for c, n := range l.tallies {
		day, key, _ := strings.Cut(c.tally, tallySeparator)
		tallies = append(tallies, []any{string(c.account), day, key, n})
	}
	for account := range l.tenants {
		tenants = append(tenants, []any{string(account)})
	}
	return tallies, tenants
}

const knownTenant = "insert into tenant (account, epoch) values ($1, 0) on conflict (account) do nothing"

// loadSQLite writes the shipments as they come and keeps their terms, to write them in the order of their index.
func loadSQLite(ctx context.Context, cfg Config, all iter.Seq[waybill.Shipment]) error {
	db, err := openFile(filepath.Join(cfg.Dir, databaseFile), "rw")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, pragma := range []string{"synchronous(off)", "cache_size(-500000)", "wal_autocheckpoint(100000)"} {
		if _, err := db.ExecContext(ctx, "pragma "+pragma); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	l, kept := load{map[counter]int64{}, map[waybill.ID]bool{}}, heap{}
	insert, err := tx.PrepareContext(ctx, "insert into shipment ("+strings.Join(shipmentColumns, ", ")+") values ("+marks(1, len(shipmentColumns))+")")
	if err != nil {
		return err
	}
	for v := range all {
		row, terms, err := l.row(&v)
		if err == nil {
			_, err = insert.ExecContext(ctx, row...)
		}
		if err != nil {
			return err
		}
		mark := signOf(terms)
		for _, term := range terms {
			kept.add(v.Account, term, micro(v.Created), v.ID, beside(term, mark))
		}
	}
	tallies, tenants := l.rest()
	for _, row := range tallies {
		if _, err := tx.ExecContext(ctx, "insert into tally (account, day, key, n) values ($1, $2, $3, $4)", row...); err != nil {
			return err
		}
	}
	for _, row := range tenants {
		if _, err := tx.ExecContext(ctx, knownTenant, row...); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return kept.write(ctx, db)
}

// marks are n places for arguments, from one on.
func marks(from, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(list, ", ")
}

// heap keeps terms by account and field, each as its value, a NUL, its creation, what is beside it and its id.
type heap struct {
	terms map[[2]string][]string
	block strings.Builder // what the youngest of them are parts of
}

func (h *heap) add(account waybill.ID, term store.Term, created int64, id waybill.ID, mark int64) {
	if h.terms == nil {
		h.terms = map[[2]string][]string{}
	}
	if h.block.Cap()-h.block.Len() < 512 {
		h.block = strings.Builder{}
		h.block.Grow(1 << 20)
	}
	start := h.block.Len()
	h.block.WriteString(term.Value)
	h.block.WriteByte(0)
	h.block.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(created)), uint64(mark)))
	h.block.WriteString(string(id))
	key := [2]string{string(account), term.Field}
	h.terms[key] = append(h.terms[key], h.block.String()[start:])
}

// termsAtOnce is how many terms a statement inserts.
const termsAtOnce = 64

// write writes all terms in the order of their index, each field in a transaction of its own.
func (h *heap) write(ctx context.Context, db *sql.DB) error {
	for _, key := range slices.SortedFunc(maps.Keys(h.terms), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		list := h.terms[key]
		delete(h.terms, key)
		slices.Sort(list)
		tx, err := db.BeginTx(ctx, nil)
		if err == nil {
			err = insertSorted(ctx, tx, key[0], key[1], list)
		}
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func insertSorted(ctx context.Context, tx *sql.Tx, account, field string, list []string) error {
	values := make([]string, termsAtOnce)
	for i := range values {
		values[i] = fmt.Sprintf("($1, 'shipment', $2, $%d, $%d, $%d, $%d)", 3+4*i, 4+4*i, 5+4*i, 6+4*i)
	}
	begin := "insert into term (" + strings.Join(termColumns, ", ") + ") values "
	many, err := tx.PrepareContext(ctx, begin+strings.Join(values, ", "))
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(list, termsAtOnce) {
		args := []any{account, field}
		for _, text := range chunk {
			value, rest, _ := strings.Cut(text, "\x00")
			args = append(args, value, int64(binary.BigEndian.Uint64([]byte(rest[:8]))), rest[16:], int64(binary.BigEndian.Uint64([]byte(rest[8:16]))))
		}
		if len(chunk) == termsAtOnce {
			_, err = many.ExecContext(ctx, args...)
		} else {
			_, err = tx.ExecContext(ctx, begin+strings.Join(values[:len(chunk)], ", "), args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// loadPostgres copies rows in without indexes, and makes those afterwards.
func loadPostgres(ctx context.Context, cfg Config, all iter.Seq[waybill.Shipment]) error {
	db, err := openURL(cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		return copyIn(ctx, driver.(*stdlib.Conn).Conn(), all)
	})
}

// copyStep is how many shipments are copied at once.
const copyStep = 2000

func copyIn(ctx context.Context, conn *pgx.Conn, all iter.Seq[waybill.Shipment]) error {
	again, err := withoutIndexes(ctx, conn)
	if err != nil {
		return err
	}
	l := load{map[counter]int64{}, map[waybill.ID]bool{}}
	var rows, terms [][]any
	copied := func() error {
		for _, c := range []struct {
			table   string
			columns []string
			rows    *[][]any
		}{{"shipment", shipmentColumns, &rows}, {"term", termColumns, &terms}} {
			if _, err := conn.CopyFrom(ctx, pgx.Identifier{c.table}, c.columns, pgx.CopyFromRows(*c.rows)); err != nil {
				return err
			}
			*c.rows = (*c.rows)[:0]
		}
		return nil
	}
	for v := range all {
		row, found, err := l.row(&v)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		mark := signOf(found)
		for _, term := range found {
			terms = append(terms, []any{string(v.Account), "shipment", term.Field, term.Value, micro(v.Created), string(v.ID), beside(term, mark)})
		}
		if len(rows) == copyStep {
			if err := copied(); err != nil {
				return err
			}
		}
	}
	if err := copied(); err != nil {
		return err
	}
	tallies, tenants := l.rest()
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"tally"}, []string{"account", "day", "key", "n"}, pgx.CopyFromRows(tallies)); err != nil {
		return err
	}
	for _, row := range tenants {
		if _, err := conn.Exec(ctx, knownTenant, row...); err != nil {
			return err
		}
	}
	for _, statement := range append(again, "vacuum analyze") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// withoutIndexes drops the indexes that would be filled row by row, and answers how to make them again.
func withoutIndexes(ctx context.Context, conn *pgx.Conn) (again []string, err error) {
	rows, err := conn.Query(ctx, `select 'alter table term drop constraint ' || quote_ident(conname),
			'alter table term add constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
		from pg_constraint where conrelid = 'term'::regclass and contype = 'p'
		union all select 'drop index ' || quote_ident(indexname), indexdef from pg_indexes
		where schemaname = current_schema() and tablename = 'shipment' and indexname <> 'shipment_pkey'`)
	if err != nil {
		return nil, err
	}
	var drops []string
	var drop, make string
	_, err = pgx.ForEachRow(rows, []any{&drop, &make}, func() error {
		drops, again = append(drops, drop), append(again, make)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, statement := range append(drops, "set maintenance_work_mem = '1GB'") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	return again, nil
}
