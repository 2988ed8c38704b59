package peddler

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// Limits of one shipment.
const (
	maxReference = 100
	maxColli     = 100
	mostWeight   = 1_000_000
	mostValue    = 1_000_000_000
)

// item is one shipment of a createShipments call being read. Extra collects what only this API knows.
type item struct {
	engine.CreateShipment
	extra map[string]json.RawMessage
}

// member is how one member of a shipment is read.
type member struct {
	name string
	read func(dialect.Value, *item)
}

// members are those of a shipment, in the order in which errors name them.
var members = []member{
	{"metaData", func(v dialect.Value, i *item) { i.Shipment.Reference = v.Required().Text(maxReference) }},
	{"deliveryAddress", func(v dialect.Value, i *item) {
		if v.Required().Object() {
			i.Shipment.To = readAddress(v, i.Shipment.To)
		}
	}},
	{"senderAddress", func(v dialect.Value, i *item) {
		if v.Object() {
			i.Shipment.From = readAddress(v, i.Shipment.From)
		}
	}},
	{"deliveryEmail", func(v dialect.Value, i *item) { i.Shipment.To.Contact.Email = v.Text(maxText) }},
	{"deliveryShippingType", func(v dialect.Value, i *item) {
		i.Shipment.Options.Letterbox = v.Among("PACKAGE", letterbox) == letterbox
	}},
	{"deliveryContentsType", readContents},
	{"shippingValue", func(v dialect.Value, i *item) { i.Shipment.Value.Value = figure(v, mostValue) }},
	{"shippingValueCurrency", readCurrency},
	{"bundleId", func(v dialect.Value, i *item) { i.Shipment.Group = v.Text(maxReference) }},
	{colliMaster, func(v dialect.Value, i *item) { i.keep(v, v.Text(maxReference)) }},
	{colliCount, func(v dialect.Value, i *item) {
		if i.Shipment.ParcelCount = int(v.Integer(1, maxColli)); i.Shipment.ParcelCount > 0 {
			i.extra[colliCount], _ = json.Marshal(i.Shipment.ParcelCount)
		}
	}},
	{dimensions, func(v dialect.Value, i *item) { i.keep(v, v.Text(maxText)) }},
	{"weight", func(v dialect.Value, i *item) { i.Shipment.TotalWeight.Value = figure(v, mostWeight) }},
	{"weightUnit", func(v dialect.Value, i *item) { i.Shipment.TotalWeight.Unit = weightUnits[v.Among("KG", "LB")] }},
	{"returnType", func(v dialect.Value, i *item) {
		i.Shipment.Options.Undeliverable = fates[v.Among("RETURN_TO_SENDER", "RETURN_AND_DESTROY", "RETURN_AND_DONATE")]
	}},
	{injection, readInjection},
	{carrierOptions, readOptions},
	{webhookURI, readHook},
	{"serviceLevel", readLevel},
	{"carrierServiceLevel", readLevel}, // as it was called in 2023
}

// Members that are kept as they came: no other API knows them, or not in the caller's words.
const (
	colliMaster    = "colliMasterId"
	colliCount     = "colliCount"
	dimensions     = "dimensions"
	injection      = "estimatedInjectionDate"
	carrierOptions = "carrierOptions"
	webhookURI     = "webhookUri"
)

const letterbox = "LETTERBOX"

var weightUnits = map[string]waybill.WeightUnit{"": waybill.Kilogram, "KG": waybill.Kilogram, "LB": waybill.Pound}

var fates = map[string]string{
	"RETURN_TO_SENDER": waybill.UndeliverableReturn, "RETURN_AND_DESTROY": waybill.UndeliverableDispose, "RETURN_AND_DONATE": waybill.UndeliverableDonate,
}

// levels are the service levels; each is the code of a service of the carrier. The first is that of a shipment
// which names none.
var levels = []string{
	"NEXT_DAY_48", "NEXT_DAY_60", "SAME_DAY_24", "SAME_DAY_SAT_24", "SAME_DAY_SUN_24", "EXPRESS_0900", "EXPRESS_0930", "EXPRESS_1030",
	"EXPRESS_1200", "EXPRESS_1700", "EXPRESS_1800", "EXPRESS_2200", "EXPRESS_SAT", "EXPRESS_SUN", "INSTANT_02",
}

// readItem reads one shipment for a carrier of the account. The service level pins the service, so no other is
// tried in its place.
func readItem(v dialect.Value, carrier string) (engine.CreateShipment, error) {
	i := &item{extra: map[string]json.RawMessage{}}
	i.MustLocate = true
	if isObject(v) {
		known := map[string]bool{previousAddress: true}
		for _, m := range members {
			known[m.name] = true
			m.read(v.At(m.name), i)
		}
		for name := range v.Raw().(map[string]any) {
			if at := v.At(name); !known[name] && !at.Absent() {
				i.extra[name] = at.Bytes()
			}
		}
	}
	choice := &i.Shipment.Choice
	choice.Connection = carrier
	if choice.Proposed == nil {
		choice.Proposed = pin(levels[0])
	}
	choice.Proposed[0].Provider = carrier
	i.pack()
	i.Shipment.Extra, _ = json.Marshal(i.extra) // raw messages that were read from JSON
	return i.CreateShipment, v.Errors(opCreate)
}

func pin(level string) []waybill.Pick { return []waybill.Pick{{Services: []string{level}}} }

