package label

import (
	"fmt"
	"strconv"

	"waybill"
)

// Manifest is what is written on a handover sheet: who takes what from where on which day.
type Manifest struct {
	Number  string // of the sheet; Code 128
	Carrier string
	Sample  string // not empty: for practice, and no goods change hands
	Place   string
	Address waybill.Address
	Day     string // YYYY-MM-DD
	Lines   []ManifestLine
}

// ManifestLine is one parcel.
type ManifestLine struct {
	Number   string
	Name     string // of the recipient
	Postcode string
	Service  string
	Grams    int64 // 0: not known
}

// The sheet is on A4, upright, like the picking list. Lengths are in tenths of a millimetre; the columns are
// the count, number, name, postal code, service and weight.
const (
	countEnd       = 245
	numberAt       = 275
	recipientAt    = 790
	postcodeAt     = 1190
	serviceAt      = 1420
	weighedEnd     = listRight
	weighedAt      = listRight - 190
	parcelHeight   = 62
	manifestBars   = 120 // height
	signatureSpace = 330
)

// manifestSheet is a sheet in the making: pages of which the last is being written at y.
type manifestSheet struct {
	Manifest
	code  code128
	pages []*sheet
	y     int
}

// RenderManifest is a handover sheet as a PDF, A4: carrier, place and day with the sheet's number as a barcode, a line
// a parcel, and room for both signatures.
func RenderManifest(m Manifest) ([]byte, error) {
	pages, err := layManifest(m)
	if err != nil {
		return nil, err
	}
	p := newPDF(listDPI, pages[0].width, pages[0].height, "Manifest "+clean(m.Number))
	for _, page := range pages {
		if err := p.draw(page); err != nil {
			return nil, err
		}
	}
	return p.bytes()
}

// layManifest composes the pages.
func layManifest(m Manifest) ([]*sheet, error) {
	if len(m.Lines) == 0 {
		return nil, waybill.E("label.manifest", waybill.ReasonUnknownShipment, "there are no parcels to hand over")
	}
	code, err := encode128(m.Number, func(modules int) bool { return modules*minModule <= (listRight-recipientAt)*10 })
	if err != nil {
		return nil, err
	}
	l := &manifestSheet{Manifest: m, code: code}
	l.turn()
	for i, line := range m.Lines {
		if l.y+parcelHeight > listBottom {
			l.turn()
		}
		l.parcel(i+1, line)
	}
	l.signatures()
	for i, page := range l.pages {
		page.write(fmt.Sprintf("%s · page %d of %d", clean(m.Number), i+1, len(l.pages)), regular, listLeft, listHeight-120, listRight-listLeft, 80)
	}
	return l.pages, nil
}

// turn begins a page. The first has the whole heading, the others say which sheet goes on.
func (l *manifestSheet) turn() {
	p := &sheet{dpi: listDPI}
	p.width, p.height = p.mm(listWidth), p.mm(listHeight)
	l.pages = append(l.pages, p)
	if len(l.pages) == 1 {
		l.heading(p)
	} else {
		p.write(clean(l.Carrier), bold, listLeft, 205, 900, 130, 110, 95)
		p.write("Manifest "+clean(l.Number)+" of "+clean(l.Day)+" (continued)", regular, 1100, 205, listRight-1100, 95, 85, 75)
		l.y = 240
	}
	p.fill(listLeft, l.y, listRight-listLeft, heavy)
	caption := l.y + 28
	p.caption("NUMBER", numberAt, caption, recipientAt-numberAt)
	p.caption("RECIPIENT", recipientAt, caption, postcodeAt-recipientAt)
	p.caption("POSTCODE", postcodeAt, caption, serviceAt-postcodeAt)
	p.caption("SERVICE", serviceAt, caption, weighedAt-serviceAt)
	p.caption("WEIGHT", weighedEnd-100, caption, 100+gap)
	p.fill(listLeft, l.y+60, listRight-listLeft, hairline)
	l.y += 70
}

