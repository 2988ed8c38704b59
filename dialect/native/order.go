package native

import (
	"cmp"
	"encoding/json"
	"time"

	"waybill"
)

// Order is what a caller says of a shipment: the same members are taken, changed and shown.
type Order struct {
	Reference    string          `json:"reference,omitempty" maxLength:"100" doc:"Yours, unique in the account; one is made where none is given."`
	Reference2   string          `json:"reference2,omitempty" maxLength:"100"`
	Reference3   string          `json:"reference3,omitempty" maxLength:"100"`
	Group        string          `json:"group,omitempty" maxLength:"100" doc:"Shipments of one order, for lists."`
	Channel      string          `json:"channel,omitempty" maxLength:"100" doc:"Where it was sold."`
	Method       string          `json:"method,omitempty" maxLength:"100" doc:"What the buyer chose in the shop; rules match it."`
	Metadata     string          `json:"metadata,omitempty" maxLength:"500" doc:"Free text that rules match exactly."`
	Locale       string          `json:"locale,omitempty" maxLength:"20" format:"language" doc:"Of the recipient (BCP 47)." example:"en-GB"`
	PlacedAt     *time.Time      `json:"placed_at,omitempty" doc:"When the buyer ordered."`
	Location     string          `json:"location,omitempty" maxLength:"100" doc:"External id or id of the place it leaves from; without it and from, the account's default."`
	ReturnTo     *party          `json:"return_to,omitempty" doc:"Where it goes if nobody takes it."`
	ReturnPlace  string          `json:"return_location,omitempty" maxLength:"100" doc:"The same, as the external id or id of a location."`
	From         *party          `json:"from,omitempty" doc:"The sender, in place of a location."`
	To           *party          `json:"to" doc:"The recipient."`
	Billing      *party          `json:"billing,omitempty" doc:"Who pays the order, where that is somebody else."`
	Value        *money          `json:"value,omitempty" doc:"Of what is in it."`
	Parcels      []parcel        `json:"parcels,omitempty" maxItems:"100" doc:"Without any, one parcel of the items."`
	TotalWeight  *weight         `json:"total_weight,omitempty" doc:"Shared by the parcels that have no weight of their own."`
	Items        []item          `json:"items,omitempty" maxItems:"1000"`
	Carrier      *choice         `json:"carrier_choice,omitempty" doc:"Who may carry it, before any rule."`
	Options      *options        `json:"options,omitempty"`
	Label        *labelSpec      `json:"label,omitempty" doc:"The label wanted. What cannot be had so is not bought."`
	Instructions string          `json:"instructions,omitempty" maxLength:"500" doc:"To the deliverer."`
	PickupNotes  string          `json:"pickup_notes,omitempty" maxLength:"500" doc:"To the collector."`
	Attributes   json.RawMessage `json:"attributes,omitempty" doc:"Your own keys: kept and given back."`
	Tags         []name          `json:"tags,omitempty" maxItems:"100" doc:"Tags, each by its number, name or id. They are shown by number."`
	PickupTime   *window         `json:"pickup_time,omitempty"`
	DeliveryTime *window         `json:"delivery_time,omitempty"`
}

type parcel struct {
	Name        string   `json:"name,omitempty" maxLength:"100" doc:"Of a package size, or any."`
	PackageSize *name    `json:"package_size,omitempty" doc:"Number, name or id of a package size, in place of size. It is shown by number."`
	Size        *size    `json:"size,omitempty"`
	Weight      *weight  `json:"weight,omitempty"`
	ItemCount   int      `json:"item_count,omitempty" minimum:"0" maximum:"100000" doc:"How many things are in it."`
	Description string   `json:"description,omitempty" maxLength:"200"`
	Temperature string   `json:"temperature,omitempty" maxLength:"50" doc:"What it must be kept at: refrigerated…"`
	Barcode     string   `json:"barcode,omitempty" maxLength:"100" doc:"Yours."`
	Contents    []string `json:"contents,omitempty" maxItems:"100"`
	Tracking    string   `json:"tracking_number,omitempty" maxLength:"100" readOnly:"true" doc:"The carrier's, once booked."`
	SSCC        string   `json:"sscc,omitempty" maxLength:"20" readOnly:"true"`
}

