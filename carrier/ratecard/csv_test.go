package ratecard_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier/ratecard"
)

func card(t *testing.T) ratecard.Card {
	t.Helper()
	card, err := ratecard.Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

const sheet = `service,zone,days,up_to_kg,price,extra_kg,extra_price,minimum
std,gb,2,1,4.00,1,0.50,
std,gb,,5,7.00,,,
std,far,4,10,15.00,,,16.00
bike,near,0,10,6.50,,,
back,gb,,10,3.00,,,
`

// What a spreadsheet shows is what the card says, in major units and kilograms.
func TestExportRates(t *testing.T) {
	var out bytes.Buffer
	if err := ratecard.ExportRates(card(t), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sheet, out.String()); diff != "" {
		t.Error(diff)
	}
}

// A service in the file gets the file's tariffs; the others keep theirs; the card given is not touched.
func TestImportRates(t *testing.T) {
	before := card(t)
	// Columns in another order, a byte order mark and blanks: what spreadsheets write.
	after, err := ratecard.ImportRates(before, strings.NewReader("\uFEFFPrice, zone,Service,up_to_kg,extra_kg,extra_price\n2.5,gb,std,0.25,,\n3,gb,std,1,0.5,0.10\n"))
	if err != nil {
		t.Fatal(err, waybill.AsError(err).Fields)
	}
	want := card(t)
	want.Services[0].Tariffs = []ratecard.Tariff{{
		Zone: "gb", Bands: []ratecard.Band{{UpToG: 250, Price: 250}, {UpToG: 1000, Price: 300}}, Extra: &ratecard.Extra{StepG: 500, Price: 10},
	}}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(card(t), before); diff != "" {
		t.Errorf("the card given was changed: %s", diff)
	}
}

// Every bad row is reported by its line and column, and nothing is imported.
func TestImportRatesRefuses(t *testing.T) {
	cases := []struct {
		name, file string
		want       []string
	}{
		{"empty", "", []string{"rows empty"}},
		{"a column nobody knows", "service,zone,up_to_kg,prize\nstd,gb,1,1\n", []string{"rows[1] enum", "rows[2].price needs"}},
		{"a column twice", "service,zone,up_to_kg,price,price\n", []string{"rows[1] unique"}},
		{"rows", "service,zone,up_to_kg,price\nnone,gb,1,1\nstd,gb,1,1.005\nstd,gb,0.0005,x\nstd,gb,1\nstd,gb,,5\n", []string{
			"rows[2].service exists", "rows[3].price format", "rows[4].up_to_kg format", "rows[4].price number", "rows[5] format", "rows[6].price needs",
		}},
		{"tariff cells that differ", "service,zone,days,up_to_kg,price,extra_kg,extra_price,minimum\nstd,gb,1,1,1,1,1,1\nstd,gb,2,2,2,2,1,2\n", []string{
			"rows[3].days unique", "rows[3].extra_price unique", "rows[3].minimum unique",
		}},
		{"what the card cannot hold", "service,zone,up_to_kg,price\nstd,gb,1,5\nstd,gb,2,4\nstd,gb,1.5,6\nstd,moon,1,1\n", []string{
			"rows[3] range", "rows[4] range", "rows[5] exists",
		}},
		{"no CSV", "service,zone\n\"std,gb\n", []string{"rows format"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			after, err := ratecard.ImportRates(card(t), strings.NewReader(c.file))
			if waybill.ReasonOf(err) != waybill.ReasonFields || after.Version != "" {
				t.Fatalf("got %v, card %q", err, after.Version)
			}
			var got []string
			for _, f := range waybill.AsError(err).Fields {
				got = append(got, f.Path+" "+string(f.Rule))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const zoneSheet = `zone,name,side,countries,states,postcodes,over_km,up_to_km
far,,to,GB,,IV;KW1..KW17,,
near,,from,GB,,,0,20
near,,to,GB,,,,
gb,,from,GB,,,,
gb,,to,GB,,,,
`

func TestZonesTable(t *testing.T) {
	var out bytes.Buffer
	if err := ratecard.ExportZones(card(t), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(zoneSheet, out.String()); diff != "" {
		t.Error(diff)
	}
	bare := card(t)
	bare.Zones = nil
	after, err := ratecard.ImportZones(bare, strings.NewReader(zoneSheet))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(card(t), after); diff != "" {
		t.Error(diff)
	}
	_, err = ratecard.ImportZones(bare, strings.NewReader(
		"zone,side,countries,postcodes,over_km,up_to_km\na,to,GB,B!,,\nb,left,,,,\nc,,GB,,1.5,\nd,to,gb,,9,3\nd,to,FR,,9,4\n"))
	var got []string
	for _, f := range waybill.AsError(err).Fields {
		got = append(got, f.Path+" "+string(f.Rule))
	}
	// What is wrong with the card that the rows make is told with them, but of rows that cannot be read.
	if diff := cmp.Diff([]string{
		"rows[3].side enum", "rows[4].side required", "rows[4].over_km format", "rows[6].over_km unique", "rows[2] format", "rows[5] format", "rows[5] range",
	}, got); diff != "" {
		t.Error(diff)
	}
	_, err = ratecard.ImportZones(bare, strings.NewReader("zone,side,countries,postcodes\na,to,GB,B!\na,to,gb,\n"))
	if f := waybill.AsError(err).Fields; len(f) != 2 || f[0].Path != "rows[2]" || f[1].Path != "rows[3]" {
		t.Errorf("got %+v", f)
	}
}
