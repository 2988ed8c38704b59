package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waybill/store/sqlstore"
)

// stamp is what a backup says of itself.
type stamp struct {
	Version  string
	KeyID    string // the key that its secrets are sealed under; the key itself is not in the backup
	Database string // SHA-256 of the database file; labels are named by theirs
	Made     time.Time
}

// The files of a backup besides its labels.
const (
	stampFile    = "backup.json"
	databaseFile = "waybill.db"
)

// Backup copies the database and the labels into a new folder while the server goes on, and notes the id
// of the key. The key file itself is not copied: who has both has the secrets.
func (a *App) Backup(ctx context.Context, folder string) error {
	if err := a.Store.Backup(ctx, folder); err != nil {
		return err
	}
	sum, err := sumOf(filepath.Join(folder, databaseFile))
	if err != nil {
		return err
	}
	note, err := json.MarshalIndent(stamp{Version, a.Engine.Vault.KeyID(), sum, time.Now().UTC()}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, stampFile), append(note, '\n'), 0o600); err != nil {
		return err
	}
	return a.Store.BackedUp(ctx)
}

func sumOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := sha256.New()
	_, err = io.Copy(digest, file)
	return hex.EncodeToString(digest.Sum(nil)), err
}

// Checked is what was found in a backup that is whole.
type Checked struct {
	Made      time.Time
	Version   string // of the program that made it
	Schema    int64
	Shipments int64
	Labels    int
	KeyID     string
	Opens     bool     // the keys that are here open its secrets
	Notes     []string // what is worth knowing and hinders nothing
}

// CheckBackup checks that a backup is whole, database and labels against their sums, and whether the keys of
// this configuration open it. What is damaged is told all at once.
func CheckBackup(ctx context.Context, cfg Config, folder string) (Checked, error) {
	data, err := os.ReadFile(filepath.Join(folder, stampFile))
	if err != nil {
		return Checked{}, fmt.Errorf("%s holds no whole backup: %w", folder, err)
	}
	var note stamp
	if err := json.Unmarshal(data, &note); err != nil {
		return Checked{}, fmt.Errorf("%s: %w", stampFile, err)
	}
	sum, err := sumOf(filepath.Join(folder, databaseFile))
	if err != nil {
		return Checked{}, err
	}
	report, err := sqlstore.Check(ctx, folder)
	if err != nil {
		return Checked{}, fmt.Errorf("the backup is damaged: %w", err)
	}
	problems := report.Problems
	if sum != note.Database {
		problems = append([]string{databaseFile + " is not as it was written"}, problems...)
	}
	if len(problems) > 0 {
		return Checked{}, fmt.Errorf("the backup is damaged:\n  %s", strings.Join(problems, "\n  "))
	}
	ring, err := readKeys(cfg)
	return Checked{
		Made: note.Made, Version: note.Version, Schema: report.Schema, Shipments: report.Records["shipment"], Labels: report.Blobs,
		KeyID: note.KeyID, Opens: err == nil && ring.has(note.KeyID), Notes: report.Notes,
	}, nil
}

// Restore copies a backup into a data folder that has no database yet; the database last, so that a restore
// that was broken off can be begun again.
func Restore(cfg Config, folder string) error {
	target := filepath.Join(cfg.Data, databaseFile)
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore: %s has a database already; give an empty --data folder", cfg.Data)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return err
	}
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() == stampFile {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		to := filepath.Join(cfg.Data, relative)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		return copyFile(path, to)
	})
}

// copyFile copies through a temporary name: what has its own name is whole.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".restore-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return nil
}

// Migrate brings the database up to date and tells from which version to which.
func Migrate(ctx context.Context, cfg Config) (from, to int64, err error) {
	return sqlstore.Migrate(ctx, sqlstore.Config{Dir: cfg.storeDir(), URL: cfg.Database})
}
