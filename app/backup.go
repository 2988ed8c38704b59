package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"waybill/store/sqlstore"
)

// stamp is what a backup says of itself.
type stamp struct {
	Version string
	KeyID   string // the key that its secrets are sealed under; the key itself is not in the backup
	Made    time.Time
}

const stampFile = "backup.json"

// Backup copies the database and the labels into a new folder while the server goes on, and notes the id
// of the key. The key file itself is not copied: who has both has the secrets.
func (a *App) Backup(ctx context.Context, folder string) error {
	if a.Config.Database != "" {
		return errors.New("backup: with PostgreSQL use pg_dump; labels are in the database")
	}
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		return fmt.Errorf("backup: %s is not empty", folder)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := a.Store.Backup(ctx, folder); err != nil {
		return err
	}
	note, err := json.MarshalIndent(stamp{Version, a.Engine.Vault.KeyID(), time.Now().UTC()}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, stampFile), note, 0o600)
}

// CheckBackup checks that a backup is whole (database, labels against their sums) and whether this
// installation's key opens it, and says what it found.
func CheckBackup(ctx context.Context, cfg Config, folder string) (string, error) {
	data, err := os.ReadFile(filepath.Join(folder, stampFile))
	if err != nil {
		return "", fmt.Errorf("%s holds no backup: %w", folder, err)
	}
	var note stamp
	if err := json.Unmarshal(data, &note); err != nil {
		return "", fmt.Errorf("%s: %w", stampFile, err)
	}
	found, err := sqlstore.Check(ctx, folder)
	if err != nil {
		return "", err
	}
	key := "this key opens it"
	if vault, err := readKeys(cfg); err != nil || vault != note.KeyID {
		key = "it needs the key " + note.KeyID + ", which is not here"
	}
	return fmt.Sprintf("backup of %s: %s; %s", note.Made.Format(time.RFC3339), found, key), nil
}

// readKeys is the id of the key in use, without making one.
func readKeys(cfg Config) (string, error) {
	path := cfg.KeyFile
	if path == "" {
		path = filepath.Join(cfg.Data, "key")
	}
	text := cfg.Key
	if text == "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		text = string(data)
	}
	vault, err := parseKeys(text)
	if err != nil {
		return "", err
	}
	return vault.KeyID(), nil
}

// Restore copies a backup into a data folder that has no database yet.
func Restore(cfg Config, folder string) error {
	target := filepath.Join(cfg.Data, "waybill.db")
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

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// Migrate brings the database up to date and tells from which version to which.
func Migrate(ctx context.Context, cfg Config) (from, to int64, err error) {
	return sqlstore.Migrate(ctx, sqlstore.Config{Dir: cfg.storeDir(), URL: cfg.Database})
}
