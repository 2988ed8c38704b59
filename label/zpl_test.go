package label

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"waybill"
)

// TestZPLSaysWhatTheLayoutSays reads each label back as a printer would and holds it against the sheet.
func TestZPLSaysWhatTheLayoutSays(t *testing.T) {
	for name, face := range faces() {
		for _, dpi := range bothDPI {
			s, err := compose(face, dpi)
			if err != nil {
				t.Fatal(err)
			}
			width, length, fields := readZPL(t, render(t, face, waybill.ZPL, dpi))
			if width != 4*dpi || length != 6*dpi {
				t.Errorf("%s: ^PW%d ^LL%d at %d dpi", name, width, length, dpi)
			}
			if want := len(s.fills) + len(s.texts) + 1 + len(wantCodes(face)) - 1; len(fields) != want {
				t.Errorf("%s: %d fields, want %d", name, len(fields), want)
			}
			for i, want := range s.texts {
				checkZPLText(t, name, fields[len(s.fills)+i], want)
			}
			checkZPLCodes(t, name, face, s, fields[len(s.fills)+len(s.texts):])
		}
	}
}

// checkZPLText: Latin text in the printer's font on the base line, all else as the same dots as on the PNG.
func checkZPLText(t *testing.T, name string, f zplField, want text) {
	t.Helper()
	if f.reverse != want.white {
		t.Errorf("%s: %q: reversed %v", name, want.text, f.reverse)
	}
	latin := true
	for _, r := range want.text {
		latin = latin && (r <= 0xff && r != '\\' || r == '…')
	}
	if f.command == "A0" != latin {
		t.Fatalf("%s: %q is a %s field", name, want.text, f.command)
	}
	if latin {
		if f.data != strings.ReplaceAll(want.text, "…", "...") || f.y != want.base || f.args[1] != strconv.Itoa(want.size) {
			t.Errorf("%s: %+v for %q at %d", name, f, want.text, want.base)
		}
		if !f.block && f.x != want.x || f.block && f.x != want.cell.x {
			t.Errorf("%s: %q begins at %d", name, want.text, f.x)
		}
		return
	}
	drawn := readGraphic(t, f)
	box := want.inkRect(want.x, want.base)
	picture := newCanvas(box.w, box.h)
	picture.text(want.line, want.x-box.x, want.base-box.y, false)
	if f.x != box.x || f.y != box.y || drawn.height != box.h || (box.w+7)/8*8 != drawn.width {
		t.Fatalf("%s: %q is drawn at %d,%d %dx%d, not in %+v", name, want.text, f.x, f.y, drawn.width, drawn.height, box)
	}
	for y := range box.h {
		for x, v := range picture.row(y) {
			if (v >= 128) != (drawn.row(y)[x] != 0) {
				t.Fatalf("%s: %q differs at %d,%d", name, want.text, x, y)
			}
		}
	}
}

func checkZPLCodes(t *testing.T, name string, face waybill.Face, s *sheet, fields []zplField) {
	t.Helper()
	plate := fields[0]
	if plate.command != "BC" || plate.x != s.plate.x || plate.y != s.plate.y || plate.module != s.plate.module || plate.args[0] != "N" ||
		plate.args[1] != strconv.Itoa(s.plate.height) || strings.Join(plate.args[2:], "") != "NNNN" {
		t.Errorf("%s: %+v for %+v", name, plate, s.plate.rect())
	}
	if words := zplWords(t, plate.data); string(words) != string(s.plate.code.words[:len(s.plate.code.words)-2]) {
		t.Errorf("%s: %q makes the printer's words %v, ours are %v", name, plate.data, words, s.plate.code.words)
	}
	if face.Matrix == "" {
		return
	}
	qr := fields[1]
	mode, data, _ := strings.Cut(qr.data, ",")
	if qr.command != "BQ" || qr.x != s.matrix.x || qr.y != s.matrix.y-1 || qr.args[2] != strconv.Itoa(s.matrix.module) || mode != "MM" ||
		data != "B"+strconv.Itoa(10000 + len(face.Matrix))[1:]+face.Matrix {
		t.Errorf("%s: %+v for %+v", name, qr, s.matrix)
	}
}

// zplWords are the code words that a printer makes of ^BC data in mode N, after Zebra's table of
// invocation codes.
func zplWords(t *testing.T, data string) []byte {
	t.Helper()
	var words []byte
	pairs := false
	for i := 0; i < len(data); {
		if data[i] == '>' {
			switch data[i+1] {
			case ':':
				words, pairs = append(words, 104), false
			case ';':
				words, pairs = append(words, 105), true
			case '5':
				words, pairs = append(words, 99), true
			case '6':
				words, pairs = append(words, 100), false
			case '8':
				words = append(words, 102)
			case '0':
				words = append(words, '>'-' ')
			case '<':
				words = append(words, '^'-' ')
			case '=':
				words = append(words, '~'-' ')
			default:
				t.Fatalf("invocation %q", data[i:i+2])
			}
			i += 2
			continue
		}
		if !pairs {
			words = append(words, data[i]-' ')
			i++
			continue
		}
		n, err := strconv.Atoi(data[i : i+2])
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, byte(n))
		i += 2
	}
	return words
}

// A 2D code that printers would encode each in its own way is drawn, dot for dot.
func TestZPLDrawsMatrixBeyondASCII(t *testing.T) {
	face := faces()["latin"]
	face.Matrix = "Größe"
	_, _, fields := readZPL(t, render(t, face, waybill.ZPL, dpi203))
	last := fields[len(fields)-1]
	if last.command != "GF" {
		t.Fatalf("drawn by %s", last.command)
	}
	drawn := readGraphic(t, last)
	want := newCanvas(drawn.width, drawn.height)
	m, err := encodeMatrix(face.Matrix, drawn.width+100, dpi203)
	if err != nil {
		t.Fatal(err)
	}
	m.module = drawn.height / m.side
	modules, err := m.fills()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range modules {
		want.fill(r)
	}
	if !bytes.Equal(drawn.ink, want.ink) {
		t.Error("not the library's modules")
	}
}
