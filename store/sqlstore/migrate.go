package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"waybill"
)

//go:embed migrations
var embedded embed.FS

// migrations holds a folder of SQL files a flavour, numbered in the order they are applied.
var migrations fs.FS = embedded

// Migrate brings the schema up to date and says from which version to which.
func Migrate(ctx context.Context, cfg Config) (from, to int64, err error) {
	cfg.Migrate = true
	before, err := version(ctx, cfg)
	if err != nil {
		return 0, 0, wrap("store.migrate", err)
	}
	s, err := Open(ctx, cfg)
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	to, err = s.Version(ctx)
	return before, to, err
}

// version is the schema's version before anything is done to it; 0 when there is none.
func version(ctx context.Context, cfg Config) (int64, error) {
	if cfg.URL != "" {
		db, err := openURL(cfg)
		if err != nil {
			return 0, err
		}
		defer db.Close()
		return databaseVersion(ctx, db, postgresFlavour)
	}
	path := filepath.Join(cfg.Dir, databaseFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	db, err := openFile(path, "ro")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return databaseVersion(ctx, db, sqliteFlavour)
}

// Version is the schema's version.
func (s *Store) Version(ctx context.Context) (int64, error) {
	v, err := databaseVersion(ctx, s.db, s.flavour)
	if err != nil {
		err = s.fault(err)
	}
	return v, err
}

// databaseVersion reads goose's table without making it.
func databaseVersion(ctx context.Context, db *sql.DB, f flavour) (int64, error) {
	exists := "select count(*) from sqlite_master where type = 'table' and name = 'goose_db_version'"
	if f.name == postgresFlavour.name {
		exists = "select count(*) from pg_tables where schemaname = current_schema() and tablename = 'goose_db_version'"
	}
	var n int64
	if err := db.QueryRowContext(ctx, exists).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err := db.QueryRowContext(ctx, "select coalesce(max(version_id), 0) from goose_db_version").Scan(&n)
	return n, err
}

// newest is the version this program was made for.
func newest(f flavour) (int64, error) {
	files, err := fs.Glob(migrations, "migrations/"+f.name+"/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("no migrations for %s: %w", f.name, err)
	}
	return goose.NumericComponent(files[len(files)-1])
}

// outdated compares the schema with the program, and refuses one that is newer.
func outdated(ctx context.Context, db *sql.DB, f flavour) (have, want int64, err error) {
	if want, err = newest(f); err != nil {
		return 0, 0, err
	}
	if have, err = databaseVersion(ctx, db, f); err != nil {
		return 0, 0, err
	}
	if have > want {
		return have, want, waybill.E("store.open", waybill.ReasonBug,
			"the database has schema %d, made by a newer waybill; this one knows up to %d: run the newer program", have, want)
	}
	return have, want, nil
}

func up(ctx context.Context, db *sql.DB, f flavour) error {
	sub, err := fs.Sub(migrations, "migrations/"+f.name)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if f.name == postgresFlavour.name {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(f.dialect, db, sub, options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// migrateSQLite brings a data folder up to date. What was there before stays beside it as a copy.
func (s *Store) migrateSQLite(ctx context.Context) error {
	have, want, err := outdated(ctx, s.db, s.flavour)
	if err != nil || have == want {
		return err
	}
	if have > 0 {
		copied := filepath.Join(s.cfg.Dir, fmt.Sprintf("waybill-schema-%d.db", have))
		if err := os.Remove(copied); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, err := s.db.ExecContext(ctx, "vacuum into $1", copied); err != nil {
			return fmt.Errorf("copy before the migration: %w", err)
		}
		s.log.Info("store.migrate", "from", have, "to", want, "copy", copied)
	}
	return up(ctx, s.db, s.flavour)
}

// migratePostgres brings a database up to date when it is asked to, else refuses one that is not.
func (s *Store) migratePostgres(ctx context.Context) error {
	have, want, err := outdated(ctx, s.db, s.flavour)
	if err != nil || have == want {
		return err
	}
	if !s.cfg.Migrate {
		return waybill.E("store.open", waybill.ReasonBug, "the database has schema %d, this program needs %d: run `waybill migrate`", have, want)
	}
	s.log.Info("store.migrate", "from", have, "to", want)
	return up(ctx, s.db, s.flavour)
}
