package peddler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

// root is the path of the seeded carrier; old is that of 2023.
const (
	root = "/api/Carriers/" + carrierID + "/"
	old  = "/api/carrier/" + carrierID + "/"
)

// admin is the command line of the installation, in the seed account.
func admin(t *testing.T, app *dialecttest.App) engine.Session {
	t.Helper()
	s := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "admin", Role: waybill.RoleAdmin})
	s.Actor.Account = accountOf(t, app).ID
	return s
}

func accountOf(t *testing.T, app *dialecttest.App) waybill.Account {
	t.Helper()
	accounts, err := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).ListAccounts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		if a.Name == "seed" {
			return a
		}
	}
	t.Fatal("there is no account seed")
	return waybill.Account{}
}

// shipment is what is stored under a metaData.
func shipment(t *testing.T, app *dialecttest.App, reference string) waybill.Shipment {
	t.Helper()
	sh, err := admin(t, app).GetShipment(context.Background(), engine.GetShipment{Ref: engine.Ref{Reference: reference}})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

// given does one line of a given section.
func given(t *testing.T, app *dialecttest.App, line string) {
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	do, known := givens[verb]
	if !known {
		t.Fatalf("given: nobody knows %q", line)
	}
	do(t, app, rest)
}

var givens = map[string]func(*testing.T, *dialecttest.App, string){
	"scan":    scan,     // scan METADATA TRANSIT | PLACE | RECIPIENT | REASON | TEXT | LAT,LNG | PARCEL
	"hold":    hold,     // hold: a rule that holds everything
	"lynkup":  lynkup,   // lynkup METADATA: a shipment that came in through another API
	"return":  comeBack, // return METADATA: a return label is made
	"limit":   setLimit, // limit N: requests a minute
	"jobs":    func(t *testing.T, app *dialecttest.App, _ string) { app.Drain(t) },
	"cancel":  cancel, // cancel METADATA
	"advance": advance,
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("given: %v", err)
	}
}

func advance(t *testing.T, app *dialecttest.App, text string) {
	d, err := time.ParseDuration(text)
	must(t, err)
	app.Clock.Advance(d)
}

func scan(t *testing.T, app *dialecttest.App, text string) {
	word := strings.Split(text, "|")
	for i := range word {
		word[i] = strings.TrimSpace(word[i])
	}
	word = append(word, "", "", "", "", "", "")
	reference, transit, _ := strings.Cut(word[0], " ")
	s := waybill.Scan{Status: waybill.Transit(transit), At: app.Clock.Now(), Place: word[1], Recipient: word[2], Reason: word[3], Text: word[4]}
	if lat, lng, ok := strings.Cut(word[5], ","); ok {
		s.Point = &waybill.Point{Lat: degrees(t, lat), Lng: degrees(t, lng)}
	}
	sh := shipment(t, app, reference)
	number := sh.Tracking
	if word[6] != "" {
		n, err := strconv.Atoi(word[6])
		must(t, err)
		number = sh.Parcels[n-1].Tracking
	}
	_, err := admin(t, app).RecordScan(context.Background(), engine.RecordScan{Number: number, Scan: s})
	must(t, err)
}

func degrees(t *testing.T, text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	must(t, err)
	return f
}

func hold(t *testing.T, app *dialecttest.App, _ string) {
	_, err := admin(t, app).SaveRule(context.Background(), waybill.Rule{
		Name: "everything waits", Importance: 1, When: []byte(`{"all":[]}`), Then: []byte(`[{"do":"hold","reason":"somebody has to look"}]`),
	})
	must(t, err)
}

func cancel(t *testing.T, app *dialecttest.App, reference string) {
	_, err := admin(t, app).CancelShipment(context.Background(), engine.CancelShipment{Ref: engine.Ref{Reference: reference}})
	must(t, err)
}

func comeBack(t *testing.T, app *dialecttest.App, reference string) {
	sh := shipment(t, app, reference)
	_, err := admin(t, app).CreateReturn(context.Background(), engine.CreateReturn{
		Reference: reference, Postcode: sh.To.Address.Postcode, Service: 77, Expiry: "2026-12-10", Reasons: []string{"too small"},
	})
	must(t, err)
}

func setLimit(t *testing.T, app *dialecttest.App, text string) {
	account := accountOf(t, app)
	n, err := strconv.Atoi(text)
	must(t, err)
	account.Settings.Limits = map[string]waybill.RateLimit{"peddler": {Requests: n, Period: time.Minute}}
	_, err = app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(context.Background(), account)
	must(t, err)
}

