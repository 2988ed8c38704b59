package native_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
)

// TestAKeyIsChanged: its name, end, scopes and grants, and never to more than whoever changes it has.
func TestAKeyIsChanged(t *testing.T) {
	w := begin(t)
	made := w.ask("admin", "POST", "/api-keys", object{"name": "Till", "role": "operations"}).is(201)
	key, one := made.text("key"), "/api-keys/"+made.text("id")
	end := start.Add(48 * time.Hour)
	changed := w.ask("admin", "PATCH", one, object{"name": " Night ", "scopes": []string{"read", "rate"}, "grants": []string{"child"}, "expires_at": end}, with{"If-Match", made.header.Get("ETag")}).is(200)
	if changed.text("name") != "Night" || changed.text("scopes") != "[read rate]" || changed.text("grants") != "["+string(w.id["child"])+"]" || changed.text("role") != "operations" {
		t.Error(string(changed.body))
	}
	if at, err := time.Parse(time.RFC3339, changed.text("expires_at")); err != nil || !at.Equal(end) {
		t.Error(string(changed.body))
	}
	if strings.Contains(string(changed.body), key) {
		t.Error("the change shows the key")
	}
	w.ask("admin", "PATCH", one, object{"name": "Day"}, with{"If-Match", made.header.Get("ETag")}).refused(412, waybill.ReasonVersion)
	if me := w.ask("", "GET", "/me", nil, bearer(key)).is(200); me.text("scopes") != "[read rate]" || me.text("children.0.id") != string(w.id["child"]) {
		t.Error(string(me.body))
	}
	w.ask("", "POST", "/shipments", parcelTo("K-1"), bearer(key)).refused(403, waybill.ReasonRole)
	if wide := w.ask("admin", "PATCH", one, object{"scopes": nil, "grants": []string{}, "expires_at": nil}).is(200); wide.text("scopes") != "" || wide.text("expires_at") != "" || wide.text("grants") != "" {
		t.Error(string(wide.body))
	}
	w.ask("", "POST", "/shipments", parcelTo("K-1"), bearer(key)).is(201)
	if log := w.ask("admin", "GET", "/audit?kind=api_key", nil).is(200); log.text("items.0.action") != "changed" || log.text("items.0.actor.name") != "admin" {
		t.Error(string(log.body))
	}

	for path, body := range map[string]object{
		"scopes[0]":  {"scopes": []string{"admin"}},
		"grants[0]":  {"grants": []string{"nope"}},
		"expires_at": {"expires_at": start.Add(-time.Hour)},
		"name":       {"name": "  "},
	} {
		if a := w.ask("admin", "PATCH", one, body).refused(422, waybill.ReasonFields); a.text("errors.0.path") != path {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	for _, fixed := range []object{{"role": "admin"}, {"test": true}} {
		w.ask("admin", "PATCH", one, fixed).is(422)
	}
	w.ask("stranger", "PATCH", one, object{"name": "x"}).refused(404, waybill.ReasonUnknownRecord)
	w.ask("operations", "PATCH", one, object{"name": "x"}).refused(403, waybill.ReasonRole)
	w.ask("test", "PATCH", one, object{"name": "x"}).refused(403, waybill.ReasonRole)

	// Who may less than a key leaves it alone, and who may less than its role gives it no more of that.
	admins := "/api-keys/" + w.ask("admin", "POST", "/api-keys", object{"name": "Boss", "role": "admin"}).is(201).text("id")
	w.ask("developer", "PATCH", admins, object{"name": "x"}).refused(403, waybill.ReasonRole)
	narrow := w.ask("admin", "POST", "/api-keys", object{"name": "Narrow", "role": "admin", "scopes": []string{"read", "develop"}}).is(201)
	w.ask("developer", "PATCH", "/api-keys/"+narrow.text("id"), object{"scopes": nil}).refused(403, waybill.ReasonRole)
	w.ask("developer", "PATCH", one, object{"grants": []string{"child"}}).is(403)
	w.ask("", "PATCH", "/api-keys/self", object{"scopes": nil}, bearer(narrow.text("key"))).refused(403, waybill.ReasonRole)
	w.ask("", "PATCH", "/api-keys/self", object{"name": "Narrower", "scopes": []string{"read"}}, bearer(narrow.text("key"))).is(200)
	w.ask("", "GET", "/api-keys", nil, bearer(narrow.text("key"))).refused(403, waybill.ReasonRole)

	w.ask("admin", "POST", one+"/rotate", nil).is(201)
	w.ask("admin", "PATCH", one, object{"expires_at": nil}).refused(409, waybill.ReasonTaken)
	w.ask("admin", "DELETE", admins, nil).is(200)
	w.ask("admin", "PATCH", admins, object{"name": "x"}).refused(409, waybill.ReasonTaken)
}
