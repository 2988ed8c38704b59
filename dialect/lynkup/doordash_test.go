package lynkup_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill"
	"waybill/carrier/doordash"
	"waybill/carrier/doordash/doordashsim"
	"waybill/carrier/house"
	"waybill/dialect/dialecttest"
	"waybill/dialect/lynkup"
	"waybill/engine"
	"waybill/internal/fixture"
)

// town is an installation whose Dallas location ships with a real DoorDash adapter, against its simulator, and
// with a van of its own that costs less.
type town struct {
	*testing.T
	*dialecttest.App
	sim  *doordashsim.Sim
	dash waybill.ID // the connection
}

// follower is the simulator's clock: the app's, once there is one.
type follower struct {
	app atomic.Pointer[waybill.ManualClock]
}

func (f *follower) Now() time.Time { return f.app.Load().Now() }

func newTown(t *testing.T, now time.Time) *town {
	t.Helper()
	w := &town{T: t}
	clock := &follower{}
	clock.app.Store(waybill.NewManualClock(now))
	w.sim = doordashsim.New(doordashsim.Options{Clock: clock, Seed: 5})
	server := httptest.NewServer(w.sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := w.sim.Close(); err != nil {
			t.Error(err)
		}
	})
	installation := dialecttest.Installation{
		Dialect: lynkup.Dialect(), Now: now, Drivers: append((&courier{}).drivers(), house.Driver(), doordash.Driver()),
		Simulators: map[string]string{"doordash": server.URL},
		Seed:       func(t *testing.T, e *engine.Engine) string { return w.settle(t, e) },
	}
	installation.Prepare(t)
	w.App = installation.Start(t)
	clock.app.Store(w.Clock)
	w.hook()
	return w
}

