package native

import (
	"waybill"
	"waybill/engine"
)

// Product is something that the account ships often, as it is written.
type Product struct {
	SKU       string     `json:"sku" minLength:"1" maxLength:"100" doc:"Unique in the account."`
	Name      string     `json:"name" minLength:"1" maxLength:"200"`
	Price     *unitPrice `json:"price,omitempty" doc:"Of one. Another API's price that named no currency was in the account's."`
	WeightKG  number     `json:"weight_kg,omitempty" minimum:"0" maximum:"1000000"`
	LengthCM  number     `json:"length_cm,omitempty" minimum:"0" maximum:"1000000"`
	WidthCM   number     `json:"width_cm,omitempty" minimum:"0" maximum:"1000000"`
	HeightCM  number     `json:"height_cm,omitempty" minimum:"0" maximum:"1000000"`
	Barcode   string     `json:"barcode,omitempty" maxLength:"100"`
	Thumbnail string     `json:"thumbnail,omitempty" maxLength:"2000" doc:"Address of a picture."`
	Customs   *customs   `json:"customs,omitempty" doc:"What customs wants to know of it."`
}

type customs struct {
	Code        string `json:"code,omitempty" maxLength:"20" format:"hs-code" doc:"Tariff number (HS)."`
	Description string `json:"description,omitempty" maxLength:"500"`
	Country     string `json:"country,omitempty" pattern:"^[A-Z]{2}$" format:"country" doc:"Where it was made."`
	Composition string `json:"composition,omitempty" maxLength:"500"`
	MID         string `json:"mid,omitempty" maxLength:"50" doc:"Manufacturer identification."`
}

func (p Product) wrong() []waybill.FieldError { return p.Price.wrong("price") }

type productOut struct {
	Kept
	Product
}

func products(a *api) {
	noun[Product, productOut, waybill.Product, waybill.Product]{
		name: "product", plural: "products", path: "/products", tag: "Products", a: "a product", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		example: Product{
			SKU: "TEE-M", Name: "T-shirt, medium", Price: &unitPrice{Amount: 1999, Currency: "EUR"}, WeightKG: "0.2",
			Customs: &customs{Code: "610910", Description: "Cotton T-shirt", Country: "PT"},
		},
		patch: map[string]any{"customs": map[string]any{"composition": "100 % cotton"}}, at: "TEE-M",
		list: engine.Products.List, get: engine.Products.Get, create: engine.Products.Create, change: engine.Products.Change, remove: engine.Products.Delete,
		given: givenProduct, take: takeProduct, row: func(p waybill.Product) waybill.Row { return p.Row },
		show: func(_ *call, p waybill.Product) productOut { return productOut{keptOf(p.Row), givenProduct(p)} },
	}.add(a)
}

func givenProduct(p waybill.Product) Product {
	out := Product{
		SKU: p.SKU, Name: p.Name, Price: showPrice(p.Price, p.Currency), WeightKG: number(p.Weight), LengthCM: number(p.Length), WidthCM: number(p.Width),
		HeightCM: number(p.Height), Barcode: p.Barcode, Thumbnail: p.Thumbnail,
	}
	if c := p.Commodity; c != (waybill.Commodity{}) {
		out.Customs = &customs{c.Code, c.Description, c.Country, c.Composition, c.MID}
	}
	return out
}

func takeProduct(in Product, p *waybill.Product) {
	p.SKU, p.Name, p.Price, p.Currency = in.SKU, in.Name, in.Price.decimal(), in.Price.in(nil)
	p.Weight, p.Length = waybill.Decimal(in.WeightKG), waybill.Decimal(in.LengthCM)
	p.Width, p.Height, p.Barcode, p.Thumbnail = waybill.Decimal(in.WidthCM), waybill.Decimal(in.HeightCM), in.Barcode, in.Thumbnail
	p.Commodity = waybill.Commodity{}
	if c := in.Customs; c != nil {
		p.Commodity = waybill.Commodity{Code: c.Code, Description: c.Description, Country: c.Country, Composition: c.Composition, MID: c.MID}
	}
}
