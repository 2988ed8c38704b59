package engine

import (
	"context"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

func manifestKey(id waybill.ID) string { return "manifest:" + string(id) }

func (s Session) manifestJob(m waybill.Manifest, due time.Time) waybill.Job {
	return waybill.Job{
		ID: s.IDs.New(), Account: m.Account, Kind: waybill.JobManifest, Key: manifestKey(m.ID), Subject: m.ID, Due: due, Created: s.Clock.Now(),
	}
}

// claim writes a manifest with what is on it. What was cancelled or closed by another meanwhile is Conflict.
func (h *handover) claim(tx store.Tx, m *waybill.Manifest) error {
	if err := tx.Manifests().Put(m); err != nil {
		return err
	}
	shipments := make([]waybill.ID, len(h.goods))
	for i, c := range h.goods {
		shipments[i] = c.Shipment
	}
	return tx.Consignments().Claim(m.ID, shipments)
}

// reserveManifest is the first write: that the carrier is being told, of what, and the job that looks after it if we
// do not live to hear the answer.
func (s Session) reserveManifest(ctx context.Context, h *handover) error {
	crash("manifest.reserve.before")
	var stored waybill.Manifest
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		m := h.manifest
		if err := h.claim(tx, &m); err != nil {
			return err
		}
		if err := tx.Enqueue(s.manifestJob(m, m.Deadline.Add(settleMargin))); err != nil {
			return err
		}
		stored = m
		return nil
	})
	crash("manifest.reserve.after")
	return s.orOther(ctx, h, stored, err)
}

// orOther takes over the manifest as it was stored, or says what became of one that another was quicker with: with the
// same key, or with the same parcels.
func (s Session) orOther(ctx context.Context, h *handover, stored waybill.Manifest, failed error) error {
	switch {
	case failed == nil:
		h.manifest = stored
		return nil
	case waybill.ReasonOf(failed) != waybill.ReasonTaken:
		return failed
	}
	return s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		m, known, err := standsFor(tx, tx.Manifests(), digestOfManifest, h.manifest.ID, h.manifest.Digest)
		if err == nil && !known {
			err = waybill.E(verbManifest, waybill.ReasonUnsettled,
				"another manifest of %s for %s is being closed at this moment; look at it, then close what is left", h.manifest.LocationKey, h.manifest.Day)
		}
		if err == nil {
			h.manifest, h.done = m, true
		}
		return err
	})
}

func (h *handover) request(place string, now time.Time) carrier.ManifestRequest {
	zone, err := waybill.Zone(h.manifest.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return carrier.ManifestRequest{
		Name: firstOf(h.location.Name, h.location.ExternalID), At: h.at(),
		Zone: zone, Day: h.manifest.Day, Lines: h.lines, Key: h.manifest.Key, Place: place, Now: now,
	}
}

// closeLocal closes with a carrier that is a pure function: reservation and settlement are one write.
func (s Session) closeLocal(ctx context.Context, h *handover) error {
	number, err := s.take(ctx, 1)
	if err != nil {
		return err
	}
	request := h.request("", s.Clock.Now())
	request.Number = itoa(int(number))
	closing, err := h.carrier.Manifest(ctx, request)
	if err != nil {
		return err
	}
	papers, err := s.papers(ctx, h.manifest, closing)
	if err != nil {
		return err
	}
	crash("manifest.local.before")
	var stored waybill.Manifest
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		m := h.manifest
		taken(&m, closing.ID, tx.Now())
		if err := h.claim(tx, &m); err != nil {
			return err
		}
		if err := s.fileManifest(tx, h.set, m, papers, waybill.ManifestTaken); err != nil {
			return err
		}
		stored = m
		return nil
	})
	crash("manifest.local.after")
	return s.orOther(ctx, h, stored, err)
}

// papers puts the carrier's documents on durable storage and makes their records.
func (s Session) papers(ctx context.Context, m waybill.Manifest, closing carrier.Closing) (list []waybill.Document, err error) {
	for _, p := range closing.Documents {
		sum, err := s.Store.Blobs().Put(ctx, p.Data)
		if err != nil {
			return nil, err
		}
		list = append(list, waybill.Document{
			Row: waybill.Row{ID: s.IDs.New(), Account: m.Account}, Shipment: m.ID, Kind: waybill.DocumentManifest, Format: p.Format,
			Tracking: closing.ID, Blob: sum, Size: len(p.Data),
		})
	}
	return list, nil
}

// fileManifest adds the papers of a manifest that was just written, and tells what happened to it.
func (s Session) fileManifest(tx store.Tx, set *setup, m waybill.Manifest, papers []waybill.Document, kind waybill.EventKind) error {
	for _, d := range papers {
		if err := tx.Documents().Put(&d); err != nil {
			return err
		}
	}
	event := s.stamp(tx, kind, nil, waybill.Facts{
		Carrier: m.Provider.DisplayName, Note: m.LocationKey + " " + m.Day, Reason: m.Reason, Message: m.Error, Fault: m.Fault, Tracking: m.CarrierID,
	})
	event.Account, event.Shipment, event.Manifest = m.Account, m.ID, m.ID
	return s.announce(tx, set, event, nil)
}

