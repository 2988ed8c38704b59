package shiptheory

import (
	"context"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// What a kept product's members may hold beyond those of item.go.
const (
	maxBarcode   = 15
	maxThumbnail = 200
)

// productMembers are those of a product that an account keeps.
var productMembers = slices.Concat([]member[waybill.Product]{
	line("sku", true, maxSKU, func(p *waybill.Product) *string { return &p.SKU }),
	line("name", true, maxText, func(p *waybill.Product) *string { return &p.Name }),
	number("price", func(p *waybill.Product) *waybill.Decimal { return &p.Price }),
	number("weight", func(p *waybill.Product) *waybill.Decimal { return &p.Weight }),
	number("length", func(p *waybill.Product) *waybill.Decimal { return &p.Length }),
	number("width", func(p *waybill.Product) *waybill.Decimal { return &p.Width }),
	number("height", func(p *waybill.Product) *waybill.Decimal { return &p.Height }),
	line("barcode", false, maxBarcode, func(p *waybill.Product) *string { return &p.Barcode }),
	{"thumbnail_url", false, readThumbnail},
}, commodityMembers(func(p *waybill.Product) *waybill.Commodity { return &p.Commodity }))

func number(name string, into func(*waybill.Product) *waybill.Decimal) member[waybill.Product] {
	return member[waybill.Product]{name, false, func(v dialect.Value, p *waybill.Product) { *into(p) = figure(v) }}
}

// readThumbnail wants the address of a picture.
func readThumbnail(v dialect.Value, p *waybill.Product) {
	address := v.Text(maxThumbnail)
	file, _, _ := strings.Cut(address, "?")
	switch strings.ToLower(path.Ext(file)) {
	case ".jpg", ".jpeg", ".png", ".webp":
	default:
		if address != "" {
			v.Note(waybill.RuleFormat, "jpg, jpeg, png, webp", "%s must be the address of a jpg, jpeg, png or webp file", v.Path())
		}
	}
	p.Thumbnail = address
}

func decodeNewProduct(r *dialect.Request) (engine.PutProduct, error) {
	v, err := document(r)
	if err != nil {
		return engine.PutProduct{}, err
	}
	var p waybill.Product
	readAll(v, productMembers, &p)
	return engine.PutProduct{New: &p}, v.Errors(opNewProduct)
}

// decodePutProduct reads a change: what is not there stays as it is, null clears it.
func decodePutProduct(r *dialect.Request) (engine.PutProduct, error) {
	v, err := document(r)
	if err != nil {
		return engine.PutProduct{}, err
	}
	return engine.PutProduct{SKU: r.Params["sku"], Change: change(v, productMembers)}, v.Errors(opPutProduct)
}

// change is what the members that were sent make of a record; one that a record needs cannot be cleared.
// What is wrong with them is noted at once, so that the change itself only writes.
func change[T any](v dialect.Value, members []member[T]) func(*T) {
	var sent []func(*T)
	for _, m := range members {
		at := v.At(m.name)
		if !at.Given() {
			continue
		}
		if m.required {
			at.Required()
		}
		m.read(at, new(T))
		sent = append(sent, func(record *T) { m.read(at, record) })
	}
	return func(record *T) {
		for _, write := range sent {
			write(record)
		}
	}
}

func decodeProduct(r *dialect.Request) (string, error) { return r.Params["sku"], nil }

// product is a product that an account keeps. Weights are kilograms, sides centimetres.
type product struct {
	ID          int64        `json:"id"`
	SKU         string       `json:"sku"`
	Name        string       `json:"name"`
	Price       *json.Number `json:"price"`
	Weight      *json.Number `json:"weight"`
	Length      *json.Number `json:"length"`
	Width       *json.Number `json:"width"`
	Height      *json.Number `json:"height"`
	Barcode     *string      `json:"barcode"`
	Code        *string      `json:"commodity_code"`
	Description *string      `json:"commodity_description"`
	Country     *string      `json:"commodity_manucountry"`
	Composition *string      `json:"commodity_composition"`
	MID         *string      `json:"mid_code"`
	Thumbnail   *string      `json:"thumbnail_url"`
	Created     string       `json:"created"`
	Modified    string       `json:"modified"`
}

func productOf(p waybill.Product) product {
	return product{
		ID: p.Number, SKU: p.SKU, Name: p.Name, Price: dialect.Number(p.Price), Weight: dialect.Number(p.Weight),
		Length: dialect.Number(p.Length), Width: dialect.Number(p.Width), Height: dialect.Number(p.Height),
		Barcode: orNull(p.Barcode), Code: orNull(p.Commodity.Code), Description: orNull(p.Commodity.Description),
		Country: orNull(p.Commodity.Country), Composition: orNull(p.Commodity.Composition), MID: orNull(p.Commodity.MID),
		Thumbnail: orNull(p.Thumbnail), Created: stamp(p.Created), Modified: stamp(p.Updated),
	}
}

type oneProduct struct {
	Success bool    `json:"success,omitempty"` // of a change
	Product product `json:"product"`
}

func encodeProduct(_ *dialect.Request, p waybill.Product) dialect.Reply {
	return dialect.JSON(http.StatusOK, oneProduct{Product: productOf(p)})
}

func encodePutProduct(_ *dialect.Request, p waybill.Product) dialect.Reply {
	return dialect.JSON(http.StatusOK, oneProduct{Success: true, Product: productOf(p)})
}

var productSorts = map[string]string{
	"sku": "sku", "name": "name", "price": "price", "weight": "weight", "created": "created", "modified": "updated",
}

func decodeProducts(r *dialect.Request) (paging, error) {
	v := r.Asked()
	return decodePaging(v, productSorts), v.Errors(opProducts)
}

func listProducts(s engine.Session, ctx context.Context, in paging) (listed[waybill.Product], error) {
	list, err := s.ListProducts(ctx, in.ListSetup)
	return listed[waybill.Product]{in, list.Items, list.Total}, err
}

func encodeProducts(_ *dialect.Request, l listed[waybill.Product]) dialect.Reply {
	products := make([]product, 0, len(l.items))
	for _, p := range l.items {
		products = append(products, productOf(p))
	}
	return dialect.JSON(http.StatusOK, struct {
		Products   []product  `json:"products"`
		Pagination pagination `json:"pagination"`
	}{products, l.asShown()})
}
