package delhiverysim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/carrier/delhivery/delhiverysim"
	"waybill/internal/fixture"
	"waybill/label/labeltest"
)

// monday is when tests begin: ten in the morning in India.
var monday = time.Date(2026, 11, 23, 4, 30, 0, 0, time.UTC)

// desk is a client at the simulator's counter: one simulator behind real HTTP, and a clock.
type desk struct {
	t     *testing.T
	sim   *delhiverysim.Sim
	clock *fixture.Manual
	url   string
}

func open(t *testing.T, opts delhiverysim.Options) *desk {
	t.Helper()
	clock := fixture.NewManual(monday)
	opts.Clock = clock
	sim, err := delhiverysim.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		_ = sim.Close()
		server.Close()
	})
	return &desk{t: t, sim: sim, clock: clock, url: server.URL}
}

// call makes a call with the token and reads the answer.
func (d *desk) call(method, path, kind, body string) (int, string) {
	d.t.Helper()
	req, err := http.NewRequest(method, d.url+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Token "+delhiverysim.DefaultToken)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err.Error()
	}
	return res.StatusCode, string(out)
}

const formKind = "application/x-www-form-urlencoded"

type order map[string]any

// one is an order that is accepted.
func one(change order) order {
	o := order{
		"name": "Asha Rao", "order": "k-1", "phone": "+919845011223", "add": "14 Residency Road", "pin": 560025, "payment_mode": "Prepaid",
		"products_desc": "Mug", "total_amount": "100.00", "weight": "450", "shipping_mode": "Surface",
	}
	for name, value := range change {
		o[name] = value
	}
	return o
}

type created struct {
	Success  bool   `json:"success"`
	Rmk      string `json:"rmk"`
	Upload   string `json:"upload_wbn"`
	Packages []struct {
		Status  string   `json:"status"`
		Waybill string   `json:"waybill"`
		Refnum  string   `json:"refnum"`
		Remarks []string `json:"remarks"`
	} `json:"packages"`
}

func (d *desk) create(orders ...order) created {
	d.t.Helper()
	data, err := json.Marshal(map[string]any{"pickup_location": order{"name": delhiverysim.DefaultPlace}, "shipments": orders})
	if err != nil {
		d.t.Fatal(err)
	}
	status, body := d.call("POST", "/api/cmu/create.json", formKind, "format=json&data="+url.QueryEscape(string(data)))
	var out created
	if err := json.Unmarshal([]byte(body), &out); err != nil || status != 200 {
		d.t.Fatalf("%d %s", status, body)
	}
	return out
}

