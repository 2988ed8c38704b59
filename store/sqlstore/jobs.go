package sqlstore

import (
	"database/sql"
	"maps"
	"slices"

	"waybill"
)

// A job is ready when it may be claimed as soon as it is due. One without a lane always is. Of a lane's
// open jobs one is ready, the oldest: a unique index sees to it. The next one becomes ready when that
// one is done or buried, as the last act of the transaction that ends it.

// Enqueue adds a job unless one with its key is open.
func (t *tx) Enqueue(job waybill.Job) error {
	const op = "store.enqueue"
	if err := t.usable(); err != nil {
		return err
	}
	if err := t.sees(op, job.Account, waybill.ReasonUnknownRecord); err != nil {
		return t.doom(err)
	}
	if err := checkKeys(op, []any{job.Key, job.Lane}); err != nil {
		return t.doom(err)
	}
	now := t.Now()
	if job.Due.IsZero() {
		job.Due = now
	}
	if job.Payload == nil {
		job.Payload = []byte{}
	}
	n, err := t.exec("insert into job (id, account, kind, key, lane, subject, due, attempt, ready, buried, created, error, payload)"+
		" values ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, $9, '', $10)"+
		" on conflict (account, key) where key <> '' and buried = 0 do nothing",
		string(job.ID), string(job.Account), string(job.Kind), job.Key, job.Lane, string(job.Subject), micro(job.Due),
		bit(job.Lane == ""), micro(now), job.Payload)
	if err == nil && n > 0 {
		t.stir(job.Lane)
	}
	return err
}

// Finish removes a job together with its effect.
func (t *tx) Finish(job waybill.Job) error {
	s := (&statement{}).add("delete from job where id = ? and attempt = ? and buried = 0", string(job.ID), int64(job.Attempt))
	t.stir(job.Lane)
	return t.settle("store.finish", t.scope(s))
}

// settle runs the one statement that ends or moves a held job; the attempt tells whether it is still ours.
func (t *tx) settle(op string, s *statement) error {
	n, err := t.exec(s.text.String(), s.args...)
	if err == nil && n == 0 {
		err = t.doom(waybill.E(op, waybill.ReasonVersion, "another worker has the job, or it is done"))
	}
	return err
}

// Unqueue removes an open job by its key, whoever holds it.
func (t *tx) Unqueue(name string) error {
	if name == "" || !keepable(name) {
		return nil
	}
	s := (&statement{}).add("select lane from job where key = ? and key <> '' and buried = 0", name)
	lanes, err := t.strings(t.scope(s).text.String(), s.args...)
	if err != nil {
		return err
	}
	for _, lane := range lanes {
		t.stir(lane)
	}
	s = (&statement{}).add("delete from job where key = ? and key <> '' and buried = 0", name)
	_, err = t.exec(t.scope(s).text.String(), s.args...)
	return err
}

// Hurry makes due now what waits in a lane, up to the job about the subject. One that is held has been claimed and has
// no error, for claiming it takes that away: its due time is its lease, and not to be touched.
func (t *tx) Hurry(lane string, subject waybill.ID) (bool, error) {
	if lane == "" || !keepable(lane) || !keepable(string(subject)) {
		return false, nil
	}
	s := (&statement{}).add("select id from job where lane = ? and lane <> '' and buried = 0", lane)
	if subject != "" {
		s.add(" and subject = ?", string(subject))
	}
	t.scope(s).add(" order by id desc limit 1")
	last, err := t.strings(s.text.String(), s.args...)
	if err != nil || len(last) == 0 {
		return false, err
	}
	now := micro(t.Now())
	s = (&statement{}).add("update job set due = ? where lane = ? and lane <> '' and buried = 0 and id <= ?", now, lane, last[0])
	t.scope(s.add(" and due > ? and (attempt = 0 or error <> '')", now))
	t.stir(lane)
	_, err = t.exec(s.text.String(), s.args...)
	return true, err
}

// stir notes that jobs changed: waiters wake after the commit, and the lane's next job may be ready.
func (t *tx) stir(lane string) {
	t.wake = true
	if lane == "" {
		return
	}
	if t.lanes == nil {
		t.lanes = map[string]bool{}
	}
	t.lanes[lane] = true
}

// promote makes the oldest open job of each changed lane ready, where none is. With many writers the
// lane's lock makes sure that each sees what the other did.
func (t *tx) promote() error {
	for _, lane := range slices.Sorted(maps.Keys(t.lanes)) {
		if lock := t.store.flavour.lock; lock != "" {
			s := (&statement{}).add(lock, lane)
			if err := t.each(func(*sql.Rows) error { return nil }, s.text.String(), s.args...); err != nil {
				return err
			}
		}
		_, err := t.exec("update job set ready = 1 where id = (select id from job where lane = $1 and lane <> '' and buried = 0 order by id limit 1)"+
			" and not exists (select 1 from job where lane = $2 and lane <> '' and ready = 1)", lane, lane)
		if err != nil {
			return err
		}
	}
	return nil
}
