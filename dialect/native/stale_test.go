package native_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"waybill"
)

// unconditional are writes on what is read with an ETag that take no If-Match, with the reason.
var unconditional = map[string]string{
	"check-connection": "it asks the carrier and changes no connection",
	"test-connection":  "it asks the carrier and changes no connection",
	"rate-return":      "it asks for prices and changes nothing",
	"test-webhook":     "it adds a delivery and changes no webhook",
	"replay-webhook":   "it is about deliveries, and changes no webhook",
}

// TestWritesOnWhatHasAVersionDependOnIt goes over the document: a write on what is read with an ETag, or on a part of
// that, takes If-Match, or its reason is listed.
func TestWritesOnWhatHasAVersionDependOnIt(t *testing.T) {
	d := load(t)
	listed := map[string]bool{}
	for path, item := range d.Paths.Map() {
		for method, o := range item.Operations() {
			if method == http.MethodGet {
				continue
			}
			takes := o.Parameters.GetByInAndName("header", "If-Match") != nil
			_, excused := unconditional[o.OperationID]
			listed[o.OperationID] = excused
			if excused && takes {
				t.Errorf("%s takes If-Match, and has a reason not to", o.OperationID)
			}
			if !takes && !excused && d.versioned(path) {
				t.Errorf("%s %s changes what has an ETag, and takes no If-Match", method, path)
			}
		}
	}
	for id := range unconditional {
		if !listed[id] {
			t.Errorf("there is no write %s to excuse", id)
		}
	}
}

// versioned reports whether what a path leads to, or what that is a part of, is read with an ETag.
func (d *document) versioned(path string) bool {
	for ; strings.Contains(path, "{"); path = path[:strings.LastIndexByte(path, '/')] {
		item := d.Paths.Value(path)
		if item == nil || item.Get == nil {
			continue
		}
		if ok := item.Get.Responses.Status(200); ok != nil && ok.Value.Headers["ETag"] != nil {
			return true
		}
	}
	return false
}

// stale tries a write with an ETag that nobody was given: it is refused, and what is read is as it was. Then it is done
// with the one that was read.
type stale struct {
	*world
	tried map[string]bool
}

func (s *stale) write(method, path string, body any, read string) answer {
	s.t.Helper()
	return s.writeAs("admin", method, path, body, read)
}

func (s *stale) writeAs(key, method, path string, body any, read string, headers ...with) answer {
	s.t.Helper()
	pattern, _ := s.doc.routes.Find(method, strings.Split("/api/v1"+path, "?")[0])
	if pattern == "" {
		pattern, _ = s.doc.routes.Find(method, strings.Split(path, "?")[0])
	}
	s.tried[s.doc.routes[pattern].Op] = true
	before := s.ask(key, "GET", read, nil, headers...).is(200)
	etag := before.header.Get("ETag")
	if etag == "" {
		s.t.Errorf("%s has no ETag", read)
	}
	for _, old := range []string{`"987654321"`, `W/"987654321"`, "old"} {
		s.ask(key, method, path, body, append(slices.Clone(headers), with{"If-Match", old})...).refused(412, waybill.ReasonVersion)
	}
	after := s.ask(key, "GET", read, nil, headers...).is(200)
	if string(after.body) != string(before.body) || after.header.Get("ETag") != etag {
		s.t.Errorf("%s %s was refused and changed something:\n%s\n%s", method, path, before.body, after.body)
	}
	done := s.ask(key, method, path, body, append(slices.Clone(headers), with{"If-Match", etag})...)
	if done.status >= 300 {
		s.t.Errorf("%s %s with the ETag that was read: %d %s", method, path, done.status, done.body)
	}
	return done
}

// everywhere goes through all that is written, in an order in which each finds what it needs.
func (s *stale) everywhere() {
	s.deafen()
	s.nouns()
	s.identity()
	s.connections()
	s.rules()
	s.shipping()
	s.undecided()
	s.hooks()
}

// TestAStaleETagChangesNothing tries every operation that takes If-Match.
func TestAStaleETagChangesNothing(t *testing.T) {
	s := &stale{begin(t), map[string]bool{}}
	s.everywhere()
	for path, item := range s.doc.Paths.Map() {
		for method, o := range item.Operations() {
			if o.Parameters.GetByInAndName("header", "If-Match") != nil && !s.tried[o.OperationID] {
				t.Errorf("%s %s is not tried", method, path)
			}
		}
	}
}

