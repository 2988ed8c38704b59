package sqlstore

import (
	"waybill"
	"waybill/store"
)

var declarations = define(noun[waybill.Declaration]{
	table:   "declaration",
	columns: []string{"shipment", "client", "track", "licence"},
	values: func(_ *tx, v *waybill.Declaration) []any {
		return []any{string(v.Shipment), string(v.Client), v.Number, v.Licence}
	},
})

// declarationTable implements store.Declarations.
type declarationTable struct{ child[waybill.Declaration] }

// ByNumber reads what a client declared under a number.
func (d declarationTable) ByNumber(client waybill.ID, number string) (waybill.Declaration, error) {
	if !keepable(number) {
		return waybill.Declaration{}, waybill.E("store.declaration.by_number", waybill.ReasonUnknownRecord, "there is no such record")
	}
	s := d.where("client = ? and track = ?", string(client), number)
	return d.one("by_number", d.tx.scopeBy(s, unindexed))
}

// ByLicence reads the declaration of an account that was given a licence.
func (d declarationTable) ByLicence(account waybill.ID, licence string) (waybill.Declaration, error) {
	if !keepable(licence) || licence == "" {
		return waybill.Declaration{}, waybill.E("store.declaration.by_licence", waybill.ReasonUnknownRecord, "there is no such record")
	}
	s := d.where("account = ? and licence = ? and licence <> ''", string(account), licence)
	return d.one("by_licence", d.tx.scopeBy(s, unindexed))
}

// Find lists by cursor.
func (d declarationTable) Find(q store.DeclarationQuery, page store.Page) (store.Slice[waybill.Declaration], error) {
	return partOf(d.table, q, page, func(s *statement) bool {
		if q.Shipment != "" {
			s.add(" and shipment = ?", string(q.Shipment))
		}
		if !q.UpdatedFrom.IsZero() {
			s.add(" and updated >= ?", micro(q.UpdatedFrom))
		}
		return q.Shipment != ""
	})
}

var _ store.Declarations = declarationTable{}
