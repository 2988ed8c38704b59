package shiptheory

import (
	"slices"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// partyMembers are those of a recipient and of a sender that is sent at all.
var partyMembers = []member[waybill.Party]{
	line("company", false, maxText, func(p *waybill.Party) *string { return &p.Contact.Company }),
	line("firstname", true, maxText, func(p *waybill.Party) *string { return &p.Contact.First }),
	line("lastname", true, maxText, func(p *waybill.Party) *string { return &p.Contact.Last }),
	line("address_line_1", true, maxText, func(p *waybill.Party) *string { return &p.Address.Street1 }),
	line("address_line_2", false, maxText, func(p *waybill.Party) *string { return &p.Address.Street2 }),
	line("address_line_3", false, maxText, func(p *waybill.Party) *string { return &p.Address.Street3 }),
	line("city", true, maxText, func(p *waybill.Party) *string { return &p.Address.City }),
	line("county", false, maxText, func(p *waybill.Party) *string { return &p.Address.State }),
	line("postcode", true, maxText, func(p *waybill.Party) *string { return &p.Address.Postcode }),
	line("telephone", false, maxText, func(p *waybill.Party) *string { return &p.Contact.Phone }),
	line("mobile", false, maxText, func(p *waybill.Party) *string { return &p.Contact.Mobile }),
	line("email", false, maxText, func(p *waybill.Party) *string { return &p.Contact.Email }),
	line("what3words", false, maxText, func(p *waybill.Party) *string { return &p.Address.What3Words }),
	{"country", true, readCountry},
	{"tax_number", false, func(v dialect.Value, p *waybill.Party) {
		if number := v.Text(maxText); number != "" {
			p.TaxIDs = append(p.TaxIDs, waybill.TaxID{Number: number})
		}
	}},
	{"tax_numbers", false, readTaxNumbers},
}

// readCountry wants two letters, in any case.
func readCountry(v dialect.Value, p *waybill.Party) {
	code := v.Text(2)
	if code == "" {
		return
	}
	country, known := engine.CountryByCode(code)
	if !known {
		v.Note(waybill.RuleExists, "", "%s must be an ISO 3166-1 country code of two letters", v.Path())
	}
	p.Address.Country = country.Alpha2
}

const maxTaxNumbers = 20

// readTaxNumbers reads numbers with their types; one needs the other.
func readTaxNumbers(v dialect.Value, p *waybill.Party) {
	for _, item := range v.Items(maxTaxNumbers) {
		if !item.Object() {
			continue
		}
		p.TaxIDs = append(p.TaxIDs, waybill.TaxID{
			Number: item.At("tax_number").Required().Text(maxText),
			Type:   item.At("tax_number_type").Required().Among("VAT", "EORI", "PID"),
		})
	}
}

// dutyTypes are the schemes by which a sender has paid a buyer's duty; each is a tax number of the sender.
var dutyTypes = []string{"ABN", "IOSS", "IRD", "OSS", "VOEC"}

// dutyUnnamed is the type of a duty number whose scheme the caller did not name.
const dutyUnnamed = "DUTY"

// dutyOf is a shipment's duty number; empty when it has none.
func dutyOf(s waybill.Shipment) waybill.TaxID {
	for _, id := range s.From.TaxIDs {
		if id.Type == dutyUnnamed || slices.Contains(dutyTypes, id.Type) {
			return id
		}
	}
	return waybill.TaxID{}
}
