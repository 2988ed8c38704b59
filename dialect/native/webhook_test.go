package native_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/native"
)

// TestSignature holds signatures against the example that the Standard Webhooks libraries publish.
func TestSignature(t *testing.T) {
	message, ok := native.Dialect().Speak(waybill.Event{Kind: waybill.WebhookTested}, dialect.Endpoint{})
	if !ok {
		t.Fatal("a test is not spoken")
	}
	header := message.Signed("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
	if header["webhook-signature"] != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" || header["webhook-timestamp"] != "1614265330" || header["webhook-id"] != "msg_p5jXN8AQM9LWM0D4loKWxJek" {
		t.Error(header)
	}
}

// genuine reports whether a message is signed with a secret, as a receiver looks at it.
func genuine(header http.Header, body []byte, secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", header.Get("webhook-id"), header.Get("webhook-timestamp"), body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, got := range strings.Fields(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return true
		}
	}
	return false
}

func TestWebhooks(t *testing.T) {
	w := begin(t)
	hook := w.ask("developer", "POST", "/webhooks", object{"url": "https://hooks.example/in", "kinds": []string{"shipment.booked", "pickup.confirmed", "webhook.test"}}, with{"Idempotency-Key", "h1"}).is(201)
	id, secret := hook.text("id"), hook.text("secret")
	if !strings.HasPrefix(secret, "whsec_") || hook.text("dialect") != "native" || hook.get("signed") != true {
		t.Fatal(string(hook.body))
	}
	if again := w.ask("developer", "POST", "/webhooks", object{"url": "https://hooks.example/in", "kinds": []string{"shipment.booked", "pickup.confirmed", "webhook.test"}}, with{"Idempotency-Key", "h1"}).is(201); again.text("id") != id || again.text("secret") != secret {
		t.Error("a repeat made another")
	}
	if read := w.ask("developer", "GET", "/webhooks/"+id, nil).is(200); read.get("secret") != nil || read.count("kinds") != 3 {
		t.Error("a secret is shown again:", string(read.body))
	}
	test := w.ask("developer", "POST", "/webhooks/"+id+"/test", nil).is(202)
	w.ask("admin", "POST", "/shipments", and(parcelTo("W-1"), "book", object{"connection": "van"})).is(201)
	w.ask("admin", "POST", "/pickups", visit("van")).is(201)
	w.app.Drain(t)
	sent := w.app.Hooks()
	if len(sent) != 3 {
		t.Fatalf("%d messages", len(sent))
	}
	for i, want := range []string{"webhook.test", "shipment.booked", "pickup.confirmed"} {
		var message struct {
			Type string
			Data struct {
				Event    struct{ Kind string }
				Shipment *struct {
					Reference string
					Bought    any
				}
			}
		}
		w.check(json.Unmarshal(sent[i].Body, &message))
		if message.Type != want || message.Data.Event.Kind != want || !genuine(sent[i].Header, sent[i].Body, secret) {
			t.Errorf("%d: %s %v", i, sent[i].Body, sent[i].Header)
		}
		if i == 1 && (message.Data.Shipment == nil || message.Data.Shipment.Reference != "W-1" || message.Data.Shipment.Bought != nil) {
			t.Errorf("the shipment in it: %s", sent[i].Body)
		}
	}
	if d := w.ask("developer", "GET", "/deliveries/"+test.text("id"), nil).is(200); d.text("state") != "delivered" || d.text("attempts.0.status") != "200" || d.text("request_body") == "" {
		t.Error(string(d.body))
	}

	rotated := w.ask("developer", "POST", "/webhooks/"+id+"/secret", nil).is(200)
	fresh := rotated.text("secret")
	if fresh == secret || rotated.get("old_secret_until") == nil {
		t.Error(string(rotated.body))
	}
	w.ask("developer", "POST", "/deliveries/"+test.text("id")+"/replay", nil).is(202)
	w.app.Drain(t)
	last := w.app.Hooks()[3]
	if !genuine(last.Header, last.Body, secret) || !genuine(last.Header, last.Body, fresh) || last.Header.Get("webhook-id") != test.text("id") {
		t.Error("while secrets rotate both sign:", last.Header)
	}
	w.app.Clock.Advance(25 * time.Hour)
	if n := w.ask("developer", "POST", "/webhooks/"+id+"/replay", object{"state": []string{"delivered"}}).is(202); n.text("count") != "3" {
		t.Error(string(n.body))
	}
	if n := w.ask("developer", "POST", "/webhooks/"+id+"/replay", object{"from": "2027-01-01T00:00:00Z"}).is(202); n.text("count") != "0" {
		t.Error(string(n.body))
	}
	w.app.Drain(t)
	if all := w.app.Hooks(); len(all) != 7 || genuine(all[6].Header, all[6].Body, secret) || !genuine(all[6].Header, all[6].Body, fresh) {
		t.Errorf("%d messages; after a day the old secret signs no more", len(all))
	}

	if p := w.ask("developer", "POST", "/webhooks/"+id+"/pause", object{"cause": "moving"}).is(200); p.get("paused") != true || p.text("pause_cause") != "moving" {
		t.Error(string(p.body))
	}
	if log := w.ask("admin", "GET", "/audit?record="+id, nil).is(200); !strings.Contains(log.text("items"), "[paused pause_cause]") {
		t.Errorf("who paused it is not in the audit log: %s", log.body)
	}
	w.ask("developer", "POST", "/webhooks/"+id+"/test", nil).is(202)
	w.app.Drain(t)
	if len(w.app.Hooks()) != 7 {
		t.Error("a paused endpoint hears")
	}
	if d := w.ask("developer", "GET", "/deliveries?state=pending&webhook="+id, nil).is(200); d.count("items") != 1 {
		t.Error(string(d.body))
	}
	w.ask("developer", "POST", "/webhooks/"+id+"/resume", nil).is(200)
	w.app.Drain(t)
	if len(w.app.Hooks()) != 8 {
		t.Error("what waited is not sent")
	}
	first := w.ask("developer", "GET", "/deliveries?limit=3", nil).is(200)
	second := w.ask("developer", "GET", "/deliveries?limit=3&cursor="+first.text("next_cursor"), nil).is(200)
	if first.count("items") != 3 || second.count("items") != 1 {
		t.Error(string(first.body), string(second.body))
	}
	if d := w.ask("developer", "GET", "/deliveries?state=dead", nil).is(200); d.count("items") != 0 {
		t.Error(string(d.body))
	}

	other := w.ask("developer", "POST", "/webhooks", object{"url": "https://hooks.example/second"}).is(201).text("id")
	part := w.ask("developer", "GET", "/webhooks?limit=1&sort=created", nil).is(200)
	rest := w.ask("developer", "GET", "/webhooks?limit=1&sort=created&cursor="+part.text("next_cursor"), nil).is(200)
	if part.count("items") != 1 || part.text("items.0.id") != id || rest.text("items.0.id") != other || rest.get("next_cursor") != nil {
		t.Error(string(part.body), string(rest.body))
	}
	if a := w.ask("developer", "GET", "/webhooks?updated_since=2999-01-01T00:00:00Z", nil).is(200); a.count("items") != 0 {
		t.Error(string(a.body))
	}
	w.ask("developer", "DELETE", "/webhooks/"+other, nil).is(204)

	etag := w.ask("developer", "GET", "/webhooks/"+id, nil).is(200).header.Get("ETag")
	changed := w.ask("developer", "PATCH", "/webhooks/"+id, object{"kinds": []string{"return.booked"}, "name": "Returns"}, with{"If-Match", etag}).is(200)
	if changed.text("kinds.0") != "return.booked" || changed.text("url") != "https://hooks.example/in" || changed.text("name") != "Returns" {
		t.Error(string(changed.body))
	}
	w.ask("developer", "PATCH", "/webhooks/"+id, object{"name": "late"}, with{"If-Match", etag}).refused(412, waybill.ReasonVersion)
	for _, who := range []string{"stranger", "child"} {
		for _, path := range []string{"/webhooks/" + id, "/deliveries/" + test.text("id")} {
			w.ask(who, "GET", path, nil).refused(404, waybill.ReasonUnknownRecord)
		}
		w.ask(who, "POST", "/webhooks/"+id+"/secret", nil).refused(404, waybill.ReasonUnknownRecord)
		w.ask(who, "POST", "/webhooks/"+id+"/replay", object{}).refused(404, waybill.ReasonUnknownRecord)
		w.ask(who, "POST", "/deliveries/"+test.text("id")+"/replay", nil).refused(404, waybill.ReasonUnknownRecord)
		if w.ask(who, "GET", "/deliveries", nil).is(200).count("items") != 0 || w.ask(who, "GET", "/webhooks", nil).is(200).count("items") != 0 {
			t.Error(who, "sees the shop's webhooks")
		}
	}
	w.ask("operations", "GET", "/webhooks", nil).refused(403, waybill.ReasonRole)
	w.ask("read-only", "POST", "/webhooks/"+id+"/test", nil).refused(403, waybill.ReasonRole)
	for path, body := range map[string]object{
		"url": {"url": "ftp://hooks.example"}, "kinds[1]": {"url": "https://hooks.example/2", "kinds": []string{"shipment.booked", "shipment.eaten"}},
		"kinds[0]": {"url": "https://hooks.example/2", "kinds": []any{7}}, "dialect": {"url": "https://hooks.example/2", "dialect": "klingon"},
	} {
		if a := w.ask("admin", "POST", "/webhooks", body).is(422); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if n := w.ask("developer", "POST", "/webhooks/"+id+"/replay", nil).is(202); n.text("count") != "4" {
		t.Error("without a body, all that were sent:", string(n.body))
	}
	w.ask("developer", "DELETE", "/webhooks/"+id, nil, with{"If-Match", `"1"`}).is(412)
	w.ask("developer", "DELETE", "/webhooks/"+id, nil, with{"If-Match", w.ask("developer", "GET", "/webhooks/"+id, nil).is(200).header.Get("ETag")}).is(204)
	w.ask("developer", "GET", "/webhooks/"+id, nil).refused(404, waybill.ReasonUnknownRecord)
	w.app.Drain(t)
	if d := w.ask("developer", "GET", "/deliveries/"+test.text("id"), nil).is(200); d.text("state") != "skipped" || !strings.Contains(d.text("attempts"), "the webhook was deleted") {
		t.Error("what was still to be sent to it:", string(d.body))
	}
	w.ask("developer", "POST", "/deliveries/"+test.text("id")+"/replay", nil).refused(404, waybill.ReasonUnknownRecord)
}

func TestEvents(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", and(parcelTo("E-1"), "book", object{"connection": "van"})).is(201)
	var seen []string
	cursor := ""
	for {
		part := w.ask("read-only", "GET", "/events?limit=2&cursor="+cursor, nil).is(200)
		if cursor = part.text("next_cursor"); part.count("items") == 0 {
			break
		}
		for i := range part.count("items") {
			seen = append(seen, part.text(fmt.Sprintf("items.%d.kind", i)))
		}
	}
	if len(seen) < 2 || seen[0] != "shipment.created" || seen[len(seen)-1] != "shipment.booked" {
		t.Error(seen)
	}
	w.ask("admin", "POST", "/shipments", parcelTo("E-2")).is(201)
	if more := w.ask("read-only", "GET", "/events?cursor="+cursor, nil).is(200); more.count("items") != 1 || more.text("items.0.kind") != "shipment.created" {
		t.Error("what came later:", string(more.body))
	}
	if only := w.ask("read-only", "GET", "/events?kind=shipment.booked", nil).is(200); only.count("items") != 1 || only.get("items.0.price") != nil {
		t.Error(string(only.body))
	}
	for _, who := range []string{"stranger", "child"} {
		if w.ask(who, "GET", "/events", nil).is(200).count("items") != 0 {
			t.Error(who, "hears the shop")
		}
	}
	w.ask("rates-only", "GET", "/events", nil).refused(403, waybill.ReasonRole)
	w.ask("read-only", "GET", "/events?cursor=mine", nil).refused(400, waybill.ReasonBadCursor)
}

// listen opens the stream, and answers a function that reads the next event: its id, kind and data.
func (w *world) listen(key, after string) func() (id, kind, data string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", w.url+"/events/stream", nil)
	w.check(err)
	r.Header.Set("Authorization", "Bearer "+w.key[key])
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	response, err := http.DefaultClient.Do(r)
	w.check(err)
	w.t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
		w.t.Fatal(response.Status, response.Header)
	}
	proven.Store("stream-events", true)
	lines := bufio.NewScanner(response.Body)
	return func() (id, kind, data string) {
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "id":
				id = value
			case name == "event":
				kind = value
			case name == "data":
				data = value
			case lines.Text() == "" && data != "": // without data it is no event, only the place to come back to
				return id, kind, data
			}
		}
		return "", "", ""
	}
}

