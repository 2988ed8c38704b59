package upssim

import (
	"bytes"
	"fmt"
	"strings"
)

// A label is laid out once, upright, on 800 by 1200 dots (4 by 6 inches at 200 dots an inch), as a list of marks; each
// format writes the same marks in its own language.
const (
	labelWidth  = 800
	labelHeight = 1200
)

// mark is one thing on a label. Text stands on its baseline y; everything else hangs from its top y.
type mark struct {
	kind  markKind
	x, y  int
	w, h  int // bars: height; rules and banners: both
	size  int // of text, in dots
	bold  bool
	right bool // x is where the text ends
	text  string
}

type markKind int

const (
	markText markKind = iota
	markBanner
	markRule
	markCode128
	markMaxiCode
)

// serviceMark is the large sign beside the service's name.
var serviceMark = map[string]string{
	"14": "1+", "01": "1", "13": "1P", "59": "2A", "02": "2", "12": "3", "54": "1+", "07": "1", "65": "1P", "08": "2",
}

// label draws the i-th label of a shipment. The same shipment always gives the same bytes, so that a recovered label
// equals the first one.
func (b *shipment) label(i int, format string) (*shippingLabel, error) {
	out := &shippingLabel{ImageFormat: coded{format, format}}
	marks := b.marks(i)
	var err error
	switch format {
	case "GIF":
		out.GraphicImage, err = drawGIF(marks)
		out.HTMLImage = labelPage(b.Parcels[i].Number)
	case "ZPL":
		out.GraphicImage = writeZPL(marks)
	case "EPL":
		out.GraphicImage = writeEPL(marks)
	case "SPL":
		out.GraphicImage = writeSPL(marks)
	default:
		err = refuse("120702", "Missing/Invalid LabelSpecification/LabelImageFormat/Code %q", format)
	}
	return out, err
}

// labelPage is the web page that comes with a GIF; it shows the file of that name.
func labelPage(number string) []byte {
	return fmt.Appendf(nil, "<!DOCTYPE html><html><head><title>SAMPLE %[1]s</title></head><body><img src=\"./label%[1]s.gif\" width=\"651\" height=\"392\" alt=\"%[1]s\"></body></html>\n", number)
}

// marks lays the label out from top to bottom.
func (b *shipment) marks(i int) []mark {
	var l layout
	o, p := b.Order, b.Order.Package[i]
	from, to := o.Shipper, o.ShipTo
	if o.returned() {
		from = o.from()
	}
	offer, _ := serviceFor(b.Service, *o.from().Address, *to.Address)
	q := price(o, offer)

	l.add(mark{kind: markBanner, x: 0, y: 0, w: labelWidth, h: 52, size: 29, bold: true, text: "SAMPLE - SIMULATED UPS - DO NOT SHIP"})
	l.lines(24, 84, 20, 24, 440, false, senderLines(from, o.domestic()))
	l.text(500, 92, 30, true, shortWeight(q, q.parcels[i].actual))
	l.add(mark{kind: markText, x: 776, y: 92, size: 30, bold: true, right: true, text: fmt.Sprintf("%d OF %d", i+1, len(b.Parcels))})
	l.text(500, 124, 20, false, "SHP WT: "+shortWeight(q, q.actual()))
	l.text(500, 150, 20, false, "DATE: "+strings.ToUpper(local(b.BookedAt, *o.from().Address).Format("02 Jan 2006")))
	l.text(500, 176, 20, false, "SHP#: "+spaced(b.ID[2:12], 4, 4))

	l.text(24, 262, 26, true, "SHIP")
	l.text(24, 292, 26, true, "TO:")
	address, city := receiverLines(to, o.domestic())
	y := l.lines(116, 258, 26, 30, 660, false, address)
	l.lines(116, y+8, 36, 38, 660, true, city)

	l.rule(470, 4)
	l.add(mark{kind: markMaxiCode, x: 24, y: 486, w: 204, h: 200, text: maxiMessage(b, i)})
	l.add(mark{kind: markRule, x: 250, y: 474, w: 4, h: 226})
	l.text(284, 546, 60, true, routing(*to.Address))
	if zips(to.Address.CountryCode) {
		zip := digits(to.Address.PostalCode)
		l.add(mark{kind: markCode128, x: 290, y: 570, h: 96, text: "420" + zip})
		l.text(290, 692, 18, false, "(420) "+zip)
	}

	l.rule(700, 14)
	l.lines(24, 776, 52, 0, 630, true, []string{strings.ToUpper(offer.name)})
	l.text(24, 818, 27, false, "TRACKING #: "+spaced(b.Parcels[i].Number, 2, 3, 3, 2, 4, 4))
	l.add(mark{kind: markText, x: 776, y: 800, size: 84, bold: true, right: true, text: serviceMark[b.Service]})
	l.rule(832, 4)
	l.add(mark{kind: markCode128, x: -1, y: 852, h: 196, text: b.Parcels[i].Number})
	l.rule(1066, 14)

	notes := []string{"BILLING: P/P"}
	if o.Description != "" {
		notes = append(notes, "DESC: "+strings.ToUpper(o.Description))
	}
	l.lines(24, 1104, 21, 24, 450, false, append(notes, referenceLines(o, p)...))
	l.lines(500, 1104, 21, 24, 276, true, extrasLines(o, p))
	l.add(mark{kind: markText, x: 776, y: 1190, size: 15, right: true, text: "UPSSIM 4X6"})
	return l.marks
}

