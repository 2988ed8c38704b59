package engine

import (
	"context"
	"fmt"
	"strings"

	"waybill"
	"waybill/label"
	"waybill/store"
)

// DeclareShipment keeps what a courier declares, and the shipment it hangs on: one of the account's own that
// has the number, which is never changed, or one made for it. Under a number that the client has declared
// before everything is replaced but the licence and the invoices.
func (s Session) DeclareShipment(ctx context.Context, in DeclareShipment) (Declared, error) {
	if err := s.mayShip("declare"); err != nil {
		return Declared{}, err
	}
	if err := checkDeclaration(in.Declaration); err != nil {
		return Declared{}, err
	}
	template := declaredShipment(in.Declaration)
	var fresh numbered
	for try := 1; ; try++ {
		out, err := s.declare(ctx, in.Declaration, template, &fresh)
		switch waybill.ReasonOf(err) {
		case waybill.ReasonTaken, waybill.ReasonDuplicate, waybill.ReasonVersion: // another was quicker: on what that left
			if try < declareTimes {
				continue
			}
		}
		return out, err
	}
}

// declareTimes is how often a declaration is made anew because another wrote its shipment at the same moment. Of
// many that come at once each waits for all before it.
const declareTimes = 50

// numbered are the two record numbers of a first declaration: its own, and its shipment's.
type numbered struct{ declaration, shipment int64 }

func checkDeclaration(d waybill.Declaration) error {
	if bad := badReference(d.Number); bad != "" {
		return waybill.FieldErrors("declare", []waybill.FieldError{{
			Path: "number", Rule: waybill.RuleFormat, Value: d.Number, Limit: itoa(maxReference),
			Message: strings.Replace(bad, "reference", "tracking number", 1),
		}})
	}
	if err := checkParty("sender", d.Sender); err != nil {
		return err
	}
	return checkParty("receiver", d.Receiver)
}

// declare is one try: what is stored decides whether it is the first declaration. Numbers are reserved
// before the transaction, and only for a first one.
func (s Session) declare(ctx context.Context, d waybill.Declaration, template waybill.Shipment, fresh *numbered) (Declared, error) {
	if fresh.declaration == 0 {
		known := false
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			_, known, err = s.declaredBefore(tx, d.Number)
			return err
		})
		if err != nil {
			return Declared{}, err
		}
		if !known {
			first, err := s.take(ctx, 2)
			if err != nil {
				return Declared{}, err
			}
			*fresh = numbered{first, first + 1}
		}
	}
	var out Declared
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		set, err := s.setup(tx, s.Actor.Account)
		if err != nil {
			return err
		}
		old, known, err := s.declaredBefore(tx, d.Number)
		if err != nil {
			return err
		}
		made := Declared{Declaration: d, Fresh: !known}
		if known {
			err = s.declareAnew(tx, set, &made, old, template)
		} else {
			err = s.declareFirst(tx, set, &made, template, *fresh)
		}
		if err == nil {
			out = made
		}
		return err
	})
	return out, err
}

// declaredBefore finds the client's declaration of a number.
func (s Session) declaredBefore(tx store.Tx, number string) (waybill.Declaration, bool, error) {
	d, err := tx.Declarations().ByNumber(s.Actor.ID, number)
	if waybill.IsCode(err, waybill.NotFound) {
		return d, false, nil
	}
	return d, err == nil, err
}

// declareFirst links the declaration to the account's own shipment with that number, or makes one.
func (s Session) declareFirst(tx store.Tx, set *setup, made *Declared, template waybill.Shipment, fresh numbered) error {
	d := &made.Declaration
	d.Row = waybill.Row{ID: s.IDs.New(), Account: s.Actor.Account, Number: fresh.declaration}
	d.Client, d.Invoices = s.Actor.ID, nil
	switch {
	case d.Licence == "":
		d.Licence = licence(fresh.declaration)
	case !foreignLicence(d.Licence):
		return otherLicence(d.Licence)
	}
	if _, err := tx.Declarations().ByLicence(d.Account, d.Licence); err == nil {
		return otherLicence(d.Licence) // it is another shipment's
	} else if !waybill.IsCode(err, waybill.NotFound) {
		return err
	}
	own, found, err := s.ownShipment(tx, d.Number)
	if err != nil {
		return err
	}
	if d.Linked = found; found {
		made.Shipment = own
	} else {
		made.Shipment = s.newDeclared(set, template, fresh.shipment)
	}
	d.Shipment = made.Shipment.ID
	return s.putDeclared(tx, set, made, "")
}

// ownShipment is the account's newest shipment with the tracking number.
func (s Session) ownShipment(tx store.Tx, number string) (own waybill.Shipment, found bool, err error) {
	list, err := tx.Shipments().ByTracking(number)
	for _, sh := range list {
		if sh.Account == s.Actor.Account && (!found || sh.Created.After(own.Created)) {
			own, found = sh, true
		}
	}
	return own, found, err
}

