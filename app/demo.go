package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// Demo serves with demo data and simulated carriers, walks parcels through each API and then stays up
// until it is told to stop. Labels go into the folder out.
func Demo(ctx context.Context, cfg Config, out string, say io.Writer, stay bool) error {
	cfg.Demo = true
	cfg.Log.Level = "warn"
	a, err := New(ctx, cfg, Parts{})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	walked := make(chan error, 1)
	err = a.Run(ctx, func(base string) {
		go func() {
			w := &walk{ctx: ctx, app: a, base: base, out: out, say: say, began: time.Now()}
			err := w.all()
			walked <- err
			if err != nil || !stay {
				stop()
				return
			}
			w.hints()
		}()
	})
	select {
	case walkErr := <-walked:
		err = errors.Join(walkErr, err)
	default:
	}
	return errors.Join(err, a.Close())
}

// walk is a client of the running program: it knows no more than any other.
type walk struct {
	ctx    context.Context
	app    *App
	base   string
	out    string
	say    io.Writer
	began  time.Time
	lynkup string // token
	theory string // token
	stamp  string // makes references new in each run
}

func (w *walk) tell(format string, args ...any) { fmt.Fprintf(w.say, format+"\n", args...) }

func (w *walk) all() error {
	w.stamp = time.Now().UTC().Format("0102-150405")
	w.tell("Waybill %s is serving at %s", Version, w.base)
	if err := os.MkdirAll(w.out, 0o755); err != nil {
		return err
	}
	for _, step := range []struct {
		title string
		do    func() error
	}{
		{"LynkUp: a parcel from Boston with the simulated UPS", w.lynkupDelivered},
		{"LynkUp: one that is cancelled", w.lynkupCancelled},
		{"LynkUp: one whose carrier hangs in mid-booking", w.lynkupHangs},
		{"Shiptheory: a parcel from Bath to Bristol with a house courier", w.shiptheoryDelivered},
		{"One engine: the Shiptheory parcel seen through LynkUp", w.crossed},
	} {
		w.tell("\n%s", step.title)
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", strings.ToLower(step.title), err)
		}
	}
	w.tell("\nDone in %v. Labels are in %s.", time.Since(w.began).Round(10*time.Millisecond), w.out)
	return nil
}

// call sends a request and reads a JSON answer; want is the status that is right.
func (w *walk) call(method, path, token string, body any, want int) (map[string]any, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(w.ctx, method, w.base+path, reader)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return w.send(request, want)
}

func (w *walk) send(request *http.Request, want int) (map[string]any, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s: %s", request.Method, request.URL.Path, response.Status, data)
	}
	var answer any
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("%s %s: %w", request.Method, request.URL.Path, err)
	}
	if list, ok := answer.([]any); ok {
		return map[string]any{"list": list}, nil
	}
	object, _ := answer.(map[string]any)
	return object, nil
}

// text reads a nested member of an answer as text.
func text(v any, path ...string) string {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// lynkupToken logs in as the demo client.
func (w *walk) lynkupToken() error {
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.base+"/lynkup/ent-services/security/v1/oauth/token", strings.NewReader(form.Encode()))
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

func (w *walk) lynkupDelivered() error {
	if err := w.lynkupToken(); err != nil {
		return err
	}
	reference := "demo-l-" + w.stamp
	order, err := w.call(http.MethodPost, "/lynkup/shipments", w.lynkup, lynkupOrder(reference, "Ann Demo"), http.StatusCreated)
	if err != nil {
		return err
	}
	w.tell("  booked     %s with %s %s, tracking %s", reference, text(order, "provider", "displayName"), text(order, "provider", "serviceType"), text(order, "trackingId"))
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
	w.tell("  history    %s", strings.Join(statuses(history), " > "))
	return nil
}

// statuses reads the words of a LynkUp status history.
func statuses(history map[string]any) []string {
	var words []string
	list, _ := history["list"].([]any)
	for _, order := range list {
		object, _ := order.(map[string]any)
		rows, _ := object["orderStatus"].([]any)
		for _, row := range rows {
			words = append(words, text(row, "status"))
		}
	}
	return words
}

// saveLink fetches a signed label link, as a client would.
func (w *walk) saveLink(link, name string) error {
	if link == "" {
		return errors.New("the answer has no label link")
	}
	response, err := http.Get(link)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("label: %s", response.Status)
	}
	return w.save(name, data)
}

