package ups

import (
	"strings"
	"unicode"

	"waybill"
)

// Lengths of UPS's address members: Shipping, Shipper, ShipTo and ShipFrom.
const (
	nameLength  = 35
	cityLength  = 30
	zipLength   = 9
	stateLength = 5
	phoneLength = 15
	emailLength = 50
)

// europe is the customs union whose members need no invoice among each other (EU, 2026).
var europe = map[string]bool{
	"AT": true, "BE": true, "BG": true, "HR": true, "CY": true, "CZ": true, "DK": true, "EE": true, "FI": true,
	"FR": true, "DE": true, "GR": true, "HU": true, "IE": true, "IT": true, "LV": true, "LT": true, "LU": true,
	"MT": true, "NL": true, "PL": true, "PT": true, "RO": true, "SK": true, "SI": true, "ES": true, "SE": true,
}

// american: ZIP codes, pounds and inches.
func american(country string) bool { return country == "US" || country == "PR" }

// domestic reports whether UPS treats the lane as one country: then options and references belong to
// packages (Shipping, DeliveryConfirmation and ReferenceNumber).
func domestic(from, to string) bool { return from == to || american(from) && american(to) }

// place is an address. When only pricing, what UPS does not need for a price may be missing.
func (r *request) place(path string, a waybill.Address, pricing bool) address {
	out := address{
		AddressLine:       r.lines(path, a.Lines()),
		City:              r.whole(path+".city", a.City, cityLength),
		StateProvinceCode: r.state(path+".state", a),
		PostalCode:        r.zip(path+".postcode", a),
		CountryCode:       a.Country,
	}
	if pricing {
		// Rating knows states of two letters only.
		if len(out.StateProvinceCode) != 2 {
			out.StateProvinceCode = ""
		}
		return out
	}
	if len(a.Lines()) == 0 {
		r.report(path+".street", waybill.RuleRequired, "", "", "UPS needs a street address in %s", path)
	}
	if a.City == "" {
		r.report(path+".city", waybill.RuleRequired, "", "", "UPS needs a city in %s", path)
	}
	return out
}

// state is the code of a state; names are looked up where UPS requires the code. Elsewhere a code is
// sent if it looks like one, and a name is left out: UPS goes by the postal code there.
func (r *request) state(path string, a waybill.Address) string {
	given := r.text(path, a.State)
	if !american(a.Country) && a.Country != "CA" {
		if len(given) > stateLength || strings.Contains(given, " ") {
			return ""
		}
		return given
	}
	if plain := strings.Map(unaccented, strings.ToLower(given)); states[plain] != "" {
		return states[plain]
	}
	if len(given) > 2 {
		r.report(path, waybill.RuleFormat, a.State, "a two-letter code", "UPS does not know the state %q", shorten(a.State, 30))
		return ""
	}
	return strings.ToUpper(given)
}

// unaccented maps the one accented letter in the names of states and provinces: Québec.
func unaccented(letter rune) rune {
	if letter == 'é' {
		return 'e'
	}
	return letter
}

// zip is a postal code as UPS takes it: without the dash and space that Americans and Canadians write.
func (r *request) zip(path string, a waybill.Address) string {
	code := a.Postcode
	if american(a.Country) || a.Country == "CA" {
		code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	}
	return r.whole(path, strings.TrimSpace(code), zipLength)
}

// who is a party to ship from or to.
func (r *request) who(path string, p waybill.Party) party {
	contact := path + ".contact"
	attention := r.name(contact+".name", p.Contact.FullName(), nameLength)
	company := r.name(contact+".company", p.Contact.Company, nameLength)
	if company == "" {
		company = attention
	}
	if company == "" {
		r.report(contact+".name", waybill.RuleRequired, "", "", "UPS needs a name in %s", path)
	}
	out := party{Name: company, AttentionName: attention, Address: r.place(path+".address", p.Address, false)}
	if number := r.phone(contact+".phone", p); number != "" {
		out.Phone = &phone{Number: number}
	}
	return out
}

// priced is a party as far as its price depends on it.
func (r *request) priced(path string, p waybill.Party) party {
	return party{
		Name:    r.name(path+".contact.name", p.Contact.FullName(), nameLength),
		Address: r.place(path+".address", p.Address, true),
	}
}

// phone is a number in digits; American ones without the country's 1.
func (r *request) phone(path string, p waybill.Party) string {
	digits := strings.Map(func(letter rune) rune {
		if letter < unicode.MaxASCII && unicode.IsDigit(letter) {
			return letter
		}
		return -1
	}, p.Contact.AnyPhone())
	if (american(p.Address.Country) || p.Address.Country == "CA") && len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	if len(digits) > phoneLength {
		r.report(path, waybill.RuleMaxLength, p.Contact.AnyPhone(), "15", "UPS takes phone numbers of at most %d digits", phoneLength)
		return ""
	}
	return digits
}

// residential marks a home, where UPS must charge and deliver otherwise.
func residential(a waybill.Address) *string { return present(a.Residential != nil && *a.Residential) }
