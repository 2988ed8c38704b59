package lynkup

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// history reads what happened to an order. This operation knows no 404: an order that does not exist has
// no history.
func history(s engine.Session, ctx context.Context, in engine.GetShipment) (engine.ShipmentHistory, error) {
	h, err := s.ShipmentHistory(ctx, in)
	if waybill.IsCode(err, waybill.NotFound) || waybill.ReasonOf(err) == waybill.ReasonBadID {
		return engine.ShipmentHistory{}, nil
	}
	return h, err
}

// statusHistory is an order's history: an array of one, on the wire.
type statusHistory struct {
	OrderID     string        `json:"orderId"`
	TenantID    string        `json:"tenantId"`
	OrderStatus []orderStatus `json:"orderStatus"`
	TrackingURL *string       `json:"trackingUrl"`
}

type orderStatus struct {
	Status      string       `json:"status"`
	UpdatedAt   string       `json:"updatedAt"`
	Note        *string      `json:"note"`
	StatusUser  string       `json:"statusUser"`
	EventReason *eventReason `json:"eventReason,omitempty"`
	SubStatus   string       `json:"subStatus,omitempty"`
}

func encodeHistory(_ *dialect.Request, h engine.ShipmentHistory) dialect.Reply {
	if h.Shipment.ID == "" {
		return dialect.JSON(http.StatusOK, []statusHistory{})
	}
	zone := zoneOf(&h.Shipment)
	parcels := map[string]waybill.Transit{}
	for _, p := range h.Shipment.Parcels {
		parcels[p.Tracking] = waybill.LabelMade
	}
	rows := []orderStatus{}
	for i := range h.Events {
		n, ok := newsOf(&h.Events[i])
		if !ok {
			continue
		}
		if len(h.Shipment.Parcels) > 1 {
			n.state.Transit = furthestBehind(parcels, &h.Events[i])
		}
		w := wordOf(n.state)
		rows = append(rows, orderStatus{
			Status: w.status, UpdatedAt: spoken(n.at, zone), Note: given(&n.note), StatusUser: n.user, EventReason: n.reason, SubStatus: w.substatus,
		})
	}
	return dialect.JSON(http.StatusOK, []statusHistory{{
		OrderID: string(h.Shipment.ID), TenantID: h.Shipment.Tenant, OrderStatus: rows, TrackingURL: given(&h.Shipment.TrackingURL),
	}})
}

// furthestBehind notes where a scan puts its parcel, and answers where an order of several then is.
func furthestBehind(parcels map[string]waybill.Transit, e *waybill.Event) waybill.Transit {
	if e.Kind == waybill.ShipmentTracked {
		parcels[e.Facts.Tracking] = e.Facts.Transit
	}
	least := len(waybill.Transits) - 1
	for _, t := range parcels {
		least = min(least, slices.Index(waybill.Transits, t))
	}
	return waybill.Transits[max(0, least)]
}

// zoneOf is the time zone of where the order leaves; UTC when none is known.
func zoneOf(s *waybill.Shipment) *time.Location {
	zone, err := waybill.Zone(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// spoken writes a time as a person says it: April 27th 2022, 2:45:45 am CDT.
func spoken(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return t.Format("January ") + ordinal(t.Day()) + t.Format(" 2006, 3:04:05 pm MST")
}

func ordinal(n int) string {
	ending := "th"
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}