// keep puts a text aside as this API wrote it.
func (i *item) keep(v dialect.Value, text string) {
	if text != "" {
		i.extra[v.Path()], _ = json.Marshal(text) // text always is JSON
	}
}

// pack makes the parcels: as many as there are colli, all of the size given. The engine shares the weight among
// them.
func (i *item) pack() {
	s := &i.Shipment
	if s.TotalWeight.Value == "" {
		s.TotalWeight = waybill.Weight{}
	}
	var text string
	_ = json.Unmarshal(i.extra[dimensions], &text) // none: no size
	parcel := waybill.Parcel{Name: "custom", Size: sizeOf(text)}
	for range max(s.ParcelCount, 1) {
		s.Parcels = append(s.Parcels, parcel)
	}
}

// edge is one edge of a box: a number, and perhaps a unit.
var edge = regexp.MustCompile(`(?i)^\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m|in|inch|inches|")?\s*$`)

var units = map[string]waybill.LengthUnit{
	"mm": waybill.Millimetre, "cm": waybill.Centimetre, "m": waybill.Metre, "in": waybill.Inch, "inch": waybill.Inch, "inches": waybill.Inch, `"`: waybill.Inch,
}

// sizeOf reads free text such as "38.5cm * 35.5cm * 9.0cm". Centimetres are meant where no unit stands; text that
// says no size, and edges in different units, are no size, and only kept.
func sizeOf(text string) waybill.Size {
	parts := strings.FieldsFunc(text, func(c rune) bool { return c == '*' || c == 'x' || c == 'X' || c == '×' })
	if len(parts) != 3 {
		return waybill.Size{}
	}
	var size waybill.Size
	for n, into := range []*waybill.Decimal{&size.Length, &size.Width, &size.Height} {
		found := edge.FindStringSubmatch(parts[n])
		if found == nil {
			return waybill.Size{}
		}
		*into = waybill.Decimal(strings.Replace(found[1], ",", ".", 1))
		unit := units[strings.ToLower(found[2])]
		if unit != "" && size.Unit != "" && unit != size.Unit {
			return waybill.Size{}
		}
		if unit != "" {
			size.Unit = unit
		}
	}
	if size.Unit == "" {
		size.Unit = waybill.Centimetre
	}
	return size
}

// figure reads a number that is not negative and not absurd.
func figure(v dialect.Value, most int64) waybill.Decimal {
	d := v.Decimal()
	if d == "" {
		return ""
	}
	if n, ok := d.Scaled(1, 1); !ok || d.Sign() < 0 || n > most {
		v.Note(waybill.RuleRange, "", "%s must be from 0 to %d", v.Path(), most)
		return ""
	}
	return d
}

func readContents(v dialect.Value, i *item) {
	o := &i.Shipment.Options
	switch contents := v.Among("GOODS", "FOOD", "ALCOHOL", "BOOKS", dangerous); contents {
	case "", "GOODS":
	case dangerous:
		o.Contents, o.DangerousGoods = strings.ToLower(contents), true
	default:
		o.Contents = strings.ToLower(contents)
	}
}

// dangerous is both a sort of goods and an option: goods under the ADR agreement on dangerous goods by road.
const dangerous = "ADR"

func readCurrency(v dialect.Value, i *item) {
	text := strings.TrimSpace(v.Text(maxText))
	if text == "" {
		return
	}
	code, known := dialect.Currency(text)
	if !known {
		v.Note(waybill.RuleFormat, "", "%s must be a currency code of three letters", v.Path())
		return
	}
	i.Shipment.Value.Currency = code
}

// readInjection reads when the parcel will be brought to the carrier: a date, or a moment.
func readInjection(v dialect.Value, i *item) {
	text := strings.TrimSpace(v.Text(maxText))
	if text == "" {
		return
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04:05-0700", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			i.Shipment.Options.ShipDate = t.Format(time.DateOnly)
			i.keep(v, text)
			return
		}
	}
	v.Note(waybill.RuleFormat, "", "%s must be a date as ISO 8601 writes it", v.Path())
}

// readOptions reads what is wanted beyond carrying. An option that nobody here knows is refused: it could not be
// carried out.
func readOptions(v dialect.Value, i *item) {
	o := &i.Shipment.Options
	for _, option := range v.Items(maxColli) {
		if !isObject(option) {
			continue
		}
		value := option.At("value")
		switch option.At("key").Required().Among("POD", dangerous, "OTP") {
		case "POD":
			if value.Required().Among("SIGNATURE") != "" {
				o.Signature = "required"
			}
		case dangerous: // the value describes the goods
			value.Text(maxText)
			o.DangerousGoods = true
		case "OTP":
			o.PIN = value.Required().Boolean()
		}
	}
	if !v.Absent() {
		i.extra[carrierOptions] = v.Bytes()
	}
}

func readHook(v dialect.Value, i *item) {
	text := strings.TrimSpace(v.Text(maxURI))
	if text == "" {
		return
	}
	if u, err := url.Parse(text); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		v.Note(waybill.RuleFormat, "", "%s must be an address that begins with https://", v.Path())
		return
	}
	i.Hook = text
	i.keep(v, text)
}

func readLevel(v dialect.Value, i *item) {
	if level := v.Among(levels...); level != "" {
		i.Shipment.Choice.Proposed = pin(level)
	}
}
