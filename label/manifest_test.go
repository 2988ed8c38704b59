package label

import (
	"fmt"
	"strings"
	"testing"

	"waybill"
	"waybill/label/labeltest"
)

// handover is a sheet of so many parcels, some of them for people whose names are in other letters.
func handover(parcels int) Manifest {
	m := Manifest{
		Number: "MF-100042", Carrier: "City Couriers", Place: "Bristol warehouse", Day: "2026-11-24",
		Address: waybill.Address{City: "Bristol", Postcode: "BS1 4ST", Country: "GB"},
	}
	names := []string{"Ana Lund", "محمد عبد الرحمن", "क्षितिज हस्तशिल्प", "渡辺 健一", strings.Repeat("An endless name ", 9), "Łukasz Żółć"}
	for i := range parcels {
		m.Lines = append(m.Lines, ManifestLine{
			Number: fmt.Sprintf("WB%09d", 100_000+i), Name: names[i%len(names)], Postcode: "EC1A 1BB GB", Service: "Next day before noon", Grams: 2505,
		})
	}
	return m
}

func TestManifestNamesEveryParcelAndItsOwnNumberScans(t *testing.T) {
	for parcels, pages := range map[int]int{1: 1, 120: 4} {
		data, err := RenderManifest(handover(parcels))
		if err != nil {
			t.Fatal(err)
		}
		text := labeltest.Text(t, data)
		for i := range parcels {
			if number := fmt.Sprintf("WB%09d", 100_000+i); strings.Count(text, number) != 1 {
				t.Errorf("%d parcels: %s stands there %d times", parcels, number, strings.Count(text, number))
			}
		}
		for _, want := range []string{
			"City Couriers", "Bristol warehouse, Bristol, BS1 4ST", "2026-11-24", "Ana Lund", "EC1A 1BB GB", "2.51 kg", "TAKEN OVER BY",
			kilograms(int64(parcels) * 2505), fmt.Sprintf("MF-100042 · page %d of %d", pages, pages),
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%d parcels: %q is not on the sheet:\n%s", parcels, want, text)
			}
		}
		if codes := labeltest.Numbers(t, data, 203); len(codes) != 1 || codes[0] != "MF-100042" {
			t.Errorf("%d parcels: the codes are %q", parcels, codes)
		}
		if again, err := RenderManifest(handover(parcels)); err != nil || string(again) != string(data) {
			t.Errorf("another sheet the second time (%v)", err)
		}
	}
	if _, err := RenderManifest(handover(0)); err == nil {
		t.Error("a sheet of nothing")
	}
}

// Nothing is written over anything else, nor below the foot.
func TestManifestStaysOnItsPages(t *testing.T) {
	m := handover(75)
	long := strings.Repeat("endless ", 30)
	m.Carrier, m.Place, m.Sample = long, long, "SAMPLE"
	m.Lines[3] = ManifestLine{Number: strings.Repeat("N", 40), Name: long, Postcode: long, Service: long, Grams: 123_456_789}
	pages, err := layManifest(m)
	if err != nil {
		t.Fatal(err)
	}
	for n, page := range pages {
		inside := rect{0, 0, page.width, page.height}.grown(-page.mm(140), -page.mm(110))
		for i, a := range page.texts {
			ink := a.inkRect(a.x, a.base)
			if !inside.holds(ink) {
				t.Errorf("page %d: %q leaves the page", n+1, a.text)
			}
			for _, b := range page.texts[i+1:] {
				if ink.meets(b.inkRect(b.x, b.base)) {
					t.Errorf("page %d: %q and %q overlap", n+1, a.text, b.text)
				}
			}
			for _, f := range append(page.fills[:len(page.fills):len(page.fills)], page.plate.fills()...) {
				if f.meets(ink) {
					t.Errorf("page %d: a line runs through %q", n+1, a.text)
				}
			}
		}
	}
}
