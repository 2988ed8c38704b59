package label

import (
	"slices"
	"strings"
	"testing"
)

func (r rect) meets(s rect) bool {
	return r.x < s.x+s.w && s.x < r.x+r.w && r.y < s.y+s.h && s.y < r.y+r.h
}

func (r rect) holds(s rect) bool {
	return s.x >= r.x && s.y >= r.y && s.x+s.w <= r.x+r.w && s.y+s.h <= r.y+r.h
}

func (r rect) grown(x, y int) rect { return rect{r.x - x, r.y - y, r.w + 2*x, r.h + 2*y} }

// TestNothingOverlaps looks at the ink of every line: inside the margins and its column, clear of other
// lines, rules and codes with their quiet zones.
func TestNothingOverlaps(t *testing.T) {
	for name, face := range faces() {
		for _, dpi := range bothDPI {
			s, err := compose(face, dpi)
			if err != nil {
				t.Fatal(err)
			}
			page := rect{0, 0, s.width, s.height}
			printable := page.grown(-s.mm(25), -s.mm(25))
			quiet := []rect{s.plate.rect().grown(quietModules*s.plate.module, 0)}
			if s.matrix != nil {
				quiet = append(quiet, s.matrix.rect().grown(matrixQuiet*s.matrix.module, matrixQuiet*s.matrix.module))
			}
			for _, q := range quiet {
				if !page.holds(q) {
					t.Errorf("%s: a code or its quiet zone %+v leaves the label", name, q)
				}
				for _, f := range s.fills {
					if f.meets(q) {
						t.Errorf("%s: rule %+v is in the quiet zone %+v", name, f, q)
					}
				}
			}
			for i, a := range s.texts {
				ink := a.inkRect(a.x, a.base)
				if !printable.holds(ink) {
					t.Errorf("%s: %q leaves the label: %+v", name, a.text, ink)
				}
				if a.width > a.cell.w {
					t.Errorf("%s: %q is %d dots wide in a cell of %d", name, a.text, a.width, a.cell.w)
				}
				for _, b := range s.texts[i+1:] {
					if ink.meets(b.inkRect(b.x, b.base)) {
						t.Errorf("%s at %d dpi: %q and %q overlap", name, dpi, a.text, b.text)
					}
				}
				under := slices.IndexFunc(s.fills, func(f rect) bool { return f.meets(ink) })
				if a.white && (under < 0 || !s.fills[under].holds(ink)) {
					t.Errorf("%s: white %q is not on black", name, a.text)
				}
				if !a.white && under >= 0 {
					t.Errorf("%s at %d dpi: %q is on rule %+v", name, dpi, a.text, s.fills[under])
				}
				for _, q := range quiet {
					if ink.meets(q) {
						t.Errorf("%s: %q is in a quiet zone", name, a.text)
					}
				}
			}
			if lowest := s.plate.y; slices.ContainsFunc(s.fills, func(f rect) bool { return f.y > lowest }) {
				t.Errorf("%s: the licence plate is not the lowest block", name)
			}
		}
	}
}

// What ISO 15394 and GS1 ask of the licence plate.
func TestPlateIsScannable(t *testing.T) {
	for name, face := range faces() {
		for _, dpi := range bothDPI {
			s, err := compose(face, dpi)
			if err != nil {
				t.Fatal(err)
			}
			if module := s.plate.module * 25400 / dpi; module < 250 || module > 940 {
				t.Errorf("%s: modules of %d um at %d dpi", name, module, dpi)
			}
			tall := 320
			if face.Sample != "" {
				tall = 250
			}
			if height := s.plate.height * 254 / dpi; height < tall-3 { // a dot is 1.25
				t.Errorf("%s: bars of %d tenths of a millimetre", name, height)
			}
			if want := face.TrackingNumber; !slices.ContainsFunc(s.texts, func(l text) bool { return l.text == want && l.base > s.plate.y-s.mm(80) }) {
				t.Errorf("%s: %s is not written at the barcode", name, want)
			}
		}
	}
}

func texts(t *testing.T, name string) []string {
	t.Helper()
	s, err := compose(faces()[name], dpi203)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range s.texts {
		lines = append(lines, l.text)
	}
	return lines
}

func TestLabelSaysEverything(t *testing.T) {
	for name, wants := range map[string][]string{
		"latin": {
			"City Couriers", "Express Next Day 12:00", "Northwind Traders Ltd", "Unit 7, Riverside Park", "Leeds LS9 8AG", "UNITED KINGDOM",
			"2026-11-21", "2.50 kg", "1 of 3", "Maximilian Weber", "Weber & Söhne GmbH", "Kaiserin-Augusta-Allee 104", "10553 Berlin", "GERMANY",
			"Tel. +49 30 5550 142", "DE", "BER-Z3", "SO-2026-004711", "PO 88-1207", "Ring at the back gate; leave with the porter if nobody",
			"answers. Do not leave in the rain.", "CC1203847561GB",
		},
		"bare":   {"Springfield, IL 62701", "UNITED STATES", "US", "62701", "123456789012"}, // no sort text: the postal code
		"sample": {"SAMPLE", "NOT VALID FOR CARRIAGE · DO NOT SHIP"},
		"sample sscc full": { // nine lines of address have no room: the streets become one, nothing is lost
			"Kaiserin-Augusta-Allee 104, Hinterhaus, Aufgang C, 4. Stock links", "Unit 7, Riverside Park, Gate 4, Aire Valley, Dock 12",
			"(00) 340123451234567895", "CC1203847561GB",
		},
		"devanagari": {"लखनऊ, उत्तर प्रदेश 226001", "INDIA"},
	} {
		got := texts(t, name)
		for _, want := range wants {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %q is not on the label: %q", name, want, got)
			}
		}
	}
	if bare := texts(t, "bare"); slices.Contains(bare, "WEIGHT") || slices.Contains(bare, "FROM") || slices.Contains(bare, "REFERENCE") {
		t.Errorf("a caption without its value: %q", bare)
	}
}

// Whatever is too long ends in an ellipsis, and name, town and country stand even so.
func TestOverLongIsCutVisibly(t *testing.T) {
	face := faces()["over-long"]
	cut := 0
	for _, l := range texts(t, "over-long") {
		if strings.HasSuffix(l, "…") {
			cut++
			l = strings.TrimSuffix(l, "…")
		}
		if strings.HasPrefix(l, "Gesell") && !strings.HasPrefix(face.To.Contact.Name, l) && !strings.HasPrefix(face.Instructions, l) {
			t.Errorf("%q is not how the text begins", l)
		}
	}
	if cut < 12 {
		t.Errorf("%d lines end in an ellipsis", cut)
	}
	if lines := texts(t, "over-long"); !slices.Contains(lines, "GERMANY") {
		t.Errorf("the country is missing: %q", lines)
	}
}
