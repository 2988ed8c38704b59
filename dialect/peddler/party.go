package peddler

import (
	"regexp"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// home is the country of an address that names none, and of the postcodes that can be asked for.
const home = "NL"

// dutch is a Dutch postcode: four digits, and mostly two letters.
var dutch = regexp.MustCompile(`^[1-9][0-9]{3} ?([A-Za-z]{2})?$`)

// readAddress reads a whole address; of the party there was before only what this API cannot say stays.
func readAddress(v dialect.Value, before waybill.Party) waybill.Party {
	p := waybill.Party{TaxIDs: before.TaxIDs, Contact: waybill.Contact{Email: before.Contact.Email}}
	p.Contact.Company, p.Contact.Name = v.At("company").Text(maxText), v.At("name").Text(maxText)
	p.Contact.Phone = v.At("phone").Text(maxText)
	p.Address = waybill.Address{
		House: v.At("house").Text(maxText), Street1: v.At("address1").Required().Text(maxText), Street2: v.At("address2").Text(maxText),
		City: v.At("city").Required().Text(maxText), State: v.At("state").Text(maxText),
		Postcode: strings.TrimSpace(v.At("postCode").Required().Text(maxText)),
	}
	readCountry(v.At("country"), &p.Address)
	if a := p.Address; a.Country == home && a.Postcode != "" && !dutch.MatchString(a.Postcode) {
		v.At("postCode").Note(waybill.RuleFormat, "", "%s must be a Dutch postcode, such as 1234 AB or 1234", v.At("postCode").Path())
	}
	return p
}

func readCountry(v dialect.Value, a *waybill.Address) {
	code := strings.TrimSpace(v.Text(maxText))
	if code == "" {
		a.Country = home
		return
	}
	country, known := engine.CountryByCode(code)
	if !known || len(code) != 2 {
		v.Note(waybill.RuleExists, "", "%s must be an ISO 3166-1 country code of two letters", v.Path())
		return
	}
	a.Country = country.Alpha2
}
