package engine

import (
	"context"
	"sync"

	"waybill"
	"waybill/store"
)

// What a connection has shown to work is noted when it happens, once for each mode, so that its checklist is read and
// not searched for. Noting must not be in anybody's way: it is a write of its own, after the fact, and what is known to
// be noted is not looked up again.

// proofs remembers which proofs are stored. The zero value is ready.
type proofs struct{ noted sync.Map }

// notedProof names a proof of one version of its connection: of another one it is looked up again.
type notedProof struct {
	key     string
	version int64
}

// prove notes that a connection has shown something, unless that is noted already.
func (e *Engine) prove(ctx context.Context, c waybill.Connection, kind waybill.ProofKind, subject waybill.ID, note string) {
	if c.ID == "" || c.Account == "" {
		return
	}
	p := waybill.Proof{Connection: c.ID, Mode: c.Mode, Kind: kind, Subject: subject, Note: note}
	if _, known := e.proofs.noted.Load(notedProof{p.Key(), c.Version}); known {
		return
	}
	access, err := e.access(c)
	if err != nil {
		e.Log.Warn("a proof was not noted", "connection", string(c.ID), "kind", string(kind), "error", waybill.Logged(err))
		return
	}
	p.Access = access
	err = e.Store.Update(context.WithoutCancel(ctx), waybill.System(c.Account), func(tx store.Tx) error {
		fresh := p
		fresh.Row = waybill.Row{ID: e.IDs.New(), Account: c.Account}
		old, err := tx.Proofs().ByKey(p.Key())
		if err == nil {
			same, failed := e.stillAt(c, old.Access)
			if failed != nil || same {
				return failed
			}
			fresh.Row = old.Row
		} else if !waybill.IsCode(err, waybill.NotFound) {
			return err
		}
		fresh.At = tx.Now()
		return tx.Proofs().Put(&fresh)
	})
	if err != nil && waybill.ReasonOf(err) != waybill.ReasonTaken { // else another node was quicker
		e.Log.Warn("a proof was not noted", "connection", string(c.ID), "kind", string(kind), "error", waybill.Logged(err))
		return
	}
	e.proofs.noted.Store(notedProof{p.Key(), c.Version}, true)
}

// renew notes that a connection has shown something again: the latest time counts.
func (e *Engine) renew(ctx context.Context, c waybill.Connection, kind waybill.ProofKind, subject waybill.ID, note string) error {
	return e.putProof(ctx, c, waybill.Proof{Kind: kind, Subject: subject, Note: note, At: e.Clock.Now()}, nil)
}

// putProof writes a proof in the place of the one that is there, and what belongs to it.
func (e *Engine) putProof(ctx context.Context, c waybill.Connection, p waybill.Proof, more func(tx store.Tx, before, after *waybill.Proof) error) error {
	p.Connection, p.Mode = c.ID, c.Mode
	var err error
	if p.Access, err = e.access(c); err != nil {
		return err
	}
	return e.Store.Update(ctx, waybill.System(c.Account), func(tx store.Tx) error {
		fresh := p
		fresh.Row = waybill.Row{ID: e.IDs.New(), Account: c.Account}
		old, err := tx.Proofs().ByKey(p.Key())
		var before *waybill.Proof
		switch {
		case err == nil:
			fresh.Row, before = old.Row, &old
		case !waybill.IsCode(err, waybill.NotFound):
			return err
		}
		if err := tx.Proofs().Put(&fresh); err != nil || more == nil {
			return err
		}
		return more(tx, before, &fresh)
	})
}

// provenBy notes what a shipment's connection has shown. A connection that is gone has nothing to prove.
func (s Session) provenBy(ctx context.Context, p *waybill.Provider, kind waybill.ProofKind, subject waybill.ID, note string) {
	if p == nil {
		return
	}
	var c waybill.Connection
	bought := false
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) (err error) {
		if c, err = tx.Connections().Get(p.Connection); err != nil {
			return err
		}
		// A label shows nothing of credentials that none was bought with.
		booked, err := tx.Proofs().ByKey(waybill.Proof{Connection: c.ID, Mode: c.Mode, Kind: waybill.ProofBooked}.Key())
		if err == nil {
			bought, err = s.stillAt(c, booked.Access)
		}
		return ignoreMissing(err)
	})
	if err == nil && bought && c.Mode == p.Mode {
		s.prove(ctx, c, kind, subject, note)
	}
}

// driven notes that our own drivers told of a parcel on its way: a connection without another to ask has shown then that
// its parcels are followed.
func (s Session) driven(ctx context.Context, connection waybill.ID, scan waybill.Scan, number string) {
	if !carried(scan.Status) {
		return
	}
	var c waybill.Connection
	own := false
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) (err error) {
		if own, err = s.ownDrivers(tx, connection); err == nil && own {
			c, err = tx.Connections().Get(connection)
		}
		return err
	})
	if err == nil && own {
		s.prove(ctx, c, waybill.ProofTracked, "", "of "+number)
	}
}

// heardOf notes that a connection's carrier told of parcels on their way.
func (s Session) heardOf(ctx context.Context, c waybill.Connection, kind waybill.ProofKind, heard []waybill.Tracking, subject waybill.ID) {
	for _, h := range heard {
		for _, scan := range h.Scans {
			if scan.Status != waybill.LabelMade && scan.Status != waybill.TransitVoided {
				s.prove(ctx, c, kind, subject, "of "+h.Number)
				return
			}
		}
	}
}
