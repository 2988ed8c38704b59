package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"waybill"
	"waybill/engine"
)

// Rotating the master keys. It is done while no server runs: one that runs holds the old keys in memory.

// KeyUse is a master key and how many secrets are sealed under it; Here is false for one that is missing.
type KeyUse struct {
	ID      string
	First   bool
	Here    bool
	Secrets int
}

// ListKeys lists the master keys and what is sealed under them.
func ListKeys(ctx context.Context, cfg Config) (uses []KeyUse, err error) {
	ring, err := readKeys(cfg)
	if err != nil {
		return nil, err
	}
	if !ring.made {
		for i, id := range ring.ids {
			uses = append(uses, KeyUse{ID: id, First: i == 0, Here: true})
		}
	}
	err = withKeys(ctx, cfg, ring, func(s engine.Session) error {
		sealed, err := s.ListSealed(ctx)
		for _, secret := range sealed {
			at := slices.IndexFunc(uses, func(u KeyUse) bool { return u.ID == secret.KeyID })
			if at < 0 {
				at, uses = len(uses), append(uses, KeyUse{ID: secret.KeyID})
			}
			uses[at].Secrets++
		}
		return err
	})
	return uses, err
}

// NewKey makes a master key, puts it first into the key file and seals every secret under it. The others stay
// in the file, for tokens, links and backups. What no key opens is named and refused, or given up: given up
// are the names answered.
func NewKey(ctx context.Context, cfg Config, giveUp bool) (id string, given []string, err error) {
	if cfg.Key != "" {
		return "", nil, errors.New("keys: they come from WAYBILL_KEY: put a new line before the others there, then run `waybill key seal`")
	}
	ring, err := readKeys(cfg)
	if err == nil && !ring.made {
		err = ring.add()
	}
	if err != nil {
		return "", nil, err
	}
	return sealAll(ctx, cfg, ring, giveUp)
}

// SealAll seals every secret under the first key.
func SealAll(ctx context.Context, cfg Config, giveUp bool) (id string, given []string, err error) {
	ring, err := readKeys(cfg)
	if err == nil && ring.made {
		err = fmt.Errorf("keys: there is no key file %s", ring.path)
	}
	if err != nil {
		return "", nil, err
	}
	return sealAll(ctx, cfg, ring, giveUp)
}

func sealAll(ctx context.Context, cfg Config, ring keyring, giveUp bool) (id string, given []string, err error) {
	if !cfg.hasData() {
		return ring.ids[0], nil, ring.save()
	}
	err = withKeys(ctx, cfg, ring, func(s engine.Session) error {
		closed, err := unopened(ctx, s)
		if err != nil {
			return err
		}
		if len(closed) > 0 && !giveUp {
			return fmt.Errorf("keys: no key here opens all secrets.\n%s", lost(closed))
		}
		if ring.path != "" { // before anything is sealed under a key that is nowhere yet
			if err := ring.save(); err != nil {
				return err
			}
		}
		gone, err := s.Reseal(ctx, engine.Reseal{GiveUp: giveUp})
		for _, secret := range gone {
			given = append(given, secret.Noun+" "+secret.Name)
		}
		return err
	})
	return ring.ids[0], slices.Compact(given), err
}

// hasData reports whether there is an installation to seal for.
func (c Config) hasData() bool {
	if c.Database != "" {
		return true
	}
	_, err := os.Stat(filepath.Join(c.Data, databaseFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// withKeys opens the installation with these keys, whatever they are, and does something above all accounts.
func withKeys(ctx context.Context, cfg Config, ring keyring, do func(engine.Session) error) error {
	if !cfg.hasData() {
		return nil
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	a, err := assemble(ctx, cfg, Parts{}, ring)
	if err != nil {
		return err
	}
	return errors.Join(do(a.Engine.As(installation)), a.Close())
}

// installation is the administrator above all accounts.
var installation = waybill.Actor{Kind: waybill.ActorAdmin, Name: "administrator", Role: waybill.RoleAdmin}

// unopened lists the secrets that no key here opens.
func unopened(ctx context.Context, s engine.Session) ([]engine.SealedSecret, error) {
	sealed, err := s.ListSealed(ctx)
	return slices.DeleteFunc(sealed, func(s engine.SealedSecret) bool { return s.Opens }), err
}
