package upssim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"waybill/carrier/ups/upssim"
	"waybill/internal/fixture"
)

// monday is when tests begin: ten in the morning in New York.
var monday = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// transport makes a new connection for each call: one that mischief cut must not be tried again.
var transport http.RoundTripper = &http.Transport{DisableKeepAlives: true}

// desk is a client at the simulator's counter: one simulator behind real HTTP, a clock, and a token.
type desk struct {
	t     *testing.T
	sim   *upssim.Sim
	clock *fixture.Manual
	url   string
	token string
	http  *http.Client
}

func open(t *testing.T, opts upssim.Options) *desk {
	t.Helper()
	clock := fixture.NewManual(monday)
	if opts.Clock == nil {
		opts.Clock = clock
	}
	sim, err := upssim.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		sim.Close()
		server.Close()
	})
	d := &desk{t: t, sim: sim, clock: clock, url: server.URL, http: &http.Client{Transport: transport}}
	d.login()
	return d
}

func (d *desk) login() {
	d.t.Helper()
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode())
	req, err := http.NewRequest(http.MethodPost, d.url+"/security/v1/oauth/token", form)
	if err != nil {
		d.t.Fatal(err)
	}
	req.SetBasicAuth(upssim.DefaultClientID, upssim.DefaultClientSecret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got := d.do(req)
	got.wants(d.t, http.StatusOK, "token")
	d.token = got.text("access_token")
}

// later lets time pass, and logs in again for tokens that did not live to see it.
func (d *desk) later(by time.Duration) {
	d.t.Helper()
	d.clock.Advance(by)
	d.login()
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	doc    any
}

func (d *desk) do(req *http.Request) answer {
	d.t.Helper()
	res, err := d.http.Do(req)
	if err != nil {
		d.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, body: body}
	_ = json.Unmarshal(body, &a.doc) // some answers are not JSON
	return a
}

// request prepares a call with token, headers and, when body is not nil, JSON.
func (d *desk) request(method, path string, body any) *http.Request {
	d.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, d.url+path, reader)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("transId", "test")
	req.Header.Set("transactionSrc", "test")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func (d *desk) call(method, path string, body any) answer {
	d.t.Helper()
	return d.do(d.request(method, path, body))
}

// ship books and returns the answer, which must be a success that the schema allows.
func (d *desk) ship(o sample) answer {
	d.t.Helper()
	got := d.call("POST", "/api/shipments/v2409/ship", o.body)
	got.wants(d.t, http.StatusOK, "ship")
	return got
}

func (d *desk) track(number string) answer {
	d.t.Helper()
	got := d.call("GET", "/api/track/v1/details/"+number, nil)
	got.wants(d.t, http.StatusOK, "track")
	return got
}

// control drives the simulator over its own API.
func (d *desk) control(method, path string, body any) answer {
	d.t.Helper()
	return d.call(method, "/_sim/"+path, body)
}

// at follows member names and indexes through a decoded document; nil when there is nothing.
func at(doc any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := doc.(map[string]any)
			doc = object[step]
		case int:
			list, _ := doc.([]any)
			if step >= len(list) {
				return nil
			}
			doc = list[step]
		}
	}
	return doc
}

func (a answer) at(path ...any) any { return at(a.doc, path...) }

func (a answer) text(path ...any) string {
	text, _ := a.at(path...).(string)
	return text
}

// wants checks the status and, for a success, the body against its schema.
func (a answer) wants(t *testing.T, status int, schema string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status = %d, want %d: %s", a.status, status, a.body)
	}
	if status == http.StatusOK {
		judge(t, schema+".response", a.body)
	}
}

// refused checks a refusal: status, code, and a word that its message must contain.
func (a answer) refused(t *testing.T, status int, code, word string) {
	t.Helper()
	judge(t, "fault.response", a.body)
	if a.status != status || a.text("response", "errors", 0, "code") != code {
		t.Fatalf("answer = %d %s, want %d with code %s", a.status, a.body, status, code)
	}
	if !strings.Contains(a.text("response", "errors", 0, "message"), word) {
		t.Errorf("message = %s, want it to name %q", a.body, word)
	}
}

// id is the shipment number of a ship answer.
func (a answer) id() string {
	return a.text("ShipmentResponse", "ShipmentResults", "ShipmentIdentificationNumber")
}
