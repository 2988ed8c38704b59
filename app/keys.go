package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waybill/engine"
)

// keyring is the master keys in use, read from WAYBILL_KEY, the key file named, or the data folder. A line is
// an id of eight characters, a colon and 64 hex digits; the first seals, the others only open.
type keyring struct {
	path string // empty: from the environment
	ids  []string
	keys map[string][]byte
	made bool // now, and not written yet
}

// readKeys reads the master keys. Where there is no file, one is made in memory; it is written once it is known
// that there is nothing that another key was made for.
func readKeys(cfg Config) (keyring, error) {
	ring := keyring{path: cfg.KeyPath(), keys: map[string][]byte{}}
	if cfg.Key != "" {
		ring.path = ""
		return ring, ring.parse(cfg.Key)
	}
	if ring.path == "" {
		return ring, errors.New("keys: without a data folder give them by --key-file or WAYBILL_KEY, the same on every node")
	}
	data, err := os.ReadFile(ring.path)
	if err == nil {
		return ring, errors.Join(private(ring.path), ring.parse(string(data)))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return ring, fmt.Errorf("keys: %w", err)
	}
	ring.made = true
	return ring, ring.add()
}

func (r *keyring) parse(text string) error {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r, ", r) }) {
		id, digits, ok := strings.Cut(line, ":")
		key, err := hex.DecodeString(digits)
		if !ok || err != nil || len(id) != 8 || len(key) != 32 {
			return errors.New("keys: each line must be an id of 8 characters, a colon and 64 hexadecimal digits")
		}
		if r.keys[id] != nil {
			return fmt.Errorf("keys: the id %s is there twice", id)
		}
		r.keys[id], r.ids = key, append(r.ids, id)
	}
	if len(r.ids) == 0 {
		return errors.New("keys: there is no key")
	}
	return nil
}

// add makes a key and puts it first.
func (r *keyring) add() error {
	var b [36]byte
	if _, err := rand.Read(b[:]); err != nil {
		return err
	}
	id := hex.EncodeToString(b[:4])
	r.keys[id], r.ids = b[4:], append([]string{id}, r.ids...)
	return nil
}

func (r keyring) vault() (*engine.Vault, error) { return engine.NewVault(r.keys, r.ids[0]) }

func (r keyring) has(id string) bool { return slices.Contains(r.ids, id) }

// save writes the key file: whole or not at all, and for its owner alone.
func (r keyring) save() error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(r.path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	for _, id := range r.ids {
		_, err = fmt.Fprintf(file, "%s:%s\n", id, hex.EncodeToString(r.keys[id]))
		if err != nil {
			break
		}
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), r.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// private refuses a key file that others on the machine may read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if os.PathSeparator == '/' && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("keys: %s may be read by others (%v); chmod 600 it", path, info.Mode().Perm())
	}
	return nil
}

// settleKeys writes a key that was made for a new installation, and refuses one that is not the
// installation's: made because the file was lost, or another's.
func (a *App) settleKeys(ctx context.Context, ring keyring) error {
	admin := a.Engine.As(installation)
	accounts, err := admin.ListAccounts(ctx)
	if err != nil {
		return err
	}
	closed, err := unopened(ctx, admin)
	if err != nil {
		return err
	}
	switch {
	case ring.made && len(accounts) == 0:
		return ring.save()
	case ring.made:
		return fmt.Errorf("keys: the key file %s is lost: this installation has data that was made with it.\n%s", ring.path, lost(closed))
	case len(closed) > 0:
		return fmt.Errorf("keys: these are not the keys of this installation.\n%s", lost(closed))
	}
	return nil
}

// lost says what cannot be read without the right key, what can, and how to go on.
func lost(closed []engine.SealedSecret) string {
	cannot := "  No secret was sealed with it; tokens and links given out before are no longer valid."
	if len(closed) > 0 {
		var names []string
		for _, s := range closed {
			names = append(names, fmt.Sprintf("%s %s (key %s)", s.Noun, s.Name, s.KeyID))
		}
		cannot = "  Cannot be read: the secrets of " + strings.Join(slices.Compact(names), ", ") + "."
	}
	return cannot + "\n" +
		"  Can be read: everything else, such as accounts, people's passwords, rules, shipments, labels and history.\n" +
		"  Bring the key file back from where you keep its copy. If it is gone for good: `waybill key new --give-up`\n" +
		"  makes a new one and pauses what it cannot open until you have given those secrets again."
}
