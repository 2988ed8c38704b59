package storetest

import (
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// cameIn is an entry of the request log; n is also how many seconds after the start it came in.
func cameIn(account waybill.ID, n, status int) waybill.APIRequest {
	e := waybill.APIRequest{
		Dialect: "lynkup", Operation: "create", Method: "POST", Path: "/lynkup/shipments", Status: status, RequestID: "req-" + string(id(n)), ActorID: "c1",
		Body: `{"a":1}`, Ignored: []string{"b"}, Took: 3 * time.Millisecond,
	}
	e.ID, e.Account, e.Created = id(n), account, Start.Add(time.Duration(n)*time.Second)
	return e
}

// testRequests: the log is found by every filter, by cursor, and only by whose it is; what is old goes.
func testRequests(t *testing.T, h Harness) {
	s := h.Fresh(t, waybill.NewManualClock(Start))
	var all []waybill.APIRequest
	for n := 1; n <= 30; n++ {
		e := cameIn("a1", n, 201)
		switch {
		case n%10 == 0:
			e.Status, e.Shipment, e.Reference = 404, id(900), "REF-9"
		case n%3 == 0:
			e.Dialect, e.Operation, e.ActorID = "native", "list-shipments", "k1"
		}
		all = append(all, e)
	}
	all = append(all, cameIn("b1", 31, 500), cameIn("", 32, 401))
	update(t, s, everywhere, func(tx store.Tx) error { return tx.Requests().Add(all) })
	for _, c := range []struct {
		name  string
		actor waybill.Actor
		q     store.RequestQuery
		want  int
	}{
		{"all of an account", alice, store.RequestQuery{}, 30},
		{"an API", alice, store.RequestQuery{Dialect: "native"}, 9},
		{"an operation", alice, store.RequestQuery{Dialect: "lynkup", Operation: "create"}, 21},
		{"refused ones", alice, store.RequestQuery{StatusMin: 400}, 3},
		{"a status", alice, store.RequestQuery{StatusMin: 201, StatusMax: 201}, 27},
		{"a client", alice, store.RequestQuery{Actor: "k1"}, 9},
		{"a shipment", alice, store.RequestQuery{Shipment: id(900)}, 3},
		{"a reference", alice, store.RequestQuery{Reference: "REF-9"}, 3},
		{"a request id", alice, store.RequestQuery{RequestID: "req-" + string(id(7))}, 1},
		{"another's request id", bob, store.RequestQuery{RequestID: "req-" + string(id(7))}, 0},
		{"a span of time", alice, store.RequestQuery{From: Start.Add(5 * time.Second), To: Start.Add(9 * time.Second)}, 5},
		{"a parent sees the child it was granted", actor("a1", "b1"), store.RequestQuery{}, 31},
		{"nobody's, for the installation", everywhere, store.RequestQuery{}, 1},
	} {
		for _, ascending := range []bool{false, true} {
			var got []waybill.ID
			page := store.Page{Limit: 4, Ascending: ascending}
			for range 20 {
				var slice store.Slice[waybill.APIRequest]
				view(t, s, c.actor, func(tx store.Tx) (err error) {
					slice, err = tx.Requests().Find(c.q, page)
					return err
				})
				for _, e := range slice.Items {
					got = append(got, e.ID)
				}
				if page.After = slice.Next; slice.Next == "" {
					break
				}
			}
			for i := 1; i < len(got); i++ {
				if (got[i-1] < got[i]) != ascending {
					t.Errorf("%s: %s stands before %s", c.name, got[i-1], got[i])
				}
			}
			if len(got) != c.want {
				t.Errorf("%s: %d entries, want %d", c.name, len(got), c.want)
			}
		}
	}
	view(t, s, alice, func(tx store.Tx) error {
		e, err := tx.Requests().Get(id(10))
		if e.Body != `{"a":1}` || e.Reference != "REF-9" || !e.Created.Equal(all[9].Created) || len(e.Ignored) != 1 {
			t.Errorf("an entry came back as %+v", e)
		}
		_, foreign := tx.Requests().Get(id(31))
		wants(t, "another's entry", foreign, waybill.NotFound, waybill.ReasonUnknownRecord)
		return err
	})
	view(t, s, alice, func(tx store.Tx) error {
		first, err := tx.Requests().Find(store.RequestQuery{}, store.Page{Limit: 5})
		if err != nil {
			return err
		}
		second, err := tx.Requests().Find(store.RequestQuery{}, store.Page{Limit: 5, After: first.Next})
		if err != nil {
			return err
		}
		back, err := tx.Requests().Find(store.RequestQuery{}, store.Page{Limit: 5, Before: second.Prev})
		if len(back.Items) != 5 || back.Items[0].ID != first.Items[0].ID {
			t.Errorf("going back does not lead to where it came from: %d entries", len(back.Items))
		}
		return err
	})
	update(t, s, everywhere, func(tx store.Tx) error {
		n, err := tx.Requests().Erase(id(900))
		if n != 3 {
			t.Errorf("%d entries about the shipment were erased, want 3", n)
		}
		if err != nil {
			return err
		}
		first, err := tx.Requests().Expire("a1", Start.Add(10*time.Second), 5)
		if err != nil {
			return err
		}
		rest, err := tx.Requests().Expire("", Start.Add(10*time.Second), 100)
		if first != 5 || rest != 4 {
			t.Errorf("%d and %d old entries went, want 5 and 4", first, rest)
		}
		return err
	})
}

// testCalls: calls to carriers are found by what caused them and what they were about, by their connection's owner alone.
func testCalls(t *testing.T, h Harness) {
	s := h.Fresh(t, waybill.NewManualClock(Start))
	var all []waybill.CarrierCall
	for n := 1; n <= 6; n++ {
		c := waybill.CarrierCall{
			Connection: "con", Carrier: "ups", Operation: "quote", Took: time.Duration(n) * time.Millisecond, Method: "POST", URL: "https://ups.example/rate", Answer: "{}",
		}
		c.ID, c.Account, c.Created = id(n), "a1", Start.Add(time.Duration(n)*time.Second)
		c.Request, c.RequestID = id(100), "req"
		if n > 4 {
			c.Request, c.Job, c.Operation, c.Shipment = "", waybill.JobSettle, "find", id(900)
			c.Failed, c.Reason = n == 6, waybill.ReasonCarrier
		}
		all = append(all, c)
	}
	update(t, s, everywhere, func(tx store.Tx) error { return tx.Calls().Add(all) })
	view(t, s, alice, func(tx store.Tx) error {
		caused, err := tx.Calls().Of(store.CallQuery{Request: id(100)}, 100)
		if err != nil {
			return err
		}
		about, err := tx.Calls().Of(store.CallQuery{Shipment: id(900)}, 100)
		if err != nil {
			return err
		}
		if len(caused) != 4 || len(about) != 2 || about[0].Job != waybill.JobSettle || caused[0].RequestID != "req" {
			t.Errorf("%d calls of the request, %d about the shipment: %+v", len(caused), len(about), about)
		}
		recent, err := tx.Calls().Recent(Start.Add(3*time.Second), 10)
		if len(recent) != 4 || !recent[0].Failed || recent[0].Refused || !recent[1].Refused || recent[0].Took != 6*time.Millisecond || recent[3].Operation != "quote" {
			t.Errorf("the latest calls are %+v", recent)
		}
		return err
	})
	view(t, s, bob, func(tx store.Tx) error {
		caused, err := tx.Calls().Of(store.CallQuery{Request: id(100)}, 100)
		if err != nil {
			return err
		}
		recent, err := tx.Calls().Recent(Start, 10)
		if len(caused) != 0 || len(recent) != 0 {
			t.Error("another account sees calls over a connection that is not its own")
		}
		return err
	})
	update(t, s, everywhere, func(tx store.Tx) error {
		erased, err := tx.Calls().Erase(id(900))
		if err != nil {
			return err
		}
		old, err := tx.Calls().Expire("", Start.Add(time.Hour), 100)
		if erased != 2 || old != 4 {
			t.Errorf("%d calls were erased, %d were old; want 2 and 4", erased, old)
		}
		return err
	})
}
