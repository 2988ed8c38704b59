package shiptheory_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"waybill/label/labeltest"
)

// barcodes reads the numbers on each page of a base64 PDF.
func barcodes(t *testing.T, label any) []string {
	t.Helper()
	pdf, err := base64.StdEncoding.DecodeString(label.(string))
	if err != nil {
		t.Fatal(err)
	}
	return labeltest.Numbers(t, pdf, 203)
}

// TestLabelOfAView has a page for each parcel, and for the return label that a rule attached.
func TestLabelOfAView(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, `rule 9 | {"field":"metadata","op":"is","value":"returns"} | [{"do":"return_service","service":100}]`)
	body := treeOf(t, plain)
	body.set("shipment_detail.rules_metadata", "returns")
	must200(t, app, "POST /v1/shipments", body.String())
	app.Drain(t)
	sh := shipment(t, app, "S1")
	want := []string{sh.Parcels[0].Tracking, sh.Parcels[1].Tracking, sh.Parcels[2].Tracking}
	codes := barcodes(t, must200(t, app, "GET /v1/shipments/S1", "")["label"])
	if len(codes) != 6 || strings.Join(codes[:3], " ") != strings.Join(want, " ") || !strings.HasPrefix(codes[3], "RO") {
		t.Errorf("the label's codes are %v, want %v and three of the return", codes, want)
	}
}

// TestReturnLabel bears the number it was answered with, and takes the parcel home.
func TestReturnLabel(t *testing.T) {
	app := start(t, installation(t))
	must200(t, app, "POST /v1/shipments", strings.Replace(plain, `"parcels":3`, `"parcels":1`, 1))
	answer := must200(t, app, "POST /v1/returns", `{"outgoing_reference":"S1","delivery_postcode":"BS1 4TW","return_service":"200","expiry":"2026-12-01"}`)
	if codes := barcodes(t, answer["label"]); len(codes) != 1 || codes[0] != answer["tracking"] {
		t.Errorf("the label's codes are %v, want %v", codes, answer["tracking"])
	}
}
