package label

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"waybill"

	"codeberg.org/go-pdf/fpdf"

	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/text/encoding/charmap"
)

// writePDF writes a sheet as one page: bars, rules and shaped text as filled shapes, Western European
// text in embedded fonts that a reader can search and copy.
func writePDF(s *sheet) ([]byte, error) {
	p := newPDF(s.dpi, s.width, s.height, "Shipping label "+s.name)
	if err := p.draw(s); err != nil {
		return nil, err
	}
	return p.bytes()
}

// draw puts a sheet on a new page.
func (p *pdf) draw(s *sheet) error {
	p.AddPage()
	boxes := append(s.fills[:len(s.fills):len(s.fills)], s.plate.fills()...)
	if s.matrix != nil {
		modules, err := s.matrix.fills()
		if err != nil {
			return err
		}
		boxes = append(boxes, modules...)
	}
	for _, r := range boxes {
		p.box(r)
	}
	p.paint(false)
	for _, t := range s.texts {
		p.text(t.line, t.x, t.base, t.white)
	}
	return nil
}

// pdf is a document that is drawn on in dots.
type pdf struct {
	*fpdf.Fpdf
	dpi, width, height int
	path               []byte
}

// newPDF begins a document of pages of one size. Its date is fixed: the same input gives the same bytes.
func newPDF(dpi, width, height int, title string) *pdf {
	p := &pdf{dpi: dpi, width: width, height: height}
	p.Fpdf = fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: p.points(width), Ht: p.points(height)}})
	p.SetCatalogSort(true)
	p.SetCreationDate(time.Unix(0, 0).UTC())
	p.SetModificationDate(time.Unix(0, 0).UTC())
	p.SetTitle(title, true)
	p.SetProducer("Waybill", true)
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	return p
}

func (p *pdf) points(dots int) float64 { return float64(dots) * 72 / float64(p.dpi) }

// bytes is the finished document.
func (p *pdf) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		e := waybill.E("label.pdf", waybill.ReasonBug, "the document cannot be written")
		e.Err = err
		return nil, e
	}
	return out.Bytes(), nil
}

// box adds a rectangle to the path.
func (p *pdf) box(r rect) {
	p.number(p.points(r.x))
	p.number(p.points(p.height - r.y - r.h))
	p.number(p.points(r.w))
	p.number(p.points(r.h))
	p.path = append(p.path, "re\n"...)
}

func (p *pdf) number(v float64) {
	p.path = strconv.AppendFloat(p.path, v, 'f', 3, 64)
	p.path = append(p.path, ' ')
}

// paint fills the path in black or white.
func (p *pdf) paint(white bool) {
	if len(p.path) == 0 {
		return
	}
	p.RawWriteStr("q " + grey(white) + string(p.path) + "f Q")
	p.path = p.path[:0]
}

func grey(white bool) string {
	if white {
		return "1 g "
	}
	return "0 g "
}

// text writes a line from x on a base line.
func (p *pdf) text(l line, x, base int, white bool) {
	encoded, ok := windows1252(l.text)
	if !ok || !l.plain() {
		p.shapes(l, x, base)
		p.paint(white)
		return
	}
	level := 0
	if white {
		level = 255
	}
	p.SetTextColor(level, level, level)
	f, style := embeddedFonts()[l.weight], [...]string{"", "B"}[l.weight]
	p.AddFontFromBytes("NotoSans", style, f.definition, f.compressed) // again: does nothing
	p.SetFont("NotoSans", style, p.points(l.size))
	p.Text(p.points(x), p.points(base), encoded)
}

// shapes adds the outlines of a line's glyphs to the path.
func (p *pdf) shapes(l line, x, base int) {
	scale := p.points(l.size) / unitsPerEm
	for _, g := range l.glyphs() {
		x0, y0 := p.points(x+g.x), p.points(p.height-base+g.y)
		var from opentype.SegmentPoint
		for _, s := range outline(l.weight, g.family, g.gid) {
			args := s.ArgsSlice()
			verb := "l\n"
			switch s.Op {
			case opentype.SegmentOpMoveTo:
				verb = "m\n"
			case opentype.SegmentOpQuadTo: // PDF has cubic curves only
				verb = "c\n"
				args = []opentype.SegmentPoint{toward(from, args[0]), toward(args[1], args[0]), args[1]}
			case opentype.SegmentOpCubeTo:
				verb = "c\n"
			}
			for _, a := range args {
				p.number(x0 + float64(a.X)*scale)
				p.number(y0 + float64(a.Y)*scale)
				from = a
			}
			p.path = append(p.path, verb...)
		}
	}
}

// toward is the point two thirds of the way from an end of a quadratic curve to its control point.
func toward(end, control opentype.SegmentPoint) opentype.SegmentPoint {
	return opentype.SegmentPoint{X: end.X + (control.X-end.X)*2/3, Y: end.Y + (control.Y-end.Y)*2/3}
}

// pdfFont is a font ready to be put into a document.
type pdfFont struct{ definition, compressed []byte }

// embeddedFonts are made at first use.
var embeddedFonts = sync.OnceValue(func() [2]pdfFont { return [2]pdfFont{makePDFFont(regular), makePDFFont(bold)} })

// makePDFFont describes NotoSansLatin to the PDF library as a font of 256 characters, Windows-1252.
func makePDFFont(w weight) pdfFont {
	const family = "NotoSansLatin"
	program := readFont(family, w)
	var compressed bytes.Buffer
	z := zlib.NewWriter(&compressed)
	z.Write(program)
	z.Close() // writes to memory do not fail
	table := &typefaces()[w].plain
	widths := make([]int, 256)
	for i := range widths {
		if r := charmap.Windows1252.DecodeByte(byte(i)); r < plainEnd {
			widths[i] = int(table[r].advance)
		}
	}
	descriptor := fpdf.FontDescType{
		Ascent: 1069, Descent: -293, CapHeight: capHeight, Flags: fpdf.FontFlagNonsymbolic, StemV: 80 + 60*int(w), MissingWidth: 600,
	}
	box := &descriptor.FontBBox
	box.Xmin, box.Ymin, box.Xmax, box.Ymax = -621, -389, 2800, 1067
	definition, err := json.Marshal(map[string]any{
		"Tp": "TrueType", "Name": "WAYBIL+NotoSans-" + w.String(), "Enc": "cp1252", "Cw": widths, "Desc": descriptor,
		"Up": -100, "Ut": 50, "File": family + w.String() + ".z", "OriginalSize": len(program),
	})
	if err != nil {
		panic("label: " + err.Error()) // a map of plain values cannot fail
	}
	return pdfFont{definition, compressed.Bytes()}
}