// heading says who takes what from where, beside the barcode that the sheet is known by.
func (l *manifestSheet) heading(p *sheet) {
	p.write(clean(l.Carrier), bold, listLeft, 225, recipientAt+150-listLeft, 200, 170, 140, 110)
	title := "Manifest"
	if l.Sample != "" {
		title += " · " + clean(l.Sample) + ", NOT VALID FOR CARRIAGE"
	}
	p.write(title, regular, listLeft, 290, recipientAt+150-listLeft, 110, 95, 80)
	module := max(1, min(p.mm(900)/(l.code.modules()+2*quietModules), listDPI*comfortableModule/2540))
	p.plate = plate{code: l.code, module: module, y: p.mm(160), height: p.mm(manifestBars)}
	p.plate.x = p.mm(listRight) - l.code.modules()*module
	l.right(p, clean(l.Number), bold, 1100, listRight, 325)
	grams := int64(0)
	for _, line := range l.Lines {
		grams += line.Grams
	}
	facts := []struct {
		name, value string
		x, width    int
	}{
		{"FROM", l.from(), listLeft, 820}, {"SHIP DATE", clean(l.Day), 1000, 280},
		{"PARCELS", strconv.Itoa(len(l.Lines)), 1310, 230}, {"WEIGHT", kilograms(grams), 1570, listRight - 1570},
	}
	for _, f := range facts {
		p.caption(f.name, f.x, 385, f.width)
		p.write(f.value, bold, f.x, 460, f.width, 120, 105, 90, 75, 62)
	}
	l.y = 500
}

// from is the place in one line.
func (l *manifestSheet) from() string {
	where := clean(l.Place)
	for _, part := range []string{l.Address.City, l.Address.Postcode} {
		if part = clean(part); part != "" {
			where += ", " + part
		}
	}
	return where
}

// kilograms is a weight for people; none is empty.
func kilograms(grams int64) string {
	if grams <= 0 {
		return ""
	}
	return fmt.Sprintf("%d.%02d kg", (grams+5)/1000, (grams+5)%1000/10)
}

// parcel writes one line.
func (l *manifestSheet) parcel(n int, line ManifestLine) {
	p, base := l.pages[len(l.pages)-1], l.y+44
	l.right(p, strconv.Itoa(n), regular, listLeft, countEnd, base)
	p.write(clean(line.Number), bold, numberAt, base, recipientAt-numberAt-gap, 90, 80, 70, 60)
	p.write(clean(line.Name), regular, recipientAt, base, postcodeAt-recipientAt-gap, 90, 80)
	p.write(clean(line.Postcode), regular, postcodeAt, base, serviceAt-postcodeAt-gap, 90, 80, 70)
	p.write(clean(line.Service), regular, serviceAt, base, weighedAt-serviceAt-gap, 90, 80)
	l.right(p, kilograms(line.Grams), regular, weighedAt, weighedEnd, base)
	p.fill(listLeft, l.y+parcelHeight-2, listRight-listLeft, 1)
	l.y += parcelHeight
}

// right writes a figure that ends at a column's edge.
func (l *manifestSheet) right(p *sheet, words string, w weight, from, to, base int) {
	end := p.mm(to)
	figure := fit(words, w, end-p.mm(from), p.pt(90), p.pt(80), p.pt(70))
	p.put(figure, rect{end - figure.width, p.mm(base), figure.width, 0}, text{})
}

// signatures is where both sides sign, on the page of the last parcels or the next.
func (l *manifestSheet) signatures() {
	if l.y+signatureSpace > listBottom {
		l.turn()
	}
	p, y := l.pages[len(l.pages)-1], l.y+210
	for _, f := range []struct {
		name     string
		x, width int
	}{
		{"PARCELS COUNTED", listLeft, 260}, {"HANDED OVER BY", 460, 560}, {"TAKEN OVER BY", 1070, 560}, {"DATE, TIME", 1680, listRight - 1680},
	} {
		p.fill(f.x, y, f.width, hairline)
		p.caption(f.name, f.x, y+18, f.width)
	}
	l.y = y + 60
}
