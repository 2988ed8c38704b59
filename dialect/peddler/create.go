package peddler

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// maxShipments is how many shipments one call may bring.
const maxShipments = 500

// order is one shipment of a call: what is to be created, or why it cannot be, and what was sent.
type order struct {
	in    engine.CreateShipment
	wrong error
	sent  dialect.Value
}

// decodeCreate reads a list of shipments. The call fails as a whole only when there is none to be read; what is
// wrong with one is told in its place. A metaData that stands in the list before is a duplicate.
func decodeCreate(r *dialect.Request) ([]order, error) {
	items, err := list(r, "shipments", maxShipments)
	if err != nil {
		return nil, err
	}
	orders := make([]order, len(items))
	seen, masters := map[string]bool{}, map[string]int{}
	for i, v := range items {
		o := order{sent: v}
		o.in, o.wrong = readItem(v, r.Params[carrierID])
		o.in.Shipment.Channel = r.Settings.ChannelName
		if key := r.IdempotencyKey(); key != "" {
			o.in.Key, o.in.Hash = key+"/"+strconv.Itoa(i), r.Hash()
		}
		reference := o.in.Shipment.Reference
		if o.wrong == nil && seen[reference] {
			o.wrong = waybill.E(opCreate, waybill.ReasonDuplicate, "metaData %q stands in this call twice", reference)
		}
		seen[reference] = true
		masters[master(&o.in.Shipment)]++
		orders[i] = o
	}
	for i := range orders {
		if sh := &orders[i].in.Shipment; master(sh) != "" && masters[master(sh)] > 1 {
			sh.ParcelCount, sh.Parcels = 1, sh.Parcels[:1] // each of the colli is a shipment of its own
		}
	}
	return orders, nil
}

// master is the id that the colli of one order share.
func master(s *waybill.Shipment) (id string) {
	_ = json.Unmarshal(extraOf(s)[colliMaster], &id) // none: empty
	return id
}

// create books each shipment for itself. When not one could be stored for a reason of ours, the call fails.
func create(s engine.Session, ctx context.Context, orders []order) ([]outcome, error) {
	results := dialect.Each(ctx, s.Log, orders, func(ctx context.Context, o order) (waybill.Shipment, error) {
		if o.wrong != nil {
			return waybill.Shipment{}, o.wrong
		}
		sh, err := s.CreateShipment(ctx, o.in)
		if err == nil {
			err = refusal(s, ctx, &sh)
		}
		return sh, err
	})
	outcomes := make([]outcome, len(orders))
	for i, result := range results {
		outcomes[i] = outcome{sent: orders[i].sent, shipment: result.Value, err: result.Err}
	}
	return outcomes, ours(s, outcomes)
}

// refusal is why nobody took a shipment; that the carrier does not deliver to its postcode at all is told apart.
func refusal(s engine.Session, ctx context.Context, sh *waybill.Shipment) error {
	err := sh.Refusal()
	if waybill.ReasonOf(err) != waybill.ReasonNoRate {
		return err
	}
	to := sh.To.Address
	reached, failed := s.Reach(ctx, engine.Reach{Country: to.Country, Postcodes: []string{to.Postcode}, From: sh.From})
	if failed == nil && len(reached) == 0 {
		return waybill.E(opCreate, waybill.ReasonNotLocated, "nothing is delivered to %s", joined(to.Postcode, to.Country))
	}
	return err
}

// outcome is what became of one item of a call.
type outcome struct {
	sent     dialect.Value
	shipment waybill.Shipment
	err      error
}

// ours is the error of a call of whose items not one could be carried out, all for reasons that are not the
// caller's. What an internal error says is for the log alone.
func ours(s engine.Session, outcomes []outcome) error {
	all := true
	for _, o := range outcomes {
		code := waybill.Code("")
		if o.err != nil {
			code = waybill.AsError(o.err).Code
		}
		if code == waybill.Internal {
			s.Log.Error("an item of a call failed", "error", o.err.Error())
		}
		all = all && (code == waybill.Internal || code == waybill.Unavailable || code == waybill.TooManyRequests)
	}
	if all {
		return outcomes[0].err
	}
	return nil
}

// added is a shipment that is stored. It has a tracking number unless its booking still goes on.
type added struct {
	ID             string          `json:"id"`
	TrackingNumber *string         `json:"trackingNumber"`
	MetaData       string          `json:"metaData"`
	Status         string          `json:"status"`
	Details        json.RawMessage `json:"details"` // what was sent
}

// refused is an item that was not carried out.
type refused struct {
	TrackingNumber *string `json:"trackingNumber,omitempty"`
	MetaData       *string `json:"metaData"`
	Status         string  `json:"status"`
	ErrorType      string  `json:"errorType"`
	Error          string  `json:"error"`
}

func encodeCreate(_ *dialect.Request, outcomes []outcome) dialect.Reply {
	answers := make([]any, len(outcomes))
	for i, o := range outcomes {
		if o.err != nil {
			answers[i] = refused{
				MetaData: given(o.sent.At("metaData")), Status: statusError, ErrorType: errorType(o.err), Error: explain(o.err),
			}
			continue
		}
		answers[i] = added{
			ID: string(o.shipment.ID), TrackingNumber: orNull(o.shipment.Tracking), MetaData: o.shipment.Reference,
			Status: statusAdded, Details: o.sent.Bytes(),
		}
	}
	return dialect.JSON(http.StatusOK, answers)
}
