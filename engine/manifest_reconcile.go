package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// SettleManifest is the job that finds out what became of a manifest that nobody answered: found at the carrier, it is
// closed; surely not there, its parcels are free again; otherwise it asks again, and in the end a person decides.
func (e *Engine) SettleManifest(ctx context.Context, job waybill.Job) error {
	s := e.As(waybill.System(job.Account))
	h, shut, err := s.recallHandover(ctx, job.Subject)
	if err != nil {
		return err
	}
	if state := h.manifest.State; state != waybill.ManifestRequested && state != waybill.ManifestUnsure {
		return nil
	}
	closing, err := s.lookUpManifest(ctx, &h, shut)
	switch {
	case err == nil:
		return finished(s.settleClosing(ctx, &h, closing))
	case waybill.IsCode(err, waybill.NotFound) && !s.Clock.Now().Before(h.manifest.Deadline.Add(believeAfter)):
		return finished(s.settleManifest(ctx, &h, waybill.ManifestRejected, nil, func(m *waybill.Manifest, _ time.Time) {
			m.State, m.Reason, m.Error, m.Fault = waybill.ManifestRefused, waybill.ReasonBookingFailed, "the carrier does not know the manifest", nil
		}))
	}
	return finished(s.askAgainForManifest(ctx, &h, job, err))
}

// recallHandover reads a manifest with its carrier; shut is why that does not open.
func (s Session) recallHandover(ctx context.Context, id waybill.ID) (h handover, shut, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if h.manifest, err = tx.Manifests().Get(id); err != nil {
			return err
		}
		if h.set, err = s.setup(tx, h.manifest.Account); err != nil {
			return err
		}
		h.goods, err = tx.Consignments().On(id, "", maxOnManifest)
		return err
	})
	if err != nil {
		return h, nil, err
	}
	h.connection, h.carrier, shut, err = s.reopen(ctx, h.manifest.Connection)
	return h, shut, err
}

// lookUpManifest asks the carrier whether it has it.
func (s Session) lookUpManifest(ctx context.Context, h *handover, shut error) (carrier.Closing, error) {
	if h.carrier == nil {
		return carrier.Closing{}, shut
	}
	if !h.carrier.Has(carrier.FindsLists) {
		return carrier.Closing{}, waybill.E(verbManifest, waybill.ReasonCarrierAbility, "the carrier did not answer, and cannot be asked what became of it")
	}
	lines, err := s.manifestLines(ctx, h.goods)
	if err != nil {
		return carrier.Closing{}, err
	}
	request := carrier.FindManifestRequest{Key: h.manifest.Key, Day: h.manifest.Day, Since: h.manifest.Created}
	for _, line := range lines {
		request.Numbers = append(request.Numbers, line.Numbers...)
	}
	if l := h.set.location(h.manifest.Location); l != nil {
		if request.Place, err = s.registered(ctx, h.connection, h.carrier, l); err != nil {
			return carrier.Closing{}, err
		}
	}
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	return h.carrier.FindManifest(deadline, request)
}

// askAgainForManifest keeps it open and asks later; where that is hopeless it waits for a person.
func (s Session) askAgainForManifest(ctx context.Context, h *handover, job waybill.Job, cause error) error {
	e := waybill.AsError(cause)
	hopeless := slices.Contains([]waybill.Reason{waybill.ReasonCarrierAbility, waybill.ReasonNoConnection}, e.Reason)
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		m, err := tx.Manifests().Get(h.manifest.ID)
		if err != nil {
			return err
		}
		if err := tx.Finish(job); err != nil || !m.State.Open() {
			return err
		}
		m.State, m.Tries, m.Reason, m.Error, m.Fault = waybill.ManifestUnsure, m.Tries+1, e.Reason, e.Message, e.Fault
		if hopeless || m.Tries >= settleTries {
			m.State = waybill.ManifestStuck
		}
		if err := tx.Manifests().Put(&m); err != nil {
			return err
		}
		if m.State == waybill.ManifestStuck {
			return s.fileManifest(tx, h.set, m, nil, waybill.ManifestInDoubt)
		}
		return tx.Enqueue(s.manifestJob(m, tx.Now().Add(later(m.Tries, cause))))
	})
}

// DecideManifest is a person's word on a manifest that nobody knows the end of.
type DecideManifest struct {
	ID        waybill.ID
	Closed    bool
	CarrierID string // the carrier's number of it, where it has it
}

// DecideManifest settles by hand a manifest that is stuck or unsure.
func (s Session) DecideManifest(ctx context.Context, in DecideManifest) (waybill.Manifest, error) {
	if err := s.mayShip(verbManifest); err != nil {
		return waybill.Manifest{}, err
	}
	if in.Closed && in.CarrierID == "" {
		return waybill.Manifest{}, waybill.FieldErrors(verbManifest, []waybill.FieldError{{
			Path: "carrier_id", Rule: waybill.RuleRequired, Message: "the carrier's number of the manifest is needed",
		}})
	}
	h, shut, err := s.recallHandover(ctx, in.ID)
	if err == nil {
		err = s.meant(h.manifest.Row)
	}
	if err != nil {
		return waybill.Manifest{}, err
	}
	if state := h.manifest.State; state != waybill.ManifestStuck && state != waybill.ManifestUnsure {
		return waybill.Manifest{}, waybill.E(verbManifest, waybill.ReasonNotRetryable, "the manifest is %s; only one that is stuck or unsure can be decided", state)
	}
	if in.Closed {
		if err := s.mayClaimManifest(ctx, &h, in.CarrierID, shut); err != nil {
			return waybill.Manifest{}, err
		}
	}
	kind := waybill.ManifestRejected
	if in.Closed {
		kind = waybill.ManifestTaken
	}
	err = s.settleManifest(ctx, &h, kind, nil, func(m *waybill.Manifest, now time.Time) {
		m.State, m.Reason, m.Error, m.Fault = waybill.ManifestRefused, waybill.ReasonBookingFailed, "decided by hand: the carrier does not have it", nil
		if in.Closed {
			taken(m, in.CarrierID, now)
		}
	})
	return h.manifest, err
}
