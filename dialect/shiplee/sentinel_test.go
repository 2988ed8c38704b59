package shiplee

import (
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
		r := &dialect.Request{}
		offers := engine.Offers{Shipment: s, Candidates: []waybill.Candidate{{
			Provider: waybill.Provider{Carrier: "house", Service: "surface"}, Sold: waybill.Money{Minor: 100, Currency: rupees},
		}}}
		return joined(
			encodeOrder(r, s), encodeRates(r, offers), encodeBook(r, s), encodeTrack(r, engine.Tracked{Number: s.Tracking, Shipment: s}),
		)
	})
}

// TestUnspokenReturns does the same with a return.
func TestUnspokenReturns(t *testing.T) {
	var b waybill.Return
	dialecttest.Unspoken(t, "testdata/unspoken-returns.txt", &b, func() []byte {
		r := &dialect.Request{}
		return joined(encodeReverse(r, b), encodeReverseBook(r, b), encodeTrack(r, engine.Tracked{Number: b.Tracking, Return: &b}))
	})
}

func joined(replies ...dialect.Reply) []byte {
	var bodies []string
	for _, reply := range replies {
		bodies = append(bodies, string(reply.Body))
	}
	return []byte("[" + strings.Join(bodies, ",") + "]")
}

// TestStatusesAreTotal: every state has a title of its own kind, and no state is invented.
func TestStatusesAreTotal(t *testing.T) {
	states := []waybill.Booking{
		waybill.Draft, waybill.Held, waybill.Rating, waybill.NoProvider, waybill.Unsettled, waybill.Booked, waybill.Failed, waybill.Ignored,
		waybill.Cancelled, waybill.Declared,
	}
	if len(bookings) != len(states) || len(transits) != len(waybill.Transits) {
		t.Errorf("%d and %d titles for %d and %d states", len(bookings), len(transits), len(states), len(waybill.Transits))
	}
	for _, b := range states {
		if bookings[b] == "" {
			t.Errorf("booking %s has no title", b)
		}
	}
	seen := map[string]waybill.Transit{}
	for _, s := range waybill.Transits {
		if transits[s] == "" || seen[transits[s]] != "" {
			t.Errorf("transit %s has the title %q, and so has %q", s, transits[s], seen[transits[s]])
		}
		seen[transits[s]] = s
	}
}

// TestChargesAreShared: freight and the cash fee add up to the cost to the paisa, each with its share of tax and markup.
func TestChargesAreShared(t *testing.T) {
	charge := func(kind string, minor int64) waybill.Charge {
		return waybill.Charge{Kind: kind, Amount: waybill.Money{Minor: minor, Currency: rupees}}
	}
	tests := []struct {
		name         string
		sold         int64
		charges      []waybill.Charge
		freight, cod int64
	}{
		{"no fee", 11800, []waybill.Charge{charge("base", 10000), charge("tax", 1800)}, 11800, 0},
		{"with GST", 16520, []waybill.Charge{charge("base", 10000), charge("cod", 4000), charge("tax", 2520)}, 11800, 4720},
		{"with markup", 18172, []waybill.Charge{charge("base", 10000), charge("cod", 4000), charge("tax", 2520), charge("markup", 1652)}, 12980, 5192},
		{"a discount is on the freight", 10000, []waybill.Charge{charge("base", 8000), charge("discount", -2000), charge("cod", 4000)}, 6000, 4000},
		{"a rest of a paisa", 10001, []waybill.Charge{charge("base", 2), charge("cod", 1)}, 6667, 3334},
		{"nothing known", 500, nil, 500, 0},
	}
	for _, test := range tests {
		freight, cod := split(waybill.Candidate{Sold: waybill.Money{Minor: test.sold, Currency: rupees}, Charges: test.charges})
		if freight != test.freight || cod != test.cod {
			t.Errorf("%s: %d and %d, want %d and %d", test.name, freight, cod, test.freight, test.cod)
		}
	}
}

// TestCarrierIDs: the page's pattern, and that of services that have no letter.
func TestCarrierIDs(t *testing.T) {
	var prepaid, cod, worthless waybill.Shipment
	worthless.Options.COD = waybill.Amount{Value: "0", Currency: rupees}
	cod.Options.COD = waybill.Amount{Value: "10", Currency: rupees}
	for _, test := range []struct {
		order                  waybill.Shipment
		carrier, service, want string
	}{
		{prepaid, "delhivery", "express", "delhivery_e_prepaid"},
		{cod, "delhivery", "Surface", "delhivery_s_cod"},
		{worthless, "delhivery", "Surface", "delhivery_s_cod"},
		{prepaid, "ups", "08", "ups_08_prepaid"},
	} {
		got := carrierID(test.order, waybill.Candidate{Provider: waybill.Provider{Carrier: test.carrier, Service: test.service}})
		if got != test.want {
			t.Errorf("%s of %s is %s, want %s", test.service, test.carrier, got, test.want)
		}
	}
}

