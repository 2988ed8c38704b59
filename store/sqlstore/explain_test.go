package sqlstore_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/store"
	"waybill/store/sqlstore"
	"waybill/store/storetest"
)

// TestPlans holds how both databases find every list: no filter and no order reads a table through. The
// golden files name the index of each.
func TestPlans(t *testing.T) {
	for _, f := range []struct {
		name string
		open func(testing.TB, waybill.Clock) *sqlstore.Store
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.PostgreSQL}} {
		t.Run(f.name, func(t *testing.T) {
			clock := waybill.NewManualClock(storetest.Start)
			s := f.open(t, clock)
			populate(t, s, clock)
			s.Nearsighted()
			var b strings.Builder
			for _, c := range planned(clock.Now()) {
				explain := s.Explain
				if strings.HasPrefix(c.name, "writes: ") {
					explain = s.ExplainWrites
				}
				plans, err := explain(c.run)
				if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				fmt.Fprintf(&b, "# %s\n", c.name)
				for _, line := range ways(plans) {
					fmt.Fprintln(&b, line)
					if reads.MatchString(line) {
						t.Errorf("%s reads a table through: %s", c.name, line)
					}
				}
			}
			if f.name == "postgres" {
				if major, err := s.Strings("select current_setting('server_version_num')"); err != nil || !strings.HasPrefix(major[0], plannedBy) {
					t.Logf("the golden file is of PostgreSQL %s, this one (%v) plans in its own way: not compared", plannedBy, major)
					return
				}
			}
			golden(t, "testdata/plans-"+f.name+".txt", b.String())
		})
	}
}

// plannedBy is the major version of PostgreSQL whose plans the golden file has.
const plannedBy = "15"

// reads is what a full scan looks like; that of a small set found before (s), of the hops from account to
// account (a, x) or of a constant is none.
var reads = regexp.MustCompile(`^SCAN (request|carrier_call|setup|shipment|term|event|job|purchase|tracker|delivery|document|decision|idempotency|shipment_return|return_track|tally|tally_change|upkeep|registration|api_key|declaration|hook|pool|wallet|entry|rule_set|rate_card|spend|spend_entry|manifest|consignment|login|saved_view|erasure|retained|proof|pickup|address|loan|t|j|f)\b|Seq Scan`)

