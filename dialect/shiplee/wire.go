package shiplee

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"regexp"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
)

// What the API takes for granted: everything is in India and in rupees.
const (
	india    = "IN"
	rupees   = "INR"
	timeZone = "Asia/Kolkata"
)

// indian is India's one zone, which has no summer time.
var indian = time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))

// stamp is a time as this API writes it.
func stamp(t time.Time) string { return t.In(indian).Format(time.RFC3339) }

// Lengths that the vendor does not publish.
const (
	maxReference = 100 // characters of an orderID
	maxText      = 255
	maxNote      = 2000
	maxParcels   = 100
	maxProducts  = 1000
	maxQuantity  = 1_000_000
	maxID        = 1<<53 - 1 // the largest number that JavaScript clients can name
)

// document reads a body: JSON or a form, whichever it is. Numbers may come as text in both, because a form has
// nothing else and PHP clients send them so.
func document(r *dialect.Request) (dialect.Value, error) {
	v, err := r.Document()
	if err != nil {
		return v, err
	}
	v = v.Words()
	v.Object()
	return v, nil
}

// digest tells an equal body from another, whatever the order of its members and the space between them.
func digest(v dialect.Value) string {
	sum := sha256.Sum256(v.Bytes())
	return hex.EncodeToString(sum[:])
}

var (
	pincodes = regexp.MustCompile(`^[1-9][0-9]{5}$`)
	mobiles  = regexp.MustCompile(`^[6-9][0-9]{9}$`)
)

// pincode reads an Indian postal code.
func pincode(v dialect.Value) string {
	code := strings.TrimSpace(v.Text(maxText))
	if code != "" && !pincodes.MatchString(code) {
		v.Note(waybill.RuleFormat, "", "Invalid pincode: must be 6-digit starting 1-9")
	}
	return code
}

// mobile reads an Indian mobile number without its country code.
func mobile(v dialect.Value) string {
	number := strings.TrimSpace(v.Text(maxText))
	if number != "" && !mobiles.MatchString(number) {
		v.Note(waybill.RuleFormat, "", "Invalid mobile number: must be 10-digit starting 6-9")
	}
	return number
}

// most is the largest size, weight or price that is taken for one.
const most = "9999999.99"

// figure reads a number of up to 9999999.99 that is above zero, or at least zero where that may be.
func figure(v dialect.Value, zero bool) waybill.Decimal {
	d := v.Decimal()
	if d == "" {
		return ""
	}
	limit, _ := rational(most)
	value, ok := rational(d)
	switch {
	case !ok: // noted by Decimal
	case value.Cmp(limit) > 0, value.Sign() < 0, value.Sign() == 0 && !zero:
		low := "above 0"
		if zero {
			low = "0 or more"
		}
		v.Note(waybill.RuleRange, most, "Invalid %s: must be %s, and at most %s", v.Path(), low, most)
		return ""
	}
	return d
}

func rational(d waybill.Decimal) (*big.Rat, bool) { return new(big.Rat).SetString(string(d)) }

// isCOD reads how an order is paid.
func isCOD(v dialect.Value) bool { return v.Among("prepaid", "cod") == "cod" }

// readProducts reads what is in an order. One without a sku gets one that follows from its name.
func readProducts(v dialect.Value) []waybill.Item {
	var items []waybill.Item
	for _, p := range filled(v, maxProducts) {
		item := waybill.Item{
			Title:    p.At("productName").Required().Text(maxText),
			Quantity: int(p.At("quantity").Required().Integer(1, maxQuantity)),
			Price:    figure(p.At("productPrice").Required(), true),
			SKU:      strings.TrimSpace(p.At("sku").Text(maxText)),
		}
		if item.SKU == "" {
			sum := sha256.Sum256([]byte(item.Title))
			item.SKU = "SKU-" + strings.ToUpper(hex.EncodeToString(sum[:4]))
		}
		items = append(items, item)
	}
	return items
}

// filled are the members of an array that must have some, each an object.
func filled(v dialect.Value, most int) []dialect.Value {
	if v.Required(); v.Blank() {
		return nil
	}
	list, isList := v.Raw().([]any)
	if isList && len(list) == 0 {
		v.Note(waybill.RuleEmpty, "", "%s must not be empty", v.Path())
	}
	items := v.Items(most)
	for _, item := range items {
		item.Required().Object()
	}
	return items
}

// worth is what the items cost together: what is to be collected when an order is paid on delivery.
func worth(items []waybill.Item) waybill.Amount {
	sum := new(big.Rat)
	for _, item := range items {
		if price, ok := rational(item.Price); ok {
			sum.Add(sum, price.Mul(price, big.NewRat(int64(item.Quantity), 1)))
		}
	}
	return waybill.Amount{Value: waybill.Decimal(sum.FloatString(30)).Convert(1, 1, 30), Currency: rupees}
}

// sum is what the items of a request cost together; more than anything can cost is refused.
func sum(products dialect.Value, items []waybill.Item) waybill.Amount {
	total := worth(items)
	if total.Beyond() {
		products.Note(waybill.RuleRange, "", "Invalid %s: together they must cost at most %s rupees", products.Path(), mostWorth)
	}
	return total
}

// mostWorth is the most that goods may be worth, in rupees.
var mostWorth = waybill.Money{Minor: waybill.MostMoney, Currency: rupees}.Decimal()

// readParcel reads a box in centimetres and kilograms.
func readParcel(v dialect.Value) waybill.Parcel {
	return waybill.Parcel{
		Name: "custom",
		Size: waybill.Size{
			Length: figure(v.At("length").Required(), false), Width: figure(v.At("breadth").Required(), false),
			Height: figure(v.At("height").Required(), false), Unit: waybill.Centimetre,
		},
		Weight: waybill.Weight{Value: figure(v.At("physicalWeight").Required(), false), Unit: waybill.Kilogram},
	}
}

// count puts all items into the parcel where there is only one.
func count(parcels []waybill.Parcel, items []waybill.Item) {
	if len(parcels) != 1 {
		return
	}
	for _, item := range items {
		parcels[0].Items += item.Quantity
	}
}

// said is an answer of success or failure without more.
type said struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}
