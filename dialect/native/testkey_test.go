package native_test

import (
	"strings"
	"testing"

	"waybill"
	"waybill/engine"
)

// forTestsToo are the writes that a test key may make where parcels are shipped live, each with why: they change nothing
// that is live.
var forTestsToo = map[string]string{
	"preview-erasure": "it tells and changes nothing", "print-labels": "it reads", "track-numbers": "it reads", "resolve-scan": "it reads",
	"rate-return": "live connections are left out", "backtest-rules": "it tells and changes nothing", "dry-run-rules": "it tells and changes nothing",
	"validate-rule": "it tells and changes nothing", "test-webhook": "it sends word that nothing happened", "replay-request": "what is replayed is held to the same",
	"move-test-clock": "live parcels know no test clock", "advance-parcel": "it refuses what is not simulated", "retry-shipment": "it finds test carriers only",
	"create-saved-view": "a search", "update-saved-view": "a search", "delete-saved-view": "a search",
	"create-api-key":  "the example is of a test key",
	"decide-purchase": "nothing is in doubt", "decide-pickup": "nothing is in doubt", "decide-manifest": "nothing is in doubt",
	"withdraw-rule-version": "nobody takes back what is in force", "withdraw-rate-card-version": "nobody takes back what is in force",
}

// TestATestKeyChangesNothingLive asks a test key for every operation that writes, each of what is live, and expects to be
// refused because it is; or that it is listed why it may.
func TestATestKeyChangesNothingLive(t *testing.T) {
	w := begin(t)
	w.unlimited("shop")
	asked := w.whatIsLive()
	for _, o := range everyOperation(w.doc) {
		if o.method == "GET" || o.open() {
			continue
		}
		in := asked[o.OperationID]
		if in.body == nil {
			in.body = and2(plain(o.body()), fitting[o.OperationID])
		}
		path := strings.NewReplacer("{currency}", "GBP", "{api}", "native").Replace(o.path)
		if in.id != "" {
			path = strings.Replace(path, inPath.FindString(path), in.id, 1)
		} else if at := strings.Index(path, "/{id}"); at > 0 {
			names := w.names("admin", path[:at])
			if len(names) == 0 {
				t.Errorf("%s: there is nothing at %s", o.OperationID, path[:at])
				continue
			}
			path = strings.Replace(path, "{id}", names[0], 1)
		}
		if in.second != "" {
			path = inPath.ReplaceAllString(path, in.second)
		}
		a := w.quietly("test", o.method, path, in.body)
		_, may := forTestsToo[o.OperationID]
		refused := a.status == 403 && a.text("reason") == string(waybill.ReasonRole)
		if refused == may {
			t.Errorf("%s: %s: %d %s", o.OperationID, a.asked, a.status, a.body)
		}
	}
	if w.ask("admin", "GET", "/shipments/LIVE-1", nil).is(200).text("booking") != "booked" || w.ask("admin", "GET", "/wallets", nil).is(200).count("items") != 0 {
		t.Error("something live was changed")
	}
}

// question is what is asked of an operation: the record in its path, what else is in it, and a body.
type question struct {
	id, second string
	body       any
}

