package upssim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"waybill/carrier/ups/upssim"
	"waybill/internal/fixture"
	"waybill/internal/steadytest"
)

// try books and gives up when the simulator hangs; the error is what a client sees of a lost answer.
func (d *desk) try(o sample) (answer, error) {
	d.t.Helper()
	before := d.sim.Mischief().Hung(upssim.OpShip)
	ctx, done := steadytest.DeadlineWhen(func() bool { return d.sim.Mischief().Hung(upssim.OpShip) > before })
	defer done()
	res, err := d.http.Do(d.request("POST", "/api/shipments/v2409/ship", o.body).WithContext(ctx))
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: body}, err
}

// TestALostAnswerLeavesABookingFindableByReference is what the simulator is for: the parcel is booked, the client does
// not know, and asking by reference, in each of the two ways, tells.
func TestALostAnswerLeavesABookingFindableByReference(t *testing.T) {
	for _, kind := range []fixture.Kind{fixture.HangAfter, fixture.Drop, fixture.FailAfter, fixture.Garbage} {
		t.Run(string(kind), func(t *testing.T) {
			d := open(t, upssim.Options{})
			d.sim.Mischief().Set(upssim.OpShip, kind, 1)
			got, err := d.try(order("LOST-1", "1"))
			if err == nil && got.status == http.StatusOK && strings.HasPrefix(string(got.body), "{") {
				t.Fatalf("the answer arrived: %s", got.body)
			}
			if n := d.sim.State().Bookings["LOST-1"]; n != 1 {
				t.Fatalf("bookings = %d, want 1", n)
			}
			found := d.call("GET", "/api/track/v1/reference/details/LOST-1", nil)
			number := found.text("trackResponse", "shipment", 0, "package", 0, "trackingNumber")
			again := d.call("POST", "/api/labels/v1/recovery", recoveryByReference("LOST-1").body)
			if number == "" || again.text("LabelRecoveryResponse", "ShipmentIdentificationNumber") != number {
				t.Errorf("found %q by reference, label %.200s", number, again.body)
			}
			d.ship(order("NEXT", "1")) // one call only was spoilt
		})
	}
}

func TestNothingIsBookedWhenTheCallNeverArrived(t *testing.T) {
	for kind, status := range map[fixture.Kind]int{fixture.Outage: 503, fixture.RateLimit: 429, fixture.Hang: 0} {
		t.Run(string(kind), func(t *testing.T) {
			d := open(t, upssim.Options{})
			d.sim.Mischief().Set(upssim.OpShip, kind, 0)
			for range 2 {
				got, err := d.try(order("NONE", "1"))
				if status == 0 && !errors.Is(err, context.DeadlineExceeded) || status != 0 && got.status != status {
					t.Errorf("answer = %d %s, %v; want %d", got.status, got.body, err, status)
				}
				if status != 0 {
					judge(t, "fault.response", got.body)
				}
				if kind == fixture.RateLimit && got.header.Get("Retry-After") != "2" {
					t.Errorf("Retry-After = %q", got.header.Get("Retry-After"))
				}
			}
			if n := len(d.sim.State().Shipments); n != 0 {
				t.Errorf("%d shipments were booked", n)
			}
			d.control("DELETE", "mischief", nil)
			d.ship(order("NONE", "1"))
		})
	}
}

func TestSwapGivesAnotherOrdersAnswer(t *testing.T) {
	d := open(t, upssim.Options{})
	mine := d.ship(order("MINE", "1"))
	d.sim.Mischief().Set(upssim.OpShip, fixture.Swap, 1)
	yours := d.ship(order("YOURS", "1"))
	if yours.id() != mine.id() || d.sim.State().Bookings["YOURS"] != 1 {
		t.Errorf("swapped answer is of %s, want of %s; bookings %v", yours.id(), mine.id(), d.sim.State().Bookings)
	}
}

func TestMagicWords(t *testing.T) {
	seen := map[fixture.Kind]bool{}
	for _, spell := range upssim.Magic() {
		if spell.Operation != upssim.OpShip || len(spell.Word) > 35 || seen[spell.Kind] {
			t.Errorf("spell = %+v", spell)
		}
		seen[spell.Kind] = true
	}
	d := open(t, upssim.Options{})
	_, err := d.try(order("MAGIC", "1").set("ShipmentRequest.Shipment.ShipTo.AttentionName", "Hang Hollow"))
	if !errors.Is(err, context.DeadlineExceeded) || d.sim.State().Bookings["MAGIC"] != 1 {
		t.Errorf("Hang Hollow: %v, bookings %v; want a lost answer and one booking", err, d.sim.State().Bookings)
	}
	got, err := d.try(order("MAGIC2", "1").set("ShipmentRequest.Shipment.ShipTo.Name", "Outage Otis"))
	if err != nil || got.status != 503 {
		t.Errorf("Outage Otis: %d, %v", got.status, err)
	}
}
