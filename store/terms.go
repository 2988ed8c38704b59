package store

import (
	"strconv"
	"strings"

	"waybill"
)

// Term fields: what a shipment can be found by besides its columns.
const (
	TermReference2 = "reference2"
	TermChannel    = "channel"
	TermCarrier    = "carrier" // provider name, exact
	TermCountry    = "country" // alpha-2 of the destination
	TermParcels    = "parcels"
	TermGrams      = "grams"
	TermValue      = "value" // the caller's decimal without trailing zeros
	TermPostcode   = "postcode"
	TermLine1      = "line1"
	TermLine2      = "line2"
	TermLine3      = "line3"
	TermCity       = "city"
	TermState      = "state"
	TermPhone      = "phone"
	TermEmail      = "email"
	TermCompany    = "company"
	TermFirst      = "first"
	TermLast       = "last"
	TermTracking   = "tracking"
	TermTag        = "tag"    // its number
	TermParcel     = "parcel" // a tracking number or SSCC of any parcel, exact; the store's own
	TermWord       = "word"   // see Words; the store's own
	TermPerson     = "person" // e-mail, phone or postal code of anybody beside the recipient; a recipient's mobile
)

// Fold is how text is compared in terms: lower case, spaces squeezed, ends trimmed.
func Fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// Terms are the searchable values of a shipment; empty values have no term.
func Terms(s waybill.Shipment) []Term {
	to := s.To
	first, last := to.Contact.First, to.Contact.Last
	if first == "" && last == "" {
		first, last, _ = strings.Cut(to.Contact.Name, " ")
	}
	terms := make([]Term, 0, 20)
	add := func(field, value string) {
		if value = Fold(value); value != "" {
			terms = append(terms, Term{field, value})
		}
	}
	add(TermReference2, s.Reference2)
	add(TermChannel, s.Channel)
	if s.Provider != nil {
		terms = append(terms, Term{TermCarrier, s.Provider.Name})
	}
	add(TermCountry, to.Address.Country)
	add(TermParcels, itoa(int64(max(len(s.Parcels), 1))))
	add(TermGrams, itoa(s.Grams()))
	add(TermValue, string(s.Value.Value.Convert(1, 1, 4)))
	add(TermPostcode, to.Address.Postcode)
	add(TermLine1, to.Address.Street1)
	add(TermLine2, to.Address.Street2)
	add(TermLine3, to.Address.Street3)
	add(TermCity, to.Address.City)
	add(TermState, to.Address.State)
	add(TermPhone, to.Contact.Phone)
	add(TermEmail, to.Contact.Email)
	add(TermCompany, to.Contact.Company)
	add(TermFirst, first)
	add(TermLast, last)
	add(TermTracking, s.Tracking)
	for _, number := range s.Tags {
		terms = append(terms, TagTerm(number))
	}
	for _, word := range others(s) {
		add(TermPerson, word)
	}
	return terms
}

// others is what the people of a shipment are found by who are not its recipient: who pays, and who sends or takes back
// where that is no location of the account's.
func others(s waybill.Shipment) []string {
	words := []string{s.To.Contact.Mobile}
	of := func(p *waybill.Party) {
		if p != nil {
			words = append(words, p.Contact.Email, p.Contact.Phone, p.Contact.Mobile, p.Address.Postcode)
		}
	}
	of(s.Billing)
	if s.ReturnKey == "" {
		of(s.ReturnTo)
	}
	if s.LocationKey == "" {
		of(&s.From)
	}
	return words
}

// TagTerm is the term of shipments that carry a tag. Its value has an end, so that no other begins with it.
func TagTerm(number int64) Term { return Term{TermTag, itoa(number) + numberEnd} }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