// declareAnew replaces all that was declared. The shipment changes with it only if it was made for it.
func (s Session) declareAnew(tx store.Tx, set *setup, made *Declared, old waybill.Declaration, template waybill.Shipment) error {
	d := &made.Declaration
	if d.Licence != "" && d.Licence != old.Licence {
		return otherLicence(d.Licence)
	}
	d.Row, d.Client, d.Licence = old.Row, old.Client, old.Licence
	d.Shipment, d.Linked, d.Invoices = old.Shipment, old.Linked, old.Invoices
	sh, err := tx.Shipments().Get(old.Shipment)
	if err != nil {
		return err
	}
	if made.Shipment = sh; !d.Linked {
		made.Shipment = redeclared(sh, template)
	}
	return s.putDeclared(tx, set, made, old.Status)
}

// putDeclared stores the declaration and, where it was made for it, the shipment, which its declared status
// moves. Before is the status declared last.
func (s Session) putDeclared(tx store.Tx, set *setup, made *Declared, before string) error {
	d, sh := &made.Declaration, &made.Shipment
	if !d.Linked {
		if err := tx.Shipments().Put(sh); err != nil {
			return err
		}
	}
	s.Actor.Subject.Saw(*sh)
	if err := tx.Declarations().Put(d); err != nil {
		return err
	}
	if err := s.emit(tx, set, waybill.ShipmentDeclared, sh, waybill.Facts{Tracking: d.Number, Note: d.Status}); err != nil {
		return err
	}
	if d.Linked {
		return nil
	}
	if err := s.moveDeclared(tx, set, *d, *sh, before); err != nil {
		return err
	}
	moved, err := tx.Shipments().Get(sh.ID)
	made.Shipment = moved
	return err
}

// InvoiceShipment keeps what the courier charged for a declared shipment.
func (s Session) InvoiceShipment(ctx context.Context, in InvoiceShipment) (Declared, error) {
	if err := s.mayShip("invoice"); err != nil {
		return Declared{}, err
	}
	for try := 1; ; try++ {
		out, err := s.invoice(ctx, in)
		if waybill.ReasonOf(err) == waybill.ReasonVersion && try < settleTimes {
			continue
		}
		return out, err
	}
}

func (s Session) invoice(ctx context.Context, in InvoiceShipment) (out Declared, err error) {
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		d, known, err := s.declaredBefore(tx, in.Number)
		if err != nil {
			return err
		}
		if !known {
			e := waybill.E("invoice", waybill.ReasonUnknownShipment, "no shipment with the tracking number %q was declared", in.Number)
			e.Fields = []waybill.FieldError{{Path: "number", Rule: waybill.RuleExists, Value: in.Number, Message: e.Message}}
			return e
		}
		d.Invoices = withInvoice(d.Invoices, in.Invoice)
		if err := tx.Declarations().Put(&d); err != nil {
			return err
		}
		sh, err := tx.Shipments().Get(d.Shipment)
		if err != nil {
			return err
		}
		set, err := s.setup(tx, sh.Account)
		if err != nil {
			return err
		}
		total := in.Invoice.Total.Money()
		said := "invoice " + in.Invoice.Number + " of " + strings.TrimSpace(string(in.Invoice.Total.Value)+" "+in.Invoice.Total.Currency)
		facts := waybill.Facts{Tracking: d.Number, Note: in.Invoice.Number, Message: said, Price: &total}
		if err := s.emit(tx, set, waybill.ShipmentInvoiced, &sh, facts); err != nil {
			return err
		}
		out = Declared{Declaration: d, Shipment: sh}
		return nil
	})
	return out, err
}

// withInvoice adds an invoice, in the place of one with its number.
func withInvoice(old []waybill.Invoice, fresh waybill.Invoice) []waybill.Invoice {
	list := make([]waybill.Invoice, 0, len(old)+1)
	replaced := false
	for _, invoice := range old {
		if invoice.Number == fresh.Number && !replaced {
			invoice, replaced = fresh, true
		}
		list = append(list, invoice)
	}
	if !replaced {
		list = append(list, fresh)
	}
	return list
}

// A licence is AE and 14 digits: the declaration's record number in thirteen, and its Luhn digit. Record
// numbers are far from filling thirteen digits, so that ours begin with zeros.
const (
	licencePrefix = "AE"
	licenceDigits = 14
	licenceOurs   = licencePrefix + "0000"
)

func licence(record int64) string {
	data := fmt.Sprintf("%0*d", licenceDigits-1, record)
	check, _ := label.Luhn(data)
	return licencePrefix + data + string(check)
}

// foreignLicence reports whether a licence was issued elsewhere: a client that moves here brings those of its
// shipments along. One of ours is never taken from a client.
func foreignLicence(licence string) bool {
	digits, ok := strings.CutPrefix(licence, licencePrefix)
	return ok && len(digits) == licenceDigits && strings.Trim(digits, "0123456789") == "" && !strings.HasPrefix(licence, licenceOurs)
}

func otherLicence(licence string) error {
	e := waybill.E("declare", waybill.ReasonMismatch, "the licence %q is not that of this tracking number", licence)
	e.Fields = []waybill.FieldError{{Path: "uhawb", Rule: waybill.RuleExists, Value: licence, Message: e.Message}}
	return e
}
