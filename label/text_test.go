package label

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// xOf is where the plain glyph of a character stands in a line; -1: nowhere.
func xOf(l line, r rune) int {
	for w, faces := 0, shapers.Get().(*shaper).faces; w < len(faces); w++ {
		for family, face := range faces[l.weight] {
			gid, ok := face.NominalGlyph(r)
			if !ok {
				continue
			}
			for _, g := range l.glyphs() {
				if g.family == family && g.gid == gid {
					return g.x
				}
			}
		}
	}
	return -1
}

func TestRightToLeft(t *testing.T) {
	l := set("אבג 12", regular, 40)
	order := []int{xOf(l, '1'), xOf(l, '2'), xOf(l, 'ג'), xOf(l, 'ב'), xOf(l, 'א')}
	if slices.Contains(order, -1) || !slices.IsSorted(order) {
		t.Errorf("from left to right 1 2 gimel bet alef stand at %v", order)
	}
	mixed := set("Acme אב 12 גד", regular, 40) // Latin first: the Hebrew part as a whole runs leftwards
	order = []int{xOf(mixed, 'A'), xOf(mixed, 'ד'), xOf(mixed, '1'), xOf(mixed, '2'), xOf(mixed, 'ב'), xOf(mixed, 'א')}
	if slices.Contains(order, -1) || !slices.IsSorted(order) {
		t.Errorf("A dalet 1 2 bet alef stand at %v", order)
	}
}

func TestScriptsAreShaped(t *testing.T) {
	for name, text := range map[string]string{"Arabic letters join": "محمد", "a Devanagari conjunct is one sign": "क्ष", "a vowel sign goes before": "कि"} {
		l := set(text, bold, 40)
		alone := 0
		for _, r := range text {
			if xOf(l, r) >= 0 {
				alone++
			}
		}
		if alone == utf8.RuneCountInString(text) && !(name == "a vowel sign goes before") {
			t.Errorf("%s: %q has the signs of its single letters", name, text)
		}
		if name == "a vowel sign goes before" && xOf(l, 'क') == 0 {
			t.Errorf("%s: %q begins with the consonant", name, text)
		}
		if missing(l) > 0 {
			t.Errorf("%s: %q has missing signs", name, text)
		}
	}
}

// missing counts the boxes in a line.
func missing(l line) int {
	n := 0
	for _, g := range l.glyphs() {
		if g.gid == 0 {
			n++
		}
	}
	return n
}

func TestEveryScriptHasItsGlyphs(t *testing.T) {
	for name, face := range faces() {
		s, err := compose(face, dpi203)
		if err != nil {
			t.Fatal(err)
		}
		boxes := 0
		for _, l := range s.texts {
			boxes += missing(l.line)
		}
		if (boxes > 0) != (name == "no glyphs") {
			t.Errorf("%s: %d boxes", name, boxes)
		}
	}
}

// A character that no font has is seen to be missing.
func TestMissingCharactersAreBoxes(t *testing.T) {
	l := set(clean("🚚 X 𓀀"), bold, 40)
	if missing(l) != 2 {
		t.Errorf("%d boxes for two characters", missing(l))
	}
	if m := glyphMask(bold, 0, 0, 40); m.width < 10 || m.height < 20 {
		t.Errorf("the box is %d x %d dots", m.width, m.height)
	}
	if xOf(l, 'X') < 0 {
		t.Error("the letter between them is gone")
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	for _, text := range []string{
		"Kaiserin-Augusta-Allee", "श्रीमती प्रियंका शर्मा क्षितिज", "น้ำผึ้งป่า จำกัด ถนนสุขุมวิท", "عبد الرحمن بن محمد الخليج", "深圳市华强电子有限公司", "e\u0301e\u0301x\u0323\u0301 x\u0323\u0301x\u0323\u0301",
	} {
		text = clean(text)
		ends := graphemeEnds(text)
		full := set(text, regular, 40)
		if uncut := full.cut(full.width); uncut.text != text {
			t.Errorf("%q fits and was cut to %q", text, uncut.text)
		}
		before := ""
		for width := 40; width < full.width; width += 7 {
			l := full.cut(width)
			kept, ok := strings.CutSuffix(l.text, ellipsis)
			if !ok || l.width > width {
				t.Fatalf("%q in %d dots: %q, %d wide", text, width, l.text, l.width)
			}
			whole := kept == "" || slices.ContainsFunc(ends, func(end int) bool { return strings.TrimRight(text[:end], " ,;-") == kept })
			if !whole {
				t.Errorf("%q was cut inside a character: %q", text, kept)
			}
			if len(kept) < len(before) {
				t.Errorf("%q: less text in more room: %q after %q", text, kept, before)
			}
			before = kept
		}
	}
}

func TestFitPrefersSmallerToCut(t *testing.T) {
	wide := set("Northwind Traders", regular, 40).width
	if l := fit("Northwind Traders", regular, wide-1, 40, 36, 30); l.size != 36 || l.text != "Northwind Traders" {
		t.Errorf("%q at %d", l.text, l.size)
	}
	if l := fit("Northwind Traders", regular, wide/2, 40, 36, 30); l.size != 30 || !strings.HasSuffix(l.text, ellipsis) {
		t.Errorf("%q at %d", l.text, l.size)
	}
}

func TestWrap(t *testing.T) {
	width := set("leave with the", regular, 30).width
	var got []string
	for _, l := range wrap("leave with the porter or the neighbour", regular, width, 2, 30) {
		got = append(got, l.text)
		if l.width > width {
			t.Errorf("%q is too wide", l.text)
		}
	}
	if len(got) != 2 || got[0] != "leave with the" || !strings.HasPrefix(got[1], "porter") || !strings.HasSuffix(got[1], ellipsis) {
		t.Errorf("%q", got)
	}
}

// Chinese and Japanese have no spaces to break a line at.
func TestWrapBetweenIdeographs(t *testing.T) {
	width := set("不在時は宅配", regular, 30).width
	var got []string
	for _, l := range wrap("不在時は宅配ボックスへ", regular, width, 2, 30) {
		got = append(got, l.text)
	}
	if !slices.Equal(got, []string{"不在時は宅配", "ボックスへ"}) {
		t.Errorf("%q", got)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                   "plain",
		"  two  spaces ":          "two spaces",
		"line\nbreak\tand\x00nul": "line break and nul",
		"e\u0301":                 "é",
		"\u202eright\u202c":       "right", // an override that would turn a text around
		"soft\u00adhyphen":        "softhyphen",
		"क\u200dष":                "क\u200dष",
		"bad\xffbyte":             "bad\ufffdbyte",
		"":                        "",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
