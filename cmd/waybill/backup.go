package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"waybill/app"
)

type backupCmd struct {
	Folder string `arg:"" help:"New folder to write the backup to."`
}

// Run makes a backup, by the running server if there is one; it takes the time it takes.
func (b backupCmd) Run(c *cli) error {
	folder, err := filepath.Abs(b.Folder) // the server has another working directory
	if err != nil {
		return err
	}
	return c.deskWithin(context.Background(), func(ctx context.Context, desk app.Desk) error {
		if err := desk.Do(ctx, "", "backup", app.BackupIn{Folder: folder}, nil); err != nil {
			return err
		}
		return c.print(map[string]string{"folder": folder}, table{
			text: "the backup is in " + b.Folder + ". The key file is not in it: keep a copy of that elsewhere.",
		})
	})
}

type restoreCmd struct {
	Folder     string `arg:"" help:"Folder of the backup." type:"existingdir"`
	Check      bool   `help:"Only check that the backup is whole and opens with this key."`
	WithoutKey bool   `help:"Restore although the key that its secrets are sealed with is not here."`
}

// Run checks a backup and, unless --check, puts it in place of an empty data folder.
func (r restoreCmd) Run(c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	found, err := app.CheckBackup(context.Background(), cfg, r.Folder)
	if err != nil {
		return err
	}
	key := "this key opens it"
	if !found.Opens {
		key = "its secrets are sealed with the key " + found.KeyID + ", which is not here"
	}
	said := fmt.Sprintf("backup of %s by waybill %s: whole; schema %d, %d shipments, %d labels; %s",
		found.Made.Format(time.RFC3339), found.Version, found.Schema, found.Shipments, found.Labels, key)
	for _, note := range found.Notes {
		said += "\nnote: " + note
	}
	if err := c.print(found, table{text: said}); err != nil {
		return err
	}
	if !found.Opens && !r.WithoutKey {
		return fmt.Errorf("put the file with the key %s to %s, or restore with --without-key and give the secrets again", found.KeyID, cfg.KeyPath())
	}
	if r.Check {
		return nil
	}
	if err := app.Restore(cfg, r.Folder); err != nil {
		return err
	}
	fmt.Println("restored into", cfg.Data)
	return nil
}
