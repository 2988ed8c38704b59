package app

import (
	"encoding/base64"
	"net/http"
	"time"

	"waybill"
	"waybill/engine"
)

const shiptheoryTokenPath = "/shiptheory/v1/token"

// shiptheoryBook is a small booking from the account's default location.
func shiptheoryBook(reference string) map[string]any {
	return map[string]any{
		"reference": reference, "reference2": "ORDER1001",
		"shipment_detail": map[string]any{"weight": 2.5, "parcels": 1, "value": 135.18},
		"recipient": map[string]any{
			"company": "Beard Supplies Co", "firstname": "William", "lastname": "Riker", "address_line_1": "123 Southpaw Lane",
			"city": "Bristol", "postcode": "BS2 3AP", "country": "GB", "telephone": "01171231234",
		},
		"products": []any{map[string]any{"name": "Earl Grey Gift Set", "sku": "earlgrey", "qty": 2, "value": 49.99, "weight": 1}},
	}
}

// shiptheoryDelivered books with a courier of ours, whose drivers' scans come in by the command line.
func (w *walk) shiptheoryDelivered() error {
	answer, err := w.call(http.MethodPost, shiptheoryTokenPath, "", map[string]any{"email": DemoEmail, "password": DemoPassword}, http.StatusOK)
	if err != nil {
		return err
	}
	w.theory = text(answer, "data", "token")
	reference := w.reference("s")
	booked, err := w.call(http.MethodPost, "/shiptheory/v1/shipments", w.theory, shiptheoryBook(reference), http.StatusOK)
	if err != nil {
		return err
	}
	number := text(booked, "carrier_result", "tracking")
	w.line("booked", "%s: %s", reference, text(booked, "message"))
	view, err := w.call(http.MethodGet, "/shiptheory/v1/shipments/"+reference, w.theory, nil, http.StatusOK)
	if err != nil {
		return err
	}
	label, err := base64.StdEncoding.DecodeString(text(view, "label"))
	if err != nil {
		return err
	}
	if err := w.save("shiptheory.pdf", label); err != nil {
		return err
	}
	desk, err := w.desk()
	if err != nil {
		return err
	}
	for _, status := range []waybill.Transit{waybill.PickedUp, waybill.InTransit, waybill.OutForDelivery, waybill.Delivered} {
		if _, err := desk.RecordScan(w.ctx, engine.RecordScan{Number: number, Scan: waybill.Scan{Status: status}}); err != nil {
			return err
		}
		w.carried(status)
	}
	if view, err = w.call(http.MethodGet, "/shiptheory/v1/shipments/"+reference, w.theory, nil, http.StatusOK); err != nil {
		return err
	}
	w.line("status", "%s", text(view, "shipment", "status"))
	return nil
}

// shiptheoryReturned makes the label that brings the parcel back.
func (w *walk) shiptheoryReturned() error {
	answer, err := w.call(http.MethodPost, "/shiptheory/v1/returns", w.theory, map[string]any{
		"outgoing_reference": w.reference("s"), "delivery_postcode": "BS2 3AP", "return_service": 200,
		"expiry": w.app.Engine.Clock.Now().AddDate(0, 0, 14).Format(time.DateOnly),
	}, http.StatusOK)
	if err != nil {
		return err
	}
	label, err := base64.StdEncoding.DecodeString(text(answer, "label"))
	if err != nil {
		return err
	}
	w.line("return", "tracking %s", text(answer, "tracking"))
	return w.save("shiptheory-return.pdf", label)
}
