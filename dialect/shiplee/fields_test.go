package shiplee_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

// wholeOrder is an order with every member that the API documents.
const wholeOrder = `{
	"pincode": "560042", "city": "Bengaluru", "state": "Karnataka", "name": "Asha", "email": "a@example.com", "mobileNumber": "9000000001",
	"addressLine1": "4 Lake Road", "addressLine2": "Near the bank", "sameAddressCheckbox": 0, "orderID": "", "paymentType": "prepaid",
	"products": [{"productName": "Tea", "quantity": 2, "productPrice": 500, "sku": "TEA"}],
	"parcels": [{"length": 10, "breadth": 11, "height": 12, "physicalWeight": 1.5}],
	"billingName": "Bala", "billingMobileNumber": "8000000001", "billingEmail": "b@example.com", "billingAddressLine1": "5 MG Road",
	"billingPincode": "411001", "billingCity": "Pune", "billingState": "Maharashtra"
}`

// wholeReverse is a reverse order with every member that the API documents.
const wholeReverse = `{
	"orderId": 0, "awbNumber": "", "reason": "Too small", "warehouseId": 2147483833, "paymentType": "prepaid", "insurance": false,
	"customer": {
		"name": "Asha", "mobile": "9000000001", "altMobile": "9000000002", "email": "a@example.com", "address1": "4 Lake Road",
		"address2": "Near the bank", "pincode": "560042", "city": "Bengaluru", "state": "Karnataka", "addressType": "home"
	},
	"products": [{"productName": "Tea", "quantity": 1, "productPrice": 500, "sku": "TEA"}],
	"parcel": {"length": 10, "breadth": 11, "height": 12, "physicalWeight": 1.5}
}`

// wholeWarehouse is a warehouse with every member that the API documents.
const wholeWarehouse = `{
	"nickname": "Third", "mobileNumber": "8000000007", "address1": "7 Dock Road", "address2": "Gate 2", "pincode": "400001", "city": "Mumbai",
	"state": "Maharashtra", "addressType": "primary"
}`

// changes gives each member another value, schema by schema.
var changes = map[string]map[string]any{
	"Order": {
		"pincode": "560043", "city": "Mysuru", "state": "Kerala", "name": "Bina", "email": "c@example.com", "mobileNumber": "9000000003",
		"addressLine1": "5 Lake Road", "addressLine2": "Near the lake", "sameAddressCheckbox": 1, "paymentType": "cod",
		"products.0.productName": "Coffee", "products.0.quantity": 3, "products.0.productPrice": 499.5, "products.0.sku": "COF",
		"parcels.0.length": 20, "parcels.0.breadth": 21, "parcels.0.height": 22, "parcels.0.physicalWeight": 2,
		"billingName": "Chitra", "billingMobileNumber": "8000000002", "billingEmail": "d@example.com", "billingAddressLine1": "6 MG Road",
		"billingPincode": "411002", "billingCity": "Nashik", "billingState": "Goa",
	},
	"ReverseOrder": {
		"reason": "Too large", "warehouseId": 2147483834, "paymentType": "cod", "insurance": true,
		"customer.name": "Bina", "customer.mobile": "9000000003", "customer.altMobile": "9000000004", "customer.email": "c@example.com",
		"customer.address1": "5 Lake Road", "customer.address2": "Near the lake", "customer.pincode": "560043", "customer.city": "Mysuru",
		"customer.state": "Kerala", "customer.addressType": "office",
		"products.0.productName": "Coffee", "products.0.quantity": 3, "products.0.productPrice": 499.5, "products.0.sku": "COF",
		"parcel.length": 20, "parcel.breadth": 21, "parcel.height": 22, "parcel.physicalWeight": 2,
	},
	"AddWarehouse": {
		"nickname": "Fourth", "mobileNumber": "8000000008", "address1": "8 Dock Road", "address2": "Gate 3", "pincode": "400002", "city": "Thane",
		"state": "Goa", "addressType": "return",
	},
}

// given elsewhere are members that say which order is meant: other tests change them.
var named = []string{"orderID", "orderId", "awbNumber"}

