package sqlstore

import (
	"context"
	"time"

	"waybill"
	"waybill/store"
)

var erasures = define(noun[waybill.Erasure]{
	table: "erasure", columns: []string{"key"}, values: func(*tx, *waybill.Erasure) []any { return []any{""} },
})

// forgetting implements store.Forgetting.
type forgetting struct{ tx *tx }

// Upto is until when shipments have been seen to.
func (f forgetting) Upto(account waybill.ID, kind string) (time.Time, error) {
	upto, err := f.tx.int("select upto from retained where account = $1 and kind = $2", string(account), kind)
	return fromMicro(upto), err
}

// Reached writes that down.
func (f forgetting) Reached(account waybill.ID, kind string, upto time.Time) error {
	_, err := f.tx.exec("insert into retained (account, kind, upto) values ($1, $2, $3) on conflict (account, kind) do update set upto = excluded.upto",
		string(account), kind, micro(upto))
	return err
}

// Events removes the oldest. Those of an account stand in the order in which they happened, but for a moment.
func (f forgetting) Events(account waybill.ID, before time.Time, limit int) (int, error) {
	order := f.tx.store.flavour.eventOrder
	s := (&statement{}).add("delete from event where seq in (select seq from (select seq, at from event where account = ? order by "+order+" limit ?) oldest where at < ?)",
		string(account), int64(limit), micro(before))
	n, err := f.tx.exec(s.text.String(), s.args...)
	return int(n), err
}

// settled are the states of a delivery that nobody waits for.
var settled = []string{"delivered", "dead", "skipped"}

// Deliveries removes the oldest that have ended.
func (f forgetting) Deliveries(account waybill.ID, before time.Time, limit int) (sum int, err error) {
	for _, state := range settled {
		n, err := f.tx.exec("delete from delivery where id in (select id from delivery where account = $1 and state = $2 and created < $3 order by created, id limit $4)",
			string(account), state, micro(before), int64(limit))
		if err != nil {
			return sum, err
		}
		sum += int(n)
	}
	return sum, nil
}

// Rewrite replaces what an event says.
func (f forgetting) Rewrite(event waybill.Event) error {
	body, err := encode(&event)
	if err != nil {
		return f.tx.doom(err)
	}
	_, err = f.tx.exec("update event set body = $1 where shipment = $2 and shipment <> '' and id = $3 and account = $4",
		body, string(event.Shipment), string(event.ID), string(event.Account))
	return err
}

