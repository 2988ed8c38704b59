package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// How many numbers of a carrier that hands them out ahead are kept: below the mark more are fetched. They may be
// used a little later, since the carrier's own books need a moment to know them.
const (
	fewNumbers   = 100
	fetchNumbers = 200
	numbersRest  = 2 * time.Minute
)

func numbersKey(connection waybill.ID) string { return "numbers:" + string(connection) }

func (e *Engine) numbersJob(c waybill.Connection, due time.Time) waybill.Job {
	return waybill.Job{
		ID: e.IDs.New(), Account: c.Account, Kind: waybill.JobNumbers, Key: numbersKey(c.ID), Lane: numbersKey(c.ID),
		Subject: c.ID, Due: due, Created: e.Clock.Now(),
	}
}

// takeNumbers takes n numbers of the connection's pool, for good: what becomes of the purchase does not matter.
// None: the carrier gives its own, because it hands out none ahead or the pool is empty.
func (s Session) takeNumbers(ctx context.Context, c waybill.Connection, opened *carrier.Carrier, n int) (taken []string) {
	if n == 0 || !opened.Has(carrier.Numbering) {
		return nil
	}
	err := s.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error { // a lent connection's pool is its lender's
		numbers, err := tx.Pool().Take(c.ID, n)
		if err != nil {
			return err
		}
		if err := s.refill(tx, c); err != nil {
			return err
		}
		taken = numbers
		return nil
	})
	if err != nil {
		s.Log.Warn("the carrier gives its own numbers", "connection", string(c.ID), "error", waybill.Logged(err))
		return nil
	}
	return taken
}

// refill has more numbers fetched when few are left.
func (e *Engine) refill(tx store.Tx, c waybill.Connection) error {
	left, err := tx.Pool().Left(c.ID)
	if err != nil || left >= fewNumbers {
		return err
	}
	return tx.Enqueue(e.numbersJob(c, tx.Now()))
}

// numbersAhead reports whether numbers are fetched for a connection.
func numbersAhead(c waybill.Connection, opened *carrier.Carrier) bool {
	return !c.Paused && opened.Has(carrier.Numbering)
}

// FetchNumbers is the job that fills a connection's pool.
func (e *Engine) FetchNumbers(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(""))
	c, opened, shut, err := s.reopen(ctx, job.Subject)
	if err != nil {
		return err
	}
	if waybill.ReasonOf(shut) == waybill.ReasonNoConnection {
		return nil // it was deleted
	}
	if shut != nil {
		return shut
	}
	left := 0
	err = e.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		left, err = tx.Pool().Left(c.ID)
		return err
	})
	if err != nil || left >= fewNumbers || !numbersAhead(c, opened) {
		return err
	}
	numbers, err := opened.Numbers(ctx, fetchNumbers)
	if err != nil {
		return err
	}
	return finished(e.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		if err := tx.Pool().Add(c.ID, numbers, tx.Now().Add(numbersRest)); err != nil {
			return err
		}
		return tx.Finish(job)
	}))
}

// ensureNumbers queues the fetching of numbers for each connection that has few: the job of one may have been
// given up, or its connection have been paused.
func (e *Engine) ensureNumbers(ctx context.Context) error {
	all, err := records(ctx, e.As(waybill.System("")), store.Tx.Connections)
	if err != nil {
		return err
	}
	for _, c := range all {
		opened, err := e.open(c)
		if err != nil || !numbersAhead(c, opened) {
			continue // one that does not open is told of where it is used
		}
		err = e.Store.Update(ctx, waybill.System(""), func(tx store.Tx) error { return e.refill(tx, c) })
		if err != nil {
			return err
		}
	}
	return nil
}
