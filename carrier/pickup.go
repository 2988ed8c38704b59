package carrier

import (
	"context"

	"waybill"
)

// Collect asks the carrier to come and fetch parcels within a window.
func (c *Carrier) Collect(ctx context.Context, r CollectRequest) (Collection, error) {
	collector, ok := c.adapter.(Collector)
	if !ok {
		return Collection{}, c.lacks("collect", Collects)
	}
	fields := checkParty("at", r.At)
	if r.Parcels < 1 {
		fields = append(fields, required("parcels", "a pickup needs at least one parcel"))
	}
	if r.Ready.IsZero() || !r.Close.After(r.Ready) {
		fields = append(fields, waybill.FieldError{
			Path: "close", Rule: waybill.RuleRange, Message: "the place must close after the parcels are ready",
		})
	}
	if err := c.refuse("collect", fields); err != nil {
		return Collection{}, err
	}
	collection, err := effect(about(ctx, r.Key, ""), c, "collect", func(ctx context.Context) (Collection, error) {
		return heard(c, "collect", r.At, func() (Collection, error) { return collector.Collect(ctx, r) })
	})
	if err != nil {
		return Collection{}, discreet(err, r.At)
	}
	if collection.ID == "" {
		return Collection{}, c.broken("collect", true, "a pickup without a number")
	}
	return collection, nil
}

// CancelCollection calls a pickup off.
func (c *Carrier) CancelCollection(ctx context.Context, id string) error {
	collector, ok := c.adapter.(Collector)
	if !ok {
		return c.lacks("collect", Collects)
	}
	_, err := effect(ctx, c, "collect", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, collector.CancelCollection(ctx, id)
	})
	return err
}