// TestWhatWasBookedSurvives a restart, byte for byte and number for number.
func TestWhatWasBookedSurvives(t *testing.T) {
	file := filepath.Join(t.TempDir(), "delhivery.jsonl")
	d := open(t, delhiverysim.Options{StateFile: file, Seed: 3})
	booked := d.create(one(nil))
	d.call("GET", "/waybill/api/bulk/json/?count=3", "", "")
	d.call("POST", "/fm/request/new/", "application/json", `{"pickup_time":"18:00:00","pickup_date":"2026-11-23","pickup_location":"`+delhiverysim.DefaultPlace+`","expected_package_count":1}`)
	if _, err := d.sim.Advance(booked.Packages[0].Waybill, "dispatched"); err != nil {
		t.Fatal(err)
	}
	before := d.sim.State()
	if err := d.sim.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from the shortened file
		again := open(t, delhiverysim.Options{StateFile: file, Seed: 3})
		after := again.sim.State()
		if fmt.Sprint(after.Parcels) != fmt.Sprint(before.Parcels) || fmt.Sprint(after.Pickups) != fmt.Sprint(before.Pickups) || after.Issued != 3 || after.Spent != before.Spent {
			t.Errorf("before %+v\nafter %+v", before, after)
		}
		other := again.create(one(order{"order": fmt.Sprint("k-", time.Now().UnixNano())}))
		if n := other.Packages[0].Waybill; n <= booked.Packages[0].Waybill {
			t.Errorf("the number %s was given again", n)
		}
		before = again.sim.State()
		if err := again.sim.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRefusals: each in Delhivery's words, with status 200, and nothing booked.
func TestRefusals(t *testing.T) {
	d := open(t, delhiverysim.Options{})
	first := d.create(one(nil)).Packages[0]
	for remark, change := range map[string]order{
		"Duplicate order id":       {},
		"Duplicate waybill":        {"order": "k-2", "waybill": first.Waybill},
		"Unable to consume":        {"order": "k-2", "waybill": "14900000009999"},
		"Incorrect phone number":   {"order": "k-2", "phone": "12345"},
		"Non serviceable pincode":  {"order": "k-2", "pin": delhiverysim.PinUnknown},
		"for COD":                  {"order": "k-2", "pin": delhiverysim.PinNoCOD, "payment_mode": "COD", "cod_amount": 5},
		"COD amount is mandatory":  {"order": "k-2", "payment_mode": "COD"},
		"oid does not pass":        {"order": strings.Repeat("x", 50)},
		"Invalid payment mode":     {"order": "k-2", "payment_mode": "prepaid"},
		"to return to":             {"order": "k-2", "payment_mode": "Pickup"},
		"shipment_type is for":     {"order": "k-2", "shipment_type": "SPS"},
		"Waybill and master_id":    {"order": "k-2", "shipment_type": "MPS", "master_id": "1"},
		"Suspicious order":         {"order": "k-2", "name": delhiverysim.FailSuspicious},
		"exceeded the available c": {"order": "k-2", "name": delhiverysim.FailCapacity},
	} {
		out := d.create(one(change))
		if out.Success || out.Rmk == "" || len(out.Packages) != 1 || out.Packages[0].Status != "Fail" || !strings.Contains(out.Packages[0].Remarks[0], remark) {
			t.Errorf("%s: %+v", remark, out)
		}
	}
	for _, change := range []order{{"products_desc": "Other"}, {"total_amount": 101}, {"name": "Other"}} { // one of the six differs
		if out := d.create(one(change)); !out.Success {
			t.Errorf("%v: %+v", change, out)
		}
	}
	if n := len(d.sim.State().Parcels); n != 4 {
		t.Errorf("%d are booked", n)
	}
}

// TestBodiesOfACreate: what is not in the documented form is not read.
func TestBodiesOfACreate(t *testing.T) {
	d := open(t, delhiverysim.Options{})
	raw := `{"pickup_location":{"name":"` + delhiverysim.DefaultPlace + `"},"shipments":[{"name":"A","order":"k","phone":"9845011223","add":"B","pin":"560025","payment_mode":"Prepaid"}]}`
	for name, tt := range map[string]struct{ path, kind, body, want string }{
		"encoded":     {"/api/cmu/create.json", formKind, "format=json&data=" + url.QueryEscape(raw), `"success":true`},
		"raw":         {"/api/cmu/create.json", formKind, "format=json&data=" + strings.Replace(raw, `"k"`, `"k2"`, 1), `"success":true`},
		"raw and &":   {"/api/cmu/create.json", formKind, "format=json&data=" + strings.Replace(raw, `"A"`, `"A & B"`, 1), "Unable to parse"},
		"slash":       {"/api/cmu/create.json/", formKind, "format=json&data=" + url.QueryEscape(raw), "format key missing"},
		"JSON":        {"/api/cmu/create.json", "application/json", raw, "format key missing"},
		"no format":   {"/api/cmu/create.json", formKind, "data=" + url.QueryEscape(raw), "format key missing"},
		"other place": {"/api/cmu/create.json", formKind, "format=json&data=" + url.QueryEscape(strings.Replace(raw, "Warehouse", "warehouse", 1)), "ClientWarehouse matching query does not exist"},
		"place alone": {"/api/cmu/create.json", formKind, "format=json&data=" + url.QueryEscape(`{"pickup_location":"X","shipments":[]}`), "must be an object"},
	} {
		if status, body := d.call("POST", tt.path, tt.kind, tt.body); status != 200 || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

// TestMagicWords in a booking spoil its answer; those who are answered badly are booked or not, as the kind says.
func TestMagicWords(t *testing.T) {
	for word, want := range map[string]struct {
		status int
		sold   int
	}{"Outage Otis": {503, 0}, "Drop Dover": {0, 1}, "Fail Fallon": {500, 1}, "Limit Lane": {403, 0}, "Garbage Grove": {200, 1}} {
		for _, escape := range []func(string) string{url.QueryEscape, url.PathEscape} {
			d := open(t, delhiverysim.Options{})
			data, err := json.Marshal(map[string]any{"pickup_location": order{"name": delhiverysim.DefaultPlace}, "shipments": []order{one(order{"name": word})}})
			if err != nil {
				t.Fatal(err)
			}
			status, body := d.call("POST", "/api/cmu/create.json", formKind, "format=json&data="+strings.ReplaceAll(escape(string(data)), "&", "%26"))
			if n := len(d.sim.State().Parcels); status != want.status || n != want.sold {
				t.Errorf("%s: %d %s, %d booked", word, status, body, n)
			}
		}
	}
}

// TestManyAtOnce: no number is given twice and no order is booked twice.
func TestManyAtOnce(t *testing.T) {
	d := open(t, delhiverysim.Options{StateFile: filepath.Join(t.TempDir(), "s.jsonl")})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 5 {
				d.create(one(order{"order": fmt.Sprint("k-", i%4, "-", j)})) // each order id twice
				d.sim.State()
			}
		})
	}
	wg.Wait()
	state := d.sim.State()
	seen := map[string]bool{}
	for _, p := range state.Parcels {
		if seen[p.Waybill] || state.Bookings[p.Order] != 1 {
			t.Errorf("%s of %s: %d bookings", p.Waybill, p.Order, state.Bookings[p.Order])
		}
		seen[p.Waybill] = true
	}
	if len(state.Parcels) != 20 {
		t.Errorf("%d parcels", len(state.Parcels))
	}
}

