package engine

import (
	"context"

	"waybill"
)

func (s Session) RateShipment(ctx context.Context, in RateShipment) (Offers, error) { panic("later") }
func (s Session) BookShipment(ctx context.Context, in BookShipment) (waybill.Shipment, error) {
	panic("later")
}
func (s Session) DraftReturn(ctx context.Context, in DraftReturn) (waybill.Return, error) {
	panic("later")
}
func (s Session) GetReturn(ctx context.Context, in RefReturn) (waybill.Return, error) { panic("later") }
func (s Session) RateReturn(ctx context.Context, in RateReturn) (Offers, error)       { panic("later") }
func (s Session) BookReturn(ctx context.Context, in BookReturn) (waybill.Return, error) {
	panic("later")
}
func (s Session) CancelReturn(ctx context.Context, in CancelReturn) (waybill.Return, error) {
	panic("later")
}
func (s Session) ReturnLabel(ctx context.Context, in RefReturn) (LabelFile, error) { panic("later") }
func (s Session) TrackNumbers(ctx context.Context, in TrackNumbers) ([]Tracked, error) {
	panic("later")
}
func (s Session) RecordScans(ctx context.Context, in RecordScans) ([]string, error) { panic("later") }
func (s Session) DeclareShipment(ctx context.Context, in DeclareShipment) (Declared, error) {
	panic("later")
}
func (s Session) InvoiceShipment(ctx context.Context, in InvoiceShipment) (Declared, error) {
	panic("later")
}
func (s Session) AdjustPurchase(ctx context.Context, in AdjustPurchase) (waybill.Entry, error) {
	panic("later")
}
func (s Session) TopUp(ctx context.Context, in TopUp) (waybill.Entry, error) { panic("later") }
func (s Session) Statement(ctx context.Context, in Statement) (WalletStatement, error) {
	panic("later")
}
func (s Session) Balances(ctx context.Context) ([]waybill.Balance, error) { panic("later") }
