package delhivery

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"waybill"
	"waybill/carrier"
)

// editable are the changes that Delhivery takes of a booked package.
var editable = []string{"to", "parcels", "items", "cod"}

// changed is what a package shall be like; members that are absent stay.
type changed struct {
	Waybill      string      `json:"waybill"`
	Name         string      `json:"name,omitempty"`
	Add          string      `json:"add,omitempty"`
	Phone        string      `json:"phone,omitempty"`
	ProductsDesc string      `json:"products_desc,omitempty"`
	Grams        json.Number `json:"gm,omitempty"`
	Length       json.Number `json:"shipment_length,omitempty"`
	Width        json.Number `json:"shipment_width,omitempty"`
	Height       json.Number `json:"shipment_height,omitempty"`
	PT           string      `json:"pt,omitempty"`
	COD          json.Number `json:"cod,omitempty"`
}

// Edit changes booked packages until they are delivered: consignee, contents, weights, sizes and the money to be
// collected. The pincode stays, and so does the number of packages.
func (a *adapter) Edit(ctx context.Context, q carrier.EditRequest) error {
	const op = "delhivery.edit"
	for _, name := range q.Changed {
		if !slices.Contains(editable, name) {
			return frozen(op, name, "Delhivery cannot be told of another %s once a shipment is booked", name)
		}
	}
	has := func(name string) bool { return slices.Contains(q.Changed, name) }
	w, r := q.Shipment, &request{}
	if len(w.Parcels) != len(q.Numbers) {
		return frozen(op, "parcels", "%d packages are booked with Delhivery; their number cannot change", len(q.Numbers))
	}
	var common changed
	if has("to") {
		common.Name, common.Add = r.who("to.contact", w.To.Contact), r.street("to.address", w.To.Address)
		common.Phone = r.phone("to.contact.phone", w.To.Contact)
		if err := a.samePin(ctx, op, q.Numbers, r.pin("to.address", w.To.Address)); err != nil {
			return err
		}
	}
	if has("items") {
		common.ProductsDesc = goods(w.Reference, w.Items)
	}
	if has("cod") {
		if len(w.Parcels) > 1 {
			return frozen(op, "options.cod", "Delhivery cannot change what is collected for several boxes")
		}
		common.PT = "Pre-paid"
		if common.COD = r.rupees("options.cod", w.Options.COD); common.COD != "" {
			common.PT = "COD"
		}
	}
	boxes := r.boxes(order{}, w.Parcels, w.TotalWeight)
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return err
	}
	for i, number := range q.Numbers {
		one := common
		one.Waybill = number
		if has("parcels") {
			one.Grams = json.Number(strconv.FormatInt(boxes[i].Weight, 10))
			one.Length, one.Width, one.Height = boxes[i].Length, boxes[i].Width, boxes[i].Height
		}
		if err := a.change(ctx, op, one); err != nil {
			return err
		}
	}
	return nil
}

// samePin refuses a move to another pincode, for which Delhivery's edit has no member.
func (a *adapter) samePin(ctx context.Context, op string, numbers []string, pin string) error {
	found, err := a.ask(ctx, op, numbers[:1])
	if err != nil {
		return err
	}
	if booked := string(found[numbers[0]].Consignee.PinCode); booked != "" && booked != pin {
		return frozen(op, "to.address.postcode", "the shipment is booked to %s: Delhivery cannot move it to another pincode", booked)
	}
	return nil
}

// frozen is the refusal of a change.
func frozen(op, path, format string, args ...any) error {
	e := waybill.E(op, waybill.ReasonFrozen, "%s", fmt.Sprintf(format, args...))
	e.Fields = []waybill.FieldError{{Path: path, Rule: waybill.RuleFormat, Message: e.Message}}
	return e
}
