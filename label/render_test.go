package label

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"

	"waybill/label/labeltest"

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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, dpi := range bothDPI {
				data := render(t, face, waybill.PNG, dpi)
				config, err := png.DecodeConfig(bytes.NewReader(data))
				if err != nil || config.Width != 4*dpi || config.Height != 6*dpi {
					t.Errorf("%d x %d dots at %d dpi (%v)", config.Width, config.Height, dpi, err)
				}
				at := bytes.Index(data, []byte("pHYs"))
				if perMetre := binary.BigEndian.Uint32(data[at+4:]); (int(perMetre)*254+5000)/10000 != dpi {
					t.Errorf("the file says %d dots a metre at %d dpi", perMetre, dpi)
				}
				scans(t, data, dpi, wantCodes(face)...)
			}
		})
	}
}

func TestScannersReadEveryPDF(t *testing.T) {
	for name, face := range faces() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, dpi := range bothDPI {
				data := labeltest.Pages(t, render(t, face, waybill.PDF, dpi), dpi)[0]
				config, err := png.DecodeConfig(bytes.NewReader(data))
				if err != nil || config.Width != 4*dpi || config.Height != 6*dpi {
					t.Errorf("a page of %d x %d at %d dpi (%v)", config.Width, config.Height, dpi, err)
				}
				scans(t, data, dpi, wantCodes(face)...)
			}
		})
	}
}

// A person at a desk searches a PDF for the name or number on it.
func TestPDFTextCanBeFound(t *testing.T) {
	face := faces()["sscc"]
	text := labeltest.Text(t, render(t, face, waybill.PDF, dpi300))
	for _, want := range []string{
		"City Couriers", "Express Next Day 12:00", "Maximilian Weber", "Weber & Söhne GmbH", "10553 Berlin", "GERMANY", "BER-Z3",
		"2026-11-21", "2.50 kg", "1 of 3", "SO-2026-004711", "PO 88-1207", "CC1203847561GB", "(00) 340123451234567895",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text of the PDF:\n%s", want, text)
		}
	}
}

// TestPDFAndPNGAgree compares the two pictures of one label line by line: each has as much ink where it
// belongs, whether the PDF writes it in its font or as outlines.
func TestPDFAndPNGAgree(t *testing.T) {
	for name, face := range faces() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			picture := func(data []byte) *canvas {
				m, err := png.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				return inkOf(m)
			}
			ours := picture(render(t, face, waybill.PNG, dpi300))
			theirs := picture(labeltest.Pages(t, render(t, face, waybill.PDF, dpi300), dpi300)[0])
			s, err := compose(face, dpi300)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range s.texts {
				box := l.inkRect(l.x, l.base).grown(3, 3)
				a, b := ours.inkIn(box), theirs.inkIn(box)
				if a*100 < b*88 || b*100 < a*88 {
					t.Errorf("%q has %d dots on the PNG and %d on the PDF", l.text, a, b)
				}
			}
			if a, b := ours.inkIn(rect{0, 0, 1200, 1800}), theirs.inkIn(rect{0, 0, 1200, 1800}); a*100 < b*98 || b*100 < a*98 {
				t.Errorf("%d dots on the PNG and %d on the PDF", a, b)
			}
		})
	}
}

func (c *canvas) inkIn(r rect) int {
	n := 0
	for y := max(r.y, 0); y < min(r.y+r.h, c.height); y++ {
		n += bytes.Count(c.row(y)[max(r.x, 0):min(r.x+r.w, c.width)], []byte{255})
	}
	return n
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
		scans(t, render(t, face, waybill.PNG, dpi), dpi, wantCodes(face)...)
	}
}

// scans fails unless a label has exactly the codes.
func scans(t *testing.T, label []byte, dpi int, codes ...string) {
	t.Helper()
	got := labeltest.Codes(t, label, dpi)
	slices.Sort(got)
	slices.Sort(codes)
	if !slices.Equal(got, codes) {
		t.Errorf("read %q, want %q", got, codes)
	}
}
