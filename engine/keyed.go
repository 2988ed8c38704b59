package engine

import (
	"crypto/sha256"
	"encoding/hex"

	"waybill"
	"waybill/store"
)

// keyedID is the id that follows from a caller's key, so that the database itself takes it once.
func (s Session) keyedID(noun, key string) waybill.ID {
	sum := sha256.Sum256([]byte(noun + "\x00" + string(s.Actor.Account) + "\x00" + s.Actor.Dialect + "\x00" + key))
	return waybill.ID(hex.EncodeToString(sum[:12]))
}

// standsFor finds the record that a caller's key stands for; known is false when the key is new. Digest is what the
// record was asked for with: another request with the same key is ReasonKeyReused.
func standsFor[T any](
	tx store.Tx, table interface{ Get(waybill.ID) (T, error) }, digest func(T) string, id waybill.ID, hash string,
) (found T, known bool, err error) {
	found, err = table.Get(id)
	switch {
	case waybill.IsCode(err, waybill.NotFound):
		return found, false, nil
	case err == nil && digest(found) != hash:
		var none T
		return none, false, waybill.E("key", waybill.ReasonKeyReused, "the key was used before with another request")
	}
	if err == nil {
		tx.Actor().Subject.Recall()
	}
	return found, err == nil, err
}

func digestOfPickup(p waybill.Pickup) string { return p.Digest }

func digestOfManifest(m waybill.Manifest) string { return m.Digest }