// settle adds DoorDash to the seed account, and assigns it to the Dallas location beside a van.
func (w *town) settle(t *testing.T, e *engine.Engine) string {
	e.TokenTTL = longToken
	account := seed(t, e)
	admin := e.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Account: account.ID, Role: waybill.RoleAdmin})
	saved, err := admin.SaveConnection(t.Context(), engine.SaveConnection{
		Connection: waybill.Connection{
			ExternalID: "dash", Carrier: "doordash", Name: "DoorDash", DisplayName: "DoorDash Drive", Mode: waybill.ModeSimulator,
			Settings: map[string]string{"developer_id": doordashsim.DefaultDeveloperID, "key_id": doordashsim.DefaultKeyID},
		},
		Secrets: map[string]string{"signing_secret": doordashsim.DefaultSigningSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.dash = saved.ID
	locations, err := admin.ListLocations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	connections, err := admin.ListConnections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locations {
		if l.ExternalID != "100983" {
			continue
		}
		l.Connections = []waybill.ID{w.dash}
		for _, c := range connections {
			if c.ExternalID == "golocal" { // cheaper than DoorDash
				l.Connections = append(l.Connections, c.ID)
			}
		}
		if _, err := admin.SaveLocation(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	_, err = admin.PutSubscription(t.Context(), engine.PutSubscription{URL: "https://shop.example/hook", Dialect: "lynkup", Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + token(t, e)
}

// hook has DoorDash's webhooks arrive at the connection's address.
func (w *town) hook() {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = w.Engine.Push(r.Context(), w.dash, w.Engine.Vault.HookSecret(w.dash), r.Header, body)
		}
		if err != nil {
			w.Error(err)
		}
	}))
	w.Cleanup(server.Close)
	w.sim.SetCallback(doordashsim.Callback{URL: server.URL, Credential: "Basic d2F5YmlsbDpob29r"})
}

// ask sends a JSON body as the seeded client and answers the status and the body.
func (w *town) ask(method, path, body string) (int, map[string]any) {
	w.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader([]byte(body)))
	r.Header.Set("Authorization", w.Authorization)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.Handler.ServeHTTP(rec, r)
	return rec.Code, tree(w.T, strings.TrimSuffix(strings.TrimPrefix(rec.Body.String(), "["), "]\n"))
}

// sampleOrder is the order that the vendor's page shows with DoorDash, as a create.
func sampleOrder(reference string) string {
	return fmt.Sprintf(`{
		"locationExternalId": "100983", "orderExternalId": %q, "orderValue": 78.65, "groupId": null,
		"deliveryAddress": {"street1": "5411 Mercedes Avenue", "street2": "", "city": "Dallas", "state": "TX", "countryCode": "US",
			"postalCode": "75206", "latitude": 32.8284237, "longitude": -96.7768713, "apartmentNumber": ""},
		"deliveryContact": {"name": "Charlize Brian", "phone": "+1 201-555-5555", "email": ""},
		"package": {"name": "small", "itemQuantity": 1, "size": {"length": 6, "width": 6, "height": 6, "unit": "in"},
			"weight": {"value": 10, "unit": "lb"}, "description": ""},
		"signature": "not_required", "itemList": [],
		"deliveryInstructions": "The dog may be playing in the yard. Please close the gate once you enter.",
		"proposedProviders": [{"name": "DoorDash", "services": [{"id": "delivery"}]}]
	}`, reference)
}

// step brings a delivery on, has DoorDash tell, and lets the news be read and passed on.
func (w *town) step(number, to string) {
	w.Helper()
	w.Clock.Advance(time.Second)
	if _, err := w.sim.Advance(number, to); err != nil {
		w.Fatal(err)
	}
	if _, err := w.sim.Push(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.Drain(w.T)
}

// poll has the engine ask DoorDash itself.
func (w *town) poll() {
	w.Helper()
	w.Clock.Advance(6 * time.Hour)
	w.Drain(w.T)
}

// told are the statuses of the webhooks so far, each once in a row.
func (w *town) told() []string {
	var list []string
	for _, h := range w.Hooks() {
		list = append(list, tree(w.T, string(h.Body))["event"].(string))
	}
	return list
}

func (w *town) get(reference string) map[string]any {
	w.Helper()
	status, order := w.ask("GET", "/shipments/"+reference, "")
	if status != 200 {
		w.Fatalf("get: %d %v", status, order)
	}
	return order
}

// TestSampleOrdersGoByDoorDash: an order whose proposedProviders name DoorDash is booked with it and with nobody
// else, followed by its webhooks to the door, and shows no label, since there is none.
func TestSampleOrdersGoByDoorDash(t *testing.T) {
	w := newTown(t, time.Date(2022, 4, 26, 10, 35, 3, 42e6, time.UTC))
	for _, reference := range []string{"1908241", "1908242", "1908243", "1908244"} {
		status, order := w.ask("POST", "/shipments", sampleOrder(reference))
		if status != 201 || order["status"] != "ORDER_DISPATCHED" {
			t.Fatalf("%d %v", status, order)
		}
		provider := order["provider"].(map[string]any)
		if provider["name"] != "DoorDash" || provider["serviceId"] != "delivery" || provider["serviceType"] != "Delivery" || provider["displayName"] != "DoorDash Drive" || provider["id"] != "dash" {
			t.Errorf("the provider is %v", provider)
		}
		number, _ := order["trackingId"].(string)
		if len(number) != 15 || fmt.Sprintf("%v %v", order["amount"], order["fee"]) != "9.75 9.75" {
			t.Errorf("trackingId %q, amount %v, fee %v", number, order["amount"], order["fee"])
		}
		if order["label"] != nil || order["estimatedDeliveryTime"].(map[string]any)["endsAt"] == nil || order["estimatedPickupTime"].(map[string]any)["startsAt"] == nil {
			t.Errorf("label %v, estimates %v %v", order["label"], order["estimatedPickupTime"], order["estimatedDeliveryTime"])
		}
		links := order["referenceLinks"].(map[string]any)
		if links["labelLink"] != nil || links["trackingUrl"] != "https://track.doordash.test/order/"+number {
			t.Errorf("links %v", links)
		}
	}
	sold := w.sim.State()
	if len(sold.Deliveries) != 4 || sold.Calls[doordashsim.OpAccept] != 4 || sold.Calls[doordashsim.OpCreate] != 0 {
		t.Errorf("DoorDash made %d deliveries of %v", len(sold.Deliveries), sold.Calls)
	}

	order := w.get("1908244")
	number := order["trackingId"].(string)
	w.Drain(t)
	before := len(w.told())
	for _, to := range []string{"confirmed", "enroute_to_pickup", "picked_up", "enroute_to_dropoff", "arrived_at_dropoff", "delivered"} {
		w.step(number, to)
	}
	want := []string{
		"ORDER_ASSIGNED", "PICKUP_STARTED", "PICKUP_STARTED", "PICKUP_COMPLETED", "OUT_FOR_DELIVERY", "ORDER_AT_LOCATION", "ORDER_DELIVERED",
	}
	if got := w.told()[before:]; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	order = w.get("1908244")
	if order["status"] != "ORDER_DELIVERED" || order["actualDeliveryTime"] == nil || order["actualPickupTime"] == nil {
		t.Errorf("in the end: %v", order)
	}
	w.poll() // DoorDash is asked after the others, and what it told already is nothing new
	if got := w.get("1908244")["status"]; got != "ORDER_DELIVERED" {
		t.Errorf("asked again: %v", got)
	}
}

// TestADasherIsTakenAway: seen when DoorDash is asked, since no webhook tells it.
func TestADasherIsTakenAway(t *testing.T) {
	w := newTown(t, epoch)
	_, order := w.ask("POST", "/shipments", sampleOrder("A-1"))
	number := order["trackingId"].(string)
	w.step(number, "confirmed")
	if got := w.get("A-1")["status"]; got != "ORDER_ASSIGNED" {
		t.Fatalf("%v", got)
	}
	w.Clock.Advance(time.Second)
	if _, err := w.sim.Advance(number, "created"); err != nil {
		t.Fatal(err)
	}
	admin := w.Engine.As(waybill.System(""))
	sh := w.shipment("A-1")
	if _, err := admin.TrackShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: sh}}); err != nil {
		t.Fatal(err)
	}
	if got := w.get("A-1")["status"]; got != "ORDER_UNASSIGNED" {
		t.Errorf("%v", got)
	}
	w.step(number, "confirmed")
	if got := w.get("A-1")["status"]; got != "ORDER_ASSIGNED" {
		t.Errorf("%v", got)
	}
}

