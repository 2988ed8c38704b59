package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// CardHistory asks for versions of a connection's rate card.
type CardHistory struct {
	Ref RecordRef
	ListVersions
}

// CardEdition names one version.
type CardEdition struct {
	Ref     RecordRef
	Edition int64
	From    time.Time // of one that is put back: when it takes effect; zero: now
	Note    string
}

// ListedCards are versions of a rate card, with the number of the one in force; 0: it was never changed.
type ListedCards struct {
	store.Slice[waybill.CardVersion]
	InForce    int64
	Connection waybill.Connection
}

// ListCardVersions lists the versions of a connection's rate card.
func (s Session) ListCardVersions(ctx context.Context, in CardHistory) (out ListedCards, err error) {
	return s.cards(ctx, in.Ref, func(tx store.Tx, c waybill.Connection) (store.Slice[waybill.CardVersion], error) {
		return tx.RateCards().Find(c.ID, in.Since, in.Page)
	})
}

// GetCardVersion reads one.
func (s Session) GetCardVersion(ctx context.Context, in CardEdition) (out ListedCards, err error) {
	return s.cards(ctx, in.Ref, func(tx store.Tx, c waybill.Connection) (store.Slice[waybill.CardVersion], error) {
		v, err := tx.RateCards().Get(c.ID, in.Edition)
		return store.Slice[waybill.CardVersion]{Items: []waybill.CardVersion{v}}, err
	})
}

func (s Session) cards(
	ctx context.Context, ref RecordRef, read func(store.Tx, waybill.Connection) (store.Slice[waybill.CardVersion], error),
) (out ListedCards, err error) {
	c, _, err := s.card(ctx, ref)
	if err != nil {
		return out, err
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		now, err := cardInForce(tx, c.ID)
		if err != nil {
			return err
		}
		out.InForce, out.Connection = now.No, c
		out.Slice, err = read(tx, c)
		return err
	})
	return out, err
}

// cardInForce is the version of a connection's card that holds now; number 0: there is none.
func cardInForce(tx store.Tx, connection waybill.ID) (now waybill.CardVersion, err error) {
	list, err := tx.RateCards().From(connection, tx.Now())
	if n := begun(list, tx.Now(), func(v waybill.CardVersion) waybill.Edition { return v.Edition }); n > 0 {
		now = list[n-1]
	}
	return now, err
}

// RestoreRateCard puts an old version in force once more, under a new number.
func (s Session) RestoreRateCard(ctx context.Context, in CardEdition) (RateCard, error) {
	old, err := s.GetCardVersion(ctx, in)
	if err != nil {
		return RateCard{}, err
	}
	return s.PutRateCard(ctx, PutRateCard{Ref: in.Ref, Text: []byte(old.Items[0].Text), From: in.From, Note: in.Note, Version: s.IfVersion, restores: in.Edition})
}

// WithdrawRateCard takes back a card whose time has not come.
func (s Session) WithdrawRateCard(ctx context.Context, in CardEdition) (struct{}, error) {
	return struct{}{}, again(s.IfVersion, func() error {
		c, _, err := s.card(ctx, in.Ref)
		if err != nil {
			return err
		}
		if s, err = s.owner(c.Row); err != nil {
			return err
		}
		if err := s.meant(c.Row); err != nil {
			return err
		}
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			v, err := tx.RateCards().Get(c.ID, in.Edition)
			if err != nil {
				return err
			}
			if err := s.withdraw(tx, &v.Edition); err != nil {
				return err
			}
			if err := tx.RateCards().Put(&v); err != nil {
				return err
			}
			next := c
			next.Cards = slices.DeleteFunc(slices.Clone(c.Cards), func(d waybill.DatedCard) bool { return d.Edition == in.Edition })
			if err := tx.Connections().Put(&next); err != nil {
				return err
			}
			return s.noteChange(tx, &c, &next)
		})
	})
}

// openAt opens a connection with the rate card in force at a time. Each card is a carrier of its own, kept beside
// the others.
func (e *Engine) openAt(c waybill.Connection, at time.Time) (*carrier.Carrier, error) {
	kept := c
	if card := c.CardAt(at); card != nil {
		kept = folded(c, at)
		kept.ID = waybill.ID(string(c.ID) + "#" + itoa(int(card.Edition)))
	}
	if opened, ok := e.Carriers.Opened(kept); ok {
		return opened, nil
	}
	secrets, err := e.secrets(c)
	if err != nil {
		return nil, err
	}
	return e.openWith(kept, secrets)
}
