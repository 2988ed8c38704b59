package lynkup

import (
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeEdit reads a change: a member that is absent stays as it is, null clears it where an order can
// be without it, an object or array replaces the old one whole. With the query parameter forceUpdate the
// change is kept even where the carrier would not take it.
func decodeEdit(r *dialect.Request) (engine.EditShipment, error) {
	v, err := object(r)
	if err != nil {
		return engine.EditShipment{}, err
	}
	query := r.Asked()
	in := engine.EditShipment{Ref: named(r), Force: query.At("forceUpdate").Boolean(), MustLocate: true}
	if err := query.Errors(opEdit); err != nil {
		return in, err
	}
	empty := true
	if location := v.At("locationExternalId"); location.Given() {
		key := location.Required().String(maxKey)
		in.Location, empty = &key, false
	}
	var sent []member
	var trial waybill.Shipment
	for _, m := range members {
		if at := v.At(m.name); at.Given() {
			m.read(m.require(at), &trial)
			sent = append(sent, m)
		}
	}
	checkTimes(v, trial)
	if err := v.Errors(opEdit); err != nil {
		return in, err
	}
	if empty && len(sent) == 0 {
		return in, waybill.E(opEdit, waybill.ReasonEmptyUpdate, "at least one field of the order must be sent")
	}
	in.Change = func(s *waybill.Shipment) {
		for _, m := range sent {
			m.read(v.At(m.name), s)
		}
	}
	return in, nil
}

// renamed are the engine's names for members, in the words of this API.
var renamed = map[string]string{
	"reference": "orderExternalId", "location": "locationExternalId", "return_location": "returnLocationId",
	"to": "deliveryAddress", "to.country": "deliveryAddress.countryCode", "to.postcode": "deliveryAddress.postalCode",
	"from": "locationExternalId", "parcels": "package", "parcels[0].size": "package.size", "totalweight": "package.weight",
	"parcelcount": "package", "options": "signature", "pickuptime": "pickupTime", "deliverytime": "deliveryTime",
	"instructions": "deliveryInstructions", "choice": "proposedProviders", "value": "orderValue", "items": "itemList",
}

// parameter is the wire's name of a field that an error is about, whoever found it.
func parameter(path string) string {
	if name, ok := renamed[path]; ok {
		return name
	}
	if below, ok := strings.CutPrefix(path, "parcels[0]."); ok {
		return "package." + below
	}
	return path
}
