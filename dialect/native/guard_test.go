package native_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

func TestRepeatsAreDoneOnce(t *testing.T) {
	w := begin(t)
	body := and(parcelTo("I-1"), "book", object{})
	first := w.ask("admin", "POST", "/shipments", body, with{"Idempotency-Key", "k1"}).is(201)
	again := w.ask("admin", "POST", "/shipments", body, with{"Idempotency-Key", "k1"}).is(201)
	if first.text("id") != again.text("id") || first.text("tracking_number") != again.text("tracking_number") {
		t.Error(string(first.body), string(again.body))
	}
	w.ask("admin", "POST", "/shipments", and(body, "reference2", "x"), with{"Idempotency-Key", "k1"}).refused(409, waybill.ReasonKeyReused)
	w.ask("admin", "PATCH", "/shipments/I-1", object{"reference2": "x"}, with{"Idempotency-Key", "k1"}).refused(409, waybill.ReasonKeyReused)

	one := w.ask("admin", "PATCH", "/shipments/I-1", object{"reference2": "one"}, with{"Idempotency-Key", "k2"}).is(200)
	w.ask("admin", "PATCH", "/shipments/I-1", object{"reference2": "two"}).is(200)
	two := w.ask("admin", "PATCH", "/shipments/I-1", object{"reference2": "one"}, with{"Idempotency-Key", "k2"}).is(200)
	if string(one.body) != string(two.body) || two.header.Get("Idempotent-Replayed") != "true" || two.header.Get("ETag") != one.header.Get("ETag") {
		t.Error("a repeat is answered otherwise:", string(two.body), two.header)
	}
	if now := w.ask("admin", "GET", "/shipments/I-1", nil).is(200); now.text("reference2") != "two" {
		t.Error("a repeat was done twice")
	}
	w.ask("admin", "PATCH", "/shipments/I-1", object{"to": object{"country": "?"}}, with{"Idempotency-Key", "k3"}).is(422)
	w.ask("admin", "PATCH", "/shipments/I-1", object{"reference2": "three"}, with{"Idempotency-Key", "k3"}).is(200) // what was refused may be put right
	w.app.Clock.Advance(49 * time.Hour)
	w.ask("admin", "PATCH", "/shipments/I-1", object{"reference2": "four"}, with{"Idempotency-Key", "k2"}).is(200)
}

func TestOfManyAtOnceOneIsDone(t *testing.T) {
	w := begin(t)
	var group sync.WaitGroup
	answers := make([]answer, 12)
	for i := range answers {
		group.Go(func() {
			answers[i] = w.ask("admin", "POST", "/shipments", and(parcelTo("M-1"), "book", object{}), with{"Idempotency-Key", "many"})
		})
	}
	group.Wait()
	ids := map[string]int{}
	for _, a := range answers {
		switch a.status {
		case 201:
			ids[a.text("id")]++
		case 409:
			if a.text("reason") != string(waybill.ReasonKeyRunning) || a.header.Get("Retry-After") == "" {
				t.Error(string(a.body), a.header)
			}
		default:
			t.Error(a.status, string(a.body))
		}
	}
	if len(ids) != 1 {
		t.Error(ids)
	}
	w.ask("admin", "POST", "/shipments", parcelTo("M-2")).is(201)
	for i := range answers {
		group.Go(func() {
			answers[i] = w.ask("admin", "DELETE", "/shipments/M-2", nil, with{"Idempotency-Key", "end"})
		})
	}
	group.Wait()
	done := 0
	for _, a := range answers {
		if a.status == 200 {
			done++
		} else if a.text("reason") != string(waybill.ReasonKeyRunning) {
			t.Error(a.status, string(a.body))
		}
	}
	if done == 0 {
		t.Error("nobody was answered")
	}
}

func TestScopesHoldAKeyToLess(t *testing.T) {
	w := begin(t)
	s := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin, Account: w.id["shop"]})
	made, err := s.CreateAPIKey(t.Context(), engine.CreateAPIKey{Name: "looker", Role: waybill.RoleAdmin, Scopes: []waybill.Scope{waybill.ScopeRead}})
	w.check(err)
	w.key["looker"] = made.Text
	w.ask("looker", "GET", "/shipments", nil).is(200)
	w.ask("looker", "POST", "/shipments", parcelTo("S-1")).refused(403, waybill.ReasonRole)
	_, err = s.RevokeAPIKey(t.Context(), made.Key.ID)
	w.check(err)
	w.ask("looker", "GET", "/shipments", nil).refused(401, waybill.ReasonTokenBad)
}

