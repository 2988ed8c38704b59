package shiptheory

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

// TestUnspoken changes each member of a shipment in turn and sees the API's answers change with it, but for
// those that testdata/unspoken.txt gives a reason for. The answers are those about the shipment as it is,
// and about one that came in through another API: with a whole name, and without a weight for all.
func TestUnspoken(t *testing.T) {
	var s waybill.Shipment
	dialecttest.Unspoken(t, "testdata/unspoken.txt", &s, func() []byte {
		own, foreign := meaningful(s), meaningful(s)
		foreign.To.Contact.First, foreign.To.Contact.Last, foreign.TotalWeight, foreign.ParcelCount = "", "", waybill.Weight{}, 0
		return []byte("[" + spokenOf(own) + "," + spokenOf(foreign) + "]")
	})
}

// meaningful puts values that this API can read in the place of texts that say nothing to it.
func meaningful(s waybill.Shipment) waybill.Shipment {
	s.From.TaxIDs = slices.Clone(s.From.TaxIDs)
	s.From.TaxIDs[0].Type = dutyTypes[len(s.From.TaxIDs[0].Type)%len(dutyTypes)]
	var leaf struct{ Leaf json.RawMessage }
	_ = json.Unmarshal(s.Extra, &leaf)
	s.Extra = []byte(`{"` + shippingPrice + `":` + string(leaf.Leaf) + `}`)
	return s
}

// spokenOf is all that the API says of a shipment.
func spokenOf(s waybill.Shipment) string {
	h := engine.ShipmentHistory{Shipment: s, Events: []waybill.Event{{Kind: waybill.ShipmentCreated}}}
	view := engine.ShipmentView{Shipment: s, Events: h.Events}
	for _, number := range s.Tags {
		view.Tags = append(view.Tags, waybill.Tag{Row: waybill.Row{Number: number}})
	}
	r := &dialect.Request{}
	return string(encodeView(r, view).Body) + "," + asJSON(foundOf(s, true)) + "," + string(encodeBook(r, h).Body)
}

func asJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// TestStatusesAreTotal: each booking state has a word, each word of the page is a filter, and a word finds
// what is shown under it.
func TestStatusesAreTotal(t *testing.T) {
	bookings := []waybill.Booking{
		waybill.Draft, waybill.Held, waybill.Rating, waybill.NoProvider, waybill.Unsettled, waybill.Booked, waybill.Failed, waybill.Ignored,
		waybill.Cancelled, waybill.Declared,
	}
	if len(statuses) != len(bookings) {
		t.Errorf("%d states have words, there are %d", len(statuses), len(bookings))
	}
	for _, b := range bookings {
		if !slices.Contains(filters[statuses[b]], b) {
			t.Errorf("%s is shown as %q, which does not find it", b, statuses[b])
		}
	}
	for _, word := range []string{"Failed", "Complete", "Ready", "Ignored", "Not Ready", "Print Error", "Waiting", "PROCESSING"} {
		if _, known := filters[word]; !known {
			t.Errorf("%q is no filter", word)
		}
	}
	if len(filters) != 8 {
		t.Errorf("%d filter words, the page has 8", len(filters))
	}
}

// silent are the kinds of events that leave no line in a history.
var silent = map[waybill.EventKind]string{
	waybill.ShipmentRated:    "the carrier chosen is told",
	waybill.ShipmentPending:  "the carrier it is to be dispatched with was told",
	waybill.ShipmentTracked:  "this API does not show where a parcel is",
	waybill.ReturnCreated:    "what the return comes to is told",
	waybill.ReturnTracked:    "this API does not show where a parcel is",
	waybill.PickupAsked:      "a visit is no shipment's",
	waybill.PickupBooked:     "a visit is no shipment's",
	waybill.PickupRefused:    "a visit is no shipment's",
	waybill.PickupInDoubt:    "a visit is no shipment's",
	waybill.PickupCalledOff:  "a visit is no shipment's",
	waybill.ManifestTaken:    "a manifest is no shipment's",
	waybill.ManifestRejected: "a manifest is no shipment's",
	waybill.ManifestInDoubt:  "a manifest is no shipment's",
	waybill.ManifestDue:      "a manifest is no shipment's",
	waybill.WebhookTested:    "nothing happened",
	waybill.PurchaseSettled:  "the booking itself is told",
	waybill.PurchaseVoided:   "the cancellation itself is told",
	waybill.PurchaseOrphaned: "the shipment is as it was",
}

// TestEveryEventIsToldOrSilent: no kind is forgotten, and no line shows a placeholder or an empty name.
func TestEveryEventIsToldOrSilent(t *testing.T) {
	for _, kind := range waybill.EventKinds {
		_, told := templates[kind]
		if told == (silent[kind] != "") {
			t.Errorf("%s: told %v, silent %q", kind, told, silent[kind])
		}
		var full waybill.Event
		dialecttest.Fill(&full)
		full.Kind = kind
		for _, e := range []waybill.Event{full, {Kind: kind, Actor: "Waybill"}} {
			for _, m := range messagesOf(waybill.Shipment{}, []waybill.Event{e}) {
				if strings.ContainsAny(m.Message, "{}") || strings.Contains(m.Message, "()") || strings.TrimSpace(m.Message) == "" && e.Actor != "Waybill" {
					t.Errorf("%s is told as %q", kind, m.Message)
				}
			}
		}
	}
}

// TestNoSampleInCode: no value of the page's samples stands in code.
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
		for _, sample := range []string{"S1234", "ORDER1001", "2887", "Parcelforce", "Riker", "11110", "ussbeard", "testweb", "ST00000"} {
			if strings.Contains(string(text), sample) {
				t.Errorf("%s holds the sample value %s", f.Name(), sample)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d files were looked at", checked)
	}
}
