package label

import (
	"bytes"
	"embed"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"golang.org/x/text/encoding/charmap"
)

// The fonts are subsets of Noto, without hints: Noto Sans (Latin, Greek, Cyrillic), one font a script, and
// one weight of Noto Sans CJK (Chinese, Japanese, Korean), whose two would be 5 MB; NotoSansLatin is the 217 characters of Windows-1252, small enough to travel in each PDF.
// Made with fonttools: pyftsubset --no-hinting --notdef-outline.
//
//go:embed fonts/*.ttf fonts/*.otf
var fontFiles embed.FS

// FontLicence is the licence of the embedded fonts (SIL Open Font License 1.1), to be shown wherever
// they are shipped.
//
//go:embed fonts/OFL.txt
var FontLicence string

type weight uint8

const (
	regular weight = iota
	bold
)

func (w weight) String() string { return [...]string{"Regular", "Bold"}[w] }

// families in the order in which they are asked for a character.
var families = [...]string{"NotoSans", "NotoSansArabic", "NotoSansDevanagari", "NotoSansHebrew", "NotoSansThai", cjk}

// cjk has one weight, which serves as both.
const cjk = "NotoSansCJK"

const (
	unitsPerEm = 1000 // of every font here
	capHeight  = 714  // of Noto Sans, in units
	plainEnd   = 0x2200
)

// typeface is one weight of all families.
type typeface struct {
	fonts [len(families)]*font.Font
	// plain describes the characters below plainEnd that need no shaping: one glyph each of the first
	// family, side by side. Latin, Greek and Cyrillic text is nothing else.
	plain [plainEnd]plainGlyph
}

// plainGlyph is a character's glyph and advance in units; no advance: needs shaping.
type plainGlyph struct {
	gid     uint16
	advance int16
}

// typefaces are parsed at first use.
var typefaces = sync.OnceValue(func() [2]*typeface {
	return [2]*typeface{loadTypeface(regular), loadTypeface(bold)}
})

func loadTypeface(w weight) *typeface {
	t := new(typeface)
	for i, family := range families {
		t.fonts[i] = parseFont(family, w)
	}
	face := font.NewFace(t.fonts[0])
	for r := ' '; r < plainEnd; r++ {
		if gid, ok := face.NominalGlyph(r); ok && !unicode.In(r, unicode.M, unicode.Cf) {
			t.plain[r] = plainGlyph{uint16(gid), int16(face.HorizontalAdvance(gid))}
		}
	}
	return t
}

func parseFont(family string, w weight) *font.Font {
	face, err := font.ParseTTF(bytes.NewReader(readFont(family, w)))
	if err != nil {
		panic("label: embedded font " + family + ": " + err.Error()) // only a broken build gets here
	}
	return face.Font
}

func readFont(family string, w weight) []byte {
	name := family + "-" + w.String() + ".ttf"
	if family == cjk {
		name = cjk + "-Regular.otf"
	}
	data, err := fontFiles.ReadFile("fonts/" + name)
	if err != nil {
		panic("label: " + err.Error()) // only a broken build gets here
	}
	return data
}

// plainAdvance is the width of text in units; false when it needs shaping.
func (t *typeface) plainAdvance(text string) (int, bool) {
	sum := 0
	for _, r := range text {
		if r >= plainEnd || t.plain[r].advance == 0 {
			return 0, false
		}
		sum += int(t.plain[r].advance)
	}
	return sum, true
}

// windows1252 is text in the encoding of the PDF's own font; false when it has other characters.
func windows1252(text string) (string, bool) {
	encoded := make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return "", false
		}
		encoded = append(encoded, b)
	}
	return string(encoded), true
}