// callManifest tells the carrier once and writes down how it ended.
func (s Session) callManifest(ctx context.Context, h *handover, place string) error {
	deadline, cancel := context.WithTimeout(ctx, s.Purchase)
	defer cancel()
	crash("manifest.call.before")
	closing, err := h.carrier.Manifest(deadline, h.request(place, s.Clock.Now()))
	crash("manifest.call.after")
	if err != nil {
		e := waybill.AsError(err)
		if e.Unsure {
			return s.settleDoubt(ctx, h, e)
		}
		return s.settleManifest(ctx, h, waybill.ManifestRejected, nil, func(m *waybill.Manifest, _ time.Time) {
			m.State, m.Reason, m.Error, m.Fault = waybill.ManifestRefused, e.Reason, e.Message, e.Fault
		})
	}
	return s.settleClosing(ctx, h, closing)
}

// settleClosing writes that the carrier has it, with its papers.
func (s Session) settleClosing(ctx context.Context, h *handover, closing carrier.Closing) error {
	papers, err := s.papers(ctx, h.manifest, closing)
	if err != nil {
		return err
	}
	err = s.settleManifest(ctx, h, waybill.ManifestTaken, papers, func(m *waybill.Manifest, now time.Time) { taken(m, closing.ID, now) })
	if err == nil {
		s.prove(ctx, h.connection, waybill.ProofManifest, h.manifest.ID, "")
	}
	return err
}

// settleDoubt writes that nobody knows: a job asks the carrier, where it can be asked; else a person does.
func (s Session) settleDoubt(ctx context.Context, h *handover, cause *waybill.Error) error {
	return s.settleManifest(ctx, h, waybill.ManifestInDoubt, nil, func(m *waybill.Manifest, _ time.Time) {
		if m.State = waybill.ManifestUnsure; h.carrier == nil || !h.carrier.Has(carrier.FindsLists) {
			m.State = waybill.ManifestStuck
		}
		m.Reason, m.Error, m.Fault = cause.Reason, cause.Message, cause.Fault
	})
}

// taken notes that the carrier has a manifest.
func taken(m *waybill.Manifest, carrierID string, now time.Time) {
	m.State, m.CarrierID, m.Closed, m.Reason, m.Error, m.Fault = waybill.ManifestClosed, carrierID, &now, "", "", nil
}

// settleManifest writes how it ended, on what is stored by now. One that was settled meanwhile, by its job or by a
// person, stays as it is, but for a doubt that is ended by what is certain. What is refused gives its parcels back.
func (s Session) settleManifest(
	ctx context.Context, h *handover, kind waybill.EventKind, papers []waybill.Document, how func(*waybill.Manifest, time.Time),
) error {
	crash("manifest.settle.before")
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		m, err := tx.Manifests().Get(h.manifest.ID)
		if err != nil {
			return err
		}
		was := m.State
		how(&m, tx.Now())
		certain := !m.State.Open()
		if !was.Open() || (!certain && was != waybill.ManifestRequested) {
			return s.tooLate(tx, h, was, m)
		}
		if err := tx.Manifests().Put(&m); err != nil {
			return err
		}
		if err := tx.Unqueue(manifestKey(m.ID)); err != nil {
			return err
		}
		if m.State == waybill.ManifestRefused {
			if err := tx.Consignments().Release(m.ID); err != nil {
				return err
			}
		}
		if m.State == waybill.ManifestUnsure {
			if err := tx.Enqueue(s.manifestJob(m, tx.Now())); err != nil {
				return err
			}
		} else if err := s.fileManifest(tx, h.set, m, papers, kind); err != nil {
			return err
		}
		h.manifest = m
		return nil
	})
	crash("manifest.settle.after")
	return err
}

// tooLate is an answer for a manifest that was settled while the carrier was thinking. That it closed after all what was
// given up is told, since its parcels may be on another by now.
func (s Session) tooLate(tx store.Tx, h *handover, was waybill.ManifestState, answer waybill.Manifest) error {
	m, err := tx.Manifests().Get(h.manifest.ID)
	if err != nil || was != waybill.ManifestRefused || answer.State != waybill.ManifestClosed {
		h.manifest = m
		return err
	}
	m.CarrierID, m.Error = answer.CarrierID, "the carrier closed it after all, as "+answer.CarrierID+", when its parcels had been given back"
	if err := tx.Manifests().Put(&m); err != nil {
		return err
	}
	h.manifest = m
	return s.fileManifest(tx, h.set, m, nil, waybill.ManifestInDoubt)
}
