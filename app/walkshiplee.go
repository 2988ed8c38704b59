package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"waybill"
	"waybill/engine"
	"waybill/store"
)

const shipleeTokenPath = "/shiplee/login"

// shipleeOrder is an order of an Indian shop.
func shipleeOrder(reference string) map[string]any {
	return map[string]any{
		"pincode": "560001", "city": "Bengaluru", "state": "Karnataka", "name": "Meera Iyer", "email": "meera@example.com", "mobileNumber": "9000000011",
		"addressLine1": "7 Church Street", "sameAddressCheckbox": 1, "orderID": reference, "paymentType": "prepaid",
		"products": []any{map[string]any{"productName": "Tea", "quantity": 2, "productPrice": 250, "sku": "TEA-1"}},
		"parcels":  []any{map[string]any{"length": 20, "breadth": 15, "height": 10, "physicalWeight": 1.2}},
	}
}

func (w *walk) shipleeLogin() error {
	answer, err := w.call(http.MethodPost, shipleeTokenPath, "", map[string]any{"username": DemoEmail, "apikey": DemoAPIKey}, http.StatusOK)
	w.shiplee = text(answer, "token")
	return err
}

// shipleeDelivered orders, asks for rates, books the cheapest from the wallet and follows it to the door.
func (w *walk) shipleeDelivered() error {
	if err := w.shipleeLogin(); err != nil {
		return err
	}
	order, awb, err := w.shipleeBook(w.reference("i"))
	if err != nil {
		return err
	}
	w.order, w.awb = order, awb
	label, err := w.raw("/shiplee/shipping_label?awb="+awb, w.shiplee)
	if err != nil {
		return err
	}
	if err := w.save("shiplee.pdf", label); err != nil {
		return err
	}
	if err := w.delhiveryMoves(awb, "delivered"); err != nil {
		return err
	}
	tracked, err := w.call(http.MethodGet, "/shiplee/track_shipment?awb="+awb, w.shiplee, nil, http.StatusOK)
	if err != nil {
		return err
	}
	w.line("tracked", "%s", text(tracked, "data", "status"))
	return nil
}

// shipleeBook is one order from /order to its number.
func (w *walk) shipleeBook(reference string) (order any, awb string, err error) {
	added, err := w.call(http.MethodPost, "/shiplee/order", w.shiplee, shipleeOrder(reference), http.StatusCreated)
	if err != nil {
		return nil, "", err
	}
	order = added["order_id"]
	offer, err := w.shipleeCheapest(order, "forward")
	if err != nil {
		return nil, "", err
	}
	booked, err := w.call(http.MethodPost, "/shiplee/create_shipment", w.shiplee, map[string]any{
		"orderId": order, "warehouseId": DemoWarehouse, "action": "book_shipment", "shipmentType": "forward",
		"carrierId": text(offer, "carrier_id"), "carrierName": text(offer, "carrier_name"),
	}, http.StatusCreated)
	if err != nil {
		return nil, "", err
	}
	awb = text(booked, "awb_number")
	w.line("booked", "%s with %s at ₹%s, AWB %s", reference, text(offer, "carrier_name"), text(offer, "cost"), awb)
	return order, awb, nil
}

// shipleeCheapest asks for the rates of an order.
func (w *walk) shipleeCheapest(order any, way string) (any, error) {
	answer, err := w.call(http.MethodPost, "/shiplee/rates", w.shiplee,
		map[string]any{"orderId": order, "warehouseId": DemoWarehouse, "shipmentType": way}, http.StatusOK)
	if err != nil {
		return nil, err
	}
	data, _ := answer["data"].(map[string]any)
	offers, _ := data["carrier_info"].([]any)
	var best map[string]any
	for _, o := range offers {
		offer, _ := o.(map[string]any)
		cost, _ := offer["cost"].(float64)
		if lowest, _ := best["cost"].(float64); best == nil || cost < lowest {
			best = offer
		}
	}
	if best == nil {
		return nil, fmt.Errorf("no rates for order %v: %v", order, answer)
	}
	return best, nil
}

// delhiveryMoves lets the simulated carrier carry the parcel, and asks it then.
func (w *walk) delhiveryMoves(number, to string) error {
	body, err := json.Marshal(map[string]string{"to": to})
	if err != nil {
		return err
	}
	address := w.app.simBase("delhivery") + "/_sim/parcels/" + number + "/advance"
	request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if _, err := w.send(request, http.StatusOK); err != nil {
		return err
	}
	desk, err := w.desk()
	if err != nil {
		return err
	}
	_, err = desk.TrackShipment(w.ctx, engine.GetShipment{Ref: engine.Ref{Tracking: number}})
	return err
}

// shipleeReturned fetches the parcel back from the buyer's door.
func (w *walk) shipleeReturned() error {
	reverse, err := w.call(http.MethodPost, "/shiplee/reverse_order", w.shiplee, map[string]any{
		"orderId": w.order, "awbNumber": w.awb, "reason": "Wrong size", "warehouseId": DemoWarehouse,
		"customer": map[string]any{
			"name": "Meera Iyer", "mobile": "9000000011", "address1": "7 Church Street", "pincode": "560001", "city": "Bengaluru", "state": "Karnataka",
		},
		"products": []any{map[string]any{"productName": "Tea", "quantity": 1, "productPrice": 250}},
		"parcel":   map[string]any{"length": 20, "breadth": 15, "height": 10, "physicalWeight": 0.7},
	}, http.StatusCreated)
	if err != nil {
		return err
	}
	w.line("return", "%s is drafted", text(reverse, "reverse_order_id"))
	id := fmt.Sprintf("%.0f", reverse["id"])
	offer, err := w.shipleeCheapest(reverse["id"], "reverse")
	if err != nil {
		return err
	}
	booked, err := w.post("/shiplee/reverse_create_shipment", w.shiplee, url.Values{
		"order_id": {id}, "warehouse_id": {fmt.Sprint(DemoWarehouse)}, "carrierId": {text(offer, "carrier_id")}, "carrierName": {text(offer, "carrier_name")},
	}, http.StatusOK)
	if err != nil {
		return err
	}
	w.line("fetched", "%s, AWB %s", text(booked, "message"), text(booked, "awb_number"))
	return nil
}

// shipleeCancelled books one more and cancels it; the wallet's statement then shows all that was paid.
func (w *walk) shipleeCancelled() error {
	_, awb, err := w.shipleeBook(w.reference("j"))
	if err != nil {
		return err
	}
	answer, err := w.call(http.MethodPost, "/shiplee/cancel_shipment", w.shiplee, map[string]any{"awb_number": awb}, http.StatusOK)
	if err != nil {
		return err
	}
	w.line("cancelled", "%s", text(answer, "message"))
	desk, err := w.desk()
	if err != nil {
		return err
	}
	statement, err := desk.Statement(w.ctx, engine.Statement{Currency: "INR", Page: store.Page{Limit: 20}})
	if err != nil {
		return err
	}
	for i := len(statement.Entries.Items) - 1; i >= 0; i-- {
		e := statement.Entries.Items[i]
		after := waybill.Money{Minor: e.After, Currency: e.Amount.Currency}
		w.line("wallet", "%-10s %12s   leaves %s", e.Kind, e.Amount, after)
	}
	return nil
}
