package app

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"waybill/engine"
)

// TestBackup: a backup made while parcels are booked is whole, and the installation restored from it has every
// parcel acknowledged before it was begun, with labels.
func TestBackup(t *testing.T) {
	cfg := fresh(t)
	r := serve(t, cfg)
	shop(t, r.App, "north")
	token := r.lynkupLogin("north-client", "north-secret")
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	var booked atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 1; ctx.Err() == nil; n++ {
			if status, answer := r.call(http.MethodPost, "/lynkup/shipments", token, lynkupOrder(fmt.Sprint("B-", n), "Ann Demo")); status != http.StatusCreated {
				t.Errorf("%d %v", status, answer)
				return
			}
			booked.Store(int64(n))
		}
	}()
	eventually(t, "parcels are booked", func() bool { return booked.Load() >= 3 })
	before := booked.Load()
	folder := filepath.Join(t.TempDir(), "backup")
	do(t, r.App, "", "backup", BackupIn{Folder: folder}, nil)
	eventually(t, "parcels are booked after the backup", func() bool { return booked.Load() > before })
	enough()
	<-done
	found, err := CheckBackup(t.Context(), cfg, folder)
	if err != nil {
		t.Fatal(err)
	}
	if !found.Opens || found.Shipments < before || found.Shipments > booked.Load() {
		t.Errorf("%d were booked before, %d in the end: %+v", before, booked.Load(), found)
	}
	if err := r.Do(t.Context(), "", "backup", BackupIn{Folder: folder}, nil); err == nil {
		t.Error("a second backup goes into the same folder")
	}
	if err := Restore(cfg, folder); err == nil {
		t.Error("a restore goes over an installation")
	}
	restored := fresh(t)
	if found, err = CheckBackup(t.Context(), restored, folder); err != nil || found.Opens {
		t.Errorf("without the key: %+v %v", found, err)
	}
	mustWrite(t, restored.KeyPath(), mustRead(t, cfg.KeyPath()))
	if err := Restore(restored, folder); err != nil {
		t.Fatal(err)
	}
	again := serve(t, restored)
	if status, answer := again.call(http.MethodGet, fmt.Sprint("/lynkup/shipments/B-", before), token, nil); status != http.StatusOK || text(answer, "trackingId") == "" {
		t.Errorf("the last parcel before the backup: %d %v", status, answer)
	}
	label, err := seat(t, again.App, "north").GetLabel(t.Context(), engine.GetLabel{Ref: engine.Ref{Reference: "B-1"}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(label.Data), "%PDF") {
		t.Errorf("the label is %.20q", label.Data)
	}
}

// TestBackupDamaged: whatever is damaged in a backup is found and named.
func TestBackupDamaged(t *testing.T) {
	cfg := fresh(t)
	cfg.Demo = true // its UPS labels are files
	r := serve(t, cfg)
	token := r.lynkupLogin(DemoClient, DemoSecret)
	if status, answer := r.call(http.MethodPost, "/lynkup/shipments", token, lynkupOrder("D-1", "Ann Demo")); status != http.StatusCreated {
		t.Fatalf("%d %v", status, answer)
	}
	whole := filepath.Join(t.TempDir(), "backup")
	do(t, r.App, "", "backup", BackupIn{Folder: whole}, nil)
	if found, err := CheckBackup(t.Context(), cfg, whole); err != nil || found.Labels == 0 {
		t.Fatal(found, err)
	}
	for name, c := range map[string]struct {
		damage func(folder string)
		said   string
	}{
		"label missing":    {func(f string) { must(t, os.Remove(oneBlob(t, f))) }, "is missing"},
		"label changed":    {func(f string) { flip(t, oneBlob(t, f), 10) }, "is damaged"},
		"record changed":   {func(f string) { flip(t, filepath.Join(f, databaseFile), -200) }, databaseFile + " is not as it was written"},
		"database cut":     {func(f string) { must(t, os.Truncate(filepath.Join(f, databaseFile), 40960)) }, "damaged"},
		"database missing": {func(f string) { must(t, os.Remove(filepath.Join(f, databaseFile))) }, databaseFile},
		"broken off":       {func(f string) { must(t, os.Remove(filepath.Join(f, stampFile))) }, "holds no whole backup"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "backup")
			must(t, os.CopyFS(folder, os.DirFS(whole)))
			c.damage(folder)
			if _, err := CheckBackup(t.Context(), cfg, folder); err == nil || !strings.Contains(err.Error(), c.said) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// oneBlob is one of the label files of a backup.
func oneBlob(t *testing.T, folder string) (path string) {
	t.Helper()
	must(t, filepath.WalkDir(filepath.Join(folder, "blobs"), func(at string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path = at
		}
		return err
	}))
	if path == "" {
		t.Fatal("the backup has no labels")
	}
	return path
}

// flip changes one bit of a file; a negative place counts from its end.
func flip(t *testing.T, path string, at int) {
	t.Helper()
	data := []byte(mustRead(t, path))
	if at < 0 {
		at += len(data)
	}
	data[at] ^= 1
	mustWrite(t, path, string(data))
}
