package storetest

import (
	"testing"
	"time"

	"waybill"
	"waybill/store"
)

// testEditions: what takes effect at a time follows from what is stored; a number is given once, in an account of one's own.
func testEditions(t *testing.T, h Harness) {
	s := h.Fresh(t, waybill.NewManualClock(Start))
	at := Start.Add(time.Hour)
	add := func(a waybill.Actor, account waybill.ID, no int64, from time.Time) error {
		return s.Update(t.Context(), a, func(tx store.Tx) error {
			set := waybill.RuleSet{
				Row: waybill.Row{ID: id(int(no)), Account: account}, Edition: waybill.Edition{No: no, From: from},
				Rules: []waybill.Rule{{Row: waybill.Row{ID: "r", Number: 7, Version: no, Created: Start}, Name: "rule", When: []byte(`{}`)}},
			}
			return tx.RuleSets().Put(&set)
		})
	}
	for no, from := range map[int64]time.Time{1: at, 2: at.Add(2 * time.Hour), 3: at, 4: at.Add(time.Hour)} {
		if err := add(alice, "a1", no, from); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, "a number twice", add(alice, "a1", 3, at), waybill.Conflict, waybill.ReasonVersion)
	var before, since int64
	view(t, s, alice, func(tx store.Tx) (err error) {
		before, err = tx.Epoch("a1")
		return err
	})
	update(t, s, alice, func(tx store.Tx) error {
		set, err := tx.RuleSets().Get("a1", 4)
		if err != nil {
			return err
		}
		now := tx.Now()
		set.Withdrawn = &now
		return tx.RuleSets().Put(&set)
	})
	numbers := func(list []waybill.RuleSet) (numbers []int64) {
		for _, set := range list {
			numbers = append(numbers, set.No)
		}
		return numbers
	}
	view(t, s, alice, func(tx store.Tx) error {
		standing, err := tx.RuleSets().From("a1", at)
		if err != nil {
			return err
		}
		same(t, "in force, and to come", numbers(standing), []int64{3, 2})
		if r := standing[0].Rules[0]; r.Number != 7 || r.Version != 3 || !r.Created.Equal(Start) {
			t.Errorf("a rule came back as %+v", r)
		}
		early, err := tx.RuleSets().From("a1", at.Add(-time.Microsecond))
		if err != nil {
			return err
		}
		same(t, "before all", numbers(early), []int64{1, 3, 2})
		last, err := tx.RuleSets().Latest("a1")
		if err != nil || last != 4 {
			t.Errorf("%v: the last is %d", err, last)
		}
		page, err := tx.RuleSets().Find("a1", time.Time{}, store.Page{Limit: 3})
		if err != nil || len(page.Items) != 3 || page.Next == "" {
			t.Errorf("%v: a page of %d, then %q", err, len(page.Items), page.Next)
		}
		since, err = tx.Epoch("a1")
		return err
	})
	if since <= before {
		t.Error("the set-up did not change")
	}
	view(t, s, actor("a2"), func(tx store.Tx) error {
		_, err := tx.RuleSets().Get("a1", 1)
		wants(t, "of a stranger", err, waybill.NotFound, waybill.ReasonUnknownRecord)
		list, err := tx.RuleSets().From("a1", at)
		if err != nil || len(list) != 0 {
			t.Errorf("%v: a stranger sees %d", err, len(list))
		}
		return nil
	})
}

// testSpending: a purchase counts for what it was last said to, on the day of its first count, and never over a limit.
func testSpending(t *testing.T, h Harness) {
	s := h.Fresh(t, waybill.NewManualClock(Start))
	count := func(purchase string, minor int64, limit waybill.SpendLimit) error {
		return s.Update(t.Context(), alice, func(tx store.Tx) error {
			return tx.Spending().Count("c", waybill.ID(purchase), waybill.Money{Minor: minor, Currency: "GBP"}, limit)
		})
	}
	of := func() (day, month int64) {
		view(t, s, alice, func(tx store.Tx) (err error) {
			day, month, err = tx.Spending().Of("c", "GBP", tx.Now())
			return err
		})
		return day, month
	}
	limit := waybill.SpendLimit{Currency: "GBP", Day: 100, Month: 150}
	for _, step := range []struct {
		purchase string
		minor    int64
		refused  bool
		day      int64
	}{{"p1", 60, false, 60}, {"p2", 50, true, 60}, {"p2", 40, false, 100}, {"p1", 30, false, 70}, {"p1", 30, false, 70}, {"p2", 0, false, 30}, {"p1", 0, false, 0}} {
		err := count(step.purchase, step.minor, limit)
		if step.refused {
			wants(t, "over the limit", err, waybill.CarrierRejected, waybill.ReasonSpendLimit)
		} else if err != nil {
			t.Fatal(err)
		}
		if day, month := of(); day != step.day || month != step.day {
			t.Errorf("after %+v it is %d a day and %d a month", step, day, month)
		}
	}
}