func (w *walk) save(name string, data []byte) error {
	path := filepath.Join(w.out, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	w.tell("  label      %s (%d bytes)", path, len(data))
	return nil
}

// carrierMoves lets the simulated carrier carry the parcel, and asks it after each step.
func (w *walk) carrierMoves(number, reference string, steps ...string) error {
	for _, step := range steps {
		body, err := json.Marshal(map[string]string{"to": step})
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.app.simBase("ups")+"/_sim/parcels/"+number+"/advance", bytes.NewReader(body))
		if err != nil {
			return err
		}
		if _, err := w.send(request, http.StatusOK); err != nil {
			return err
		}
		var sh waybill.Shipment
		if err := w.app.Do(w.ctx, DemoAccount, "shipment.track", GetShipment{Ref: Ref{Reference: reference}}, &sh); err != nil {
			return err
		}
		w.tell("  tracked    %s", strings.ReplaceAll(string(sh.Transit), "_", " "))
	}
	return nil
}

// simBase is the address of a simulator started beside us.
func (a *App) simBase(name string) string {
	for _, s := range a.sims {
		if s.name == name {
			return s.base
		}
	}
	return ""
}

func (w *walk) lynkupCancelled() error {
	reference := "demo-c-" + w.stamp
	if _, err := w.call(http.MethodPost, "/lynkup/shipments", w.lynkup, lynkupOrder(reference, "Cora Demo"), http.StatusCreated); err != nil {
		return err
	}
	order, err := w.call(http.MethodDelete, "/lynkup/shipments/"+reference, w.lynkup, nil, http.StatusOK)
	if err != nil {
		return err
	}
	w.tell("  booked and voided at the carrier: %s is %s", reference, text(order, "status"))
	return nil
}

// lynkupHangs books with a recipient whose name makes the simulated carrier book and then never answer.
func (w *walk) lynkupHangs() error {
	reference := "demo-h-" + w.stamp
	began := time.Now()
	order, err := w.call(http.MethodPost, "/lynkup/shipments", w.lynkup, lynkupOrder(reference, "Hang Hollow"), http.StatusCreated)
	if err != nil {
		return err
	}
	w.tell("  answered   %s after %v; the booking goes on", text(order, "status"), time.Since(began).Round(100*time.Millisecond))
	sh, err := w.settled(reference)
	if err != nil {
		return err
	}
	var history engine.ShipmentHistory
	if err := w.app.Do(w.ctx, DemoAccount, "shipment.history", GetShipment{Ref: Ref{Reference: reference}}, &history); err != nil {
		return err
	}
	words := map[waybill.EventKind]string{
		waybill.ShipmentUnsettled: "reserve: the intent is written before the carrier is called",
		waybill.PurchaseUnsure:    "unsure: no answer came, so nothing is repeated",
		waybill.ShipmentBooked:    "lookup: the carrier is asked by our key, and knows it",
		waybill.PurchaseSettled:   "settled: one label",
	}
	for _, e := range history.Events {
		if said := words[e.Kind]; said != "" {
			w.tell("  %6.1f s   %s", e.At.Sub(history.Events[0].At).Seconds(), said)
		}
	}
	state, err := w.simBookings(string(sh.ID))
	if err != nil {
		return err
	}
	w.tell("  tracking   %s; the carrier sold %d label for it", sh.Tracking, state)
	return nil
}

