package epgl

import (
	"context"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeInvoice reads an invoice for a declared shipment.
func decodeInvoice(r *dialect.Request) (engine.InvoiceShipment, error) {
	v, err := r.JSON()
	if err != nil {
		return engine.InvoiceShipment{}, err
	}
	var i invoicing
	if !v.Object() {
		v.Required()
		return engine.InvoiceShipment{}, v.Errors(opInvoice)
	}
	readAll(v, invoiceMembers, &i)
	i.Tax.Currency = i.Total.Currency
	if i.Discount.Value != "" {
		i.Discount.Currency = i.Total.Currency
	}
	return engine.InvoiceShipment{Number: i.number, Invoice: i.Invoice}, v.Errors(opInvoice)
}

// issued is an invoice as it is stored, with the shipment it is for.
type issued struct {
	number string
	waybill.Invoice
}

// issue stores an invoice and picks it out of those of the shipment.
func issue(s engine.Session, ctx context.Context, in engine.InvoiceShipment) (issued, error) {
	d, err := s.InvoiceShipment(ctx, in)
	out := issued{number: in.Number}
	for _, i := range d.Declaration.Invoices {
		if i.Number == in.Invoice.Number {
			out.Invoice = i
		}
	}
	return out, err
}

func encodeInvoiced(r *dialect.Request, i issued) dialect.Reply {
	return succeeded(r, http.StatusCreated, issuedIt, invoicedOf(i.number, i.Invoice))
}

func invoicedOf(number string, i waybill.Invoice) invoiced {
	out := invoiced{
		TrackingNumber: number, ChargeableWeight: weight{wordOf(weightUnits, i.Chargeable.Unit), dialect.Number(i.Chargeable.Value)},
		Charges: make([]charge, len(i.Charges)),
		Invoice: invoice{
			Number: i.Number, Date: stamp(i.Date), Account: i.Account, AccountName: i.AccountName,
			Discount: dialect.Number(i.Discount.Value), Tax: dialect.Number(i.Tax.Value), Total: dialect.Number(i.Total.Value),
			CurrencyCode: i.Total.Currency,
		},
	}
	for n, c := range i.Charges {
		out.Charges[n] = charge{Type: c.Type, Amount: money{c.Amount.Currency, dialect.Number(c.Amount.Value)}}
	}
	return out
}

// wordOf is what this API calls a unit.
func wordOf[U comparable](words map[string]U, unit U) string {
	for word, u := range words {
		if u == unit {
			return word
		}
	}
	return ""
}
