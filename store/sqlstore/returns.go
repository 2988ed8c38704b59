package sqlstore

import (
	"cmp"
	"slices"

	"waybill"
	"waybill/store"
)

var returns = define(noun[waybill.Return]{
	table:   "shipment_return",
	columns: []string{"shipment"},
	values:  func(_ *tx, v *waybill.Return) []any { return []any{string(v.Shipment)} },
	after:   trackReturn,
})

// trackReturn keeps the tracking numbers that a return is found by.
func trackReturn(t *tx, v *waybill.Return, deleted bool) error {
	old, err := t.strings("select track from return_track where shipment_return = $1", string(v.ID))
	if err != nil {
		return err
	}
	var tracks []string
	if !deleted {
		tracks = tracksOf(v)
	}
	for _, track := range old {
		if slices.Contains(tracks, track) {
			continue
		}
		if _, err := t.exec("delete from return_track where track = $1 and shipment_return = $2", track, string(v.ID)); err != nil {
			return err
		}
	}
	for _, track := range tracks {
		if slices.Contains(old, track) {
			continue
		}
		if _, err := t.exec("insert into return_track (track, shipment_return) values ($1, $2)", track, string(v.ID)); err != nil {
			return err
		}
	}
	return nil
}

// tracksOf are the tracking numbers of a return's parcels, each once.
func tracksOf(v *waybill.Return) (tracks []string) {
	add := func(number string) {
		if track := clip(number); number != "" && !slices.Contains(tracks, track) {
			tracks = append(tracks, track)
		}
	}
	add(v.Tracking)
	for _, p := range v.Parcels {
		add(p.Tracking)
	}
	return tracks
}

// returnTable implements store.Returns.
type returnTable struct{ child[waybill.Return] }

// ByNumber reads the return of a number.
func (r returnTable) ByNumber(number int64) (waybill.Return, error) { return r.byNumber(number) }

// ByTracking reads the returns with a parcel of that number, newest first.
func (r returnTable) ByTracking(number string) ([]waybill.Return, error) {
	ids, err := r.tx.strings("select shipment_return from return_track where track = $1", clip(number))
	if err != nil {
		return nil, err
	}
	list, err := r.GetMany(asIDs(ids))
	slices.SortFunc(list, func(a, b waybill.Return) int {
		return -cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Find lists by cursor.
func (r returnTable) Find(q store.ReturnQuery, page store.Page) (store.Slice[waybill.Return], error) {
	return partOf(r.table, q, page, func(s *statement) bool {
		if q.Shipment != "" {
			s.add(" and shipment = ?", string(q.Shipment))
		}
		if !q.UpdatedFrom.IsZero() {
			s.add(" and updated >= ?", micro(q.UpdatedFrom))
		}
		return q.Shipment != ""
	})
}

var _ store.Returns = returnTable{}
