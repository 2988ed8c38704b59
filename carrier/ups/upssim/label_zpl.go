package upssim

import (
	"fmt"
	"strings"
)

// zpl converts the layout's dots (200 an inch) to a printer's (203 an inch).
func zpl(dots int) int { return (dots*203 + 100) / 200 }

// writeZPL writes the marks for a Zebra printer of 8 dots a millimetre on 4 by 6 inch stock.
func writeZPL(marks []mark) []byte {
	var out strings.Builder
	out.WriteString("^XA\n^CI28\n^LH0,0\n^PW812\n^LL1218\n^PR5\n")
	for _, m := range marks {
		x, y := zpl(m.x), zpl(m.y)
		switch m.kind {
		case markText:
			width := max(12, min(m.size*9/10, fitted(m)))
			if m.right {
				fmt.Fprintf(&out, "^FO%d,%d,1", x, zpl(m.y-m.size*3/4))
			} else {
				fmt.Fprintf(&out, "^FO%d,%d", x, zpl(m.y-m.size*3/4))
			}
			fmt.Fprintf(&out, "^A0N,%d,%d^FH^FD%s^FS\n", zpl(m.size), zpl(width), hexed(m.text))
		case markBanner:
			fmt.Fprintf(&out, "^FO%d,%d^GB%d,%d,%d^FS\n", x, y, zpl(m.w), zpl(m.h), zpl(m.h))
			fmt.Fprintf(&out, "^FO0,%d^FR^A0N,%d,%d^FB812,1,0,C^FH^FD%s^FS\n", y+zpl(m.h-m.size)/2+3, zpl(m.size), zpl(m.size), hexed(m.text))
		case markRule:
			fmt.Fprintf(&out, "^FO%d,%d^GB%d,%d,%d^FS\n", x, y, zpl(m.w), zpl(m.h), zpl(min(m.w, m.h)))
		case markCode128:
			if m.x < 0 {
				x = (812 - 3*modules(m.text)) / 2
			}
			fmt.Fprintf(&out, "^FO%d,%d^BY3^BCN,%d,N,N,N,A^FD%s^FS\n", x, y, zpl(m.h), m.text)
		case markMaxiCode:
			if m.text == noMaxiCode {
				continue
			}
			fmt.Fprintf(&out, "^FO%d,%d^BD2^FH^FD%s^FS\n", x, y, m.text)
		}
	}
	out.WriteString("^XZ\n")
	return []byte(out.String())
}

// fitted is the letter width at which a mark's text fits the mark, letters being about 6/10 as wide as that.
func fitted(m mark) int {
	if m.w == 0 {
		return m.size
	}
	return m.w * 10 / (6 * max(1, len(m.text)))
}

// modules guesses how wide a 1Z number's Code 128 symbol is, to put it in the middle.
func modules(text string) int { return 11*(len(text)*3/4+4) + 13 }

// hexed escapes what ZPL would take for a command.
func hexed(text string) string {
	return strings.NewReplacer("_", "_5F", "^", "_5E", "~", "_7E", "\\", "_5C").Replace(text)
}

// noMaxiCode stands where a label has a pattern but no message.
const noMaxiCode = "no MaxiCode"

// maxiMessage is the content of the MaxiCode that UPS sorts by, in mode 2 (United States): class of service, country,
// ZIP, then the tracking number without shipper and service, shipper, day, piece, weight and place. Elsewhere the
// simulator prints none.
func maxiMessage(b *shipment, i int) string {
	o, to := b.Order, *b.Order.ShipTo.Address
	if !zips(to.CountryCode) {
		return noMaxiCode
	}
	const rs, gs, eot = "_1E", "_1D", "_04"
	number := b.Parcels[i].Number
	fields := []string{
		"96" + number[:2] + number[10:], "UPSN", o.Shipper.ShipperNumber, fmt.Sprintf("%03d", b.BookedAt.YearDay()), "",
		fmt.Sprintf("%d/%d", i+1, len(b.Parcels)), fmt.Sprint(max(1, actualWeight(o.Package[i])/100)), "N",
		hexed(strings.ToUpper(firstOf(to.AddressLine))), hexed(strings.ToUpper(to.City)), to.StateProvinceCode,
	}
	return fmt.Sprintf("0%s840%-9.9s[)>%s01%s%s%s%s", b.Service, (digits(to.PostalCode) + "0000")[:9], rs, gs, strings.Join(fields, gs), rs, eot)
}
