package ups

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// packs are the parcels in the units of the country they leave, rounded up: a tenth of a pound or
// kilogram, whole inches or centimetres (Shipping takes three digits an edge). The first edge is the
// longest, as UPS wants it.
func (r *request) packs(parcels []waybill.Parcel, total waybill.Weight, country, packaging string) []pack {
	weightCode, lengthCode := coded{"KGS", "Kilograms"}, coded{"CM", "Centimeters"}
	weightUnit, lengthUnit := waybill.Kilogram, waybill.Centimetre
	if american(country) {
		weightCode, lengthCode = coded{"LBS", "Pounds"}, coded{"IN", "Inches"}
		weightUnit, lengthUnit = waybill.Pound, waybill.Inch
	}
	out := make([]pack, len(parcels))
	for i, p := range parcels {
		w := share(parcels, total, i)
		if w.Value.Sign() <= 0 {
			path := fmt.Sprintf("parcels[%d].weight", i)
			r.report(path, waybill.RuleRequired, string(w.Value), "", "UPS needs the weight of each parcel")
			continue
		}
		out[i].PackageWeight = weight{UnitOfMeasurement: weightCode, Weight: string(w.AtLeast(weightUnit, 1))}
		out[i].Packaging = &coded{Code: packaging, Description: packagings[packaging]}
		if t := p.Temperature; t != "" && t != "none" {
			r.report(fmt.Sprintf("parcels[%d].temperature", i), waybill.RuleEnum, t, "none", "UPS does not carry parcels that must be kept %s here", shorten(t, 30))
		}
		if !p.Size.Known() {
			continue
		}
		edges := []int{}
		for _, edge := range []waybill.Decimal{p.Size.Length, p.Size.Width, p.Size.Height} {
			n, err := strconv.Atoi(string(p.Size.AtLeast(edge, lengthUnit, 0)))
			if err != nil || n > 999 {
				r.report(fmt.Sprintf("parcels[%d].size", i), waybill.RuleRange, string(edge), "999", "a parcel of that size is beyond UPS")
				n = 0
			}
			edges = append(edges, n)
		}
		slices.Sort(edges)
		out[i].Dimensions = &dimensions{
			UnitOfMeasurement: lengthCode,
			Length:            strconv.Itoa(edges[2]), Width: strconv.Itoa(edges[1]), Height: strconv.Itoa(edges[0]),
		}
	}
	return out
}

// share is a parcel's weight; when only the whole shipment was weighed, an equal share of it.
func share(parcels []waybill.Parcel, total waybill.Weight, i int) waybill.Weight {
	weighed := slices.ContainsFunc(parcels, func(p waybill.Parcel) bool { return p.Weight.Value != "" })
	switch {
	case weighed || total.Value == "":
		return parcels[i].Weight
	case len(parcels) == 1:
		return total
	default:
		n := int64(len(parcels))
		return waybill.WeightOf((total.Grams() + n - 1) / n)
	}
}

// totalWeight is what all packages weigh as sent, in tenths added up exactly.
func totalWeight(packs []pack) *weight {
	var tenths int64
	for _, p := range packs {
		n, _ := waybill.Decimal(p.PackageWeight.Weight).Scaled(10, 1)
		tenths += n
	}
	return &weight{
		UnitOfMeasurement: packs[0].PackageWeight.UnitOfMeasurement,
		Weight:            fmt.Sprintf("%d.%d", tenths/10, tenths%10),
	}
}

// references puts our key, by which a purchase is found again, and the caller's own reference where UPS
// accepts them: at packages inside the United States, at the shipment elsewhere.
func references(s *shipment, key, own string) {
	list := []reference{{Value: key}}
	if printed, ok := latin(own); ok && printed != "" {
		list = append(list, reference{Value: shorten(printed, nameLength)})
	}
	if american(s.ShipFrom.Address.CountryCode) && american(s.ShipTo.Address.CountryCode) {
		for i := range s.Package {
			s.Package[i].ReferenceNumber = list
		}
		return
	}
	s.ReferenceNumber = list
}

// goods describes what is inside, in at most so many characters; customs wants it, a label prints it.
func goods(items []waybill.Item, limit int) string {
	var words []string
	for _, item := range items {
		word := item.Commodity.Description
		if word == "" {
			word = item.Title
		}
		if text, ok := latin(word); ok && text != "" && !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return "Merchandise"
	}
	return shorten(strings.Join(words, ", "), limit)
}
