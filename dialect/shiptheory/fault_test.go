package shiptheory

import (
	"encoding/json"
	"net/http"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// TestFaultsOfReturns: what a carrier says of a return is told as the vendor tells business failures.
func TestFaultsOfReturns(t *testing.T) {
	for reason, status := range map[waybill.Reason]int{
		waybill.ReasonCarrier: 400, waybill.ReasonCarrierAddress: 400, waybill.ReasonCarrierAbility: 400, waybill.ReasonBalance: 400,
		waybill.ReasonCarrierOutage: 503, waybill.ReasonUnknownShipment: 404,
	} {
		e := waybill.E("return", reason, "not today")
		e.Fields = []waybill.FieldError{{Path: "to.address.postcode", Message: "not today"}}
		r := &dialect.Request{Op: opReturn, RawPath: "/v1/returns", Header: http.Header{}}
		checkBody(t, fault(r, e), status, failure{Error: "not today", Message: "not today", URL: "/v1/returns", Code: status})
		r.Settings.ValidationAnswers = 200
		checkBody(t, fault(r, e), 200, failure{Error: "not today"})
	}
}

// TestServerFaults: 500 and 503 say no more than that.
func TestServerFaults(t *testing.T) {
	r := &dialect.Request{Op: opBook, RawPath: "/v1/shipments", Header: http.Header{}}
	checkBody(t, fault(r, waybill.E("x", waybill.ReasonBug, "secret")), 500, failure{Message: broken, URL: "/v1/shipments", Code: 500})
	for _, reason := range []waybill.Reason{waybill.ReasonDraining, waybill.ReasonDiskFull, waybill.ReasonDatabase} {
		checkBody(t, fault(r, waybill.E("x", reason, "secret")), 503, failure{Message: draining, URL: "/v1/shipments", Code: 503})
	}
	checkBody(t, fault(r, waybill.E("x", waybill.ReasonQueueFull, "secret")), 429, failure{Message: busy, URL: "/v1/shipments", Code: 429})
}

func checkBody(t *testing.T, got dialect.Reply, status int, want failure) {
	t.Helper()
	body, _ := json.Marshal(want)
	if got.Status != status || string(got.Body) != string(body) {
		t.Errorf("%d %s, want %d %s", got.Status, got.Body, status, body)
	}
}

// TestEngineNamesAreTranslated: what the engine finds wrong is told by the names of this API.
func TestEngineNamesAreTranslated(t *testing.T) {
	for _, c := range []struct{ op, path, want string }{
		{opBook, "parcels[2].size", `{"packages":{"2":{"id":{"_existsIn":"no"}}}}`},
		{opBook, "to.country", `{"recipient":{"country":{"_existsIn":"no"}}}`},
		{opBook, "from.country", `{"sender":{"country":{"_existsIn":"no"}}}`},
		{opReturn, "service", `{"return_service":{"_existsIn":"no"}}`},
		{opSearch, "ShipmentDetails.weight", `{"ShipmentDetails.weight":{"_existsIn":"no"}}`},
	} {
		tree, _ := validation(c.op, []waybill.FieldError{{Path: c.path, Rule: waybill.RuleExists, Message: "no"}})
		if got := asJSON(tree); got != c.want {
			t.Errorf("%s: %s is told as %s, want %s", c.op, c.path, got, c.want)
		}
	}
}

// TestXMLOfNames: carriers' names are no element names; they are given whole beside.
func TestXMLOfNames(t *testing.T) {
	reply := encodeReturnServices(nil, []engine.ServiceListing{{Service: waybill.Service{Row: waybill.Row{Number: 100}, Carrier: "Royal Mail", Name: "Tracked & Signed"}}})
	got := string(in("application/xml", reply).Body)
	const want = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<response><return_services><Royal_Mail name="Royal Mail"><name>Tracked &amp; Signed</name><id>100</id></Royal_Mail></return_services></response>`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestWhoMayNotCallIsNotInvalid: an error that is not about the request's members stays what it is, though it names a
// field, and whatever validation answers with.
func TestWhoMayNotCallIsNotInvalid(t *testing.T) {
	for reason, status := range map[waybill.Reason]int{waybill.ReasonIP: 403, waybill.ReasonOrigin: 403, waybill.ReasonAlreadyBooked: 409} {
		e := waybill.E("x", reason, "not from here")
		e.Fields = []waybill.FieldError{{Path: "ip", Rule: waybill.RuleEnum, Value: "192.0.2.1", Message: "not from here"}}
		r := &dialect.Request{Op: opList, RawPath: "/v1/shipments", Header: http.Header{}}
		r.Settings.ValidationAnswers = 200
		checkBody(t, fault(r, e), status, failure{Message: "not from here", URL: "/v1/shipments", Code: status})
	}
}
