package peddler_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/dialect/dialecttest"
	"waybill/dialect/peddler"
	"waybill/engine"
	"waybill/label"
	"waybill/label/labeltest"
)

// result is one item of an answer.
type result struct{ ID, MetaData, TrackingNumber, Status, ErrorType, Error string }

// plain is a shipment with what is required and no more.
func plain(reference string) string {
	return `{"metaData": "` + reference + `", "deliveryAddress": {"name": "Titus", "address1": "Jodenbreestraat 4", "city": "Amsterdam", "postCode": "1011NK"}}`
}

// TestManyShipments: the answers stand in the order of the request, and every number is of Peddler's form.
func TestManyShipments(t *testing.T) {
	app := installation(t).Start(t)
	var bodies []string
	for i := range 60 {
		bodies = append(bodies, plain(fmt.Sprintf("M%d", i)))
	}
	var results []result
	must200(t, app, "POST "+root+"createShipments", "["+strings.Join(bodies, ",")+"]", &results)
	seen := map[string]bool{}
	for i, r := range results {
		n := r.TrackingNumber
		if r.MetaData != fmt.Sprintf("M%d", i) || r.Status != "ADDED" || seen[n] || len(n) != 19 || !strings.HasPrefix(n, "P2078048") || !label.Valid(label.Luhn, n[1:]) {
			t.Errorf("%d: %+v", i, r)
		}
		seen[n] = true
	}
	if len(results) != 60 {
		t.Errorf("%d results", len(results))
	}
}

// TestOneOfManyBooks: of creates with one metaData at the same moment one is ADDED, and the others are told so.
func TestOneOfManyBooks(t *testing.T) {
	app := installation(t).Start(t)
	var wait sync.WaitGroup
	results := make([][]result, 16)
	for i := range results {
		wait.Go(func() {
			_, body := ask(t, app, "POST "+root+"createShipments", "["+plain("same")+"]")
			_ = json.Unmarshal(body, &results[i])
		})
	}
	wait.Wait()
	added := 0
	for _, r := range results {
		switch {
		case len(r) != 1:
			t.Errorf("got %+v", r)
		case r[0].Status == "ADDED":
			added++
		case r[0].ErrorType != "OTHER":
			t.Errorf("got %+v", r[0])
		}
	}
	if added != 1 {
		t.Errorf("%d are ADDED", added)
	}
}

// TestLimits: what is too much of is refused as a whole, and what just fits is not.
func TestLimits(t *testing.T) {
	if got := peddler.Dialect().Limit; got != (waybill.RateLimit{Requests: 2000, Period: time.Minute}) {
		t.Errorf("the limit is %+v", got)
	}
	app := installation(t).Start(t)
	for _, c := range []struct {
		count, status int
	}{{100, 200}, {101, 422}} {
		list, _ := json.Marshal(make([]int, c.count))
		numbers := strings.ReplaceAll(string(list), "0", `"P1"`)
		status, body := ask(t, app, "GET "+root+"getShipmentStatuses?trackingNumbers="+strings.ReplaceAll(numbers, `"`, "%22"), "")
		if status != c.status {
			t.Errorf("%d numbers: %d %s", c.count, status, body)
		}
	}
	if status, body := ask(t, app, "POST "+root+"createShipments", "["+strings.Repeat("1,", 500)+"1]"); status != 422 {
		t.Errorf("501 shipments: %d %s", status, body)
	}
	if status, body := ask(t, app, "GET "+root+`getShipmentStatuses?trackingNumbers=[1`, ""); status != 422 {
		t.Errorf("a broken list: %d %s", status, body)
	}
}

