package app

import (
	"net/http"
	"strconv"
	"strings"

	"waybill"
)

// nativeParcel is a small parcel from Bath to Bristol.
func nativeParcel() map[string]any {
	return map[string]any{
		"location": "GB-BATH",
		"to": map[string]any{
			"name": "Ada Byron", "street1": "12 Park Row", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB", "phone": "01171231234",
		},
		"parcels": []any{map[string]any{"weight": map[string]any{"value": 1.2, "unit": "kg"}}},
	}
}

// nativeDelivered compares rates, books by the rules, tells why, and moves the simulated parcel on.
func (w *walk) nativeDelivered() error {
	const api = "/api/v1"
	rates, err := w.call(http.MethodPost, api+"/rates", DemoKey, map[string]any{"shipment": nativeParcel()}, http.StatusOK)
	if err != nil {
		return err
	}
	list, _ := rates["rates"].([]any)
	for _, rate := range list {
		by, _, _ := strings.Cut(text(rate, "promised_at"), "T")
		w.line("rate", "%s %s at %s, there by %s", text(rate, "name"), text(rate, "service_name"), amount(rate, "price"), by)
	}
	reference := w.reference("n")
	order := nativeParcel()
	order["reference"], order["book"] = reference, map[string]any{}
	booked, err := w.call(http.MethodPost, api+"/shipments", DemoKey, order, http.StatusCreated)
	if err != nil {
		return err
	}
	number := text(booked, "tracking_number")
	w.line("booked", "%s with %s %s, tracking %s", reference, text(booked, "carrier", "name"), text(booked, "carrier", "service_name"), number)
	if err := w.nativeStory(api + "/shipments/" + reference + "/decision"); err != nil {
		return err
	}
	if err := w.saveLink(text(booked, "label_url"), "native.pdf"); err != nil {
		return err
	}
	for _, status := range []waybill.Transit{waybill.InTransit, waybill.Delivered} {
		moved, err := w.call(http.MethodPost, api+"/sandbox/parcels/"+number+"/advance", DemoKey, map[string]any{"to": status}, http.StatusOK)
		if err != nil {
			return err
		}
		w.carried(waybill.Transit(text(moved, "transit")))
	}
	return nil
}

// nativeStory tells what the rules did, and which rate won.
func (w *walk) nativeStory(path string) error {
	decisions, err := w.call(http.MethodGet, path, DemoKey, nil, http.StatusOK)
	if err != nil {
		return err
	}
	attempts, _ := decisions["items"].([]any)
	for _, attempt := range attempts {
		decision, _ := attempt.(map[string]any)
		story, _ := decision["story"].([]any)
		for _, sentence := range story {
			if s, _ := sentence.(string); strings.Contains(s, " applies: ") || strings.Contains(s, " is the choice") {
				w.line("because", "%s", s)
			}
		}
	}
	return nil
}

// amount is money of an answer as people write it.
func amount(v any, name string) string {
	minor, err := strconv.ParseInt(text(v, name, "amount"), 10, 64)
	if err != nil {
		return ""
	}
	return waybill.Money{Minor: minor, Currency: text(v, name, "currency")}.String()
}
