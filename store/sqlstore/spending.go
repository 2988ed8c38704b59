package sqlstore

import (
	"database/sql"
	"time"

	"waybill"
	"waybill/store"
)

// spending implements store.Spending. A counter is one row for a connection, currency and day or month, moved by one
// guarded statement; a purchase remembers what it counts for and since when.
type spending struct{ tx *tx }

func (t *tx) Spending() store.Spending { return spending{t} }

// dayOf and monthOf are the periods that a time belongs to: 20261122 and 202611.
func dayOf(t time.Time) int64 {
	y, m, d := t.UTC().Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

func monthOf(t time.Time) int64 { return dayOf(t) / 100 }

// Count makes amount what a purchase counts for.
func (p spending) Count(connection, purchase waybill.ID, amount waybill.Money, limit waybill.SpendLimit) error {
	day, counted, currency, known := dayOf(p.tx.Now()), int64(0), amount.Currency, false
	err := p.tx.each(func(rows *sql.Rows) error {
		known = true
		return rows.Scan(&day, &counted, &currency)
	}, "select day, minor, currency from spend_entry where purchase = $1", string(purchase))
	if err != nil {
		return err
	}
	if known && amount.Currency != "" && amount.Currency != currency || currency == "" {
		return nil // it counts for what it was sold at
	}
	delta := amount.Minor - counted
	if delta == 0 {
		return nil
	}
	if currency != limit.Currency || delta < 0 {
		limit = waybill.SpendLimit{}
	}
	for _, period := range []struct{ number, most int64 }{{day, limit.Day}, {day / 100, limit.Month}} {
		if err := p.move(connection, currency, period.number, delta, period.most); err != nil {
			return err
		}
	}
	_, err = p.tx.exec("insert into spend_entry (purchase, connection, day, minor, currency) values ($1, $2, $3, $4, $5)"+
		" on conflict (purchase) do update set minor = excluded.minor", string(purchase), string(connection), day, amount.Minor, currency)
	return err
}

// move changes a counter, up to a limit where there is one.
func (p spending) move(connection waybill.ID, currency string, period, delta, most int64) error {
	_, err := p.tx.exec("insert into spend (connection, currency, period, minor) values ($1, $2, $3, 0)"+
		" on conflict (connection, currency, period) do nothing", string(connection), currency, period)
	if err != nil {
		return err
	}
	s := (&statement{}).add("update spend set minor = minor + ? where connection = ? and currency = ? and period = ?",
		delta, string(connection), currency, period)
	if most > 0 {
		s.add(" and minor + ? <= ?", delta, most)
	}
	n, err := p.tx.exec(s.text.String(), s.args...)
	if err == nil && n == 0 {
		err = p.tx.doom(waybill.E("store.spending.count", waybill.ReasonSpendLimit, "the connection's limit does not allow it"))
	}
	return err
}

// Of is what counts at a time.
func (p spending) Of(connection waybill.ID, currency string, at time.Time) (day, month int64, err error) {
	err = p.tx.each(func(rows *sql.Rows) error {
		var period, minor int64
		err := rows.Scan(&period, &minor)
		switch period {
		case dayOf(at):
			day = minor
		case monthOf(at):
			month = minor
		}
		return err
	}, "select period, minor from spend where connection = $1 and currency = $2 and period in ($3, $4)",
		string(connection), currency, dayOf(at), monthOf(at))
	return day, month, err
}
