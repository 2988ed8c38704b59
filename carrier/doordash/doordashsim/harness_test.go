package doordashsim_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill/carrier/doordash/doordashsim"
	"waybill/internal/fixture"
	"waybill/internal/steadytest"
)

// monday is when tests begin: seven in the morning in Los Angeles.
var monday = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

// transport makes a new connection for each call: one that mischief cut must not be tried again.
var transport http.RoundTripper = &http.Transport{DisableKeepAlives: true}

type doc = map[string]any

// desk is a client of the simulator behind real HTTP, with a clock and the right access key.
type desk struct {
	t     *testing.T
	sim   *doordashsim.Sim
	clock *fixture.Manual
	url   string
	token func() string
}

func open(t *testing.T, opts doordashsim.Options) *desk {
	t.Helper()
	d := &desk{t: t, clock: fixture.NewManual(monday)}
	opts.Clock = d.clock
	sim, err := doordashsim.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		sim.Close()
		server.Close()
	})
	d.sim, d.url = sim, server.URL
	d.token = func() string { return sign(doordashsim.DefaultSigningSecret, header(), claims(d.clock.Now())) }
	return d
}

func header() doc { return doc{"alg": "HS256", "typ": "JWT", "dd-ver": "DD-JWT-V1"} }

func claims(now time.Time) doc {
	return doc{
		"aud": "doordash", "iss": doordashsim.DefaultDeveloperID, "kid": doordashsim.DefaultKeyID,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
}

// sign makes a JWT by hand.
func sign(secret string, header, claims doc) string {
	part := func(v any) string {
		data, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(header) + "." + part(claims)
	key, _ := base64.RawURLEncoding.DecodeString(secret)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   doc
	text   string
}

func (a answer) str(name string) string {
	text, _ := a.body[name].(string)
	return text
}

func (d *desk) send(method, path string, body any) (answer, error) {
	var data []byte
	if body != nil {
		data, _ = json.Marshal(body)
	}
	req, err := http.NewRequest(method, d.url+path, bytes.NewReader(data))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token())
	hung := func() int {
		return d.sim.Mischief().Hung(doordashsim.OpCreate) + d.sim.Mischief().Hung(doordashsim.OpAccept)
	}
	before := hung()
	ctx, done := steadytest.DeadlineWhen(func() bool { return hung() > before })
	defer done()
	res, err := (&http.Client{Transport: transport}).Do(req.WithContext(ctx))
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	out := answer{status: res.StatusCode, header: res.Header, text: string(all)}
	_ = json.Unmarshal(all, &out.body) // garbage is none
	return out, err
}

func (d *desk) call(method, path string, body any) answer {
	d.t.Helper()
	got, err := d.send(method, path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	return got
}

// order is a body that DoorDash takes, with some members replaced.
func order(id string, more doc) doc {
	out := doc{
		"external_delivery_id": id, "pickup_address": "901 Market Street 6th Floor, San Francisco, CA 94103", "pickup_phone_number": "+16505555555",
		"dropoff_address": "1 Harbor Way, Oakland, CA 94607", "dropoff_phone_number": "+16505555556", "order_value": 1999,
		"dropoff_contact_given_name": "John", "dropoff_contact_family_name": "Doe", "pickup_reference_tag": "Order " + id,
	}
	maps.Copy(out, more)
	return out
}

func (d *desk) create(id string, more doc) answer {
	d.t.Helper()
	got := d.call("POST", "/drive/v2/deliveries", order(id, more))
	if got.status != http.StatusOK {
		d.t.Fatalf("create: %d %s", got.status, got.text)
	}
	return got
}

func (d *desk) get(id string) answer { return d.call("GET", "/drive/v2/deliveries/"+id, nil) }

func (d *desk) refused(got answer, status int, code, detail string) {
	d.t.Helper()
	if got.status != status || got.str("code") != code || !strings.Contains(got.text, detail) {
		d.t.Errorf("got %d %s, want %d %s %s", got.status, got.text, status, code, detail)
	}
}
