package engine

import (
	"reflect"

	"waybill"
	"waybill/store"
)

// The tables as a test key's transactions see them.

type heldKeyed[T any] struct {
	store.Keyed[T]
	held heldTable[T]
}

func (t heldKeyed[T]) Put(record *T) error                       { return t.held.Put(record) }
func (t heldKeyed[T]) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }

func hold[T any](table store.Keyed[T], may func(*T) error) store.Keyed[T] {
	return heldKeyed[T]{table, heldTable[T]{table, may}}
}

// holdSetUp holds a noun of the set-up.
func holdSetUp[T any](tx testTx, table store.Keyed[T]) store.Keyed[T] {
	return hold(table, func(record *T) error { return tx.setUp(any(record).(recorded).Meta().Account) })
}

func (tx testTx) Users() store.Keyed[waybill.User]         { return holdSetUp(tx, tx.Tx.Users()) }
func (tx testTx) Clients() store.Keyed[waybill.Client]     { return holdSetUp(tx, tx.Tx.Clients()) }
func (tx testTx) Brands() store.Keyed[waybill.Brand]       { return holdSetUp(tx, tx.Tx.Brands()) }
func (tx testTx) Locations() store.Keyed[waybill.Location] { return holdSetUp(tx, tx.Tx.Locations()) }
func (tx testTx) Services() store.Keyed[waybill.Service]   { return holdSetUp(tx, tx.Tx.Services()) }
func (tx testTx) PackageSizes() store.Keyed[waybill.PackageSize] {
	return holdSetUp(tx, tx.Tx.PackageSizes())
}
func (tx testTx) Tags() store.Keyed[waybill.Tag] { return holdSetUp(tx, tx.Tx.Tags()) }
func (tx testTx) Addresses() store.Keyed[waybill.SavedAddress] {
	return holdSetUp(tx, tx.Tx.Addresses())
}
func (tx testTx) RuleDrafts() store.Keyed[waybill.RuleDraft] {
	return holdSetUp(tx, tx.Tx.RuleDrafts())
}
func (tx testTx) Erasures() store.Keyed[waybill.Erasure] { return holdSetUp(tx, tx.Tx.Erasures()) }
func (tx testTx) Subscriptions() store.Keyed[waybill.Subscription] {
	return holdSetUp(tx, tx.Tx.Subscriptions())
}

// Accounts holds all of an account but its test clock, which is there for tests.
func (tx testTx) Accounts() store.Keyed[waybill.Account] {
	table := tx.Tx.Accounts()
	return hold(table, func(a *waybill.Account) error {
		if old, err := table.Get(a.ID); err == nil {
			was, next := old, *a
			was.Row, was.Ahead, next.Row, next.Ahead = waybill.Row{}, 0, waybill.Row{}, 0
			if reflect.DeepEqual(was, next) {
				return nil
			}
		}
		return tx.setUp(a.ID)
	})
}

func (tx testTx) Connections() store.Keyed[waybill.Connection] {
	return hold(tx.Tx.Connections(), func(c *waybill.Connection) error { return tx.reach(c.Mode, c.DisplayName) })
}

type heldProducts struct {
	store.Products
	held heldTable[waybill.Product]
}

func (t heldProducts) Put(p *waybill.Product) error              { return t.held.Put(p) }
func (t heldProducts) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Products() store.Products {
	table := tx.Tx.Products()
	return heldProducts{table, heldTable[waybill.Product]{table, func(p *waybill.Product) error { return tx.setUp(p.Account) }}}
}

type heldVersions[T any] struct {
	store.Versions[T]
	may func(*T) error
}

func (t heldVersions[T]) Put(record *T) error {
	if err := t.may(record); err != nil {
		return err
	}
	return t.Versions.Put(record)
}

func (tx testTx) RuleSets() store.Versions[waybill.RuleSet] {
	return heldVersions[waybill.RuleSet]{tx.Tx.RuleSets(), func(r *waybill.RuleSet) error { return tx.setUp(r.Account) }}
}

func (tx testTx) RateCards() store.Versions[waybill.CardVersion] {
	return heldVersions[waybill.CardVersion]{tx.Tx.RateCards(), func(v *waybill.CardVersion) error { return tx.byConnection(v.Connection) }}
}

type heldShipments struct {
	store.Shipments
	held heldTable[waybill.Shipment]
}

