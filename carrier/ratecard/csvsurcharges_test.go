package ratecard_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier/ratecard"
)

const surchargeSheet = `no,kind,name,price,per_mille,minimum,over_mm,services,countries,states,postcodes
1,remote_area,Islands,12.50,,,,std,GB,,ZE;HS
1,,,,,,,,IE,,
2,long_edge,,3.00,,,1200,,,,
3,insurance,,,10,2.00,,,,,
`

// What was written is read back as it was: kinds, amounts in major units, areas in rows of their own.
func TestSurchargesInASpreadsheet(t *testing.T) {
	before := card(t)
	after, err := ratecard.ImportSurcharges(before, strings.NewReader(surchargeSheet))
	if err != nil {
		t.Fatal(err, waybill.AsError(err).Fields)
	}
	want := []ratecard.Surcharge{
		{Kind: ratecard.RemoteArea, Name: "Islands", Price: 1250, Services: []string{"std"}, To: []ratecard.Area{{Countries: []string{"GB"}, Postcodes: []string{"ZE", "HS"}}, {Countries: []string{"IE"}}}},
		{Kind: ratecard.LongEdge, Price: 300, OverMM: 1200},
		{Kind: ratecard.Insurance, PerMille: 10, Minimum: 200},
	}
	if diff := cmp.Diff(want, after.Surcharges); diff != "" {
		t.Error(diff)
	}
	var out bytes.Buffer
	if err := ratecard.ExportSurcharges(after, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(surchargeSheet, out.String()); diff != "" {
		t.Error(diff)
	}
}

// Every mistake is named by line and column, and nothing is changed.
func TestSurchargeMistakes(t *testing.T) {
	_, err := ratecard.ImportSurcharges(card(t), strings.NewReader("no,kind,price,services,countries\n1,fuel,1.234,,\n,tax,1,,\n1,,9,,GB\n"))
	var got []string
	for _, f := range waybill.AsError(err).Fields {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"rows[2].price", "rows[3].no", "rows[4].price"}, got); diff != "" {
		t.Error(diff)
	}
	_, err = ratecard.ImportSurcharges(card(t), strings.NewReader("no,kind,price,services\n1,weather,1,\n2,residential,1,nobody\n"))
	got = nil
	for _, f := range waybill.AsError(err).Fields {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"rows[2]", "rows[3]"}, got); diff != "" {
		t.Error(diff)
	}
}
