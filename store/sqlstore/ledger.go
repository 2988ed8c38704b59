package sqlstore

import (
	"database/sql"
	"slices"
	"time"

	"waybill"
	"waybill/store"
)

// ledger implements store.Ledger. A wallet is one row with the balance of each book; every entry moves it by
// one guarded statement, whose row lock makes all others wait until the transaction has ended.
type ledger struct{ tx *tx }

// moves is by how much an entry changes each book of its wallet.
type moves struct{ funding, available, held, spent int64 }

// Post adds an entry and moves the wallet's books.
func (l ledger) Post(e *waybill.Entry, floor int64) error {
	const op = "store.wallet.post"
	if err := l.tx.usable(); err != nil {
		return err
	}
	if err := l.tx.sees(op, e.Account, waybill.ReasonUnknownRecord); err != nil {
		return l.tx.doom(err)
	}
	if e.ID == "" || e.Amount.Currency == "" || e.Amount.Minor < 0 && e.Kind != waybill.EntryAdjustment {
		return l.tx.doom(waybill.E(op, waybill.ReasonBug, "an entry without id or currency, or a negative %s", e.Kind))
	}
	if err := l.tx.tell(); err != nil { // now rather than while others wait for the wallet
		return err
	}
	amount, held, err := l.amounts(op, e)
	if err != nil {
		return err
	}
	postings := waybill.Post(e.Kind, amount, held)
	m := movesOf(postings)
	if m.funding+m.available+m.held+m.spent != 0 || len(postings) == 0 {
		return l.tx.doom(waybill.E(op, waybill.ReasonBug, "the postings of a %s do not sum to zero", e.Kind))
	}
	after, number, err := l.move(op, e, m, floor)
	if err != nil {
		return err
	}
	now := l.tx.Now()
	_, err = l.tx.exec("insert into entry (id, account, currency, number, created, kind, amount, funding, available, held, spent,"+
		" hold, purchase, shipment, shipment_return, cause, actor, after)"+
		" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
		string(e.ID), string(e.Account), e.Amount.Currency, number, micro(now), string(e.Kind), amount, m.funding, m.available, m.held, m.spent,
		string(e.Hold), string(e.Purchase), string(e.Shipment), string(e.Return), clean(e.Cause), clean(e.Actor), after)
	if err != nil {
		return err
	}
	l.tx.undo = append(l.tx.undo, undo{&e.Row, e.Row})
	e.Number, e.Version, e.Created, e.Updated = number, 1, now, now
	e.Amount.Minor, e.Postings, e.After = amount, postings, after
	return nil
}

// amounts are what an entry moves, and the amount of the hold that it ends: a release moves all of it, a
// capture at most that.
func (l ledger) amounts(op string, e *waybill.Entry) (amount, held int64, err error) {
	if e.Kind != waybill.EntryCapture && e.Kind != waybill.EntryRelease {
		return e.Amount.Minor, 0, nil
	}
	found := false
	err = l.tx.each(func(rows *sql.Rows) error { found = true; return rows.Scan(&held) },
		"select amount from entry where id = $1 and account = $2 and currency = $3 and kind = 'hold'",
		string(e.Hold), string(e.Account), e.Amount.Currency)
	switch {
	case err != nil:
		return 0, 0, err
	case !found:
		return 0, 0, l.tx.doom(waybill.E(op, waybill.ReasonUnknownRecord, "there is no such hold"))
	case e.Kind == waybill.EntryRelease:
		return held, held, nil
	}
	return min(e.Amount.Minor, held), held, nil
}

func movesOf(postings []waybill.Posting) (m moves) {
	for _, p := range postings {
		switch p.Book {
		case waybill.BookFunding:
			m.funding += p.Minor
		case waybill.BookAvailable:
			m.available += p.Minor
		case waybill.BookHeld:
			m.held += p.Minor
		case waybill.BookSpent:
			m.spent += p.Minor
		}
	}
	return m
}

// move changes the wallet if its guards allow it, and answers what is available then and the entry's number.
func (l ledger) move(op string, e *waybill.Entry, m moves, floor int64) (after, number int64, err error) {
	s := (&statement{}).add("update wallet set entries = entries + 1, funding = funding + ?, available = available + ?, held = held + ?,"+
		" spent = spent + ? where account = ? and currency = ? and held + ? >= 0",
		m.funding, m.available, m.held, m.spent, string(e.Account), e.Amount.Currency, m.held)
	if m.available < 0 && e.Kind != waybill.EntryAdjustment {
		s.add(" and available + ? >= 0", m.available)
	}
	if e.Kind == waybill.EntryHold {
		s.add(" and available >= ?", floor)
	}
	s.add(" returning available, entries")
	for first := true; ; first = false {
		moved := false
		err = l.tx.returning(func(rows *sql.Rows) error { moved = true; return rows.Scan(&after, &number) }, s.text.String(), s.args...)
		if err != nil || moved {
			return after, number, err
		}
		if !first {
			break
		}
		_, err = l.tx.exec("insert into wallet (account, currency, entries, funding, available, held, spent) values ($1, $2, 0, 0, 0, 0, 0)"+
			" on conflict (account, currency) do nothing", string(e.Account), e.Amount.Currency)
		if err != nil {
			return 0, 0, err
		}
	}
	if e.Hold != "" {
		return 0, 0, l.tx.doom(waybill.E(op, waybill.ReasonTaken, "the hold has ended already"))
	}
	return 0, 0, l.tx.doom(waybill.E(op, waybill.ReasonBalance, "the wallet's balance does not allow it"))
}

const entryColumns = "id, account, currency, number, created, kind, amount, funding, available, held, spent, hold, purchase, shipment, shipment_return, cause, actor, after"

