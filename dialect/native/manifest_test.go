package native_test

import (
	"bytes"
	"testing"

	"waybill"
	"waybill/label/labeltest"
)

// TestAManifestOfNone: a list without a shipment closes nothing; only one that is left out means all.
func TestAManifestOfNone(t *testing.T) {
	w := begin(t)
	w.ask("operations", "POST", "/shipments", byVan("N-1")).is(201)
	in := object{"location": "bath", "connection": "van", "ship_date": w.ask("read-only", "GET", "/manifests/due", nil).is(200).text("items.0.ship_date")}
	if a := w.ask("operations", "POST", "/manifests", and(in, "shipments", []any{})).is(422); a.text("errors.0.path") != "shipments" {
		t.Error(string(a.body))
	}
	if a := w.ask("read-only", "GET", "/manifests", nil).is(200); a.count("items") != 0 {
		t.Error("it was closed:", string(a.body))
	}
	if a := w.ask("operations", "POST", "/manifests", and(in, "shipments", nil)).is(201); a.text("shipments") != "1" {
		t.Error(string(a.body))
	}
}

func TestManifests(t *testing.T) {
	w := begin(t)
	first := w.ask("operations", "POST", "/shipments", byVan("A-1")).is(201)
	gone := w.ask("operations", "POST", "/shipments", byVan("A-2")).is(201)
	w.ask("operations", "DELETE", "/shipments/"+gone.text("id"), nil).is(200)
	due := w.ask("read-only", "GET", "/manifests/due", nil).is(200)
	if due.count("items") != 1 || due.text("items.0.shipments") != "1" || due.text("items.0.location") != "bath" || due.text("items.0.connection") != "van" {
		t.Fatal(string(due.body))
	}
	day := due.text("items.0.ship_date")
	of := "?location=bath&connection=van&ship_date=" + day
	plan := w.ask("read-only", "GET", "/manifests/plan"+of, nil).is(200)
	if plan.text("eligible.0.reference") != "A-1" || plan.text("excluded.0.reference") != "A-2" || plan.text("excluded.0.why") != "cancelled" || plan.count("eligible") != 1 {
		t.Error(string(plan.body))
	}
	in := object{"location": "bath", "connection": "van", "ship_date": day}
	closed := w.ask("operations", "POST", "/manifests", in, with{"Idempotency-Key", "m1"}).is(201)
	id := closed.text("id")
	if closed.text("state") != "closed" || closed.text("carrier_id") == "" || closed.text("parcels") != "1" || closed.text("time_zone") != "Europe/London" || closed.text("closed_at") == "" {
		t.Error(string(closed.body))
	}
	if again := w.ask("operations", "POST", "/manifests", in, with{"Idempotency-Key", "m1"}).is(201); again.text("id") != id {
		t.Error("a repeat closed another:", again.text("id"))
	}
	w.ask("operations", "POST", "/manifests", and(in, "earlier", true), with{"Idempotency-Key", "m1"}).refused(409, waybill.ReasonKeyReused)
	w.ask("operations", "POST", "/manifests", in).refused(422, waybill.ReasonFields)
	w.ask("test", "POST", "/manifests", in).refused(403, waybill.ReasonRole) // a test key and a live connection
	if paper := w.ask("read-only", "GET", "/manifests/"+id+"/document", nil).is(200); !bytes.HasPrefix(paper.body, []byte("%PDF")) || paper.header.Get("Content-Type") != "application/pdf" {
		t.Error("the carrier's document:", paper.header)
	}
	if since := w.ask("read-only", "GET", "/manifests/"+id+"/shipments?updated_since=2999-01-01T00:00:00Z", nil).is(200); since.count("items") != 0 {
		t.Error(string(since.body))
	}
	if on := w.ask("read-only", "GET", "/manifests/"+id+"/shipments?updated_since=2020-01-01T00:00:00Z", nil).is(200); on.count("items") != 1 {
		t.Error(string(on.body))
	}
	if on := w.ask("read-only", "GET", "/manifests/"+id+"/shipments", nil).is(200); on.count("items") != 1 || on.text("items.0.shipment_id") != first.text("id") {
		t.Error(string(on.body))
	}
	named := w.ask("read-only", "GET", "/manifests/plan"+of+"&shipment=A-1,nobody", nil).is(200)
	if named.text("excluded.0.why") != "on_manifest" || named.text("excluded.0.manifest_id") != id || named.text("excluded.1.why") != "unknown" {
		t.Error(string(named.body))
	}
	moments := w.ask("read-only", "GET", "/shipments/A-1/timeline", nil).is(200)
	if !bytes.Contains(moments.body, []byte(`"kind":"manifest"`)) || !bytes.Contains(moments.body, []byte(closed.text("carrier_id"))) {
		t.Error("the timeline tells of no manifest:", string(moments.body))
	}
	if told := w.ask("read-only", "GET", "/events?kind=manifest.closed", nil).is(200); told.text("items.0.manifest_id") != id {
		t.Error(string(told.body))
	}
	w.ask("operations", "POST", "/shipments", byVan("A-3")).is(201)
	second := w.ask("operations", "POST", "/manifests", and(in, "shipments", []string{"A-3"})).is(201)
	if second.text("id") == id || second.text("shipments") != "1" {
		t.Error(string(second.body))
	}
	w.ask("operations", "POST", "/manifests", and(in, "shipments", []string{"A-3"})).refused(422, waybill.ReasonFields)
	w.ask("operations", "POST", "/manifests/"+id+"/decide", object{"closed": false}).refused(409, waybill.ReasonNotRetryable)
	for query, want := range map[string]int{
		"": 2, of: 2, "?state=refused,stuck": 0, "?state=closed&limit=1": 1, "?ship_date=2020-01-01": 0,
	} {
		if got := w.ask("read-only", "GET", "/manifests"+query, nil).is(200).count("items"); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	if got := w.ask("read-only", "GET", "/manifests/"+id, nil).is(200); got.header.Get("ETag") == "" {
		t.Error("no version:", got.header)
	}
	for _, who := range []string{"stranger", "child"} {
		for _, path := range []string{"", "/document", "/shipments"} {
			w.ask(who, "GET", "/manifests/"+id+path, nil).refused(404, waybill.ReasonUnknownRecord)
		}
		if w.ask(who, "GET", "/manifests", nil).is(200).count("items")+w.ask(who, "GET", "/manifests/due", nil).is(200).count("items") != 0 {
			t.Error(who, "sees the shop's manifests")
		}
	}
	w.ask("rates-only", "GET", "/manifests/due", nil).refused(403, waybill.ReasonRole)
	w.ask("read-only", "POST", "/manifests", in).refused(403, waybill.ReasonRole)
}

func TestManifestsNameWhatIsWrong(t *testing.T) {
	w := begin(t)
	good := object{"location": "bath", "connection": "van"}
	for name, c := range map[string]struct {
		member string
		value  any
		path   string
	}{
		"no day":                {"ship_date", "tomorrow", "ship_date"},
		"a day past":            {"ship_date", "2020-01-01", "ship_date"},
		"nothing there":         {"earlier", true, "shipments"},
		"no shipment":           {"shipments", []string{"nobody"}, "shipments[0]"},
		"a member nobody knows": {"colour", "red", "colour"},
		"no such location":      {"location", "nowhere", "location"},
		"no such connection":    {"connection", "nobody", "connection"},
		"a word for yes":        {"earlier", "yes", "earlier"},
	} {
		a := w.ask("admin", "POST", "/manifests", and(good, c.member, c.value)).is(422)
		if a.text("errors.0.path") != c.path {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// byVan is a shipment that is booked with the van.
func byVan(reference string) object {
	return and(and(parcelTo(reference), "book", object{}), "carrier_choice", object{"connection": "van"})
}

func TestManyLabelsInOneFile(t *testing.T) {
	w := begin(t)
	for _, reference := range []string{"L-1", "L-2"} {
		w.ask("operations", "POST", "/shipments", byVan(reference)).is(201)
	}
	w.ask("operations", "POST", "/shipments", parcelTo("L-3")).is(201)
	both := object{"shipments": []string{"L-2", "L-1"}}
	pdf := w.ask("read-only", "POST", "/labels", both).is(200)
	if pages := labeltest.Pages(t, pdf.body, 72); len(pages) != 2 || pdf.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%d pages of %s", len(pages), pdf.header.Get("Content-Type"))
	}
	if zpl := w.ask("operations", "POST", "/labels", and(and(both, "format", "zpl"), "printed", true)).is(200); bytes.Count(zpl.body, []byte("^XZ")) != 2 {
		t.Errorf("%d ZPL labels", bytes.Count(zpl.body, []byte("^XZ")))
	}
	if told := w.ask("read-only", "GET", "/shipments/L-1/events", nil).is(200); !bytes.Contains(told.body, []byte("label.printed")) {
		t.Error("the print is in no history")
	}
	if a := w.ask("operations", "POST", "/labels", object{"shipments": []string{"L-1", "L-3", "nobody"}}).is(422); a.text("errors.0.path") != "shipments[1]" || a.text("errors.1.path") != "shipments[2]" {
		t.Error(string(a.body))
	}
	if a := w.ask("stranger", "POST", "/labels", both).is(422); a.text("errors.0.path") != "shipments[0]" {
		t.Error(string(a.body))
	}
}
