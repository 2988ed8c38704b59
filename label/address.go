package label

import (
	"slices"
	"strings"
	"sync"

	"waybill"

	"github.com/biter777/countries"
)

// leading is the distance from base line to base line in hundredths of the type size: scripts other
// than Latin, Greek and Cyrillic reach further up and down.
const (
	leading       = 124
	leadingShaped = 142
)

// address writes a party in a cell: at the largest of the even sizes at which every line has room, so
// that a block looks of one piece; else a line too wide is made smaller by itself, down to the last of
// the sizes, and then cut. When there are too many lines even so, the street lines become one and the
// telephone goes: name, town and country always stand.
func (c *composer) address(p waybill.Party, at rect, receiver bool, even, smaller []int) {
	cell := c.cell(at.x, at.y, at.w, at.h)
	sizes := make([]int, 0, len(even)+len(smaller))
	for _, point := range append(even[:len(even):len(even)], smaller...) {
		sizes = append(sizes, c.pt(point))
	}
	block := setParty(addressLines(p, receiver), cell, sizes, len(even))
	if block == nil {
		block = setParty(condensed(p, receiver), cell, sizes, len(even))
	}
	for _, t := range block {
		c.put(t.line, t.cell, text{})
	}
}

// addressLine is a line of an address; strong ones are what a sorter looks for.
type addressLine struct {
	text   string
	strong bool
}

// setParty sets lines at the first size that will do, of which the first ones take no line that is
// smaller than the others; nil when there is no room for all lines at any.
func setParty(lines []addressLine, cell rect, sizes []int, even int) []text {
	for i := range sizes {
		alone := sizes[i:]
		if i < even-1 {
			alone = sizes[i : i+1]
		}
		if block := setBlock(lines, cell, alone); block != nil && (i >= even-1 || !wasCut(block, lines)) {
			return block
		}
	}
	return nil
}

func wasCut(block []text, lines []addressLine) bool {
	for i := range block {
		if block[i].text != lines[i].text {
			return true
		}
	}
	return false
}

// setBlock sets lines under each other in a cell, spaced for the first of the sizes and each at the
// first at which it is narrow enough; nil when they do not have room.
func setBlock(lines []addressLine, cell rect, sizes []int) []text {
	var block []text
	size := sizes[0]
	base := cell.y
	for i, al := range lines {
		w := regular
		if al.strong {
			w = bold
		}
		l := fit(al.text, w, cell.w, sizes...)
		step := leading
		if !l.plain() {
			step = leadingShaped
		}
		if i == 0 { // the first line hangs from the top
			step -= leading - capHeight/10
		}
		base += step * size / 100
		if base+size*3/10 > cell.y+cell.h {
			return nil
		}
		block = append(block, text{line: l, cell: rect{cell.x, base, cell.w, 0}})
	}
	return block
}

// addressLines are a party's lines in the order in which the post of its country reads them. The
// receiver's telephone is for the driver.
func addressLines(p waybill.Party, receiver bool) []addressLine {
	name := p.Contact.FullName()
	lines := []addressLine{{name, true}}
	if p.Contact.Company != name {
		lines = append(lines, addressLine{p.Contact.Company, false})
	}
	for _, street := range p.Address.Lines() {
		lines = append(lines, addressLine{street, false})
	}
	lines = append(lines, addressLine{townLine(p.Address), receiver}, addressLine{countryName(p.Address.Country), receiver})
	if phone := p.Contact.AnyPhone(); receiver && phone != "" {
		lines = append(lines, addressLine{"Tel. " + phone, false})
	}
	return present(lines)
}

// condensed are the lines of a long address in a small place: at most five.
func condensed(p waybill.Party, receiver bool) []addressLine {
	name := p.Contact.FullName()
	lines := []addressLine{{name, true}, {"", false}, {strings.Join(p.Address.Lines(), ", "), false}}
	if p.Contact.Company != name {
		lines[1].text = p.Contact.Company
	}
	return present(append(lines, addressLine{townLine(p.Address), receiver}, addressLine{countryName(p.Address.Country), receiver}))
}

func present(lines []addressLine) []addressLine {
	return slices.DeleteFunc(lines, func(l addressLine) bool { return l.text == "" })
}

// postcodeFirst are the countries that write the postal code before the town (UPU, addressing systems).
const postcodeFirst = " AD AL AM AR AT AX BA BE BG BY CH CL CR CU CY CZ DE DK DO DZ EE EG ES ET FI FO FR GE GF GL GP GR GT HN HR HT HU IL IS IT " +
	"KW LA LI LT LU MA MC MD ME MG MK MQ MX MY MZ NC NE NL NO PF PH PL PM PT PY RE RO RS RU SE SI SK SM SN TN TR UA UY VA XK YT "

// townLine is town, state and postal code.
func townLine(a waybill.Address) string {
	join := func(parts ...string) string { return strings.Join(strings.Fields(strings.Join(parts, " ")), " ") }
	if a.Country != "" && strings.Contains(postcodeFirst, " "+a.Country+" ") {
		if a.State != "" && a.State != a.City {
			return join(a.Postcode, a.City) + ", " + a.State
		}
		return join(a.Postcode, a.City)
	}
	if a.City != "" && a.State != "" && a.State != a.City {
		return join(a.City+",", a.State, a.Postcode)
	}
	return join(a.City, a.Postcode)
}

// countryNames are the English names in capitals, as a letter that crosses a border carries them.
var countryNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string)
	for _, c := range countries.All() {
		names[c.Alpha2()] = strings.ToUpper(c.String())
	}
	return names
})

// countryName is a country's name, else the code as it was given.
func countryName(code string) string {
	if name, ok := countryNames()[code]; ok {
		return name
	}
	return code
}

// tidy cleans every text of a face.
func tidy(f waybill.Face) waybill.Face {
	for _, s := range []*string{
		&f.Carrier, &f.Service, &f.Sample, &f.ShipDate, &f.Reference, &f.Reference2, &f.Routing, &f.Instructions,
		(*string)(&f.Weight.Value), (*string)(&f.Weight.Unit),
	} {
		*s = clean(*s)
	}
	f.From, f.To = tidyParty(f.From), tidyParty(f.To)
	return f
}

func tidyParty(p waybill.Party) waybill.Party {
	for _, s := range []*string{
		&p.Contact.Name, &p.Contact.First, &p.Contact.Last, &p.Contact.Company, &p.Contact.Phone, &p.Contact.Mobile,
		&p.Address.Street1, &p.Address.Street2, &p.Address.Street3, &p.Address.House, &p.Address.Apartment,
		&p.Address.City, &p.Address.State, &p.Address.Postcode, &p.Address.Country,
	} {
		*s = clean(*s)
	}
	return p
}
