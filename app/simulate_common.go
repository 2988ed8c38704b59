package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"waybill"
	"waybill/store"
)

// commonMemory is a simulator's memory in the database, which all nodes of an installation share. Each entry is kept under
// its number, as a key that one node alone can take: so an entry has one place, and none is lost with a node.
type commonMemory struct {
	store   store.Store
	surface string
}

// commonKept is until when the entries are: for good.
var commonKept = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// commonPart is how many entries are read at a time.
const commonPart = 200

func commonKey(place int) string { return fmt.Sprintf("%09d", place) }

// Since lists the entries from a place on.
func (m *commonMemory) Since(place int) (list [][]byte, err error) {
	for {
		part, err := m.part(place + len(list))
		list = append(list, part...)
		if err != nil || len(part) < commonPart {
			return list, err
		}
	}
}

func (m *commonMemory) part(place int) (list [][]byte, err error) {
	err = m.store.View(context.Background(), waybill.System(""), func(tx store.Tx) error {
		list = nil
		for len(list) < commonPart {
			key, known, err := tx.Keys().Get(m.surface, commonKey(place+len(list)))
			if err != nil || !known {
				return err
			}
			entry, err := base64.StdEncoding.DecodeString(key.Answer)
			if err != nil {
				return err
			}
			list = append(list, entry)
		}
		return nil
	})
	return list, err
}

// Append adds an entry, unless another node's has its place.
func (m *commonMemory) Append(place int, entry []byte) (bool, error) {
	err := m.store.Update(context.Background(), waybill.System(""), func(tx store.Tx) error {
		return tx.Keys().Put(store.Key{
			Surface: m.surface, Key: commonKey(place), Answer: base64.StdEncoding.EncodeToString(entry), Expires: commonKept, Running: true,
		})
	})
	if waybill.ReasonOf(err) == waybill.ReasonKeyRunning {
		return false, nil
	}
	return err == nil, err
}
