package peddler

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

// TestUnspoken changes each member of a shipment in turn and sees the API's answers change with it, but for those
// that testdata/unspoken.txt gives a reason for.
func TestUnspoken(t *testing.T) {
	var s waybill.Shipment
	dialecttest.Unspoken(t, "testdata/unspoken.txt", &s, func() []byte {
		own, foreign := meaningful(s), meaningful(s)
		foreign.To.Contact.Name, foreign.From.Contact.Name, foreign.TotalWeight, foreign.Extra = "", "", waybill.Weight{}, nil
		return []byte("[" + spokenOf(own) + "," + spokenOf(foreign) + "]")
	})
}

// meaningful puts values that this API can tell apart in the place of texts that say nothing to it.
func meaningful(s waybill.Shipment) waybill.Shipment {
	changed := func(leaf string) bool { return len(leaf) >= len("leaf5000") }
	s.Options.Undeliverable = map[bool]string{false: waybill.UndeliverableDispose, true: waybill.UndeliverableDonate}[changed(s.Options.Undeliverable)]
	s.Options.Signature = map[bool]string{false: "required", true: "not_required"}[changed(s.Options.Signature)]
	s.Charges = []waybill.Charge{{Kind: "tax", Amount: waybill.Money{Minor: s.Charges[0].Amount.Minor, Currency: s.Sold.Currency}}}
	extra, _ := json.Marshal(map[string]json.RawMessage{carrierOptions: s.Extra})
	s.Extra = extra
	return s
}

// spokenOf is all that the API says of a shipment: as it was created, its record, its statuses, its label, and what
// a webhook says.
func spokenOf(s waybill.Shipment) string {
	r := &dialect.Request{}
	created := encodeCreate(r, []outcome{{sent: dialect.Root(map[string]any{}, true), shipment: s}})
	tracked := engine.Tracked{Number: s.Tracking, Found: true, Shipment: s}
	old := &dialect.Request{Path: root2023}
	file := encodePDF(r, engine.LabelFile{Shipment: s})
	message, _ := speak(waybill.Event{Kind: waybill.ShipmentBooked, Subject: &s}, dialect.Endpoint{})
	parts := []string{
		string(created.Body), string(encodeUpdate(r, s).Body), string(encodeStatuses(r, []engine.Tracked{tracked}).Body),
		string(encodeStatuses(old, []engine.Tracked{tracked}).Body), asJSON(file.Header), string(message.Body),
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// TestNoSampleInCode: no value of the tests' fixture or of the vendor's samples stands in code.
func TestNoSampleInCode(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		checked++
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range []string{"64751f4a", "1066", "19968", "seed-client", "seed-hook-token", "Jodenbree", "peddler.com"} {
			if strings.Contains(string(text), sample) {
				t.Errorf("%s holds the sample value %s", f.Name(), sample)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d files were looked at", checked)
	}
}
