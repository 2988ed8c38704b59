package epgl

import (
	"encoding/json"
	"math"
	"regexp"
	"time"

	"waybill"
	"waybill/dialect"
)

// What members may hold where more than one place needs to know it, or where the vendor says nothing.
const (
	maxSecret = 1000
	maxStatus = 255
	maxPieces = 9999 // the vendor has no limit; no label or manifest counts further
)

// The bounds of figures, from the vendor's document. For money its schema says 0.01, its text 0, and its
// clients send 0; it has no highest amount, and no goods cost more than ours.
var (
	anyWeight  = bounds{above: "0", below: "999999"}
	anyEdge    = bounds{above: "0", to: "99999"}
	anyAmount  = bounds{from: "0", most: "10000000000"}
	anyCount   = bounds{from: "0", to: "1000000"}
	licence    = regexp.MustCompile(`^AE\d{14}$`)
	tradeKinds = map[string]bool{"INT": true, "DOM": false}
)

// declaring is a declaration being read, with the body that some members are looked for in.
type declaring struct {
	waybill.Declaration
	body dialect.Value
}

// declarationMembers are all members of a shipment.
var declarationMembers = []member[declaring]{
	line("trackingNumber", true, 100, func(d *declaring) *string { return &d.Number }),
	matching("uhawb", false, 100, licence, kindLicence, func(d *declaring) *string { return &d.Licence }),
	nested("sender", true, partyMembers(false), func(d *declaring) *waybill.Party { return &d.Sender }),
	nested("receiver", true, partyMembers(true), func(d *declaring) *waybill.Party { return &d.Receiver }),
	nested("details", true, detailMembers, func(d *declaring) *declaring { return d }),
	{"items", false, readItems},
}

// partyMembers are those of a sender and a receiver. A receiver must have a street.
func partyMembers(street bool) []member[waybill.Party] {
	return []member[waybill.Party]{
		line("name", true, 200, func(p *waybill.Party) *string { return &p.Contact.Name }),
		matching("email", false, 255, emailPattern, kindEmail, func(p *waybill.Party) *string { return &p.Contact.Email }),
		matching("phone", true, 50, phonePattern, kindPhone, func(p *waybill.Party) *string { return &p.Contact.Phone }),
		matching("secondPhone", false, 50, phonePattern, kindPhone, func(p *waybill.Party) *string { return &p.Contact.Mobile }),
		code("countryCode", 2, kindCountry, knownCountry, func(p *waybill.Party) *string { return &p.Address.Country }),
		line("state", false, 100, func(p *waybill.Party) *string { return &p.Address.State }),
		line("postCode", false, 20, func(p *waybill.Party) *string { return &p.Address.Postcode }),
		line("city", true, 100, func(p *waybill.Party) *string { return &p.Address.City }),
		line("line1", street, 500, func(p *waybill.Party) *string { return &p.Address.Street1 }),
		line("line2", false, 500, func(p *waybill.Party) *string { return &p.Address.Street2 }),
		line("line3", false, 500, func(p *waybill.Party) *string { return &p.Address.Street3 }),
	}
}

// detailMembers are those of details.
var detailMembers = []member[declaring]{
	nested("weight", true, weightMembers, func(d *declaring) *waybill.Weight { return &d.Weight }),
	nested("declaredWeight", true, weightMembers, func(d *declaring) *waybill.Weight { return &d.DeclaredWeight }),
	either("cod", func(d *declaring) *waybill.Amount { return &d.COD }),
	either("customs", func(d *declaring) *waybill.Amount { return &d.Customs }),
	either("deliveryCharges", func(d *declaring) *waybill.Amount { return &d.DeliveryCharges }),
	whole("numberOfPieces", true, 1, maxPieces, func(d *declaring, n int) { d.Pieces = n }),
	moment("pickupDate", true, func(d *declaring, t time.Time) { d.PickedUp = t }),
	line("deliveryStatus", false, maxStatus, func(d *declaring) *string { return &d.Status }),
	moment("deliveryDate", false, func(d *declaring, t time.Time) { d.Delivery = &t }),
	whole("deliveryAttempts", false, 0, math.MaxInt32, func(d *declaring, n int) { d.Attempts = &n }),
	among("shippingType", tradeKinds, func(d *declaring) *bool { return &d.International }),
	line("productCategory", true, 100, func(d *declaring) *string { return &d.Category }),
	line("productType", true, 100, func(d *declaring) *string { return &d.Product }),
	line("descriptionOfGoods", true, 500, func(d *declaring) *string { return &d.Goods }),
	// The vendor's schema wants 50 characters at least, its own sample has fewer.
	line("hsCodeDescription", false, 200, func(d *declaring) *string { return &d.Tariff }),
	nested("dimensions", false, sizeMembers, func(d *declaring) *waybill.Size { return &d.Size }),
}

// either is money that the vendor's page lists beside details and shows inside: taken from both places, inside
// first, and answered inside.
func either(name string, at func(*declaring) *waybill.Amount) member[declaring] {
	inside := nested(name, false, moneyMembers, at)
	return member[declaring]{name, false, func(v dialect.Value, d *declaring) any {
		if v.Absent() {
			v = d.body.At(name)
		}
		return inside.read(v, d)
	}}
}

var weightMembers = []member[waybill.Weight]{
	among("unit", weightUnits, func(w *waybill.Weight) *waybill.WeightUnit { return &w.Unit }),
	figure("value", true, anyWeight, func(w *waybill.Weight) *waybill.Decimal { return &w.Value }),
}

