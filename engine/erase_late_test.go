package engine_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// TestWhatWasUnderWayIsForgottenToo: a request that began before an erasure was done, and came into the log after it at any
// node, is erased; one that began later stays.
func TestWhatWasUnderWayIsForgottenToo(t *testing.T) {
	const gone = "zqgone@example.com"
	journal := func(t *testing.T) func(*engine.Config) {
		return func(c *engine.Config) {
			journal := engine.NewJournal(c.Store, c.Clock, c.Log)
			c.Journal = journal
			t.Cleanup(func() { _ = journal.Close() })
		}
	}
	check := func(t *testing.T, d *enginetest.Desk, late *engine.Engine) {
		order := draft("LATE-1")
		order.Shipment.To.Contact.Email = gone
		made := create(t, d, order)
		note := func(began time.Time, body string, about waybill.ID) {
			id := late.Journal.NewID()
			call := waybill.CarrierCall{Row: waybill.Row{ID: late.Journal.NewID(), Account: d.Tenant.ID, Created: began}, Cause: waybill.Cause{Request: id}, Shipment: about, Carrier: "ups"}
			late.Journal.Note(len(body), func() (waybill.APIRequest, []waybill.CarrierCall) {
				row := waybill.Row{ID: id, Account: d.Tenant.ID, Created: began}
				return waybill.APIRequest{Row: row, Dialect: "native", Method: "POST", Body: body, Shipment: about}, []waybill.CarrierCall{call}
			})
			late.Journal.Flush(t.Context())
		}
		kept := func() (bodies []string) {
			list, err := late.As(waybill.System(d.Tenant.ID)).ListRequests(t.Context(), engine.ListRequests{Page: engine.Page{Limit: 100, Ascending: true}})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list.Items {
				bodies = append(bodies, r.Body)
			}
			return bodies
		}
		began := d.Clock.Now()
		erasure, err := d.EraseRecipient(t.Context(), engine.Erase{Email: gone})
		if err != nil {
			t.Fatal(err)
		}
		d.After(time.Second)
		if erasure, err = d.GetErasure(t.Context(), erasure.ID); err != nil || erasure.State != waybill.ErasureDone {
			t.Fatalf("%+v, %v", erasure, err)
		}
		note(began, `{"email":"`+gone+`"}`, "")
		note(began, `{"street1":"where they live"}`, made.ID)
		note(began, `{"email":"somebody@example.com"}`, "")
		d.Clock.Advance(5 * time.Minute)
		again := `{"email":"` + gone + `", "again":true}`
		note(d.Clock.Now(), again, "")
		if n := len(kept()); n != 4 {
			t.Fatalf("%d entries are in the log", n)
		}
		d.After(5 * time.Minute)
		if left := kept(); len(left) != 2 || left[0] != `{"email":"somebody@example.com"}` || left[1] != again {
			t.Errorf("in the log there is %q", left)
		}
		if erasure, err = d.GetErasure(t.Context(), erasure.ID); err != nil || erasure.Wanted != nil || erasure.State != waybill.ErasureDone || erasure.Erased["requests"] != 1 {
			t.Errorf("whom it was about is kept: %+v, %v", erasure, err)
		}
		d.After(25 * time.Hour)
		if left := kept(); len(left) != 2 {
			t.Errorf("it goes on: %q", left)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		d := enginetest.New(t, enginetest.Options{Config: journal(t)}).Account("acme")
		check(t, d, d.World.Engine)
	})
	t.Run("two nodes on postgres", func(t *testing.T) {
		d, other := twoNodes(t, journal(t))
		check(t, d, other)
	})
}