// lynkup books a shipment with the seeded carrier as another dialect would: a name in two parts, pounds, inches.
func lynkup(t *testing.T, app *dialecttest.App, reference string) {
	s := admin(t, app)
	s.Actor.Dialect = "lynkup"
	starts, ends := app.Clock.Now().Add(24*time.Hour), app.Clock.Now().Add(26*time.Hour)
	_, err := s.CreateShipment(context.Background(), engine.CreateShipment{Location: "AMS-1", Shipment: waybill.Shipment{
		Reference: reference, DeliveryTime: waybill.Window{Starts: &starts, Ends: &ends}, Choice: waybill.Choice{Connection: carrierID, Proposed: []waybill.Pick{{Services: []string{"EXPRESS_1200"}}}},
		To: waybill.Party{
			Contact: waybill.Contact{First: "Saskia", Last: "van Uylenburgh"},
			Address: waybill.Address{Street1: "Jodenbreestraat 4", City: "Amsterdam", Postcode: "1011 NK", Country: "NL"},
		},
		Parcels: []waybill.Parcel{{
			Name: "custom", Weight: waybill.Weight{Value: "2", Unit: waybill.Pound}, Size: waybill.Size{Length: "10", Width: "8", Height: "4", Unit: waybill.Inch},
		}},
	}})
	must(t, err)
}

// ask sends a request to an app as its seeded client and answers status and body.
func ask(t *testing.T, app *dialecttest.App, first, body string) (int, []byte) {
	t.Helper()
	method, target, _ := strings.Cut(first, " ")
	r := httptest.NewRequest(method, target, bytes.NewReader([]byte(body)))
	r.Header.Set("Authorization", app.Authorization)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

// must200 is ask for requests that must succeed; the answer is decoded into v.
func must200(t *testing.T, app *dialecttest.App, first, body string, v any) {
	t.Helper()
	status, answer := ask(t, app, first, body)
	if err := json.Unmarshal(answer, v); err != nil || status != 200 {
		t.Fatalf("%s: %d %s (%v)", first, status, answer, err)
	}
}

// courierDriver is a carrier of the tests' own, which is asked over the network: what it does with a shipment stands
// in the street it goes to. "silent" takes it, but the answer gets lost.
func courierDriver() carrier.Driver {
	return carrier.Driver{
		Name: "courier", Title: "Courier", Services: []carrier.ServiceInfo{{Code: "NEXT_DAY_48", Name: "Next day"}},
		Formats: []waybill.LabelFormat{waybill.FormatFace},
		Open:    func(carrier.Settings, carrier.Env) (carrier.Adapter, error) { return courier{}, nil },
	}
}

type courier struct{}

func (courier) Quote(context.Context, carrier.QuoteRequest) ([]waybill.Rate, error) {
	return []waybill.Rate{{Service: "NEXT_DAY_48", ServiceName: "Next day", Total: waybill.Money{Minor: 512, Currency: "EUR"}}}, nil
}

func (courier) Ship(_ context.Context, r carrier.ShipRequest) (carrier.Booking, error) {
	number := "CX" + r.Shipment.Reference
	face := waybill.Face{Carrier: "Courier", TrackingNumber: number, Piece: 1, Pieces: 1, From: r.Shipment.From, To: r.Shipment.To}
	b := carrier.Booking{
		Receipt: waybill.Receipt{CarrierID: number, TrackingURL: "https://courier.example/" + r.Shipment.Reference, Numbers: []string{number}, Price: waybill.Money{Minor: 512, Currency: "EUR"}},
		Labels:  []waybill.Label{{Format: waybill.FormatFace, Face: &face}},
	}
	switch r.Shipment.To.Address.Street1 {
	case "silent":
		e := waybill.E("courier.ship", waybill.ReasonCarrierOutage, "no answer")
		e.Unsure = true
		return carrier.Booking{}, e
	case "refuse":
		e := waybill.E("courier.ship", waybill.ReasonCarrierAddress, "the street does not exist")
		e.Fault = &waybill.CarrierFault{Carrier: "courier", Code: "17", Message: "STREET UNKNOWN", Status: 400}
		return carrier.Booking{}, e
	}
	return b, nil
}

func (courier) Track(_ context.Context, r carrier.TrackRequest) ([]waybill.Tracking, error) {
	list := make([]waybill.Tracking, len(r.Numbers))
	for i, number := range r.Numbers {
		list[i] = waybill.Tracking{Number: number, Unknown: true}
	}
	return list, nil
}
