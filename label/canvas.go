package label

import (
	"image"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// canvas is a picture in the making: one byte of ink a dot, 0 for white and 255 for black.
type canvas struct {
	width, height int
	ink           []byte
}

// canvases keeps the big ones for the next label.
var canvases sync.Pool

func newCanvas(width, height int) *canvas {
	c, _ := canvases.Get().(*canvas)
	if c == nil || cap(c.ink) < width*height {
		return &canvas{width, height, make([]byte, width*height)}
	}
	c.width, c.height, c.ink = width, height, c.ink[:width*height]
	clear(c.ink)
	return c
}

func (c *canvas) free() { canvases.Put(c) }

func (c *canvas) row(y int) []byte { return c.ink[y*c.width : (y+1)*c.width] }

// fill blackens what of the rectangle is on the canvas.
func (c *canvas) fill(r rect) {
	x0, x1 := max(r.x, 0), min(r.x+r.w, c.width)
	for y := max(r.y, 0); y < min(r.y+r.h, c.height) && x0 < x1; y++ {
		row := c.row(y)[x0:x1]
		for i := range row {
			row[i] = 255
		}
	}
}

// text draws a line from x on a base line, in white (on a fill) or black.
func (c *canvas) text(l line, x, base int, white bool) {
	for _, g := range l.glyphs() {
		c.stamp(glyphMask(l.weight, g.family, g.gid, l.size), x+g.x, base-g.y, white)
	}
}

// mask is the ink of one glyph, its corner given from the glyph's origin.
type mask struct {
	x, y, width, height int
	ink                 []byte
}

func (c *canvas) stamp(m *mask, x, y int, white bool) {
	x, y = x+m.x, y+m.y
	from, to := max(0, -x), min(m.width, c.width-x)
	for i := max(0, -y); i < min(m.height, c.height-y) && from < to; i++ {
		row := c.row(y + i)[x+from : x+to]
		for j, ink := range m.ink[i*m.width+from : i*m.width+to] {
			if white {
				row[j] -= min(row[j], ink)
			} else {
				row[j] = max(row[j], ink)
			}
		}
	}
}

// masks are glyphs already drawn; a label has few sizes, so few are drawn twice. maxMasks bounds what
// an odd address book can make us keep.
var masks = struct {
	sync.RWMutex
	drawn map[maskKey]*mask
}{drawn: make(map[maskKey]*mask)}

const maxMasks = 8192

type maskKey struct {
	weight weight
	family uint8
	gid    uint16
	size   uint16
}

func glyphMask(w weight, family int, gid font.GID, size int) *mask {
	key := maskKey{w, uint8(family), uint16(gid), uint16(size)}
	masks.RLock()
	m := masks.drawn[key]
	masks.RUnlock()
	if m != nil {
		return m
	}
	m = drawGlyph(outline(w, family, gid), size)
	masks.Lock()
	if len(masks.drawn) < maxMasks {
		masks.drawn[key] = m
	}
	masks.Unlock()
	return m
}

// outline is a glyph's contours in units, y upwards.
func outline(w weight, family int, gid font.GID) []opentype.Segment {
	s := shapers.Get().(*shaper)
	defer shapers.Put(s)
	data, _ := s.faces[w][family].GlyphDataOutline(gid)
	return data.Segments
}

// drawGlyph rasterises contours at a size in dots an em.
func drawGlyph(segments []opentype.Segment, size int) *mask {
	scale := float32(size) / unitsPerEm
	x0, y0, x1, y1 := bounds(segments, scale)
	m := &mask{x: x0, y: -y1, width: x1 - x0, height: y1 - y0}
	if m.width <= 0 || m.height <= 0 {
		return &mask{}
	}
	r := vector.NewRasterizer(m.width, m.height)
	at := func(p opentype.SegmentPoint) (float32, float32) {
		return p.X*scale - float32(x0), float32(y1) - p.Y*scale
	}
	for _, s := range segments {
		ax, ay := at(s.Args[0])
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			r.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
	drawn := image.NewAlpha(image.Rect(0, 0, m.width, m.height))
	r.Draw(drawn, drawn.Bounds(), image.Opaque, image.Point{})
	m.ink = drawn.Pix
	return m
}

// bounds is the box around all points of the contours, in whole dots.
func bounds(segments []opentype.Segment, scale float32) (x0, y0, x1, y1 int) {
	first := true
	for _, s := range segments {
		for _, p := range s.ArgsSlice() {
			x, y := p.X*scale, p.Y*scale
			ax, ay, bx, by := floor(x), floor(y), -floor(-x), -floor(-y)
			if first {
				x0, y0, x1, y1, first = ax, ay, bx, by, false
			}
			x0, y0, x1, y1 = min(x0, ax), min(y0, ay), max(x1, bx), max(y1, by)
		}
	}
	return x0, y0, x1, y1
}

func floor(v float32) int {
	n := int(v)
	if float32(n) > v {
		n--
	}
	return n
}

// inkRect is the box around a line drawn at an origin.
func (l line) inkRect(x, base int) rect {
	var box rect
	for _, g := range l.glyphs() {
		m := glyphMask(l.weight, g.family, g.gid, l.size)
		if m.width > 0 {
			box = box.union(rect{x + g.x + m.x, base - g.y + m.y, m.width, m.height})
		}
	}
	return box
}

func (r rect) union(s rect) rect {
	if r.w == 0 || r.h == 0 {
		return s
	}
	x, y := min(r.x, s.x), min(r.y, s.y)
	return rect{x, y, max(r.x+r.w, s.x+s.w) - x, max(r.y+r.h, s.y+s.h) - y}
}
