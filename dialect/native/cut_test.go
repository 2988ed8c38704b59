package native_test

import (
	"testing"
	"time"
)

// TestAStreamEndsWithItsKey: what happens after a key was revoked, or ran out, is not heard with it, and the stream is over.
func TestAStreamEndsWithItsKey(t *testing.T) {
	for name, end := range map[string]func(w *world, id string){
		"revoked": func(w *world, id string) { w.ask("admin", "DELETE", "/api-keys/"+id, nil).is(200) },
		"expired": func(w *world, _ string) { w.app.Clock.Advance(2 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			made := w.ask("admin", "POST", "/api-keys", object{"name": "Ear", "role": "read-only", "expires_at": start.Add(time.Hour)}).is(201)
			w.key["ear"] = made.text("key")
			next := w.listen("ear", "")
			w.ask("admin", "POST", "/shipments", parcelTo("L-1")).is(201)
			if _, kind, _ := next(); kind != "shipment.created" {
				t.Fatalf("%q was heard", kind)
			}
			end(w, made.text("id"))
			w.ask("admin", "POST", "/shipments", parcelTo("L-2")).is(201)
			if _, kind, data := next(); kind != "" {
				t.Errorf("it goes on: %s %s", kind, data)
			}
		})
	}
}

// TestAStreamEndsWithItsPerson: who was disabled hears nothing more, nor does who logged out.
func TestAStreamEndsWithItsPerson(t *testing.T) {
	for name, end := range map[string]func(w *world){
		"disabled":   func(w *world) { w.ask("admin", "PATCH", "/users/pat@shop.example", object{"disabled": true}).is(200) },
		"logged out": func(w *world) { w.ask("pat", "DELETE", "/sessions/self", nil).is(204) },
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			pat := w.person("pat@shop.example", "operations")
			w.key["pat"] = w.ask("", "POST", "/sessions", pat).is(201).text("token")
			next := w.listen("pat", "")
			end(w)
			w.ask("admin", "POST", "/shipments", parcelTo("L-1")).is(201)
			if _, kind, data := next(); kind != "" {
				t.Errorf("it goes on: %s %s", kind, data)
			}
		})
	}
}
