package native_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
)

func bearer(key string) with { return with{"Authorization", "Bearer " + key} }

func TestAPIKeys(t *testing.T) {
	w := begin(t)
	made := w.ask("admin", "POST", "/api-keys", map[string]any{"name": "Till", "role": "operations", "scopes": []string{"rate", "read"}, "test": true}, with{"Idempotency-Key", "till"}).is(201)
	key, one := made.text("key"), "/api-keys/"+made.text("id")
	if !strings.HasPrefix(key, "wb_test_") || !strings.HasPrefix(key, made.text("prefix")) || made.header.Get("Cache-Control") != "no-store" {
		t.Error(string(made.body))
	}
	if again := w.ask("admin", "POST", "/api-keys", map[string]any{"name": "Till", "role": "operations", "scopes": []string{"rate", "read"}, "test": true}, with{"Idempotency-Key", "till"}).is(201); again.text("key") != key {
		t.Error("the repeat has another key")
	}
	if self := w.ask("admin", "GET", "/api-keys/self", nil).is(200); self.text("name") != "admin" {
		t.Error(string(self.body))
	}
	if me := w.ask("", "GET", "/me", nil, bearer(key)).is(200); me.text("scopes") != "[read rate]" || me.text("test") != "true" {
		t.Error(string(me.body))
	}
	for _, path := range []string{one, "/api-keys", "/audit"} {
		if a := w.ask("admin", "GET", path, nil).is(200); strings.Contains(string(a.body), key) {
			t.Errorf("%s shows the key", path)
		}
	}
	w.ask("developer", "POST", "/api-keys", map[string]any{"name": "Mine", "role": "admin"}).refused(403, waybill.ReasonRole)
	w.ask("test", "POST", "/api-keys", map[string]any{"name": "Mine", "role": "read-only"}).refused(403, waybill.ReasonRole)
	w.ask("operations", "GET", "/api-keys", nil).refused(403, waybill.ReasonRole)
	if bad := w.ask("admin", "POST", "/api-keys", map[string]any{"name": "x", "role": "operations", "scopes": []string{"admin"}}).refused(422, waybill.ReasonFields); bad.text("errors.0.path") != "scopes[0]" {
		t.Error(string(bad.body))
	}
	rotated := w.ask("admin", "POST", one+"/rotate", map[string]any{"grace_hours": 2}).is(201)
	for _, k := range []string{key, rotated.text("key")} {
		w.ask("", "GET", "/me", nil, bearer(k)).is(200)
	}
	if old := w.ask("admin", "GET", one, nil).is(200); old.text("replaced_by") != rotated.text("id") || old.text("expires_at") != "2026-11-23T11:00:00Z" {
		t.Error(string(old.body))
	}
	w.ask("stranger", "DELETE", one, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("stranger", "POST", one+"/rotate", nil).refused(404, waybill.ReasonUnknownRecord)
	if gone := w.ask("admin", "DELETE", one, nil).is(200); gone.text("revoked_at") == "" {
		t.Error(string(gone.body))
	}
	w.ask("", "GET", "/me", nil, bearer(key)).refused(401, waybill.ReasonTokenBad)
}

// TestTheUseOfAKeyIsNoChangeOfIt: who read a key may change it by what was read, however often it is used meanwhile.
func TestTheUseOfAKeyIsNoChangeOfIt(t *testing.T) {
	w := begin(t)
	read := w.ask("admin", "GET", "/api-keys/self", nil).is(200)
	w.app.Clock.Advance(3 * time.Hour)
	w.ask("admin", "GET", "/me", nil).is(200)
	later := w.ask("admin", "GET", "/api-keys/self", nil).is(200)
	if later.text("last_used_at") == read.text("last_used_at") || later.text("last_used_at") == "" {
		t.Errorf("the use was not noted: %s", later.body)
	}
	if later.header.Get("ETag") != read.header.Get("ETag") || later.text("updated_at") != read.text("updated_at") {
		t.Errorf("the use changed it: %s %s", later.header.Get("ETag"), later.body)
	}
	w.ask("admin", "POST", "/api-keys/"+read.text("id")+"/rotate", object{"grace_hours": 1}, with{"If-Match", read.header.Get("ETag")}).is(201)
}

func TestOAuthClients(t *testing.T) {
	w := begin(t)
	made := w.ask("developer", "POST", "/clients", map[string]any{"name": "Shop system", "role": "operations"}).is(201)
	token := func(secret string) answer {
		return w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": made.text("client_id"), "client_secret": secret})
	}
	secret := made.text("client_secret")
	if me := w.ask("", "GET", "/me", nil, bearer(token(secret).is(200).text("access_token"))).is(200); me.text("name") != "Shop system" {
		t.Error(string(me.body))
	}
	one := "/clients/" + made.text("id")
	if a := w.ask("developer", "GET", one, nil).is(200); strings.Contains(string(a.body), secret) || a.text("client_secret") != "" {
		t.Error(string(a.body))
	}
	rotated := w.ask("developer", "POST", one+"/rotate", nil).is(200)
	token(secret).refused(401, waybill.ReasonLogin)
	token(rotated.text("client_secret")).is(200)
	w.ask("developer", "POST", "/clients", map[string]any{"name": "Root", "role": "admin"}).refused(403, waybill.ReasonRole)
	w.ask("developer", "PATCH", one, map[string]any{"role": "admin"}).refused(403, waybill.ReasonRole)
	if a := w.ask("developer", "PATCH", one, map[string]any{"client_id": nil}).refused(422, waybill.ReasonFields); a.text("errors.0.path") != "client_id" {
		t.Error(string(a.body))
	}
	w.ask("test", "POST", "/clients", map[string]any{"name": "Root", "role": "operations"}).refused(403, waybill.ReasonRole)
	w.ask("stranger", "POST", one+"/rotate", nil).refused(404, waybill.ReasonUnknownRecord)
	off := w.ask("developer", "PATCH", one, map[string]any{"disabled": true}).is(200)
	if off.text("disabled") != "true" {
		t.Error(string(off.body))
	}
	token(rotated.text("client_secret")).refused(401, waybill.ReasonLogin)
	w.ask("developer", "DELETE", one, nil, with{"If-Match", off.header.Get("ETag")}).is(204)
	w.ask("developer", "GET", one, nil).refused(404, waybill.ReasonUnknownRecord)
	if list := w.ask("developer", "GET", "/clients", nil).is(200); list.text("items.0.client_id") != "oauth" {
		t.Error(string(list.body))
	}
}

// A parent makes a child, furnishes it without having been there, and sees it again; nobody else does.
func TestChildAccounts(t *testing.T) {
	w := begin(t)
	made := w.ask("admin", "POST", "/accounts", map[string]any{"name": "North", "settings": map[string]any{"currency": "EUR"}}).is(201)
	north := made.text("id")
	if made.text("parent") != string(w.id["shop"]) || made.text("settings.currency") != "EUR" {
		t.Error(string(made.body))
	}
	in := "?account=" + north
	w.ask("admin", "POST", "/locations"+in, map[string]any{"reference": "york", "name": "York", "address": map[string]any{"city": "York", "postcode": "YO1 7HH", "country": "GB"}}).is(201)
	key := w.ask("admin", "POST", "/api-keys"+in, map[string]any{"name": "North", "role": "admin"}).is(201)
	if list := w.ask("", "GET", "/locations", nil, bearer(key.text("key"))).is(200); list.count("items") != 1 || list.text("items.0.reference") != "york" || list.text("items.0.account") != north {
		t.Error(string(list.body))
	}
	if list := w.ask("admin", "GET", "/locations", nil).is(200); strings.Contains(string(list.body), "york") {
		t.Error("a child's place is in the parent's list")
	}
	w.ask("admin", "PATCH", "/locations/york"+in, map[string]any{"kind": "shop"}).is(200)
	if me := w.ask("", "GET", "/accounts/self", nil, bearer(key.text("key"))).is(200); me.text("name") != "North" {
		t.Error(string(me.body))
	}
	if list := w.ask("", "GET", "/accounts", nil, bearer(key.text("key"))).is(200); list.count("items") != 1 {
		t.Error("a child sees its family:", string(list.body))
	}
	if list := w.ask("admin", "GET", "/accounts?sort=created", nil).is(200); list.count("items") != 3 || list.text("items.2.name") != "North" {
		t.Error(string(list.body))
	}
	if got := w.ask("admin", "PATCH", "/accounts/North", map[string]any{"settings": map[string]any{"default_location": "york"}}, with{"If-Match", made.header.Get("ETag")}).is(200); got.text("settings.default_location") == "" || got.text("settings.currency") != "EUR" {
		t.Error(string(got.body))
	}
	w.ask("", "DELETE", "/locations/york", nil, bearer(key.text("key"))).refused(409, waybill.ReasonInUse)
	w.ask("admin", "PATCH", "/accounts/North", map[string]any{"name": "N"}, with{"If-Match", made.header.Get("ETag")}).refused(412, waybill.ReasonVersion)
	w.ask("admin", "POST", "/accounts", map[string]any{"name": "North"}).refused(409, waybill.ReasonTaken)
	for _, who := range []string{"stranger", "child"} {
		absent := w.ask(who, "GET", "/accounts/0123456789abcdef01234567", nil).refused(404, waybill.ReasonUnknownRecord)
		for _, a := range []answer{
			w.ask(who, "GET", "/accounts/"+north, nil), w.ask(who, "PATCH", "/accounts/"+north, map[string]any{"name": "Mine"}),
			w.ask(who, "GET", "/accounts/"+north+"/access", nil), w.ask(who, "POST", "/api-keys"+in, map[string]any{"name": "x", "role": "admin"}),
			w.ask(who, "GET", "/users"+in, nil), w.ask(who, "GET", "/audit"+in, nil),
		} {
			if a.is(404).text("detail") != absent.text("detail") {
				t.Error(string(a.body))
			}
		}
	}
	w.ask("operations", "GET", "/accounts", nil).refused(403, waybill.ReasonRole)
	w.ask("operations", "GET", "/locations"+in, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("parent", "GET", "/locations?account="+string(w.id["child"]), nil).is(200)
	if log := w.ask("admin", "GET", "/audit?kind=account", nil).is(200); log.text("items.1.action") != "created" || log.text("items.0.fields") != "[settings.default_location]" {
		t.Error(string(log.body))
	}
	if log := w.ask("", "GET", "/audit?kind=location", nil, bearer(key.text("key"))).is(200); log.count("items") != 2 || log.text("items.0.actor.name") != "admin" {
		t.Error("a child does not see what its parent did:", string(log.body))
	}
}

func TestAccessLists(t *testing.T) {
	w := begin(t)
	one := "/accounts/self/access"
	if got := w.ask("admin", "GET", one, nil).is(200); got.count("ips") != 0 || got.count("origins") != 0 {
		t.Error(string(got.body))
	}
	if bad := w.ask("admin", "PUT", one, map[string]any{"ips": []string{"192.0.2.0/24", "everywhere"}, "origins": []string{}}).refused(422, waybill.ReasonFields); bad.text("errors.0.path") != "ips[1]" {
		t.Error(string(bad.body))
	}
	if out := w.ask("admin", "PUT", one, map[string]any{"ips": []string{"203.0.113.9"}, "origins": []string{}}).refused(422, waybill.ReasonFields); !strings.Contains(out.text("detail"), "shut out") {
		t.Error(string(out.body))
	}
	w.ask("admin", "PUT", one, map[string]any{"ips": []string{"192.0.2.0/24"}, "origins": []string{"https://shop.example"}}).is(200)
	if out := w.ask("admin", "GET", "/me", nil, with{"Origin", "https://elsewhere.example"}).refused(403, waybill.ReasonOrigin); out.header.Get("RateLimit-Limit") != "1000" {
		t.Error("who is kept out is not told of the limit:", out.header)
	}
	shared := w.ask("admin", "GET", "/me", nil, with{"Origin", "https://shop.example"}).is(200).header.Get("Access-Control-Expose-Headers")
	for _, name := range []string{"ETag", "Idempotent-Replayed", "Retry-After", "RateLimit-Remaining", "X-Request-Id"} {
		if !strings.Contains(strings.ToLower(shared), strings.ToLower(name)) {
			t.Errorf("a web page cannot read %s: %s", name, shared)
		}
	}
	w.ask("admin", "GET", "/me", nil, with{"Origin", "https://shop.example"}).is(200)
	child := "/accounts/" + string(w.id["child"]) + "/access"
	w.ask("admin", "PUT", child, map[string]any{"ips": []string{"203.0.113.9"}, "origins": []string{}}).is(200)
	if out := w.ask("child", "GET", "/me", nil).refused(403, waybill.ReasonIP); out.header.Get("RateLimit-Remaining") == "" {
		t.Error("who is kept out is not told of the limit:", out.header)
	}
	if out := w.ask("stranger", "GET", "/me", nil, with{"Waybill-Account", string(w.id["shop"])}); out.status < 400 || out.header.Get("RateLimit-Remaining") == "" {
		t.Error("who may not work there is not told of the limit:", out.status, out.header)
	}
	w.ask("admin", "PUT", child, map[string]any{"ips": []string{}, "origins": []string{}}).is(200)
	w.ask("child", "GET", "/me", nil).is(200)
	w.ask("developer", "PUT", one, map[string]any{"ips": []string{}, "origins": []string{}}).refused(403, waybill.ReasonRole)
}

func TestNobodyLocksHimselfOut(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/users", map[string]any{"email": "a@shop.example", "role": "admin", "password": "short"}).refused(422, waybill.ReasonFields)
	made := w.ask("admin", "POST", "/users", map[string]any{"email": "a@shop.example", "role": "admin", "password": "correct horse"}).is(201)
	if strings.Contains(string(made.body), "horse") || strings.Contains(string(made.body), "argon") {
		t.Error(string(made.body))
	}
	w.ask("stranger", "POST", "/users", map[string]any{"email": "a@shop.example", "role": "admin"}).refused(409, waybill.ReasonTaken)
	client := w.ask("admin", "POST", "/clients", map[string]any{"name": "Root", "role": "admin"}).is(201)
	token := w.ask("", "POST", "/oauth/token", map[string]string{"grant_type": "client_credentials", "client_id": client.text("client_id"), "client_secret": client.text("client_secret")}).is(200)
	w.ask("", "DELETE", "/clients/"+client.text("id"), nil, bearer(token.text("access_token"))).refused(409, waybill.ReasonInUse)
}