// TestOtherCarriersShipments: a token of one carrier sees, changes, cancels and prints nothing of another's.
func TestOtherCarriersShipments(t *testing.T) {
	app := installation(t).Start(t)
	var results []result
	must200(t, app, "POST "+root+"createShipments", "["+plain("mine")+"]", &results)
	token, err := engine.Gate{Engine: app.Engine}.IssueToken(context.Background(), engine.Credentials{
		Dialect: "peddler", Kind: waybill.ActorClient, ID: clientID, Secret: clientSecret, Connection: "second",
	})
	if err != nil {
		t.Fatal(err)
	}
	other, number := *app, results[0].TrackingNumber
	other.Authorization = "Bearer " + token.Text
	const second = "/api/Carriers/second/"
	for first, body := range map[string]string{
		"POST " + second + "updateShipment/" + number:                  `{"deliveryEmail": "x@example.com"}`,
		"POST " + second + "cancelShipment/" + number:                  "",
		"GET " + second + "shippingLabel/zpl?trackingNumber=" + number: "",
	} {
		if status, answer := ask(t, &other, first, body); status != 404 {
			t.Errorf("%s: %d %s", first, status, answer)
		}
	}
	if status, answer := ask(t, &other, "POST "+second+"departedFacility", `{"trackingNumbers": ["`+number+`"]}`); status != 422 {
		t.Errorf("departed: %d %s", status, answer)
	}
	var inquiries []struct{ Packages []any }
	must200(t, &other, "GET "+second+"getShipmentStatuses?trackingNumbers="+number, "", &inquiries)
	if inquiries[0].Packages != nil {
		t.Errorf("another carrier's parcel is told of: %v", inquiries)
	}
	must200(t, &other, "PUT "+second+"updateShipments", `[{"metaData": "mine", "deliveryEmail": "x@example.com"}]`, &results)
	if results[0].Status != "ERROR" {
		t.Errorf("another carrier's shipment was changed: %+v", results[0])
	}
	if sh := shipment(t, app, "mine"); sh.Booking != waybill.Booked || sh.To.Contact.Email != "" || sh.Transit != waybill.LabelMade {
		t.Errorf("it is %s, %s now", sh.Booking, sh.Transit)
	}
}

// TestLevelsOfOtherCarriers: a service of any carrier that the account has named after a level is booked by it.
func TestLevelsOfOtherCarriers(t *testing.T) {
	app := installation(t).Start(t)
	_, err := admin(t, app).SaveService(context.Background(), waybill.Service{Carrier: "Slow", Driver: "courier", Code: "NEXT_DAY_48", Name: "EXPRESS_0900"})
	if err != nil {
		t.Fatal(err)
	}
	token, err := engine.Gate{Engine: app.Engine}.IssueToken(context.Background(), engine.Credentials{
		Dialect: "peddler", Kind: waybill.ActorClient, ID: clientID, Secret: clientSecret, Connection: "slow",
	})
	if err != nil {
		t.Fatal(err)
	}
	app.Authorization = "Bearer " + token.Text
	var results []result
	leveled := strings.Replace(plain("E9"), "{", `{"serviceLevel": "EXPRESS_0900", `, 1)
	must200(t, app, "POST /api/Carriers/slow/createShipments", "["+leveled+"]", &results)
	if results[0].Status != "ADDED" || shipment(t, app, "E9").Provider.Service != "NEXT_DAY_48" {
		t.Fatalf("got %+v", results[0])
	}
}

// TestPostcodes: those that the carrier's rate card serves and that exist, ascending, by the vendor's regions.
func TestPostcodes(t *testing.T) {
	app := installation(t).Start(t)
	type postcode struct{ ID, Region string }
	var list []postcode
	must200(t, app, "GET "+root+"postcodes", "", &list)
	regions := map[string]int{}
	for i, p := range list {
		regions[p.Region]++
		if len(p.ID) != 4 || (i > 0 && p.ID <= list[i-1].ID) {
			t.Errorf("%s follows %s", p.ID, list[max(i, 1)-1].ID)
		}
	}
	for region, least := range map[string]int{"AMSTERDAM": 60, "ROTTERDAM": 50, "DEN HAAG": 40, "UTRECHT": 30, "NEDERLAND": 3000} {
		if regions[region] < least {
			t.Errorf("%s has %d postcodes", region, regions[region])
		}
	}
	card, err := house.DemoCard("nl")
	if err != nil {
		t.Fatal(err)
	}
	_, err = admin(t, app).SaveConnection(context.Background(), engine.SaveConnection{
		Connection: waybill.Connection{ExternalID: carrierID, Carrier: "house", Name: "Peddler", Mode: waybill.ModeLive, Increment: 1, Settings: map[string]string{
			"rate_card": strings.ReplaceAll(string(card), `"to": [{"countries": ["NL"]}]`, `"to": [{"countries": ["LU"]}]`), "number_form": "peddler",
		}}, Secrets: carrier.Settings{},
	})
	if err != nil {
		t.Fatal(err)
	}
	must200(t, app, "GET "+root+"postcodes", "", &list)
	for _, p := range list {
		if p.Region == "NEDERLAND" {
			t.Errorf("%s is listed, and the card serves the cities alone", p.ID)
		}
	}
	if len(list) < 150 {
		t.Errorf("only %d postcodes are listed", len(list))
	}
}

