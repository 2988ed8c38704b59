package engine

import (
	"context"
	"encoding/base64"

	"waybill"
	"waybill/store"
)

// SealedSecret is a secret at rest: whose it is, and the id of the master key it is sealed under.
type SealedSecret struct {
	Noun    string // connection, webhook, account or erasure
	Name    string // the connection's external id, the endpoint's address, the account's name, the erasure's id
	Account waybill.ID
	KeyID   string
	Opens   bool // with the keys that are here
}

// Reseal asks to seal every secret anew under the first key. What no key here opens is refused before
// anything is changed, unless it is given up: then it is removed, and the connection or endpoint it
// belonged to is paused until it has been given again. An account has a token made for it then.
type Reseal struct{ GiveUp bool }

// lostSecret is what a connection or endpoint is paused for.
const lostSecret = "its secrets were sealed with a key that is lost: give them again, then resume it"

// ListSealed lists the secrets at rest that the session sees.
func (s Session) ListSealed(ctx context.Context) (list []SealedSecret, err error) {
	connections, hooks, accounts, err := s.holders(ctx)
	for _, a := range accounts {
		list = append(list, s.sealed("account", a.Name, a.ID, hookTokenContext(a.ID), a.HookToken)...)
	}
	for _, c := range connections {
		list = append(list, s.sealed("connection", c.ExternalID, c.Account, secretContext(c.ID), c.Sealed)...)
	}
	for _, h := range hooks {
		list = append(list, s.sealed("webhook", h.URL, h.Account, hookContext(h.ID), h.Secret, h.OldSecret, tokenBytes(h))...)
	}
	if err != nil {
		return nil, err
	}
	_, erasures, err := s.sealedErasures(ctx)
	return append(list, erasures...), err
}

// holders reads what has secrets.
func (s Session) holders(ctx context.Context) (
	connections []waybill.Connection, hooks []waybill.Subscription, accounts []waybill.Account, err error,
) {
	if connections, err = records(ctx, s, store.Tx.Connections); err != nil {
		return nil, nil, nil, err
	}
	if hooks, err = records(ctx, s, store.Tx.Subscriptions); err != nil {
		return nil, nil, nil, err
	}
	accounts, err = records(ctx, s, store.Tx.Accounts)
	return connections, hooks, accounts, err
}

func (s Session) sealed(noun, name string, account waybill.ID, context string, texts ...[]byte) (list []SealedSecret) {
	for _, text := range texts {
		if len(text) == 0 {
			continue
		}
		_, err := s.Vault.Open(text, context)
		list = append(list, SealedSecret{Noun: noun, Name: name, Account: account, KeyID: sealKeyID(text), Opens: err == nil})
	}
	return list
}

// tokenBytes is the sealed token of an endpoint, which is kept as text.
func tokenBytes(h waybill.Subscription) []byte {
	sealed, err := base64.StdEncoding.DecodeString(h.Token)
	if err != nil {
		return []byte(h.Token) // damaged: it shall be found not to open
	}
	return sealed
}

// sealKeyID reads the id of the key out of a sealed text: see [Vault.Seal].
func sealKeyID(sealed []byte) string {
	if len(sealed) < 9 {
		return ""
	}
	return string(sealed[1:9])
}

// Reseal seals all secrets under the first key and answers what was given up. It is for an installation
// that serves nobody meanwhile.
func (s Session) Reseal(ctx context.Context, in Reseal) (lost []SealedSecret, err error) {
	all, err := s.ListSealed(ctx)
	if err != nil {
		return nil, err
	}
	for _, secret := range all {
		if !secret.Opens {
			lost = append(lost, secret)
		}
	}
	if len(lost) > 0 && !in.GiveUp {
		return lost, waybill.E("reseal", waybill.ReasonFields, "%d secrets do not open with the keys that are here", len(lost))
	}
	connections, hooks, accounts, err := s.holders(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if err := s.resealAccount(ctx, a); err != nil {
			return lost, err
		}
	}
	for _, c := range connections {
		if err := s.resealConnection(ctx, c); err != nil {
			return lost, err
		}
	}
	for _, h := range hooks {
		if err := s.resealHook(ctx, h); err != nil {
			return lost, err
		}
	}
	erasures, _, err := s.sealedErasures(ctx)
	for i := 0; err == nil && i < len(erasures); i++ {
		err = s.resealErasure(ctx, erasures[i])
	}
	return lost, err
}

func (s Session) resealConnection(ctx context.Context, c waybill.Connection) error {
	if len(c.Sealed) == 0 {
		return nil
	}
	var ok bool
	if c.Sealed, ok = s.Vault.again(c.Sealed, secretContext(c.ID)); !ok {
		c.Paused, c.PauseReason = true, lostSecret
	}
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		copied := c // a closure may run twice
		return tx.Connections().Put(&copied)
	})
}

func (s Session) resealHook(ctx context.Context, h waybill.Subscription) error {
	whole := true
	seal := func(sealed []byte) []byte {
		again, ok := s.Vault.again(sealed, hookContext(h.ID))
		whole = whole && ok
		return again
	}
	h.Secret, h.OldSecret, h.Token = seal(h.Secret), seal(h.OldSecret), base64.StdEncoding.EncodeToString(seal(tokenBytes(h)))
	if !whole {
		h.Paused, h.PauseCause = true, lostSecret
	}
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		copied := h
		return tx.Subscriptions().Put(&copied)
	})
}

func (s Session) resealAccount(ctx context.Context, a waybill.Account) error {
	if len(a.HookToken) == 0 {
		return nil
	}
	a.HookToken, _ = s.Vault.again(a.HookToken, hookTokenContext(a.ID))
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		copied := a
		return tx.Accounts().Put(&copied)
	})
}

// again seals a text under the current key; false, and nothing, when it does not open.
func (v *Vault) again(sealed []byte, context string) ([]byte, bool) {
	if len(sealed) == 0 {
		return nil, true
	}
	plain, err := v.Open(sealed, context)
	if err != nil {
		return nil, false
	}
	return v.Seal(plain, context), true
}
