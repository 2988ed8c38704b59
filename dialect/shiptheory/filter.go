package shiptheory

import (
	"strconv"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// filter reads one filter of a list or search into its query.
type filter func(dialect.Value, *finding)

// termFilters are the filters by their literal, dotted names. Text is compared without case; an empty
// value filters nothing, and names that are not here are let pass.
var termFilters = map[string]filter{
	"status":                         filterStatus,
	"channel_name":                   text(engine.TermChannel),
	"channel_reference_id":           filterReference,
	"channel_reference_id_2":         text(engine.TermReference2),
	"ShipmentDetails.parcels":        filterParcels,
	"ShipmentDetails.weight":         filterWeight,
	"ShipmentDetails.value":          filterValue,
	"Couriers.couriername":           filterCourier,
	"Countries.code":                 filterCountry,
	"DeliveryAddress.address_line_1": text(engine.TermLine1),
	"DeliveryAddress.address_line_2": text(engine.TermLine2),
	"DeliveryAddress.address_line_3": text(engine.TermLine3),
	"DeliveryAddress.city":           text(engine.TermCity),
	"DeliveryAddress.county":         text(engine.TermState),
	"DeliveryAddress.postcode":       text(engine.TermPostcode),
	"DeliveryAddress.telephone":      text(engine.TermPhone),
	"DeliveryAddress.email":          text(engine.TermEmail),
	"DeliveryAddress.company":        text(engine.TermCompany),
	"DeliveryAddress.firstname":      text(engine.TermFirst),
	"DeliveryAddress.lastname":       text(engine.TermLast),
}

func readFilters(v dialect.Value, f *finding) {
	for name, read := range termFilters {
		if at := v.At(name); !at.Blank() {
			read(at, f)
		}
	}
}

func (f *finding) term(field, value string) {
	f.query.Terms = append(f.query.Terms, engine.Term{Field: field, Value: value})
}

func text(field string) filter {
	return func(v dialect.Value, f *finding) { f.term(field, engine.Fold(v.Text(maxNote))) }
}

// filterStatus is exact: a word that is none finds nothing.
func filterStatus(v dialect.Value, f *finding) {
	f.query.Booking = filters[v.Text(0)]
	f.nothing = f.nothing || len(f.query.Booking) == 0
}

func filterReference(v dialect.Value, f *finding) { f.query.References = []string{v.Text(0)} }

// filterCourier is exact.
func filterCourier(v dialect.Value, f *finding) { f.term(engine.TermCarrier, v.Text(maxText)) }

func filterParcels(v dialect.Value, f *finding) {
	f.term(engine.TermParcels, strconv.FormatInt(v.Integer(0, maxID), 10))
}

// filterWeight compares in grams: 0.5 finds 0.500.
func filterWeight(v dialect.Value, f *finding) {
	weight := waybill.Weight{Value: figure(v), Unit: waybill.Kilogram}
	f.term(engine.TermGrams, strconv.FormatInt(weight.Grams(), 10))
}

func filterValue(v dialect.Value, f *finding) {
	f.term(engine.TermValue, string(figure(v).Convert(1, 1, 4)))
}

// filterCountry takes the three letters that searches answer; a code of no country finds nothing.
func filterCountry(v dialect.Value, f *finding) {
	country, known := engine.CountryByCode(v.Text(maxText))
	f.nothing = f.nothing || !known
	f.term(engine.TermCountry, engine.Fold(country.Alpha2))
}