func (s *stale) nouns() {
	for path, n := range map[string]struct{ made, changed object }{
		"/brands":        {object{"name": "Outlet"}, object{"name": "Factory"}},
		"/tags":          {object{"name": "fragile"}, object{"name": "glass"}},
		"/package-sizes": {object{"name": "S", "size": object{"length": 1, "width": 1, "height": 1, "unit": "cm"}}, object{"name": "T"}},
		"/products":      {object{"sku": "MUG", "name": "Mug"}, object{"name": "Cup"}},
		"/addresses":     {object{"address": parcelTo("")["to"], "reference": "ada"}, object{"reference": "bea"}},
		"/saved-views":   {object{"name": "Late", "list": "shipments", "query": object{"booking": "booked"}}, object{"name": "Later"}},
		"/users":         {object{"email": "p@shop.example", "role": "operations"}, object{"name": "Pat"}},
		"/clients":       {object{"name": "Shop", "role": "operations"}, object{"name": "Store"}},
		"/services":      {object{"carrier": "house", "provider": "van", "name": "Std", "code": "standard"}, object{"disabled": true}},
		"/locations":     {object{"name": "Frome", "reference": "frome", "address": parcelTo("")["to"]}, object{"name": "Froome"}},
	} {
		made := s.ask("admin", "POST", path, n.made).is(201)
		at := path + "/" + made.text("id")
		s.write("PATCH", at, n.changed, at)
		if path == "/clients" {
			s.write("POST", at+"/rotate", nil, at)
		}
		if path == "/users" {
			s.write("DELETE", at+"/sessions", nil, at)
		}
		s.write("DELETE", at, nil, at)
	}
}

func (s *stale) identity() {
	key := "/api-keys/" + s.ask("admin", "POST", "/api-keys", object{"name": "k", "role": "operations"}).is(201).text("id")
	s.write("PATCH", key, object{"name": "l"}, key)
	s.write("POST", key+"/rotate", nil, key)
	s.write("DELETE", key, nil, key)
	child := "/accounts/" + s.ask("admin", "POST", "/accounts", object{"name": "North"}).is(201).text("id")
	s.write("PATCH", child, object{"name": "Far north"}, child)
	s.write("PUT", child+"/access", object{"ips": []string{}, "origins": []string{}}, child+"/access")
	s.write("PUT", child+"/retention", s.example("PUT", "/accounts/{id}/retention"), child+"/retention")
	in := "?account=" + strings.TrimPrefix(child, "/accounts/")
	s.write("PUT", "/limits/native"+in, object{"requests": 10, "period_seconds": 60}, "/limits"+in)
	s.write("DELETE", "/limits/native"+in, nil, "/limits"+in)
	s.write("DELETE", child, nil, child)
	s.write("POST", child+"/restore", nil, child)
	login := s.ask("", "POST", "/sessions", s.person("lea@shop.example", "operations")).is(201)
	s.writeAs("", "PUT", "/me/password", object{"old_password": "correct horse battery", "new_password": "another horse altogether"}, "/me", bearer(login.text("token")))
}

func (s *stale) connections() {
	const van = "/connections/van"
	s.write("POST", van+"/pause", object{"reason": "strike"}, van)
	s.write("POST", van+"/resume", nil, van)
	planned := s.write("POST", van+"/outages", object{"until": "2026-12-01T00:00:00Z"}, van)
	s.write("DELETE", van+"/outages/"+planned.text("outages.0.id"), nil, van)
	s.write("DELETE", van+"/loans/child", nil, van)
	s.write("POST", van+"/loans", object{"account": "child"}, van)
	s.write("PUT", van+"/approval", object{"on": "2026-11-20"}, van+"/checklist")
	s.write("PUT", van+"/approval", object{}, van)
	s.write("PUT", van+"/rate-card", card(500), van+"/rate-card")
	s.write("PUT", van+"/rate-card?from=2027-01-01T00:00:00Z", card(600), van+"/rate-card")
	versions := s.ask("admin", "GET", van+"/rate-card/versions", nil).is(200)
	planned = s.ask("admin", "GET", van+"/rate-card/versions/"+versions.text("items.0.version"), nil).is(200)
	if planned.text("state") != "planned" {
		s.t.Fatal(string(planned.body))
	}
	at := van + "/rate-card/versions/" + planned.text("version")
	s.write("DELETE", at, nil, at)
	s.write("POST", van+"/rate-card/versions/1/restore", nil, van+"/rate-card/versions/1")
	sheet := s.ask("admin", "GET", van+"/rate-card/zones", nil).is(200)
	s.writeAs("admin", "PUT", van+"/rate-card/zones", string(sheet.body), van+"/rate-card", with{"Content-Type", "text/csv"})
	s.write("PATCH", van, object{"display_name": "Van"}, van)
	spare := "/connections/" + s.ask("admin", "POST", "/connections", object{"reference": "spare", "carrier": "deaf", "mode": "live", "name": "spare"}).is(201).text("id")
	s.write("DELETE", spare, nil, spare)
}