// settled waits until the booking has come to an end.
func (w *walk) settled(reference string) (sh waybill.Shipment, err error) {
	for range 300 {
		if err := w.app.Do(w.ctx, DemoAccount, "shipment.get", GetShipment{Ref: Ref{Reference: reference}}, &sh); err != nil {
			return sh, err
		}
		if sh.Booking != waybill.Unsettled {
			return sh, nil
		}
		select {
		case <-w.ctx.Done():
			return sh, w.ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return sh, errors.New("it is still not settled")
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

func (w *walk) shiptheoryDelivered() error {
	answer, err := w.call(http.MethodPost, "/shiptheory/v1/token", "", map[string]any{"email": DemoEmail, "password": DemoPassword}, http.StatusOK)
	if err != nil {
		return err
	}
	w.theory = text(answer, "data", "token")
	reference := "demo-s-" + w.stamp
	booked, err := w.call(http.MethodPost, "/shiptheory/v1/shipments", w.theory, map[string]any{
		"reference": reference, "reference2": "ORDER1001",
		"shipment_detail": map[string]any{"weight": 2.5, "parcels": 1, "value": 135.18},
		"recipient": map[string]any{
			"company": "Beard Supplies Co", "firstname": "William", "lastname": "Riker", "address_line_1": "123 Southpaw Lane",
			"city": "Bristol", "postcode": "BS2 3AP", "country": "GB", "telephone": "01171231234",
		},
		"products": []any{map[string]any{"name": "Earl Grey Gift Set", "sku": "earlgrey", "qty": 2, "value": 49.99, "weight": 1}},
	}, http.StatusOK)
	if err != nil {
		return err
	}
	number := text(booked, "carrier_result", "tracking")
	w.tell("  booked     %s: %s", reference, text(booked, "message"))
	for _, status := range []waybill.Transit{waybill.PickedUp, waybill.InTransit, waybill.OutForDelivery, waybill.Delivered} {
		scan := RecordScan{Number: number, Scan: waybill.Scan{Status: status}}
		if err := w.app.Do(w.ctx, DemoAccount, "scan", scan, nil); err != nil {
			return err
		}
		w.tell("  scanned    %s", strings.ReplaceAll(string(status), "_", " "))
	}
	view, err := w.call(http.MethodGet, "/shiptheory/v1/shipments/"+reference, w.theory, nil, http.StatusOK)
	if err != nil {
		return err
	}
	label, err := base64.StdEncoding.DecodeString(text(view, "label"))
	if err != nil {
		return err
	}
	w.tell("  status     %s", text(view, "shipment", "status"))
	return w.save("shiptheory.pdf", label)
}

func (w *walk) crossed() error {
	reference := "demo-s-" + w.stamp
	order, err := w.call(http.MethodGet, "/lynkup/shipments/"+reference, w.lynkup, nil, http.StatusOK)
	if err != nil {
		return err
	}
	w.tell("  %s is %s with %s, tracking %s", reference, text(order, "status"), text(order, "provider", "displayName"), text(order, "trackingId"))
	return nil
}

// hints tells a person how to go on by hand.
func (w *walk) hints() {
	w.tell(`
It stays up until you press Ctrl-C. Try it:

LynkUp       %[1]s/lynkup       client %[2]s, secret %[3]s
  TOKEN=$(curl -s -u %[2]s:%[3]s -d grant_type=client_credentials %[1]s/lynkup/ent-services/security/v1/oauth/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -H "Authorization: Bearer $TOKEN" %[1]s/lynkup/shipments/demo-l-%[6]s

Shiptheory   %[1]s/shiptheory   user %[4]s, password %[5]s
  TOKEN=$(curl -s -H 'Content-Type: application/json' -d '{"email":"%[4]s","password":"%[5]s"}' %[1]s/shiptheory/v1/token | sed 's/.*"token":"\([^"]*\)".*/\1/')
  curl -H "Authorization: Bearer $TOKEN" "%[1]s/shiptheory/v1/services"

The simulated UPS: %[7]s/_sim/state`, w.base, DemoClient, DemoSecret, DemoEmail, DemoPassword, w.stamp, w.app.simBase("ups"))
}
