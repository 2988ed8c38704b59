package engine

import (
	"context"
	"slices"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

const verbManifest = "manifest"

// ManifestScope is what a manifest is of: a location, a connection and the day the parcels leave.
type ManifestScope struct {
	Location   string // external id, or id
	Connection string // external id, or id
	Day        string // YYYY-MM-DD where the location is; empty: today
	// Earlier: with what should have left on one of the seven days before.
	Earlier bool
	// Shipments are those meant; nil: all that can go on it. A list of none is refused.
	Shipments []Ref
}

// CloseManifest has a carrier take over parcels.
type CloseManifest struct {
	ManifestScope
	// Key names the request: the manifest is closed once, however often it is told. Hash is of the decoded input.
	Key, Hash string
}

// ListManifests asks for a part of the list of manifests. Location and Connection are external ids or ids; empty: all.
type ListManifests struct {
	Location, Connection, Day string
	States                    []waybill.ManifestState
	UpdatedFrom               time.Time
	Page                      store.Page
}

// handover is a manifest on its way to being closed.
type handover struct {
	manifest   waybill.Manifest
	location   waybill.Location
	connection waybill.Connection
	carrier    *carrier.Carrier
	set        *setup
	goods      []waybill.Consignment
	lines      []carrier.ManifestLine
	done       bool // the key was answered before
	began      time.Time
}

// local reports whether the carrier is a function of this program, which leaves no doubt, but where a test wants one.
func (h *handover) local() bool { return h.carrier.Driver().Local && !h.carrier.Silent(h.at()) }

// at is where the parcels are taken over.
func (h *handover) at() waybill.Party {
	return waybill.Party{Contact: h.location.Contact, Address: h.location.Address}
}

// CloseManifest tells the carrier once which parcels it takes over: reserve, call, settle. What it refuses is stored as
// refused, and what it does not answer as unsure; both are values and no errors. A parcel is on one manifest at most, so
// what is booked later goes on another. While nobody knows how one ends, there is no other of its location, connection and
// day (ReasonUnsettled).
func (s Session) CloseManifest(ctx context.Context, in CloseManifest) (waybill.Manifest, error) {
	if err := s.mayShip(verbManifest); err != nil {
		return waybill.Manifest{}, err
	}
	if err := s.enter(verbManifest); err != nil {
		return waybill.Manifest{}, err
	}
	defer s.leave()
	h, err := s.planHandover(ctx, in)
	if err != nil || h.done {
		return h.manifest, err
	}
	if h.local() {
		if err := s.closeLocal(ctx, &h); err != nil {
			return waybill.Manifest{}, err
		}
		s.prove(ctx, h.connection, waybill.ProofManifest, h.manifest.ID, "")
		return h.manifest, nil
	}
	place, err := s.registered(ctx, h.connection, h.carrier, &h.location)
	if err != nil {
		return waybill.Manifest{}, err
	}
	if err := s.reserveManifest(ctx, &h); err != nil || h.done {
		return h.manifest, err
	}
	work := h
	m, inTime, err := outlive(ctx, s.Engine, s.Answer-time.Since(h.began), func(ctx context.Context) (waybill.Manifest, error) {
		err := s.callManifest(ctx, &work, place)
		return work.manifest, err
	})
	if err != nil {
		s.Log.Error("a manifest is left to its job", "manifest", string(h.manifest.ID), "error", waybill.Logged(err))
	}
	if !inTime || err != nil {
		return h.manifest, nil
	}
	return m, nil
}

// planHandover finds what is to be handed over, or the manifest that the key stands for.
func (s Session) planHandover(ctx context.Context, in CloseManifest) (handover, error) {
	h := handover{began: time.Now()}
	id := s.IDs.New()
	if in.Key != "" {
		id = s.keyedID("manifest", in.Key)
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			h.manifest, h.done, err = standsFor(tx, tx.Manifests(), digestOfManifest, id, in.Hash)
			return err
		})
		if err != nil || h.done {
			return h, err
		}
	}
	plan, err := s.scopeOf(ctx, in.ManifestScope)
	if err == nil {
		err = s.sortOut(ctx, &plan, in.ManifestScope)
	}
	if err == nil {
		err = plan.missing(len(in.Shipments) > 0, s.Clock.Now())
	}
	if err != nil {
		return h, err
	}
	h.location, h.connection, h.carrier, h.set, h.goods = *plan.location, plan.connection, plan.carrier, plan.set, plan.goods
	if h.lines, err = s.manifestLines(ctx, h.goods); err != nil {
		return h, err
	}
	h.manifest = waybill.Manifest{
		Row:      waybill.Row{ID: id, Account: s.Actor.Account},
		Location: h.location.ID, LocationKey: h.location.ExternalID, TimeZone: plan.zone.String(), Connection: h.connection.ID, Provider: provider(h.connection),
		Day: plan.Day, State: waybill.ManifestRequested, Key: string(id), Shipments: len(h.goods), CreatedBy: s.Actor.Name,
		Deadline: s.Clock.Now().Add(s.Purchase),
	}
	for _, c := range h.goods {
		h.manifest.Parcels += c.Parcels
		h.manifest.Grams += c.Grams
	}
	if in.Key != "" {
		h.manifest.Digest = in.Hash
	}
	return h, nil
}

