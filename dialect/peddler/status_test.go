package peddler

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/dialecttest"
	"waybill/engine"
)

var bookings = []waybill.Booking{
	waybill.Draft, waybill.Held, waybill.Rating, waybill.NoProvider, waybill.Unsettled, waybill.Booked, waybill.Failed, waybill.Ignored,
	waybill.Cancelled, waybill.Declared,
}

// codes are the vendor's integer codes with their status words.
var codes = map[string]string{
	"100": "SHIPMENT_CONFIRMED", "200": "SHIPMENT_ENROUTE_TO_WAREHOUSE", "210": "SHIPMENT_IN_WAREHOUSE", "300": "SHIPMENT_ENROUTE_TO_LOCAL_DEPOT",
	"310": "SHIPMENT_IN_LOCAL_DEPOT", "400": "SHIPMENT_READY", "410": "OUT_FOR_DELIVERY", "500": "DELIVERED", "501": "DELIVERED", "502": "DELIVERED",
	"550": "DELIVERED_COLLECTION_POINT", "570": "PICKUP_COLLECTION_POINT", "700": "ON_HOLD", "800": "EXCEPTION", "900": "RETURN_TO_SENDER",
	"1000": "CANCELED", "1100": "SHIPMENT_DETAILS_UPDATED",
}

// failures are the vendor's reasons of a failed attempt, from 600.
var failures = []string{
	"UNKNOWN_FAILURE_REASON", "CUSTOMER_NOT_PRESENT_NO_NEIGHBOURS", "CUSTOMER_WRONG_ADDRESS", "INCOMPLETE_ADDRESS", "ADDRESS_NOT_FOUND",
	"CLOSED_NOT_PRESENT", "PACKAGE_REJECTED_BY_CUSTOMER", "MISSORTED_TO_VEHICLE", "CASH_ON_DELIVERY_FAILED", "CUSTOMER_REQUEST_NEW_DELIVERY_TIME",
	"CUSTOMER_ADDRESS_UPDATED", "PACKAGE_STOLEN", "PACKAGE_FORWARDED_LOCKERBOX", "PACKAGE_OVERSIZED", "PACKAGE_OVERDUE", "PACKAGE_DAMAGED",
	"PACKAGE_LOST", "CUSTOMER_WRONG_PHONENUMBER", "DANGEROUS_GOODS_ADR", "ALCOHOL_DELIVERY_CUSTOMER_NOT_PRESENT",
}

// TestCodes: the table of texts has the vendor's codes and words, each with a text of its own in both languages.
func TestCodes(t *testing.T) {
	want := maps.Clone(codes)
	for i, failed := range failures {
		code := strconv.Itoa(600 + i)
		want[code] = "FAILED_ATTEMPT"
		if words[code].failed != failed {
			t.Errorf("%s is %s, want %s", code, words[code].failed, failed)
		}
	}
	want["ADDED"], want["ERROR"] = "ADDED", "ERROR"
	seen := map[saying]string{}
	for code, w := range words {
		if w.status != want[code] {
			t.Errorf("%s is %s, want %q", code, w.status, want[code])
		}
		if n := w.number(); (n == nil) != (code == "ADDED" || code == "ERROR") || (n != nil && strconv.Itoa(*n) != code) {
			t.Errorf("%s has the number %v", code, n)
		}
		for _, s := range []saying{w.text.English, w.text.Dutch} {
			if s.Headline == "" || s.Description == "" || seen[s] != "" {
				t.Errorf("%s says %q, which is empty or what %s says", code, s, seen[s])
			}
			seen[s] = code
		}
	}
	if len(words) != len(want) {
		t.Errorf("%d words, want %d", len(words), len(want))
	}
}

// TestStatusesAreTotal: each pair of states has a word, and every word can be reached.
func TestStatusesAreTotal(t *testing.T) {
	reached := map[string]bool{codeUpdated: true} // by a change
	for _, booking := range bookings {
		for _, transit := range waybill.Transits {
			w := wordOf(booking, transit, nil)
			if w.status == "" {
				t.Errorf("%s, %s has no word", booking, transit)
			}
			if trouble := booking == waybill.NoProvider || booking == waybill.Failed || booking == waybill.Ignored; (w.status == statusError) != trouble {
				t.Errorf("%s, %s is %s", booking, transit, w.status)
			}
		}
	}
	for _, list := range choices {
		if last := list[len(list)-1]; len(last.says) != 0 {
			t.Errorf("the last row of %v fits not everything", list)
		}
		for _, c := range list {
			if _, known := words[c.code]; !known {
				t.Errorf("status.csv says %s, which texts.csv does not", c.code)
			}
			reached[c.code] = true
		}
	}
	for code := range words {
		if !reached[code] {
			t.Errorf("nothing is ever %s", code)
		}
	}
}