// ways are the lines of plans that say how a table is come by, each once.
func ways(plans []string) (lines []string) {
	for _, line := range strings.Split(strings.Join(plans, "\n"), "\n") {
		line = strings.TrimSpace(strings.TrimLeft(line, "-> "))
		way := strings.Contains(line, "Scan") || strings.HasPrefix(line, "SEARCH") || strings.HasPrefix(line, "SCAN") || strings.Contains(line, "TEMP B-TREE") || line == "Sort"
		if way && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

type plannedCase struct {
	name string
	run  func(store.Tx) error
}

// planned are all filters, each in both orders, and the other lists.
func planned(now time.Time) (cases []plannedCase) {
	day := now.Add(-time.Hour)
	for _, f := range []struct {
		name string
		q    store.ShipmentQuery
	}{
		{"no filter", store.ShipmentQuery{}},
		{"references", store.ShipmentQuery{References: []string{"a", "b", "c"}}},
		{"one location", store.ShipmentQuery{Locations: []string{"L7"}}},
		{"locations", store.ShipmentQuery{Locations: []string{"L7", "L8"}}},
		{"group", store.ShipmentQuery{Group: "g5"}},
		{"booking", store.ShipmentQuery{Booking: []waybill.Booking{waybill.Failed}}},
		{"transit", store.ShipmentQuery{Transit: []waybill.Transit{waybill.Exception}}},
		{"states", store.ShipmentQuery{States: []store.State{{Booking: waybill.Held}, {Booking: waybill.Booked, Transit: waybill.Returned}}}},
		{"created", store.ShipmentQuery{CreatedFrom: day, CreatedTo: now}},
		{"updated", store.ShipmentQuery{UpdatedFrom: day, UpdatedTo: now}},
		{"pickup and drop", store.ShipmentQuery{PickupFrom: day, DropTo: now}},
		{"term", store.ShipmentQuery{Terms: []store.Term{{Field: store.TermCity, Value: "portland"}}}},
		{"words", store.ShipmentQuery{Words: store.Wanted("lund n3@example.com")}},
		{"words and a state", store.ShipmentQuery{Words: store.Wanted("lund 0199"), Booking: []waybill.Booking{waybill.Failed}}},
		{"two terms", store.ShipmentQuery{Terms: []store.Term{{Field: store.TermCity, Value: "portland"}, {Field: store.TermEmail, Value: "n3@example.com"}}}},
	} {
		for _, page := range []store.Page{{Limit: 5, Order: store.ByCreated}, {Limit: 5, Order: store.ByUpdated, Ascending: true}} {
			cases = append(cases, plannedCase{fmt.Sprintf("%s by %s", f.name, page.Order), func(tx store.Tx) error {
				slice, err := tx.Shipments().Find(f.q, page)
				if err == nil && slice.Next != "" {
					page.After = slice.Next
					_, err = tx.Shipments().Find(f.q, page)
				}
				return err
			}}, plannedCase{fmt.Sprintf("%s by %s, by number", f.name, page.Order), func(tx store.Tx) error {
				page.Offset = 10
				_, err := tx.Shipments().Find(f.q, page)
				return err
			}})
		}
		cases = append(cases, plannedCase{f.name + ", counted", func(tx store.Tx) error { _, _, err := tx.Shipments().Count(f.q, 100); return err }})
	}
	for _, c := range []plannedCase{
		{"shipment by reference", func(tx store.Tx) error { _, err := tx.Shipments().ByReference("x"); return known(err) }},
		{"counters over all days", func(tx store.Tx) error { _, err := tx.Shipments().Tally(store.TallyQuery{}); return err }},
		{"counters of some days", func(tx store.Tx) error {
			_, err := tx.Shipments().Tally(store.TallyQuery{From: "2026-01-01", To: "2026-02-01", ByDay: true})
			return err
		}},
		{"recount", func(tx store.Tx) error { _, err := tx.Shipments().Recount(); return err }},
		{"shipments by tracking", func(tx store.Tx) error { _, err := tx.Shipments().ByTracking("x"); return err }},
		{"connections", func(tx store.Tx) error { _, err := tx.Connections().All(); return err }},
		{"connection by key", func(tx store.Tx) error { _, err := tx.Connections().ByKey("x"); return known(err) }},
		{"location by number", func(tx store.Tx) error { _, err := tx.Locations().ByNumber(7); return known(err) }},
		{"purchases of a shipment", func(tx store.Tx) error { _, err := tx.Purchases().Of("s"); return err }},
		{"purchases in a state", func(tx store.Tx) error {
			_, err := tx.Purchases().InState([]waybill.PurchaseState{waybill.Unsure}, 10)
			return err
		}},
		{"returns that stand alone", func(tx store.Tx) error { _, err := tx.Returns().Of(""); return err }},
		{"shipment by number", func(tx store.Tx) error { _, err := tx.Shipments().ByNumber(7); return known(err) }},
		{"return by number", func(tx store.Tx) error { _, err := tx.Returns().ByNumber(7); return known(err) }},
		{"returns by tracking", func(tx store.Tx) error { _, err := tx.Returns().ByTracking("x"); return err }},
		{"declaration by number", func(tx store.Tx) error { _, err := tx.Declarations().ByNumber("c", "x"); return known(err) }},
		{"declaration by licence", func(tx store.Tx) error { _, err := tx.Declarations().ByLicence("a1", "x"); return known(err) }},
		{"declarations of a shipment", func(tx store.Tx) error { _, err := tx.Declarations().Of("s"); return err }},
		{"hooks of a shipment", func(tx store.Tx) error { _, err := tx.Hooks().Of("s"); return err }},
		{"registration by key", func(tx store.Tx) error { _, err := tx.Registrations().ByKey("c/l"); return known(err) }},
		{"writes: the use of an api key", func(tx store.Tx) error {
			return tx.KeyUsed(waybill.APIKey{Row: waybill.Row{ID: "k", Account: "a1", Version: 1}}, now)
		}},
		{"api key by hash", func(tx store.Tx) error { _, err := tx.APIKeys().ByKey("h"); return known(err) }},
		{"address by key", func(tx store.Tx) error { _, err := tx.Addresses().ByKey("x"); return known(err) }},
		{"addresses", func(tx store.Tx) error { _, err := tx.Addresses().All(); return err }},
		{"requests", func(tx store.Tx) error {
			_, err := tx.Requests().Find(store.RequestQuery{Dialect: "lynkup", Operation: "create"}, store.Page{Limit: 5})
			return err
		}},
		{"requests of a client", func(tx store.Tx) error {
			_, err := tx.Requests().Find(store.RequestQuery{Actor: "c"}, store.Page{Limit: 5})
			return err
		}},
		{"requests that were refused", func(tx store.Tx) error {
			_, err := tx.Requests().Find(store.RequestQuery{StatusMin: 400}, store.Page{Limit: 5})
			return err
		}},
		{"requests about a shipment", func(tx store.Tx) error {
			_, err := tx.Requests().Find(store.RequestQuery{Shipment: "s"}, store.Page{Limit: 5})
			return err
		}},
		{"requests by reference", func(tx store.Tx) error {
			_, err := tx.Requests().Find(store.RequestQuery{Reference: "r"}, store.Page{Limit: 5})
			return err
		}},
		{"a request by its request id", func(tx store.Tx) error {
			_, err := tx.Requests().Find(store.RequestQuery{RequestID: "r"}, store.Page{Limit: 5})
			return err
		}},
		{"calls of a request", func(tx store.Tx) error {
			_, err := tx.Calls().Of(store.CallQuery{Request: "r"}, 5)
			return err
		}},
		{"calls about a shipment", func(tx store.Tx) error {
			_, err := tx.Calls().Of(store.CallQuery{Shipment: "s"}, 5)
			return err
		}},
		{"the latest calls", func(tx store.Tx) error { _, err := tx.Calls().Recent(day, 5); return err }},
		{"audit log", func(tx store.Tx) error {
			_, err := tx.Audit().Find(store.AuditQuery{}, store.Page{Limit: 5})
			return err
		}},
		{"audit log of a record", func(tx store.Tx) error {
			_, err := tx.Audit().Find(store.AuditQuery{Record: "r"}, store.Page{Limit: 5})
			return err
		}},
		{"api keys", func(tx store.Tx) error { _, err := tx.APIKeys().All(); return err }},
		{"deliveries of a shipment", func(tx store.Tx) error { _, err := tx.Deliveries().About("s"); return err }},
		{"pickups", func(tx store.Tx) error {
			_, err := tx.Pickups().Find(store.PickupQuery{}, store.Page{Limit: 5})
			return err
		}},
		{"pickups by change", func(tx store.Tx) error {
			_, err := tx.Pickups().Find(store.PickupQuery{}, store.Page{Limit: 5, Order: store.ByUpdated})
			return err
		}},
		{"visits of a day", func(tx store.Tx) error { _, err := tx.Pickups().Open("c", "l", "2026-01-05"); return err }},
		{"manifests", func(tx store.Tx) error {
			_, err := tx.Manifests().Find(store.ManifestQuery{}, store.Page{Limit: 5})
			return err
		}},
		{"manifests by change", func(tx store.Tx) error {
			_, err := tx.Manifests().Find(store.ManifestQuery{}, store.Page{Limit: 5, Order: store.ByUpdated})
			return err
		}},
		{"the open manifest", func(tx store.Tx) error {
			_, err := tx.Manifests().Open("a1", "c", "l", "2026-01-05")
			return known(err)
		}},
		{"consignments of shipments", func(tx store.Tx) error { _, err := tx.Consignments().Of("s1", "s2"); return err }},
		{"what left on a day", func(tx store.Tx) error {
			_, err := tx.Consignments().Leaving(store.LeavingQuery{Account: "a1", Connection: "c", Location: "l", Days: []string{"2026-01-05"}}, 10)
			return err
		}},
		{"what leaves on days", func(tx store.Tx) error {
			days := []string{"2026-01-05", "2026-01-06", "2026-01-07"}
			_, err := tx.Consignments().Leaving(store.LeavingQuery{Account: "a1", Connection: "c", Location: "l", Days: days, Waiting: true}, 10)
			return err
		}},
		{"what is on a manifest", func(tx store.Tx) error { _, err := tx.Consignments().On("m", "s", 10); return err }},
		{"what waits for a manifest", func(tx store.Tx) error {
			_, err := tx.Consignments().Waiting([]string{"2026-01-05", "2026-01-06"})
			return err
		}},
		{"returns", func(tx store.Tx) error {
			_, err := tx.Returns().Find(store.ReturnQuery{}, store.Page{Limit: 5})
			return err
		}},
		{"deliveries of an endpoint, by cursor", func(tx store.Tx) error {
			_, err := tx.Deliveries().Find(store.DeliveryQuery{Subscription: "h"}, store.Page{Limit: 5})
			return err
		}},
		{"dead letters", func(tx store.Tx) error {
			_, err := tx.Deliveries().Find(store.DeliveryQuery{States: []string{"dead"}}, store.Page{Limit: 5})
			return err
		}},
		{"rules in force and to come", func(tx store.Tx) error { _, err := tx.RuleSets().From("a1", now); return err }},
		{"newest rules", func(tx store.Tx) error { _, err := tx.RuleSets().Latest("a1"); return err }},
		{"rules of a version", func(tx store.Tx) error { _, err := tx.RuleSets().Get("a1", 1); return known(err) }},
		{"versions of a rate card", func(tx store.Tx) error {
			_, err := tx.RateCards().Find("c", time.Time{}, store.Page{Limit: 5})
			return err
		}},
		{"versions of a rate card by change", func(tx store.Tx) error {
			_, err := tx.RateCards().Find("c", day, store.Page{Limit: 5, Order: store.ByUpdated})
			return err
		}},
		{"spending of a connection", func(tx store.Tx) error { _, _, err := tx.Spending().Of("c", "GBP", now); return err }},
		{"behind all events", func(tx store.Tx) error { _, err := tx.Events().Latest(); return err }},
		{"registrations", func(tx store.Tx) error { _, err := tx.Registrations().All(); return err }},
		{"login by hash", func(tx store.Tx) error { _, err := tx.Logins().ByKey("h"); return known(err) }},
		{"logins", func(tx store.Tx) error { _, err := tx.Logins().All(); return err }},
		{"saved view by name", func(tx store.Tx) error { _, err := tx.SavedViews().ByKey("Failed"); return known(err) }},
		{"saved views", func(tx store.Tx) error { _, err := tx.SavedViews().All(); return err }},
		{"erasures", func(tx store.Tx) error { _, err := tx.Erasures().All(); return err }},
		{"how far is seen to", func(tx store.Tx) error { _, err := tx.Forgetting().Upto("a1", "documents"); return err }},
		{"blobs that nobody else has", func(tx store.Tx) error { _, err := tx.Forgetting().Unused([]string{"b"}, "a1"); return err }},
		{"blobs that go next", func(tx store.Tx) error { _, err := tx.Forgetting().Blobs("a1", 10); return err }},
		{"writes: what is forgotten", func(tx store.Tx) error {
			f := tx.Forgetting()
			_, err := f.Events("a1", now, 10)
			_, err1 := f.Deliveries("a1", now, 10)
			return errors.Join(err, err1, f.Reached("a1", "documents", now), f.Rewrite(waybill.Event{ID: "e", Account: "a1", Shipment: "s"}), f.Requests([]waybill.ID{"r"}))
		}},
		{"writes: the removal of an account", func(tx store.Tx) error { _, err := tx.Forgetting().Account("gone", 10); return err }},
		{"proof by key", func(tx store.Tx) error { _, err := tx.Proofs().ByKey("c/live/booked"); return known(err) }},
		{"writes: numbers dropped", func(tx store.Tx) error { return tx.Pool().Drop("c") }},
		{"numbers left", func(tx store.Tx) error { _, err := tx.Pool().Left("c"); return err }},
		{"wallet", func(tx store.Tx) error { _, err := tx.Wallet().Balance("a1", "INR"); return err }},
		{"wallets", func(tx store.Tx) error { _, err := tx.Wallet().Balances(); return err }},
		{"entries of a purchase", func(tx store.Tx) error { _, err := tx.Wallet().Of("p"); return err }},
		{"entries of a wallet", func(tx store.Tx) error {
			_, err := tx.Wallet().Entries("a1", "INR", time.Time{}, store.Page{Limit: 5})
			return err
		}},
		{"entries of a wallet, oldest first", func(tx store.Tx) error {
			_, err := tx.Wallet().Entries("a1", "INR", time.Time{}, store.Page{Limit: 5, Ascending: true})
			return err
		}},
		{"entries of a wallet since", func(tx store.Tx) error {
			_, err := tx.Wallet().Entries("a1", "INR", now, store.Page{Limit: 5})
			return err
		}},
		{"trackers due", func(tx store.Tx) error { _, err := tx.Trackers().Due("c", now, 10); return err }},
		{"tracker by number", func(tx store.Tx) error { _, err := tx.Trackers().ByNumber("c", "x"); return known(err) }},
		{"numbers that are taken", func(tx store.Tx) error { _, err := tx.Trackers().Taken("c", []string{"x", "y"}, now); return err }},
		{"visits from a day on", func(tx store.Tx) error { _, err := tx.Pickups().From("c", "2026-01-05"); return err }},
		{"oldest due tracker", func(tx store.Tx) error { _, err := tx.Trackers().OldestDue("c"); return err }},
		{"deliveries", func(tx store.Tx) error { _, err := tx.Deliveries().Of("w", "", 10); return err }},
		{"deliveries in a state", func(tx store.Tx) error { _, err := tx.Deliveries().Of("w", "dead", 10); return err }},
		{"events since", func(tx store.Tx) error { _, _, err := tx.Events().Since("1.1", time.Time{}, 10); return err }},
		{"events since a time", func(tx store.Tx) error { _, _, err := tx.Events().Since("1.1", now, 10); return err }},
		{"events of a shipment", func(tx store.Tx) error { _, err := tx.Events().Of("s"); return err }},
		{"idempotency key", func(tx store.Tx) error { _, _, err := tx.Keys().Get("x", "k"); return err }},
	} {
		cases = append(cases, c)
	}
	return cases
}

func known(err error) error {
	if waybill.IsCode(err, waybill.NotFound) {
		return nil
	}
	return err
}

// populate fills one account with shipments among those of others, so that indexes are worth their while.
func populate(t testing.TB, s *sqlstore.Store, clock *waybill.ManualClock) {
	t.Helper()
	for batch := range 60 {
		clock.Advance(time.Minute)
		err := s.Update(t.Context(), waybill.System(""), func(tx store.Tx) error {
			for i := range 20 {
				n := batch*20 + i
				v := storetest.Shipment(waybill.ID(fmt.Sprintf("a%d", n%3)), waybill.ID(fmt.Sprintf("%024x", n)))
				v.LocationKey, v.Group = fmt.Sprintf("L%d", n%20), fmt.Sprintf("g%d", n%40)
				v.To.Contact.Email = fmt.Sprintf("n%d@example.com", n)
				if n%50 == 0 {
					v.Booking, v.Transit = waybill.Failed, waybill.TransitNone
				}
				if err := tx.Shipments().Put(&v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := s.Update(t.Context(), waybill.System(""), func(tx store.Tx) error {
		if err := tx.Connections().Put(&waybill.Connection{Row: waybill.Row{ID: "c", Account: "a1"}, ExternalID: "c"}); err != nil {
			return err
		}
		return tx.Pool().Add("c", []string{"1", "2", "3"}, clock.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Flavour() == "postgres" { // SQLite has no statistics in a data folder either
		if err := s.Exec("analyze"); err != nil {
			t.Fatal(err)
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-golden +now):\n%s", path, diff)
	}
}
