package delhivery

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"waybill"
)

// india is the one country that Delhivery's B2C service knows.
const india = "IN"

// request collects what is wrong with a shipment while it is put into Delhivery's words, so that a caller learns
// everything at once and before anything is sent.
type request struct {
	problems []waybill.FieldError
}

func (r *request) report(path string, rule waybill.FieldRule, value, limit, format string, args ...any) {
	r.problems = append(r.problems, waybill.FieldError{
		Path: path, Rule: rule, Value: shorten(value, 80), Limit: limit, Message: fmt.Sprintf(format, args...),
	})
}

var pinForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// pin is a postal code of India: six digits, written with or without a space.
func (r *request) pin(path string, a waybill.Address) string {
	if a.Country != india {
		r.report(path+".country", waybill.RuleEnum, a.Country, india, "Delhivery carries within India only")
		return ""
	}
	code := strings.Join(strings.Fields(a.Postcode), "")
	if !pinForm.MatchString(code) {
		r.report(path+".postcode", waybill.RuleFormat, a.Postcode, "six digits", "Delhivery needs a pincode of six digits in %s", path)
	}
	return code
}

// who is the name of a party.
func (r *request) who(path string, c waybill.Contact) string {
	name := strings.TrimSpace(c.FullName())
	if name == "" {
		r.report(path+".name", waybill.RuleRequired, "", "", "Delhivery needs a name in %s", path)
	}
	if c.Company != "" && c.Company != name {
		name += ", " + c.Company
	}
	return name
}

// street is an address in one line; nothing of it is cut off.
func (r *request) street(path string, a waybill.Address) string {
	lines := strings.Join(a.Lines(), ", ")
	if lines == "" {
		r.report(path+".street", waybill.RuleRequired, "", "", "Delhivery needs a street address in %s", path)
	}
	return lines
}

// phone is an Indian number in ten digits, without the country's 91 or a leading 0.
func (r *request) phone(path string, c waybill.Contact) string {
	digits := strings.Map(func(letter rune) rune {
		if letter < unicode.MaxASCII && unicode.IsDigit(letter) {
			return letter
		}
		return -1
	}, c.AnyPhone())
	digits = strings.TrimLeft(digits, "0")
	if len(digits) == 12 {
		digits = strings.TrimPrefix(digits, "91")
	}
	switch {
	case digits == "":
		r.report(path, waybill.RuleRequired, c.AnyPhone(), "", "Delhivery needs a phone number in %s", path)
	case len(digits) != 10:
		r.report(path, waybill.RuleFormat, c.AnyPhone(), "ten digits", "Delhivery needs an Indian phone number of ten digits in %s", path)
	}
	return digits
}

// key is our key as an order id, of which Delhivery takes 49 characters.
func (r *request) key(key string) string {
	if len(key) >= 50 {
		r.report("key", waybill.RuleMaxLength, key, "49", "Delhivery takes order ids of at most 49 characters")
	}
	return key
}

// rupees is an amount on the wire. Another currency is refused: Delhivery knows only one.
func (r *request) rupees(path string, a waybill.Amount) json.Number {
	if !a.Value.Positive() {
		return ""
	}
	if a.Currency != "INR" {
		r.report(path+".currency", waybill.RuleEnum, a.Currency, "INR", "Delhivery takes amounts in rupees only")
		return ""
	}
	return json.Number(a.Money().Decimal())
}

// weights are what the parcels weigh in grams, rounded up; when only the whole shipment was weighed, equal shares.
func (r *request) weights(parcels []waybill.Parcel, total waybill.Weight) []int64 {
	weighed := slices.ContainsFunc(parcels, func(p waybill.Parcel) bool { return p.Weight.Value != "" })
	grams := make([]int64, len(parcels))
	for i, p := range parcels {
		grams[i] = p.Weight.Grams()
		if !weighed {
			n := int64(len(parcels))
			grams[i] = (total.Grams() + n - 1) / n
		}
		if grams[i] <= 0 {
			r.report(fmt.Sprintf("parcels[%d].weight", i), waybill.RuleRequired, string(p.Weight.Value), "", "Delhivery needs the weight of each parcel")
		}
	}
	return grams
}

// shorten cuts text to so many characters, at its end and never inside one.
func shorten(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	return strings.TrimRightFunc(string(letters[:limit]), unicode.IsSpace)
}

// unique drops repeated problems: one field may be read for two members.
func unique(problems []waybill.FieldError) []waybill.FieldError {
	var out []waybill.FieldError
	for _, p := range problems {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
