package engine

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// The text of an API key: what it is for, 30 random characters (178 bits), and 6 characters of CRC-32 over all
// before, in base 62. A key that was mistyped is told from a wrong one without asking the store.
const (
	keyTest      = "wb_test_"
	keyLive      = "wb_live_"
	keyRandom    = 30
	keyChecksum  = 6
	keyShown     = len(keyTest) + 4 // how much of it is kept to tell keys apart
	keyDigits    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	keyUsedEvery = time.Hour // how often a key's last use is written down
)

// KeyText is an API key of 30 letters and digits.
func KeyText(test bool, random string) string {
	text := keyLive + random
	if test {
		text = keyTest + random
	}
	return text + checksum(text)
}

func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	digits := make([]byte, keyChecksum)
	for i := range digits {
		digits[keyChecksum-1-i] = keyDigits[sum%62]
		sum /= 62
	}
	return string(digits)
}

// randomKey draws each character evenly: bytes that would favour some are thrown away.
func randomKey() string {
	text := make([]byte, 0, keyRandom)
	b := make([]byte, 1)
	for len(text) < keyRandom {
		must(rand.Read(b))
		if b[0] < 248 { // 4 times 62
			text = append(text, keyDigits[b[0]%62])
		}
	}
	return string(text)
}

// LooksLikeKey reports whether a text is the text of an API key, by its form alone.
func LooksLikeKey(text string) bool {
	return strings.HasPrefix(text, keyTest) || strings.HasPrefix(text, keyLive)
}

func keyHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// AuthenticateKey finds whose API key it is. One that is unknown, damaged or revoked is Unauthenticated, ReasonTokenBad,
// one past its time ReasonTokenExpired; from where the account may not be called is Forbidden, with who it is.
func (g Gate) AuthenticateKey(ctx context.Context, text string, from Caller) (actor waybill.Actor, err error) {
	bad := waybill.E("auth", waybill.ReasonTokenBad, "the API key is not valid")
	if len(text) != len(keyTest)+keyRandom+keyChecksum || checksum(text[:len(text)-keyChecksum]) != text[len(text)-keyChecksum:] {
		return actor, bad
	}
	var key waybill.APIKey
	err = g.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		found, err := tx.APIKeys().ByKey(keyHash(text))
		if err != nil {
			return err
		}
		set, err := g.setup(tx, found.Account)
		if err != nil {
			return err
		}
		if err := g.admits(set.account); err != nil {
			return err
		}
		key = found
		return checkAccess(set.account.Access, from.IP, from.Origin)
	})
	now := g.Clock.Now()
	who := waybill.Actor{
		Kind: waybill.ActorClient, ID: key.ID, Name: key.Name, Account: key.Account, Grants: key.Grants,
		Role: key.Role, Scopes: key.Scopes, Test: key.Test, IP: from.IP,
	}
	switch {
	case waybill.IsCode(err, waybill.NotFound) || key.Revoked != nil:
		return actor, bad
	case err != nil:
		return who, err
	case key.Expires != nil && !now.Before(*key.Expires):
		return actor, waybill.E("auth", waybill.ReasonTokenExpired, "the API key has expired")
	}
	g.noteUse(ctx, key, now)
	return who, nil
}

// noteUse writes down that a key is in use, at most once an hour. That it could not be is no reason to refuse a call.
func (g Gate) noteUse(ctx context.Context, key waybill.APIKey, now time.Time) {
	if key.LastUsed != nil && now.Sub(*key.LastUsed) < keyUsedEvery {
		return
	}
	hour := now.Truncate(keyUsedEvery)
	err := g.Store.Update(ctx, waybill.System(key.Account), func(tx store.Tx) error {
		return tx.KeyUsed(key, hour)
	})
	if err != nil {
		g.Log.Debug("the last use of an API key was not noted", "key", string(key.ID), "error", err.Error())
	}
}

// CreateAPIKey asks for an API key of the session's account.
type CreateAPIKey struct {
	Name    string
	Role    waybill.Role
	Scopes  []waybill.Scope
	Test    bool
	Grants  []waybill.ID
	Expires *time.Time
	// Text is the key itself, for the demo's account alone, whose credentials everyone knows.
	Text string
}

// NewAPIKey is a key with its text, which is shown this once.
type NewAPIKey struct {
	Key  waybill.APIKey
	Text string
}

// CreateAPIKey makes a key. It may do no more than who makes it.
func (s Session) CreateAPIKey(ctx context.Context, in CreateAPIKey) (made NewAPIKey, err error) {
	if in.Grants, err = s.childrenNamed(ctx, in.Grants); err != nil {
		return made, err
	}
	key := waybill.APIKey{
		Name: strings.TrimSpace(in.Name), Role: in.Role, Scopes: in.Scopes, Test: in.Test, Grants: in.Grants, Expires: in.Expires,
	}
	if err := s.checkKey(ctx, key); err != nil {
		return NewAPIKey{}, err
	}
	text := KeyText(in.Test, randomKey())
	if in.Text != "" {
		account, err := s.Account(ctx, s.Actor)
		if err != nil {
			return NewAPIKey{}, err
		}
		if !account.Demo {
			return NewAPIKey{}, waybill.E("key", waybill.ReasonRole, "only the demo's key is a given one")
		}
		text = in.Text
	}
	number, err := s.take(ctx, 1)
	if err != nil {
		return NewAPIKey{}, err
	}
	s.found(&key.Row, number)
	key.Hash, key.Prefix = keyHash(text), text[:keyShown]
	key, err = s.putKey(ctx, nil, key)
	return NewAPIKey{key, text}, err
}

