package sqlstore

import (
	"context"
	"errors"

	"waybill"
)

// failure is what kind of trouble a database's error is.
type failure int

const (
	broken    failure = iota // a defect, ours or the database's
	duplicate                // a unique index refused
	again                    // the database gave the transaction up: run it again
	lost                     // the connection is gone
	full                     // no room, or read-only: nothing can be written
	disk                     // the disk failed in the act
)

// failures are the kinds that are the database's, as they are counted.
var failures = map[failure]string{broken: "broken", again: "busy", lost: "lost", full: "full", disk: "disk"}

// fault makes a *waybill.Error of whatever went wrong in a transaction.
func (s *Store) fault(err error) error {
	var known *waybill.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ended(err, false)
	}
	kind, index := s.flavour.classify(err)
	if name := failures[kind]; name != "" && s.cfg.Failed != nil {
		s.cfg.Failed(name)
	}
	e := waybill.E("store", waybill.ReasonBug, "the database failed")
	switch kind {
	case duplicate:
		if index == "shipment_reference" {
			return waybill.E("store.put", waybill.ReasonDuplicate, "the reference is in use")
		}
		return waybill.E("store.put", waybill.ReasonTaken, "its name or number is in use by another record")
	case again:
		e = waybill.E("store", waybill.ReasonDatabase, "the database gave up a transaction that met others")
	case lost:
		e = waybill.E("store", waybill.ReasonDatabase, "the database does not answer")
	case full, disk:
		e = waybill.E("store", waybill.ReasonDiskFull, "the database takes no writes")
	}
	e.Err = err
	return e
}

// ended is a caller's context that ended; unsure when the outcome was open.
func ended(cause error, unsure bool) error {
	e := waybill.E("store", waybill.ReasonDatabase, "the caller stopped waiting")
	e.Unsure, e.Err = unsure, cause
	return e
}

// wrap makes any error one of ours, with the text of a start-up failure for the operator.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *waybill.Error
	if errors.As(err, &known) {
		return known
	}
	return &waybill.Error{Op: op, Code: waybill.Internal, Reason: waybill.ReasonBug, Severity: waybill.Hard, Message: "failed", Err: err}
}
