package label

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"

	"waybill"

	"codeberg.org/go-pdf/fpdf"
)

// maxPixels bounds the pictures we unpack: four times a 4x6 inch label at 600 dpi.
const maxPixels = 40_000_000

// Can reports whether a label in one format can be had in another: our own faces and raster labels in
// pdf, png and zpl; a carrier's pdf and zpl only as they came.
func Can(have, want waybill.LabelFormat) bool {
	switch have {
	case waybill.FormatFace, waybill.PNG, waybill.GIF:
		return want == waybill.PDF || want == waybill.PNG || want == waybill.ZPL
	case waybill.PDF, waybill.ZPL:
		return want == have
	default:
		return false
	}
}

// Convert is a label in the format wanted. A face is drawn. A carrier's raster label is placed on
// 4x6 inches in the middle, upright, each of its dots as a whole number of dots of the print head, so
// that all its codes stay sharp; nothing is ever made smaller. Its PDF has true size: it is drawn for the
// one of the two print heads at which it fills the page best. A carrier's PDF or ZPL stays as it
// came. What cannot be had is an error with ReasonFormat that says what can.
func Convert(l waybill.Label, spec waybill.LabelSpec) ([]byte, error) {
	if l.Face != nil && l.Format == waybill.FormatFace {
		return Render(*l.Face, spec)
	}
	if !Can(l.Format, spec.Format) {
		return nil, waybill.E("label.convert", waybill.ReasonFormat, "a label that is %q cannot be made %q: it can be had as %s", l.Format, spec.Format, available(l.Format))
	}
	if l.Format == waybill.PDF || l.Format == waybill.ZPL {
		return l.Data, nil
	}
	dpi, err := resolution(spec)
	if err != nil {
		return nil, err
	}
	picture, err := readPicture(l)
	if err != nil {
		return nil, err
	}
	defer picture.free()
	if spec.Format == waybill.PDF {
		return picturePDF(picture)
	}
	page, ok := place(picture, 4*dpi, 6*dpi)
	if !ok {
		return nil, waybill.E("label.convert", waybill.ReasonFormat, "the carrier's label of %d x %d dots is larger than 4x6 inches at %d dpi: it can be had as pdf",
			picture.width, picture.height, dpi)
	}
	defer page.free()
	if spec.Format == waybill.PNG {
		return encodePNG(page, dpi), nil
	}
	z := new(zpl)
	z.begin(page.width, page.height)
	z.graphic(page, 0, 0, false)
	z.end()
	return z.Bytes(), nil
}

// available names the formats that a label can be had in.
func available(have waybill.LabelFormat) string {
	switch have {
	case waybill.PDF, waybill.ZPL:
		return string(have)
	case waybill.PNG, waybill.GIF, waybill.FormatFace:
		return "pdf, png or zpl"
	default:
		return "nothing else"
	}
}

// readPicture unpacks a raster label to black and white dots, upright.
func readPicture(l waybill.Label) (*canvas, error) {
	bad := func(err error) error {
		e := waybill.E("label.convert", waybill.ReasonFormat, "the carrier's label is no readable %s", l.Format)
		e.Err = err
		return e
	}
	readConfig, read := png.DecodeConfig, png.Decode
	if l.Format == waybill.GIF {
		readConfig, read = gif.DecodeConfig, gif.Decode
	}
	config, err := readConfig(bytes.NewReader(l.Data))
	if err != nil {
		return nil, bad(err)
	}
	if config.Width*config.Height > maxPixels {
		return nil, waybill.E("label.convert", waybill.ReasonFormat, "the carrier's label of %d x %d dots is no 4x6 inch label", config.Width, config.Height)
	}
	m, err := read(bytes.NewReader(l.Data))
	if err != nil {
		return nil, bad(err)
	}
	c := inkOf(m)
	if c.width > c.height {
		landscape := c
		defer landscape.free()
		c = turned(landscape)
	}
	return c, nil
}

