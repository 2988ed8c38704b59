// Package label draws shipping labels and the papers that go with them: one 4x6 inch layout of our own
// in three writers (PDF, PNG, ZPL), a carrier's raster label in the format the printer wants, several
// PDFs joined into one, picking lists; and it knows the check digits of the numbers printed on them.
//
// Everything is pure: the same input gives the same bytes, nothing is read from disk or clock (but see
// [Merge]). All functions are safe for concurrent use.
package label

import "waybill"

// The print heads there are (8 and 12 dots a millimetre).
const (
	dpi203 = 203
	dpi300 = 300
)

// Render draws the label of a face: 4x6 inches, 812x1218 dots at 203 dpi (also when spec names no
// resolution) and 1200x1800 at 300. Text too long for its place is set smaller and then ends in an
// ellipsis; a character that no font has becomes a box. What cannot be drawn is an error:
// ReasonFormat for an unknown format or resolution, ReasonFields for a number that no barcode of
// this width can hold.
func Render(face waybill.Face, spec waybill.LabelSpec) ([]byte, error) {
	dpi, err := resolution(spec)
	if err != nil {
		return nil, err
	}
	write, ok := writers[spec.Format]
	if !ok {
		return nil, waybill.E("label.render", waybill.ReasonFormat, "a label can be had as pdf, png or zpl, not as %q", spec.Format)
	}
	s, err := compose(face, dpi)
	if err != nil {
		return nil, err
	}
	return write(s)
}

var writers = map[waybill.LabelFormat]func(*sheet) ([]byte, error){
	waybill.PDF: writePDF,
	waybill.PNG: writePNG,
	waybill.ZPL: writeZPL,
}

func resolution(spec waybill.LabelSpec) (int, error) {
	switch spec.DPI {
	case 0, dpi203:
		return dpi203, nil
	case dpi300:
		return dpi300, nil
	default:
		return 0, waybill.E("label.render", waybill.ReasonFormat, "a label can be had at 203 or 300 dpi, not at %d", spec.DPI)
	}
}