func (w *town) shipment(reference string) waybill.ID {
	w.Helper()
	for _, e := range w.Events(w.T) {
		if e.Subject != nil && e.Subject.Reference == reference {
			return e.Shipment
		}
	}
	w.Fatalf("no shipment %s", reference)
	return ""
}

// TestDoorDashOrdersAreCancelled until the Dasher has them.
func TestDoorDashOrdersAreCancelled(t *testing.T) {
	w := newTown(t, epoch)
	for _, reference := range []string{"C-1", "C-2"} {
		if status, order := w.ask("POST", "/shipments", sampleOrder(reference)); status != 201 {
			t.Fatalf("%d %v", status, order)
		}
	}
	w.step(w.get("C-1")["trackingId"].(string), "enroute_to_pickup")
	if status, order := w.ask("DELETE", "/shipments/C-1", ""); status != 200 || order["status"] != "ORDER_CANCELLED" {
		t.Errorf("on the way to the pickup: %d %v", status, order)
	}
	w.step(w.get("C-2")["trackingId"].(string), "picked_up")
	if status, order := w.ask("DELETE", "/shipments/C-2", ""); status < 400 {
		t.Errorf("after the pickup: %d %v", status, order)
	}
	var states []string
	for _, d := range w.sim.State().Deliveries {
		states = append(states, d.Status)
	}
	if want := []string{"cancelled", "picked_up"}; !slices.Equal(states, want) {
		t.Errorf("DoorDash has them as %v, want %v", states, want)
	}
	if got := w.get("C-2")["status"]; got != "PICKUP_COMPLETED" {
		t.Errorf("the order is %v", got)
	}
}