type item struct {
	SKU         string     `json:"sku,omitempty" maxLength:"100"`
	Title       string     `json:"title,omitempty" maxLength:"500"`
	Quantity    int        `json:"quantity,omitempty" minimum:"0" maximum:"1000000" doc:"1 where it is left out."`
	Size        *size      `json:"size,omitempty"`
	Weight      *weight    `json:"weight,omitempty" doc:"Of one."`
	Price       *unitPrice `json:"price,omitempty" doc:"Of one. All prices of a shipment and its value are in one currency."`
	SalePrice   *unitPrice `json:"sale_price,omitempty" doc:"What one was really sold for; customs are told this."`
	HSCode      string     `json:"hs_code,omitempty" maxLength:"20" format:"hs-code" doc:"Tariff number."`
	Description string     `json:"customs_description,omitempty" maxLength:"500"`
	Country     string     `json:"country_of_origin,omitempty" pattern:"^[A-Z]{2}$" format:"country"`
	Composition string     `json:"composition,omitempty" maxLength:"500"`
	MID         string     `json:"manufacturer_id,omitempty" maxLength:"100"`
}

type choice struct {
	Connection    string `json:"connection,omitempty" maxLength:"100" doc:"External id or id of the one connection that is asked. Rules do not choose another."`
	ServiceNumber *name  `json:"service_number,omitempty" doc:"The one service that carries it: your number of it, or its id, code or name. Rules choose no other. It is shown by number; a code that you have not numbered is shown as proposed."`
	Increment     int    `json:"increment,omitempty" minimum:"0" maximum:"1000" doc:"Which connection of the service's carrier, from 1."`
	Proposed      []pick `json:"proposed,omitempty" maxItems:"100" doc:"Only these are asked."`
}

type pick struct {
	Connection string   `json:"connection,omitempty" maxLength:"100" doc:"Name, external id or id; left out: any."`
	Services   []string `json:"services,omitempty" maxItems:"100" doc:"Codes, names or numbers; none: any."`
}

type options struct {
	Signature      string `json:"signature,omitempty" maxLength:"50" format:"signature" doc:"not_required, required or adult."`
	Temperature    string `json:"temperature,omitempty" maxLength:"50"`
	DangerousGoods bool   `json:"dangerous_goods,omitempty"`
	Insurance      *money `json:"insurance,omitempty"`
	COD            *money `json:"cod,omitempty" doc:"What the deliverer collects."`
	Enhancement    string `json:"enhancement,omitempty" maxLength:"100" doc:"The carrier's own extra."`
	Format         string `json:"format,omitempty" maxLength:"100" doc:"The carrier's own format, such as letter."`
	ShipDate       string `json:"ship_date,omitempty" format:"date"`
	PIN            bool   `json:"pin,omitempty" doc:"Handed over against a one-time password only."`
	Contents       string `json:"contents,omitempty" maxLength:"50" doc:"food, alcohol, books…"`
	Undeliverable  string `json:"undeliverable,omitempty" enum:"return,dispose,donate"`
	Letterbox      bool   `json:"letterbox,omitempty" doc:"Fits through a letterbox."`
}

type labelSpec struct {
	Format string `json:"format,omitempty" enum:"pdf,png,zpl"`
	DPI    int    `json:"dpi,omitempty" enum:"203,300"`
}

