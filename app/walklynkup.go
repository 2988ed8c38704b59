package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

const lynkupTokenPath = "/lynkup/ent-services/security/v1/oauth/token"

// lynkupToken logs in as the demo client.
func (w *walk) lynkupToken() error {
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.base+lynkupTokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(DemoClient, DemoSecret)
	answer, err := w.send(request, http.StatusOK)
	w.lynkup = text(answer, "access_token")
	return err
}

// lynkupOrder is a small order from the Boston location.
func lynkupOrder(reference, name string) map[string]any {
	return map[string]any{
		"locationExternalId": "7709", "orderExternalId": reference, "orderValue": 10,
		"deliveryContact": map[string]any{"name": name, "phone": "+1 234-567-8900"},
		"deliveryAddress": map[string]any{"street1": "725 Albany Street", "city": "Boston", "state": "MA", "countryCode": "US", "postalCode": "02118"},
		"package": map[string]any{
			"name": "custom", "itemQuantity": 1,
			"size":   map[string]any{"length": 10, "width": 10, "height": 10, "unit": "in"},
			"weight": map[string]any{"value": 10, "unit": "lb"},
		},
	}
}

func (w *walk) lynkupBook(reference, name string) (map[string]any, error) {
	return w.call(http.MethodPost, "/lynkup/shipments", w.lynkup, lynkupOrder(reference, name), http.StatusCreated)
}

func (w *walk) lynkupDelivered() error {
	if err := w.lynkupToken(); err != nil {
		return err
	}
	reference := w.reference("l")
	order, err := w.lynkupBook(reference, "Ann Demo")
	if err != nil {
		return err
	}
	w.line("booked", "%s with %s %s, tracking %s", reference,
		text(order, "provider", "displayName"), text(order, "provider", "serviceType"), text(order, "trackingId"))
	if err := w.saveLink(text(order, "referenceLinks", "labelLink"), "lynkup.pdf"); err != nil {
		return err
	}
	if err := w.carrierMoves(text(order, "trackingId"), reference, "picked-up", "departed", "out-for-delivery", "delivered"); err != nil {
		return err
	}
	history, err := w.call(http.MethodGet, "/lynkup/shipments/"+reference+"/status-history", w.lynkup, nil, http.StatusOK)
	if err != nil {
		return err
	}
	for i, status := range statusesOf(history) {
		name := ""
		if i == 0 {
			name = "history"
		}
		w.line(name, "%s", status)
	}
	return nil
}

// statusesOf reads the words of a LynkUp status history; one that follows itself is counted.
func statusesOf(history map[string]any) []string {
	var words []string
	times := 0
	list, _ := history["list"].([]any)
	for _, order := range list {
		object, _ := order.(map[string]any)
		rows, _ := object["orderStatus"].([]any)
		for _, row := range rows {
			word := text(row, "status")
			if n := len(words); n > 0 && strings.HasPrefix(words[n-1]+" ", word+" ") {
				times++
				words[n-1] = fmt.Sprintf("%s (%d times)", word, times)
				continue
			}
			words, times = append(words, word), 1
		}
	}
	return words
}

// carrierMoves lets the simulated carrier carry the parcel, and asks it after each step.
func (w *walk) carrierMoves(number, reference string, steps ...string) error {
	desk, err := w.desk()
	if err != nil {
		return err
	}
	for _, step := range steps {
		body, err := json.Marshal(map[string]string{"to": step})
		if err != nil {
			return err
		}
		address := w.app.simBase("ups") + "/_sim/parcels/" + number + "/advance"
		request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			return err
		}
		if _, err := w.send(request, http.StatusOK); err != nil {
			return err
		}
		sh, err := desk.TrackShipment(w.ctx, engine.GetShipment{Ref: engine.Ref{Reference: reference}})
		if err != nil {
			return err
		}
		w.carried(sh.Transit)
	}
	return nil
}

func (w *walk) lynkupCancelled() error {
	reference := w.reference("c")
	order, err := w.lynkupBook(reference, "Cora Demo")
	if err != nil {
		return err
	}
	w.line("booked", "%s, tracking %s", reference, text(order, "trackingId"))
	if order, err = w.call(http.MethodDelete, "/lynkup/shipments/"+reference, w.lynkup, nil, http.StatusOK); err != nil {
		return err
	}
	w.line("cancelled", "%s, and voided at the carrier", text(order, "status"))
	return nil
}

// lynkupHangs books with a recipient whose name makes the simulated carrier book and then never answer, and
// tells what the engine writes down meanwhile.
func (w *walk) lynkupHangs() error {
	reference := w.reference("h")
	began := time.Now()
	answered := make(chan error, 1)
	go func() {
		order, err := w.lynkupBook(reference, "Hang Hollow")
		if err == nil {
			w.line(since(began), "the client is answered %s; the booking goes on", text(order, "status"))
		}
		answered <- err
	}()
	sh, err := w.watch(reference, began)
	if err := errors.Join(<-answered, err); err != nil {
		return err
	}
	sold, err := w.simBookings(string(sh.ID))
	if err != nil {
		return err
	}
	w.line("tracking", "%s; the carrier sold %d for it", sh.Tracking, sold)
	return nil
}

func since(began time.Time) string { return fmt.Sprintf("%.1f s", time.Since(began).Seconds()) }

// watch tells the events of a booking in doubt as they happen, until it has come to an end.
func (w *walk) watch(reference string, began time.Time) (waybill.Shipment, error) {
	desk, err := w.desk()
	if err != nil {
		return waybill.Shipment{}, err
	}
	seen := 0
	for {
		history, err := desk.ShipmentHistory(w.ctx, engine.GetShipment{Ref: engine.Ref{Reference: reference}})
		if err != nil && !waybill.IsCode(err, waybill.NotFound) {
			return history.Shipment, err
		}
		for _, e := range history.Events[min(seen, len(history.Events)):] {
			if said := told[e.Kind]; said != "" {
				w.line(since(began), "%s", said)
			}
		}
		seen = len(history.Events)
		switch {
		case seen > 0 && history.Shipment.Booking != waybill.Unsettled && history.Shipment.Booking != waybill.Rating:
			return history.Shipment, nil
		case time.Since(began) > time.Minute:
			return history.Shipment, errors.New("it is still not settled")
		}
		if err := w.pause(); err != nil {
			return history.Shipment, err
		}
	}
}

// simBookings asks the simulated carrier how many bookings carry a reference that begins so.
func (w *walk) simBookings(prefix string) (int, error) {
	request, err := http.NewRequestWithContext(w.ctx, http.MethodGet, w.app.simBase("ups")+"/_sim/state", nil)
	if err != nil {
		return 0, err
	}
	state, err := w.send(request, http.StatusOK)
	if err != nil {
		return 0, err
	}
	bookings, _ := state["bookings"].(map[string]any)
	sold := 0
	for reference, n := range bookings {
		if count, ok := n.(float64); ok && strings.HasPrefix(reference, prefix) {
			sold += int(count)
		}
	}
	return sold, nil
}

// crossed looks at the Shiptheory parcel through LynkUp.
func (w *walk) crossed() error {
	reference := w.reference("s")
	order, err := w.call(http.MethodGet, "/lynkup/shipments/"+reference, w.lynkup, nil, http.StatusOK)
	if err != nil {
		return err
	}
	w.line("found", "%s is %s with %s, tracking %s", reference, text(order, "status"), text(order, "provider", "displayName"), text(order, "trackingId"))
	return nil
}
