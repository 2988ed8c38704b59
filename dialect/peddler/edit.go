package peddler

import (
	"context"
	"encoding/json"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// change is what is to be changed of a shipment: its receiver's address, e-mail address or both.
type change struct {
	ref   engine.Ref
	to    *waybill.Party
	email *string
	wrong error
	sent  dialect.Value
}

// decodeUpdate reads a change of the shipment that the path names.
func decodeUpdate(r *dialect.Request) (change, error) {
	v, err := r.JSON()
	if err != nil {
		return change{}, err
	}
	if !v.Required().Object() {
		return change{}, v.Errors(opUpdate)
	}
	c := readChange(v)
	c.ref = named(r)
	return c, c.wrong
}

func readChange(v dialect.Value) change {
	c := change{sent: v}
	if at := v.At("deliveryAddress"); at.Object() {
		to := readAddress(at, waybill.Party{})
		c.to = &to
	}
	if at := v.At("deliveryEmail"); !at.Absent() {
		email := at.Text(maxText)
		c.email = &email
	}
	if c.wrong = v.Errors(opUpdate); c.wrong == nil && c.to == nil && c.email == nil {
		c.wrong = waybill.E(opUpdate, waybill.ReasonEmptyUpdate, "deliveryAddress or deliveryEmail is needed")
	}
	return c
}

// decodeUpdates reads many changes, each with the trackingNumber or the metaData of its shipment.
func decodeUpdates(r *dialect.Request) ([]change, error) {
	items, err := list(r, "shipments", maxShipments)
	if err != nil {
		return nil, err
	}
	changes := make([]change, len(items))
	for i, v := range items {
		if !isObject(v) {
			changes[i] = change{sent: v, wrong: v.Errors(opUpdates)}
			continue
		}
		ref := engine.Ref{Tracking: v.At("trackingNumber").Text(maxText)}
		if ref.Tracking == "" {
			ref.Reference = v.At("metaData").Text(maxText)
		}
		if ref == (engine.Ref{}) {
			v.At("trackingNumber").Note(waybill.RuleRequired, "", "trackingNumber or metaData is needed")
		}
		changes[i] = readChange(v)
		changes[i].ref = ref
	}
	return changes, nil
}

// open are the statuses up to which a shipment may be changed. The vendor's documents name the last of them among
// those that allow it and among those that do not.
var open = []string{statusAdded, statusConfirmed}

// update changes a shipment that has not left yet.
func update(s engine.Session, ctx context.Context, c change) (waybill.Shipment, error) {
	late := false
	sh, err := s.EditShipment(ctx, engine.EditShipment{Ref: c.ref, MustLocate: true, Change: func(sh *waybill.Shipment) {
		status := wordNow(sh).status
		if late = status != open[0] && status != open[1]; !late {
			c.apply(sh)
		}
	}})
	if err == nil && late {
		err = waybill.E(opUpdate, waybill.ReasonFrozen, "the shipment is %s by now", wordNow(&sh).status)
	}
	return sh, err
}

func (c change) apply(sh *waybill.Shipment) {
	if c.to != nil {
		extra := extraOf(sh)
		before := addressOf(&sh.To)
		extra[previousAddress], _ = json.Marshal(before) // an address always is JSON
		sh.Extra, _ = json.Marshal(extra)
		to := *c.to
		to.Contact.Email, to.TaxIDs = sh.To.Contact.Email, sh.To.TaxIDs
		sh.To = to
	}
	if c.email != nil {
		sh.To.Contact.Email = *c.email
	}
}

// updateEach changes each shipment for itself; what is changed more than once is so in the order of the call.
func updateEach(s engine.Session, ctx context.Context, changes []change) ([]outcome, error) {
	outcomes := make([]outcome, len(changes))
	dialect.Each(ctx, s.Log, alike(s, ctx, changes), func(ctx context.Context, places []int) (struct{}, error) {
		for _, i := range places {
			result := dialect.Each(ctx, s.Log, changes[i:i+1], func(ctx context.Context, c change) (waybill.Shipment, error) {
				if c.wrong != nil {
					return waybill.Shipment{}, c.wrong
				}
				return update(s, ctx, c)
			})[0]
			outcomes[i] = outcome{sent: changes[i].sent, shipment: result.Value, err: result.Err}
		}
		return struct{}{}, nil
	})
	return outcomes, ours(s, outcomes)
}

// alike puts the places of changes that are of one shipment together, whichever of its names each has.
func alike(s engine.Session, ctx context.Context, changes []change) (groups [][]int) {
	found := dialect.Each(ctx, s.Log, changes, func(ctx context.Context, c change) (waybill.Shipment, error) {
		if c.wrong != nil {
			return waybill.Shipment{}, c.wrong
		}
		return s.GetShipment(ctx, engine.GetShipment{Ref: c.ref})
	})
	at := map[waybill.ID]int{}
	for i, f := range found {
		group, known := at[f.Value.ID]
		if !known || f.Err != nil {
			group, groups = len(groups), append(groups, nil)
			at[f.Value.ID] = group
		}
		groups[group] = append(groups[group], i)
	}
	return groups
}

// encodeUpdate answers the whole record, in a list of one.
func encodeUpdate(_ *dialect.Request, s waybill.Shipment) dialect.Reply {
	return dialect.JSON(http.StatusOK, []record{recordOf(&s)})
}

// updated is a shipment that was changed, of a call with many.
type updated struct {
	TrackingNumber *string `json:"trackingNumber"`
	MetaData       string  `json:"metaData"`
	Status         string  `json:"status"`
	Details        record  `json:"details"`
}

func encodeUpdates(_ *dialect.Request, outcomes []outcome) dialect.Reply {
	answers := make([]any, len(outcomes))
	for i, o := range outcomes {
		if o.err != nil {
			answers[i] = refused{
				TrackingNumber: given(o.sent.At("trackingNumber")), MetaData: given(o.sent.At("metaData")),
				Status: statusError, ErrorType: errorType(o.err), Error: explain(o.err),
			}
			continue
		}
		answers[i] = updated{
			TrackingNumber: orNull(o.shipment.Tracking), MetaData: o.shipment.Reference, Status: statusUpdated, Details: recordOf(&o.shipment),
		}
	}
	return dialect.JSON(http.StatusOK, answers)
}
