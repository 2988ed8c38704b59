package label

import (
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

const ellipsis = "…"

// line is one line of text set in one size and weight: what it says and how wide it is. Plain text
// (Latin, Greek, Cyrillic) has no glyphs until it is drawn; any other script is shaped.
type line struct {
	text   string
	weight weight
	size   int // dots an em
	width  int // dots
	shaped []glyph
}

// glyph is a drawn sign at its place: dots from the line's origin on the base line, y upwards.
type glyph struct {
	family int
	gid    font.GID
	x, y   int
}

// clean makes text printable: composed characters, single spaces, no control, format or direction
// characters, save the joiners that scripts are written with.
func clean(text string) string {
	if plainASCII(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d':
			return r
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector):
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(text, "\ufffd"))
	return norm.NFC.String(strings.Join(strings.Fields(text), " "))
}

// plainASCII reports whether clean has nothing to do: printable, no space at the ends nor two together.
func plainASCII(text string) bool {
	space := true
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' || (space && text[i] == ' ') {
			return false
		}
		space = text[i] == ' '
	}
	return !space || text == ""
}

// set makes a line of clean text, however wide it comes out.
func set(text string, w weight, size int) line {
	l := line{text: text, weight: w, size: size}
	if units, ok := typefaces()[w].plainAdvance(text); ok {
		l.width = scaleUp(units, size)
		return l
	}
	s := shapers.Get().(*shaper)
	defer shapers.Put(s)
	l.shaped, l.width = s.shape(text, w, size)
	return l
}

// fit sets clean text in the first of the sizes that is narrow enough, else cuts it at the last size,
// between two characters, to end in an ellipsis.
func fit(text string, w weight, width int, sizes ...int) line {
	var l line
	for _, size := range sizes {
		if l = set(text, w, size); l.width <= width {
			return l
		}
	}
	return l.cut(width)
}

// cut is the line shortened to the width, visibly.
func (l line) cut(width int) line {
	if l.width <= width || l.text == "" {
		return l
	}
	ends := graphemeEnds(l.text)
	short := func(n int) line {
		end := 0
		if n > 0 {
			end = ends[n-1]
		}
		return set(strings.TrimRight(l.text[:end], " ,;-")+ellipsis, l.weight, l.size)
	}
	n := sort.Search(len(ends), func(n int) bool { return short(n+1).width > width })
	return short(n)
}

// graphemeEnds are the byte offsets after each character as people count them.
func graphemeEnds(text string) []int {
	var ends []int
	if plainASCII(text) {
		for i := range len(text) {
			ends = append(ends, i+1)
		}
		return ends
	}
	var seg segmenter.Segmenter
	seg.Init([]rune(text))
	for it := seg.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		ends = append(ends, g.OffsetInBytes+g.LengthInBytes)
	}
	return ends
}

// wrap breaks clean text into at most n lines of a width; the last is cut if need be.
func wrap(text string, w weight, width, n, size int) []line {
	var lines []line
	words := breakable(text)
	first := func(n int) string { return strings.TrimSpace(strings.Join(words[:n], "")) }
	for len(words) > 0 && len(lines) < n-1 {
		take := 1
		for take < len(words) && set(first(take+1), w, size).width <= width {
			take++
		}
		lines = append(lines, fit(first(take), w, width, size))
		words = words[take:]
	}
	if len(words) > 0 {
		lines = append(lines, fit(first(len(words)), w, width, size))
	}
	return lines
}

// breakable are the parts of a text between which a line may end: words, with the space behind them, and each
// character of the scripts that are written without spaces.
func breakable(text string) []string {
	var parts []string
	start := 0
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		if r == ' ' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			parts, start = append(parts, text[start:end]), end
		}
	}
	if start < len(text) {
		parts = append(parts, text[start:])
	}
	return parts
}

// plain reports whether the line was not shaped.
func (l line) plain() bool { return l.shaped == nil }

// glyphs are the line's signs in their places.
func (l line) glyphs() []glyph {
	if !l.plain() {
		return l.shaped
	}
	table := &typefaces()[l.weight].plain
	placed := make([]glyph, 0, len(l.text))
	units := 0
	for _, r := range l.text {
		g := table[r]
		placed = append(placed, glyph{gid: font.GID(g.gid), x: scale(units, l.size)})
		units += int(g.advance)
	}
	return placed
}

// scale turns units into dots, rounded; scaleUp rounds up, for widths.
func scale(units, size int) int   { return (units*size + unitsPerEm/2) / unitsPerEm }
func scaleUp(units, size int) int { return (units*size + unitsPerEm - 1) / unitsPerEm }

// shaper holds what shaping needs and one goroutine at a time may use.
type shaper struct {
	engine    shaping.HarfbuzzShaper
	segmenter shaping.Segmenter
	paragraph bidi.Paragraph
	faces     [2]fontmap
}

var shapers = sync.Pool{New: func() any {
	s := new(shaper)
	for w, t := range typefaces() {
		for i, f := range t.fonts {
			s.faces[w][i] = font.NewFace(f)
		}
	}
	return s
}}

// fontmap finds the first family that has a character; none: the first, whose missing sign is a box.
type fontmap [len(families)]*font.Face

func (m *fontmap) ResolveFace(r rune) *font.Face {
	for _, face := range m {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return m[0]
}

func (m *fontmap) family(face *font.Face) int {
	for i, f := range m {
		if f == face {
			return i
		}
	}
	return 0
}

// shape lays out a line of any scripts, each run in its direction; the line's own is that of its
// first letter.
func (s *shaper) shape(text string, w weight, size int) ([]glyph, int) {
	runes := []rune(text)
	faces := &s.faces[w]
	placed := make([]glyph, 0, len(runes))
	pen := fixed.Int26_6(0)
	for _, run := range s.visualRuns(runes) {
		input := shaping.Input{Text: runes, RunStart: run.Start, RunEnd: run.End, Size: fixed.I(size), Language: language.DefaultLanguage()}
		if !run.IsLeftToRight() {
			input.Direction = di.DirectionRTL
		}
		parts := s.segmenter.Split(input, faces)
		for i := range parts {
			part := parts[i]
			if !run.IsLeftToRight() {
				part = parts[len(parts)-1-i]
			}
			out := s.engine.Shape(part)
			for _, g := range out.Glyphs {
				placed = append(placed, glyph{
					family: faces.family(part.Face), gid: g.GlyphID,
					x: (pen + g.XOffset).Round(), y: g.YOffset.Round(),
				})
				pen += g.Advance
			}
		}
	}
	return placed, pen.Ceil()
}

// visualRuns are the runs of one direction from left to right (rule L2 of the bidirectional algorithm).
func (s *shaper) visualRuns(text []rune) []bidi.Run {
	segmented := s.paragraph.Segment(text, bidi.Neutral)
	runs := make([]bidi.Run, segmented.NumRuns())
	highest := bidi.Level(0)
	for i := range runs {
		runs[i] = segmented.Run(i)
		highest = max(highest, runs[i].Level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(runs); i++ {
			j := i
			for j < len(runs) && runs[j].Level >= level {
				j++
			}
			for a, b := i, j-1; a < b; a, b = a+1, b-1 {
				runs[a], runs[b] = runs[b], runs[a]
			}
			i = max(i, j-1)
		}
	}
	return runs
}
