package sqlstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"waybill"
)

// files keeps blobs in a folder: ab/abcdef… by SHA-256.
type files struct {
	dir   string
	fault func(error) error
}

// path is where a blob is; empty when the sum is none.
func (f files) path(sum string) string {
	if b, err := hex.DecodeString(sum); err != nil || len(b) != sha256.Size {
		return ""
	}
	return filepath.Join(f.dir, sum[:2], sum)
}

// Put writes a blob and has it on durable storage before it returns.
func (f files) Put(_ context.Context, data []byte) (string, error) {
	digest := sha256.Sum256(data)
	sum := hex.EncodeToString(digest[:])
	path := f.path(sum)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return sum, nil
	}
	if err := writeDurably(path, data); err != nil {
		return "", f.fault(err)
	}
	return sum, nil
}

// writeDurably writes a file beside its place, syncs it, moves it there and syncs the folders.
func writeDurably(path string, data []byte) error {
	dir := filepath.Dir(path)
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp := path + ".new-" + rand.Text()
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	if err := syncDir(dir); err != nil || statErr == nil {
		return err
	}
	return syncDir(filepath.Dir(dir)) // the folder itself is new
}

// Get reads a blob, and refuses one that is no longer what was put.
func (f files) Get(_ context.Context, sum string) ([]byte, error) {
	data, err := os.ReadFile(f.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoBlob()
	}
	if err != nil {
		return nil, f.fault(err)
	}
	return data, checkSum(sum, data)
}

func errNoBlob() error {
	return waybill.E("store.blobs.get", waybill.ReasonUnknownRecord, "there is no such blob")
}

func checkSum(sum string, data []byte) error {
	if digest := sha256.Sum256(data); hex.EncodeToString(digest[:]) != sum {
		return waybill.E("store.blobs.get", waybill.ReasonBug, "blob %s is damaged", sum)
	}
	return nil
}

// rows keeps blobs in a table: PostgreSQL, where no node has a disk of its own.
type rows struct{ store *Store }

// Put writes a blob and has it committed before it returns.
func (r rows) Put(ctx context.Context, data []byte) (string, error) {
	digest := sha256.Sum256(data)
	sum := hex.EncodeToString(digest[:])
	if data == nil {
		data = []byte{}
	}
	if _, err := r.store.db.ExecContext(ctx, "insert into blob (sum, data) values ($1, $2) on conflict do nothing", sum, data); err != nil {
		return "", r.store.fault(err)
	}
	return sum, nil
}

// Get reads a blob.
func (r rows) Get(ctx context.Context, sum string) ([]byte, error) {
	if !keepable(sum) {
		return nil, errNoBlob()
	}
	var data []byte
	err := r.store.db.QueryRowContext(ctx, "select data from blob where sum = $1", sum).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoBlob()
	}
	if err != nil {
		return nil, r.store.fault(err)
	}
	return data, checkSum(sum, data)
}

// Delete removes a blob's file, and has it gone before it returns.
func (f files) Delete(_ context.Context, sum string) error {
	path := f.path(sum)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.fault(err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.fault(err)
	}
	return nil
}

// Delete removes a blob.
func (r rows) Delete(ctx context.Context, sum string) error {
	if !keepable(sum) {
		return nil
	}
	if _, err := r.store.db.ExecContext(ctx, "delete from blob where sum = $1", sum); err != nil {
		return r.store.fault(err)
	}
	return nil
}
