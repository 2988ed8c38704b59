package sqlstore

import (
	"database/sql"
	"time"

	"waybill"
	"waybill/store"
)

// keyName is an idempotency key within the installation.
type keyName struct {
	account waybill.ID
	surface string
	key     string
}

// keyTable implements store.Keys.
type keyTable struct{ tx *tx }

// Get reads a key of the actor's account; one that has expired is not there.
func (k keyTable) Get(surface, key string) (store.Key, bool, error) {
	if !keepable(surface) || !keepable(key) {
		return store.Key{}, false, nil
	}
	name := keyName{k.tx.actor.Account, surface, key}
	found := store.Key{Account: name.account, Surface: surface, Key: key}
	var running, expires int64
	ok := false
	err := k.tx.each(func(rows *sql.Rows) error {
		ok = true
		return rows.Scan(&found.Hash, &found.Verb, &running, &found.Subject, &found.Reason, &found.Answer, &expires)
	}, "select hash, verb, running, subject, reason, answer, expires from idempotency where account = $1 and surface = $2 and key = $3",
		string(name.account), surface, key)
	if err != nil || !ok || expires <= micro(k.tx.Now()) {
		return store.Key{}, false, err
	}
	found.Running, found.Expires = running == 1, fromMicro(expires)
	if k.tx.keys == nil {
		k.tx.keys = map[keyName]store.Key{}
	}
	k.tx.keys[name] = found
	return found, true, nil
}

// Put inserts or replaces. A running key that this transaction has not read takes the place of none but
// an expired one; that it has read, of what it read: of two who begin at once, one is refused.
func (k keyTable) Put(key store.Key) error {
	const op = "store.keys.put"
	if err := k.tx.usable(); err != nil {
		return err
	}
	if err := k.tx.sees(op, key.Account, waybill.ReasonUnknownRecord); err != nil {
		return k.tx.doom(err)
	}
	if err := checkKeys(op, []any{key.Surface, key.Key}); err != nil {
		return k.tx.doom(err)
	}
	s := (&statement{}).add("insert into idempotency (account, surface, key, hash, verb, running, subject, reason, answer, expires)"+
		" values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (account, surface, key) do update set hash = excluded.hash,"+
		" verb = excluded.verb, running = excluded.running, subject = excluded.subject, reason = excluded.reason, answer = excluded.answer, expires = excluded.expires",
		string(key.Account), key.Surface, key.Key, key.Hash, key.Verb, bit(key.Running), string(key.Subject), string(key.Reason), key.Answer, micro(key.Expires))
	name := keyName{key.Account, key.Surface, key.Key}
	if seen, ok := k.tx.keys[name]; key.Running && ok {
		s.add(" where idempotency.hash = ? and idempotency.running = ? and idempotency.expires = ?", seen.Hash, bit(seen.Running), micro(seen.Expires))
	} else if key.Running {
		s.add(" where idempotency.expires <= ?", micro(k.tx.Now()))
	}
	n, err := k.tx.exec(s.text.String(), s.args...)
	if err == nil && n == 0 {
		err = k.tx.doom(waybill.E(op, waybill.ReasonKeyRunning, "a request with this key is running"))
	}
	if err == nil {
		if k.tx.keys == nil {
			k.tx.keys = map[keyName]store.Key{}
		}
		key.Expires = fromMicro(micro(key.Expires))
		k.tx.keys[name] = key
	}
	return err
}

// Expire removes keys past their time, at most limit of them.
func (k keyTable) Expire(now time.Time, limit int) (int, error) {
	s := (&statement{}).add("delete from idempotency where (account, surface, key) in (select account, surface, key from idempotency where expires <= ?", micro(now))
	k.tx.scope(s).add(" order by expires limit ?)", int64(limit))
	n, err := k.tx.exec(s.text.String(), s.args...)
	return int(n), err
}
