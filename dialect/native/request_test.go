package native_test

import (
	"fmt"
	"strings"
	"testing"

	"waybill"
)

// TestTheLogOfRequests: what was asked is there, by every filter, with its answer, as curl, and what was refused too.
func TestTheLogOfRequests(t *testing.T) {
	w := begin(t)
	order := parcelTo("LOG-1")
	made := w.ask("operations", "POST", "/shipments", order, with{"X-Request-Id", "log-me"}).is(201)
	w.ask("operations", "GET", "/shipments/LOG-1", nil).is(200)
	w.ask("operations", "GET", "/shipments/none", nil).is(404)
	w.ask("operations", "GET", "/nothing", nil).is(404)
	w.ask("read-only", "POST", "/shipments", order).is(403)
	for query, want := range map[string]int{
		"shipment=LOG-1":              2,
		"shipment=" + made.text("id"): 2,
		"operation=create-shipment":   2,
		"class=failed":                3,
		"class=2xx":                   2,
		"status=403":                  1,
		"operation=unknown":           1,
		"api=lynkup":                  0,
	} {
		if got := w.ask("developer", "GET", "/requests?"+query+"&to="+start.Format("2006-01-02T15:04:05Z"), nil).is(200); countOf(got, "/requests") != want {
			t.Errorf("%s: %d requests, want %d: %s", query, countOf(got, "/requests"), want, got.body)
		}
	}
	entry := w.ask("developer", "GET", "/requests?reference=LOG-1&operation=create-shipment", nil).is(200).text("items.0.id")
	one := w.ask("developer", "GET", "/requests/"+entry, nil).is(200)
	if one.text("client.name") != "operations" || one.text("status") != "201" || !strings.Contains(one.text("request_body"), "LOG-1") || !strings.Contains(one.text("answer_body"), made.text("id")) {
		t.Error(string(one.body))
	}
	if strings.Contains(string(one.body), w.key["operations"]) {
		t.Error("the key of who asked is in the log")
	}
	curl := w.ask("developer", "GET", "/requests/"+entry+"/curl", nil).is(200)
	for _, part := range []string{"curl -i -X POST 'http://waybill.test/api/v1/shipments'", `-H "Authorization: Bearer $KEY"`, "--data-binary '{"} {
		if !strings.Contains(string(curl.body), part) {
			t.Errorf("curl lacks %s: %s", part, curl.body)
		}
	}
	w.ask("stranger", "GET", "/requests/"+entry, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("parent", "GET", "/requests/"+entry, nil).is(200)
	w.ask("operations", "GET", "/requests", nil).refused(403, waybill.ReasonRole)
	if health := w.ask("read-only", "GET", "/carriers/health", nil).is(200); health.count("items") != 0 {
		t.Error("a carrier of our own has calls:", string(health.body))
	}
}

// countOf counts the entries of a list that are of no reading of the log itself.
func countOf(a answer, but string) (n int) {
	for i := range a.count("items") {
		if !strings.HasSuffix(a.text(fmt.Sprintf("items.%d.path", i)), but) {
			n++
		}
	}
	return n
}

// TestReplay: a request is sent again with a test key alone, and both answers are told with what differs.
func TestReplay(t *testing.T) {
	w := begin(t)
	w.ask("operations", "POST", "/shipments", parcelTo("RE-1")).is(201)
	entry := w.ask("developer", "GET", "/requests?reference=RE-1", nil).is(200).text("items.0.id")
	w.ask("developer", "POST", "/requests/"+entry+"/replay", nil).refused(403, waybill.ReasonRole)
	again := w.ask("test", "POST", "/requests/"+entry+"/replay", nil).is(200)
	if again.text("before.status") != "201" || again.text("after.status") != "409" || again.get("same") != false || again.count("diff") == 0 {
		t.Errorf("the reference is taken, and that is not told: %s", again.body)
	}
	read := w.ask("operations", "GET", "/shipments/RE-1", nil).is(200)
	entry = w.ask("developer", "GET", "/requests?reference=RE-1&operation=get-shipment", nil).is(200).text("items.0.id")
	if same := w.ask("test", "POST", "/requests/"+entry+"/replay", nil).is(200); same.get("same") != true || same.count("diff") != 0 || read.text("reference") != "RE-1" {
		t.Errorf("the same answer is said to differ: %s", same.body)
	}
	// A replay is in the log as one, and is not replayed itself; what held a secret cannot be sent again.
	last := w.ask("developer", "GET", "/requests?operation=get-shipment", nil).is(200)
	if last.text("items.0.replay_of") != entry {
		t.Errorf("the replay does not say of what it is one: %s", last.body)
	}
	w.ask("test", "POST", "/requests/"+last.text("items.0.id")+"/replay", nil).refused(409, waybill.ReasonNotRetryable)
	w.ask("admin", "POST", "/webhooks", object{"url": "https://hooks.example/x", "secret": "a-secret-of-my-own"}).is(201)
	secret := w.ask("developer", "GET", "/requests?operation=create-webhook", nil).is(200).text("items.0.id")
	w.ask("test", "POST", "/requests/"+secret+"/replay", nil).refused(409, waybill.ReasonNotRetryable)
	w.ask("test", "POST", "/requests/"+entry+"/replay", object{"account": string(w.id["stranger"])}).is(404)
}

// TestUnknownMembersAreNamed: this API refuses what it does not know, and names it; so nothing is ignored in silence.
func TestUnknownMembersAreNamed(t *testing.T) {
	w := begin(t)
	order := parcelTo("UN-1")
	order["coupon"] = "X"
	refused := w.ask("operations", "POST", "/shipments", order).refused(422, waybill.ReasonFields)
	if !strings.Contains(string(refused.body), "coupon") {
		t.Error(string(refused.body))
	}
}

// TestARequestIsFoundByTheParcelItTouched: also where it named the parcel by its number, in the path, a body or a scan.
func TestARequestIsFoundByTheParcelItTouched(t *testing.T) {
	w := begin(t)
	parcel := w.ask("admin", "POST", "/shipments", and(parcelTo("RQ-1"), "book", object{"connection": "van"})).is(201)
	number, id := parcel.text("tracking_number"), parcel.text("id")
	w.ask("admin", "POST", "/tracking/"+number+"/scans", object{"status": "delivered", "recipient": "Zoe Quill"}).is(201)
	w.ask("admin", "GET", "/tracking/"+number, nil).is(200)
	w.ask("admin", "POST", "/tracking", object{"numbers": []any{object{"number": number}}}).is(200)
	w.ask("admin", "POST", "/scan", object{"text": number}).is(200)
	w.ask("admin", "GET", "/shipments", nil).is(200)
	for _, filter := range []string{"shipment=" + id, "shipment=RQ-1"} {
		found := w.ask("admin", "GET", "/requests?limit=100&"+filter, nil).is(200).text("items")
		for _, op := range []string{"note-scan", "get-tracking", "track-numbers", "resolve-scan"} {
			if !strings.Contains(found, op) {
				t.Errorf("%s: %s is not among %s", filter, op, found)
			}
		}
	}
	w.ask("admin", "POST", "/erasures", object{"shipments": []string{"RQ-1"}}).is(202)
	w.app.Drain(t)
	for _, entry := range w.names("admin", "/requests") {
		if whole := w.quietly("admin", "GET", "/requests/"+entry, nil); strings.Contains(string(whole.body), "Zoe Quill") || strings.Contains(string(whole.body), "Ada Byron") {
			t.Errorf("a name stays in the log: %s", whole.body)
		}
	}
}

// TestAReplayInAChild: the entry is the parent's, and the child is named by its name or id.
func TestAReplayInAChild(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("RC-1")).is(201)
	entry := w.ask("admin", "GET", "/requests?operation=create-shipment", nil).is(200).text("items.0.id")
	for _, child := range []string{"child", string(w.id["child"])} {
		a := w.ask("test", "POST", "/requests/"+entry+"/replay", object{"account": child}).is(200)
		if a.text("after.status") != "201" && a.text("after.status") != "409" {
			t.Error(string(a.body))
		}
	}
	w.ask("child", "GET", "/shipments/RC-1", nil).is(200)
}
