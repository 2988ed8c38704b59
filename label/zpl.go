package label

import (
	"strconv"
	"strings"
)

// writeZPL writes a sheet in the printer's own language: rules, barcodes and Latin text by its
// commands, any other text as graphics.
func writeZPL(s *sheet) ([]byte, error) {
	z := new(zpl)
	z.begin(s.width, s.height)
	for _, r := range s.fills {
		z.box(r)
	}
	for _, t := range s.texts {
		z.text(t)
	}
	z.plate(s.plate)
	if s.matrix != nil {
		if err := z.matrix(*s.matrix); err != nil {
			return nil, err
		}
	}
	z.end()
	return z.Bytes(), nil
}

// zpl is a label in ZPL II in the making.
type zpl struct{ buf []byte }

// Bytes is what was written.
func (z *zpl) Bytes() []byte { return z.buf }

// add writes strings and numbers one after another.
func (z *zpl) add(parts ...any) {
	for _, part := range parts {
		switch v := part.(type) {
		case string:
			z.buf = append(z.buf, v...)
		case int:
			z.buf = strconv.AppendInt(z.buf, int64(v), 10)
		}
	}
}

// begin sets what a printer may have kept from another label: UTF-8 text, width and length, origin,
// orientation, no reversal.
func (z *zpl) begin(width, height int) {
	z.add("^XA\n^CI28^PW", width, "^LL", height, "^LH0,0^LS0^PON^LRN^FWN\n")
}

func (z *zpl) end() { z.add("^PQ1\n^XZ\n") }

// box is a black rectangle: as thick as its lesser side.
func (z *zpl) box(r rect) {
	z.add("^FO", r.x, ",", r.y, "^GB", r.w, ",", r.h, ",", min(r.w, r.h), "^FS\n")
}

// text is in the scalable font 0, which is narrower than the font that the line was measured in, so it
// stays inside its cell. It has one weight; our sizes keep the order of importance.
func (z *zpl) text(t text) {
	resident := strings.ReplaceAll(t.text, ellipsis, "...")
	if !residentText(resident) {
		z.drawnText(t)
		return
	}
	if t.centre {
		z.add("^FT", t.cell.x, ",", t.base, "^A0N,", t.size, ",", t.size, "^FB", t.cell.w, ",1,0,C")
	} else {
		z.add("^FT", t.x, ",", t.base, "^A0N,", t.size, ",", t.size)
	}
	if t.white {
		z.add("^FR")
	}
	z.field(resident)
}

// drawnText is a bitmap of the line.
func (z *zpl) drawnText(t text) {
	box := t.inkRect(t.x, t.base)
	if box.w == 0 {
		return
	}
	c := newCanvas(box.w, box.h)
	defer c.free()
	c.text(t.line, t.x-box.x, t.base-box.y, false)
	z.graphic(c, box.x, box.y, t.white)
}

// residentText reports whether font 0 of every printer has the characters: ASCII and the letters of
// Latin-1. In a ^FB block a backslash is a command, so text with one is drawn.
func residentText(text string) bool {
	for _, r := range text {
		if r == '\\' || r < ' ' || r > 0xff || (r > '~' && r < 0xa1) || r == 0xad {
			return false
		}
	}
	return true
}

// field ends a field with its data. Caret and tilde would begin commands: they go as hexadecimal, and so
// no text can leave its field.
func (z *zpl) field(data string) {
	if strings.ContainsAny(data, "^~") {
		z.add("^FH_")
		data = zplHex.Replace(data)
	}
	z.add("^FD", data, "^FS\n")
}

var zplHex = strings.NewReplacer("^", "_5E", "~", "_7E", "_", "_5F")

// plate is the barcode in the printer's own Code 128, in mode N: the sets are ours to choose, so the
// width is known to the dot.
func (z *zpl) plate(p plate) {
	z.add("^FO", p.x, ",", p.y, "^BY", p.module, ",3,", p.height, "^BCN,", p.height, ",N,N,N,N^FD", p.code.zpl, "^FS\n")
}

// matrix is the printer's own QR code, byte mode by hand so that it is as large as ours; text beyond
// ASCII, which printers treat differently, is drawn. The height of ^BY counts as a top margin of ^BQ.
func (z *zpl) matrix(m matrix) error {
	if strings.ContainsFunc(m.data, func(r rune) bool { return r < ' ' || r > '~' }) {
		return z.drawnMatrix(m)
	}
	z.add("^BY2,3,1^FO", m.x, ",", m.y-1, "^BQN,2,", m.module)
	count := strconv.Itoa(10000 + len(m.data))[1:]
	z.field("MM,B" + count + m.data)
	return nil
}

func (z *zpl) drawnMatrix(m matrix) error {
	c := newCanvas(m.dots(), m.dots())
	defer c.free()
	at := m
	at.x, at.y = 0, 0
	modules, err := at.fills()
	for _, r := range modules {
		c.fill(r)
	}
	z.graphic(c, m.x, m.y, false)
	return err
}

// graphic is a picture of black dots: those with at least half their ink.
func (z *zpl) graphic(c *canvas, x, y int, white bool) {
	perRow := (c.width + 7) / 8
	total := perRow * c.height
	z.add("^FO", x, ",", y)
	if white {
		z.add("^FR")
	}
	z.add("^GFA,", total, ",", total, ",", perRow, ",")
	var above []byte
	for i := range c.height {
		row := nibbles(c.row(i), 2*perRow)
		if string(row) == string(above) {
			z.add(":")
		} else {
			z.buf = appendRuns(z.buf, row)
		}
		above = row
	}
	z.add("^FS\n")
}

// nibbles are four dots a hexadecimal digit, filled up with white.
func nibbles(ink []byte, n int) []byte {
	row := make([]byte, n)
	for x, v := range ink {
		if v >= 128 {
			row[x/4] |= 8 >> (x % 4)
		}
	}
	for i, v := range row {
		row[i] = "0123456789ABCDEF"[v]
	}
	return row
}

// appendRuns writes a row in ZPL's run lengths: G to Y repeat a digit 1 to 19 times, g to z 20 to 400
// times, a comma is white to the end of the row and an exclamation mark black.
func appendRuns(buf, row []byte) []byte {
	for i := 0; i < len(row); {
		n := 1
		for i+n < len(row) && row[i+n] == row[i] {
			n++
		}
		if i+n == len(row) && row[i] == '0' {
			return append(buf, ',')
		}
		if i+n == len(row) && row[i] == 'F' {
			return append(buf, '!')
		}
		i += n
		for ; n > 400; n -= 400 {
			buf = append(buf, 'z', row[i-1])
		}
		if n >= 20 {
			buf = append(buf, byte('f'+n/20))
		}
		if n%20 > 1 || n > 20 && n%20 == 1 {
			buf = append(buf, byte('F'+n%20))
		}
		buf = append(buf, row[i-1])
	}
	return buf
}