// TestEveryFieldIsKept changes each member of an order, a reverse order and a warehouse in turn and sees what is stored
// change with it.
func TestEveryFieldIsKept(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, "wallet 500")
	for schema, store := range map[string]func(*testing.T, *dialecttest.App, tree, string) any{
		"Order": storedOrder, "ReverseOrder": storedReverse, "AddWarehouse": storedWarehouse,
	} {
		whole := map[string]string{"Order": wholeOrder, "ReverseOrder": wholeReverse, "AddWarehouse": wholeWarehouse}[schema]
		before := asText(store(t, app, treeOf(t, whole), "base"))
		for path, value := range changes[schema] {
			body := treeOf(t, whole)
			body.set(path, value)
			if after := asText(store(t, app, body, path)); after == before {
				t.Errorf("%s of %s: another value leaves what is stored as it is", path, schema)
			}
		}
	}
}

func storedOrder(t *testing.T, app *dialecttest.App, body tree, reference string) any {
	body["orderID"] = reference
	success(t, app, "POST /order", body.String(), http.StatusCreated)
	sh := shipment(t, app, reference)
	sh.Row, sh.Reference, sh.Digest = waybill.Row{}, "", ""
	return sh
}

func storedReverse(t *testing.T, app *dialecttest.App, body tree, reference string) any {
	order := treeOf(t, wholeOrder)
	order["orderID"] = "of " + reference
	id := success(t, app, "POST /order", order.String(), http.StatusCreated)["order_id"]
	booking := map[string]any{
		"orderId": id, "warehouseId": ownPlace, "action": "book_shipment", "carrierId": "house_s_prepaid", "carrierName": "Surface", "shipmentType": "forward",
	}
	body["orderId"], body["awbNumber"] = id, success(t, app, "POST /create_shipment", asText(booking), http.StatusCreated)["awb_number"]
	answer := success(t, app, "POST /reverse_order", body.String(), http.StatusCreated)
	b, err := admin(t, app).GetReturn(context.Background(), engine.RefReturn{Number: int64(answer["id"].(float64))})
	if err != nil {
		t.Fatal(err)
	}
	b.Row, b.Shipment, b.Reference = waybill.Row{}, "", ""
	return b
}

func storedWarehouse(t *testing.T, app *dialecttest.App, body tree, _ string) any {
	data := success(t, app, "POST /add_warehouse", body.String(), http.StatusCreated)["data"].(map[string]any)
	list, err := admin(t, app).ListLocations(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(l waybill.Location) bool { return l.Number == int64(data["id"].(float64)) })
	list[i].Row, list[i].ExternalID = waybill.Row{}, ""
	return list[i]
}

// TestChangesAreComplete: each member of these requests that the OpenAPI document describes is changed above.
func TestChangesAreComplete(t *testing.T) {
	data, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for schema, changed := range changes {
		var described []string
		members(document.Components.Schemas[schema].Value, "", &described)
		total += len(described)
		for _, path := range described {
			if _, ok := changed[path]; !ok && !slices.Contains(named, path) {
				t.Errorf("%s of %s is described and not changed", path, schema)
			}
		}
	}
	if total < 55 {
		t.Errorf("only %d members are described", total)
	}
}

// members lists the paths of a schema's plain members; items are counted from 0.
func members(s *openapi3.Schema, path string, into *[]string) {
	join := func(step string) string { return strings.TrimPrefix(path+"."+step, ".") }
	switch {
	case len(s.Properties) > 0:
		for name, p := range s.Properties {
			members(p.Value, join(name), into)
		}
	case s.Items != nil:
		members(s.Items.Value, join("0"), into)
	default:
		*into = append(*into, path)
	}
}

// tree is a request body that can be changed by path.
type tree map[string]any

func treeOf(t *testing.T, text string) tree {
	t.Helper()
	var body tree
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func (body tree) set(path string, value any) {
	steps := strings.Split(path, ".")
	var at any = map[string]any(body)
	for _, step := range steps[:len(steps)-1] {
		switch inner := at.(type) {
		case map[string]any:
			at = inner[step]
		case []any:
			i, _ := strconv.Atoi(step)
			at = inner[i]
		}
	}
	at.(map[string]any)[steps[len(steps)-1]] = value
}

func (body tree) String() string { return asText(body) }

func asText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// ask sends a request as the seeded user.
func ask(app *dialecttest.App, first, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(first, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", app.Authorization)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	return w
}

// success is the answer to a request that must succeed.
func success(t *testing.T, app *dialecttest.App, first, body string, status int) map[string]any {
	t.Helper()
	w := ask(app, first, body)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != status || answer["success"] != true {
		t.Fatalf("%s %s: %d %s", first, body, w.Code, w.Body)
	}
	return answer
}
