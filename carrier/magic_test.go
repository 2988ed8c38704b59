package carrier

import (
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/geo"
)

func to(name string) waybill.Shipment {
	return waybill.Shipment{To: waybill.Party{Contact: waybill.Contact{Name: name}, Address: waybill.Address{Country: "US", Postcode: "02118"}}}
}

func TestMagicIsFoundInNamePostcodeAndAmount(t *testing.T) {
	amount := to("Ann")
	amount.Value = waybill.Amount{Value: "777.10", Currency: "USD"}
	collected := to("Ann")
	collected.Options.COD = waybill.Amount{Value: "777.14", Currency: "INR"}
	place := to("Ann")
	place.To.Address.Postcode = "99546"
	company := to("Ann")
	company.To.Contact.Company = "Magic HANG"
	parts := to("")
	parts.To.Contact.First, parts.To.Contact.Last = "magic", "Delivered"
	for want, s := range map[string]waybill.Shipment{
		"no-rates": to("Magic no-rates"), "refuse-address": amount, "outage": collected, "hang": company, "delivered": parts,
	} {
		if got := MagicOf(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := MagicOf(place); got != "refuse-address" {
		t.Errorf("by postal code: %q", got)
	}
	for _, plain := range []string{"Magic", "Magic Johnson", "Ann Magic outage", "outage"} {
		if got := MagicOf(to(plain)); got != "" {
			t.Errorf("%q is taken for %q", plain, got)
		}
	}
	near := to("Ann")
	near.Value = waybill.Amount{Value: "777"}
	if got := MagicOf(near); got != "" {
		t.Errorf("777 is taken for %q", got)
	}
}

// TestTheTableIsClosed: every word, amount and postal code stands for one row, each postal code exists, and every
// transit state that a carrier can tell of is the end of some row.
func TestTheTableIsClosed(t *testing.T) {
	words, cents, ends := map[string]bool{}, map[int]bool{}, map[waybill.Transit]bool{}
	for _, s := range Spells {
		if words[s.Word] || cents[s.Cents] || s.Cents < 1 || s.Cents > 99 || s.Word != strings.ToLower(s.Word) || strings.Contains(s.Word, " ") || s.What == "" {
			t.Errorf("%+v", s)
		}
		words[s.Word], cents[s.Cents], ends[s.Status] = true, true, true
	}
	for place, word := range MagicPlaces {
		country, code, _ := strings.Cut(place, " ")
		if _, exists := geo.Locate(country, code, "", ""); !exists || !words[word] {
			t.Errorf("%s for %q: exists %v", place, word, exists)
		}
	}
	for _, transit := range waybill.Transits {
		if transit != waybill.TransitNone && transit != waybill.TransitUnknown && !ends[transit] {
			t.Errorf("no row ends at %s", transit)
		}
	}
}

// TestALifeIsLivedByTheClock: nothing is told before its hour, and each row stops at its status.
func TestALifeIsLivedByTheClock(t *testing.T) {
	booked := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, s := range Spells {
		if s.life == nil {
			continue
		}
		known := 0
		for hour := range 24 * 8 {
			now := booked.Add(time.Duration(hour) * time.Hour)
			told := s.tell("N", booked, now)
			if len(told.Scans) < known {
				t.Errorf("%s: a scan is gone after %d hours", s.Word, hour)
			}
			known = len(told.Scans)
			for _, scan := range told.Scans {
				if scan.At.After(now) {
					t.Errorf("%s: a scan of tomorrow", s.Word)
				}
			}
		}
		if at := s.tell("N", booked, booked.AddDate(1, 0, 0)).Status; at != s.Status {
			t.Errorf("%s ends at %s, want %s", s.Word, at, s.Status)
		}
		if early := s.tell("N", booked, booked); len(early.Scans) > 0 {
			t.Errorf("%s begins with %+v", s.Word, early.Scans)
		}
	}
}

// TestMagicIsPlainTextElsewhere: on a sandbox and a live connection no value means anything.
func TestMagicIsPlainTextElsewhere(t *testing.T) {
	for _, mode := range []waybill.Mode{waybill.ModeSandbox, waybill.ModeLive, ""} {
		c := &Carrier{connection: waybill.Connection{Mode: mode}}
		for _, s := range Spells {
			if c.spell(s.Word) != nil {
				t.Errorf("%s heeds %s", mode, s.Word)
			}
			_, told := c.live("MAGIC-"+strings.ToUpper(s.Word), Life{Magic: s.Word}, time.Now(), time.Hour)
			if told {
				t.Errorf("%s makes up a life for %s", mode, s.Word)
			}
		}
	}
	if (&Carrier{connection: waybill.Connection{Mode: waybill.ModeSimulator}}).spell("outage") == nil {
		t.Error("a simulator heeds nothing")
	}
}
