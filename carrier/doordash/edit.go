package doordash

import (
	"context"
	"net/http"
	"slices"

	"waybill"
	"waybill/carrier"
)

// Edit tells DoorDash what has changed of a delivery; the rest is not said again. It takes changes until the
// parcel is picked up, of the recipient's side a little longer.
func (a *adapter) Edit(ctx context.Context, q carrier.EditRequest) error {
	const op = "doordash.edit"
	id := q.CarrierID
	if id == "" {
		id = firstOf(append(slices.Clone(q.Numbers), q.Key)...)
	}
	whole, err := a.order(q.Shipment, a.clock.Now(), false)
	if err != nil || len(q.Changed) == 0 {
		return err
	}
	change := map[string]any{} // not an order: what was taken away must be said, too
	for _, what := range q.Changed {
		switch what {
		case "to":
			change["dropoff_address"], change["dropoff_business_name"] = whole.DropoffAddress, whole.DropoffName
			change["dropoff_phone_number"], change["dropoff_email_address"] = whole.DropoffPhone, whole.Email
			change["dropoff_contact_given_name"], change["dropoff_contact_family_name"] = whole.GivenName, whole.FamilyName
		case "instructions":
			change["dropoff_instructions"] = whole.DropoffNotes
		case "parcels", "items":
			change["items"], change["order_value"] = whole.Items, whole.Value
		case "pickup_time", "delivery_time":
			whole.timesInto(change)
		default:
			e := waybill.E(op, waybill.ReasonFrozen, "DoorDash takes no change of %s", what)
			e.Fields = []waybill.FieldError{{Path: what, Rule: waybill.RuleFormat, Message: e.Message}}
			return e
		}
	}
	patch := call(op, http.MethodPatch, at(deliveries, id), change, true)
	var answer delivery
	if err := a.client.Do(ctx, patch, &answer); err != nil {
		return err
	}
	if answer.ID != id {
		return a.client.Unusable(patch, "it answers another change", nil)
	}
	return nil
}

// timesInto says when, as far as anything is known.
func (o order) timesInto(change map[string]any) {
	if o.PickupWindow != nil {
		change["pickup_window"], change["dropoff_window"] = o.PickupWindow, o.DropoffWindow
	}
	if o.PickupTime != "" {
		change["pickup_time"] = o.PickupTime
	}
	if o.DropoffTime != "" {
		change["dropoff_time"] = o.DropoffTime
	}
}
