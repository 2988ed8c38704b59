package label

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"waybill"
)

// carrierPicture is a label as a carrier draws it: two linear codes, a 2D code, and white at the bottom.
func carrierPicture(t *testing.T, width, height int) *canvas {
	t.Helper()
	c := newCanvas(width, height)
	for i, number := range []string{"1Z5R89390357567127", "42010117"} {
		code, err := encode128(number, roomy)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range (plate{code: code, x: 60, y: 700 + 220*i, module: 3, height: 180}).fills() {
			c.fill(r)
		}
	}
	m, err := encodeMatrix("carrier routing data 0123456789", 300, dpi203)
	if err != nil {
		t.Fatal(err)
	}
	m.x, m.y = 80, 300
	modules, err := m.fills()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range modules {
		c.fill(r)
	}
	c.text(set("SHIP TO: JANE DOE", bold, 40), 60, 200, false)
	c.fill(rect{10, 10, width - 20, 4})
	return c
}

// asGIF is a canvas lying on its left side, as UPS sends its labels.
func asGIF(t *testing.T, c *canvas) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, c.height, c.width), color.Palette{color.White, color.Black})
	for y := range c.height {
		for x, v := range c.row(y) {
			if v != 0 {
				m.SetColorIndex(y, c.width-1-x, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := gif.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRasterLabelInEveryFormat(t *testing.T) {
	ups := asGIF(t, carrierPicture(t, 800, 1400))
	var small bytes.Buffer
	if err := png.Encode(&small, transparent(carrierPicture(t, 800, 1200))); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]waybill.Label{
		"landscape GIF":   {Format: waybill.GIF, Data: ups},
		"transparent PNG": {Format: waybill.PNG, Data: small.Bytes()},
	} {
		t.Run(name, func(t *testing.T) {
			for _, dpi := range bothDPI {
				convert := func(format waybill.LabelFormat) []byte {
					data, err := Convert(l, waybill.LabelSpec{Format: format, DPI: dpi})
					if err != nil {
						t.Fatal(err)
					}
					return data
				}
				data := convert(waybill.PNG)
				config, err := png.DecodeConfig(bytes.NewReader(data))
				if err != nil || config.Width != 4*dpi || config.Height != 6*dpi {
					t.Errorf("png of %d x %d at %d dpi (%v)", config.Width, config.Height, dpi, err)
				}
				wantCarrierCodes(t, data)

				width, length, fields := readZPL(t, convert(waybill.ZPL))
				if width != 4*dpi || length != 6*dpi || len(fields) != 1 {
					t.Fatalf("zpl of %d x %d with %d fields", width, length, len(fields))
				}
				wantCarrierCodes(t, encodePNG(readGraphic(t, fields[0]), dpi))

				wantCarrierCodes(t, convert(waybill.PDF))
			}
		})
	}
}

func wantCarrierCodes(t *testing.T, data []byte) {
	t.Helper()
	scans(t, data, dpi203, "CODE-128:1Z5R89390357567127", "CODE-128:42010117", "QR-Code:carrier routing data 0123456789")
}

// transparent is black ink on nothing.
func transparent(c *canvas) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, c.width, c.height))
	for i, v := range c.ink {
		m.Pix[4*i+3] = v
	}
	return m
}

// Each dot of the carrier's becomes a square of whole dots: the page has nothing but those squares.
func TestPictureIsEnlargedInWholeDots(t *testing.T) {
	c := newCanvas(2, 3)
	copy(c.ink, []byte{255, 0, 0, 255, 255, 255})
	page, ok := place(c, 10, 14)
	if !ok {
		t.Fatal("no room")
	}
	if got := page.printed(); got != (rect{1, 1, 8, 12}) {
		t.Errorf("printed in %+v", got)
	}
	for y := range 12 {
		for x := range 8 {
			if page.row(1 + y)[1+x] != c.row(y / 4)[x/4] {
				t.Fatalf("dot %d,%d", x, y)
			}
		}
	}
}

