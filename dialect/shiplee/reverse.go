package shiplee

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeReverse reads an order to fetch a parcel back from a customer.
func decodeReverse(r *dialect.Request) (engine.DraftReturn, error) {
	v, err := document(r)
	if err != nil {
		return engine.DraftReturn{}, err
	}
	in := engine.DraftReturn{Key: r.IdempotencyKey(), Hash: digest(v)}
	in.Original.Number = numeric(v.At("orderId").Required())
	in.Tracking = strings.TrimSpace(v.At("awbNumber").Required().Text(maxText))
	b := &in.Return
	if reason := v.At("reason").Required().Text(maxNote); reason != "" {
		b.Reasons = []string{reason}
	}
	in.To.Number = v.At("warehouseId").Required().Integer(1, maxID)
	cod, insured := isCOD(v.At("paymentType")), v.At("insurance").Boolean()
	b.From = readCustomer(v.At("customer").Required())
	b.Items = readProducts(v.At("products"))
	parcel := v.At("parcel").Required()
	parcel.Object()
	b.Parcels = []waybill.Parcel{readParcel(parcel)}
	count(b.Parcels, b.Items)
	goods := sum(v.At("products"), b.Items)
	if cod {
		b.Options.COD = goods
	}
	if insured {
		b.Options.Insurance = goods
	}
	return in, v.Errors(opReverse)
}

// numeric wants a JSON number: the vendor refuses an order that is named by text.
func numeric(v dialect.Value) int64 {
	if _, isNumber := v.Raw().(json.Number); !isNumber && !v.Blank() {
		v.Note(waybill.RuleInteger, "", "Invalid %s: must be the numeric order_id from /order", v.Path())
		return 0
	}
	return v.Integer(1, maxID)
}

// readCustomer reads whom a parcel is fetched from.
func readCustomer(v dialect.Value) waybill.Party {
	v.Object()
	p := waybill.Party{
		Contact: waybill.Contact{
			Name: v.At("name").Required().Text(maxText), Phone: mobile(v.At("mobile").Required()), Mobile: mobile(v.At("altMobile")),
			Email: v.At("email").Text(maxText),
		},
		Address: waybill.Address{
			Street1: v.At("address1").Required().Text(maxText), Street2: v.At("address2").Text(maxText),
			Postcode: pincode(v.At("pincode").Required()), City: v.At("city").Required().Text(maxText),
			State: v.At("state").Required().Text(maxText), Country: india,
		},
	}
	if kind := v.At("addressType").Among("home", "office"); kind != "" {
		home := kind == "home"
		p.Address.Residential = &home
	}
	return p
}

type reversed struct {
	said
	ReverseOrderID string `json:"reverse_order_id"`
	// The number by which the next calls name it, under both names a client may look for it. The vendor's page
	// asks for it and shows no answer that has it.
	ID      int64 `json:"id"`
	OrderID int64 `json:"order_id"`
}

func encodeReverse(_ *dialect.Request, b waybill.Return) dialect.Reply {
	return dialect.JSON(http.StatusCreated, reversed{
		said{true, "Reverse order created successfully"}, reverseID(b.Number), b.Number, b.Number,
	})
}

// reversePrefix begins the ids of reverse orders.
const reversePrefix = "RO-"

// reverseID is a return's number as this API writes it: in hexadecimal, of at least five digits.
func reverseID(number int64) string { return fmt.Sprintf("%s%05X", reversePrefix, number) }

// reverseNumber reads either of a reverse order's names.
func reverseNumber(v dialect.Value) int64 {
	name := strings.ToUpper(strings.TrimSpace(v.Text(maxText)))
	text, hexadecimal := strings.CutPrefix(name, reversePrefix)
	base := 10
	if hexadecimal {
		base = 16
	}
	number, err := strconv.ParseInt(text, base, 64)
	if name != "" && (err != nil || number < 1 || number > maxID) {
		v.Note(waybill.RuleInteger, "", "Invalid %s: must be the numeric id of a reverse order", v.Path())
		return 0
	}
	return number
}
