package upssim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill/carrier/ups/upssim"
)

func TestTokenExpiresByTheSimulatorsClock(t *testing.T) {
	d := open(t, upssim.Options{})
	d.track("1Z5R89390357567127")
	d.clock.Advance(14398 * time.Second)
	d.track("1Z5R89390357567127")
	d.clock.Advance(time.Second)
	d.call("GET", "/api/track/v1/details/1Z5R89390357567127", nil).refused(t, 401, "250002", "Authentication")
	d.login()
	d.track("1Z5R89390357567127")
}

func TestEveryServiceWantsAToken(t *testing.T) {
	d := open(t, upssim.Options{})
	good := d.token
	for _, token := range []string{"", "nonsense", good + "0", strings.Replace(good, ".", ".1", 1)} {
		d.token = token
		for _, call := range [][2]string{
			{"POST", "/api/rating/v2409/Rate"}, {"POST", "/api/shipments/v2409/ship"}, {"DELETE", "/api/shipments/v2409/void/cancel/1Z5R89390357567127"},
			{"GET", "/api/track/v1/details/1Z5R89390357567127"}, {"GET", "/api/track/v1/reference/details/X"}, {"POST", "/api/labels/v1/recovery"},
			{"POST", "/api/pickupcreation/v2409/pickup"}, {"DELETE", "/api/shipments/v2409/pickup/02"}, {"POST", "/api/track/v2/subscription/standard/package"},
		} {
			d.call(call[0], call[1], doc{}).refused(t, 401, "250002", "Authentication")
		}
	}
}

func TestTokenRefusals(t *testing.T) {
	d := open(t, upssim.Options{})
	ask := func(id, secret, form string) answer {
		req, err := http.NewRequest(http.MethodPost, d.url+"/security/v1/oauth/token", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if id != "" {
			req.SetBasicAuth(id, secret)
		}
		return d.do(req)
	}
	const form = "grant_type=client_credentials"
	ask(upssim.DefaultClientID, "wrong", form).refused(t, 401, "10401", "Invalid")
	ask("wrong", upssim.DefaultClientSecret, form).refused(t, 401, "10401", "Invalid")
	ask("", "", form).refused(t, 401, "10400", "Authorization")
	ask(upssim.DefaultClientID, upssim.DefaultClientSecret, "grant_type=password").refused(t, 400, "10400", "password")
}

func TestWhatNobodyServesIsRefusedInTheSameShape(t *testing.T) {
	d := open(t, upssim.Options{})
	d.call("GET", "/api/nothing", nil).refused(t, 404, "404", "not found")
	d.call("GET", "/api/shipments/v2409/ship", nil).refused(t, 405, "405", "not allowed")
	d.call("POST", "/api/shipments/v1/ship", order("V", "1").body).refused(t, 400, "20002", "v1")
	req := d.request("POST", "/api/shipments/v2409/ship", order("V", "1").body)
	req.Header.Set("Content-Type", "text/plain")
	d.do(req).refused(t, 400, "10007", "Content Type")
}
