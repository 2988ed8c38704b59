package house_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/label"
	"waybill/label/labeltest"
)

var (
	amsterdam = waybill.Address{Street1: "Prinsengracht", House: "263", City: "Amsterdam", Postcode: "1016 GV", Country: "NL"}
	rotterdam = waybill.Address{Street1: "Coolsingel 40", City: "Rotterdam", Postcode: "3011AD", Country: "NL"}
	antwerp   = waybill.Address{Street1: "Grote Markt 1", City: "Antwerpen", Postcode: "2000", Country: "BE"}
)

var peddlerForm = map[string]string{"number_form": "peddler", "display_name": "Grachten Koeriers"}

// shipped books with Peddler's form of numbers.
func shipped(t testing.TB, s waybill.Shipment, service string, at time.Time, serials ...string) carrier.Booking {
	t.Helper()
	booking, err := open(t, "nl", waybill.ModeLive, peddlerForm).Ship(context.Background(), carrier.ShipRequest{
		Shipment: s, Service: service, Key: "k", Numbers: serials, Now: at,
	})
	if err != nil {
		t.Fatal(err)
	}
	return booking
}

// Peddler's number says the day since 1970 and the level; 2 September 2024 is day 19968.
func TestPeddlerNumber(t *testing.T) {
	day := time.Date(2024, 9, 2, 23, 59, 0, 0, time.UTC)
	for service, want := range map[string]string{
		"NEXT_DAY_48": "P1996848", "NEXT_DAY_60": "P1996860", "SAME_DAY_SAT_24": "P1996824", "EXPRESS_0900": "P1996809",
		"EXPRESS_SAT": "P1996800", "INSTANT_02": "P1996802",
	} {
		number := shipped(t, shipment(rotterdam, amsterdam, "1"), service, day, "7").Numbers[0]
		if !strings.HasPrefix(number, want) || len(number) != 19 || !label.Valid(label.Luhn, number[1:]) {
			t.Errorf("%s: %s, want 19 characters that begin with %s and end with their Luhn digit", service, number, want)
		}
	}
}

// Each serial number has a number of its own, from which it is read again; a mistyped one is nobody's.
func TestPeddlerNumberProperty(t *testing.T) {
	c := open(t, "nl", waybill.ModeLive, peddlerForm)
	s := shipment(rotterdam, amsterdam, "1")
	again := func(number string) error {
		_, err := c.Label(context.Background(), carrier.LabelRequest{Numbers: []string{number}, Shipment: &s, Service: "NEXT_DAY_48", Now: thursday})
		return err
	}
	seen := map[string]string{}
	rapid.Check(t, func(r *rapid.T) {
		serial := rapid.StringMatching(`[1-9][0-9]{0,9}`).Draw(r, "serial")
		number := shipped(t, s, "NEXT_DAY_48", thursday, serial).Numbers[0]
		if other, taken := seen[number]; taken && other != serial {
			r.Fatalf("%s and %s are both %s", serial, other, number)
		}
		seen[number] = serial
		if err := again(number); err != nil {
			r.Fatalf("%s: %v", number, err)
		}
		typo := []byte(number)
		i := rapid.IntRange(1, 18).Draw(r, "place")
		typo[i] = '0' + (typo[i]-'0'+byte(rapid.IntRange(1, 9).Draw(r, "off")))%10
		if again(string(typo)) == nil {
			r.Fatalf("%s was mistyped as %s unseen", number, typo)
		}
	})
}

// The label keeps to Peddler's limits and loses nothing that there is a line for.
func TestPeddlerFace(t *testing.T) {
	s := shipment(rotterdam, waybill.Address{
		Street1: "Burgemeester van Leeuwenlaan", House: "112-3hoog", Apartment: "achterhuis", City: "Amsterdam Nieuw-West", Postcode: "1064 KV", Country: "NL",
	}, "12.3456")
	s.Reference = "a-reference-of-many-characters"
	s.To.Contact = waybill.Contact{First: "Wilhelmina", Last: "van Oranje-Nassau", Company: "Koninklijke Vereniging van Koeriers", Phone: "+31 20 555 01 00"}
	s.Parcels = append(s.Parcels, s.Parcels[0])
	booking := shipped(t, s, "NEXT_DAY_48", thursday, "7", "8")
	f := booking.Labels[1].Face
	want := &waybill.Face{
		Carrier: "Grachten Koerier", Service: "Next day", ShipDate: "05/03/2026", Piece: 2, Pieces: 2,
		Weight: waybill.Weight{Value: "12.35", Unit: waybill.Kilogram}, Reference: "a-reference-of-m", Reference2: "PO 5", Routing: "AMS",
		Instructions: "Ring twice", TrackingNumber: booking.Numbers[1], Matrix: f.Matrix,
		From: waybill.Party{Contact: waybill.Contact{Name: "Sender"}, Address: rotterdam},
		To: waybill.Party{
			Contact: waybill.Contact{Name: "Wilhelmina van Ora", Company: "Koninklijke Vereniging v", Phone: "+31 20 555 01 00"},
			Address: waybill.Address{
				Street1: "Burgemeester van", Street2: "Leeuwenlaan 112-3hoog", Street3: "achterhuis", City: "Amsterdam Nieuw-", Postcode: "1064 KV", Country: "NL",
			},
		},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	parts := strings.Split(f.Matrix, "%")
	if len(f.Matrix) != 54 || len(parts) != 5 || parts[0] != booking.Numbers[1] || parts[1] != "0000000007" || parts[2] != "0000200002" || parts[3] != "0000012346" {
		t.Errorf("the 2D code says %q", f.Matrix)
	}
	if digits := strings.Join(parts, "")[1:]; !label.Valid(label.Luhn, digits) {
		t.Errorf("the 2D code's last digit is not the Luhn digit of %s", digits)
	}
	for _, name := range []string{f.From.Contact.Name, f.To.Contact.Company, f.To.Address.Street1, f.To.Address.Postcode + " " + f.To.Address.City} {
		if utf8.RuneCountInString(name) > 24 {
			t.Errorf("%q is longer than a line", name)
		}
	}
}

// What an independent decoder reads on the label are the number and the 2D code's text.
func TestPeddlerLabelDecodes(t *testing.T) {
	booking := shipped(t, shipment(rotterdam, amsterdam, "1"), "NEXT_DAY_48", thursday, "7")
	for _, dpi := range []int{203, 300} {
		picture, err := label.Render(*booking.Labels[0].Face, waybill.LabelSpec{Format: waybill.PNG, DPI: dpi})
		if err != nil {
			t.Fatal(err)
		}
		got := labeltest.Codes(t, picture, dpi)
		for _, want := range []string{"CODE-128:" + booking.Numbers[0], "QR-Code:" + booking.Labels[0].Face.Matrix} {
			if !slices.Contains(got, want) {
				t.Errorf("%d dpi: a scanner reads %q, not %q", dpi, got, want)
			}
		}
	}
}

// An unknown form of numbers is refused when the connection is opened.
func TestNumberForm(t *testing.T) {
	card, err := house.DemoCard("nl")
	if err != nil {
		t.Fatal(err)
	}
	_, err = carrier.Open(house.Driver(), waybill.Connection{
		Mode: waybill.ModeLive, Settings: map[string]string{"rate_card": string(card), "number_form": "pedler"},
	}, nil, carrier.Env{})
	if e := waybill.AsError(err); err == nil || len(e.Fields) != 1 || e.Fields[0].Path != "settings.number_form" {
		t.Errorf("got %v", err)
	}
}
