package label

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"waybill/label/labeltest"

	"waybill"
)

func TestMergeKeepsPagesInOrder(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	var pdfs [][]byte
	for i := range 5 {
		face := faces()["latin"]
		face.TrackingNumber = fmt.Sprintf("RUN%09d", i)
		pdfs = append(pdfs, render(t, face, waybill.PDF, dpi203))
	}
	picture, err := Convert(waybill.Label{Format: waybill.GIF, Data: asGIF(t, carrierPicture(t, 800, 1200))}, waybill.LabelSpec{Format: waybill.PDF})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := Merge(append(pdfs, picture))
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(labeltest.Text(t, merged), "\f"), "\f")
	if len(pages) != 6 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages[:5] {
		if want := fmt.Sprintf("RUN%09d", i); !strings.Contains(page, want) {
			t.Errorf("page %d is not that of %s:\n%s", i+1, want, page)
		}
	}
	wantCarrierCodes(t, labeltest.Pages(t, merged, dpi203)[5])
	if len(merged) > 2*len(pdfs[0])+len(picture) {
		t.Errorf("%d bytes: the fonts are in it once a page", len(merged))
	}
	if files, err := os.ReadDir(os.Getenv("XDG_CONFIG_HOME")); err != nil || len(files) > 0 {
		t.Errorf("merging wrote files: %v %v", files, err)
	}
}

func TestMergeOfOneAndNone(t *testing.T) {
	one := []byte("%PDF as it came")
	if got, err := Merge([][]byte{one}); err != nil || string(got) != string(one) {
		t.Errorf("one: %v", err)
	}
	if _, err := Merge(nil); waybill.ReasonOf(err) != waybill.ReasonNoLabel {
		t.Errorf("none: %v", err)
	}
	good := render(t, faces()["bare"], waybill.PDF, dpi203)
	if _, err := Merge([][]byte{good, []byte("no pdf at all")}); waybill.ReasonOf(err) != waybill.ReasonFormat {
		t.Errorf("broken: %v", err)
	}
}
