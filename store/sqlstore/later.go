package sqlstore

import (
	"waybill"
	"waybill/store"
)

func (t *tx) Registrations() store.Keyed[waybill.Registration] { panic("later") }
func (t *tx) Declarations() store.Declarations                 { panic("later") }
func (t *tx) Hooks() store.Child[waybill.Subscription]         { panic("later") }
func (t *tx) Pool() store.Pool                                 { panic("later") }
func (t *tx) Wallet() store.Ledger                             { panic("later") }

type returnTable struct{ child[waybill.Return] }

func (r returnTable) ByNumber(number int64) (waybill.Return, error)       { panic("later") }
func (r returnTable) ByTracking(number string) ([]waybill.Return, error) { panic("later") }
func (s shipmentTable) ByNumber(number int64) (waybill.Shipment, error)  { panic("later") }
