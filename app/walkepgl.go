package app

import (
	"encoding/json"
	"maps"
	"net/http"
)

const epglTokenPath = "/epgl/api/v1/auth/authenticate"

// epglShipment is a shipment that a courier of somebody else carries.
func epglShipment(number, status string) map[string]any {
	kilos := map[string]any{"unit": "KG", "value": 1.5}
	return map[string]any{
		"trackingNumber": number,
		"sender":         map[string]any{"name": "Demo Trading", "phone": "+97141234567", "countryCode": "AE", "city": "Dubai", "line1": "Sheikh Zayed Road"},
		"receiver":       map[string]any{"name": "Omar Haddad", "phone": "+97121234567", "countryCode": "AE", "city": "Abu Dhabi", "line1": "Corniche Road"},
		"details": map[string]any{
			"weight": kilos, "declaredWeight": kilos, "numberOfPieces": 1, "pickupDate": "2026-11-20T08:00:00Z", "deliveryStatus": status,
			"shippingType": "DOM", "productCategory": "Documents", "productType": "Same Day", "descriptionOfGoods": "Contracts",
		},
	}
}

// declaration is the body that declares the walk's shipment once more.
func (w *walk) declaration() string {
	body, _ := json.Marshal(epglShipment(w.reference("e"), "Delivered")) // plain text and numbers
	return string(body)
}

// epglDeclared declares a shipment, declares it anew when it has moved, and adds an invoice.
func (w *walk) epglDeclared() error {
	answer, err := w.call(http.MethodPost, epglTokenPath, "", map[string]any{"clientId": DemoClient, "clientSecret": DemoSecret}, http.StatusOK)
	if err != nil {
		return err
	}
	token, number := text(answer, "accessToken"), w.reference("e")
	for _, status := range []string{"In Transit", "Delivered"} {
		answer, err := w.call(http.MethodPost, "/epgl/api/v1/shipment/create", token, epglShipment(number, status), http.StatusCreated)
		if err != nil {
			return err
		}
		w.line("declared", "%s %s", text(answer, "message"), text(answer, "data", "details", "deliveryStatus"))
	}
	money := func(amount float64) map[string]any { return map[string]any{"currencyCode": "AED", "amount": amount} }
	invoice := map[string]any{
		"trackingNumber": number, "chargeableWeight": map[string]any{"unit": "KG", "value": 1.5},
		"charges": []any{map[string]any{"type": "Base Rate", "amount": money(20)}},
		"invoice": map[string]any{
			"invoiceNumber": "INV-" + w.stamp, "invoiceDate": "2026-11-20T08:00:00Z", "billingAccountNumber": "A-1", "billingAccountName": "Demo Trading",
		},
	}
	maps.Copy(invoice["invoice"].(map[string]any), map[string]any{"taxAmount": 1, "totalAmountIncludingTax": 21, "currencyCode": "AED"})
	if answer, err = w.call(http.MethodPost, "/epgl/api/v1/shipment/issueInvoice", token, invoice, http.StatusCreated); err != nil {
		return err
	}
	w.line("invoiced", "%s", text(answer, "message"))
	order, err := w.call(http.MethodGet, "/lynkup/shipments/"+number, w.lynkup, nil, http.StatusOK)
	if err != nil {
		return err
	}
	w.line("through", "LynkUp it is %s", text(order, "status"))
	return nil
}
