package native_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
)

// person makes a person and answers how they log in.
func (w *world) person(email, role string) object {
	w.ask("admin", "POST", "/users", object{"email": email, "role": role, "password": "correct horse battery"}).is(201)
	return object{"email": email, "password": "correct horse battery"}
}

func TestAPersonLogsInAndOut(t *testing.T) {
	w := begin(t)
	pat := w.person("pat@shop.example", "operations")
	in := w.ask("", "POST", "/sessions", pat, with{"User-Agent", "Browser/1"}).is(201)
	token := in.text("token")
	if in.text("user.email") != "pat@shop.example" || in.text("agent") != "Browser/1" || in.header.Get("Set-Cookie") != "" || in.header.Get("Cache-Control") != "no-store" {
		t.Error(string(in.body), in.header)
	}
	me := w.ask("", "GET", "/me", nil, bearer(token)).is(200)
	if me.text("user.role") != "operations" || me.text("session.id") != in.text("id") || me.text("scopes") != "[read rate ship]" || me.text("kind") != "user" {
		t.Error(string(me.body))
	}
	w.ask("", "GET", "/shipments", nil, bearer(token)).is(200)
	w.ask("", "GET", "/users", nil, bearer(token)).refused(403, waybill.ReasonRole)

	other := w.ask("", "POST", "/sessions", pat, with{"User-Agent", "Phone/1"}).is(201)
	list := w.ask("", "GET", "/sessions", nil, bearer(token)).is(200)
	if list.count("items") != 2 || strings.Contains(string(list.body), token) {
		t.Error(string(list.body))
	}
	w.app.Clock.Advance(6 * time.Minute)
	if used := w.ask("", "GET", "/sessions", nil, bearer(token)).is(200); !strings.Contains(string(used.body), "2026-11-23T09:06:00Z") {
		t.Error("the last use is not shown:", string(used.body))
	}
	third := w.ask("", "POST", "/sessions", pat).is(201)
	w.ask("", "DELETE", "/sessions/"+third.text("id"), nil, bearer(token)).is(204)
	w.ask("", "GET", "/me", nil, bearer(third.text("token"))).refused(401, waybill.ReasonTokenBad)
	w.ask("", "DELETE", "/sessions", nil, bearer(token)).is(204)
	w.ask("", "GET", "/me", nil, bearer(other.text("token"))).refused(401, waybill.ReasonTokenBad)
	w.ask("", "GET", "/me", nil, bearer(token)).is(200)
	w.ask("", "DELETE", "/sessions/self", nil, bearer(token)).is(204)
	w.ask("", "GET", "/me", nil, bearer(token)).refused(401, waybill.ReasonTokenBad)

	eve := w.person("eve@shop.example", "admin")
	hers := w.ask("", "POST", "/sessions", eve).is(201)
	again := w.ask("", "POST", "/sessions", pat).is(201)
	w.ask("", "DELETE", "/sessions/"+again.text("id"), nil, bearer(hers.text("token"))).refused(404, waybill.ReasonUnknownRecord)
	w.ask("admin", "GET", "/sessions", nil).refused(403, waybill.ReasonRole)
	w.app.Clock.Advance(13 * time.Hour)
	w.ask("", "GET", "/me", nil, bearer(again.text("token"))).refused(401, waybill.ReasonTokenExpired)
	if log := w.ask("admin", "GET", "/audit?kind=session", nil).is(200); log.count("items") < 6 || log.text("items.0.actor.name") == "" {
		t.Error(string(log.body))
	}
}

