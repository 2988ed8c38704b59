package engine

import (
	"context"
	"slices"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// A carrier that weighs a parcel bills what it weighed. When tracking tells another weight than the price of a
// wallet-billed purchase rests on, a job asks for the price of that weight, and the wallet pays the difference.

// weighed notes what the carrier says it bills for a parcel, and has the purchase billed anew when all of its
// parcels together weigh something else than was paid for.
func (s Session) weighed(tx store.Tx, t *waybill.Tracker, grams int64) error {
	if grams <= 0 || grams == t.Track.Charged {
		return nil
	}
	t.Track.Charged = grams
	p, err := purchaseOf(tx, *t)
	if err != nil || p.Hold == "" || p.State != waybill.Bought {
		return err
	}
	trackers, err := together(tx, *t)
	if err != nil {
		return err
	}
	total, known := chargedOf(trackers)
	if !known || total == p.Rate.Chargeable {
		return nil
	}
	return tx.Enqueue(waybill.Job{
		ID: s.IDs.New(), Account: p.Account, Kind: waybill.JobRebill, Key: "rebill:" + string(p.ID) + ":" + itoa(int(total)), Subject: p.ID,
		Due: tx.Now(), Created: tx.Now(),
	})
}

// purchaseOf is the purchase that a tracker's parcel travels by.
func purchaseOf(tx store.Tx, t waybill.Tracker) (waybill.Purchase, error) {
	id := waybill.ID("")
	if t.Return != "" {
		r, err := tx.Returns().Get(t.Return)
		if err != nil {
			return waybill.Purchase{}, err
		}
		id = r.Purchase
	} else {
		sh, err := tx.Shipments().Get(t.Shipment)
		if err != nil {
			return waybill.Purchase{}, err
		}
		id = sh.Purchase
	}
	if id == "" { // only declared: nobody bought it here
		return waybill.Purchase{}, nil
	}
	return tx.Purchases().Get(id)
}

// chargedOf adds up the grams that the carrier bills; not known: it has not weighed all of the parcels yet.
func chargedOf(trackers []waybill.Tracker) (total int64, known bool) {
	for _, t := range trackers {
		if t.Track.Charged == 0 {
			return 0, false
		}
		total += t.Track.Charged
	}
	return total, len(trackers) > 0
}

// Rebill is the job that asks what a purchase costs with the weight that its carrier found.
func (e *Engine) Rebill(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	var p waybill.Purchase
	var way carrier.QuoteRequest
	var total int64
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if p, err = tx.Purchases().Get(job.Subject); err != nil {
			return err
		}
		way, total, err = s.weighedWay(tx, p)
		return err
	})
	if err != nil || p.State != waybill.Bought || total == 0 {
		return err
	}
	_, opened, shut, err := s.reopen(ctx, p.Connection)
	switch {
	case err != nil:
		return err
	case waybill.ReasonOf(shut) == waybill.ReasonNoConnection:
		return nil // nobody is left to ask: a person can adjust it
	case shut != nil:
		return shut
	case !opened.Has(carrier.Quotes):
		return nil
	}
	way.Services, way.Now = []string{p.Service}, s.Clock.Now()
	rates, err := opened.Quote(ctx, way)
	if err != nil {
		return err
	}
	for _, r := range rates {
		if r.Service == p.Service {
			weight := waybill.WeightOf(total)
			in := AdjustPurchase{Purchase: p.ID, Price: r.Total, Cause: "the carrier weighed " + string(weight.Value) + " " + string(weight.Unit)}
			_, err := s.adjust(ctx, in, r.Charges)
			return err
		}
	}
	return waybill.E("rebill", waybill.ReasonNoRate, "the carrier gives no price for %d g", total)
}

// weighedWay is what was bought, with the weights that the carrier found.
func (s Session) weighedWay(tx store.Tx, p waybill.Purchase) (way carrier.QuoteRequest, total int64, err error) {
	all, err := travelling(tx, waybill.Tracker{Shipment: p.Shipment, Return: p.Return, Connection: p.Connection})
	if err != nil {
		return way, 0, err
	}
	var mine []waybill.Tracker
	for _, t := range all {
		if t.Return == p.Return {
			mine = append(mine, t)
		}
	}
	total, known := chargedOf(mine)
	if !known {
		return way, 0, nil
	}
	way.Direction = waybill.Outgoing
	if p.Shipment != "" {
		if way.Shipment, err = tx.Shipments().Get(p.Shipment); err != nil {
			return way, 0, err
		}
	}
	if p.Return != "" {
		b := comeback{original: way.Shipment}
		if b.set, err = s.setup(tx, p.Account); err != nil {
			return way, 0, err
		}
		if b.returning, err = tx.Returns().Get(p.Return); err != nil {
			return way, 0, err
		}
		way.Direction, way.Shipment = waybill.Incoming, b.way()
	}
	way.Shipment.Parcels = weighedParcels(way.Shipment.Parcels, mine, total)
	return way, total, nil
}

// weighedParcels are parcels with the weights that the carrier found: each its own, or equal shares where they
// travel under one number.
func weighedParcels(parcels []waybill.Parcel, trackers []waybill.Tracker, total int64) []waybill.Parcel {
	list := slices.Clone(parcels)
	for i := range list {
		share := total / int64(len(list))
		if i == 0 {
			share += total % int64(len(list))
		}
		list[i].Weight = waybill.WeightOf(share)
	}
	if len(trackers) == len(list) {
		for _, t := range trackers {
			if t.Parcel < len(list) {
				list[t.Parcel].Weight = waybill.WeightOf(t.Track.Charged)
			}
		}
	}
	return list
}