// TestLabelFollowsTheAddress: what stands on the label is what an independent reader finds there: the number, the 2D
// code, and, after the address was changed, the new address.
func TestLabelFollowsTheAddress(t *testing.T) {
	app := installation(t).Start(t)
	var results []result
	must200(t, app, "POST "+root+"createShipments", "["+plain("L")+"]", &results)
	number := results[0].TrackingNumber
	codes := labeltest.Codes(t, pdfOf(t, app, number), 203)
	if !slices.Contains(codes, "CODE-128:"+number) || !strings.Contains(strings.Join(codes, "\n"), "QR-Code:"+number+"%") {
		t.Errorf("a scanner reads %q", codes)
	}
	must200(t, app, "POST "+root+"updateShipment/"+number,
		`{"deliveryAddress": {"name": "Saskia", "address1": "Rozengracht 184", "city": "Amsterdam", "postCode": "1016NK"}}`, &[]any{})
	pdf := pdfOf(t, app, number)
	if text := labeltest.Text(t, pdf); !strings.Contains(text, "Rozengracht 184") || !strings.Contains(text, "23/11/2026") || strings.Contains(text, "Jodenbreestraat") {
		t.Errorf("the label says %s", text)
	}
	if numbers := labeltest.Numbers(t, pdf, 203); !slices.Contains(numbers, number) {
		t.Errorf("after the change a scanner reads %q", numbers)
	}
}

// pdfOf is the label of a number.
func pdfOf(t *testing.T, app *dialecttest.App, number string) []byte {
	t.Helper()
	r := httptest.NewRequest("GET", root+"shippingLabel/pdf", strings.NewReader(`{"trackingNumber": "`+number+`"}`))
	r.Header.Set("Authorization", app.Authorization)
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	pdf, err := base64.StdEncoding.DecodeString(w.Body.String())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("%d %s (%v)", w.Code, w.Body, err)
	}
	return pdf
}

// TestReturnByItsNumber: a way back is asked for by its own number.
func TestReturnByItsNumber(t *testing.T) {
	app := installation(t).Start(t)
	must200(t, app, "POST "+root+"createShipments", "["+plain("R")+"]", &[]result{})
	comeBack(t, app, "R")
	number := shipment(t, app, "R").Returns[0].Tracking
	if _, err := admin(t, app).RecordScan(context.Background(), engine.RecordScan{Number: number, Scan: waybill.Scan{Status: waybill.PickedUp}}); err != nil {
		t.Fatal(err)
	}
	var inquiries []struct {
		Packages []struct {
			TrackingNumber, Status, MetaData string
			Consignee                        struct{ Address struct{ Address1 string } }
			Events                           []struct{ Status string }
		}
	}
	must200(t, app, "GET "+root+"getShipmentStatuses?trackingNumbers="+number, "", &inquiries)
	p := inquiries[0].Packages
	if len(p) != 1 || p[0].TrackingNumber != number || p[0].Status != "RETURN_TO_SENDER" || p[0].MetaData != "R" ||
		p[0].Consignee.Address.Address1 != "Haarlemmerweg" || len(p[0].Events) == 0 {
		t.Errorf("got %+v", p)
	}
}

// TestOneParcelChangedTwice: what is changed more than once in a call is so in its order, by whichever name, and each
// change is told.
func TestOneParcelChangedTwice(t *testing.T) {
	app := installation(t).Start(t)
	var results []result
	must200(t, app, "POST "+root+"createShipments", "["+plain("A")+","+plain("B")+"]", &results)
	named := []string{`"metaData": "A"`, `"trackingNumber": "` + results[0].TrackingNumber + `"`}
	var items []string
	const changes = 10
	for i := range changes {
		items = append(items, fmt.Sprintf(`{%s, "deliveryEmail": "a%d@example.com"}, {"metaData": "B", "deliveryEmail": "b%d@example.com"}`, named[i%2], i, i))
	}
	must200(t, app, "PUT "+root+"updateShipments", "["+strings.Join(items, ",")+"]", &results)
	for i, r := range results {
		if r.Status != "UPDATED" || r.MetaData != []string{"A", "B"}[i%2] {
			t.Errorf("%d: %+v", i, r)
		}
	}
	for _, reference := range []string{"A", "B"} {
		want := fmt.Sprintf("%s%d@example.com", strings.ToLower(reference), changes-1)
		if email := shipment(t, app, reference).To.Contact.Email; email != want || len(results) != 2*changes {
			t.Errorf("%s ends with %q, want %q", reference, email, want)
		}
	}
}

