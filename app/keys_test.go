package app

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"waybill/engine"
	"waybill/store/storetest"
)

// sealedShop makes an installation with secrets: of a connection, and of an endpoint with a token.
func sealedShop(t *testing.T, cfg Config) {
	t.Helper()
	a := build(t, cfg)
	shop(t, a, "north")
	ups(t, a, "north")
	secret, token := "hook-secret", "Bearer abc"
	hook := engine.PutSubscription{URL: "https://shop.example.com/hooks", Dialect: "lynkup", Secret: &secret, Token: &token}
	if _, err := seat(t, a, "north").PutSubscription(t.Context(), hook); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// uses is how many secrets are sealed under each key.
func uses(t *testing.T, cfg Config) map[string]int {
	t.Helper()
	list, err := ListKeys(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, u := range list {
		n[u.ID] = u.Secrets
	}
	return n
}

func keyIDs(t *testing.T, cfg Config) (ids []string) {
	t.Helper()
	for line := range strings.Lines(mustRead(t, cfg.KeyPath())) {
		ids = append(ids, line[:8])
	}
	return ids
}

// TestKeyFile: one is made for its owner alone, and one that others may read is refused.
func TestKeyFile(t *testing.T) {
	cfg := fresh(t)
	if err := build(t, cfg).Close(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(cfg.KeyPath())
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v %v", info.Mode(), err)
		}
		if err := os.Chmod(cfg.KeyPath(), 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := New(t.Context(), cfg, Parts{}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("a key file that the group may read: %v", err)
		}
		mustWrite(t, cfg.KeyPath(), mustRead(t, cfg.KeyPath()))
		if err := os.Chmod(cfg.KeyPath(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	line := mustRead(t, cfg.KeyPath())
	for _, wrong := range []string{"", "secret", "abcdefgh:zz", line[:40], line + line} {
		mustWrite(t, cfg.KeyPath(), wrong)
		if _, err := New(t.Context(), cfg, Parts{}); err == nil || !strings.HasPrefix(err.Error(), "keys: ") {
			t.Errorf("the key file %q: %v", wrong, err)
		}
	}
}

// TestKeyRotation: a new key goes first, every secret is sealed under it and still opens, and the old key can be
// taken out of the file.
func TestKeyRotation(t *testing.T) {
	cfg := fresh(t)
	sealedShop(t, cfg)
	before := keyIDs(t, cfg)
	id, given, err := NewKey(t.Context(), cfg, false)
	if err != nil || len(given) > 0 {
		t.Fatal(given, err)
	}
	after := keyIDs(t, cfg)
	if len(after) != 2 || after[0] != id || after[1] != before[0] {
		t.Fatalf("keys %v became %v, the new one is %s", before, after, id)
	}
	if n := uses(t, cfg); n[id] != 3 || n[before[0]] != 0 {
		t.Errorf("secrets by key: %v", n)
	}
	first, _, _ := strings.Cut(mustRead(t, cfg.KeyPath()), "\n")
	mustWrite(t, cfg.KeyPath(), first+"\n")
	a := build(t, cfg)
	var all []ConnectionOut
	do(t, a, "north", "connection.list", struct{}{}, &all)
	for _, c := range all { // saving opens what is sealed
		do(t, a, "north", "connection.save", SaveConnection{Connection: c.Connection}, nil)
		if c.Paused {
			t.Errorf("%s is paused", c.ExternalID)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	// The same by hand, as those do whose keys come from the environment.
	cfg.Key = "11111111:" + strings.Repeat("ab", 32) + "," + first
	if _, _, err := NewKey(t.Context(), cfg, false); err == nil {
		t.Error("a key is made though they come from the environment")
	}
	if id, _, err := SealAll(t.Context(), cfg, false); err != nil || id != "11111111" {
		t.Fatal(id, err)
	}
	if n := uses(t, cfg); n["11111111"] != 3 {
		t.Errorf("secrets by key: %v", n)
	}
}

// TestKeyLost: a lost or foreign key file is found out at the start, with what can still be read and how to go
// on; who gives the secrets up goes on without them and hears of each.
func TestKeyLost(t *testing.T) {
	cfg := fresh(t)
	sealedShop(t, cfg)
	kept := mustRead(t, cfg.KeyPath())
	if err := os.Remove(cfg.KeyPath()); err != nil {
		t.Fatal(err)
	}
	_, err := New(t.Context(), cfg, Parts{})
	if err == nil {
		t.Fatal("it starts without its key")
	}
	for _, said := range []string{
		cfg.KeyPath() + " is lost", "connection ups (key " + kept[:8] + ")", "webhook https://shop.example.com/hooks", "Can be read: everything else", "waybill key new --give-up",
	} {
		if !strings.Contains(err.Error(), said) {
			t.Errorf("it does not say %q:\n%v", said, err)
		}
	}
	if _, err := os.Stat(cfg.KeyPath()); err == nil {
		t.Fatal("a key was written in the place of the lost one")
	}
	foreign := fresh(t)
	build(t, foreign)
	mustWrite(t, cfg.KeyPath(), mustRead(t, foreign.KeyPath()))
	if _, err := New(t.Context(), cfg, Parts{}); err == nil || !strings.Contains(err.Error(), "not the keys of this installation") {
		t.Errorf("another installation's key: %v", err)
	}
	if _, _, err := NewKey(t.Context(), cfg, false); err == nil || !strings.Contains(err.Error(), "connection ups") {
		t.Errorf("a new key without giving up: %v", err)
	}
	_, given, err := NewKey(t.Context(), cfg, true)
	if err != nil || len(given) != 2 {
		t.Fatal(given, err)
	}
	a := build(t, cfg)
	var all []ConnectionOut
	do(t, a, "north", "connection.list", struct{}{}, &all)
	for _, c := range all {
		if c.Paused != (c.ExternalID == "ups") || (c.Paused && !strings.Contains(c.PauseReason, "key that is lost")) {
			t.Errorf("%s: paused %v, %s", c.ExternalID, c.Paused, c.PauseReason)
		}
	}
	hooks, err := seat(t, a, "north").ListSubscriptions(t.Context())
	if err != nil || len(hooks) != 1 || !hooks[0].Paused {
		t.Errorf("%+v, %v", hooks, err)
	}
	ups(t, a, "north") // given again
	do(t, a, "north", "connection.pause", PauseConnection{ExternalID: "ups"}, nil)
}

// TestKeyFileNamed: a key file elsewhere is made where it was named, and is the only one.
func TestKeyFileNamed(t *testing.T) {
	cfg := fresh(t)
	cfg.KeyFile = filepath.Join(t.TempDir(), "keys", "master")
	if id, _, err := NewKey(t.Context(), cfg, false); err != nil || keyIDs(t, cfg)[0] != id {
		t.Fatal(id, err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, databaseFile)); err == nil {
		t.Error("making a key made a database")
	}
	build(t, cfg)
	if _, err := os.Stat(filepath.Join(cfg.Data, "key")); err == nil {
		t.Error("a key file was made besides the one that was named")
	}
}

// TestNodes: two nodes on one database and with the same keys take each other's tokens and read each other's
// secrets; a node that brings keys of its own is refused.
func TestNodes(t *testing.T) {
	first := fresh(t)
	first.Database = storetest.Postgres(t)
	one := serve(t, first)
	shop(t, one.App, "north")
	stranger := fresh(t)
	stranger.Database = first.Database
	if _, err := New(t.Context(), stranger, Parts{}); err == nil || !strings.Contains(err.Error(), "keys: ") {
		t.Errorf("a node with keys of its own: %v", err)
	}
	ups(t, one.App, "north")
	stranger.Key = "11111111:" + strings.Repeat("ab", 32)
	if _, err := New(t.Context(), stranger, Parts{}); err == nil || !strings.Contains(err.Error(), "connection ups") {
		t.Errorf("a node with other keys: %v", err)
	}
	second := fresh(t)
	second.Database, second.Key = first.Database, mustRead(t, first.KeyPath())
	two := serve(t, second)
	token := one.lynkupLogin("north-client", "north-secret")
	if status, answer := two.call(http.MethodPost, "/lynkup/shipments", token, lynkupOrder("N-1", "Ann Demo")); status != http.StatusCreated {
		t.Fatalf("%d %v", status, answer)
	}
	if status, answer := one.call(http.MethodGet, "/lynkup/shipments/N-1", token, nil); status != http.StatusOK || text(answer, "status") != "ORDER_DISPATCHED" {
		t.Errorf("%d %v", status, answer)
	}
}
