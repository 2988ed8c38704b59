package enginetest

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
)

// The operations of a pickup.
const (
	OpCollect = "collect"
	OpCallOff = "call off"
)

// Visit is a pickup on the courier's books.
type Visit struct {
	carrier.CollectRequest
	ID  string
	Off bool
}

// Collect comes for 300 minor units, and once a day to an address: who asks twice gets the first visit's number.
func (c *Courier) Collect(ctx context.Context, r carrier.CollectRequest) (out carrier.Collection, err error) {
	err = c.call(ctx, OpCollect, r.Key, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		v := &Visit{CollectRequest: r, ID: "V-" + r.Key}
		for _, known := range c.visits {
			if !known.Off && known.At.Address.Street1 == r.At.Address.Street1 && known.At.Address.Postcode == r.At.Address.Postcode && known.Ready.Format(time.DateOnly) == r.Ready.Format(time.DateOnly) {
				v = known
			}
		}
		if v.Key == r.Key {
			c.visits = append(c.visits, v)
		}
		if c.Number != "" {
			v.ID = c.Number
		}
		out = carrier.Collection{ID: v.ID, Ready: r.Ready, Close: r.Close, Price: waybill.Money{Minor: 300, Currency: "USD"}}
		return nil
	})
	return out, err
}

// CancelCollection does not come.
func (c *Courier) CancelCollection(ctx context.Context, id string) error {
	return c.call(ctx, OpCallOff, id, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, v := range c.visits {
			if v.ID == id {
				v.Off = true
				return nil
			}
		}
		return waybill.E("courier.collect", waybill.ReasonUnknownRecord, "no such pickup")
	})
}

// Visits lists the pickups on the books, oldest first.
func (c *Courier) Visits() (list []Visit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range c.visits {
		list = append(list, *v)
	}
	return list
}

var _ carrier.Collector = (*Courier)(nil)
