package label

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"strings"
	"sync"
	"testing"

	"waybill"
)

var bothDPI = []int{dpi203, dpi300}

// wantCodes is what a scanner reads on a face's label.
func wantCodes(f waybill.Face) []string {
	codes := []string{"CODE-128:" + f.TrackingNumber}
	if f.SSCC != "" {
		codes[0] = "CODE-128:00" + f.SSCC
	}
	if f.Matrix != "" {
		codes = append(codes, "QR-Code:"+f.Matrix)
	}
	return codes
}

func render(t *testing.T, f waybill.Face, format waybill.LabelFormat, dpi int) []byte {
	t.Helper()
	data, err := Render(f, waybill.LabelSpec{Format: format, DPI: dpi})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestScannersReadEveryPNG(t *testing.T) {
	for name, face := range faces() {
		for _, dpi := range bothDPI {
			data := render(t, face, waybill.PNG, dpi)
			config, err := png.DecodeConfig(bytes.NewReader(data))
			if err != nil || config.Width != 4*dpi || config.Height != 6*dpi {
				t.Errorf("%s: %d x %d dots at %d dpi (%v)", name, config.Width, config.Height, dpi, err)
			}
			at := bytes.Index(data, []byte("pHYs"))
			if perMetre := binary.BigEndian.Uint32(data[at+4:]); (int(perMetre)*254+5000)/10000 != dpi {
				t.Errorf("%s: the file says %d dots a metre at %d dpi", name, perMetre, dpi)
			}
			mustDecode(t, data, wantCodes(face)...)
		}
	}
}

func TestScannersReadEveryPDF(t *testing.T) {
	for name, face := range faces() {
		data := rasterise(t, render(t, face, waybill.PDF, dpi300), dpi300)
		config, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || config.Width != 1200 || config.Height != 1800 {
			t.Errorf("%s: page of %d x %d at 300 dpi (%v)", name, config.Width, config.Height, err)
		}
		mustDecode(t, data, wantCodes(face)...)
		mustDecode(t, rasterise(t, render(t, face, waybill.PDF, dpi203), dpi203), wantCodes(face)...)
	}
}

// A person at a desk searches a PDF for the name or number on it.
func TestPDFTextCanBeFound(t *testing.T) {
	face := faces()["sscc"]
	text := pdfText(t, render(t, face, waybill.PDF, dpi300))
	for _, want := range []string{
		"City Couriers", "Express Next Day 12:00", "Maximilian Weber", "Weber & Söhne GmbH", "10553 Berlin", "GERMANY", "BER-Z3",
		"2026-11-21", "2.50 kg", "1 of 3", "SO-2026-004711", "PO 88-1207", "CC1203847561GB", "(00) 340123451234567895",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text of the PDF:\n%s", want, text)
		}
	}
}

// TestPDFAndPNGAgree compares the two pictures of one label, also where the PDF's text is outlines: they
// may differ along the edges of letters only.
func TestPDFAndPNGAgree(t *testing.T) {
	for name, face := range faces() {
		ours, err := png.Decode(bytes.NewReader(render(t, face, waybill.PNG, dpi203)))
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := png.Decode(bytes.NewReader(rasterise(t, render(t, face, waybill.PDF, dpi203), dpi203)))
		if err != nil {
			t.Fatal(err)
		}
		a, b := inkOf(ours), inkOf(theirs)
		inked, differ := 0, 0
		for i := range a.ink {
			if a.ink[i] != 0 {
				inked++
			}
			if a.ink[i] != b.ink[i] {
				differ++
			}
		}
		if differ*100 > inked*8 {
			t.Errorf("%s: %d of %d dots differ", name, differ, inked)
		}
	}
}

func TestSameFaceSameBytes(t *testing.T) {
	face := faces()["devanagari"]
	for _, format := range []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL} {
		want := render(t, face, format, dpi203)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got, err := Render(face, waybill.LabelSpec{Format: format, DPI: dpi203}); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: another label the second time (%v)", format, err)
				}
			})
		}
		wg.Wait()
	}
}

func TestRenderRefuses(t *testing.T) {
	good := faces()["latin"]
	change := func(f func(*waybill.Face)) waybill.Face {
		face := good
		f(&face)
		return face
	}
	pdf := waybill.LabelSpec{Format: waybill.PDF}
	for _, c := range []struct {
		name   string
		face   waybill.Face
		spec   waybill.LabelSpec
		reason waybill.Reason
		says   string
	}{
		{"format", good, waybill.LabelSpec{Format: waybill.GIF}, waybill.ReasonFormat, "pdf, png or zpl"},
		{"no format", good, waybill.LabelSpec{}, waybill.ReasonFormat, "pdf, png or zpl"},
		{"resolution", good, waybill.LabelSpec{Format: waybill.ZPL, DPI: 600}, waybill.ReasonFormat, "203 or 300"},
		{"no number", change(func(f *waybill.Face) { f.TrackingNumber = "" }), pdf, waybill.ReasonFields, "printable ASCII"},
		{"Latin-1 number", change(func(f *waybill.Face) { f.TrackingNumber = "ÄB1" }), pdf, waybill.ReasonFields, "printable ASCII"},
		{"long number", change(func(f *waybill.Face) { f.TrackingNumber = strings.Repeat("A1", 30) }), pdf, waybill.ReasonFields, "too long"},
		{"wrong SSCC", change(func(f *waybill.Face) { f.SSCC = "340123451234567890" }), pdf, waybill.ReasonFields, "SSCC"},
		{"short SSCC", change(func(f *waybill.Face) { f.SSCC = "34012345" }), pdf, waybill.ReasonFields, "SSCC"},
		{"long 2D text", change(func(f *waybill.Face) { f.Matrix = strings.Repeat("x", 3000) }), pdf, waybill.ReasonFields, "3000 bytes"},
	} {
		_, err := Render(c.face, c.spec)
		if waybill.ReasonOf(err) != c.reason || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The longest number and 2D text that are not refused must still be readable.
func TestLongestCodesAreReadable(t *testing.T) {
	face := faces()["latin"]
	longest := func(set func(int)) int {
		n := 1
		for ; ; n++ {
			set(n + 1)
			if _, err := compose(face, dpi203); err != nil {
				set(n)
				return n
			}
		}
	}
	letters := longest(func(n int) { face.TrackingNumber = strings.Repeat("X7", n)[:n] })
	bytes2D := longest(func(n int) { face.Matrix = strings.Repeat("https://e", n)[:n] })
	if letters < 30 || bytes2D < 200 {
		t.Errorf("room for a number of %d characters and a 2D code of %d bytes", letters, bytes2D)
	}
	for _, dpi := range bothDPI {
		mustDecode(t, render(t, face, waybill.PNG, dpi), wantCodes(face)...)
	}
}
