package engine_test

import (
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// TestACarrierComesWhileSomebodyIsThere: a window outside the opening hours is refused and the next one named; without
// any it is taken. The clock says Saturday, 21 November 2026, four in the morning in Boston.
func TestACarrierComesWhileSomebodyIsThere(t *testing.T) {
	zone, err := waybill.Zone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	week := []waybill.Hours{
		{Day: "mon", Opens: "08:00", Closes: "18:00"}, {Day: "tue", Opens: "08:00", Closes: "18:00"}, {Day: "wed", Opens: "08:00", Closes: "18:00"},
	}
	weekend := []waybill.Hours{{Day: "sat", Opens: "10:00", Closes: "14:00"}}
	for name, c := range map[string]struct {
		hours      []waybill.Hours
		from, to   string
		path, next string // empty: it is taken
	}{
		"no hours said":          {nil, "2026-11-21 19:00", "2026-11-21 23:00", "", ""},
		"on a Tuesday":           {week, "2026-11-24 08:00", "2026-11-24 18:00", "", ""},
		"on a Saturday":          {week, "2026-11-21 10:00", "2026-11-21 12:00", "ready", "2026-11-23T08:00:00-05:00/2026-11-23T18:00:00-05:00"},
		"before it opens":        {week, "2026-11-24 07:59", "2026-11-24 10:00", "ready", "2026-11-24T08:00:00-05:00/2026-11-24T18:00:00-05:00"},
		"after it closes":        {week, "2026-11-24 17:00", "2026-11-24 18:01", "close", "2026-11-24T08:00:00-05:00/2026-11-24T18:00:00-05:00"},
		"wholly after it closes": {week, "2026-11-24 19:00", "2026-11-24 20:00", "close", "2026-11-25T08:00:00-05:00/2026-11-25T18:00:00-05:00"},
		"its own hours":          {weekend, "2026-11-21 10:00", "2026-11-21 14:00", "", ""},
		"not on its own day":     {weekend, "2026-11-24 10:00", "2026-11-24 14:00", "ready", "2026-11-28T10:00:00-05:00/2026-11-28T14:00:00-05:00"},
		"later than its own":     {weekend, "2026-11-21 12:00", "2026-11-21 15:00", "close", "2026-11-21T10:00:00-05:00/2026-11-21T14:00:00-05:00"},
	} {
		t.Run(name, func(t *testing.T) {
			d := desk(t, enginetest.Options{})
			places, err := d.ListLocations(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			places[0].Hours = c.hours
			if _, err := d.SaveLocation(t.Context(), places[0]); err != nil {
				t.Fatal(err)
			}
			in := coming(d.World, "cr")
			in.Ready, in.Close = at(c.from), at(c.to)
			p, err := d.BookPickup(t.Context(), in)
			if c.path == "" {
				if err != nil || p.State != waybill.PickupConfirmed {
					t.Error(p.State, err)
				}
				return
			}
			e := waybill.AsError(err)
			if e == nil || e.Reason != waybill.ReasonFields || e.Fields[0].Path != c.path || e.Fields[0].Rule != waybill.RuleRange || e.Fields[0].Limit != c.next {
				t.Errorf("%+v", e)
			}
			if d.Courier.Asked(enginetest.OpCollect) != 0 {
				t.Error("the carrier was asked all the same")
			}
		})
	}
}

// TestAPickupNamesServicesThatTheCarrierHas.
func TestAPickupNamesServicesThatTheCarrierHas(t *testing.T) {
	d := desk(t, enginetest.Options{})
	in := coming(d.World, "cr")
	in.Services = []string{"std", "nope"}
	_, err := d.BookPickup(t.Context(), in)
	if e := waybill.AsError(err); e == nil || e.Reason != waybill.ReasonFields || len(e.Fields) != 1 || e.Fields[0].Path != "services[1]" || e.Fields[0].Rule != waybill.RuleExists {
		t.Errorf("%+v", err)
	}
	if list, err := d.ListPickups(t.Context(), engine.ListPickups{}); err != nil || len(list.Items) != 0 {
		t.Error("it was stored:", list.Items, err)
	}
	in.Services = []string{"std"}
	if p, err := d.BookPickup(t.Context(), in); err != nil || p.State != waybill.PickupConfirmed {
		t.Error(p.State, err)
	}
}