// members write what the caller said into a shipment, member by member; what the engine alone knows stays. Location and
// return location are named to the verb instead.
var members = map[string]func(Order, *waybill.Shipment){
	"reference":  func(o Order, s *waybill.Shipment) { s.Reference = o.Reference },
	"reference2": func(o Order, s *waybill.Shipment) { s.Reference2 = o.Reference2 },
	"reference3": func(o Order, s *waybill.Shipment) { s.Reference3 = o.Reference3 },
	"group":      func(o Order, s *waybill.Shipment) { s.Group = o.Group },
	"channel":    func(o Order, s *waybill.Shipment) { s.Channel = o.Channel },
	"method":     func(o Order, s *waybill.Shipment) { s.Method = o.Method },
	"metadata":   func(o Order, s *waybill.Shipment) { s.Metadata = o.Metadata },
	"locale":     func(o Order, s *waybill.Shipment) { s.Locale = o.Locale },
	"placed_at":  func(o Order, s *waybill.Shipment) { s.Placed = o.PlacedAt },
	"return_to": func(o Order, s *waybill.Shipment) {
		s.ReturnTo, s.ReturnKey, s.ReturnName = o.ReturnTo.pointer(), "", ""
	},
	"from":           func(o Order, s *waybill.Shipment) { s.From = o.From.domain() },
	"to":             func(o Order, s *waybill.Shipment) { s.To = o.To.domain() },
	"billing":        func(o Order, s *waybill.Shipment) { s.Billing = o.Billing.pointer() },
	"value":          func(o Order, s *waybill.Shipment) { s.Value = o.Value.over(s.Value.Currency) },
	"parcels":        func(o Order, s *waybill.Shipment) { s.Parcels = parcels(o.Parcels) },
	"total_weight":   func(o Order, s *waybill.Shipment) { s.TotalWeight = o.TotalWeight.domain() },
	"items":          func(o Order, s *waybill.Shipment) { s.Items = items(o.Items) },
	"carrier_choice": func(o Order, s *waybill.Shipment) { s.Choice = o.Carrier.domain() },
	"options":        func(o Order, s *waybill.Shipment) { s.Options = o.Options.domain() },
	"label":          func(o Order, s *waybill.Shipment) { s.Label = o.Label.domain() },
	"instructions":   func(o Order, s *waybill.Shipment) { s.Instructions = o.Instructions },
	"pickup_notes":   func(o Order, s *waybill.Shipment) { s.PickupNotes = o.PickupNotes },
	"attributes":     func(o Order, s *waybill.Shipment) { s.Attributes = said(o.Attributes) },
	"tags":           func(o Order, s *waybill.Shipment) { s.Tags = numbers(o.Tags) },
	"pickup_time":    func(o Order, s *waybill.Shipment) { s.PickupTime = o.PickupTime.domain() },
	"delivery_time":  func(o Order, s *waybill.Shipment) { s.DeliveryTime = o.DeliveryTime.domain() },
}

// shipment is a new shipment of what the caller said.
func (o Order) shipment() (s waybill.Shipment) {
	for _, write := range members {
		write(o, &s)
	}
	for i := range s.Parcels {
		s.Parcels[i].Tracking, s.Parcels[i].SSCC = "", "" // the carrier's
	}
	return s
}

func (l *labelSpec) domain() waybill.LabelSpec {
	if l == nil {
		return waybill.LabelSpec{}
	}
	return waybill.LabelSpec{Format: waybill.LabelFormat(l.Format), DPI: l.DPI}
}

func parcels(list []parcel) (all []waybill.Parcel) {
	for _, p := range list {
		all = append(all, waybill.Parcel{
			Name: p.Name, SizeNumber: p.PackageSize.number(), Size: p.Size.domain(), Weight: p.Weight.domain(), Items: p.ItemCount, Description: p.Description,
			Temperature: p.Temperature, Barcode: p.Barcode, Contents: p.Contents, Tracking: p.Tracking, SSCC: p.SSCC,
		})
	}
	return all
}

func items(list []item) (all []waybill.Item) {
	for _, i := range list {
		all = append(all, waybill.Item{
			SKU: i.SKU, Title: i.Title, Quantity: i.Quantity, Size: i.Size.domain(), Weight: i.Weight.domain(),
			Price: i.Price.decimal(), SalePrice: i.SalePrice.decimal(), Currency: i.Price.in(i.SalePrice),
			Commodity: waybill.Commodity{Code: i.HSCode, Description: i.Description, Country: i.Country, Composition: i.Composition, MID: i.MID},
		})
	}
	return all
}

