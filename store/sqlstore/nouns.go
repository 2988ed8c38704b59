package sqlstore

import (
	"waybill"
	"waybill/store"
)

// One line per noun of store.Tx.

func (t *tx) Accounts() store.Keyed[waybill.Account] {
	return accountTable{keyed[waybill.Account]{table: table[waybill.Account]{t, &accounts}}}
}
func (t *tx) Users() store.Keyed[waybill.User]         { return keep(t, &users) }
func (t *tx) Clients() store.Keyed[waybill.Client]     { return keep(t, &clients) }
func (t *tx) APIKeys() store.Keyed[waybill.APIKey]     { return keep(t, &apiKeys) }
func (t *tx) Brands() store.Keyed[waybill.Brand]       { return keep(t, &brands) }
func (t *tx) Locations() store.Keyed[waybill.Location] { return keep(t, &locations) }
func (t *tx) Connections() store.Keyed[waybill.Connection] {
	return keyed[waybill.Connection]{table: table[waybill.Connection]{t, &connections}, lent: true}
}
func (t *tx) Services() store.Keyed[waybill.Service]         { return keep(t, &services) }
func (t *tx) PackageSizes() store.Keyed[waybill.PackageSize] { return keep(t, &packageSizes) }
func (t *tx) Products() store.Products {
	return productTable{keyed[waybill.Product]{table: table[waybill.Product]{t, &products}}}
}
func (t *tx) Tags() store.Keyed[waybill.Tag]                   { return keep(t, &tags) }
func (t *tx) Rules() store.Keyed[waybill.Rule]                 { return keep(t, &rules) }
func (t *tx) RuleDrafts() store.Keyed[waybill.RuleDraft]       { return keep(t, &ruleDrafts) }
func (t *tx) Subscriptions() store.Keyed[waybill.Subscription] { return keep(t, &subscriptions) }
func (t *tx) Addresses() store.Keyed[waybill.SavedAddress]     { return keep(t, &addresses) }
func (t *tx) Logins() store.Keyed[waybill.Login]               { return keep(t, &logins) }
func (t *tx) Erasures() store.Keyed[waybill.Erasure]           { return keep(t, &erasures) }
func (t *tx) Forgetting() store.Forgetting                     { return forgetting{t} }
func (t *tx) SavedViews() store.Keyed[waybill.SavedView]       { return keep(t, &savedViews) }
func (t *tx) Registrations() store.Keyed[waybill.Registration] { return keep(t, &registrations) }
func (t *tx) Proofs() store.Keyed[waybill.Proof]               { return keep(t, &proofs) }

func (t *tx) Shipments() store.Shipments {
	return shipmentTable{table[waybill.Shipment]{t, &shipments}}
}
func (t *tx) Decisions() store.Child[waybill.Decision] {
	return child[waybill.Decision]{table[waybill.Decision]{t, &decisions}}
}
func (t *tx) Purchases() store.Purchases {
	return purchaseTable{child[waybill.Purchase]{table[waybill.Purchase]{t, &purchases}}}
}
func (t *tx) Documents() store.Child[waybill.Document] {
	return child[waybill.Document]{table[waybill.Document]{t, &documents}}
}
func (t *tx) Returns() store.Returns {
	return returnTable{child[waybill.Return]{table[waybill.Return]{t, &returns}}}
}
func (t *tx) Pickups() store.Pickups { return pickupTable{table[waybill.Pickup]{t, &pickups}} }
func (t *tx) Manifests() store.Manifests {
	return manifestTable{table[waybill.Manifest]{t, &manifests}}
}
func (t *tx) Consignments() store.Consignments { return consignmentTable{t} }
func (t *tx) Declarations() store.Declarations {
	return declarationTable{child[waybill.Declaration]{table[waybill.Declaration]{t, &declarations}}}
}
func (t *tx) Hooks() store.Child[waybill.Subscription] {
	return child[waybill.Subscription]{table[waybill.Subscription]{t, &hooks}}
}
func (t *tx) Trackers() store.Trackers {
	return trackerTable{child[waybill.Tracker]{table[waybill.Tracker]{t, &trackers}}}
}
func (t *tx) Deliveries() store.Deliveries {
	return deliveryTable{table[waybill.Delivery]{t, &deliveries}}
}
func (t *tx) Events() store.Events     { return eventTable{t} }
func (t *tx) Keys() store.Keys         { return keyTable{t} }
func (t *tx) Audit() store.Audit       { return auditTable{table[waybill.AuditEntry]{t, &audit}} }
func (t *tx) Requests() store.Requests { return requestTable{table[waybill.APIRequest]{t, &requests}} }
func (t *tx) Calls() store.Calls       { return callTable{table[waybill.CarrierCall]{t, &calls}} }
func (t *tx) Pool() store.Pool         { return poolTable{t} }
func (t *tx) Wallet() store.Ledger     { return ledger{t} }

// accountTable is the accounts: each belongs to itself, so that its own actors see it.
type accountTable struct{ keyed[waybill.Account] }

// Put writes an account.
func (a accountTable) Put(v *waybill.Account) error {
	v.Account = v.ID
	return a.keyed.Put(v)
}
