package sqlstore

import (
	"time"

	"waybill"
)

// KeyUsed notes when a key was last used. A key that is of another version by now, or gone, is left alone: it is noted
// with the next use.
func (t *tx) KeyUsed(key waybill.APIKey, at time.Time) error {
	if err := t.usable(); err != nil {
		return err
	}
	if err := t.sees("store.api_key.used", key.Account, waybill.ReasonUnknownRecord); err != nil {
		return t.doom(err)
	}
	key.LastUsed = &at
	body, err := encode(&key)
	if err != nil {
		return t.doom(err)
	}
	_, err = t.exec("update api_key set body = $1 where id = $2 and account = $3 and version = $4", body, string(key.ID), string(key.Account), key.Version)
	return err
}