// Requests removes entries of the log.
func (f forgetting) Requests(ids []waybill.ID) error {
	for _, statements := range []struct{ text, column string }{{"delete from carrier_call where request <> '' and ", "request"}, {"delete from request where ", "id"}} {
		if len(ids) == 0 {
			return nil
		}
		s := in((&statement{}).add(statements.text), statements.column, ids)
		if _, err := f.tx.exec(s.text.String(), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// Unused are the blobs that no other document has.
func (f forgetting) Unused(blobs []string, but waybill.ID) (unused []string, err error) {
	for _, blob := range blobs {
		n, err := f.tx.int("select count(*) from document where blob = $1 and blob <> '' and shipment <> $2 and account <> $2", blob, string(but))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			unused = append(unused, blob)
		}
	}
	return unused, nil
}

// Blobs are those of the shipments and returns that go next.
func (f forgetting) Blobs(account waybill.ID, limit int) (all []string, err error) {
	for _, table := range []string{"shipment", "shipment_return"} {
		blobs, err := f.tx.strings("select d.blob from (select id from "+table+" where account = $1 order by created, id limit $2) s join document d on d.shipment = s.id where d.blob <> ''",
			string(account), int64(limit))
		if err != nil {
			return nil, err
		}
		all = append(all, blobs...)
	}
	return all, nil
}

// onShipment are the tables whose records hang on a shipment, or on a return that stands alone. What a purchase was counted
// for goes before it.
var onShipment = []string{"decision", "purchase", "document", "tracker", "hook", "consignment", "carrier_call", "declaration"}

// ofAccount are the tables that are emptied by account, with the column that tells records apart.
var ofAccount = []struct{ table, key string }{
	{"pickup", "id"}, {"manifest", "id"}, {"declaration", "id"}, {"api_key", "id"}, {"address", "id"}, {"registration", "id"}, {"proof", "id"}, {"login", "id"},
	{"saved_view", "id"}, {"erasure", "id"}, {"event", "seq"}, {"request", "id"}, {"carrier_call", "id"}, {"idempotency", "key"}, {"loan", "connection"},
	{"rule_set", "id"}, {"rate_card", "id"}, {"consignment", "shipment"}, {"tally", "key"}, {"term", "id"}, {"retained", "kind"},
}

// onConnection are the tables whose records hang on a connection.
var onConnection = []string{"loan", "pool", "spend"}

// Account removes what an account has.
func (f forgetting) Account(account waybill.ID, limit int) (sum int, err error) {
	count := func(n int, failed error) bool {
		sum, err = sum+n, failed
		return err == nil
	}
	if !count(f.jobs(account, limit)) || !count(f.shipments(account, limit)) || !count(f.returns(account, limit)) || sum > 0 {
		return sum, err
	}
	tables := ofAccount
	if f.tx.store.flavour.changes {
		tables = append(tables[:len(tables):len(tables)], struct{ table, key string }{"tally_change", "seq"})
	}
	for _, of := range tables {
		if !count(f.some(of.table, of.key, account, limit)) {
			return sum, err
		}
	}
	for _, table := range onConnection {
		if !count(f.connections(table, account)) {
			return sum, err
		}
	}
	for _, noun := range setupNouns {
		if noun == accounts.name {
			continue
		}
		if !count(f.some("setup", "id", account, limit, noun)) {
			return sum, err
		}
	}
	for _, state := range append([]string{"pending"}, settled...) {
		n, err := f.tx.exec("delete from delivery where id in (select id from delivery where account = $1 and state = $2 limit $3)", string(account), state, int64(limit))
		if !count(int(n), err) {
			return sum, err
		}
	}
	f.tx.touch(account)
	return sum, err
}

// jobs removes some of the work that waits, but for the removal itself: what it is about goes.
func (f forgetting) jobs(account waybill.ID, limit int) (sum int, err error) {
	for _, kind := range waybill.JobKinds {
		if kind == waybill.JobClose {
			continue
		}
		n, err := f.tx.exec("delete from job where id in (select id from job where ready = 1 and kind = $1 and account = $2 limit $3)", string(kind), string(account), int64(limit))
		if err != nil {
			return sum, err
		}
		sum += int(n)
	}
	n, err := f.tx.exec("delete from job where id in (select id from job where ready = 0 and account = $1 limit $2)", string(account), int64(limit))
	return sum + int(n), err
}

// connections removes what hangs on an account's connections.
func (f forgetting) connections(table string, account waybill.ID) (int, error) {
	n, err := f.tx.exec("delete from "+table+" where connection in (select id from setup where noun = 'connection' and account = $1)", string(account))
	return int(n), err
}

// some removes some records of a table.
func (f forgetting) some(table, key string, account waybill.ID, limit int, noun ...string) (int, error) {
	s := (&statement{}).add("delete from "+table+" where account = ? and "+key+" in (select "+key+" from "+table+" where account = ?", string(account), string(account))
	if len(noun) > 0 {
		s.add(" and noun = ?", noun[0])
	}
	s.add(" limit ?)", int64(limit))
	n, err := f.tx.exec(s.text.String(), s.args...)
	return int(n), err
}

// shipments removes some shipments with what hangs on them.
func (f forgetting) shipments(account waybill.ID, limit int) (int, error) {
	table := shipmentTable{table[waybill.Shipment]{f.tx, &shipments}}
	list, err := table.list(table.where("account = ? order by created, id limit ?", string(account), int64(limit)))
	for i := 0; err == nil && i < len(list); i++ {
		if err = f.hanging(list[i].ID); err == nil {
			err = table.Delete(list[i].ID, list[i].Version)
		}
	}
	return len(list), err
}

// returns removes some returns with what hangs on them.
func (f forgetting) returns(account waybill.ID, limit int) (int, error) {
	ids, err := f.tx.strings("select id from shipment_return where account = $1 order by created, id limit $2", string(account), int64(limit))
	for i := 0; err == nil && i < len(ids); i++ {
		if err = f.hanging(waybill.ID(ids[i])); err == nil {
			_, err = f.tx.exec("delete from return_track where shipment_return = $1", ids[i])
		}
		if err == nil {
			_, err = f.tx.exec("delete from shipment_return where id = $1 and account = $2", ids[i], string(account))
		}
	}
	return len(ids), err
}

func (f forgetting) hanging(id waybill.ID) error {
	if _, err := f.tx.exec("delete from spend_entry where purchase in (select id from purchase where shipment = $1 and shipment <> '')", string(id)); err != nil {
		return err
	}
	for _, table := range onShipment {
		if _, err := f.tx.exec("delete from "+table+" where shipment = $1 and shipment <> ''", string(id)); err != nil {
			return err
		}
	}
	return nil
}

var _ store.Forgetting = forgetting{}

// personal are the tables that a recipient may be in.
const personal = "shipment, term, event, delivery, document, blob, decision, purchase, tracker, shipment_return, declaration, address, request, carrier_call, hook, erasure, " +
	"idempotency, job, pickup"

// Scrub has nothing of what was removed or replaced left in the files. SQLite overwrites it (secure_delete) and here empties
// its log; PostgreSQL forgets the versions of rows that nobody sees any more.
func (s *Store) Scrub(ctx context.Context) error {
	if s.flavour.name == postgresFlavour.name {
		if _, err := s.db.ExecContext(ctx, "vacuum "+personal); err != nil {
			return s.fault(err)
		}
		return nil
	}
	var busy, pages, moved int
	if err := s.db.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &pages, &moved); err != nil {
		return s.fault(err)
	}
	if busy != 0 {
		return waybill.E("store.scrub", waybill.ReasonDatabase, "the log is being read; it is emptied later")
	}
	return nil
}
