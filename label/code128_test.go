package label

import (
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	library "github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
	"pgregory.net/rapid"
)

func crowded(int) bool { return false } // no room: the shortest symbol is wanted
func roomy(int) bool   { return true }

// pattern is a symbol's modules from left to right, dark ones as #.
func pattern(c code128) string {
	out := []byte(strings.Repeat(" ", c.modules()))
	c.bars(func(at, width int) { copy(out[at:], "####"[:width]) })
	return string(out)
}

func libraryPattern(t *testing.T, content string) string {
	t.Helper()
	b, err := library.Encode(content)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for x := range b.Bounds().Dx() {
		if dark(b, x) {
			out.WriteByte('#')
		} else {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

func dark(b barcode.Barcode, x int) bool {
	r, _, _, _ := b.At(x, 0).RGBA()
	return r == 0
}

// The library is the judge of our bars: GS1-128, digits in pairs, and each printable character.
func TestBarsAgreeWithTheLibrary(t *testing.T) {
	sscc := "340123451234567895"
	if got, want := pattern(encodeSSCC(sscc)), libraryPattern(t, string(library.FNC1)+"00"+sscc); got != want {
		t.Errorf("SSCC\n%s\n%s", got, want)
	}
	texts := []string{"123456789012"}
	for c := ' '; c <= '~'; c++ {
		texts = append(texts, "ab"+string(c)+"c") // the lower case keeps the library in set B
	}
	for _, text := range texts {
		c, err := encode128(text, roomy)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := pattern(c), libraryPattern(t, text); got != want {
			t.Errorf("%q\n%s\n%s", text, got, want)
		}
	}
}

// read128 is the text of a symbol's code words, by the tables of ISO/IEC 15417.
func read128(words []byte) string {
	var out strings.Builder
	pairs := words[0] == 105
	for _, w := range words[1 : len(words)-2] {
		switch {
		case w == 99 && !pairs:
			pairs = true
		case w == 100 && pairs:
			pairs = false
		case pairs:
			out.WriteByte('0' + w/10)
			out.WriteByte('0' + w%10)
		default:
			out.WriteByte(' ' + w)
		}
	}
	return out.String()
}

func TestAnyNumberReadsBackAndIsShort(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`([0-9]{0,9}[A-Z^~> -]{0,3}){1,4}[0-9]`).Draw(r, "text")
		for name, fits := range map[string]func(int) bool{"roomy": roomy, "crowded": crowded} {
			c, err := encode128(text, fits)
			if err != nil {
				r.Fatal(err)
			}
			if got := read128(c.words); got != text {
				r.Fatalf("%s: reads %q", name, got)
			}
			if words := zplWords(t, c.zpl); string(words) != string(c.words[:len(c.words)-2]) {
				r.Fatalf("%s: the printer makes %v of %q, we %v", name, words, c.zpl, c.words)
			}
			if name == "crowded" && len(c.words) > shortest(text)+3 {
				r.Fatalf("%d words; %d will do", len(c.words), shortest(text)+3)
			}
		}
	})
}

// shortest is the fewest code words for text without start, check and stop: every choice tried.
func shortest(text string) int {
	inB, inC := 0, 0 // of text[i:], standing in a set
	nextB, nextC := []int{0}, []int{0}
	for i := len(text) - 1; i >= 0; i-- {
		at := len(text) - i
		inB = 1 + nextB[at-1]
		inC = 1 << 20
		if i+1 < len(text) && isDigit(text[i]) && isDigit(text[i+1]) {
			inC = 1 + nextC[at-2]
		}
		inB, inC = min(inB, 1+inC), min(inC, 1+inB)
		nextB, nextC = append(nextB, inB), append(nextC, inC)
	}
	return min(inB, inC)
}

// The sizes of 2D codes are computed without drawing them, since a ZPL printer draws its own.
func TestMatrixIsAsLargeAsTheLibrarys(t *testing.T) {
	for version, capacity := range matrixCapacity {
		for _, n := range []int{capacity - 1, capacity} {
			code, err := qr.Encode(strings.Repeat("x", n), qr.M, qr.Unicode)
			if err != nil {
				t.Fatal(err)
			}
			if side := 21 + 4*version; code.Bounds().Dx() != side {
				t.Errorf("%d bytes: %d modules, not %d", n, code.Bounds().Dx(), side)
			}
		}
	}
}
