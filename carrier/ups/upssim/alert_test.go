package upssim_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill/carrier/ups/upssim"
)

func TestTrackAlertPushesWhatHappensAfterSubscribing(t *testing.T) {
	var got []string
	refuse := false
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("X-Key") != "s3cret" || r.Header.Get("User-Agent") != "UPSPubSubTrackingService" {
			t.Errorf("callback: headers %v, %v", r.Header, err)
		}
		judge(t, "track-event.request", body)
		got = append(got, string(body))
		if refuse {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer client.Close()

	d := open(t, upssim.Options{})
	d.control("POST", "callback", doc{"url": client.URL, "header": "X-Key", "credential": "s3cret"})
	id := d.ship(order("PUSH", "1")).id()
	d.ship(order("QUIET", "1"))
	subscribed := d.call("POST", "/api/track/v2/subscription/standard/package", doc{"locale": "en_US", "countryCode": "US", "trackingNumberList": []string{id, "1Znot"}})
	subscribed.wants(t, 200, "subscribe")
	if subscribed.text("validTrackingNumbers", 0) != id || subscribed.text("invalidTrackingNumbers", 0) != "1Znot" {
		t.Errorf("subscription = %s", subscribed.body)
	}

	push := func() int {
		t.Helper()
		got = nil
		n, err := d.sim.Push(context.Background())
		if err != nil && !refuse {
			t.Fatal(err)
		}
		return n
	}
	if n := push(); n != 0 {
		t.Errorf("history was pushed: %q", got)
	}
	d.later(8 * time.Hour)
	if n := push(); n != 1 || !strings.Contains(got[0], id) || !strings.Contains(got[0], `"code":"PU"`) {
		t.Errorf("pushed %d: %q, want the pickup", n, got)
	}
	if _, err := d.sim.Advance(id, "delivered"); err != nil {
		t.Fatal(err)
	}
	if n := push(); n < 5 || !strings.Contains(got[n-1], `"actualDeliveryDate":"20261123"`) {
		t.Errorf("pushed %d: %q, want everything up to the delivery", n, got)
	}
	if n := push(); n != 0 {
		t.Errorf("pushed twice: %q", got)
	}

	second := d.ship(order("LOST", "1")).id()
	d.call("POST", "/api/track/v2/subscription/enhanced/package", doc{"locale": "en_US", "trackingNumberList": []string{second}}).wants(t, 200, "subscribe")
	refuse = true
	d.later(24 * time.Hour)
	if n := push(); n != 0 || len(got) == 0 {
		t.Errorf("accepted %d of %d", n, len(got))
	}
	refuse = false
	if n := push(); n != 0 {
		t.Error("an event that the client refused came again")
	}
	d.later(15 * 24 * time.Hour)
	if n := push(); n != 0 {
		t.Error("a subscription outlived its fourteen days")
	}
}

func TestSubscriptionRefusals(t *testing.T) {
	d := open(t, upssim.Options{})
	subscribe := func(kind string, body doc) answer {
		return d.call("POST", "/api/track/v2/subscription/"+kind+"/package", body)
	}
	numbers := []string{"1Z5R89390357567127"}
	subscribe("weekly", doc{"locale": "en_US", "trackingNumberList": numbers}).refused(t, 400, "VSS930", "Type")
	subscribe("standard", doc{"trackingNumberList": numbers}).refused(t, 400, "VSS300", "Locale")
	subscribe("standard", doc{"locale": "english", "trackingNumberList": numbers}).refused(t, 400, "VSS310", "locale")
	subscribe("standard", doc{"locale": "en_US"}).refused(t, 400, "VSS200", "Tracking Number List")
	subscribe("standard", doc{"locale": "en_US", "trackingNumberList": []string{"x"}}).refused(t, 400, "VSS210", "at least one")
	subscribe("standard", doc{"locale": "en_US", "trackingNumberList": make([]string, 101)}).refused(t, 400, "VSS220", "100")
}
