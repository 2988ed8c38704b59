package engine

import (
	"iter"
	"time"

	"waybill"
	"waybill/store"
)

// seenTx tells the log which shipments a request comes upon, by whatever name they were asked for: what it answers may
// have their people in it. A return that stands alone counts as one.
type seenTx struct {
	store.Tx
	subject *waybill.Subject
}

func (tx seenTx) shipments(list []waybill.Shipment) {
	for _, sh := range list {
		tx.subject.Met(sh.ID, sh.Reference)
	}
}

func (tx seenTx) ids(list ...waybill.ID) {
	for _, id := range list {
		tx.subject.Met(id, "")
	}
}

type seenShipments struct {
	store.Shipments
	tx seenTx
}

func (tx seenTx) Shipments() store.Shipments { return seenShipments{tx.Tx.Shipments(), tx} }

func (t seenShipments) one(sh waybill.Shipment, err error) (waybill.Shipment, error) {
	t.tx.subject.Met(sh.ID, sh.Reference)
	return sh, err
}

func (t seenShipments) many(list []waybill.Shipment, err error) ([]waybill.Shipment, error) {
	t.tx.shipments(list)
	return list, err
}

func (t seenShipments) Get(id waybill.ID) (waybill.Shipment, error) {
	return t.one(t.Shipments.Get(id))
}
func (t seenShipments) GetMany(ids []waybill.ID) ([]waybill.Shipment, error) {
	return t.many(t.Shipments.GetMany(ids))
}

func (t seenShipments) ByReference(reference string) (waybill.Shipment, error) {
	return t.one(t.Shipments.ByReference(reference))
}

func (t seenShipments) ByNumber(number int64) (waybill.Shipment, error) {
	return t.one(t.Shipments.ByNumber(number))
}

func (t seenShipments) ByTracking(number string) ([]waybill.Shipment, error) {
	return t.many(t.Shipments.ByTracking(number))
}

func (t seenShipments) Find(q store.ShipmentQuery, page store.Page) (store.Slice[waybill.Shipment], error) {
	slice, err := t.Shipments.Find(q, page)
	t.tx.shipments(slice.Items)
	return slice, err
}

func (t seenShipments) Each(q store.ShipmentQuery) iter.Seq2[waybill.Shipment, error] {
	return func(yield func(waybill.Shipment, error) bool) {
		for sh, err := range t.Shipments.Each(q) {
			t.tx.subject.Met(sh.ID, sh.Reference)
			if !yield(sh, err) {
				return
			}
		}
	}
}

type seenReturns struct {
	store.Returns
	tx seenTx
}

func (tx seenTx) Returns() store.Returns { return seenReturns{tx.Tx.Returns(), tx} }

func (t seenReturns) one(r waybill.Return, err error) (waybill.Return, error) {
	t.tx.ids(waybill.ID(firstOf(string(r.Shipment), string(r.ID))))
	return r, err
}

func (t seenReturns) many(list []waybill.Return, err error) ([]waybill.Return, error) {
	for _, r := range list {
		_, _ = t.one(r, nil)
	}
	return list, err
}

func (t seenReturns) Get(id waybill.ID) (waybill.Return, error) { return t.one(t.Returns.Get(id)) }
func (t seenReturns) ByNumber(number int64) (waybill.Return, error) {
	return t.one(t.Returns.ByNumber(number))
}

func (t seenReturns) ByTracking(number string) ([]waybill.Return, error) {
	return t.many(t.Returns.ByTracking(number))
}

func (t seenReturns) Find(q store.ReturnQuery, page store.Page) (store.Slice[waybill.Return], error) {
	slice, err := t.Returns.Find(q, page)
	_, _ = t.many(slice.Items, nil)
	return slice, err
}

type seenTrackers struct {
	store.Trackers
	tx seenTx
}

func (tx seenTx) Trackers() store.Trackers { return seenTrackers{tx.Tx.Trackers(), tx} }

func (t seenTrackers) ByNumber(connection waybill.ID, number string) (waybill.Tracker, error) {
	found, err := t.Trackers.ByNumber(connection, number)
	t.tx.ids(waybill.ID(firstOf(string(found.Shipment), string(found.Return))))
	return found, err
}

type seenEvents struct {
	store.Events
	tx seenTx
}

func (tx seenTx) Events() store.Events { return seenEvents{tx.Tx.Events(), tx} }

func (t seenEvents) Since(cursor string, at time.Time, limit int) ([]waybill.Event, string, error) {
	list, next, err := t.Events.Since(cursor, at, limit)
	for _, e := range list {
		t.tx.ids(e.Shipment)
	}
	return list, next, err
}

type seenDeliveries struct {
	store.Deliveries
	tx seenTx
}

func (tx seenTx) Deliveries() store.Deliveries { return seenDeliveries{tx.Tx.Deliveries(), tx} }

func (t seenDeliveries) Get(id waybill.ID) (waybill.Delivery, error) {
	d, err := t.Deliveries.Get(id)
	t.tx.ids(d.Shipment)
	return d, err
}

func (t seenDeliveries) Find(q store.DeliveryQuery, page store.Page) (store.Slice[waybill.Delivery], error) {
	slice, err := t.Deliveries.Find(q, page)
	for _, d := range slice.Items {
		t.tx.ids(d.Shipment)
	}
	return slice, err
}
