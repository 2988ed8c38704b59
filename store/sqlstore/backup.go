package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"waybill"
)

// blobFolder is where the blobs are in a data folder and in a backup.
const blobFolder = "blobs"

// Backup writes a copy of the records, then of the blobs, into a new or empty folder while everything
// goes on. A blob is there before the row that names it, so the copy of the rows names none that the
// copy of the blobs lacks. Invalid, ReasonFields for a folder that is in use; Unsupported for PostgreSQL.
func (s *Store) Backup(ctx context.Context, dir string) error {
	const op = "store.backup"
	from, ok := s.blobs.(files)
	if !ok {
		return waybill.E(op, waybill.ReasonMethod, "back PostgreSQL up with its own pg_dump, which holds labels and documents too")
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return waybill.E(op, waybill.ReasonFields, "%s is not empty", dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, blobFolder), 0o700); err != nil {
		return wrap(op, err)
	}
	copied := filepath.Join(dir, databaseFile)
	if _, err := s.db.ExecContext(ctx, "vacuum into $1", copied); err != nil {
		return s.fault(err)
	}
	if err := syncFile(copied); err != nil {
		return wrap(op, err)
	}
	err := filepath.WalkDir(from.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		sum := entry.Name()
		to := files{dir: filepath.Join(dir, blobFolder)}.path(sum)
		if to == "" { // one that is being written
			return nil
		}
		data, err := os.ReadFile(path) // a damaged one too: Check tells, and the rest is worth having
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		return writeDurably(to, data)
	})
	if err == nil {
		err = syncDir(dir)
	}
	return wrap(op, err)
}

func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Report is what Check found in a data folder or backup.
type Report struct {
	Schema   int64            // version
	Records  map[string]int64 // by table
	Blobs    int              // that documents name and that are whole
	Notes    []string         // what is worth knowing and hinders nothing
	Problems []string         // empty: it can be used
}

// counted are the tables a report counts.
var counted = []string{"setup", "shipment", "purchase", "decision", "document", "shipment_return", "tracker", "event", "job", "delivery", "idempotency",
	"registration", "proof", "api_key", "address", "audit", "declaration", "hook", "pool", "wallet", "entry", "manifest", "consignment"}

// Check reads a data folder or backup that no process uses, changes nothing, and reports what it holds
// and whether all of it can be used.
func Check(ctx context.Context, dir string) (Report, error) {
	const op = "store.check"
	report := Report{Records: map[string]int64{}}
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return report, wrap(op, err)
	}
	db, err := openFile(path, "ro")
	if err != nil {
		return report, wrap(op, err)
	}
	defer db.Close()
	problem := func(format string, args ...any) {
		report.Problems = append(report.Problems, fmt.Sprintf(format, args...))
	}
	var verdict string
	if err := db.QueryRowContext(ctx, "pragma integrity_check(1)").Scan(&verdict); err != nil || verdict != "ok" {
		problem("the database file is damaged: %s %v", verdict, err)
		return report, nil
	}
	have, want, err := outdated(ctx, db, sqliteFlavour)
	report.Schema = have
	switch {
	case err != nil:
		problem("%v", err)
		return report, nil
	case have == 0:
		problem("%s is no Waybill database", path)
		return report, nil
	case have < want:
		report.Notes = append(report.Notes, fmt.Sprintf("schema %d is older than this program's %d: it is brought up to date when it is opened", have, want))
	}
	for _, table := range counted {
		var n int64
		known := "select count(*) from sqlite_master where type = 'table' and name = $1" // an older schema lacks some
		if err := db.QueryRowContext(ctx, known, table).Scan(&n); err != nil {
			return report, wrap(op, err)
		}
		if n == 0 {
			if have == want {
				problem("the table %s is missing", table)
			}
			continue
		}
		if err := db.QueryRowContext(ctx, "select count(*) from "+table).Scan(&n); err != nil {
			return report, wrap(op, err)
		}
		report.Records[table] = n
	}
	return report, wrap(op, checkBlobs(ctx, db, filepath.Join(dir, blobFolder), &report, problem))
}

// checkBlobs looks for every blob that a document names.
func checkBlobs(ctx context.Context, db *sql.DB, dir string, report *Report, problem func(string, ...any)) error {
	rows, err := db.QueryContext(ctx, "select distinct blob from document where blob <> '' order by blob")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return err
		}
		switch whole, err := wholeFile(files{dir: dir}.path(sum), sum); {
		case errors.Is(err, fs.ErrNotExist):
			problem("blob %s is missing", sum)
		case err != nil:
			problem("blob %s cannot be read: %v", sum, err)
		case !whole:
			problem("blob %s is damaged", sum)
		default:
			report.Blobs++
		}
	}
	return rows.Err()
}

func wholeFile(path, sum string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return false, err
	}
	return hex.EncodeToString(digest.Sum(nil)) == sum, nil
}
