package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"waybill/engine"
)

// openKeys reads the master keys: from WAYBILL_KEY, from the key file named, or from the data folder,
// where one is made on first use. A line is an id of eight characters, a colon and 64 hex digits; the
// first line seals, the others only open.
func openKeys(cfg Config) (*engine.Vault, error) {
	text := cfg.Key
	if text == "" {
		var err error
		if text, err = keyFile(cfg); err != nil {
			return nil, err
		}
	}
	return parseKeys(text)
}

func parseKeys(text string) (*engine.Vault, error) {
	keys, current := map[string][]byte{}, ""
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ',' || r == '\r' }) {
		id, digits, ok := strings.Cut(strings.TrimSpace(line), ":")
		key, err := hex.DecodeString(digits)
		if !ok || err != nil {
			return nil, errors.New("keys: each line must be an id of 8 characters, a colon and 64 hexadecimal digits")
		}
		keys[id] = key
		if current == "" {
			current = id
		}
	}
	if current == "" {
		return nil, errors.New("keys: there is no key")
	}
	return engine.NewVault(keys, current)
}

func keyFile(cfg Config) (string, error) {
	path := cfg.KeyFile
	if path == "" {
		if cfg.Data == "" {
			return "", errors.New("keys: with --database give the keys by --key-file or WAYBILL_KEY, the same on every node")
		}
		path = filepath.Join(cfg.Data, "key")
	}
	data, err := os.ReadFile(path)
	if err == nil {
		return string(data), private(path)
	}
	if !errors.Is(err, fs.ErrNotExist) || cfg.KeyFile != "" {
		return "", fmt.Errorf("keys: %w", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "waybill.db")); err == nil {
		return "", fmt.Errorf("keys: %s is missing, but there is a database: tokens, links and the secrets of connections "+
			"were sealed with it. Bring the file back from the backup; without it all else can be read, and each "+
			"connection's secrets must be given again after `waybill key new`", path)
	}
	return newKeyFile(path)
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

func newKeyFile(path string) (string, error) {
	var b [36]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	text := hex.EncodeToString(b[:4]) + ":" + hex.EncodeToString(b[4:]) + "\n"
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(text)
	return text, errors.Join(err, file.Sync(), file.Close())
}
