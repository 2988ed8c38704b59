package peddler_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
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
	page := rendered(t, pdfOf(t, app, number))
	codes := run(t, "zbarimg", "--quiet", page)
	if !strings.Contains(codes, "CODE-128:"+number+"\n") || !strings.Contains(codes, "QR-Code:"+number+"%") {
		t.Errorf("zbarimg reads %q", codes)
	}
	must200(t, app, "POST "+root+"updateShipment/"+number,
		`{"deliveryAddress": {"name": "Saskia", "address1": "Rozengracht 184", "city": "Amsterdam", "postCode": "1016NK"}}`, &[]any{})
	file := pdfOf(t, app, number)
	page = rendered(t, file)
	if text := run(t, "pdftotext", "-layout", file, "-"); !strings.Contains(text, "Rozengracht 184") || !strings.Contains(text, "23/11/2026") || strings.Contains(text, "Jodenbreestraat") {
		t.Errorf("the label says %s", text)
	}
	if codes := run(t, "zbarimg", "--quiet", page); !strings.Contains(codes, "CODE-128:"+number+"\n") {
		t.Errorf("after the change zbarimg reads %q", codes)
	}
}

// pdfOf is the file with the label of a number.
func pdfOf(t *testing.T, app *dialecttest.App, number string) string {
	t.Helper()
	r := httptest.NewRequest("GET", root+"shippingLabel/pdf", strings.NewReader(`{"trackingNumber": "`+number+`"}`))
	r.Header.Set("Authorization", app.Authorization)
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	pdf, err := base64.StdEncoding.DecodeString(w.Body.String())
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("%d %s (%v)", w.Code, w.Body, err)
	}
	file := filepath.Join(t.TempDir(), "label.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func rendered(t *testing.T, pdf string) string {
	t.Helper()
	page := strings.TrimSuffix(pdf, ".pdf")
	run(t, "pdftoppm", "-r", "203", "-png", "-singlefile", pdf, page)
	return page + ".png"
}

// run runs a judge of labels; where it is missing the test is skipped loudly, and fails under CI=true.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("SKIPPED, NOTHING WAS CHECKED: %s is not installed", name)
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
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
