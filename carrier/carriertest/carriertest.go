// Package carriertest is the suite that decides whether an adapter keeps the promises of the carrier
// port. The suite owns every assertion; an implementation owns a [Harness] of a page at most and, for
// what does not apply to it, a skip with its reason.
//
// "The same key never sells twice" is promised in two parts, because many carriers have no idempotency
// key: the engine never calls Ship twice with one key (a purchase is written before the call, and an
// Unsure one is looked up), and Find tells by the key what the first call sold. The suite checks Find.
package carriertest

import (
	"slices"
	"testing"

	"waybill"
	"waybill/carrier"
)

// Harness is what the suite needs to know of a carrier.
type Harness struct {
	Driver   carrier.Driver
	Settings carrier.Settings // accepted by the backend, secret ones among them
	Wrong    carrier.Settings // refused by the backend: replace those of the same name in Settings

	// Backend starts a fresh carrier for one test, on the test's clock; nil: the carrier has no API.
	Backend func(t *testing.T, clock *waybill.ManualClock) Backend
	// Operations names, for the verbs quote, ship, track and void, what Backend.Mischief calls them.
	Operations map[string]string

	Sample      func() waybill.Shipment // one parcel, two items, Latin letters; carried by Service
	Service     string
	Incoming    string                // a service that brings parcels back
	Formats     []waybill.LabelFormat // to ask labels in
	BadPostcode string                // in the form of the sample's country, and not there
	Step        int64                 // grams: what weights are rounded up to on the wire
	Abilities   []carrier.Ability     // claimed

	// StatusTable is the carrier's status.csv: a heading, columns of the carrier's own words, then transit
	// and reason. Status translates such words.
	StatusTable string
	Status      func(words []string) waybill.Transit

	// Skips are the cases that do not apply, with the reason why not.
	Skips map[string]string
}

// Backend is a running carrier: a simulator.
type Backend struct {
	Base string
	// Mischief makes the next count calls of an operation go wrong (0: until told otherwise), in one of
	// the ways of the kinds below.
	Mischief func(operation, kind string, count int)
	// Hung counts the calls of an operation that came to wait for an answer that mischief keeps back.
	Hung func(operation string) int
	// Sold lists what the carrier believes to have sold, oldest first.
	Sold func() []Sold
	// Places lists the places of collection in a Registrar's books; nil: they cannot be seen.
	Places func() []string
}

// The kinds of mischief that a backend must know. After means that the effect happens first.
const (
	Outage    = "outage"     // 503, no effect
	Hang      = "hang"       // no answer, no effect
	RateLimit = "rate-limit" // 429 with Retry-After, no effect
	HangAfter = "hang-after" // no answer
	Drop      = "drop"       // the connection is cut
	FailAfter = "fail-after" // 500
	Garbage   = "garbage"    // 200 and nonsense
	Swap      = "swap"       // the answer to an earlier call
)

// Sold is one shipment as the carrier understood it.
type Sold struct {
	ID      string
	Keys    []string // every reference it carries
	Numbers []string
	Name    string // of the recipient
	Street  string // of the recipient, lines joined by spaces
	Weights []waybill.Weight
	Voided  bool
}

// testCase is one promise.
type testCase struct {
	name string
	api  bool // about a carrier behind HTTP
	run  func(*bench)
}

// cases lists every promise; the names are those of Harness.Skips.
var cases = []testCase{
	{"settings are checked, all at once", false, settingsChecked},
	{"abilities claimed are abilities had", false, abilitiesHad},
	{"services listed are consistent", false, servicesListed},
	{"quotes are priced in a known currency", false, quotesPriced},
	{"a label opens as its format and carries its number", false, labelsOpen},
	{"several parcels have a number and a label each", false, severalParcels},
	{"requests are not changed", false, requestsKept},
	{"a purchase is found by its key", true, foundByKey},
	{"a lost answer is unsure and found", true, lostAnswer},
	{"what was not sold is not found", true, notSold},
	{"nobody there is transient and sure", true, nobodyThere},
	{"another order's answer is not believed", true, swappedAnswer},
	{"a cancelled context returns promptly", true, cancelledContext},
	{"a void voids, twice", true, voidVoids},
	{"a void too late is refused", true, voidTooLate},
	{"labels can be had again", false, labelsAgain},
	{"a return is sold with its label", false, returnSold},
	{"a pickup is booked and called off", false, pickupBooked},
	{"numbers that a person tells are held against the carrier's own", false, claimsHeld},
	{"a manifest opens and names its parcels", false, manifestCloses},
	{"a manifest of nothing is hard, with its field", false, manifestRefused},
	{"numbers ahead are distinct, and used once", true, numbersAhead},
	{"a place is registered, twice", true, placeRegistered},
	{"an edit reaches the carrier", true, editReaches},
	{"statuses map, unknown ones to unknown", false, statusesMap},
	{"numbers are tracked in order", true, numbersTracked},
	{"a bad postcode is hard, with its field", true, badPostcode},
	{"an outage is transient", true, outageTransient},
	{"a rate limit tells its delay", true, rateLimited},
	{"wrong credentials are hard", true, wrongCredentials},
	{"no secret in errors or logs", true, noSecrets},
	{"foreign letters are carried or refused", true, foreignLetters},
	{"long lines are shortened or refused", true, longLines},
	{"weights survive the units", true, weightsSurvive},
	{"many calls at once", true, atOnce},
	{"requests are as recorded", true, requestsRecorded},
}

// Run holds a carrier against every promise, each on a backend of its own.
func Run(t *testing.T, h Harness) {
	skipped := 0
	for name := range h.Skips {
		if !slices.ContainsFunc(cases, func(c testCase) bool { return c.name == name }) {
			t.Errorf("a skip names no case: %q", name)
		}
	}
	for _, c := range cases {
		reason, skip := h.Skips[c.name]
		if skip {
			skipped++
		}
		t.Run(c.name, func(t *testing.T) {
			if skip {
				t.Skip(reason)
			}
			c.run(newBench(t, h))
		})
	}
	t.Logf("%s: %d of %d cases, %d skipped", h.Driver.Name, len(cases)-skipped, len(cases), skipped)
}

// WithoutAPI is the skips of a carrier that has no API, with the reason.
func WithoutAPI(reason string) map[string]string {
	skips := map[string]string{}
	for _, c := range cases {
		if c.api {
			skips[c.name] = reason
		}
	}
	return skips
}
