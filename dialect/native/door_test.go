package native_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"waybill"
)

func TestWhoAsks(t *testing.T) {
	w := begin(t)
	me := w.ask("operations", "GET", "/me", nil).is(200)
	if me.text("role") != "operations" || me.text("scopes") != "[read rate ship]" || me.text("account.name") != "shop" {
		t.Error(string(me.body))
	}
	if w.ask("test", "GET", "/me", nil).is(200).get("test") != true {
		t.Error("a test key does not say so")
	}
	w.ask("", "GET", "/me", nil).refused(401, waybill.ReasonTokenMissing)
	w.ask("", "GET", "/me", nil, with{"Authorization", "Bearer wb_live_" + strings.Repeat("x", 36)}).refused(401, waybill.ReasonTokenBad)
	w.ask("", "GET", "/me", nil, with{"Authorization", "Bearer no.such.token"}).refused(401, waybill.ReasonTokenBad)
	r, err := http.NewRequest("GET", w.url+"/me", nil)
	w.check(err)
	r.SetBasicAuth(w.key["admin"], "")
	response, err := http.DefaultClient.Do(r)
	w.check(err)
	defer response.Body.Close()
	if response.StatusCode != 200 {
		t.Error("a key is not taken as user name:", response.StatusCode)
	}
}

func TestTokensOfClients(t *testing.T) {
	w := begin(t)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"oauth"}, "client_secret": {"oauth-secret"}}.Encode()
	token := w.ask("", "POST", "/oauth/token", form, with{"Content-Type", "application/x-www-form-urlencoded"}).is(200)
	again := w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": "oauth", "client_secret": "oauth-secret"}).is(200)
	for _, a := range []answer{token, again} {
		me := w.ask("", "GET", "/me", nil, with{"Authorization", "Bearer " + a.text("access_token")}).is(200)
		if me.text("name") != "OAuth" || a.header.Get("Cache-Control") != "no-store" {
			t.Error(string(me.body))
		}
	}
	w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": "oauth", "client_secret": "wrong"}).refused(401, waybill.ReasonLogin)
	w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "password"}).refused(422, waybill.ReasonFields)
}

func TestTheDoorAnswersInProblems(t *testing.T) {
	w := begin(t)
	w.ask("admin", "GET", "/nothing", nil).refused(404, waybill.ReasonUnknownRoute)
	w.ask("admin", "GET", "/shipments//", nil).refused(404, waybill.ReasonUnknownRoute)
	if a := w.ask("admin", "DELETE", "/me", nil).refused(405, waybill.ReasonMethod); a.header.Get("Allow") != "GET, HEAD" {
		t.Error(a.header)
	}
	w.ask("admin", "POST", "/shipments", strings.Repeat(" ", 1<<20+1)).refused(413, waybill.ReasonTooLarge)
	w.ask("admin", "POST", "/shipments", "<a/>", with{"Content-Type", "text/xml"}).refused(415, waybill.ReasonBadType)
	w.ask("admin", "POST", "/shipments", "{").refused(400, waybill.ReasonBadJSON)
	if a := w.ask("admin", "GET", "/nothing", nil, with{"X-Request-Id", "mine-1"}); a.text("severity") != "hard" || a.text("request_id") == "" || !strings.HasSuffix(a.text("type"), "/docs#unknown_route") {
		t.Error(string(a.body))
	}
}

func TestTheDocumentIsServed(t *testing.T) {
	w := begin(t)
	var document struct{ OpenAPI string }
	w.check(json.Unmarshal(w.ask("", "GET", "/openapi.json", nil).is(200).body, &document))
	if document.OpenAPI != "3.1.0" {
		t.Error(document.OpenAPI)
	}
	w.ask("", "GET", "/openapi.yaml", nil).is(200)
	page := string(w.ask("", "GET", "/docs", nil).is(200).body)
	for _, want := range []string{`id="get-me"`, `id="token_bad"`, "/api/v1/me"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if strings.Contains(page, "src=") || strings.Contains(page, `href="http`) || strings.Contains(page, "url(") || strings.Contains(page, "<script") {
		t.Error("the page wants something from elsewhere")
	}
	w.ask("", "GET", "/", nil).is(200)
}

func TestLimitsAreTold(t *testing.T) {
	w := begin(t)
	h := w.ask("admin", "GET", "/me", nil).is(200).header
	if h.Get("RateLimit-Limit") != "1000" || h.Get("RateLimit-Remaining") != "999" || h.Get("RateLimit-Reset") != "1" {
		t.Error(h)
	}
	var last answer
	for range 1000 {
		if last = w.ask("admin", "GET", "/me", nil); last.status != 200 {
			break
		}
	}
	last.refused(429, waybill.ReasonRateLimit)
	if last.header.Get("Retry-After") == "" || last.text("retry_after") == "" || last.header.Get("RateLimit-Remaining") != "0" || last.text("severity") != "transient" {
		t.Error(last.header, string(last.body))
	}
}

// TestABodyThatCannotBeReadAsItIsIsNotGuessedAt: what would be kept with other characters than were meant is refused.
func TestABodyThatCannotBeReadAsItIsIsNotGuessedAt(t *testing.T) {
	w := begin(t)
	packed := []with{{"Content-Encoding", "gzip"}}
	latin := []with{{"Content-Type", "application/json; charset=iso-8859-1"}}
	for body, test := range map[string]struct {
		headers []with
		status  int
		reason  waybill.Reason
	}{
		"{\"name\": \"Caf\xe9\"}":     {nil, 400, waybill.ReasonBadJSON},
		"{\"name\": \"Caf\xe9 two\"}": {latin, 415, waybill.ReasonBadType},
		"\x1f\x8b\x08":                {packed, 415, waybill.ReasonBadType},
	} {
		w.ask("admin", "POST", "/tags", body, test.headers...).refused(test.status, test.reason)
	}
	w.ask("admin", "POST", "/tags", `{"name": "Café"}`, with{"Content-Type", `application/json; charset="UTF-8"`}, with{"Content-Encoding", "identity"}).is(201)
	if tags := w.ask("admin", "GET", "/tags?limit=100", nil).is(200); strings.Contains(string(tags.body), "\uFFFD") {
		t.Error("a damaged name was kept:", string(tags.body))
	}
}
