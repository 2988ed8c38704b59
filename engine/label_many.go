package engine

import (
	"context"
	"errors"

	"waybill"
	"waybill/store"
)

// PrintLabels asks for the labels of many shipments in one file, in the order of the shipments.
type PrintLabels struct {
	Shipments []Ref
	Format    waybill.LabelFormat // empty: PDF
	DPI       int
	Returns   bool // with those of returns that a rule attached
	Printed   bool // note it in the history of each
}

// PrintLabels joins the labels of many shipments. If one has none, or is not there, the error names every such one and
// nothing is printed.
func (s Session) PrintLabels(ctx context.Context, in PrintLabels) (LabelFile, error) {
	var shipments []waybill.Shipment
	var wanted []waybill.Document
	var problems []waybill.FieldError
	if err := s.fetchLate(ctx, in); err != nil {
		return LabelFile{}, err
	}
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		shipments, wanted, problems = nil, nil, nil
		for i, ref := range in.Shipments {
			sh, labels, err := printable(tx, ref, in.Returns)
			var why *refusal
			if errors.As(err, &why) {
				problems = append(problems, waybill.FieldError{
					Path: "shipments[" + itoa(i) + "]", Rule: waybill.RuleExists, Value: firstOf(ref.Reference, string(ref.ID)), Message: waybill.AsError(why.cause).Message,
				})
				continue
			} else if err != nil {
				return err
			}
			shipments, wanted = append(shipments, sh), append(wanted, labels...)
		}
		return nil
	})
	if err == nil {
		err = waybill.FieldErrors("label", problems)
	}
	if err != nil {
		return LabelFile{}, err
	}
	file, err := s.file(ctx, wanted, specOf(GetLabel{Format: in.Format, DPI: in.DPI}, wanted))
	file.Tracking = "labels"
	if err != nil || !in.Printed {
		return file, err
	}
	for _, sh := range shipments {
		if err := s.printed(ctx, sh, file.Format); err != nil {
			return LabelFile{}, err
		}
	}
	return file, nil
}

// printable is a shipment with its labels; that there are none is a *refusal.
func printable(tx store.Tx, ref Ref, returns bool) (sh waybill.Shipment, labels []waybill.Document, err error) {
	if sh, err = find(tx, ref); err != nil {
		switch {
		case waybill.IsCode(err, waybill.NotFound):
			err = &refusal{waybill.E("label", waybill.ReasonUnknownShipment, "there is no such shipment")}
		case waybill.ReasonOf(err) == waybill.ReasonBadID:
			err = &refusal{err}
		}
		return sh, nil, err
	}
	if sh.Booking == waybill.Booked {
		labels, err = labelsOf(tx, sh, returns)
	}
	if err == nil && len(labels) == 0 {
		err = &refusal{waybill.E("label", waybill.ReasonNoLabel, "the shipment has no label: it is %s", words(string(sh.Booking)))}
	}
	return sh, labels, err
}