// TestSessionsEnd: another password, being disabled, and an administrator end them, at once and for good.
func TestSessionsEnd(t *testing.T) {
	w := begin(t)
	pat := w.person("pat@shop.example", "operations")
	login := func() string { return w.ask("", "POST", "/sessions", pat).is(201).text("token") }
	good := func(token string) bool {
		a := w.ask("", "GET", "/me", nil, bearer(token))
		return a.status == 200
	}
	mine, other := login(), login()
	wrong := w.ask("", "PUT", "/me/password", object{"old_password": "wrong", "new_password": "another horse altogether"}, bearer(mine)).refused(422, waybill.ReasonFields)
	if wrong.text("errors.0.path") != "old_password" {
		t.Error(string(wrong.body))
	}
	w.ask("", "PUT", "/me/password", object{"old_password": pat["password"], "new_password": "another horse altogether"}, bearer(mine)).is(204)
	if !good(mine) || good(other) {
		t.Error("a new password must end the other sessions, and this one not")
	}
	w.ask("", "POST", "/sessions", pat).refused(401, waybill.ReasonLogin)
	pat["password"] = "another horse altogether"
	other = login()

	w.ask("admin", "PATCH", "/users/pat@shop.example", object{"password": "set by an administrator"}).is(200)
	if good(mine) || good(other) {
		t.Error("a session outlives an administrator's reset")
	}
	pat["password"] = "set by an administrator"
	mine = login()
	w.ask("admin", "PATCH", "/users/pat@shop.example", object{"disabled": true}).is(200)
	w.ask("", "POST", "/sessions", pat).refused(401, waybill.ReasonLogin)
	if good(mine) {
		t.Error("a session outlives its person")
	}
	w.ask("admin", "PATCH", "/users/pat@shop.example", object{"disabled": false}).is(200)
	if good(mine) {
		t.Error("a session comes back to life")
	}
	mine = login()
	w.ask("admin", "DELETE", "/users/pat@shop.example/sessions", nil).is(204)
	w.ask("stranger", "DELETE", "/users/pat@shop.example/sessions", nil).refused(404, waybill.ReasonUnknownRecord)
	if good(mine) {
		t.Error("an administrator cannot log a person out")
	}
	w.ask("admin", "PUT", "/me/password", object{"old_password": "x", "new_password": "another horse altogether"}).refused(403, waybill.ReasonRole)
}

// TestGuessingHasToWait: five wrong passwords, and even the right one has to wait; another address need not.
func TestGuessingHasToWait(t *testing.T) {
	w := begin(t)
	pat := w.person("pat@shop.example", "operations")
	for range 5 {
		unknown := w.ask("", "POST", "/sessions", object{"email": "nobody@shop.example", "password": "x"}).refused(401, waybill.ReasonLogin)
		wrong := w.ask("", "POST", "/sessions", object{"email": "pat@shop.example", "password": "x"}).refused(401, waybill.ReasonLogin)
		if string(unknown.body) != string(wrong.body) && unknown.text("detail") != wrong.text("detail") {
			t.Error("who is a person here can be told:", string(unknown.body), string(wrong.body))
		}
	}
	if late := w.ask("", "POST", "/sessions", pat).refused(429, waybill.ReasonRateLimit); late.header.Get("Retry-After") != "900" {
		t.Error(late.header)
	}
	w.ask("", "POST", "/sessions", object{"email": "nobody@shop.example", "password": "x"}).refused(429, waybill.ReasonRateLimit)
	w.app.Clock.Advance(15 * time.Minute)
	w.ask("", "POST", "/sessions", pat).is(201)
}

