package engine

import (
	"context"
	"encoding/hex"

	"waybill"
	"waybill/store"
)

// A shipment may have an endpoint of its own, which hears of it alone. Such endpoints share one static token for
// each account, and no one sets them up.

// putHook stores a shipment's endpoint. One that speaks the same dialect is replaced: the order was made anew.
func putHook(tx store.Tx, hook waybill.Subscription) error {
	known, err := tx.Hooks().Of(hook.Shipment)
	if err != nil {
		return err
	}
	for _, old := range known {
		if old.Dialect == hook.Dialect {
			hook.Row = old.Row
		}
	}
	return tx.Hooks().Put(&hook)
}

// endpoint reads a subscription. Single: it is kept apart from those set up for the account, since it hears of one
// shipment alone.
func endpoint(tx store.Tx, id waybill.ID) (hook waybill.Subscription, single bool, err error) {
	hook, err = tx.Subscriptions().Get(id)
	if waybill.IsCode(err, waybill.NotFound) {
		if hook, err = tx.Hooks().Get(id); waybill.IsCode(err, waybill.NotFound) {
			err = waybill.E("webhook", waybill.ReasonUnknownRecord, "the webhook was deleted")
		}
		return hook, true, err
	}
	return hook, false, err
}

// HookToken is what webhooks of single shipments carry: what the account has set, else one made for it, which is
// another one when the key file's first key is.
func (e *Engine) HookToken(account waybill.Account) (string, error) {
	if len(account.HookToken) == 0 {
		return hex.EncodeToString(e.Vault.mac("hook token", e.Vault.current, string(account.ID))[:16]), nil
	}
	plain, err := e.Vault.Open(account.HookToken, hookTokenContext(account.ID))
	return string(plain), err
}

func hookTokenContext(account waybill.ID) string { return "hook token:" + string(account) }

// SetHookToken sets what webhooks of single shipments carry; empty: nothing is changed.
type SetHookToken struct{ Token string }

// SetHookToken sets the account's token and answers the one that holds.
func (s Session) SetHookToken(ctx context.Context, in SetHookToken) (token string, err error) {
	if err := s.maySetUp(); err != nil {
		return "", err
	}
	if err := checkToken(in.Token); err != nil {
		return "", err
	}
	account, err := s.Account(ctx, s.Actor)
	if err != nil || in.Token == "" {
		if err == nil {
			token, err = s.HookToken(account)
		}
		return token, err
	}
	sealed := s.Vault.Seal([]byte(in.Token), hookTokenContext(account.ID))
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		fresh, err := tx.Accounts().Get(account.ID)
		if err != nil {
			return err
		}
		fresh.HookToken = sealed
		return tx.Accounts().Put(&fresh)
	})
	return in.Token, err
}