func (t heldShipments) Put(sh *waybill.Shipment) error            { return t.held.Put(sh) }
func (t heldShipments) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Shipments() store.Shipments {
	table := tx.Tx.Shipments()
	return heldShipments{table, heldTable[waybill.Shipment]{table, func(sh *waybill.Shipment) error { return tx.byProvider(sh.Provider) }}}
}

type heldReturns struct {
	store.Returns
	held heldTable[waybill.Return]
}

func (t heldReturns) Put(r *waybill.Return) error               { return t.held.Put(r) }
func (t heldReturns) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Returns() store.Returns {
	table := tx.Tx.Returns()
	return heldReturns{table, heldTable[waybill.Return]{table, func(r *waybill.Return) error { return tx.byProvider(r.Provider) }}}
}

type heldPurchases struct {
	store.Purchases
	held heldTable[waybill.Purchase]
}

func (t heldPurchases) Put(p *waybill.Purchase) error             { return t.held.Put(p) }
func (t heldPurchases) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Purchases() store.Purchases {
	table := tx.Tx.Purchases()
	return heldPurchases{table, heldTable[waybill.Purchase]{table, tx.purchased}}
}

// purchased refuses a purchase that was made live: as the shipment or return says that was bought with it, and of an
// earlier one as its connection does.
func (tx testTx) purchased(p *waybill.Purchase) error {
	if err := tx.carried(p.Shipment, p.Return); err != nil {
		return err
	}
	return tx.byConnection(p.Connection)
}

type heldTrackers struct {
	store.Trackers
	held heldTable[waybill.Tracker]
}

func (t heldTrackers) Put(tr *waybill.Tracker) error             { return t.held.Put(tr) }
func (t heldTrackers) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Trackers() store.Trackers {
	table := tx.Tx.Trackers()
	return heldTrackers{table, heldTable[waybill.Tracker]{table, func(t *waybill.Tracker) error {
		if err := tx.carried(t.Shipment, t.Return); err != nil {
			return err
		}
		return tx.byConnection(t.Connection)
	}}}
}

type heldPickups struct {
	store.Pickups
	held heldTable[waybill.Pickup]
}

func (t heldPickups) Put(p *waybill.Pickup) error               { return t.held.Put(p) }
func (t heldPickups) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Pickups() store.Pickups {
	table := tx.Tx.Pickups()
	return heldPickups{table, heldTable[waybill.Pickup]{table, func(p *waybill.Pickup) error { return tx.byProvider(&p.Provider) }}}
}

type heldManifests struct {
	store.Manifests
	held heldTable[waybill.Manifest]
}

func (t heldManifests) Put(m *waybill.Manifest) error             { return t.held.Put(m) }
func (t heldManifests) Delete(id waybill.ID, version int64) error { return t.held.Delete(id, version) }
func (tx testTx) Manifests() store.Manifests {
	table := tx.Tx.Manifests()
	return heldManifests{table, heldTable[waybill.Manifest]{table, func(m *waybill.Manifest) error { return tx.byProvider(&m.Provider) }}}
}

// heldDeliveries lets messages be sent that come of what a test key may do, and none again in an account that ships live:
// who gets them takes them for news of live parcels.
type heldDeliveries struct {
	store.Deliveries
	tx testTx
}

func (t heldDeliveries) Put(d *waybill.Delivery) error {
	if d.Version != 0 {
		if err := t.tx.setUp(d.Account); err != nil {
			return err
		}
	}
	return t.Deliveries.Put(d)
}

func (tx testTx) Deliveries() store.Deliveries { return heldDeliveries{tx.Tx.Deliveries(), tx} }

// heldLedger keeps a test key from the money of an account that ships live. What comes back of a simulated purchase that
// somebody else paid for is no harm.
type heldLedger struct {
	store.Ledger
	tx testTx
}

func (l heldLedger) Post(e *waybill.Entry, floor int64) error {
	switch e.Kind {
	case waybill.EntryCapture, waybill.EntryRelease, waybill.EntryRefund:
	default:
		if err := l.tx.setUp(e.Account); err != nil {
			return err
		}
	}
	return l.Ledger.Post(e, floor)
}

func (tx testTx) Wallet() store.Ledger { return heldLedger{tx.Tx.Wallet(), tx} }