// readAtOnce is how many shipments are read in one transaction.
const readAtOnce = 200

// manifestLines is what a carrier is told of each shipment, in order.
func (s Session) manifestLines(ctx context.Context, goods []waybill.Consignment) (lines []carrier.ManifestLine, err error) {
	for part := range slices.Chunk(goods, readAtOnce) {
		var shipments []waybill.Shipment
		var purchases []waybill.Purchase
		ids, bought := make([]waybill.ID, len(part)), make([]waybill.ID, len(part))
		for i, c := range part {
			ids[i], bought[i] = c.Shipment, c.Purchase
		}
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			if shipments, err = tx.Shipments().GetMany(ids); err == nil {
				purchases, err = tx.Purchases().GetMany(bought)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(shipments) != len(part) || len(purchases) != len(part) {
			return nil, waybill.E(verbManifest, waybill.ReasonVersion, "a shipment is gone meanwhile")
		}
		for i, sh := range shipments {
			line := carrier.ManifestLine{
				Reference: sh.Reference, Name: firstOf(sh.To.Contact.Company, sh.To.Contact.FullName()), Postcode: sh.To.Address.Postcode,
				Country: sh.To.Address.Country, Grams: part[i].Grams, Weights: weighs(sh.Parcels, part[i].Grams),
			}
			if p := sh.Provider; p != nil {
				line.Service, line.ServiceName = p.Service, p.ServiceName
			}
			if b := purchases[i].Booking; b != nil {
				line.CarrierID, line.Numbers = b.CarrierID, b.Numbers
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// weighs is what each parcel weighs: its own weight where all have one, else its share of the whole.
func weighs(parcels []waybill.Parcel, whole int64) []int64 {
	grams := make([]int64, len(parcels))
	for i, p := range parcels {
		if grams[i] = p.Weight.Grams(); p.Weight.Value == "" {
			for i := range grams {
				grams[i] = (whole + int64(len(grams)-1-i)) / int64(len(grams))
			}
			break
		}
	}
	return grams
}

// GetManifest reads one manifest.
func (s Session) GetManifest(ctx context.Context, id waybill.ID) (m waybill.Manifest, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		m, err = tx.Manifests().Get(id)
		return err
	})
	return m, err
}

// ListManifests lists manifests, the latest first unless the page says otherwise.
func (s Session) ListManifests(ctx context.Context, in ListManifests) (list store.Slice[waybill.Manifest], err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		q := store.ManifestQuery{Day: in.Day, States: in.States, UpdatedFrom: in.UpdatedFrom}
		kept := func(q store.ManifestQuery) (bool, error) {
			found, err := tx.Manifests().Find(q, store.Page{Limit: 1})
			return len(found.Items) > 0, err
		}
		q.Location, err = idNamed(tx.Locations(), in.Location, "location", locationID, func(id waybill.ID) (bool, error) { return kept(store.ManifestQuery{Location: id}) })
		if err != nil {
			return err
		}
		q.Connection, err = idNamed(tx.Connections(), in.Connection, "connection", connectionID, func(id waybill.ID) (bool, error) { return kept(store.ManifestQuery{Connection: id}) })
		if err != nil {
			return err
		}
		list, err = tx.Manifests().Find(q, in.Page)
		return err
	})
	return list, err
}

// ManifestShipments asks for what is on a manifest, after one of its shipments.
type ManifestShipments struct {
	ID    waybill.ID
	After waybill.ID
	Limit int
	// Updated leaves out shipments that changed before it. A part may be shorter then, or empty.
	Updated time.Time
}

// ManifestShipments lists what is on a manifest; Next is empty at its end.
func (s Session) ManifestShipments(ctx context.Context, in ManifestShipments) (list store.Slice[ManifestLine], err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if _, err := tx.Manifests().Get(in.ID); err != nil {
			return err
		}
		goods, err := tx.Consignments().On(in.ID, in.After, in.Limit+1)
		if err != nil {
			return err
		}
		var part store.Slice[ManifestLine]
		if len(goods) > in.Limit {
			goods = goods[:in.Limit]
			part.Next = string(goods[in.Limit-1].Shipment)
		}
		if part.Items, err = linesOf(tx, goods); err != nil {
			return err
		}
		part.Items = slices.DeleteFunc(part.Items, func(l ManifestLine) bool { return l.Updated.Before(in.Updated) })
		list = part
		return nil
	})
	return list, err
}

// ManifestDocument answers the carrier's paper of a manifest.
func (s Session) ManifestDocument(ctx context.Context, id waybill.ID) (LabelFile, error) {
	var papers []waybill.Document
	var m waybill.Manifest
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		if m, err = tx.Manifests().Get(id); err == nil {
			papers, err = tx.Documents().Of(id)
		}
		return err
	})
	if err != nil {
		return LabelFile{}, err
	}
	if len(papers) == 0 {
		return LabelFile{}, waybill.E(verbManifest, waybill.ReasonNoLabel, "the manifest is %s, and there is no paper of it", m.State)
	}
	file, err := s.file(ctx, papers, waybill.LabelSpec{Format: papers[0].Format, DPI: 203})
	file.Tracking = m.CarrierID
	return file, err
}