// TestStream: a stream tells what happens, and who comes back hears the rest, once.
func TestStream(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("L-1")).is(201) // before: not told
	next := w.listen("read-only", "")
	w.ask("stranger", "GET", "/me", nil).is(200)
	w.ask("admin", "POST", "/shipments", and(parcelTo("L-2"), "book", object{"connection": "van"})).is(201)
	id, kind, data := next()
	if kind != "shipment.created" || !strings.Contains(data, `"kind":"shipment.created"`) {
		t.Errorf("%s %s %s", id, kind, data)
	}
	var rest []string
	for kind != "shipment.booked" {
		if _, kind, _ = next(); kind == "" {
			t.Fatal("the stream ended")
		}
		rest = append(rest, kind)
	}
	again := w.listen("read-only", id)
	for _, want := range rest {
		if _, got, _ := again(); got != want {
			t.Errorf("resumed: %s, want %s", got, want)
		}
	}
	if a := w.ask("rates-only", "GET", "/events/stream", nil, with{"Accept", "text/event-stream"}); a.status != 403 {
		t.Error(a.status)
	}
	if a := w.ask("admin", "GET", "/events/stream?cursor=mine", nil); a.status != 400 {
		t.Error(a.status)
	}
	for range 8 {
		w.listen("read-only", "")
	}
	a := w.ask("read-only", "GET", "/events/stream", nil)
	if a.refused(429, waybill.ReasonRateLimit); a.header.Get("Retry-After") == "" {
		t.Error("not told when to come again")
	}
}
