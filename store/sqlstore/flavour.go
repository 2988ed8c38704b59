package sqlstore

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// flavour is all that differs between the two databases' statements.
type flavour struct {
	name       string
	dialect    goose.Dialect
	eventKey   string   // what an event's cursor is made of
	eventOrder string   // columns that order events: see migrations
	eventAfter string   // condition: the event comes after a cursor
	eventOver  string   // condition: no event before this one can still appear
	skip       string   // passes over rows that another claim holds
	hold       string   // keeps a row that is read as it is till the commit; empty where there is one writer
	find       string   // function: where one text stands in another; 0: nowhere
	lock       string   // takes a lane's lock till the commit; empty where there is one writer
	tally      []string // add to counters: $1 account, $2 key, $3 how many, $4 day
	changes    bool     // they are added to as rows of tally_change
	insert     string   // begins an insert of several rows; what fails in the middle is undone with the transaction
	insertNew  string   // begins one that passes over rows that are there
	passOver   string   // and ends it
	classify   func(error) (failure, string)
}

var sqliteFlavour = flavour{
	name:       "sqlite",
	dialect:    goose.DialectSQLite3,
	eventKey:   "0, seq",
	eventOrder: "seq",
	eventAfter: "seq > ? + ?",
	eventOver:  "1=1",
	find:       "instr",
	tally: []string{
		"insert into tally (account, key, n, day) values ($1, $2, $3, $4) on conflict (account, day, key) do update set n = n + excluded.n",
		"insert into tally (account, key, n, day) values ($1, $2, $3, '') on conflict (account, day, key) do update set n = n + excluded.n",
	},
	insert:    "insert or fail into ", // without a copy of each page, to undo this statement alone
	insertNew: "insert or ignore into ",
	classify:  classifySQLite,
}

var postgresFlavour = flavour{
	name:       "postgres",
	dialect:    goose.DialectPostgres,
	eventKey:   "xid, seq",
	eventOrder: "xid, seq",
	eventAfter: "(xid, seq) > (?, ?)",
	eventOver:  "xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
	skip:       " for update skip locked",
	hold:       " for update",
	find:       "strpos",
	tally:      []string{"insert into tally_change (account, key, n, day) values ($1, $2, $3, $4)"},
	changes:    true,
	lock:       "select pg_advisory_xact_lock(hashtextextended(?, 7))",
	insert:     "insert into ",
	insertNew:  "insert into ",
	passOver:   " on conflict do nothing",
	classify:   classifyPostgres,
}

func classifySQLite(err error) (failure, string) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return broken, ""
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		if strings.Contains(e.Error(), "shipment.account, shipment.reference") {
			return duplicate, "shipment_reference"
		}
		return duplicate, ""
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return full, ""
	case sqlite3.SQLITE_IOERR:
		return disk, ""
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT:
		return again, ""
	}
	return broken, ""
}

func classifyPostgres(err error) (failure, string) {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		var network net.Error
		var connect *pgconn.ConnectError
		if errors.As(err, &network) || errors.As(err, &connect) || strings.Contains(err.Error(), "conn closed") {
			return lost, ""
		}
		for _, gone := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone} {
			if errors.Is(err, gone) {
				return lost, ""
			}
		}
		return broken, ""
	}
	switch e.Code {
	case "23505":
		return duplicate, e.ConstraintName
	case "40001", "40P01", "55P03":
		return again, ""
	case "53100", "25006": // disk_full, read_only_sql_transaction
		return full, ""
	}
	switch e.Code[:2] {
	case "08", "57", "53": // connection, operator intervention (shutdown), out of resources
		return lost, ""
	}
	return broken, ""
}
