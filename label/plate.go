package label

import (
	"waybill"

	"github.com/boombuler/barcode/qr"
)

// The bars are as wide as the label has room for, between a quarter millimetre (what thermal heads and
// scanners are sure of) and three quarters (GS1 logistic labels: 0.495 to 0.94 mm). Their height on a
// full label is 32 mm, GS1's recommendation; a sample's are lower.
const (
	minModule         = 25 // hundredths of a millimetre
	comfortableModule = 33
	maxModule         = 75
	barHeight         = 320
)

// codes encodes what the label carries, so that a face that cannot be drawn is refused first.
func (c *composer) codes() error {
	var err error
	c.name = c.face.TrackingNumber
	if c.face.SSCC != "" {
		if len(c.face.SSCC) != 18 || !Valid(GS1, c.face.SSCC) {
			return waybill.E("label.render", waybill.ReasonFields, "SSCC %q: 18 digits, of which the last is the check", c.face.SSCC)
		}
		c.name = c.face.SSCC
		c.plate.code = encodeSSCC(c.face.SSCC)
	} else if c.plate.code, err = encode128(c.face.TrackingNumber, c.comfortable); err != nil {
		return err
	}
	c.plate.module = c.module(c.plate.code.modules())
	if !c.atLeast(c.plate.module, minModule) {
		return waybill.E("label.render", waybill.ReasonFields, "tracking number %q is too long for a barcode on a 4 inch label", c.face.TrackingNumber)
	}
	if c.face.Matrix != "" {
		c.matrix, err = encodeMatrix(c.face.Matrix, c.mm(right-column-hairline), c.dpi)
	}
	return err
}

// module is how many dots wide the modules of a linear code can be, quiet zones counted.
func (c *composer) module(modules int) int {
	return min(c.width/(modules+2*quietModules), c.dpi*maxModule/2540)
}

func (c *composer) comfortable(modules int) bool {
	return c.atLeast(c.module(modules), comfortableModule)
}

// atLeast compares dots with hundredths of a millimetre.
func (c *composer) atLeast(dots, hundredths int) bool { return dots*2540 >= hundredths*c.dpi }

// plateHeight is the room that the licence plate takes, in tenths of a millimetre.
func (c *composer) plateHeight() int {
	height := gap + c.barHeight() + 62 + margin
	if c.face.SSCC != "" && c.face.TrackingNumber != "" {
		height += 62
	}
	return height
}

func (c *composer) barHeight() int {
	if c.face.Sample != "" {
		return barHeight - 70
	}
	return barHeight
}

// licencePlate is the barcode with its text, the lowest thing on the label. The edge of the label is
// part of the quiet zones, so no rule runs beside the bars.
func (c *composer) licencePlate() {
	y, human := c.y+gap, c.face.TrackingNumber
	if c.face.SSCC != "" {
		human = "(00) " + c.face.SSCC
		if c.face.TrackingNumber != "" {
			c.caption("TRACKING", left, y+8, indent+20-left)
			c.write(c.face.TrackingNumber, bold, indent+30, y+33, right-indent-30, 125, 110, 95, 80)
			y += 62
		}
	}
	c.plate.x = (c.width - c.plate.code.modules()*c.plate.module) / 2
	c.plate.y = c.mm(y)
	c.plate.height = c.mm(y+c.barHeight()) - c.plate.y
	c.writeIn(human, bold, rect{left, y + c.barHeight() + 55, right - left, 0}, text{centre: true}, 150, 130, 110, 90)
}

// plate is the licence plate: the barcode that the parcel is known by.
type plate struct {
	code   code128
	x, y   int
	module int
	height int
}

func (p plate) rect() rect { return rect{p.x, p.y, p.code.modules() * p.module, p.height} }

// fills are the bars.
func (p plate) fills() []rect {
	bars := make([]rect, 0, 3*len(p.code.words)+1)
	p.code.bars(func(at, width int) {
		bars = append(bars, rect{p.x + at*p.module, p.y, width * p.module, p.height})
	})
	return bars
}

// matrix is the 2D code: a QR code (ISO/IEC 18004) in byte mode, error correction M, drawn by whoever
// can without the printer's help.
type matrix struct {
	data   string
	side   int // modules
	module int // dots
	x, y   int
}

// matrixCapacity is how many bytes each version of a QR code holds at correction M (ISO/IEC 18004, table 7).
var matrixCapacity = [...]int{14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666}

const matrixQuiet = 4 // modules

// encodeMatrix chooses version and module size for text in a square of so many dots. A module is at
// least a quarter millimetre.
func encodeMatrix(data string, room, dpi int) (*matrix, error) {
	for version, capacity := range matrixCapacity {
		if len(data) > capacity {
			continue
		}
		m := &matrix{data: data, side: 21 + 4*version}
		m.module = min(room/(m.side+2*matrixQuiet), dpi*maxModule/2540)
		if m.module*2540 >= minModule*dpi {
			return m, nil
		}
		break
	}
	return nil, waybill.E("label.render", waybill.ReasonFields, "the 2D code's text of %d bytes is too long for this label", len(data))
}

// place centres the code in a cell.
func (m *matrix) place(cell rect) {
	m.x = cell.x + (cell.w-m.dots())/2
	m.y = cell.y + (cell.h-m.dots())/2
}

func (m *matrix) dots() int  { return m.side * m.module }
func (m *matrix) rect() rect { return rect{m.x, m.y, m.dots(), m.dots()} }

// fills are the dark modules, joined along each row.
func (m *matrix) fills() ([]rect, error) {
	code, err := qr.Encode(m.data, qr.M, qr.Unicode)
	if err != nil || code.Bounds().Dx() != m.side {
		return nil, waybill.E("label.render", waybill.ReasonBug, "the 2D code of %d bytes is not of %d modules (%v)", len(m.data), m.side, err)
	}
	dark := func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	var fills []rect
	for y := range m.side {
		for x := 0; x < m.side; x++ {
			from := x
			for x < m.side && dark(x, y) {
				x++
			}
			if x > from {
				fills = append(fills, rect{m.x + from*m.module, m.y + y*m.module, (x - from) * m.module, m.module})
			}
		}
	}
	return fills, nil
}