// putKey stores a key; before is what it was, nil for a new one.
func (s Session) putKey(ctx context.Context, before *waybill.APIKey, key waybill.APIKey) (stored waybill.APIKey, err error) {
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		next := key
		if err := tx.APIKeys().Put(&next); err != nil {
			return err
		}
		stored = next
		return s.noteChange(tx, before, &next)
	})
	return stored, err
}

// checkKey refuses a key without a name, past its time, or that may do more than who makes it.
func (s Session) checkKey(ctx context.Context, key waybill.APIKey) error {
	if err := needed("name", key.Name); err != nil {
		return err
	}
	if s.Actor.Account == "" {
		return waybill.E("key", waybill.ReasonUnknownRecord, "no account was named to make the key in")
	}
	var problems []waybill.FieldError
	add := func(path string, rule waybill.FieldRule, value, message string) {
		problems = append(problems, waybill.FieldError{Path: path, Rule: rule, Value: value, Message: message})
	}
	if waybill.Roles[key.Role] == nil {
		add("role", waybill.RuleEnum, string(key.Role), "there is no such role")
	}
	for i, scope := range key.Scopes {
		if !slices.Contains(waybill.Roles[key.Role], scope) {
			add("scopes["+itoa(i)+"]", waybill.RuleEnum, string(scope), "the role "+string(key.Role)+" does not have this scope")
		}
	}
	if key.Expires != nil && !key.Expires.After(s.Clock.Now()) {
		add("expires_at", waybill.RuleRange, key.Expires.Format(time.RFC3339), "it would have expired already")
	}
	if err := waybill.FieldErrors("key", problems); err != nil {
		return err
	}
	if s.Actor.Test && !key.Test {
		return waybill.E("key", waybill.ReasonRole, "a test key makes test keys only")
	}
	return firstError(s.checkGrants(ctx, key.Grants), s.mayGive("a key", rightsOfKey(key)))
}

// ListAPIKeys lists the keys of the actor's accounts, those revoked and expired too, oldest first.
func (s Session) ListAPIKeys(ctx context.Context) ([]waybill.APIKey, error) {
	return records(ctx, s, store.Tx.APIKeys)
}

// GetAPIKey reads one by its id.
func (s Session) GetAPIKey(ctx context.Context, id waybill.ID) (key waybill.APIKey, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		key, err = tx.APIKeys().Get(id)
		return err
	})
	return key, err
}

// RevokeAPIKey ends a key at once. One that was revoked before stays so.
func (s Session) RevokeAPIKey(ctx context.Context, id waybill.ID) (waybill.APIKey, error) {
	key, err := s.ownKey(ctx, id)
	if err != nil || key.Revoked != nil {
		return key, err
	}
	now, before := s.Clock.Now(), key
	key.Revoked = &now
	return s.putKey(ctx, &before, key)
}

// ownKey is a key of the session's own account that is to be changed, and may no more than who changes it.
func (s Session) ownKey(ctx context.Context, id waybill.ID) (waybill.APIKey, error) {
	key, err := s.GetAPIKey(ctx, id)
	if err == nil {
		err = s.mine(&key)
	}
	if err == nil {
		err = s.mayManageKey(key)
	}
	if err == nil {
		err = s.meant(key.Row)
	}
	return key, err
}

// RotateAPIKey asks for a new key in the place of another.
type RotateAPIKey struct {
	ID    waybill.ID
	Grace time.Duration // how long the old one is still good; 0: a day
}

const keyGrace = 24 * time.Hour

// keyOver reports whether a key is not to be used any more, or not for long since another one stands in its place.
func keyOver(k waybill.APIKey, now time.Time) bool {
	return k.Revoked != nil || k.Replaced != "" || (k.Expires != nil && !now.Before(*k.Expires))
}

// RotateAPIKey makes a key that may do what the old one may; both are good until the grace is over. One that is
// over or was rotated before is Conflict, ReasonTaken.
func (s Session) RotateAPIKey(ctx context.Context, in RotateAPIKey) (NewAPIKey, error) {
	old, err := s.ownKey(ctx, in.ID)
	if err != nil {
		return NewAPIKey{}, err
	}
	known := old
	now := s.Clock.Now()
	if keyOver(old, now) {
		return NewAPIKey{}, waybill.E("key", waybill.ReasonTaken, "the key is over, or was rotated before")
	}
	if err := s.checkKey(ctx, old); err != nil {
		return NewAPIKey{}, err
	}
	number, err := s.take(ctx, 1)
	if err != nil {
		return NewAPIKey{}, err
	}
	text := KeyText(old.Test, randomKey())
	fresh := old
	fresh.Row, fresh.LastUsed = waybill.Row{}, nil
	s.found(&fresh.Row, number)
	fresh.Hash, fresh.Prefix = keyHash(text), text[:keyShown]
	end := now.Add(keyGrace)
	if in.Grace > 0 {
		end = now.Add(in.Grace)
	}
	if old.Expires == nil || end.Before(*old.Expires) {
		old.Expires = &end
	}
	old.Replaced = fresh.ID
	var stored waybill.APIKey
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		was, ending, next := known, old, fresh
		if err := tx.APIKeys().Put(&ending); err != nil {
			return err
		}
		if err := tx.APIKeys().Put(&next); err != nil {
			return err
		}
		if err := s.noteChange(tx, &was, &ending); err != nil {
			return err
		}
		stored = next
		return s.noteChange(tx, nil, &next)
	})
	return NewAPIKey{stored, text}, err
}
