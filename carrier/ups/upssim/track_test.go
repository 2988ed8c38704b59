package upssim_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"waybill/carrier/ups/upssim"
)

// trail is the codes of a parcel's activities, oldest first.
func trail(a answer) string {
	var codes []string
	list, _ := a.at("trackResponse", "shipment", 0, "package", 0, "activity").([]any)
	for i := len(list) - 1; i >= 0; i-- {
		codes = append(codes, at(list[i], "status", "type").(string)+"/"+at(list[i], "status", "code").(string))
	}
	return strings.Join(codes, " ")
}

func statusOf(a answer) string {
	s := a.at("trackResponse", "shipment", 0, "package", 0, "currentStatus")
	return fmt.Sprint(at(s, "type"), " ", at(s, "statusCode"))
}

func TestAParcelTravelsWithTheClock(t *testing.T) {
	d := open(t, upssim.Options{})
	id := d.ship(order("TRIP", "3")).id() // Monday 10:00, ground to zone 4: two business days
	for _, step := range []struct{ after, status string }{
		{"0h", "M 003"}, {"8h", "P 038"}, {"12h30m", "I 005"}, {"42h", "I 005"}, {"45h", "I 071"}, {"47h", "I 021"}, {"60h", "D 011"}, {"900h", "D 011"},
	} {
		after, err := time.ParseDuration(step.after)
		if err != nil {
			t.Fatal(err)
		}
		d.clock.Set(monday)
		d.later(after)
		if got := statusOf(d.track(id)); got != step.status {
			t.Errorf("after %s: %s, want %s", step.after, got, step.status)
		}
	}
	got := d.track(id)
	if want := "M/MP P/PU I/OR I/DP I/AR I/DP I/AR I/YP I/OT D/FS"; trail(got) != want {
		t.Errorf("trail = %s, want %s", trail(got), want)
	}
	pack := got.at("trackResponse", "shipment", 0, "package", 0)
	if at(pack, "deliveryDate", 0, "type") != "DEL" || at(pack, "deliveryDate", 0, "date") != "20261125" || at(pack, "deliveryInformation", "receivedBy") != "ADA LONG DESK" {
		t.Errorf("delivery = %v %v", at(pack, "deliveryDate"), at(pack, "deliveryInformation"))
	}
	door := at(pack, "activity", 0)
	if at(door, "location", "address", "city") != "Alpharetta" || at(door, "gmtOffset") != "-05:00" {
		t.Errorf("last activity = %v", door)
	}
	local, err := time.Parse("20060102150405-07:00", fmt.Sprint(at(door, "date"), at(door, "time"), at(door, "gmtOffset")))
	gmt, err2 := time.Parse("20060102150405", fmt.Sprint(at(door, "gmtDate"), at(door, "gmtTime")))
	if err != nil || err2 != nil || !local.Equal(gmt) {
		t.Errorf("local %v and GMT %v of one activity differ (%v %v)", local, gmt, err, err2)
	}
}

func TestTheDeliveryDateIsThatOfTheQuote(t *testing.T) {
	d := open(t, upssim.Options{})
	quoted := d.rate("Ratetimeintransit", quoteFor("3")).text("RateResponse", "RatedShipment", 0, "TimeInTransit", "ServiceSummary", "EstimatedArrival", "Arrival", "Date")
	tracked := d.track(d.ship(order("ETA", "3")).id())
	pack := tracked.at("trackResponse", "shipment", 0, "package", 0)
	if at(pack, "deliveryDate", 0, "type") != "SDD" || at(pack, "deliveryDate", 0, "date") != quoted || quoted == "" {
		t.Errorf("scheduled %v, quoted %s", at(pack, "deliveryDate"), quoted)
	}
}

func TestFates(t *testing.T) {
	for name, want := range map[string]string{
		upssim.FateException: "X/YR I/OT D/FS", upssim.FateAttempt: "X/48 I/OT D/FS", upssim.FateRefused: "X/RF RS/RS RS/RT", upssim.FateLost: "X/LF",
	} {
		d := open(t, upssim.Options{})
		id := d.ship(order("FATE", "3").set("ShipmentRequest.Shipment.ShipTo.Name", name)).id()
		d.later(30 * 24 * time.Hour)
		if got := trail(d.track(id)); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s, want an end of %s", name, got, want)
		}
	}
}

func TestPaceMakesAShortLife(t *testing.T) {
	d := open(t, upssim.Options{Pace: time.Minute})
	id := d.ship(order("PACE", "3")).id()
	d.clock.Advance(time.Minute)
	if got := statusOf(d.track(id)); got != "P 038" {
		t.Errorf("after a minute: %s", got)
	}
	d.clock.Advance(9 * time.Minute)
	if got := statusOf(d.track(id)); got != "D 011" {
		t.Errorf("after ten minutes: %s", got)
	}
}

func TestUnknownAndMalformedNumbers(t *testing.T) {
	d := open(t, upssim.Options{})
	got := d.track("1Z5R89390357567127")
	if got.text("trackResponse", "shipment", 0, "warnings", 0, "code") != "TW0001" || got.at("trackResponse", "shipment", 0, "package") != nil {
		t.Errorf("unknown = %s", got.body)
	}
	for _, number := range []string{"1Z5R89390357567128", "123", strings.Repeat("9", 35)} {
		d.call("GET", "/api/track/v1/details/"+number, nil).refused(t, 400, "TV1002", "inquiry number")
	}
	req := d.request("GET", "/api/track/v1/details/1Z5R89390357567127", nil)
	req.Header.Del("transId")
	d.do(req).refused(t, 400, "TV1001", "transId")
}

func TestFindByReference(t *testing.T) {
	d := open(t, upssim.Options{})
	const ref = "A/B 7#ü"
	find := func(query string) answer {
		got := d.call("GET", "/api/track/v1/reference/details/"+url.PathEscape(ref)+query, nil)
		got.wants(t, 200, "track-reference")
		return got
	}
	if got := find(""); got.text("trackResponse", "shipment", 0, "warnings", 0, "code") != "TW0001" {
		t.Errorf("before booking = %s", got.body)
	}
	first := d.ship(order(ref, "1", "2")).id()
	d.ship(order("another", "1"))
	got := find("?shipperNum=" + upssim.DefaultAccount + "&refNumType=SmallPackage")
	if n := len(got.at("trackResponse", "shipment").([]any)); n != 1 || got.text("trackResponse", "shipment", 0, "package", 0, "trackingNumber") != first {
		t.Errorf("found = %s", got.body)
	}
	if n := len(got.at("trackResponse", "shipment", 0, "package").([]any)); n != 2 {
		t.Errorf("packages = %d, want 2", n)
	}
	d.ship(order(ref, "1"))
	if n := len(find("").at("trackResponse", "shipment").([]any)); n != 2 {
		t.Errorf("after a double booking %d shipments are found, want 2", n)
	}
	d.later(20 * 24 * time.Hour)
	if got := find(""); got.at("trackResponse", "shipment", 0, "package") != nil {
		t.Error("older than fourteen days, found without saying from when")
	}
	if n := len(find("?fromPickUpDate=20261120&toPickUpDate=20261125").at("trackResponse", "shipment").([]any)); n != 2 {
		t.Errorf("within its days %d are found, want 2", n)
	}
	if got := find("?shipperNum=OTHER1&fromPickUpDate=20261120"); got.at("trackResponse", "shipment", 0, "package") != nil {
		t.Error("found under another account")
	}
}