// TestTestKeysNeverReachWhatIsLive: the van is live, and so is what it carries.
func TestTestKeysNeverReachWhatIsLive(t *testing.T) {
	w := begin(t)
	rates := w.ask("test", "POST", "/rates", object{"shipment": parcelTo("T-0")}).is(200)
	if rates.count("rates") != 2 || strings.Contains(rates.text("rates"), "connection:van") || !strings.Contains(rates.text("steps"), "test key") {
		t.Error(string(rates.body))
	}
	booked := w.ask("test", "POST", "/shipments", and(parcelTo("T-1"), "book", object{})).is(201)
	if booked.text("carrier.mode") != "simulator" {
		t.Error(string(booked.body))
	}
	w.ask("test", "POST", "/shipments", and(parcelTo("T-2"), "book", object{"connection": "van"})).refused(403, waybill.ReasonRole)
	pinned := and(parcelTo("T-3"), "carrier_choice", object{"connection": "van"})
	w.ask("test", "POST", "/shipments", and(pinned, "book", object{})).refused(403, waybill.ReasonRole)
	w.ask("test", "POST", "/rates", object{"shipment": pinned}).refused(403, waybill.ReasonRole)
	w.ask("test", "GET", "/shipments/T-2", nil).is(404)
	w.ask("test", "POST", "/shipments", pinned).is(201) // a draft asks nobody
	w.ask("test", "POST", "/shipments/T-3/book", object{}).refused(403, waybill.ReasonRole)
	w.ask("test", "POST", "/shipments", parcelTo("T-2")).is(201)
	w.ask("test", "POST", "/shipments/T-2/book", object{"connection": "van"}).refused(403, waybill.ReasonRole)
	told := w.ask("admin", "POST", "/rates", object{"shipment_id": "T-2"}).is(200)
	for i := range told.count("rates") {
		if at := "rates." + strconv.Itoa(i); told.text(at+".connection") == "van" {
			w.ask("test", "POST", "/shipments/T-2/book", object{"rate": told.text(at + ".id")}).refused(403, waybill.ReasonRole)
		}
	}
	live := w.ask("admin", "POST", "/shipments", and(parcelTo("T-4"), "book", object{"connection": "van"})).is(201)
	if live.text("carrier.mode") != "live" {
		t.Fatal(string(live.body))
	}
	w.ask("test", "DELETE", "/shipments/T-4", nil).refused(403, waybill.ReasonRole)
	w.ask("test", "PATCH", "/shipments/T-4?force=true", object{"instructions": "x"}).refused(403, waybill.ReasonRole)
	if w.ask("admin", "GET", "/shipments/T-4", nil).is(200).text("booking") != "booked" {
		t.Error("a test key gave a live parcel back")
	}
	w.ask("test", "DELETE", "/shipments/T-1", nil).is(200)
}

// TestAChildNeverSeesWhatWasPaidForIt: its parent does.
func TestAChildNeverSeesWhatWasPaidForIt(t *testing.T) {
	w := begin(t)
	child := w.ask("child", "POST", "/shipments", and(and(parcelTo("KID-1"), "book", object{}), "carrier_choice", object{"connection": "van"})).is(201)
	if child.text("booking") != "booked" || child.text("price.amount") != "495" {
		t.Fatal(string(child.body))
	}
	for _, path := range []string{"", "/decision", "/timeline", "/events"} {
		a := w.ask("child", "GET", "/shipments/KID-1"+path, nil).is(200)
		if strings.Contains(string(a.body), `"bought":`) || strings.Contains(string(a.body), "450") || strings.Contains(string(a.body), "4.50") {
			t.Errorf("a child sees what was paid for it: %s", a.body)
		}
	}
	if rates := w.ask("child", "POST", "/rates", object{"shipment": parcelTo("KID-2")}).is(200); strings.Contains(string(rates.body), "450") {
		t.Error(string(rates.body))
	}
	if seen := w.ask("parent", "GET", "/shipments/"+child.text("id"), nil).is(200); seen.text("bought.amount") != "450" {
		t.Error("a parent does not see what its child booked:", string(seen.body))
	}
}

// TestAKeyIsItsCallers: what was answered to one caller is told to no other with the same key: neither a new key nor
// what a parent pays.
func TestAKeyIsItsCallers(t *testing.T) {
	w := begin(t)
	key := with{"Idempotency-Key", "mine"}
	body := object{"name": "Till", "role": "admin"}
	made := w.ask("admin", "POST", "/api-keys", body, key).is(201)
	w.ask("developer", "POST", "/api-keys", body, key).refused(409, waybill.ReasonKeyReused)
	if again := w.ask("admin", "POST", "/api-keys", body, key).is(201); again.text("key") != made.text("key") {
		t.Error(string(again.body))
	}
	quote := object{"shipment": parcelTo("")}
	w.ask("parent", "POST", "/rates?account="+string(w.id["child"]), quote, with{"Idempotency-Key", "rates"}).is(200)
	w.ask("child", "POST", "/rates", quote, with{"Idempotency-Key", "rates"}).refused(409, waybill.ReasonKeyReused)
}
