package shiptheory

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
)

// shippingPrice is where the price that the buyer paid for shipping is kept: no carrier asks for it.
const shippingPrice = "shipment_detail.shipping_price"

// detailMembers are those of shipment_detail.
var detailMembers = []member[booking]{
	{"weight", true, func(v dialect.Value, b *booking) {
		if d := figure(v); d != "" {
			b.Shipment.TotalWeight = waybill.Weight{Value: d, Unit: waybill.Kilogram}
		}
	}},
	{"parcels", true, func(v dialect.Value, b *booking) { b.Shipment.ParcelCount = int(v.Integer(1, maxParcels)) }},
	{"value", true, func(v dialect.Value, b *booking) { b.Shipment.Value.Value = figure(v) }},
	line("enhancement_id", false, maxText, func(b *booking) *string { return &b.Shipment.Options.Enhancement }),
	line("format_id", false, maxText, func(b *booking) *string { return &b.Shipment.Options.Format }),
	line("instructions", false, maxNote, func(b *booking) *string { return &b.Shipment.Instructions }),
	line("channel_shipservice_name", false, maxText, func(b *booking) *string { return &b.Shipment.Method }),
	{"currency_code", false, readCurrency},
	{"shipping_price", false, func(v dialect.Value, b *booking) {
		if n := dialect.Number(figure(v)); n != nil {
			b.extra[shippingPrice] = json.RawMessage(n.String())
		}
	}},
	line("reference3", false, maxText, func(b *booking) *string { return &b.Shipment.Reference3 }),
	{"gift_message", false, func(v dialect.Value, b *booking) {
		if text := v.Text(maxNote); text != "" {
			b.extra[v.Path()], _ = json.Marshal(text) // text always is JSON
		}
	}},
	{"sales_source", false, func(v dialect.Value, b *booking) {
		if name := strings.TrimSpace(v.Text(maxText)); name != "" {
			b.Shipment.Channel = name
		}
	}},
	{"ship_date", false, func(v dialect.Value, b *booking) {
		if t := day(v); !t.IsZero() {
			b.Shipment.Options.ShipDate = t.Format(time.DateOnly)
		}
	}},
	line("rules_metadata", false, maxMetadata, func(b *booking) *string { return &b.Shipment.Metadata }),
	line("duty_tax_number", false, maxText, func(b *booking) *string { return &b.duty.Number }),
	{"duty_tax_number_type", false, func(v dialect.Value, b *booking) {
		b.duty.Type = v.Among(dutyTypes...)
		switch {
		case b.duty.Type == "":
			b.duty.Type = dutyUnnamed
		case b.duty.Number == "":
			v.Note(waybill.RuleNeeds, "", "%s says nothing without a duty_tax_number", v.Path())
		}
	}},
}

// readCurrency wants a code of ISO 4217, in any case.
func readCurrency(v dialect.Value, b *booking) {
	text := v.Text(3)
	if text == "" {
		return
	}
	code, known := dialect.Currency(text)
	if !known {
		v.Note(waybill.RuleFormat, "", "%s must be a currency code of three letters", v.Path())
	}
	b.Shipment.Value.Currency = code
}

// packageMembers are those of one entry of packages: a box of the account with its weight.
var packageMembers = []member[waybill.Parcel]{
	{"id", true, func(v dialect.Value, p *waybill.Parcel) { p.SizeNumber = v.Integer(1, maxID) }},
	{"weight", true, func(v dialect.Value, p *waybill.Parcel) {
		p.Weight = waybill.Weight{Value: figure(v), Unit: waybill.Kilogram}
	}},
}

func readPackages(v dialect.Value, b *booking) {
	if v.Blank() {
		return
	}
	for i, item := range v.Items(maxParcels) {
		var p waybill.Parcel
		if item.Object() {
			b.keep("packages."+strconv.Itoa(i), readAll(item, packageMembers, &p))
		}
		b.Shipment.Parcels = append(b.Shipment.Parcels, p)
	}
}

// share makes the parcels: the packages, else equal shares of the weight. Packages that disagree with the
// shipment's own figures win, and the history says so.
func (b *booking) share() {
	s := &b.Shipment
	if len(s.Parcels) == 0 {
		b.divide()
	} else {
		b.compare()
	}
	if len(s.Parcels) == 1 {
		for _, item := range s.Items {
			s.Parcels[0].Items += max(item.Quantity, 1)
		}
	}
}

// divide makes as many parcels as were said, of equal weight, rounded up to a gram.
func (b *booking) divide() {
	s := &b.Shipment
	n := max(s.ParcelCount, 1)
	each := s.TotalWeight
	if n > 1 && each.Value != "" {
		each = waybill.WeightOf((each.Grams() + int64(n) - 1) / int64(n))
	}
	for range n {
		s.Parcels = append(s.Parcels, waybill.Parcel{Name: "custom", Weight: each})
	}
}

func (b *booking) compare() {
	s := &b.Shipment
	if n := len(s.Parcels); s.ParcelCount != 0 && n != s.ParcelCount {
		b.notice("shipment_detail.parcels is " + strconv.Itoa(s.ParcelCount) + ", the packages are " + strconv.Itoa(n) + ": the packages count")
	}
	var grams int64
	for _, p := range s.Parcels {
		grams += p.Weight.Grams()
	}
	if s.TotalWeight.Value != "" && grams != s.TotalWeight.Grams() {
		b.notice("shipment_detail.weight is " + string(s.TotalWeight.Value) + " kg, the packages weigh " +
			string(waybill.WeightOf(grams).In(waybill.Kilogram, 3)) + " kg: the packages count")
	}
}