var moneyMembers = []member[waybill.Amount]{
	code("currencyCode", 3, kindCurrency, dialect.Currency, func(a *waybill.Amount) *string { return &a.Currency }),
	figure("amount", true, anyAmount, func(a *waybill.Amount) *waybill.Decimal { return &a.Value }),
}

var sizeMembers = []member[waybill.Size]{
	figure("length", true, anyEdge, func(s *waybill.Size) *waybill.Decimal { return &s.Length }),
	figure("width", true, anyEdge, func(s *waybill.Size) *waybill.Decimal { return &s.Width }),
	figure("height", true, anyEdge, func(s *waybill.Size) *waybill.Decimal { return &s.Height }),
	among("unit", lengthUnits, func(s *waybill.Size) *waybill.LengthUnit { return &s.Unit }),
}

// itemMembers are those of an item. The vendor answers a value that is always null; it is not asked for.
var itemMembers = []member[waybill.Item]{
	line("description", false, 200, func(i *waybill.Item) *string { return &i.Title }),
	line("countryOfOrigin", false, 2, func(i *waybill.Item) *string { return &i.Commodity.Country }),
	{"quantity", false, readQuantity},
	line("hsCode", false, 100, func(i *waybill.Item) *string { return &i.Commodity.Code }),
	{"value", false, func(dialect.Value, *waybill.Item) any { return json.RawMessage("null") }},
	{"customsValue", false, readCustomsValue},
	nested("weight", false, weightMembers, func(i *waybill.Item) *waybill.Weight { return &i.Weight }),
	nested("dimensions", false, sizeMembers, func(i *waybill.Item) *waybill.Size { return &i.Size }),
}

func readItems(v dialect.Value, d *declaring) any {
	if v.Absent() {
		return nil
	}
	list := []object{}
	for _, inner := range v.Items(0) {
		var item waybill.Item
		if inner.Null() {
			inner.Required()
		}
		if inner.Object() {
			list = append(list, readAll(inner, itemMembers, &item))
		}
		d.Items = append(d.Items, item)
	}
	return list
}

// readQuantity takes fractions, as the vendor does; what is stored for others to see is rounded up.
func readQuantity(v dialect.Value, i *waybill.Item) any {
	var d waybill.Decimal
	answer := figure("quantity", false, anyCount, func(d *waybill.Decimal) *waybill.Decimal { return d }).read(v, &d)
	n, _ := d.Scaled(1, 1)
	i.Quantity = int(n)
	return answer
}

// readCustomsValue keeps the value as it was written, too: it is answered.
func readCustomsValue(v dialect.Value, i *waybill.Item) any {
	if !v.Object() {
		return nil
	}
	var a waybill.Amount
	answer := readAll(v, moneyMembers, &a)
	i.Price, i.Currency = a.Value, a.Currency
	i.Extra, _ = json.Marshal(map[string]object{"customsValue": answer}) // read from JSON
	return answer
}

// invoicing is an invoice being read.
type invoicing struct {
	number string // of the shipment
	waybill.Invoice
}

// invoiceMembers are all members of an invoice. All its amounts but the charges are in its own currency.
var invoiceMembers = []member[invoicing]{
	line("trackingNumber", true, 100, func(i *invoicing) *string { return &i.number }),
	nested("chargeableWeight", true, weightMembers, func(i *invoicing) *waybill.Weight { return &i.Chargeable }),
	{"charges", true, readCharges},
	nested("invoice", true, []member[invoicing]{
		line("invoiceNumber", true, 100, func(i *invoicing) *string { return &i.Number }),
		moment("invoiceDate", true, func(i *invoicing, t time.Time) { i.Date = t }),
		line("billingAccountNumber", true, 100, func(i *invoicing) *string { return &i.Account }),
		line("billingAccountName", true, 500, func(i *invoicing) *string { return &i.AccountName }),
		figure("totalDiscountAmount", false, anyAmount, func(i *invoicing) *waybill.Decimal { return &i.Discount.Value }),
		figure("taxAmount", true, anyAmount, func(i *invoicing) *waybill.Decimal { return &i.Tax.Value }),
		{"totalAmountIncludingTax", true, readTotal},
		code("currencyCode", 3, kindCurrency, dialect.Currency, func(i *invoicing) *string { return &i.Total.Currency }),
	}, func(i *invoicing) *invoicing { return i }),
}

var chargeMembers = []member[waybill.InvoiceCharge]{
	line("type", true, 100, func(c *waybill.InvoiceCharge) *string { return &c.Type }),
	nested("amount", true, moneyMembers, func(c *waybill.InvoiceCharge) *waybill.Amount { return &c.Amount }),
}

func readCharges(v dialect.Value, i *invoicing) any {
	charges := v.Items(0)
	if list, ok := v.Raw().([]any); ok && len(list) == 0 {
		v.Note(waybill.RuleEmpty, "1", "%s must have at least one charge", v.Path())
	}
	for _, inner := range charges {
		var c waybill.InvoiceCharge
		if inner.Null() {
			inner.Required()
		}
		if inner.Object() {
			readAll(inner, chargeMembers, &c)
		}
		i.Charges = append(i.Charges, c)
	}
	return nil
}

// readTotal wants more than the tax, which was read before.
func readTotal(v dialect.Value, i *invoicing) any {
	total := v.Decimal()
	if total != "" && compare(total, anyAmount.most) > 0 {
		tooMuch(v, anyAmount)
	} else if total != "" && i.Tax.Value != "" && compare(total, i.Tax.Value) <= 0 {
		v.Note(waybill.RuleRange, "", "%s must be greater than taxAmount", v.Path())
	}
	i.Total.Value = total
	return nil
}
