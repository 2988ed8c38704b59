package doordashsim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/carrier/doordash/doordashsim"
)

func TestTokensAreChecked(t *testing.T) {
	d := open(t, doordashsim.Options{})
	d.create("D-1", nil)
	for name, spoil := range map[string]func(header, claims map[string]any) string{
		"another version": func(h, _ map[string]any) string { h["dd-ver"] = "DD-JWT-V2"; return "" },
		"unsigned":        func(h, _ map[string]any) string { h["alg"] = "none"; return "" },
		"audience":        func(_, c map[string]any) string { c["aud"] = "ubereats"; return "" },
		"developer":       func(_, c map[string]any) string { c["iss"] = "somebody"; return "" },
		"key":             func(_, c map[string]any) string { c["kid"] = "another"; return "" },
		"expired":         func(_, c map[string]any) string { c["exp"] = monday.Unix(); return "" },
		"from tomorrow": func(_, c map[string]any) string {
			c["iat"], c["exp"] = monday.Unix()+86400, monday.Unix()+86700
			return ""
		},
		"for a day":   func(_, c map[string]any) string { c["exp"] = monday.Unix() + 86400; return "" },
		"secret":      func(_, _ map[string]any) string { return "YW5vdGhlci1zZWNyZXQ" },
		"not decoded": func(_, _ map[string]any) string { return "Wkc5dmNtUmhjMmh6YVcwdGMybG5ibWx1WnkxelpXTnlaWFFfUFQ4" },
	} {
		h, c := header(), claims(monday)
		secret := spoil(h, c)
		if secret == "" {
			secret = doordashsim.DefaultSigningSecret
		}
		d.token = func() string { return sign(secret, h, c) }
		got := d.get("D-1")
		if got.status != http.StatusUnauthorized || got.str("code") != "authentication_error" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
}

func TestQuotesRunOut(t *testing.T) {
	d := open(t, doordashsim.Options{})
	quoted := d.call("POST", "/drive/v2/quotes", order("Q-1", nil))
	if quoted.status != 200 || quoted.str("delivery_status") != "quote" || quoted.str("support_reference") != "" || quoted.body["fee"] != 1500.0 {
		t.Fatalf("%d %s", quoted.status, quoted.text)
	}
	d.refused(d.call("POST", "/drive/v2/quotes", order("Q-1", nil)), 409, "duplicate_delivery_id", "Q-1")
	d.clock.Advance(4*time.Minute + 59*time.Second)
	got := d.call("POST", "/drive/v2/quotes/Q-1/accept", map[string]any{"tip": 500})
	if got.status != 200 || got.str("delivery_status") != "created" || len(got.str("support_reference")) != 10 || got.body["tip"] != 500.0 {
		t.Errorf("%d %s", got.status, got.text)
	}
	d.refused(d.call("POST", "/drive/v2/quotes/Q-1/accept", nil), 409, "duplicate_delivery_id", "")

	d.call("POST", "/drive/v2/quotes", order("Q-2", nil))
	d.clock.Advance(5 * time.Minute)
	d.refused(d.call("POST", "/drive/v2/quotes/Q-2/accept", nil), 400, "validation_error", "expired")
	d.refused(d.call("POST", "/drive/v2/quotes/Q-3/accept", nil), 404, "unknown_delivery_id", "Q-3")
	d.refused(d.call("POST", "/drive/v2/quotes/Q-2/accept", map[string]any{"dropoff_address": "elsewhere"}), 400, "validation_error", "dropoff_address")
}

func TestOrdersAreChecked(t *testing.T) {
	d := open(t, doordashsim.Options{})
	past := monday.Add(-time.Hour)
	for field, more := range map[string]map[string]any{
		"external_delivery_id":        {"external_delivery_id": "has space"},
		"dropoff_phone_number":        {"dropoff_phone_number": "650 555 5555"},
		"pickup_phone_number":         {"pickup_phone_number": "6505555555"},
		"order_value":                 {"order_value": 3000000000},
		"dropoff_contact_given_name":  {"dropoff_contact_given_name": "Smith & Co"},
		"items[0].quantity":           {"items": []any{map[string]any{"name": "pencils", "quantity": 101}}},
		"items[0].name":               {"items": []any{map[string]any{"name": strings.Repeat("x", 101), "quantity": 1}}},
		"items[0].weight":             {"items": []any{map[string]any{"name": "anvil", "quantity": 1, "weight": 1000}}},
		"pickup_time":                 {"pickup_time": past},
		"pickup_window":               {"pickup_window": map[string]any{"start_time": monday, "end_time": monday.Add(time.Hour)}},
		"dropoff_options":             {"order_contains": map[string]any{"alcohol": true}},
		"contactless_dropoff":         {"contactless_dropoff": true, "dropoff_requires_signature": true},
		"action_if_undeliverable":     {"action_if_undeliverable": "donate"},
		"undeliverable_action":        {"undeliverable_action": "dispose"}, // not DoorDash's name of it
		"pickup_external_business_id": {"pickup_external_store_id": "7"},
		"dropoff_cash_on_delivery":    {"dropoff_cash_on_delivery": 100},
		"locale":                      {"locale": "nl-NL"},
	} {
		d.refused(d.call("POST", "/drive/v2/deliveries", order("D-1", more)), 400, "validation_error", `"field":"`+field+`"`)
	}
	for reason, more := range map[string]map[string]any{
		"delivery_address_not_in_coverage": {"dropoff_address": "1 Main Street, Brooklin, ME 04616"},
		"pickup_address_not_in_coverage":   {"pickup_address": "Alexanderplatz 1, 10178 Berlin"},
		"distance_too_long":                {"dropoff_address": "1 First Street, San Jose, CA 95113"},
		"outside_of_delivery_time":         {"pickup_time": monday.AddDate(0, 3, 0)},
	} {
		d.refused(d.call("POST", "/drive/v2/deliveries", order("D-1", more)), 422, "invalid_delivery_parameters", reason)
	}
	if n := len(d.sim.State().Deliveries); n != 0 {
		t.Errorf("%d were made", n)
	}
	d.refused(d.call("POST", "/drive/v2/orders", nil), 404, "not_found", "")
}

func TestDeliveriesMoveByTheClock(t *testing.T) {
	d := open(t, doordashsim.Options{})
	d.create("D-1", nil)
	d.refused(d.call("POST", "/drive/v2/deliveries", order("D-1", nil)), 409, "duplicate_delivery_id", "D-1")
	ahead := d.create("D-2", map[string]any{"pickup_time": monday.Add(5 * time.Hour)})
	var seen []string
	for range 70 {
		now := d.get("D-1").str("delivery_status")
		if len(seen) == 0 || seen[len(seen)-1] != now {
			seen = append(seen, now)
		}
		d.clock.Advance(time.Minute)
	}
	want := "created confirmed enroute_to_pickup arrived_at_pickup picked_up enroute_to_dropoff arrived_at_dropoff delivered"
	if got := strings.Join(seen, " "); got != want {
		t.Errorf("a life is %s", got)
	}
	end := d.get("D-1")
	if end.str("dropoff_time_actual") == "" || end.str("pickup_time_actual") == "" || end.str("dropoff_verification_image_url") == "" || end.body["dasher_name"] != "Maya R." {
		t.Errorf("at the end: %s", end.text)
	}
	if got := d.get("D-2"); got.str("delivery_status") != "created" || got.str("pickup_time_estimated") != ahead.str("pickup_time_estimated") {
		t.Errorf("ordered ahead: %s", got.text)
	}
}

func TestCancelAndUpdateEndWithThePickup(t *testing.T) {
	d := open(t, doordashsim.Options{})
	for status, reason := range map[string]string{
		"confirmed": "", "arrived_at_pickup": "", "picked_up": "delivery_picked_up", "delivered": "delivery_completed", "cancelled": "delivery_cancelled",
	} {
		id := "D-" + status
		d.create(id, nil)
		if _, err := d.sim.Advance(id, status); err != nil {
			t.Fatal(err)
		}
		update := d.call("PATCH", "/drive/v2/deliveries/"+id, map[string]any{"dropoff_instructions": "round the back", "dropoff_address": "2 Harbor Way, Oakland, CA 94607"})
		cancel := d.call("PUT", "/drive/v2/deliveries/"+id+"/cancel", nil)
		if reason != "" {
			d.refused(update, 409, "update_not_allowed", reason)
			d.refused(cancel, 409, "cancel_not_allowed", reason)
			continue
		}
		if update.status != 200 || update.str("dropoff_instructions") != "round the back" {
			t.Errorf("update: %d %s", update.status, update.text)
		}
		if cancel.status != 200 || cancel.str("delivery_status") != "cancelled" || cancel.str("cancellation_reason") != "cancelled_by_creator" {
			t.Errorf("cancel: %d %s", cancel.status, cancel.text)
		}
	}
	d.refused(d.call("PUT", "/drive/v2/deliveries/D-none/cancel", nil), 404, "unknown_delivery_id", "D-none")
}

func TestADasherCanBeTakenAway(t *testing.T) {
	d := open(t, doordashsim.Options{})
	d.create("D-1", nil)
	if _, err := d.sim.Advance("D-1", "created"); err == nil {
		t.Error("there was no Dasher to take away")
	}
	for _, to := range []string{"enroute_to_pickup", "created"} {
		if _, err := d.sim.Advance("D-1", to); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.get("D-1"); got.str("delivery_status") != "created" || got.body["dasher_id"] != nil {
		t.Errorf("taken away: %s", got.text)
	}
	d.clock.Advance(2 * time.Minute)
	if got := d.get("D-1"); got.str("delivery_status") != "confirmed" || got.body["dasher_name"] != "Tom K." {
		t.Errorf("another one: %s", got.text)
	}
	d.clock.Advance(2 * time.Hour)
	if got := d.get("D-1").str("delivery_status"); got != "delivered" {
		t.Errorf("in the end: %s", got)
	}
}

// TestMagicNames: a name that comes in two members is still one.
func TestMagicNames(t *testing.T) {
	for _, tt := range []struct {
		word         string
		status, made int
	}{
		{"Outage Otis", 503, 0}, {"Limit Lane", 429, 0}, {"Fail Fallon", 500, 1}, {"Drop Dover", 0, 1}, {"Garbage Grove", 200, 1},
	} {
		given, family, _ := strings.Cut(tt.word, " ")
		for _, accepted := range []bool{false, true} {
			d := open(t, doordashsim.Options{})
			who := map[string]any{"dropoff_contact_given_name": given, "dropoff_contact_family_name": family}
			path, body := "/drive/v2/deliveries", any(order("D-1", who))
			if accepted {
				d.call("POST", "/drive/v2/quotes", order("D-1", nil))
				path, body = "/drive/v2/quotes/D-1/accept", who
			}
			got, err := d.send("POST", path, body)
			if got.status != tt.status || (err == nil) != (tt.status != 0) || (tt.status == 200 && got.body != nil) {
				t.Errorf("%s: %d %v", tt.word, got.status, err)
			}
			if n := d.sim.State().Bookings["Order D-1"]; n != tt.made {
				t.Errorf("%s: %d deliveries, want %d", tt.word, n, tt.made)
			}
		}
	}
}

func TestWebhooks(t *testing.T) {
	var mu sync.Mutex
	var got []string
	refuse := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if refuse > 0 {
			refuse--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var body struct {
			Name   string    `json:"event_name"`
			At     time.Time `json:"created_at"`
			ID     string    `json:"external_delivery_id"`
			Status string    `json:"delivery_status"`
			Dasher string    `json:"dasher_name"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		got = append(got, fmt.Sprint(body.ID, " ", body.Name, " ", body.Status, " ", body.Dasher, " ", body.At.Format("15:04"), " ", r.Header.Get("Authorization")))
	}))
	defer server.Close()
	d := open(t, doordashsim.Options{Callback: doordashsim.Callback{URL: server.URL, Credential: "Basic eA=="}})
	d.create("D-1", nil)
	d.clock.Advance(13 * time.Minute)
	refuse = 2 // the first is sent a third time
	if sent, err := d.sim.Push(t.Context()); sent != 3 || err != nil {
		t.Errorf("%d sent, %v", sent, err)
	}
	want := []string{
		"D-1 DASHER_CONFIRMED confirmed Maya R. 15:01 Basic eA==", "D-1 dasher_enroute_to_pickup enroute_to_pickup Maya R. 15:02 Basic eA==",
		"D-1 DASHER_CONFIRMED_PICKUP_ARRIVAL arrived_at_pickup Maya R. 15:12 Basic eA==",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if sent, err := d.sim.Push(t.Context()); sent != 0 || err != nil {
		t.Errorf("again: %d sent, %v", sent, err)
	}
	d.call("PUT", "/drive/v2/deliveries/D-1/cancel", nil)
	refuse = 3
	if sent, err := d.sim.Push(t.Context()); sent != 0 || err == nil {
		t.Errorf("refused three times: %d sent, %v", sent, err)
	}
}

func TestControlAPI(t *testing.T) {
	d := open(t, doordashsim.Options{})
	d.create("D-1", nil)
	if got := d.call("POST", "/_sim/mischief", map[string]any{"operation": "get", "kind": "outage", "count": 1}); got.status != 200 {
		t.Errorf("mischief: %s", got.text)
	}
	d.refused(d.get("D-1"), 503, "service_fault", "")
	for _, want := range []string{"confirmed", "enroute_to_pickup"} {
		if got := d.call("POST", "/_sim/parcels/D-1/advance", nil); got.str("status") != want {
			t.Errorf("advance: %s", got.text)
		}
	}
	if got := d.call("POST", "/_sim/parcels/D-1/advance", map[string]any{"to": "cancelled/failed_to_pickup"}); got.str("cause") != "failed_to_pickup" {
		t.Errorf("advance: %s", got.text)
	}
	for path, to := range map[string]string{"D-1": "", "D-2": "", "D-1?": "eaten"} {
		if got := d.call("POST", "/_sim/parcels/"+path+"/advance", map[string]any{"to": to}); got.status == 200 {
			t.Errorf("%s to %q: %s", path, to, got.text)
		}
	}
	if got := d.call("POST", "/_sim/clock", map[string]any{"advance": "36h"}); got.str("now") != "2026-11-25T03:00:00Z" {
		t.Errorf("clock: %s", got.text)
	}
	if got := d.call("GET", "/_sim/state", nil); !strings.Contains(got.text, `"reference": "Order D-1"`) {
		t.Errorf("state: %s", got.text)
	}
}

func TestTheStateFileOutlivesTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "doordash.jsonl")
	first := open(t, doordashsim.Options{StateFile: file, Seed: 3})
	before := first.create("D-1", nil)
	first.call("POST", "/drive/v2/quotes", order("Q-1", nil))
	second := open(t, doordashsim.Options{StateFile: file, Seed: 3}) // without closing, as after a kill
	if got := second.get("D-1"); got.str("support_reference") != before.str("support_reference") || got.status != 200 {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got := second.call("POST", "/drive/v2/quotes/Q-1/accept", nil); got.status != 200 || got.str("support_reference") == before.str("support_reference") {
		t.Errorf("%d %s", got.status, got.text)
	}
}

func TestPace(t *testing.T) {
	d := open(t, doordashsim.Options{Pace: 10 * time.Second})
	d.create("D-1", nil)
	d.clock.Advance(40 * time.Second)
	if got := d.get("D-1").str("delivery_status"); got != "picked_up" {
		t.Errorf("after four steps: %s", got)
	}
}

func TestManyAtOnce(t *testing.T) {
	const callers, each = 8, 5
	d := open(t, doordashsim.Options{StateFile: filepath.Join(t.TempDir(), "doordash.jsonl")})
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range each {
				id := fmt.Sprintf("D-%d-%d", c%4, n) // two callers want the same
				_, _ = d.send("POST", "/drive/v2/deliveries", order(id, nil))
				_, _ = d.send("GET", "/drive/v2/deliveries/"+id, nil)
				d.sim.State()
			}
		})
	}
	wg.Wait()
	made := d.sim.Mischief().Effects(doordashsim.OpCreate)
	if len(made) != 4*each || len(d.sim.State().Deliveries) != 4*each {
		t.Errorf("%d were made, %d are there, want %d", len(made), len(d.sim.State().Deliveries), 4*each)
	}
}