// TestALabel is fetched from its signed address without the token, says that it is a sample, and can be scanned.
func TestALabel(t *testing.T) {
	d := open(t, delhiverysim.Options{})
	number := d.create(one(nil)).Packages[0].Waybill
	for _, size := range []string{"4R", "A4"} {
		_, body := d.call("GET", "/api/p/packing_slip?pdf=true&wbns="+number+",77&pdf_size="+size, "", "")
		var slip struct {
			Packages []struct {
				Link string `json:"pdf_download_link"`
			} `json:"packages"`
			Found int `json:"packages_found"`
		}
		if err := json.Unmarshal([]byte(body), &slip); err != nil || slip.Found != 1 {
			t.Fatalf("%s: %v", body, err)
		}
		link := slip.Packages[0].Link
		if status, _ := d.call("GET", strings.TrimPrefix(link, d.url), "", ""); status != 400 {
			t.Errorf("with the token: %d", status)
		}
		if status, _ := get(t, strings.Replace(link, number, "77", 1)); status != 403 {
			t.Errorf("another's label: %d", status)
		}
		status, pdf := get(t, link)
		if status != 200 || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Fatalf("%d %.40s", status, pdf)
		}
		scan(t, pdf, number)
		d.clock.Advance(25 * time.Hour)
		if status, _ := get(t, link); status != 403 {
			t.Errorf("after a day: %d", status)
		}
	}
}

// TestUnderAPrefix: a simulator that is served beside others names its labels' addresses as they are reached.
func TestUnderAPrefix(t *testing.T) {
	d := open(t, delhiverysim.Options{})
	number := d.create(one(nil)).Packages[0].Waybill
	server := httptest.NewServer(http.StripPrefix("/delhivery", d.sim))
	t.Cleanup(server.Close)
	d.url = server.URL + "/delhivery"
	_, body := d.call("GET", "/api/p/packing_slip?pdf=true&pdf_size=4R&wbns="+number, "", "")
	_, rest, _ := strings.Cut(body, `"pdf_download_link":"`)
	link, _, _ := strings.Cut(rest, `"`)
	if status, pdf := get(t, strings.ReplaceAll(link, `\u0026`, "&")); status != 200 || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("%d %s", status, link)
	}
}

func get(t *testing.T, link string) (int, []byte) {
	t.Helper()
	res, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

// scan reads a label with tools that know nothing of us.
func scan(t *testing.T, pdf []byte, number string) {
	t.Helper()
	if codes := labeltest.Numbers(t, pdf, 203); !slices.Equal(codes, []string{number}) {
		t.Errorf("the scanner reads %q", codes)
	}
	if text := labeltest.Text(t, pdf); !strings.Contains(text, "SAMPLE") || !strings.Contains(text, "Asha Rao") {
		t.Errorf("the label says %s", text)
	}
}

// TestWithoutTheToken: refused, in the form that the call is known for.
func TestWithoutTheToken(t *testing.T) {
	d := open(t, delhiverysim.Options{})
	for path, want := range map[string]string{
		"/api/v1/packages/json/?waybill=1":    `401 {"detail"`,
		"/api/dc/expected_tat?mot=S":          `403 {"detail"`,
		"/waybill/api/bulk/json/?count=1":     `401 "Authentication`,
		"/api/p/packing_slip?wbns=1":          `401 There has been`,
		"/c/api/pin-codes/json/?filter_codes": `401 {"detail"`,
	} {
		status, body := get(t, d.url+path)
		if got := fmt.Sprintf("%d %s", status, body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if status, body := get(t, d.url+"/waybill/api/fetch/json/?cl=&token="+delhiverysim.DefaultToken); status != 200 || !bytes.HasPrefix(body, []byte(`"1490`)) {
		t.Errorf("the token in the query: %d %s", status, body)
	}
}

// TestControl: what a person at a terminal can do.
func TestControl(t *testing.T) {
	d := open(t, delhiverysim.Options{Pace: time.Minute})
	number := d.create(one(nil)).Packages[0].Waybill
	for _, tt := range []struct{ body, want string }{
		{``, `"status": "picked_up"`},
		{`{"to":"ndr"}`, `"status": "ndr"`},
		{`{"to":"rto"}`, `"status": "rto"`},
		{`{"to":"delivered"}`, "come to its end"},
		{`{"to":"moon"}`, "unknown status"},
	} {
		if _, body := d.call("POST", "/_sim/parcels/"+number+"/advance", "", tt.body); !strings.Contains(body, tt.want) {
			t.Errorf("%s: %s", tt.body, body)
		}
	}
	other := d.create(one(order{"order": "k-2"})).Packages[0].Waybill
	d.call("POST", "/_sim/clock", "", `{"advance":"6m"}`) // six steps at the pace
	for _, p := range d.sim.State().Parcels {
		if p.Waybill == other && p.Status != "delivered" {
			t.Errorf("after six minutes: %+v", p)
		}
	}
	if _, body := d.call("GET", "/_sim/state", "", ""); !strings.Contains(body, `"create": 2`) {
		t.Errorf("%s", body)
	}
}
