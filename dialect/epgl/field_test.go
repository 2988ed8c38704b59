package epgl_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/dialect/dialecttest"
)

// everything is a shipment with every member there is.
const everything = `{
	"trackingNumber": "", "uhawb": "",
	"sender": {"name": "Sara", "email": "sara@example.com", "phone": "+97142223344", "secondPhone": "+97142223345", "countryCode": "AE",
		"state": "Dubai", "postCode": "00000", "city": "Dubai", "line1": "1 Creek Road", "line2": "Floor 2", "line3": "Office 3"},
	"receiver": {"name": "Omar", "email": "omar@example.com", "phone": "+97126667788", "secondPhone": "+97126667789", "countryCode": "AE",
		"state": "Abu Dhabi", "postCode": "11111", "city": "Abu Dhabi", "line1": "2 Corniche", "line2": "Villa 4", "line3": "Gate 5"},
	"details": {"weight": {"unit": "KG", "value": 2.5}, "declaredWeight": {"unit": "KG", "value": 3}, "cod": {"currencyCode": "AED", "amount": 1},
		"customs": {"currencyCode": "AED", "amount": 2}, "deliveryCharges": {"currencyCode": "AED", "amount": 3}, "numberOfPieces": 1,
		"pickupDate": "2026-11-20T08:00:00Z", "deliveryStatus": "Pending", "deliveryDate": "2026-11-25T08:00:00Z", "deliveryAttempts": 0,
		"shippingType": "DOM", "productCategory": "Documents", "productType": "Standard", "descriptionOfGoods": "Papers", "hsCodeDescription": "Printed",
		"dimensions": {"length": 30, "width": 20, "height": 10, "unit": "CM"}},
	"items": [{"description": "Letter", "countryOfOrigin": "AE", "quantity": 1, "hsCode": "4907", "customsValue": {"currencyCode": "AED", "amount": 4},
		"weight": {"unit": "KG", "value": 0.5}, "dimensions": {"length": 21, "width": 15, "height": 1, "unit": "CM"}}]
}`

// others are the values that members have instead, where not any other will do.
var others = map[string]any{
	"uhawb": "AE20253169119538", "details.weight.unit": "LB", "details.declaredWeight.unit": "LB", "details.dimensions.unit": "IN",
	"items.0.weight.unit": "LB", "items.0.dimensions.unit": "IN", "details.shippingType": "INT", "details.pickupDate": "2026-11-19T08:00:00Z",
	"details.deliveryDate": "2026-11-26T08:00:00Z", "details.deliveryStatus": "Delivered", "items.0.countryOfOrigin": "CN",
}

// changed gives a member another value of its kind.
func changed(path string, v any) any {
	last := path[strings.LastIndex(path, ".")+1:]
	if other, ok := others[path]; ok {
		return other
	}
	switch {
	case last == "currencyCode":
		return "EUR"
	case last == "countryCode":
		return "GR"
	case strings.HasSuffix(last, "hone"):
		return v.(string) + "9"
	}
	if n, ok := v.(json.Number); ok {
		f, _ := n.Float64()
		return f + 1
	}
	return v.(string) + "x"
}

