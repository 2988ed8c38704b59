package lynkup

import (
	"cmp"
	"fmt"

	"waybill"
	"waybill/dialect"
)

// The units of a request that names none: the API this one grew out of knew only inches and pounds.
const (
	defaultLength = waybill.Inch
	defaultWeight = waybill.Pound
)

// Measures and prices beyond these are slips of the keyboard, and no carrier's business.
const (
	mostMeasure = 1_000_000
	mostMoney   = waybill.MostMoney / 100
	mostPieces  = 1_000_000
)

// noTemperature is this API's word for "no temperature to keep".
const noTemperature = "none"

// readPackage reads the package. Where the caller sends back what we showed for a member it never set,
// the member stays unset.
func readPackage(v dialect.Value, s *waybill.Shipment) {
	var old waybill.Parcel
	barcode, temperature, wanted := "", noTemperature, s.Options.Temperature
	if len(s.Parcels) > 0 {
		old, barcode, temperature = s.Parcels[0], barcodeOf(s), temperatureOf(s)
	}
	s.Parcels, s.Options.Temperature = nil, ""
	if !v.Object() {
		return
	}
	p := waybill.Parcel{
		Name: v.At("name").String(maxName), Size: readSize(v.At("size")), Weight: readWeight(v.At("weight")),
		Items: 1, Description: v.At("description").String(maxText), Temperature: v.At("temperatureControl").String(maxKey),
		Barcode: v.At("barcode").Text(maxName), Tracking: old.Tracking, SSCC: old.SSCC,
	}
	if n := v.At("itemQuantity"); !n.Absent() {
		p.Items = int(n.Integer(1, mostPieces))
	}
	for _, content := range v.At("content").Items(maxItems) {
		p.Contents = append(p.Contents, content.String(maxKey))
	}
	switch p.Temperature {
	case temperature:
		p.Temperature = old.Temperature
	case noTemperature:
		p.Temperature, wanted = "", ""
	default:
		wanted = p.Temperature
	}
	if p.Barcode == barcode {
		p.Barcode = old.Barcode
	}
	if p.Name == old.Name && p.Size == old.Size {
		p.SizeNumber = old.SizeNumber
	}
	s.Parcels, s.Options.Temperature = []waybill.Parcel{p}, wanted
}

// packageOf writes the first parcel: this API shows one. A shipment always has one once it is stored.
func packageOf(s *waybill.Shipment) *pack {
	if len(s.Parcels) == 0 {
		return nil
	}
	p := &s.Parcels[0]
	out := &pack{
		Name: p.Name, ItemQuantity: max(1, p.Items), Size: sizeOf(p.Size), Weight: weightOf(p.Weight), Description: p.Description,
		TemperatureControl: temperatureOf(s), Barcode: barcodeOf(s), Content: p.Contents,
	}
	if out.Name == "" {
		out.Name = "custom"
	}
	if out.Content == nil {
		out.Content = []string{}
	}
	return out
}

// temperatureOf is what the first parcel must be kept at: its own, else the order's.
func temperatureOf(s *waybill.Shipment) string {
	return cmp.Or(s.Parcels[0].Temperature, s.Options.Temperature, noTemperature)
}

// barcodeOf is what to scan on the first parcel: the caller's own, else the carrier's number on its
// label, else the shipment's number with us.
func barcodeOf(s *waybill.Shipment) string {
	p := &s.Parcels[0]
	switch {
	case p.Barcode != "":
		return p.Barcode
	case p.Tracking != "":
		return p.Tracking
	}
	return fmt.Sprintf("WB%012d", s.Number)
}

func readItems(v dialect.Value, s *waybill.Shipment) {
	old := s.Items
	s.Items = nil
	for i, v := range v.Items(maxItems) {
		if !isObject(v) {
			continue
		}
		item := waybill.Item{
			SKU: v.At("sku").Text(maxName), Title: v.At("title").String(maxText), Quantity: 1,
			Size: readSize(v.At("size")), Weight: readWeight(v.At("weight")),
			Price: readNumber(v.At("price"), mostMoney), SalePrice: readNumber(v.At("salePrice"), mostMoney),
		}
		if n := v.At("quantity"); !n.Absent() {
			item.Quantity = int(n.Integer(1, mostPieces))
		}
		if i < len(old) && old[i].SKU == item.SKU { // what only customs and other APIs know of it
			item.Commodity, item.Extra = old[i].Commodity, old[i].Extra
		}
		s.Items = append(s.Items, item)
	}
}

func itemsOf(items []waybill.Item) []item {
	list := make([]item, len(items))
	for i := range items {
		it := &items[i]
		list[i] = item{
			SKU: it.SKU, Quantity: it.Quantity, Size: sizeOf(it.Size), Weight: weightOf(it.Weight),
			Price: dialect.Number(it.Price), SalePrice: dialect.Number(it.SalePrice), Title: it.Title,
		}
	}
	return list
}

// readSize reads a box: all three edges or none.
func readSize(v dialect.Value) waybill.Size {
	edges := [3]dialect.Value{v.At("length"), v.At("width"), v.At("height")}
	unit := v.At("unit").Among(string(waybill.Inch), string(waybill.Centimetre), string(waybill.Millimetre))
	if !v.Object() || (edges[0].Absent() && edges[1].Absent() && edges[2].Absent()) {
		return waybill.Size{}
	}
	s := waybill.Size{Unit: waybill.LengthUnit(unit)}
	for i, to := range []*waybill.Decimal{&s.Length, &s.Width, &s.Height} {
		*to = readNumber(edges[i].Required(), mostMeasure)
	}
	if s.Unit == "" {
		s.Unit = defaultLength
	}
	return s
}

// sizeOf shows a box in the caller's own figures. Units that this API does not know, from another one,
// are converted exactly and rounded to a hundredth.
func sizeOf(s waybill.Size) *size {
	if s.Length == "" && s.Width == "" && s.Height == "" {
		return nil
	}
	unit := s.Unit
	switch unit {
	case waybill.Metre:
		unit = waybill.Centimetre
	case waybill.Foot:
		unit = waybill.Inch
	}
	edge := func(d waybill.Decimal) waybill.Decimal { return s.In(d, unit, 2) }
	return &size{dialect.Number(edge(s.Length)), dialect.Number(edge(s.Width)), dialect.Number(edge(s.Height)), string(unit)}
}

func readWeight(v dialect.Value) waybill.Weight {
	value := readNumber(v.At("value"), mostMeasure)
	unit := v.At("unit").Among(string(waybill.Pound), string(waybill.Ounce), string(waybill.Kilogram), string(waybill.Gram))
	if !v.Object() || value == "" {
		return waybill.Weight{}
	}
	w := waybill.Weight{Value: value, Unit: waybill.WeightUnit(unit)}
	if w.Unit == "" {
		w.Unit = defaultWeight
	}
	return w
}

func weightOf(w waybill.Weight) *weight {
	if w.Value == "" {
		return nil
	}
	return &weight{dialect.Number(w.Value), string(w.Unit)}
}

// readNumber reads a number from 0 to most, as the caller wrote it.
func readNumber(v dialect.Value, most int64) waybill.Decimal {
	d := v.Decimal()
	if d == "" {
		return ""
	}
	if whole, ok := d.Scaled(1, 1); !ok || d.Sign() < 0 || whole > most {
		v.Note(waybill.RuleRange, fmt.Sprintf("0..%d", most), "%s must be from 0 to %d", v.Path(), most)
		return ""
	}
	return d
}
