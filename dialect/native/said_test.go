package native_test

import (
	"testing"
)

// TestWhatACarrierSaidIsToldWhereverItFailed: its code and words, what they mean and what helps, and how long to wait; on
// the answer, when it is read again, and in the timeline.
func TestWhatACarrierSaidIsToldWhereverItFailed(t *testing.T) {
	w := begin(t)
	made := and(parcelTo("L-1"), "book", object{"connection": "sim"})
	made["to"].(object)["name"] = "Magic rate-limit"
	a := w.ask("admin", "POST", "/shipments", made).is(201)
	if a.text("booking") != "failed" || a.header.Get("Retry-After") != "30" || a.text("failure.retry_after") != "30" {
		t.Fatal(a.header, string(a.body))
	}
	got := w.ask("admin", "GET", "/shipments/L-1", nil).is(200)
	for member, want := range map[string]string{"code": "MAGIC-429", "message": "too many requests", "name": "house"} {
		if a.text("failure.carrier."+member) != want || got.text("failure.carrier."+member) != want {
			t.Errorf("%s: %s %s", member, a.text("failure.carrier"), got.text("failure.carrier"))
		}
	}
	if got.text("failure.carrier.cause") == "" || got.text("failure.carrier.remedy") == "" {
		t.Error(string(got.body))
	}
	told := map[string]bool{}
	moments := w.ask("admin", "GET", "/shipments/L-1/timeline", nil).is(200)
	for i := range moments.count("items") {
		at := "items." + string(rune('0'+i)) + "."
		for _, kind := range []string{"event", "purchase"} {
			if moments.text(at+kind+".fault.code") == "MAGIC-429" {
				told[kind] = true
			}
		}
	}
	if !told["event"] || !told["purchase"] {
		t.Errorf("the timeline has it of %v: %s", told, moments.body)
	}
}