func (c *choice) domain() waybill.Choice {
	if c == nil {
		return waybill.Choice{}
	}
	d := waybill.Choice{Connection: c.Connection, Service: c.ServiceNumber.number(), Increment: c.Increment}
	for _, p := range c.Proposed {
		d.Proposed = append(d.Proposed, waybill.Pick{Provider: p.Connection, Services: p.Services})
	}
	return d
}

func (o *options) domain() waybill.Options {
	if o == nil {
		return waybill.Options{}
	}
	return waybill.Options{
		Signature: o.Signature, Temperature: o.Temperature, DangerousGoods: o.DangerousGoods, Insurance: o.Insurance.amount(), COD: o.COD.amount(),
		Enhancement: o.Enhancement, Format: o.Format, ShipDate: o.ShipDate, PIN: o.PIN, Contents: o.Contents, Undeliverable: o.Undeliverable,
		Letterbox: o.Letterbox,
	}
}

// showOrder is a shipment in the members that its caller gave.
func showOrder(s waybill.Shipment) Order {
	o := Order{
		Reference: s.Reference, Reference2: s.Reference2, Reference3: s.Reference3, Group: s.Group, Channel: s.Channel, Method: s.Method,
		Metadata: s.Metadata, Locale: s.Locale, PlacedAt: s.Placed, Location: s.LocationKey, ReturnPlace: s.ReturnKey,
		From: showParty(s.From), To: showParty(s.To), Billing: maybeParty(s.Billing), ReturnTo: maybeParty(s.ReturnTo),
		Value: showAmount(s.Value), TotalWeight: showWeight(s.TotalWeight), Carrier: showChoice(s.Choice), Options: showOptions(s.Options),
		Instructions: s.Instructions, PickupNotes: s.PickupNotes, Attributes: s.Attributes, Tags: showNumbers(s.Tags),
		PickupTime: showWindow(s.PickupTime), DeliveryTime: showWindow(s.DeliveryTime),
	}
	if s.Label != (waybill.LabelSpec{}) {
		o.Label = &labelSpec{string(s.Label.Format), s.Label.DPI}
	}
	for _, p := range s.Parcels {
		o.Parcels = append(o.Parcels, parcel{
			p.Name, showNumber(p.SizeNumber), showSize(p.Size), showWeight(p.Weight), p.Items, p.Description, p.Temperature, p.Barcode, p.Contents, p.Tracking, p.SSCC,
		})
	}
	for _, i := range s.Items {
		currency := cmp.Or(i.Currency, s.Value.Currency)
		o.Items = append(o.Items, item{
			i.SKU, i.Title, i.Quantity, showSize(i.Size), showWeight(i.Weight), showPrice(i.Price, currency), showPrice(i.SalePrice, currency),
			i.Commodity.Code, i.Commodity.Description, i.Commodity.Country, i.Commodity.Composition, i.Commodity.MID,
		})
	}
	return o
}

func showChoice(c waybill.Choice) *choice {
	if c.Connection == "" && c.Service == 0 && c.Increment == 0 && len(c.Proposed) == 0 {
		return nil
	}
	shown := &choice{c.Connection, showNumber(c.Service), c.Increment, nil}
	for _, p := range c.Proposed {
		shown.Proposed = append(shown.Proposed, pick{p.Provider, p.Services})
	}
	return shown
}

func showOptions(o waybill.Options) *options {
	shown := options{
		o.Signature, o.Temperature, o.DangerousGoods, showAmount(o.Insurance), showAmount(o.COD), o.Enhancement, o.Format, o.ShipDate, o.PIN,
		o.Contents, o.Undeliverable, o.Letterbox,
	}
	if shown == (options{}) {
		return nil
	}
	return &shown
}
