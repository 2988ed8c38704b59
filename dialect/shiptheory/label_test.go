package shiptheory_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// barcodes reads the codes on each page of a base64 PDF as a person with a scanner would.
func barcodes(t *testing.T, label any) []string {
	t.Helper()
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not installed", tool)
			}
			t.Skipf("%s is not installed; labels are not judged", tool)
		}
	}
	pdf, err := base64.StdEncoding.DecodeString(label.(string))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "label.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "203", "-png", file, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v %s", err, out)
	}
	pages, _ := filepath.Glob(filepath.Join(dir, "page*.png"))
	var codes []string
	for _, page := range pages {
		out, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sdisable", "-Scode128.enable", page).Output()
		if err != nil {
			t.Fatalf("zbarimg: %v", err)
		}
		codes = append(codes, strings.Fields(string(out))...)
	}
	return codes
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
