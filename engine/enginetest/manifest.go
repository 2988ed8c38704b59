package enginetest

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/label"
)

// The operations of a manifest.
const (
	OpManifest     = "manifest"
	OpFindManifest = "find manifest"
)

// List is a manifest on the courier's books.
type List struct {
	carrier.ManifestRequest
	ID string
}

// Manifest takes a list, and refuses a parcel that it has on another. It does not look whether it knows the key.
func (c *Courier) Manifest(ctx context.Context, r carrier.ManifestRequest) (out carrier.Closing, err error) {
	err = c.call(ctx, OpManifest, r.Key, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, line := range r.Lines {
			for _, list := range c.lists {
				if slices.ContainsFunc(list.Lines, func(l carrier.ManifestLine) bool { return l.CarrierID == line.CarrierID }) {
					return waybill.E("courier.manifest", waybill.ReasonCarrier, "%s is on manifest %s", line.CarrierID, list.ID)
				}
			}
		}
		c.lists = append(c.lists, &List{ManifestRequest: r, ID: "M-" + r.Key})
		out, err = c.lists[len(c.lists)-1].closing()
		return err
	})
	return out, err
}

// FindManifest looks a key up.
func (c *Courier) FindManifest(ctx context.Context, r carrier.FindManifestRequest) (out carrier.Closing, err error) {
	err = c.call(ctx, OpFindManifest, r.Key, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, list := range c.lists {
			if list.Key == r.Key {
				out, err = list.closing()
				return err
			}
		}
		return waybill.E("courier.manifest", waybill.ReasonUnknownRecord, "no such manifest")
	})
	return out, err
}

// closing is the list with its sheet.
func (l *List) closing() (carrier.Closing, error) {
	m := label.Manifest{Number: l.ID, Carrier: "Courier", Place: l.Name, Address: l.At.Address, Day: l.Day}
	for _, line := range l.Lines {
		for _, number := range line.Numbers {
			m.Lines = append(m.Lines, label.ManifestLine{Number: number, Name: line.Name, Postcode: line.Postcode, Service: line.ServiceName, Grams: line.Grams})
		}
	}
	sheet, err := label.RenderManifest(m)
	return carrier.Closing{ID: l.ID, Documents: []carrier.Paper{{Kind: waybill.DocumentManifest, Format: waybill.PDF, Data: sheet}}}, err
}

// Lists are the manifests on the books, oldest first.
func (c *Courier) Lists() (list []List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lists {
		list = append(list, *l)
	}
	return list
}

// Keep puts lists on the books, as another courier's told of them.
func (c *Courier) Keep(lists []List) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range lists {
		c.lists = append(c.lists, &l)
	}
}

// forgetful takes manifests and cannot be asked after them.
type forgetful struct{ mute }

func (f forgetful) Manifest(ctx context.Context, r carrier.ManifestRequest) (carrier.Closing, error) {
	return f.inner.Manifest(ctx, r)
}

var (
	_ carrier.Manifester     = (*Courier)(nil)
	_ carrier.ManifestFinder = (*Courier)(nil)
	_ carrier.Manifester     = forgetful{}
)
