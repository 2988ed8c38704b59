package label

// sheet is a composed label or page: what is drawn where, in dots of its resolution from the top left
// corner. The three writers draw the same sheet, each in its own way.
type sheet struct {
	dpi           int
	width, height int
	name          string // the number it is known by
	fills         []rect
	texts         []text
	plate         plate   // a label's
	matrix        *matrix // nil: none
}

type rect struct{ x, y, w, h int }

// text is a line in its cell. White text stands on a fill.
type text struct {
	line
	cell   rect
	x      int // where the line begins
	base   int // of the letters, from the top of the sheet
	white  bool
	centre bool
}

// mm is a length in dots, pt a type size.
func (s *sheet) mm(tenths int) int { return (tenths*s.dpi + 127) / 254 }
func (s *sheet) pt(tenths int) int { return (tenths*s.dpi + 360) / 720 }

// cell is a rectangle of the sheet, in dots.
func (s *sheet) cell(x, y, w, h int) rect {
	return rect{s.mm(x), s.mm(y), s.mm(x+w) - s.mm(x), s.mm(y+h) - s.mm(y)}
}

func (s *sheet) fill(x, y, w, h int) { s.fills = append(s.fills, s.cell(x, y, w, h)) }

// write fits clean text into a cell, its letters standing on base, at the first of the sizes that will do.
func (s *sheet) write(words string, w weight, x, base, width int, points ...int) {
	s.writeIn(words, w, rect{x, base, width, 0}, text{}, points...)
}

// writeIn is write for white and centred text.
func (s *sheet) writeIn(words string, w weight, at rect, t text, points ...int) {
	sizes := make([]int, len(points))
	for i, p := range points {
		sizes[i] = s.pt(p)
	}
	s.put(fit(words, w, s.mm(at.x+at.w)-s.mm(at.x), sizes...), s.cell(at.x, at.y, at.w, 0), t)
}

// put places a set line on the base line that is its cell's y.
func (s *sheet) put(l line, cell rect, t text) {
	if l.text == "" {
		return
	}
	t.line, t.cell, t.x, t.base = l, cell, cell.x, cell.y
	if t.centre {
		t.x += (cell.w - l.width) / 2
	}
	s.texts = append(s.texts, t)
}

// caption is the small title of a field: its capitals hang from y.
func (s *sheet) caption(words string, x, y, width int) {
	s.write(words, bold, x, y+captionCap, width, captionSize)
}

// The captions' size in tenths of a point and the height of their capitals.
const (
	captionSize = 62
	captionCap  = captionSize * capHeight * 254 / 720 / unitsPerEm
	factBase    = captionCap + 42 // where the value stands
)