// layout collects marks.
type layout struct{ marks []mark }

func (l *layout) add(m mark) {
	if m.text != "" || m.kind == markRule {
		l.marks = append(l.marks, m)
	}
}

func (l *layout) text(x, y, size int, bold bool, text string) {
	l.add(mark{kind: markText, x: x, y: y, size: size, bold: bold, text: text})
}

func (l *layout) rule(y, thick int) {
	l.add(mark{kind: markRule, x: 0, y: y, w: labelWidth, h: thick})
}

// lines sets lines under each other, none wider than width, and returns where the next would stand.
func (l *layout) lines(x, y, size, lead, width int, bold bool, lines []string) int {
	for _, line := range lines {
		l.add(mark{kind: markText, x: x, y: y, w: width, size: size, bold: bold, text: line})
		y += lead
	}
	return y
}

func (q quote) actual() (n int64) {
	for _, p := range q.parcels {
		n += p.actual
	}
	return n
}

func shortWeight(q quote, hundredths int64) string {
	if hundredths == 0 {
		return "LTR"
	}
	return strings.TrimSuffix(q.weight(hundredths).Weight, ".0") + " " + q.unit
}

// senderLines is the block at the top left; UPS prints one address line of it.
func senderLines(p party, domestic bool) []string {
	lines := nonEmpty(p.AttentionName, number(p.Phone), p.Name)
	lines = append(lines, nonEmpty(firstOf(p.Address.AddressLine), place(*p.Address))...)
	if !domestic {
		lines = append(lines, countries[p.Address.CountryCode].name)
	}
	return upper(lines)
}

// receiverLines is the SHIP TO block: name and street, then what is printed large.
func receiverLines(p party, domestic bool) (address, city []string) {
	address = upper(append(nonEmpty(p.AttentionName, number(p.Phone), p.Name), nonEmpty(p.Address.AddressLine...)...))
	city = nonEmpty(place(*p.Address))
	if !domestic {
		city = append(city, countries[p.Address.CountryCode].name)
	}
	return address, upper(city)
}

func place(a address) string {
	zip := a.PostalCode
	if len(zip) == 9 && zips(a.CountryCode) {
		zip = zip[:5] + "-" + zip[5:]
	}
	return strings.Join(nonEmpty(a.City, a.StateProvinceCode, zip), " ")
}

func number(p *phone) string {
	if p == nil {
		return ""
	}
	return p.Number
}

// routing is the sort code: state and ZIP prefix, or the country.
func routing(to address) string {
	if zips(to.CountryCode) {
		return fmt.Sprintf("%s %s 9-%02d", to.StateProvinceCode, to.PostalCode[:3], checkDigit(to.PostalCode[:5])-'0')
	}
	return fmt.Sprintf("%s %s 9-00", to.CountryCode, (strings.ToUpper(to.PostalCode) + "   ")[:3])
}

// extrasLines are the services that whoever delivers must know of.
func extrasLines(o order, p pack) []string {
	var lines []string
	add := func(given bool, text string) {
		if given {
			lines = append(lines, text)
		}
	}
	opts, ship := p.options(), o.options()
	add(o.returned(), "RETURN SERVICE")
	if c := opts.DeliveryConfirmation; c != nil {
		add(c.DCISType == "2", "SIGNATURE REQUIRED")
		add(c.DCISType == "3", "ADULT SIGNATURE REQ-MIN 21")
	}
	if c := ship.DeliveryConfirmation; c != nil {
		add(c.DCISType == "1", "SIGNATURE REQUIRED")
		add(c.DCISType == "2", "ADULT SIGNATURE REQUIRED")
	}
	if c := opts.COD; c != nil {
		add(true, "C.O.D. "+c.CODAmount.MonetaryValue+" "+c.CODAmount.CurrencyCode)
	}
	add(ship.SaturdayDeliveryIndicator != nil, "SATURDAY DELIVERY")
	return lines
}

// referenceLines are the first two references; UPS prints no more.
func referenceLines(o order, p pack) []string {
	var lines []string
	for i, r := range append(append([]reference{}, p.ReferenceNumber...), o.ReferenceNumber...) {
		if i < 2 {
			lines = append(lines, fmt.Sprintf("REF %d: %s", i+1, r.Value))
		}
	}
	return lines
}

// spaced parts text into groups of the given lengths; what is left over is the last group.
func spaced(text string, groups ...int) string {
	var out bytes.Buffer
	for _, n := range groups {
		if len(text) <= n {
			break
		}
		out.WriteString(text[:n] + " ")
		text = text[n:]
	}
	return out.String() + text
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			out = append(out, t)
		}
	}
	return out
}

func firstOf(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

func upper(texts []string) []string {
	for i := range texts {
		texts[i] = strings.ToUpper(texts[i])
	}
	return texts
}