// TestOneParcelChangedByMany: callers that change one parcel at the same moment are all answered with the change.
func TestOneParcelChangedByMany(t *testing.T) {
	app := installation(t).Start(t)
	var results []result
	must200(t, app, "POST "+root+"createShipments", "["+plain("A")+"]", &results)
	var wait sync.WaitGroup
	for i := range 12 {
		wait.Go(func() {
			status, body := ask(t, app, "POST "+root+"updateShipment/"+results[0].TrackingNumber, fmt.Sprintf(`{"deliveryEmail": "a%d@example.com"}`, i))
			if status != 200 || !bytes.Contains(body, fmt.Appendf(nil, "a%d@", i)) {
				t.Errorf("%d: %d %s", i, status, body)
			}
		})
	}
	wait.Wait()
}

// TestAServedPostcode: where a carrier's parcels leave decides what it serves; a postcode that it serves is not blamed
// for a service that it has not.
func TestAServedPostcode(t *testing.T) {
	app := installation(t).Start(t)
	s := admin(t, app)
	connections, err := s.ListConnections(context.Background())
	must(t, err)
	home := accountOf(t, app)
	abroad, err := s.SaveLocation(context.Background(), waybill.Location{
		ExternalID: "US-1", Name: "Abroad", TimeZone: "America/New_York", Contact: waybill.Contact{Name: "Depot"},
		Address: waybill.Address{Street1: "1 Main Street", City: "Boston", Postcode: "02118", Country: "US"},
	})
	must(t, err)
	home.Settings.DefaultLocation = abroad.ID
	_, err = app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(context.Background(), home)
	must(t, err)
	places, err := s.ListLocations(context.Background())
	must(t, err)
	for _, l := range places {
		if l.ExternalID == "AMS-1" {
			for _, c := range connections {
				if c.ExternalID == carrierID {
					l.Connections = []waybill.ID{c.ID}
					c.Settings["rate_card"] = strings.Replace(c.Settings["rate_card"],
						`"name": "Rest of the Netherlands",`, `"name": "Rest of the Netherlands", "from": [{"countries": ["NL"]}],`, 1)
					_, err = s.SaveConnection(context.Background(), engine.SaveConnection{Connection: c})
					must(t, err)
				}
			}
			_, err = s.SaveLocation(context.Background(), l)
			must(t, err)
		}
	}
	var results []result
	must200(t, app, "POST "+root+"createShipments", `[
		{"metaData": "far", "serviceLevel": "INSTANT_02", "deliveryAddress": {"address1": "Grote Markt 1", "city": "Groningen", "postCode": "9712HN"}},
		{"metaData": "abroad", "deliveryAddress": {"address1": "Rue de Rivoli 1", "city": "Paris", "postCode": "75001", "country": "FR"}}]`, &results)
	if results[0].ErrorType != "OTHER" || !strings.Contains(results[0].Error, "INSTANT_02") && !strings.Contains(results[0].Error, "9712") {
		t.Errorf("got %+v", results[0])
	}
	if results[1].ErrorType != "INVALID_POSTCODE" {
		t.Errorf("got %+v", results[1])
	}
	if status, body := ask(t, app, "GET "+root+"postcode?postcode=9712", ""); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}

// TestBodiesThatMustBeObjects: what a body is not is told once.
func TestBodiesThatMustBeObjects(t *testing.T) {
	app := installation(t).Start(t)
	for _, call := range []string{"POST " + root + "updateShipment/P1", "POST " + root + "departedFacility"} {
		for _, body := range []string{`[]`, `null`, `7`} {
			status, answer := ask(t, app, call, body)
			var said struct {
				Error struct{ Details []struct{ Message string } }
			}
			if err := json.Unmarshal(answer, &said); err != nil || status != 422 || len(said.Error.Details) != 1 {
				t.Errorf("%s with %s: %d %s", call, body, status, answer)
			}
		}
	}
}