// inkOf makes each pixel black or white; what is transparent is paper.
func inkOf(m image.Image) *canvas {
	b := m.Bounds()
	c := newCanvas(b.Dx(), b.Dy())
	paletted, _ := m.(*image.Paletted)
	var black [256]byte
	if paletted != nil {
		for i, p := range paletted.Palette {
			black[i] = ink(p)
		}
	}
	for y := range c.height {
		row := c.row(y)
		if paletted != nil {
			for x, i := range paletted.Pix[y*paletted.Stride : y*paletted.Stride+c.width] {
				row[x] = black[i]
			}
			continue
		}
		for x := range row {
			row[x] = ink(m.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return c
}

// ink is 255 for a colour darker than middle grey on white paper.
func ink(c color.Color) byte {
	r, g, b, a := c.RGBA() // premultiplied
	paper := 0xffff - a
	if (299*(r+paper)+587*(g+paper)+114*(b+paper))/1000 < 0x8000 {
		return 255
	}
	return 0
}

// turned is the picture rotated a quarter clockwise.
func turned(c *canvas) *canvas {
	t := newCanvas(c.height, c.width)
	for y := range c.height {
		for x, v := range c.row(y) {
			t.ink[x*t.width+t.width-1-y] = v
		}
	}
	return t
}

// place puts a picture on a page, as many times larger as it fits in whole numbers. White edges are left
// out if it does not fit with them or would come out smaller. False: too large.
func place(picture *canvas, width, height int) (*canvas, bool) {
	whole := rect{0, 0, picture.width, picture.height}
	part, times := whole, wholeTimes(whole, width, height)
	if printed := picture.printed(); wholeTimes(printed, width, height) > times {
		part, times = printed, wholeTimes(printed, width, height)
	}
	if times == 0 {
		return nil, false
	}
	page := newCanvas(width, height)
	left, top := (width-part.w*times)/2, (height-part.h*times)/2
	for y := range part.h {
		row := page.row(top + y*times)
		for x, v := range picture.row(part.y + y)[part.x : part.x+part.w] {
			for i := range times {
				row[left+x*times+i] = v
			}
		}
		for i := 1; i < times; i++ {
			copy(page.row(top+y*times+i), row)
		}
	}
	return page, true
}

func wholeTimes(r rect, width, height int) int { return min(width/max(r.w, 1), height/max(r.h, 1)) }

// printed is the box around all ink.
func (c *canvas) printed() rect {
	box := rect{c.width, c.height, 0, 0}
	x1, y1 := 0, 0
	for y := range c.height {
		row := c.row(y)
		first := bytes.IndexByte(row, 255)
		if first < 0 {
			continue
		}
		box.x, box.y = min(box.x, first), min(box.y, y)
		x1, y1 = max(x1, bytes.LastIndexByte(row, 255)+1), y+1
	}
	box.w, box.h = max(x1-box.x, 0), max(y1-box.y, 0)
	return box
}

// picturePDF is a page with a raster label on it, its dots untouched.
func picturePDF(picture *canvas) ([]byte, error) {
	dpi, best := dpi203, 0
	var page *canvas
	for _, d := range [...]int{dpi203, dpi300} {
		placed, ok := place(picture, 4*d, 6*d)
		if !ok {
			continue
		}
		defer placed.free()
		if printed := placed.printed(); printed.h*dpi300/d > best {
			dpi, best, page = d, printed.h*dpi300/d, placed
		}
	}
	fits := page != nil
	if !fits {
		page = picture // larger than 300 dpi: as large as the paper, at its own resolution
	}
	p := newPDF(dpi, 4*dpi, 6*dpi, "Shipping label")
	p.AddPage()
	options := fpdf.ImageOptions{ImageType: "PNG"}
	p.RegisterImageOptionsReader("label", options, bytes.NewReader(encodePNG(page, dpi)))
	width, height := p.points(p.width), p.points(p.height)
	if !fits {
		narrower := min(width/float64(page.width), height/float64(page.height))
		width, height = narrower*float64(page.width), narrower*float64(page.height)
	}
	p.ImageOptions("label", (p.points(p.width)-width)/2, (p.points(p.height)-height)/2, width, height, false, options, 0, "")
	return p.bytes()
}