// TestTransitTimes: the page's two are two days as 2-3 and four as 4-6.
func TestTransitTimes(t *testing.T) {
	for days, want := range map[int]string{0: "", 1: "1-2 days", 2: "2-3 days", 3: "3-4 days", 4: "4-6 days", 9: "9-13 days"} {
		if got := transit(days); got != want {
			t.Errorf("%d days are told as %q, want %q", days, got, want)
		}
	}
}

// TestReverseOrdersHaveTwoNames: what is written is read, in any case, and the page's id is one of ours.
func TestReverseOrdersHaveTwoNames(t *testing.T) {
	if id := reverseID(0x7A685); id != "RO-7A685" {
		t.Errorf("501381 is written %s", id)
	}
	for text, want := range map[string]int64{
		"RO-7A685": 501381, "ro-7a685": 501381, " RO-00412 ": 1042, "1042": 1042, "RO-1FFFFFFFFFFFFF": maxID,
		"RO-": 0, "RO-0": 0, "7A685": 0, "-1": 0, "0": 0, "RO--1": 0, "RO-20000000000000": 0, "1e3": 0,
	} {
		v := dialect.Root(text, true)
		if got := reverseNumber(v); got != want || (v.Errors("test") == nil) != (want != 0) {
			t.Errorf("%q is read as %d (%v), want %d", text, got, v.Errors("test"), want)
		}
	}
}

// TestEqualBodiesHaveOneDigest: order and space do not count, values do.
func TestEqualBodiesHaveOneDigest(t *testing.T) {
	of := func(body string) string {
		v, err := document(&dialect.Request{Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		return digest(v)
	}
	if of(`{"a":1,"b":{"c":[2,3]}}`) != of(` { "b": {"c": [2, 3]}, "a": 1 } `) {
		t.Error("an equal body has another digest")
	}
	for _, other := range []string{`{"a":2,"b":{"c":[2,3]}}`, `{"a":1,"b":{"c":[3,2]}}`, `{"a":"1","b":{"c":[2,3]}}`, `{"a":1}`} {
		if of(`{"a":1,"b":{"c":[2,3]}}`) == of(other) {
			t.Errorf("%s has the same digest", other)
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
		for _, sample := range []string{"484900", "XB1234567890", "2147483833", "1042", "7A685", "54321", "Bangalore", "John Doe", "delhivery_", "Logistics Road", "d10701280b"} {
			if strings.Contains(string(text), sample) {
				t.Errorf("%s holds the sample value %s", f.Name(), sample)
			}
		}
	}
	if checked < 14 {
		t.Errorf("only %d files were looked at", checked)
	}
}

// TestWhyNoCourier: each reason names whose it is.
func TestWhyNoCourier(t *testing.T) {
	offers := engine.Offers{
		Candidates: []waybill.Candidate{
			{Provider: waybill.Provider{ServiceName: "Surface"}, Rejected: "does not offer cash on delivery"},
			{Provider: waybill.Provider{ServiceName: "Express"}, Sold: waybill.Money{Minor: 100, Currency: "USD"}},
		},
		Steps: []waybill.Step{{Stage: waybill.StageRate, Subject: "House Courier", Outcome: waybill.StepFailed, Detail: "no answer"}},
	}
	const want = "Surface: does not offer cash on delivery; Express: its price is not in rupees; House Courier: no answer"
	if got := why(offers); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// TestALowBalanceSaysWhatIsNeeded: also when it shows only while the booking is written.
func TestALowBalanceSaysWhatIsNeeded(t *testing.T) {
	failure := waybill.Failure{Reason: waybill.ReasonBalance, Message: "the wallet holds less", Needed: "500.00"}
	for _, op := range []string{opBook, opReverseBook} {
		reply := fault(&dialect.Request{Op: op}, waybill.AsError(refusal(failure)))
		if want := `{"success":false,"message":"Insufficient balance (< ₹500)"}`; reply.Status != 402 || string(reply.Body) != want {
			t.Errorf("%s: %d %s, want %s", op, reply.Status, reply.Body, want)
		}
	}
}
