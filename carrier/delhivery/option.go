package delhivery

import (
	"encoding/json"
	"slices"
	"strings"

	"waybill"
)

// fragile is what a caller may write in Options.Enhancement.
const fragile = "fragile"

// options puts a shipment's wishes where Delhivery takes them. A wish that it cannot fulfil is refused, never dropped.
func (r *request) options(pack *order, o waybill.Options, s service) {
	if collect := r.rupees("options.cod", o.COD); collect != "" {
		pack.PaymentMode, pack.CODAmount = "COD", collect
	}
	switch o.Enhancement {
	case "":
	case fragile:
		pack.FragileShipment = true
	default:
		r.report("options.enhancement", waybill.RuleEnum, o.Enhancement, fragile, "Delhivery has no extra %q", shorten(o.Enhancement, 30))
	}
	if o.DangerousGoods {
		if !slices.Contains(s.abilities, waybill.CanDangerous) {
			r.report("options.dangerous_goods", waybill.RuleEnum, "true", "false", "%s does not carry dangerous goods", s.name)
		}
		pack.DangerousGood = true
	}
	if o.Format != "" {
		r.report("options.format", waybill.RuleEnum, o.Format, "", "Delhivery has no formats to choose from")
	}
	r.unknown(o)
}

// unknown refuses the wishes that Delhivery's API has no member for.
func (r *request) unknown(o waybill.Options) {
	none := waybill.Shipment{Options: o}
	none.Options.COD, none.Options.DangerousGoods = waybill.Amount{}, false
	paths := map[string]string{
		waybill.CanSignature: "options.signature", waybill.CanAdult: "options.signature", waybill.CanInsurance: "options.insurance",
		waybill.CanPIN: "options.pin", waybill.CanDispose: "options.undeliverable", waybill.CanDonate: "options.undeliverable",
	}
	for _, need := range none.Needs() {
		path, known := paths[need]
		if !known {
			path = "options.temperature"
		}
		r.report(path, waybill.RuleEnum, need, "", "Delhivery does not offer this through its API: %s", strings.ReplaceAll(need, "_", " "))
	}
}

// back is where a parcel goes that nobody takes, or that was fetched.
func (r *request) back(pack *order, path string, p waybill.Party) {
	pack.ReturnName, pack.ReturnAdd = r.who(path+".contact", p.Contact), r.street(path+".address", p.Address)
	pack.ReturnCity, pack.ReturnState, pack.ReturnPin = p.Address.City, p.Address.State, r.pin(path+".address", p.Address)
	pack.ReturnPhone, pack.ReturnCountry = r.phone(path+".contact.phone", p.Contact), "India"
}

// value is what the goods are worth: the whole where it was given, else what the items cost.
func (r *request) value(w waybill.Shipment) waybill.Money {
	if w.Value.Value.Positive() {
		r.rupees("value", w.Value)
		return w.Value.Money()
	}
	sum := worth(w.Items)
	if w.Value.Currency != "" {
		r.rupees("value", waybill.Amount{Value: sum.Decimal(), Currency: w.Value.Currency})
	}
	return sum
}

// worth is what items cost, in rupees: the price they were sold at, else their usual one.
func worth(items []waybill.Item) waybill.Money {
	sum := waybill.Money{Currency: "INR"}
	for _, item := range items {
		price := item.SalePrice
		if !price.Positive() {
			price = item.Price
		}
		each := waybill.Amount{Value: price, Currency: "INR"}.Money().Minor
		sum.Minor = waybill.Add(sum.Minor, waybill.Multiply(each, int64(max(item.Quantity, 1))))
	}
	return sum
}

// seller is the tax number that is printed for the seller.
func (a *adapter) seller(from waybill.Party) string {
	for _, id := range from.TaxIDs {
		if kind := strings.ToUpper(id.Type); kind == "GST" || kind == "GSTIN" {
			return id.Number
		}
	}
	return a.gst
}

// written is an address in one line, with its town.
func written(a waybill.Address) string {
	parts := append(a.Lines(), a.City, strings.TrimSpace(a.State+" "+a.Postcode))
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// addressType tells a home from an office, where the caller knows.
func addressType(address waybill.Address) string {
	switch {
	case address.Residential == nil:
		return ""
	case *address.Residential:
		return "home"
	default:
		return "office"
	}
}

// goods describes what is inside. It is printed, so the caller's own reference stands in front.
func goods(reference string, items []waybill.Item) string {
	const limit = 500
	var names []string
	for _, item := range items {
		name := item.Title
		if name == "" {
			name = item.Commodity.Description
		}
		if name == "" {
			name = item.SKU
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	text := strings.Join(names, ", ")
	if text == "" {
		text = "Goods"
	}
	if reference != "" {
		text = reference + ": " + text
	}
	return shorten(text, limit)
}

// pieces is how many things are inside.
func pieces(items []waybill.Item) int {
	n := 0
	for _, item := range items {
		n += max(item.Quantity, 1)
	}
	return n
}

// tariffs are the tariff (HSN) codes of the goods, each once.
func tariffs(items []waybill.Item) string {
	var codes []string
	for _, item := range items {
		if code := item.Commodity.Code; code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return strings.Join(codes, ",")
}

// rupeesOf is money on the wire.
func rupeesOf(m waybill.Money) json.Number { return json.Number(m.Decimal()) }
