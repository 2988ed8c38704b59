package label

import (
	"slices"
	"strings"
)

// Form is the kind of number that a scanned text may be.
type Form string

// The forms that are told apart. A text of none of them is [FormText].
const (
	FormUPS     Form = "ups"     // 1Z and 16 characters
	FormFedEx   Form = "fedex"   // 12 or 15 digits, alone or in the 22, 32 or 34 digits of a label
	FormUSPS    Form = "usps"    // 20 or 22 digits, alone or behind 420 and the ZIP code
	FormDPD     Form = "dpd"     // 14 digits, alone or in the 28 characters of a label
	FormDHL     Form = "dhl"     // 10 digits of DHL Express
	FormS10     Form = "s10"     // a postal item: RB123456785GB
	FormSSCC    Form = "sscc"    // 18 digits, mostly behind the application identifier 00
	FormGTIN    Form = "gtin"    // 14 digits of an article, behind the application identifier 01 or 02
	FormLink    Form = "link"    // an address in a QR code, that ends in a number or has it as a value
	FormPeddler Form = "peddler" // P and 18 digits, alone or in the 54 characters of its 2D code
	FormLabel   Form = "label"   // the 2D code of our own labels: number and reference
	FormText    Form = "text"    // anything
)

// Reading is one thing that a scanned text may be.
type Reading struct {
	Form      Form
	Carrier   string // who writes numbers of this form, in small letters; empty: several do
	Number    string // the tracking number, or the SSCC
	Reference string // what is beside the number in our own 2D code
	Checked   bool   // a check digit agrees
}

// carriers of forms that one carrier alone writes.
var carriers = map[Form]string{
	FormUPS: "ups", FormFedEx: "fedex", FormUSPS: "usps", FormDPD: "dpd", FormDHL: "dhl", FormPeddler: "peddler",
}

// Readings are all that a scanned text may be, the surest first; the last is always the text itself. What the
// scanner puts in front (an AIM symbology identifier) and separators of a barcode are no part of it.
func Readings(text string) []Reading {
	text = bare(text)
	if text == "" {
		return nil
	}
	var list []Reading
	if number, reference, ok := strings.Cut(text, "|"); ok && number != "" {
		list = append(list, Reading{Form: FormLabel, Number: number, Reference: reference})
	}
	for _, name := range links(text) {
		list = append(list, Reading{Form: FormLink, Number: name})
	}
	squeezed := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\x1d", "").Replace(text))
	for _, read := range []func(string) (Form, string, bool){ups, peddlerCode, s10, sscc, usps, fedex, dpd, dhl} {
		if form, number, ok := read(squeezed); ok {
			list = append(list, Reading{Form: form, Carrier: carriers[form], Number: number, Checked: true})
		}
	}
	if form, number, ok := dpdUnchecked(squeezed); ok {
		list = append(list, Reading{Form: form, Carrier: carriers[form], Number: number})
	}
	for _, r := range gs1(text) {
		if !slices.ContainsFunc(list, func(known Reading) bool { return known.Number == r.Number }) {
			list = append(list, r)
		}
	}
	return append(list, Reading{Form: FormText, Number: text})
}

// bare is a text without what scanners and barcodes add: spaces round it, control characters at its ends, an AIM
// symbology identifier such as ]C1.
func bare(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
	if len(text) > 3 && text[0] == ']' {
		text = text[3:]
	}
	return strings.TrimFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func ups(s string) (Form, string, bool) {
	return FormUPS, s, len(s) == 18 && strings.HasPrefix(s, "1Z") && Valid(UPS, s[2:])
}

// peddlerCode reads P, 17 digits and their Luhn digit; alone, or as the first part of the 2D code, whose last part is
// the Luhn digit of all digits before it.
func peddlerCode(s string) (Form, string, bool) {
	number, rest, whole := strings.Cut(s, "%")
	if len(number) != 19 || number[0] != 'P' || !Valid(Luhn, number[1:]) {
		return "", "", false
	}
	if whole && (len(s) != 54 || !Valid(Luhn, strings.ReplaceAll(s[1:], "%", "")) || strings.Count(rest, "%") != 3) {
		return "", "", false
	}
	return FormPeddler, number, true
}

func s10(s string) (Form, string, bool) {
	if len(s) != 13 || !letters(s[:2]) || !letters(s[11:]) {
		return "", "", false
	}
	return FormS10, s, Valid(S10, s[2:11])
}

func letters(s string) bool { return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" }

// sscc reads 18 digits, behind (00), 00 or nothing.
func sscc(s string) (Form, string, bool) {
	s = strings.TrimPrefix(s, "(00)")
	if len(s) == 20 && strings.HasPrefix(s, "00") {
		s = s[2:]
	}
	return FormSSCC, s, len(s) == 18 && Valid(GS1, s)
}

// usps reads 22 digits that begin with 9, or 20, whose last is GS1's check digit (Publication 199). 420 and a ZIP code
// of five or nine digits may stand before it.
func usps(s string) (Form, string, bool) {
	if strings.HasPrefix(s, "420") {
		for _, zip := range []int{5, 9} {
			if rest := s[min(3+zip, len(s)):]; uspsNumber(rest) {
				return FormUSPS, rest, digits(s)
			}
		}
	}
	return FormUSPS, s, uspsNumber(s) && !(len(s) == 20 && strings.HasPrefix(s, "00"))
}

func uspsNumber(s string) bool {
	return (len(s) == 22 && s[0] == '9' && s[1] != '6' || len(s) == 20) && Valid(GS1, s)
}

// fedex reads an Express number of 12 digits, which is also the end of a label's 34 digits (five, ten, five, and the
// number in fourteen) and in the middle of its 32; and a Ground number of 15, which ends the 22 that begin with 96.
func fedex(s string) (Form, string, bool) {
	switch {
	case !digits(s):
		return "", "", false
	case len(s) == 34 && s[20:22] == "00":
		s = s[22:]
	case len(s) == 32:
		s = s[16:28]
	case len(s) == 22 && strings.HasPrefix(s, "96"):
		s = s[7:]
	}
	return FormFedEx, s, (len(s) == 12 && Valid(FedEx, s)) || (len(s) == 15 && Valid(GS1, s))
}

// dpd reads a parcel number of 14 digits with its check character, and the 28 characters of a label: postcode (7),
// parcel number (14), service (3), country (3), check character; a % may stand before them.
func dpd(s string) (Form, string, bool) {
	if len(s) == 29 {
		s = strings.TrimPrefix(s, "%")
	}
	switch len(s) {
	case 15:
		return FormDPD, s[:14], digits(s[:14]) && Valid(DPD, s)
	case 28:
		return FormDPD, s[7:21], digits(s[7:27]) && Valid(DPD, s)
	}
	return "", "", false
}

// dpdUnchecked reads the same 28 characters as scanners send them that keep the leading % and drop the check character.
func dpdUnchecked(s string) (Form, string, bool) {
	return FormDPD, safe(s, 8, 22), len(s) == 28 && s[0] == '%' && digits(s[8:])
}

func dhl(s string) (Form, string, bool) { return FormDHL, s, len(s) == 10 && Valid(DHL, s) }

// safe is a part of a text, or nothing where there is none.
func safe(s string, from, to int) string {
	if len(s) < to {
		return ""
	}
	return s[from:to]
}
