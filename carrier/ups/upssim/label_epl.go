package upssim

import (
	"fmt"
	"strings"
)

// writeEPL writes the marks for a printer that speaks EPL2. It has five fixed fonts; the simulator takes the nearest.
func writeEPL(marks []mark) []byte {
	var out strings.Builder
	out.WriteString("N\nI8,A,001\nq812\nQ1218,24\n")
	for _, m := range marks {
		x, y := zpl(m.x), zpl(m.y)
		switch m.kind {
		case markText, markBanner:
			style, top := "N", zpl(m.y-m.size*3/4)
			if m.kind == markBanner {
				style, top = "R", y+8
				x = 30
			}
			font, times := eplFont(m.size)
			if m.right {
				x -= len(m.text) * eplWidth[font] * times
			}
			fmt.Fprintf(&out, "A%d,%d,0,%d,%d,%d,%s,%s\n", max(0, x), max(0, top), font, times, times, style, quoted(m.text))
		case markRule:
			fmt.Fprintf(&out, "LO%d,%d,%d,%d\n", x, y, zpl(m.w), zpl(m.h))
		case markCode128:
			if m.x < 0 {
				x = (812 - 3*modules(m.text)) / 2
			}
			fmt.Fprintf(&out, "B%d,%d,0,1,3,3,%d,N,%s\n", x, y, zpl(m.h), quoted(m.text))
		case markMaxiCode: // left out: its parameters differ too much to be worth simulating
		}
	}
	out.WriteString("P1\n")
	return []byte(out.String())
}

// eplWidth is how many dots a letter of EPL2's fonts takes.
var eplWidth = map[int]int{1: 10, 2: 12, 3: 14, 4: 16, 5: 36}

func eplFont(size int) (font, times int) {
	switch {
	case size < 18:
		return 1, 1
	case size < 22:
		return 2, 1
	case size < 28:
		return 3, 1
	case size < 44:
		return 4, 1
	}
	return 4, 2
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// writeSPL writes the marks' text and the tracking bar code in Star's line mode, which is what UPS means by SPL [K].
// A line printer has no free places, so they follow each other.
func writeSPL(marks []mark) []byte {
	var out strings.Builder
	out.WriteString("\x1b@")
	for _, m := range marks {
		switch m.kind {
		case markText, markBanner:
			out.WriteString(m.text + "\n")
		case markCode128:
			fmt.Fprintf(&out, "\x1bb\x36\x02\x32\x7f%s\x1e\n", m.text)
		}
	}
	out.WriteString("\x1bd\x02")
	return []byte(out.String())
}
