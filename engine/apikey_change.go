package engine

import (
	"context"
	"strings"

	"waybill"
)

// ChangeAPIKey changes the name, the end, the grants or the scopes of a key of the session's own account, which may do
// no more afterwards than who changes it. The rest of a key stays: make another one. One that is over or was rotated is
// Conflict, ReasonTaken.
func (s Session) ChangeAPIKey(ctx context.Context, in ChangeRecord[waybill.APIKey]) (key waybill.APIKey, err error) {
	err = again(s.IfVersion, func() error {
		key, err = s.changeKey(ctx, in)
		return err
	})
	return key, err
}

func (s Session) changeKey(ctx context.Context, in ChangeRecord[waybill.APIKey]) (waybill.APIKey, error) {
	old, err := s.ownKey(ctx, in.Ref.ID)
	if err != nil {
		return old, err
	}
	if keyOver(old, s.Clock.Now()) {
		return old, waybill.E("key", waybill.ReasonTaken, "the key is over, or was rotated")
	}
	wanted := old
	if err := in.Change(&wanted); err != nil {
		return old, err
	}
	next := old
	next.Name, next.Expires, next.Scopes = strings.TrimSpace(wanted.Name), wanted.Expires, wanted.Scopes
	if next.Grants, err = s.childrenNamed(ctx, wanted.Grants); err != nil {
		return old, err
	}
	if err := s.checkKey(ctx, next); err != nil {
		return old, err
	}
	return s.putKey(ctx, &old, next)
}
