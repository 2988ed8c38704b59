package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"waybill/store/storetest"
)

// foulSum is a request with a sum in it that cannot be, and the member of the vendor's that has it.
type foulSum struct {
	member string
	call   foreignCall
}

// foulSums are the sums that the vendors' APIs take, below nothing and beyond all measure.
func foulSums(own names) (list []foulSum) {
	type m = map[string]any
	add := func(member, method, path string, body func(sum json.Number) any, more ...json.Number) {
		for _, sum := range append([]json.Number{"-0.01", "-5", "99999999999999999999999999"}, more...) {
			list = append(list, foulSum{member, foreignCall{method: method, path: path, body: body(sum)}})
		}
	}
	create := "/lynkup/shipments"
	add("orderValue", "POST", create, func(n json.Number) any { return and(lynkupOrder("new", "Ann"), m{"orderValue": n}) }, "10000000001")
	for _, member := range []string{"price", "salePrice"} {
		items := func(n json.Number) any { return []any{m{"sku": "A", member: n}} }
		add(member, "POST", create, func(n json.Number) any { return and(lynkupOrder("new", "Ann"), m{"itemList": items(n)}) })
		add(member, "PUT", create+"/"+own["order L"], func(n json.Number) any { return m{"itemList": items(n)} })
	}
	add("orderValue", "PUT", create+"/"+own["order L"], func(n json.Number) any { return m{"orderValue": n} })

	for _, member := range []string{"value", "shipping_price"} {
		add(member, "POST", "/shiptheory/v1/shipments", func(n json.Number) any {
			return and(shiptheoryBook("new"), m{"shipment_detail": m{"weight": 2.5, "parcels": 1, "value": 1, member: n}})
		})
	}
	add("value", "POST", "/shiptheory/v1/shipments", func(n json.Number) any {
		return and(shiptheoryBook("new"), m{"products": []any{m{"name": "Tea", "sku": "tea", "qty": 2, "value": n, "weight": 1}}})
	})
	add("price", "POST", "/shiptheory/v1/products", func(n json.Number) any { return m{"sku": "new", "name": "Tea", "price": n} })
	add("price", "PUT", "/shiptheory/v1/products/update/"+own["sku"], func(n json.Number) any { return m{"price": n} })

	add("shippingValue", "POST", "/peddler/api/Carriers/lorry/createShipments", func(n json.Number) any {
		return []any{m{"metaData": "new", "shippingValue": n, "deliveryAddress": m{"name": "A", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"}}}
	})

	dirhams := func(n json.Number) any { return m{"currencyCode": "AED", "amount": n} }
	for _, member := range []string{"cod", "customs", "deliveryCharges"} {
		add("amount", "POST", "/epgl/api/v1/shipment/create", func(n json.Number) any {
			b := epglShipment("new", "In Transit")
			b["details"] = and(b["details"].(m), m{member: dirhams(n)})
			return b
		}, "10000000000.01")
	}
	add("amount", "POST", "/epgl/api/v1/shipment/create", func(n json.Number) any {
		return and(epglShipment("new", "In Transit"), m{"items": []any{m{"customsValue": dirhams(n)}}})
	})
	bill := func(charge any, member string, n any) any {
		invoice := m{"invoiceNumber": "new", "invoiceDate": "2026-11-20T08:00:00Z", "billingAccountNumber": "1", "billingAccountName": "A", "taxAmount": 1, "totalAmountIncludingTax": 5, "currencyCode": "AED"}
		if member != "" {
			invoice[member] = n
		}
		return m{"trackingNumber": own["tracking E"], "chargeableWeight": m{"unit": "KG", "value": 1}, "charges": []any{m{"type": "Base Rate", "amount": charge}}, "invoice": invoice}
	}
	add("amount", "POST", epglInvoicePath, func(n json.Number) any { return bill(dirhams(n), "", nil) })
	for _, member := range []string{"totalDiscountAmount", "taxAmount", "totalAmountIncludingTax"} {
		add(member, "POST", epglInvoicePath, func(n json.Number) any { return bill(dirhams("1"), member, n) })
	}

	tea := func(n json.Number) any { return []any{m{"productName": "Tea", "quantity": 1, "productPrice": n}} }
	add("productPrice", "POST", "/shiplee/order", func(n json.Number) any { return and(shipleeOrder("new"), m{"products": tea(n)}) })
	add("productPrice", "POST", "/shiplee/reverse_order", func(n json.Number) any { return and(reverseOrder(own), m{"products": tea(n)}) })
	dear := m{"products": []any{m{"productName": "Tea", "quantity": 1_000_000, "productPrice": 9_999_999}}}
	list = append(list,
		foulSum{"products", foreignCall{method: "POST", path: "/shiplee/order", body: and(shipleeOrder("new"), and(dear, m{"paymentType": "cod"}))}},
		foulSum{"products", foreignCall{method: "POST", path: "/shiplee/reverse_order", body: and(reverseOrder(own), and(dear, m{"insurance": true}))}},
		foulSum{"products", foreignCall{method: "POST", path: "/shiplee/reverse_order", body: and(reverseOrder(own), and(dear, m{"paymentType": "cod"}))}},
	)
	return list
}

const epglInvoicePath = "/epgl/api/v1/shipment/issueInvoice"

// TestSumsThatCannotBeAreRefused: each vendor's API names the member in its own way, and nothing comes of it.
func TestSumsThatCannotBeAreRefused(t *testing.T) {
	databases(t, func(t *testing.T, cfg Config) {
		k := gather(t, cfg)
		const who = "zqparent"
		before := k.things(who)
		for _, f := range foulSums(k.names[who]) {
			body, err := json.Marshal(f.call.body)
			k.check(err)
			a := k.call(who, f.call, "")
			refused := a.status >= 400 && a.status < 500
			if f.call.api() == "peddler" { // it answers for each shipment of a call
				refused = a.status == 200 && at(a.value(), 0, "status") == "ERROR"
			}
			if !refused || !strings.Contains(a.body, f.member) {
				t.Errorf("%s of %s: %d %s", f.call, body, a.status, a.body)
			}
		}
		if after := k.things(who); after != before {
			t.Errorf("there was %s, and is %s", before, after)
		}
	})
}

// things is how much an account has of what these requests would make, and what they would change.
func (k *kin) things(who string) string {
	k.t.Helper()
	own, said := k.names[who], ""
	for _, list := range []string{"shipments", "returns", "declarations", "products"} {
		a := k.call(who, foreignCall{method: "GET", path: "/api/v1/" + list, query: "limit=100"}, "")
		items, _ := at(a.value(), "items").([]any)
		said += fmt.Sprintf("%d %s of %d, ", len(items), list, a.status)
	}
	order := k.call(who, foreignCall{method: "GET", path: "/lynkup/shipments/" + own["order L"]}, "").value()
	product := k.call(who, foreignCall{method: "GET", path: "/shiptheory/v1/products/view/" + own["sku"]}, "").value()
	declared := k.call(who, foreignCall{method: "GET", path: "/api/v1/declarations"}, "").value()
	return fmt.Sprint(said, at(order, "orderValue"), at(order, "itemList"), at(product, "product", "price"), at(declared, "items", 0, "invoices"))
}

// TestWhatVendorsTellOfPricesIsShownWhole: to the last digit, in the currency that it is in.
func TestWhatVendorsTellOfPricesIsShownWhole(t *testing.T) {
	type m = map[string]any
	k := gather(t, fresh(t))
	const who = "zqparent"
	shown := func(path string, steps ...any) string {
		t.Helper()
		a := k.call(who, foreignCall{method: "GET", path: path}, "")
		text, err := json.Marshal(at(a.value(), steps...))
		k.check(err)
		return string(text)
	}
	said := func(status int, method, path string, body any) any {
		t.Helper()
		a := k.call(who, foreignCall{method: method, path: path, body: body}, "")
		if a.status != status {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		return a.value()
	}
	said(201, "POST", "/lynkup/shipments", and(lynkupOrder("PRICED-L", "Ann"), m{"itemList": []any{m{"sku": "A", "price": json.Number("19.999"), "salePrice": 20}}}))
	said(200, "POST", "/shiptheory/v1/products", m{"sku": "PRICED", "name": "Tea", "price": json.Number("0.0125")})
	declared := epglShipment("PRICED-E", "In Transit")
	said(201, "POST", "/epgl/api/v1/shipment/create", and(declared, m{"items": []any{m{"customsValue": m{"currencyCode": "KWD", "amount": json.Number("1.5")}}}}))
	for got, want := range map[string]string{
		shown("/api/v1/shipments/PRICED-L", "items", 0, "price"):      `{"amount":2000,"currency":"GBP","exact":19.999}`,
		shown("/api/v1/shipments/PRICED-L", "items", 0, "sale_price"): `{"amount":2000,"currency":"GBP"}`,
		shown("/api/v1/products/PRICED", "price"):                     `{"amount":1,"currency":"GBP","exact":0.0125}`,
	} {
		if got != want {
			t.Errorf("%s is shown, not %s", got, want)
		}
	}
	shipment := strings.Trim(shown("/api/v1/declarations", "items", 0, "shipment_id"), `"`)
	if got := shown("/api/v1/shipments/"+shipment, "items", 0, "price"); got != `{"amount":1500,"currency":"KWD"}` {
		t.Errorf("what was declared in dinars is shown as %s", got)
	}
	said(200, "PATCH", "/api/v1/accounts/self", m{"settings": m{"currency": "EUR"}})
	said(200, "PUT", "/shiptheory/v1/products/update/PRICED", m{"price": 2})
	if got := shown("/api/v1/products/PRICED", "price"); got != `{"amount":200,"currency":"GBP"}` {
		t.Errorf("the product was priced in pounds, and is at %s", got)
	}
}

// databases runs a test on both.
func databases(t *testing.T, test func(t *testing.T, cfg Config)) {
	t.Run("sqlite", func(t *testing.T) { test(t, fresh(t)) })
	t.Run("postgres", func(t *testing.T) {
		cfg := fresh(t)
		cfg.Database = storetest.Postgres(t)
		test(t, cfg)
	})
}
