package app

import (
	"maps"
	"strings"

	"waybill/dialect/native"
)

// foreignCall is one request.
type foreignCall struct {
	method, path string
	query        string
	body         any
}

// api is whose operation it is, as tokens are kept.
func (o foreignCall) api() string {
	if strings.HasPrefix(o.path, "/api/") {
		return native.Name
	}
	return strings.SplitN(o.path, "/", 3)[1]
}

func (o foreignCall) target() string {
	if o.query == "" {
		return o.path
	}
	return o.path + "?" + o.query
}

func (o foreignCall) String() string { return o.method + " " + o.target() }

// everyCall is each operation of each vendor's API, as an account asks it about records of its own.
func everyCall(own names) (list []foreignCall) {
	add := func(method, target string, body any) {
		path, query, _ := strings.Cut(target, "?")
		list = append(list, foreignCall{method, path, query, body})
	}
	type m = map[string]any
	sale, warehouse, back := digits(own["sale"]), digits(own["warehouse IN"]), digits(own["back"])

	add("GET", "/lynkup/shipments/"+own["order L"], nil)
	add("GET", "/lynkup/shipments/"+own["order L"]+"/status-history", nil)
	add("POST", "/lynkup/shipments/list", m{"limit": 50, "orderExternalIds": []any{own["order L"]}, "locationExternalIds": []any{"7709"}})
	add("POST", "/lynkup/shipments", and(lynkupOrder("new", "Ann"), m{"groupId": "g"}))
	add("PUT", "/lynkup/shipments/"+own["order L"]+"?forceUpdate=false", m{"orderValue": 11, "deliveryContact": m{"name": "Ann", "phone": "+1 234-567-8900"}})
	add("POST", "/lynkup/shipments/"+own["order L"]+"/retry", nil)
	add("DELETE", "/lynkup/shipments/"+own["order L"], nil)

	for _, root := range []string{"/shiptheory/v1", "/shiptheory/api"} {
		add("GET", root+"/shipments/"+own["order S"], nil)
		add("GET", root+"/shipments/list?created=2026-11-23&limit=50", nil)
		add("GET", root+"/shipments/search?created_from=2026-11-01&created_to=2026-11-30&channel_reference_id="+own["order S"], nil)
		add("GET", root+"/services", nil)
		add("GET", root+"/services/incoming", nil)
		add("GET", root+"/packages/sizes", nil)
		add("GET", root+"/products?sort=sku", nil)
		add("GET", root+"/products/view/"+own["sku"], nil)
		add("GET", root+"/tags", nil)
		add("GET", root+"/tags/"+own["tag"], nil)
		add("POST", root+"/shipments", and(shiptheoryBook("new"), m{"tags": []any{digits(own["tag"])}, "delivery_service": back}))
		add("POST", root+"/returns", m{"outgoing_reference": own["order S"], "delivery_postcode": "BS2 3AP", "return_service": back, "expiry": "2026-12-20"})
		add("POST", root+"/products", m{"sku": "new", "name": "Tea"})
		add("POST", root+"/tags", m{"name": "new", "background_colour": "#ff0000", "text_colour": "#fff"})
		add("POST", root+"/picking_lists/download", m{"shipments": []any{m{"reference_1": own["order S"]}}})
		add("PUT", root+"/products/update/"+own["sku"], m{"price": "36.00"})
		add("PUT", root+"/tags/"+own["tag"], m{"text_colour": "#eee"})
		add("PATCH", root+"/tags/"+own["tag"], m{"text_colour": "#eef"})
		add("DELETE", root+"/tags/"+own["tag"], nil)
	}

	for _, root := range []string{"/peddler/api/Carriers/lorry/", "/peddler/api/carrier/lorry/"} {
		n := own["tracking P"]
		add("GET", root+"getShipmentStatuses?trackingNumbers="+n, nil)
		add("GET", root+"shippingLabel/zpl?trackingNumber="+n, nil)
		add("GET", root+"shippingLabel/pdf?trackingNumber="+n, nil)
		add("GET", root+"shippingLabel?trackingNumber="+n+"&format=ZPL", nil)
		add("GET", root+"postcodes", nil)
		add("GET", root+"postcode?postcode=1066", nil)
		add("POST", root+"createShipments", []any{m{"metaData": "new", "deliveryAddress": m{"name": "Ann", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"}}})
		add("POST", root+"updateShipment/"+n, m{"deliveryEmail": "ann@example.com"})
		add("PUT", root+"updateShipments", []any{m{"trackingNumber": n, "deliveryEmail": "ann@example.com"}, m{"metaData": own["order P"], "deliveryEmail": "ann@example.com"}})
		add("POST", root+"departedFacility", m{"trackingNumbers": []any{n}})
		add("POST", root+"cancelShipment/"+n, nil)
		add("DELETE", root+"cancelShipment/"+n, nil)
		add("POST", root+"cancelShipment", m{"trackingNumber": n})
	}

	kilos := m{"unit": "KG", "value": 3.5}
	add("POST", "/epgl/api/v1/shipment/issueInvoice", m{
		"trackingNumber": own["order E"], "chargeableWeight": kilos, "charges": []any{m{"type": "Base Rate", "amount": m{"currencyCode": "AED", "amount": 775.0}}},
		"invoice": m{"invoiceNumber": "INV-1", "invoiceDate": "2026-11-20T09:35:29Z", "billingAccountNumber": "A", "billingAccountName": "B", "taxAmount": 0, "totalAmountIncludingTax": 775.0, "currencyCode": "AED"},
	})

	add("GET", "/shiplee/get_warehouses", nil)
	add("GET", "/shiplee/track_shipment?awb="+own["tracking I"], nil)
	add("GET", "/shiplee/shipping_label?awb="+own["tracking I"], nil)
	add("POST", "/shiplee/rates", m{"orderId": sale, "warehouseId": warehouse, "shipmentType": "forward"})
	add("POST", "/shiplee/order", shipleeOrder("new"))
	add("POST", "/shiplee/add_warehouse", m{"nickname": "new", "mobileNumber": "9000000001", "address1": "123 Logistics Road", "pincode": "110076", "city": "New Delhi", "state": "Delhi"})
	add("POST", "/shiplee/create_shipment", m{"orderId": sale, "warehouseId": warehouse, "action": "book_shipment", "shipmentType": "forward", "carrierId": own["offer"], "carrierName": own["offered"]})
	add("POST", "/shiplee/reverse_order", reverseOrder(own))
	add("POST", "/shiplee/reverse_create_shipment", m{"order_id": digits(own["reverse"]), "warehouse_id": warehouse, "carrierId": own["offer"], "carrierName": own["offered"]})
	add("POST", "/shiplee/cancel_shipment", m{"awb_number": own["tracking I"]})
	add("POST", "/epgl/api/v1/shipment/create", epglShipment(own["order E"], "Delivered")) // last: it makes what it is asked about the caller's
	return list
}

// and is an object with other members.
func and(object, more map[string]any) map[string]any {
	out := maps.Clone(object)
	maps.Copy(out, more)
	return out
}
