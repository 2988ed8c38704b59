package house

import (
	"fmt"
	"strings"
	"time"

	"waybill"
)

// What Peddler's label has room for, in characters.
const (
	peddlerPartner = 16
	peddlerLine    = 24
	peddlerTo      = 18 // the first line of the receiver
	peddlerDepot   = 3
	peddlerRef     = 16
	peddlerWeight  = 8
)

// peddlerFace keeps a face to the limits of Peddler's label, and gives it Peddler's 2D code. First is the serial
// number of the shipment's first parcel.
func peddlerFace(f *waybill.Face, first int64) {
	f.Matrix = peddlerMatrix(f, first)
	f.Carrier = clip(f.Carrier, peddlerPartner)
	f.From, f.To = narrow(f.From, peddlerLine), narrow(f.To, peddlerTo)
	f.Reference, f.Reference2 = clip(f.Reference, peddlerRef), clip(f.Reference2, peddlerRef)
	f.Weight = short(f.Weight)
	if depot := strings.Fields(f.Routing); len(depot) > 0 {
		f.Routing = clip(depot[0], peddlerDepot)
	}
	if day, err := time.Parse(time.DateOnly, f.ShipDate); err == nil {
		f.ShipDate = day.Format("02/01/2006")
	}
}

// peddlerMatrix is the text of the 2D code, 54 characters: the tracking number, three numbers of ten digits and the
// Luhn digit of all digits before it, with % between them. Which three numbers is our own choice: the serial number
// of the shipment's first parcel, which parcel of how many (five digits each), grams.
func peddlerMatrix(f *waybill.Face, first int64) string {
	text := fmt.Sprintf("%s%%%010d%%%05d%05d%%%010d", f.TrackingNumber, first%scrambled, f.Piece, f.Pieces, f.Weight.Grams()%scrambled)
	data := strings.ReplaceAll(strings.TrimPrefix(text, "P"), "%", "")
	return text + "%" + string(luhn(data))
}

// narrow writes a party in lines of so many characters, and the name in as many as are said. A long street goes on
// in the next line; what has no line any more is cut.
func narrow(p waybill.Party, name int) waybill.Party {
	c := &p.Contact
	whole := c.FullName()
	if whole == c.Company {
		c.Company = ""
	}
	c.Name, c.First, c.Last = clip(whole, name), "", ""
	c.Company = clip(c.Company, peddlerLine)
	c.Phone, c.Mobile = clip(c.AnyPhone(), peddlerLine-len("Tel. ")), ""
	a := &p.Address
	lines := a.Lines()
	if len(lines) > 3 {
		lines = []string{strings.Join(lines, ", ")}
	}
	var narrow []string
	for _, line := range lines {
		narrow = append(narrow, broken(line, peddlerLine)...)
	}
	narrow = append(narrow, "", "", "")
	a.Street1, a.Street2, a.Street3, a.House, a.Apartment = narrow[0], narrow[1], narrow[2], "", ""
	a.City = clip(a.City, max(peddlerLine-len(a.Postcode)-1, 1))
	return p
}

// broken is a text in lines of at most so many characters, broken between words where there is a choice.
func broken(text string, length int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		for {
			joined := strings.TrimSpace(line + " " + word)
			if len([]rune(joined)) <= length {
				line = joined
				break
			}
			if line != "" {
				lines, line = append(lines, line), ""
				continue
			}
			letters := []rune(word)
			lines, word = append(lines, string(letters[:length])), string(letters[length:])
		}
	}
	return append(lines, line)
}

// short is a weight whose text, unit included, fits: to as many places of a kilogram as there is room for.
func short(w waybill.Weight) waybill.Weight {
	fits := func(w waybill.Weight) bool { return len(w.Value)+1+len(w.Unit) <= peddlerWeight }
	for places := 2; places >= 0 && !fits(w); places-- {
		w = waybill.Weight{Value: w.AtLeast(waybill.Kilogram, places), Unit: waybill.Kilogram}
	}
	return w
}

// clip is the beginning of a text.
func clip(text string, length int) string {
	if letters := []rune(text); len(letters) > length {
		return strings.TrimSpace(string(letters[:length]))
	}
	return text
}
