package sqlstore

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// poolTable implements store.Pool. A number that was taken stays, marked, so that it never comes in again.
type poolTable struct{ tx *tx }

// addedAtOnce is how many numbers one statement puts in at most.
const addedAtOnce = 64

// Add puts numbers in, in their order.
func (p poolTable) Add(connection waybill.ID, numbers []string, usable time.Time) error {
	const op = "store.pool.add"
	if err := p.sees(op, connection); err != nil {
		return p.tx.doom(err)
	}
	for part := range slices.Chunk(numbers, addedAtOnce) {
		args := make([]any, 0, 4*len(part))
		for _, number := range part {
			args = append(args, string(connection), number, micro(usable), int64(0))
		}
		if err := checkKeys(op, args); err != nil {
			return p.tx.doom(err)
		}
		if _, err := p.tx.exec(insertPool(p.tx.store.flavour, len(part)), args...); err != nil {
			return err
		}
	}
	return nil
}

// insertPool is the statement that inserts so many numbers and passes over those that are there.
func insertPool(f flavour, numbers int) string {
	return inserts.get(insert{f.insertNew + "pool", numbers}, func() string {
		values := strings.Repeat(", (?, ?, ?, ?)", numbers)[len(", "):]
		s := (&statement{}).add(f.insertNew+"pool (connection, track, usable, taken) values "+values, make([]any, 4*numbers)...)
		return s.text.String() + f.passOver
	})
}

// Take takes the n oldest numbers, or none. Of several takers at once each looks past the others' rows.
func (p poolTable) Take(connection waybill.ID, n int) ([]string, error) {
	if err := p.sees("store.pool.take", connection); err != nil || n <= 0 {
		return nil, err
	}
	if !p.tx.writes {
		return nil, p.tx.doom(waybill.E("store.view", waybill.ReasonBug, "a View must not write"))
	}
	s := (&statement{}).add("select seq, track from pool where connection = ? and taken = 0 and usable <= ? order by seq limit ?",
		string(connection), micro(p.tx.Now()), int64(n))
	s.add(p.tx.store.flavour.skip)
	type place struct {
		seq   int64
		track string
	}
	var places []place
	err := p.tx.each(func(rows *sql.Rows) error {
		var at place
		err := rows.Scan(&at.seq, &at.track)
		places = append(places, at)
		return err
	}, s.text.String(), s.args...)
	if err != nil || len(places) < n {
		return nil, err
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.seq, b.seq) })
	numbers := make([]string, n)
	for i, at := range places {
		if _, err := p.tx.exec("update pool set taken = 1 where seq = $1", at.seq); err != nil {
			return nil, err
		}
		numbers[i] = at.track
	}
	return numbers, nil
}

// Drop takes all that are left, for nobody.
func (p poolTable) Drop(connection waybill.ID) error {
	if err := p.sees("store.pool.drop", connection); err != nil {
		return err
	}
	_, err := p.tx.exec("update pool set taken = 1 where connection = $1 and taken = 0", string(connection))
	return err
}

// Left counts the numbers that can still be taken.
func (p poolTable) Left(connection waybill.ID) (int, error) {
	if err := p.sees("store.pool.left", connection); err != nil {
		return 0, err
	}
	n, err := p.tx.int("select count(*) from pool where connection = $1 and taken = 0", string(connection))
	return int(n), err
}

// sees is nil when the actor sees the connection: its own, or one that it was lent.
func (p poolTable) sees(op string, connection waybill.ID) error {
	if p.tx.actor.Everywhere() {
		return nil
	}
	k := keyed[waybill.Connection]{table: table[waybill.Connection]{p.tx, &connections}, lent: true}
	s := (&statement{}).add("select 1 from setup where noun = 'connection' and id = ?", string(connection))
	k.visible(s, unindexed)
	n, err := p.tx.int(s.text.String(), s.args...)
	if err == nil && n == 0 {
		err = waybill.E(op, waybill.ReasonUnknownRecord, "there is no such connection")
	}
	return err
}

var _ store.Pool = poolTable{}