// whatIsLive makes a live parcel with all that grows with it, and says what each operation is asked that needs more than
// its example and the newest of its records.
func (w *world) whatIsLive() map[string]question {
	w.id["admin"] = w.id["shop"]
	hook := w.ask("admin", "POST", "/webhooks", object{"url": "https://hooks.example/live"}).is(201).text("id")
	w.stock("admin", "live")
	number := w.ask("admin", "POST", "/shipments", and(parcelTo("LIVE-1"), "book", object{"connection": "van"})).is(201).text("tracking_number")
	w.ask("admin", "POST", "/shipments", parcelTo("PLAIN-1")).is(201)
	w.ask("admin", "POST", "/connections", object{
		"carrier": "house", "reference": "truck", "name": "truck", "mode": "live", "settings": object{"rate_card": card(900), "number_prefix": "NT"},
	}).is(201)
	outage := w.ask("admin", "POST", "/connections/truck/outages", object{"until": "2026-11-24T09:00:00Z"}).is(200).text("outages.0.id")
	booked := w.ask("admin", "POST", "/returns", object{"shipment": "LIVE-1", "book": object{"connection": "van"}}).is(201).text("id")
	draft := w.ask("admin", "POST", "/returns", object{"reference": "BACK-1", "from": parcelTo("")["to"], "location": "bath", "parcels": parcelTo("")["parcels"]}).is(201).text("id")
	w.ask("admin", "POST", "/pickups", visit("van")).is(201)
	manifest := w.ask("admin", "POST", "/manifests", object{"location": "bath", "connection": "van"}).is(201).text("id")
	w.ask("admin", "PUT", "/rules/draft", object{"rules": []any{}}).is(200)
	s := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Role: waybill.RoleAdmin, Account: w.id["shop"]})
	bought, err := s.GetShipment(w.t.Context(), engine.GetShipment{Ref: engine.Ref{Reference: "LIVE-1"}})
	w.check(err)
	w.person("lee@shop.example", "operations")
	key := w.ask("admin", "POST", "/api-keys", object{"name": "till", "role": "operations"}).is(201).text("id")
	w.app.Drain(w.t)
	child := string(w.id["child"])
	live := object{"connection": "van"}
	return map[string]question{
		"create-shipment": {body: and(parcelTo("T-1"), "book", live)}, "edit-shipment": {id: "LIVE-1", body: object{"instructions": "x"}},
		"cancel-shipment": {id: "LIVE-1"}, "book-shipment": {id: "PLAIN-1", body: live}, "retry-shipment": {id: "LIVE-1"},
		"rate-shipment": {body: object{"shipment": and(parcelTo("T-1"), "carrier_choice", live)}},
		"create-return": {body: object{"shipment": "LIVE-1", "book": live}}, "book-return": {id: draft, body: live}, "cancel-return": {id: booked}, "rate-return": {id: draft},
		"note-scan": {id: number, body: object{"status": "picked_up"}}, "advance-parcel": {id: number},
		"book-pickup": {body: visit("van")}, "close-manifest": {body: object{"location": "bath", "connection": "van"}},
		"create-connection": {body: object{"carrier": "house", "reference": "cart", "name": "cart", "mode": "live", "settings": object{"rate_card": card(1)}}},
		"create-service":    {body: object{"carrier": "house", "provider": "truck", "code": "standard", "name": "Slow", "direction": "outgoing"}},
		"update-connection": {id: "truck", body: object{"markup_per_mille": 1}}, "delete-connection": {id: "truck"}, "pause-connection": {id: "truck"},
		"resume-connection": {id: "truck"}, "check-connection": {id: "truck"}, "test-connection": {id: "truck"},
		"approve-connection": {id: "truck", body: object{"on": "2026-11-20"}}, "plan-outage": {id: "truck", body: object{"until": "2026-11-25T09:00:00Z"}},
		"end-outage": {id: "truck", second: outage}, "lend-connection": {id: "truck", body: object{"account": child}},
		"take-connection-back": {id: "van", second: child}, "set-rate-card": {id: "truck", body: card(1000)},
		"import-rate-card":          {id: "truck", second: "rates", body: string(w.ask("admin", "GET", "/connections/truck/rate-card/rates", nil).is(200).body)},
		"restore-rate-card-version": {id: "truck", second: "1", body: object{}}, "withdraw-rate-card-version": {id: "truck", second: "1"},
		"restore-rule-version": {id: "1", body: object{}}, "withdraw-rule-version": {id: "1"},
		"update-api-key": {id: key, body: object{"name": "x"}}, "rotate-api-key": {id: key}, "revoke-api-key": {id: key},
		"update-account": {id: child, body: object{"name": "x"}}, "delete-account": {id: child}, "restore-account": {id: child},
		"set-access": {id: child, body: object{"ips": []string{"192.0.2.1"}, "origins": []string{}}}, "set-retention": {id: child},
		"decide-purchase": {id: string(bought.Purchase)}, "decide-manifest": {id: manifest}, "replay-webhook": {id: hook, body: object{"state": []string{"pending", "delivered", "dead"}}}, "end-session": {id: strings.Repeat("0", 24)},
		"create-erasure": {body: object{"shipments": []string{"LIVE-1"}}},
		"top-up-wallet":  {body: object{"amount": 5000, "cause": "transfer"}},
	}
}