func (s *stale) rules() {
	rule := object{"name": "Labels", "then": []any{object{"do": "printer", "name": "one"}}}
	at := "/rules/" + s.ask("admin", "POST", "/rules", rule).is(201).text("id")
	s.write("PATCH", at, object{"name": "Label"}, at)
	s.write("DELETE", at, nil, at)
	s.ask("admin", "PUT", "/rules/draft", object{"rules": []any{rule}}).is(200)
	s.write("PUT", "/rules/draft", object{"rules": []any{rule, and(rule, "name", "More")}}, "/rules/draft")
	planned := s.write("POST", "/rules/publish", object{"at": "2027-01-01T00:00:00Z"}, "/rules/draft")
	version := "/rules/versions/" + planned.text("version")
	s.write("DELETE", version, nil, version)
	s.write("POST", "/rules/versions/1/restore", nil, "/rules/versions/1")
	s.ask("admin", "PUT", "/rules/draft", object{"rules": []any{rule}}).is(200)
	s.write("DELETE", "/rules/draft", nil, "/rules/draft")
}

func (s *stale) shipping() {
	s.ask("admin", "POST", "/shipments", parcelTo("S-1")).is(201)
	s.write("PATCH", "/shipments/S-1", object{"instructions": "Ring twice"}, "/shipments/S-1")
	s.write("POST", "/shipments/S-1/book", nil, "/shipments/S-1")
	back := "/returns/" + s.ask("admin", "POST", "/returns", object{"shipment": "S-1"}).is(201).text("id")
	s.write("POST", back+"/book", nil, back)
	s.write("DELETE", back, nil, back)
	s.write("DELETE", "/shipments/S-1", nil, "/shipments/S-1")
	s.ask("admin", "POST", "/connections/van/pause", nil).is(200)
	s.ask("admin", "POST", "/connections/sim/pause", nil).is(200)
	s.ask("admin", "POST", "/shipments", and(parcelTo("S-2"), "book", object{})).is(201)
	s.ask("admin", "POST", "/connections/van/resume", nil).is(200)
	s.write("POST", "/shipments/S-2/retry", nil, "/shipments/S-2")
	pickup := "/pickups/" + s.ask("admin", "POST", "/pickups", visit("van")).is(201).text("id")
	s.write("DELETE", pickup, nil, pickup)
}

func (s *stale) undecided() {
	pickup := "/pickups/" + s.ask("admin", "POST", "/pickups", and(visit("deaf"), "location", "wells")).is(201).text("id")
	s.write("POST", pickup+"/decide", object{"confirmed": false}, pickup)
	s.ask("admin", "POST", "/shipments", and(and(parcelTo("S-3"), "location", "wells"), "book", object{})).is(201)
	open := s.ask("admin", "GET", "/purchases?state=intent,unsure,stuck", nil).is(200)
	purchase := "/purchases/" + open.text("items.0.id")
	s.write("POST", purchase+"/decide", object{"bought": true, "carrier_id": "C1", "tracking_numbers": []string{"DEAF3"}}, purchase)
	manifest := "/manifests/" + s.ask("admin", "POST", "/manifests", object{"location": "wells", "connection": "deaf"}).is(201).text("id")
	s.write("POST", manifest+"/decide", object{"closed": false}, manifest)
}

func (s *stale) hooks() {
	hook := "/webhooks/" + s.ask("admin", "POST", "/webhooks", object{"url": "https://hooks.example/in"}).is(201).text("id")
	s.write("PATCH", hook, object{"name": "shop"}, hook)
	s.write("POST", hook+"/pause", nil, hook)
	s.write("POST", hook+"/resume", nil, hook)
	s.write("POST", hook+"/secret", nil, hook)
	delivery := "/deliveries/" + s.ask("admin", "POST", hook+"/test", nil).is(202).text("id")
	s.app.Drain(s.t)
	s.write("POST", delivery+"/replay", nil, delivery)
	s.write("DELETE", hook, nil, hook)
}

// example is the body that the document shows for an operation.
func (s *stale) example(method, path string) any {
	return s.doc.Paths.Value(path).GetOperation(method).RequestBody.Value.Content.Get("application/json").Example
}
