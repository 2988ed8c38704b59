package doordash

import (
	"encoding/json"
	"fmt"
	"slices"

	"waybill"
)

// DoorDash's limits of one line of the order (DeliveryItem).
const (
	nameLength     = 100
	noteLength     = 500
	mostPieces     = 100
	mostPrice      = 9_999_999 // cents
	heaviest       = 9_999_995 // ten-thousandths of a pound
	weightPlaces   = 4
	edgePlaces     = 2
	tenThousandths = 10_000
)

// items is what the Dasher is given. DoorDash knows things, not parcels: each parcel is a line with its weight
// and edges, and after them comes what is in them, without weights, so that nothing is weighed twice.
func (r *request) items(w waybill.Shipment) []item {
	var list []item
	for i, p := range w.Parcels {
		list = append(list, r.parcel(w, i, p))
	}
	local := countries[w.From.Address.Country].currency
	for n, thing := range w.Items {
		one := item{
			Name: shorten(line(firstOf(thing.Title, thing.Commodity.Description, thing.SKU, "Item")), nameLength),
			ID:   shorten(line(thing.SKU), nameLength),
		}
		if price(thing) != "" {
			cents := waybill.Amount{Value: price(thing), Currency: local}.Money().Minor
			if cents < 0 || cents > mostPrice {
				r.report(fmt.Sprintf("items[%d].price", n), waybill.RuleRange, string(price(thing)), "99999.99", "DoorDash takes prices up to 99999.99")
			}
			one.Price = &cents
		}
		for left := max(thing.Quantity, 1); left > 0; left -= mostPieces {
			one.Quantity = min(left, mostPieces)
			list = append(list, one)
		}
	}
	return list
}

// parcel is the line of one parcel.
func (r *request) parcel(w waybill.Shipment, i int, p waybill.Parcel) item {
	out := item{
		Name: fmt.Sprintf("Parcel %d of %d", i+1, len(w.Parcels)), Quantity: 1, Barcode: line(p.Barcode),
		Description: shorten(line(p.Description), noteLength),
	}
	if weight := share(w, i); weight.Value.Positive() {
		pounds := weight.AtLeast(waybill.Pound, weightPlaces)
		if n, ok := pounds.Scaled(tenThousandths, 1); !ok || n > heaviest {
			r.report(fmt.Sprintf("parcels[%d].weight", i), waybill.RuleRange, string(weight.Value), "999.9995 lb", "a parcel of that weight is beyond DoorDash")
		}
		out.Weight = json.Number(pounds)
	}
	if p.Size.Known() {
		inches := func(edge waybill.Decimal) json.Number {
			return json.Number(p.Size.AtLeast(edge, waybill.Inch, edgePlaces))
		}
		out.Length, out.Width, out.Height = inches(p.Size.Length), inches(p.Size.Width), inches(p.Size.Height)
	}
	return out
}

// share is a parcel's weight; when only the whole shipment was weighed, an equal share of it.
func share(w waybill.Shipment, i int) waybill.Weight {
	weighed := slices.ContainsFunc(w.Parcels, func(p waybill.Parcel) bool { return p.Weight.Value != "" })
	switch {
	case weighed || w.TotalWeight.Value == "":
		return w.Parcels[i].Weight
	case len(w.Parcels) == 1:
		return w.TotalWeight
	default:
		n := int64(len(w.Parcels))
		return waybill.WeightOf((w.TotalWeight.Grams() + n - 1) / n)
	}
}
