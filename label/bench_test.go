package label

import (
	"testing"

	"waybill"
)

func BenchmarkPDF(b *testing.B) { benchmarkRender(b, waybill.PDF) }
func BenchmarkPNG(b *testing.B) { benchmarkRender(b, waybill.PNG) }
func BenchmarkZPL(b *testing.B) { benchmarkRender(b, waybill.ZPL) }

// benchmarkRender draws the Latin label with all its fields at both resolutions.
func benchmarkRender(b *testing.B, format waybill.LabelFormat) {
	face := faces()["latin"]
	for name, dpi := range map[string]int{"203": dpi203, "300": dpi300} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Render(face, waybill.LabelSpec{Format: format, DPI: dpi}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkArabicPDF(b *testing.B) {
	face := faces()["arabic"]
	for b.Loop() {
		if _, err := Render(face, waybill.LabelSpec{Format: waybill.PDF, DPI: dpi300}); err != nil {
			b.Fatal(err)
		}
	}
}