// members lists the paths of a tree's plain values.
func members(path string, v any) (paths []string) {
	switch v := v.(type) {
	case tree:
		for name, inner := range v {
			paths = append(paths, members(strings.TrimPrefix(path+"."+name, "."), inner)...)
		}
	case []any:
		for i, inner := range v {
			paths = append(paths, members(path+"."+strconv.Itoa(i), inner)...)
		}
	default:
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// kept is what is stored of a declaration, but for the text it is answered with and the numbers we give.
func kept(t *testing.T, app *dialecttest.App, number string) string {
	t.Helper()
	d := declaration(t, app, number)
	d.Row, d.Number, d.Shipment, d.Wire = waybill.Row{}, "", "", nil
	if strings.HasPrefix(d.Licence, "AE0000") {
		d.Licence = "ours"
	}
	return text(d)
}

// TestEveryMemberIsKeptAndAnswered changes each member of a shipment in turn, and sees what is stored and what
// is answered change with it.
func TestEveryMemberIsKeptAndAnswered(t *testing.T) {
	app := installation(t).Start(t)
	n := 0
	declare := func(body tree) (stored, answered string) {
		t.Helper()
		n++
		number := "W-" + strconv.Itoa(n)
		body["trackingNumber"] = number
		data := declared(t, app, text(body))
		if data["trackingNumber"] != number {
			t.Errorf("answered as %v, want %s", data["trackingNumber"], number)
		}
		delete(data, "trackingNumber")
		if data["uhawb"] != others["uhawb"] {
			delete(data, "uhawb")
		}
		return kept(t, app, number), text(data)
	}
	body := treeOf(t, everything)
	stored, answered := declare(body)
	paths := members("", body)
	for _, path := range paths {
		if path == "trackingNumber" {
			continue
		}
		inner, last := at(body, path)
		old := inner.(tree)[last]
		set(body, path, changed(path, old))
		nowStored, nowAnswered := declare(body)
		if nowStored == stored {
			t.Errorf("%s: another value leaves what is stored as it is", path)
		}
		if nowAnswered == answered {
			t.Errorf("%s: another value leaves the answer as it is", path)
		}
		set(body, path, old)
	}
	if s, a := declare(body); s != stored || a != answered {
		t.Errorf("the same body again is stored or answered otherwise:\n%s\n%s\n%s\n%s", stored, s, answered, a)
	}
	described := describedMembers(t)
	for _, path := range described {
		if !slices.Contains(paths, path) && path != "cod" && path != "customs" && path != "deliveryCharges" {
			t.Errorf("%s is described, and not tried", path)
		}
	}
	if len(paths) < 60 {
		t.Errorf("only %d members were tried", len(paths))
	}
}

// describedMembers are the paths of the document's request for a shipment; money beside details is left out.
func describedMembers(t *testing.T) (paths []string) {
	t.Helper()
	data, err := os.ReadFile("openapi.yaml")
	must(t, err)
	document, err := openapi3.NewLoader().LoadFromData(data)
	must(t, err)
	var walk func(s *openapi3.Schema, path string)
	walk = func(s *openapi3.Schema, path string) {
		plain := true
		for _, part := range slices.Concat(s.AllOf, s.AnyOf) {
			if len(part.Value.Properties) > 0 || len(part.Value.AllOf) > 0 || len(part.Value.AnyOf) > 0 {
				walk(part.Value, path)
				plain = false
			}
		}
		for name, inner := range s.Properties {
			walk(inner.Value, strings.TrimPrefix(path+"."+name, "."))
			plain = false
		}
		if s.Items != nil {
			walk(s.Items.Value, path+".0")
			plain = false
		}
		if plain && !slices.Contains(paths, path) && !slices.Contains([]string{"cod", "customs", "deliveryCharges"}, strings.Split(path, ".")[0]) {
			paths = append(paths, path)
		}
	}
	walk(document.Components.Schemas["Shipment"].Value, "")
	if len(paths) < 60 {
		t.Fatalf("only %d members are described", len(paths))
	}
	return paths
}

// TestMoneyBesideDetails: the page lists three amounts beside details and shows them inside. Both are taken and
// stored alike; inside counts first; they are answered inside.
func TestMoneyBesideDetails(t *testing.T) {
	app := installation(t).Start(t)
	body := treeOf(t, everything)
	body["trackingNumber"] = "W-1"
	details := body["details"].(tree)
	inside := declared(t, app, text(body))
	stored := kept(t, app, "W-1")
	for _, name := range []string{"cod", "customs", "deliveryCharges"} {
		body[name] = details[name]
		delete(details, name)
	}
	body["trackingNumber"] = "W-2"
	beside := declared(t, app, text(body))
	if text(beside["details"]) != text(inside["details"]) || kept(t, app, "W-2") != stored {
		t.Errorf("beside details: %s\ninside: %s", text(beside), text(inside))
	}
	if _, there := beside["cod"]; there {
		t.Error("cod is answered beside details")
	}
	details["cod"] = tree{"currencyCode": "USD", "amount": 7}
	both := declared(t, app, text(body))
	if got := text(both["details"].(tree)["cod"]); got != `{"amount":7,"currencyCode":"USD"}` {
		t.Errorf("of two cods %s counts", got)
	}
}

// rule is a value of a member that is just allowed, and one that is not.
type rule struct {
	path   string
	good   any
	bad    any
	status int
}

// asItIs leaves a member alone.
const asItIs = "\x00as it is"

func long(n int) string { return strings.Repeat("ж", n) }

// rules are the bounds of the vendor's document.
var rules = []rule{
	{"trackingNumber", long(100), long(101), 400}, {"trackingNumber", "a", "", 400}, {"trackingNumber", "b", gone, 400},
	{"sender", asItIs, gone, 400}, {"receiver", asItIs, gone, 400}, {"details", asItIs, gone, 400}, {"items", gone, tree{}, 400}, {"items", []any{}, "x", 400},
	{"sender.name", long(200), long(201), 400}, {"receiver.name", "x", nil, 400},
	{"sender.email", "a.b+c@d-e.example", "a b@example.com", 422}, {"sender.email", "", "[email protected]", 422}, {"receiver.email", gone, "a@example", 422},
	{"sender.email", strings.Repeat("a", 243) + "@example.com", strings.Repeat("a", 244) + "@example.com", 400},
	{"sender.phone", "+12", "1", 422}, {"sender.phone", "123456789012345", "1234567890123456", 422}, {"sender.phone", "9712", "09712", 422},
	{"receiver.phone", "+971501234567", "+971 50 123 4567", 422}, {"receiver.phone", "12", strings.Repeat("1", 51), 400}, {"receiver.phone", "12", "", 400},
	{"sender.secondPhone", "", "no", 422}, {"receiver.secondPhone", nil, strings.Repeat("1", 51), 400},
	{"sender.countryCode", "gb", "GBR", 400}, {"sender.countryCode", "XK", "QQ", 422}, {"receiver.countryCode", "GB", "G", 400}, {"receiver.countryCode", "IN", gone, 400},
	{"sender.state", long(100), long(101), 400}, {"sender.postCode", long(20), long(21), 400}, {"sender.city", long(100), long(101), 400},
	{"receiver.city", "x", "  ", 400}, {"sender.line1", "", long(501), 400}, {"sender.line1", gone, 5, 400}, {"receiver.line1", long(500), long(501), 400},
	{"receiver.line1", "x", "", 400}, {"receiver.line1", "x", gone, 400}, {"sender.line2", long(500), long(501), 400}, {"receiver.line3", long(500), long(501), 400},
	{"details.weight", asItIs, gone, 400}, {"details.declaredWeight", asItIs, nil, 400},
	{"details.weight.unit", "kg", "G", 400}, {"details.weight.unit", "LB", gone, 400}, {"details.weight.value", 0.0001, 0, 400},
	{"details.weight.value", 999998.999, 999999, 400}, {"details.declaredWeight.value", 1, -1, 400}, {"details.declaredWeight.value", 1, "1", 400},
	{"details.cod", nil, []any{}, 400}, {"details.cod.currencyCode", "usd", "US", 400}, {"details.cod.currencyCode", "BHD", "QQQ", 422},
	{"details.cod.amount", 0, -0.01, 400}, {"details.customs.amount", 1e10, gone, 400}, {"details.deliveryCharges", gone, "free", 400},
	{"details.numberOfPieces", 1, 0, 400}, {"details.numberOfPieces", 9999, 10000, 400}, {"details.numberOfPieces", 2, 1.5, 400}, {"details.numberOfPieces", 2, gone, 400},
	{"details.pickupDate", "2026-11-20", "20.11.2026", 400}, {"details.pickupDate", "2026-11-20T10:00:00", gone, 400}, {"details.pickupDate", "2026-11-20T10:00:00+04:00", 5, 400},
	{"details.deliveryDate", gone, "tomorrow", 400}, {"details.deliveryDate", "", 7, 400}, {"details.deliveryAttempts", nil, -1, 400},
	{"details.deliveryStatus", long(255), long(256), 400}, {"details.shippingType", "int", "SEA", 400}, {"details.shippingType", "INT", gone, 400},
	{"details.productCategory", long(100), long(101), 400}, {"details.productCategory", "x", "", 400}, {"details.productType", long(100), long(101), 400},
	{"details.productType", "x", gone, 400}, {"details.descriptionOfGoods", long(500), long(501), 400}, {"details.descriptionOfGoods", "x", "", 400},
	{"details.hsCodeDescription", long(200), long(201), 400}, {"details.hsCodeDescription", "short", 5, 400},
	{"details.dimensions", gone, "large", 400}, {"details.dimensions.unit", "in", "M", 400}, {"details.dimensions.length", 99999, 99999.1, 400},
	{"details.dimensions.width", 0.01, 0, 400}, {"details.dimensions.height", 21.544346900318843, gone, 400},
	{"items.0.description", long(200), long(201), 400}, {"items.0.countryOfOrigin", "C", "CHN", 400}, {"items.0.quantity", 0.5, "1", 400},
	{"items.0.quantity", gone, -1, 400}, {"items.0.hsCode", long(100), long(101), 400}, {"items.0.customsValue", nil, 5, 400},
	{"items.0.customsValue.currencyCode", "JPY", "YEN", 422}, {"items.0.weight", gone, 1, 400}, {"items.0.weight.value", 0.1, 0, 400},
	{"items.0.dimensions.unit", "CM", gone, 400}, {"items.0", tree{}, "item", 400},
	{"uhawb", "AE20253169119538", "AE2025316911953", 422}, {"uhawb", nil, "N/A", 422}, {"uhawb", gone, "AE00000000000017", 422},
}

// TestRules: each member may be what its rule just allows, and what it just forbids is refused, by its name
// and with the right status.
func TestRules(t *testing.T) {
	app := installation(t).Start(t)
	for i, r := range rules {
		body := treeOf(t, everything)
		body["trackingNumber"] = "W-" + strconv.Itoa(i)
		if r.good != asItIs {
			set(body, r.path, r.good)
		}
		if w := ask(app, createPath, text(body)); w.Code != 201 {
			t.Errorf("%s: %.40v is refused: %s", r.path, r.good, w.Body)
		}
		body["trackingNumber"] = "bad-" + strconv.Itoa(i)
		set(body, r.path, r.bad)
		status, answer := told(t, ask(app, createPath, text(body)))
		name := strings.ReplaceAll(r.path, ".0", "[0]")
		if status != r.status || answer.Status != "Error" || len(answer.Errors) != 1 || answer.Errors[0].Field != name || answer.Errors[0].Code != "VALIDATION_ERROR" {
			t.Errorf("%s: %.40v is answered %d %+v, want %d", r.path, r.bad, status, answer, r.status)
		}
	}
}