func (l ledger) entries(s *statement) (list []waybill.Entry, err error) {
	err = l.tx.each(func(rows *sql.Rows) error {
		var e waybill.Entry
		var m moves
		var created int64
		err := rows.Scan(&e.ID, &e.Account, &e.Amount.Currency, &e.Number, &created, &e.Kind, &e.Amount.Minor, &m.funding, &m.available, &m.held, &m.spent,
			&e.Hold, &e.Purchase, &e.Shipment, &e.Return, &e.Cause, &e.Actor, &e.After)
		e.Version, e.Created, e.Updated = 1, fromMicro(created), fromMicro(created)
		e.Postings = waybill.Post(e.Kind, e.Amount.Minor, -m.held)
		list = append(list, e)
		return err
	}, s.text.String(), s.args...)
	return list, err
}

// Get reads one entry.
func (l ledger) Get(id waybill.ID) (waybill.Entry, error) {
	s := (&statement{}).add("select "+entryColumns+" from entry where id = ?", string(id))
	list, err := l.entries(l.tx.scopeBy(s, unindexed))
	if err == nil && len(list) == 0 {
		err = waybill.E("store.wallet.get", waybill.ReasonUnknownRecord, "there is no such entry")
	}
	if err != nil {
		return waybill.Entry{}, err
	}
	return list[0], nil
}

// Balance reads a wallet; one that does not exist, or is another's, is all zero.
func (l ledger) Balance(account waybill.ID, currency string) (waybill.Balance, error) {
	s := (&statement{}).add(selectBalance+" where account = ? and currency = ?", string(account), currency)
	list, err := l.balances(l.tx.scopeBy(s, unindexed))
	if err != nil || len(list) == 0 {
		return waybill.Balance{Account: account, Currency: currency}, err
	}
	return list[0], nil
}

// Balances reads the wallets that the actor sees.
func (l ledger) Balances() ([]waybill.Balance, error) {
	s := (&statement{}).add(selectBalance + " where 1=1")
	return l.balances(l.tx.scope(s).add(" order by account, currency"))
}

const selectBalance = "select account, currency, funding, available, held, spent from wallet"

func (l ledger) balances(s *statement) (list []waybill.Balance, err error) {
	err = l.tx.each(func(rows *sql.Rows) error {
		var b waybill.Balance
		err := rows.Scan(&b.Account, &b.Currency, &b.Funding, &b.Available, &b.Held, &b.Spent)
		list = append(list, b)
		return err
	}, s.text.String(), s.args...)
	return list, err
}

// Of reads what moved for a purchase, oldest first.
func (l ledger) Of(purchase waybill.ID) ([]waybill.Entry, error) {
	s := (&statement{}).add("select "+entryColumns+" from entry where purchase = ? and purchase <> ''", string(purchase))
	return l.entries(l.tx.scopeBy(s, unindexed).add(" order by number, id"))
}

// Entries lists a wallet's entries by their numbers, which is the order in which they took effect.
func (l ledger) Entries(account waybill.ID, currency string, since time.Time, page store.Page) (slice store.Slice[waybill.Entry], err error) {
	if !l.tx.actor.Sees(account) {
		return slice, nil
	}
	page.Order = ""
	list, err := l.tx.store.cursors.list(l.tx.actor, []any{"wallet", account, currency, since}, page)
	if err != nil {
		return slice, l.tx.doom(err)
	}
	s := (&statement{}).add("select "+entryColumns+" from entry where account = ? and currency = ?", string(account), currency)
	if !since.IsZero() {
		s.add(" and created >= ?", micro(since))
	}
	var at *position
	cursor, back := page.After, page.Before != ""
	if back {
		cursor = page.Before
	}
	compare, order := " < ?", " order by number desc"
	if page.Ascending != back {
		compare, order = " > ?", " order by number"
	}
	if cursor != "" {
		place, err := l.tx.store.cursors.read(list, cursor)
		if err != nil {
			return slice, err
		}
		if at = &place; at.from != back { // the entry itself lies ahead
			compare = compare[:2] + "= ?"
		}
		s.add(" and number"+compare, at.key)
	}
	s.add(order+" limit ? offset ?", int64(page.Limit+1), int64(page.Offset))
	if slice.Items, err = l.entries(s); err != nil {
		return slice, err
	}
	keys := make([]key, len(slice.Items))
	for i, e := range slice.Items {
		keys[i] = key{sort: e.Number}
	}
	var on *key
	if len(keys) > page.Limit {
		keys, slice.Items = keys[:page.Limit], slice.Items[:page.Limit]
		if len(keys) > 0 {
			on = &keys[len(keys)-1]
		}
	}
	slice.Next, slice.Prev = l.tx.store.cursors.around(list, keys, on, at, back)
	if back {
		slices.Reverse(slice.Items)
	}
	return slice, nil
}

// Sums adds up all postings that the actor sees, from the entries.
func (l ledger) Sums() (map[string]map[waybill.Book]int64, error) {
	l.tx.long()
	s := (&statement{}).add("select currency, cast(sum(funding) as bigint), cast(sum(available) as bigint), cast(sum(held) as bigint)," +
		" cast(sum(spent) as bigint) from entry where 1=1")
	sums := map[string]map[waybill.Book]int64{}
	l.tx.scope(s).add(" group by currency")
	err := l.tx.each(func(rows *sql.Rows) error {
		var currency string
		var m moves
		err := rows.Scan(&currency, &m.funding, &m.available, &m.held, &m.spent)
		sums[currency] = map[waybill.Book]int64{
			waybill.BookFunding: m.funding, waybill.BookAvailable: m.available, waybill.BookHeld: m.held, waybill.BookSpent: m.spent,
		}
		return err
	}, s.text.String(), s.args...)
	return sums, err
}

var _ store.Ledger = ledger{}
