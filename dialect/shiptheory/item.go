package shiptheory

import (
	"encoding/json"
	"slices"

	"waybill"
	"waybill/dialect"
)

// What a product's members may hold.
const (
	maxSKU       = 100
	maxCommodity = 100
	maxMID       = 25
	maxQuantity  = 1_000_000
)

// itemMembers are those of a product inside a shipment.
var itemMembers = slices.Concat([]member[waybill.Item]{
	line("name", true, maxText, func(i *waybill.Item) *string { return &i.Title }),
	line("sku", true, maxSKU, func(i *waybill.Item) *string { return &i.SKU }),
	{"qty", false, func(v dialect.Value, i *waybill.Item) { i.Quantity = int(v.Integer(0, maxQuantity)) }},
	{"value", true, func(v dialect.Value, i *waybill.Item) { i.Price = figure(v) }},
	{"weight", true, func(v dialect.Value, i *waybill.Item) {
		i.Weight = waybill.Weight{Value: figure(v), Unit: waybill.Kilogram}
	}},
	edge("length", func(s *waybill.Size) *waybill.Decimal { return &s.Length }),
	edge("width", func(s *waybill.Size) *waybill.Decimal { return &s.Width }),
	edge("height", func(s *waybill.Size) *waybill.Decimal { return &s.Height }),
}, commodityMembers(func(i *waybill.Item) *waybill.Commodity { return &i.Commodity }))

// edge reads one side of a product in centimetres.
func edge(name string, into func(*waybill.Size) *waybill.Decimal) member[waybill.Item] {
	return member[waybill.Item]{name, false, func(v dialect.Value, i *waybill.Item) {
		if d := figure(v); d != "" {
			*into(&i.Size), i.Size.Unit = d, waybill.Centimetre
		}
	}}
}

// commodityMembers are what customs wants to know, of products inside shipments and of those an account
// keeps.
func commodityMembers[T any](of func(*T) *waybill.Commodity) []member[T] {
	return []member[T]{
		line("commodity_code", false, maxCommodity, func(t *T) *string { return &of(t).Code }),
		line("commodity_description", false, maxCommodity, func(t *T) *string { return &of(t).Description }),
		line("commodity_manucountry", false, maxCommodity, func(t *T) *string { return &of(t).Country }),
		line("commodity_composition", false, maxCommodity, func(t *T) *string { return &of(t).Composition }),
		line("mid_code", false, maxMID, func(t *T) *string { return &of(t).MID }),
	}
}

func readProducts(v dialect.Value, b *booking) {
	if v.Blank() {
		return
	}
	for _, product := range v.Items(maxProducts) {
		var item waybill.Item
		if product.Object() {
			if unknown := readAll(product, itemMembers, &item); unknown != nil {
				item.Extra, _ = json.Marshal(unknown) // raw messages that were read from JSON
			}
		}
		b.Shipment.Items = append(b.Shipment.Items, item)
	}
}

// wireItem is a product inside a shipment: figures are text with two places, sides are text.
type wireItem struct {
	Quantity    int     `json:"qty"`
	SKU         string  `json:"sku"`
	Name        string  `json:"name"`
	Value       string  `json:"value"`
	Weight      string  `json:"weight"`
	Length      string  `json:"length"`
	Width       string  `json:"width"`
	Height      string  `json:"height"`
	Description *string `json:"commodity_description"`
	Code        *string `json:"commodity_code"`
	Country     *string `json:"commodity_manucountry"`
	Composition *string `json:"commodity_composition"`
}

func itemOf(i waybill.Item) wireItem {
	return wireItem{
		Quantity: i.Quantity, SKU: i.SKU, Name: i.Title, Value: fixed(i.Price), Weight: fixed(i.Weight.In(waybill.Kilogram, 3)),
		Length: side(i.Size, i.Size.Length), Width: side(i.Size, i.Size.Width), Height: side(i.Size, i.Size.Height),
		Description: orNull(i.Commodity.Description), Code: orNull(i.Commodity.Code),
		Country: orNull(i.Commodity.Country), Composition: orNull(i.Commodity.Composition),
	}
}

// side is an edge in centimetres as text; "0" when it is not known.
func side(s waybill.Size, edge waybill.Decimal) string {
	if edge == "" {
		return "0"
	}
	return string(s.In(edge, waybill.Centimetre, 2))
}