// TestARefusedOrderIsRetried: DoorDash will not, the order failed, and a retry books it, once.
func TestARefusedOrderIsRetried(t *testing.T) {
	w := newTown(t, epoch)
	if err := w.sim.Mischief().Set(doordashsim.OpAccept, fixture.RateLimit, 1); err != nil {
		t.Fatal(err)
	}
	status, refusal := w.ask("POST", "/shipments", sampleOrder("R-1"))
	if status != 422 || w.get("R-1")["status"] != "ORDER_FAILED" {
		t.Fatalf("%d %v, the order is %v", status, refusal, w.get("R-1")["status"])
	}
	status, order := w.ask("POST", "/shipments/R-1/retry", "")
	if status >= 300 || order["status"] != "ORDER_DISPATCHED" {
		t.Fatalf("retry: %d %v", status, order)
	}
	if n := w.sim.State().Bookings["R-1"]; n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

// TestALostAcceptanceIsSettled: the answer never came, the order is not booked anew, and is found.
func TestALostAcceptanceIsSettled(t *testing.T) {
	w := newTown(t, epoch)
	if err := w.sim.Mischief().Set(doordashsim.OpAccept, fixture.Drop, 1); err != nil {
		t.Fatal(err)
	}
	status, order := w.ask("POST", "/shipments", sampleOrder("L-1"))
	if status != 201 || order["status"] != "PENDING_DISPATCH" {
		t.Fatalf("%d %v", status, order)
	}
	w.Clock.Advance(time.Minute)
	w.Drain(t)
	if got := w.get("L-1"); got["status"] != "ORDER_DISPATCHED" || got["trackingId"] != w.sim.State().Deliveries[0].ID {
		t.Errorf("%v", got)
	}
	if n := w.sim.State().Bookings["L-1"]; n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

// TestTwoParcelsTravelAsOne: DoorDash has one delivery and one number, so one word of it moves the whole order.
func TestTwoParcelsTravelAsOne(t *testing.T) {
	w := newTown(t, epoch)
	locations, err := w.Engine.As(waybill.System("")).ListLocations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	home := locations[slices.IndexFunc(locations, func(l waybill.Location) bool { return l.ExternalID == "100983" })]
	parcel := waybill.Parcel{Weight: waybill.Weight{Value: "3", Unit: waybill.Pound}}
	sh, err := w.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "shop", Account: home.Account, Role: waybill.RoleAdmin}).CreateShipment(t.Context(),
		engine.CreateShipment{Location: "100983", Shipment: waybill.Shipment{
			Reference: "T-1", Value: waybill.Amount{Value: "20", Currency: "USD"}, Parcels: []waybill.Parcel{parcel, parcel},
			Choice: waybill.Choice{Proposed: []waybill.Pick{{Provider: "DoorDash"}}},
			To: waybill.Party{
				Contact: waybill.Contact{Name: "Charlize Brian", Phone: "+1 201-555-5555"},
				Address: waybill.Address{Street1: "5411 Mercedes Avenue", City: "Dallas", State: "TX", Postcode: "75206", Country: "US"},
			},
		}})
	if err != nil || sh.Booking != waybill.Booked || sh.Parcels[0].Tracking == "" || sh.Parcels[0].Tracking != sh.Parcels[1].Tracking {
		t.Fatalf("%+v, %v", sh, err)
	}
	if n := len(w.sim.State().Deliveries); n != 1 {
		t.Errorf("%d deliveries", n)
	}
	w.step(sh.Tracking, "delivered")
	if got := w.get("T-1")["status"]; got != "ORDER_DELIVERED" {
		t.Errorf("both were delivered, and the order is %v", got)
	}
}