func TestLandscapeIsTurnedClockwise(t *testing.T) {
	c := newCanvas(3, 2)
	copy(c.ink, []byte{1, 2, 3, 4, 5, 6})
	if got := turned(c); got.width != 2 || !bytes.Equal(got.ink, []byte{4, 1, 5, 2, 6, 3}) {
		t.Errorf("%v", got.ink)
	}
}

func TestConvertKeepsAndRefuses(t *testing.T) {
	zpl := waybill.Label{Format: waybill.ZPL, Data: []byte("^XA^FDhello^FS^XZ")}
	pdf := waybill.Label{Format: waybill.PDF, Data: []byte("%PDF-1.4 …")}
	for _, l := range []waybill.Label{zpl, pdf} {
		if got, err := Convert(l, waybill.LabelSpec{Format: l.Format, DPI: dpi300}); err != nil || !bytes.Equal(got, l.Data) {
			t.Errorf("%s does not stay as it came: %v", l.Format, err)
		}
	}
	var large bytes.Buffer
	if err := png.Encode(&large, transparent(carrierPicture(t, 1200, 1800))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		label waybill.Label
		want  waybill.LabelFormat
		says  string
	}{
		"zpl as pdf":         {zpl, waybill.PDF, "had as zpl"},
		"zpl as png":         {zpl, waybill.PNG, "had as zpl"},
		"pdf as zpl":         {pdf, waybill.ZPL, "had as pdf"},
		"gif as gif":         {waybill.Label{Format: waybill.GIF, Data: asGIF(t, newCanvas(8, 9))}, waybill.GIF, "had as pdf, png or zpl"},
		"broken gif":         {waybill.Label{Format: waybill.GIF, Data: []byte("GIF89a")}, waybill.PNG, "no readable gif"},
		"too large at 203":   {waybill.Label{Format: waybill.PNG, Data: large.Bytes()}, waybill.ZPL, "had as pdf"},
		"a huge empty sheet": {waybill.Label{Format: waybill.PNG, Data: hugePNG(t)}, waybill.ZPL, "no 4x6 inch label"},
	} {
		_, err := Convert(c.label, waybill.LabelSpec{Format: c.want, DPI: dpi203})
		if waybill.ReasonOf(err) != waybill.ReasonFormat || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	data, err := Convert(waybill.Label{Format: waybill.PNG, Data: large.Bytes()}, waybill.LabelSpec{Format: waybill.PDF})
	if err != nil {
		t.Fatal(err)
	}
	wantCarrierCodes(t, data)
}

// hugePNG claims 100,000 dots a side; nobody should unpack it.
func hugePNG(t *testing.T) []byte {
	t.Helper()
	data := encodePNG(newCanvas(8, 8), dpi203)
	var out bytes.Buffer
	out.Write(data[:8])
	chunk(&out, "IHDR", []byte{0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0, 2, 0, 0, 0, 0})
	out.Write(data[8+25:])
	return out.Bytes()
}

func TestCanAgreesWithConvert(t *testing.T) {
	face := faces()["bare"]
	picture := carrierPicture(t, 400, 600)
	data := map[waybill.LabelFormat][]byte{waybill.GIF: asGIF(t, picture), waybill.PNG: encodePNG(picture, dpi203)}
	formats := []waybill.LabelFormat{waybill.PDF, waybill.PNG, waybill.ZPL, waybill.GIF, waybill.FormatFace, ""}
	for _, have := range formats {
		for _, want := range formats {
			_, err := Convert(waybill.Label{Format: have, Data: data[have], Face: &face}, waybill.LabelSpec{Format: want})
			if (err == nil) != Can(have, want) {
				t.Errorf("Can(%q, %q) = %v, but Convert says %v", have, want, Can(have, want), err)
			}
		}
	}
}
