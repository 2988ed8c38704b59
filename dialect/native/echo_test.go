package native_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestNoSecretIsToldAgain: neither where it is refused nor in the log of requests.
func TestNoSecretIsToldAgain(t *testing.T) {
	w := begin(t)
	const secret = "s3cr3t"
	for _, c := range []struct {
		method, path string
		body         object
		status       int
	}{
		{"POST", "/users", object{"email": "a@shop.example", "role": "admin", "password": secret}, 422},
		{"POST", "/sessions", object{"email": "a@shop.example", "password": []string{secret}}, 422},
		{"POST", "/connections", object{"carrier": "house", "credentials": secret}, 422},
		{"POST", "/connections", object{"carrier": "house", "credentials": object{"client_secret": []string{secret}, "user": []string{secret}}}, 422},
		{"POST", "/connections", object{"carrier": "house", "credentials": object{"account": 5733733}}, 422},
		{"POST", "/webhooks", object{"url": "https://hooks.example/in", "secret": secret}, 422},
		{"POST", "/webhooks", object{"url": "https://hooks.example/in", "token": []string{secret}}, 422},
		{"POST", "/webhooks", object{"url": "https://shop:" + secret + "@hooks.example/in"}, 422},
		{"POST", "/webhooks", object{"url": "https://hooks.example/in?a=1&key=" + secret + "&token=" + secret}, 201},
	} {
		a := w.ask("admin", c.method, c.path, c.body).is(c.status)
		if c.status == 422 && (a.count("errors") == 0 || strings.Contains(string(a.body), secret) || strings.Contains(string(a.body), "5733733")) {
			t.Errorf("%s: %s", c.path, a.body)
		}
	}
	log := w.ask("admin", "GET", "/requests?limit=100", nil).is(200)
	if log.count("items") < 8 {
		t.Fatalf("%d requests are in the log", log.count("items"))
	}
	for i := range log.count("items") {
		entry := w.ask("admin", "GET", "/requests/"+log.text(fmt.Sprintf("items.%d.id", i)), nil).is(200)
		if text := string(entry.body); strings.Contains(text, secret) || strings.Contains(text, "5733733") {
			t.Errorf("the log has it: %s", text)
		}
	}
	if a := w.ask("admin", "POST", "/webhooks", object{"url": "https://hooks.example/in", "dialect": "klingon"}).is(422); a.text("errors.0.value") != "klingon" {
		t.Errorf("what is no secret is told: %s", a.body)
	}
}