// TestABrowserKeepsASession: in a cookie that no script reads, and that no other site can act with.
func TestABrowserKeepsASession(t *testing.T) {
	w := begin(t)
	pat := w.person("pat@shop.example", "operations")
	pat["cookie"] = true
	w.ask("", "POST", "/sessions", pat, with{"Origin", "https://evil.example"}).refused(403, waybill.ReasonOrigin)
	in := w.ask("", "POST", "/sessions", pat, with{"Origin", "http://waybill.test"}).is(201)
	set := in.header.Get("Set-Cookie")
	value, rest, _ := strings.Cut(set, ";")
	if in.get("token") != nil || strings.Contains(string(in.body), strings.TrimPrefix(value, "waybill_session=")) || !strings.Contains(rest, "HttpOnly") || !strings.Contains(rest, "SameSite=Lax") {
		t.Error(string(in.body), set)
	}
	cookie := with{"Cookie", value}
	w.ask("", "GET", "/shipments", nil, cookie).is(200)
	w.ask("", "POST", "/shipments", parcelTo("C-1"), cookie, with{"Sec-Fetch-Site", "same-origin"}).is(201)
	w.ask("", "POST", "/shipments", parcelTo("C-2"), cookie, with{"Sec-Fetch-Site", "cross-site"}).refused(403, waybill.ReasonOrigin)
	w.ask("", "POST", "/shipments", parcelTo("C-2"), cookie, with{"Origin", "https://evil.example"}).refused(403, waybill.ReasonOrigin)
	w.ask("", "DELETE", "/shipments/C-1", nil, cookie, with{"Origin", "https://evil.example"}).refused(403, waybill.ReasonOrigin)
	w.ask("admin", "GET", "/shipments/C-2", nil).refused(404, waybill.ReasonUnknownShipment)
	w.ask("admin", "POST", "/shipments", parcelTo("C-3"), cookie, with{"Origin", "https://evil.example"}).is(201) // a key is no cookie
	out := w.ask("", "DELETE", "/sessions/self", nil, cookie, with{"Origin", "http://waybill.test"}).is(204)
	if !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Error(out.header)
	}
	w.ask("", "GET", "/shipments", nil, cookie).refused(401, waybill.ReasonTokenBad)
}

// TestSavedViews are kept as the list would take them, and are their owner's until they are shared.
func TestSavedViews(t *testing.T) {
	w := begin(t)
	view := object{"name": "Late", "list": "shipments", "query": object{"booking": "failed,no_provider", "sort": "-updated"}, "columns": []string{"reference", "failure"}}
	made := w.ask("operations", "POST", "/saved-views", view).is(201)
	if made.text("query.booking") != "failed,no_provider" || made.text("columns") != "[reference failure]" {
		t.Error(string(made.body))
	}
	for path, bad := range map[string]object{
		"list":          {"name": "x", "list": "nothing"},
		"query.booking": {"name": "x", "list": "shipments", "query": object{"booking": "lost"}},
		"query.colour":  {"name": "x", "list": "shipments", "query": object{"colour": "red"}},
		"query.cursor":  {"name": "x", "list": "shipments", "query": object{"cursor": "n.x"}},
	} {
		if a := w.ask("operations", "POST", "/saved-views", bad).refused(422, waybill.ReasonFields); !strings.HasPrefix(a.text("errors.0.path"), path) {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	w.ask("read-only", "GET", "/saved-views/Late", nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("admin", "PATCH", "/saved-views/"+made.text("id"), object{"name": "Mine"}).refused(404, waybill.ReasonUnknownRecord)
	if list := w.ask("read-only", "GET", "/saved-views", nil).is(200); list.count("items") != 0 {
		t.Error(string(list.body))
	}
	w.ask("operations", "PATCH", "/saved-views/Late", object{"shared": true}).is(200)
	w.ask("operations", "PATCH", "/saved-views/Late", object{"query": object{"booking": "lost"}}).refused(422, waybill.ReasonFields)
	w.ask("read-only", "GET", "/saved-views/Late", nil).is(200)
	w.ask("stranger", "GET", "/saved-views/Late", nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("read-only", "PATCH", "/saved-views/Late", object{"columns": []string{"id"}}).refused(403, waybill.ReasonRole)
	w.ask("read-only", "DELETE", "/saved-views/Late", nil).refused(403, waybill.ReasonRole)
	w.ask("admin", "PATCH", "/saved-views/Late", object{"columns": []string{"id"}}).is(200)
	w.ask("operations", "DELETE", "/saved-views/Late", nil).is(204)
}
