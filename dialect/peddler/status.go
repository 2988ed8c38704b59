package peddler

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"waybill"
)

// The words that code acts on; all others stand in the tables alone.
const (
	statusAdded     = "ADDED"
	statusError     = "ERROR"
	statusConfirmed = "SHIPMENT_CONFIRMED"
	statusReady     = "SHIPMENT_READY"
	statusUpdated   = "UPDATED" // of our own bulk update
	codeUpdated     = "1100"
	codeEnRoute     = "200"
	codeReturn      = "900"
	codeNeighbours  = 501
)

//go:embed status.csv
var statusTable string

//go:embed texts.csv
var textTable string

// word is a status as this API says it. Code is empty for the words that have none.
type word struct {
	code   string
	status string
	failed string // failedStatus: why an attempt failed
	text   lang
}

// number is the integer code; nil for a word that has none.
func (w word) number() *int {
	n, err := strconv.Atoi(w.code)
	if err != nil {
		return nil
	}
	return &n
}

// within reports whether the code lies in a range, both ends included.
func (w word) within(low, high int) bool {
	n := w.number()
	return n != nil && *n >= low && *n <= high
}

// statuses are the words of all codes.
func statuses() []string {
	var list []string
	for _, w := range words {
		list = append(list, w.status)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// choice is one row of status.csv: a code, and the words of a scan by which it is chosen; none: any. They are whole
// words, but for one that ends with a star: that is how one begins.
type choice struct {
	says []string
	code string
}

// words are all codes; choices map a booking state, and for a booked shipment where the parcel is, to a code. The
// first row that fits counts.
var (
	words   = readTexts(textTable)
	choices = readChoices(statusTable)
)

func rows(table string) [][]string {
	list, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic("peddler: " + err.Error()) // only a broken build gets here
	}
	return list[1:]
}

func readTexts(table string) map[string]word {
	all := map[string]word{}
	for _, cell := range rows(table) {
		all[cell[0]] = word{code: cell[0], status: cell[1], failed: cell[2], text: lang{
			English: saying{Headline: cell[3], Description: cell[4]}, Dutch: saying{Headline: cell[5], Description: cell[6]},
		}}
	}
	return all
}

type place struct {
	booking waybill.Booking
	transit waybill.Transit // empty: wherever it is
}

func readChoices(table string) map[place][]choice {
	all := map[place][]choice{}
	for _, cell := range rows(table) {
		at := place{booking: waybill.Booking(cell[0])}
		if cell[1] != "*" {
			at.transit = waybill.Transit(cell[1])
		}
		c := choice{code: cell[3]}
		if cell[2] != "" {
			c.says = strings.Split(cell[2], "|")
		}
		all[at] = append(all[at], c)
	}
	return all
}

// wordOf is the word for a pair of states. Scan is the latest; it says at what sort of place the parcel is, to whom
// it was handed and why it was not. A scan of our own couriers may name the code itself.
func wordOf(booking waybill.Booking, transit waybill.Transit, scan *waybill.Scan) word {
	if booking == waybill.Declared {
		booking = waybill.Booked // by somebody else
	}
	list := choices[place{booking: booking}]
	if list == nil {
		list = choices[place{booking, transit}]
	}
	said := ""
	if scan != nil {
		if slices.ContainsFunc(list, func(c choice) bool { return c.code == scan.Code }) {
			return words[scan.Code]
		}
		said = spaced(scan.Place, scan.Recipient, scan.Reason, scan.Text)
	}
	for _, c := range list {
		if len(c.says) == 0 || slices.ContainsFunc(c.says, func(s string) bool { return says(said, s) }) {
			return words[c.code]
		}
	}
	return words[statusError]
}

// spaced is text as its words in small letters, each with a space on both sides.
func spaced(parts ...string) string {
	between := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(strings.Join(parts, " ")), between), " ") + " "
}

// says reports whether spaced text has a phrase of status.csv.
func says(said, phrase string) bool {
	beginning, open := strings.CutSuffix(phrase, "*")
	if open {
		return strings.Contains(said, " "+beginning)
	}
	return strings.Contains(said, " "+phrase+" ")
}

// wordNow is the word for a shipment as it stands.
func wordNow(s *waybill.Shipment) word {
	return wordOf(s.Booking, s.Transit, &waybill.Scan{Text: s.TransitNote})
}

// transitsOf lists the transit states of a booked parcel that are told as one of the statuses.
func transitsOf(statuses ...string) (list []waybill.Transit) {
	for _, transit := range waybill.Transits {
		if slices.Contains(statuses, wordOf(waybill.Booked, transit, nil).status) {
			list = append(list, transit)
		}
	}
	return list
}
