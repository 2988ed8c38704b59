package carrier

import (
	"bytes"
	"context"
	"fmt"

	"waybill"
)

// Label fetches the labels of an earlier purchase again: one a number, in the wanted format or the
// nearest the carrier has.
func (c *Carrier) Label(ctx context.Context, r LabelRequest) ([]waybill.Label, error) {
	labeller, ok := c.adapter.(Labeller)
	if !ok {
		return nil, c.lacks("label", Relabels)
	}
	if err := c.unlabelled(r); err != nil {
		return nil, err
	}
	ctx, cancel := bounded(ctx, readTime)
	defer cancel()
	labels, err := witnessed(labelOf(ctx, r), c, "label", func(ctx context.Context) ([]waybill.Label, error) {
		return guard(c, c.driver.Name+".label", false, func() ([]waybill.Label, error) { return labeller.Label(ctx, r) })
	})
	if err != nil {
		return nil, err
	}
	if flaw := checkLabels(labels, len(r.Numbers)); flaw != "" {
		return nil, c.broken("label", false, "%s", flaw)
	}
	return labels, nil
}

// labelOf says which shipment a label is of.
func labelOf(ctx context.Context, r LabelRequest) context.Context {
	if r.Shipment == nil {
		return ctx
	}
	return about(ctx, "", r.Shipment.ID)
}

// checkLabels says what is wrong with the labels of so many parcels: each parcel has one, and each is
// what it claims to be. Empty: nothing.
func checkLabels(labels []waybill.Label, parcels int) string {
	if len(labels) != parcels {
		return fmt.Sprintf("%d labels for %d parcels", len(labels), parcels)
	}
	seen := make([]bool, parcels)
	for _, l := range labels {
		if l.Parcel < 0 || l.Parcel >= parcels || seen[l.Parcel] {
			return fmt.Sprintf("a label is for parcel index %d of %d, or two are", l.Parcel, parcels)
		}
		seen[l.Parcel] = true
		if l.Format == waybill.FormatFace {
			if l.Face == nil {
				return "a label to be drawn has no face"
			}
			continue
		}
		if got := Sniff(l.Data); got != l.Format {
			return fmt.Sprintf("a label claims to be %s and is %q", l.Format, got)
		}
	}
	return ""
}

// Sniff is the label format that bytes are in, by how they begin; empty when it is none of ours. ZPL may
// begin with white space or with commands that stand before the first label.
func Sniff(data []byte) waybill.LabelFormat {
	switch text := bytes.TrimLeft(data, " \t\r\n\uFEFF"); {
	case bytes.HasPrefix(data, []byte("%PDF")):
		return waybill.PDF
	case bytes.HasPrefix(data, []byte("GIF8")):
		return waybill.GIF
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return waybill.PNG
	case (bytes.HasPrefix(text, []byte("^")) || bytes.HasPrefix(text, []byte("~"))) && bytes.Contains(text, []byte("^XA")):
		return waybill.ZPL
	}
	return ""
}