// TestScansAreRead: where a scan was made, who took the parcel and why it was not taken choose the code.
func TestScansAreRead(t *testing.T) {
	for _, c := range []struct {
		transit waybill.Transit
		scan    waybill.Scan
		code    string
	}{
		{waybill.AtDepot, waybill.Scan{}, "310"},
		{waybill.AtDepot, waybill.Scan{Place: "Sorting hub Halfweg"}, "210"},
		{waybill.AtDepot, waybill.Scan{Place: "Magazijn Noord"}, "210"},
		{waybill.AtDepot, waybill.Scan{Place: "Hubertusstraat depot"}, "310"},
		{waybill.InTransit, waybill.Scan{Place: "hub-3"}, "200"},
		{waybill.InTransit, waybill.Scan{}, "300"},
		{waybill.InTransit, waybill.Scan{Text: "On the way to the warehouse"}, "200"},
		{waybill.PickedUp, waybill.Scan{}, "200"},
		{waybill.Delivered, waybill.Scan{}, "500"},
		{waybill.Delivered, waybill.Scan{Recipient: "J. Neighbour at 12"}, "501"},
		{waybill.Delivered, waybill.Scan{Text: "Afgegeven bij de buren"}, "501"},
		{waybill.Delivered, waybill.Scan{Recipient: "letterbox"}, "502"},
		{waybill.Delivered, waybill.Scan{Place: "Collection point Dam"}, "570"},
		{waybill.AttemptFailed, waybill.Scan{}, "600"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "customer_not_home"}, "601"},
		{waybill.AttemptFailed, waybill.Scan{Text: "There was nobody at home."}, "601"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Niemand thuis"}, "601"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "wrong_address"}, "602"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Adres klopt niet"}, "602"},
		{waybill.AttemptFailed, waybill.Scan{Text: "adres onbekend"}, "604"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Adres, zie notitie"}, "600"},
		{waybill.AttemptFailed, waybill.Scan{Text: "ADR-goederen"}, "618"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "refused"}, "606"},
		{waybill.AttemptFailed, waybill.Scan{Text: "The receiver declined it"}, "606"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Incomplete address"}, "603"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "address not found"}, "604"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "closed"}, "605"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "refused"}, "606"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "missorted"}, "607"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Cash not at hand"}, "608"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "rescheduled"}, "609"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Address was changed by the receiver"}, "610"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "stolen"}, "611"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Taken to a locker"}, "612"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "oversized"}, "613"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "overdue"}, "614"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "damaged"}, "615"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "lost"}, "616"},
		{waybill.AttemptFailed, waybill.Scan{Text: "The telephone number is wrong"}, "617"},
		{waybill.AttemptFailed, waybill.Scan{Reason: "dangerous goods"}, "618"},
		{waybill.AttemptFailed, waybill.Scan{Text: "Alcohol, and the receiver is too young"}, "619"},
		{waybill.AttemptFailed, waybill.Scan{Code: "616", Text: "Nobody home"}, "616"}, // the courier names it
		{waybill.Delivered, waybill.Scan{Code: "616"}, "500"},                          // no code of a delivery
	} {
		if got := wordOf(waybill.Booked, c.transit, &c.scan); got.code != c.code {
			t.Errorf("%s %+v is %s, want %s", c.transit, c.scan, got.code, c.code)
		}
	}
}

// TestDeparture: only what has not left yet departs, and what departs is on its way to the warehouse.
func TestDeparture(t *testing.T) {
	from := transitsOf(statusConfirmed, statusReady)
	for _, transit := range waybill.Transits {
		early := slices.Contains([]waybill.Transit{
			waybill.TransitNone, waybill.LabelMade, waybill.TransitUnknown, waybill.PickupScheduled, waybill.Assigned, waybill.Unassigned,
			waybill.PickupStarted, waybill.Redelivery,
		}, transit)
		if slices.Contains(from, transit) != early {
			t.Errorf("%s departs: %v", transit, !early)
		}
	}
	if w := wordOf(waybill.Booked, waybill.PickedUp, &waybill.Scan{Code: codeEnRoute}); w.status != "SHIPMENT_ENROUTE_TO_WAREHOUSE" {
		t.Errorf("a departure is %s", w.status)
	}
}

// TestLocationOfWebhooks: the courier's place is told on the way to the door and at it, and nowhere else.
func TestLocationOfWebhooks(t *testing.T) {
	var e waybill.Event
	dialecttest.Fill(&e)
	e.Kind = waybill.ShipmentTracked
	told := 0
	for _, transit := range waybill.Transits {
		e.Facts.Transit, e.Facts.Scan.Code = transit, ""
		n, ok := newsOf(&e)
		if !ok {
			continue
		}
		message, _ := speak(e, dialect.Endpoint{})
		has := !bytes.Contains(message.Body, []byte(`"location":null`))
		if wanted := n.status == "OUT_FOR_DELIVERY" || n.status == "DELIVERED"; has != wanted {
			t.Errorf("%s: the location is told: %v", transit, has)
		}
		told++
	}
	if told < 15 {
		t.Errorf("only %d transits are told", told)
	}
}

// TestReturnsAreFollowed: a parcel that comes back is found by its own number, goes to whom it goes back to, and all
// that happens to it is one status.
func TestReturnsAreFollowed(t *testing.T) {
	r := waybill.Return{To: waybill.Party{Address: waybill.Address{City: "Utrecht"}}}
	tracked := engine.Tracked{
		Number: "R1", Found: true, Return: &r, Shipment: waybill.Shipment{Reference: "A", Booking: waybill.Booked, Transit: waybill.Delivered},
		Tracking: waybill.Tracking{Scans: []waybill.Scan{{Status: waybill.PickedUp, Text: "first"}, {Status: waybill.Returned, Text: "second"}}},
	}
	p := parcelOf(&tracked, "R1")
	if p.Status != "RETURN_TO_SENDER" || p.Consignee.Address.City != "Utrecht" || p.MetaData != "A" || len(p.Events) != 2 ||
		p.Events[0].Details.Reason != "second" || p.Events[1].Status != "RETURN_TO_SENDER" {
		t.Errorf("got %s", asJSON(p))
	}
	tracked.Tracking.Scans = nil
	if p := parcelOf(&tracked, "R1"); p.Status != "RETURN_TO_SENDER" || len(p.Events) != 1 {
		t.Errorf("a return without scans is %s", asJSON(p))
	}
}
