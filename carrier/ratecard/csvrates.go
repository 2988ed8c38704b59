package ratecard

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"waybill"
)

// rateColumns are the columns of the weight table. A row is a band of a service in a zone; what is true
// of the whole tariff stands on any of its rows, usually the first.
var rateColumns = []string{"service", "zone", "days", "up_to_kg", "price", "extra_kg", "extra_price", "minimum"}

// ExportRates writes the tariffs of all services as CSV: weights in kilograms, prices in major units.
func ExportRates(card Card, out io.Writer) error {
	var rows [][]string
	for _, s := range card.Services {
		currency := cmp.Or(s.Currency, card.Currency)
		price := func(minor int64) string {
			return string(waybill.Money{Minor: minor, Currency: currency}.Decimal())
		}
		for _, t := range s.Tariffs {
			first := len(rows)
			for _, b := range t.Bands {
				rows = append(rows, []string{s.Code, t.Zone, "", string(kilograms(b.UpToG)), price(b.Price), "", "", ""})
			}
			if first == len(rows) {
				rows = append(rows, []string{s.Code, t.Zone, "", "", "", "", "", ""})
			}
			head := rows[first]
			if t.Days != nil {
				head[2] = number(int64(*t.Days))
			}
			if t.Extra != nil {
				head[5], head[6] = string(kilograms(t.Extra.StepG)), price(t.Extra.Price)
			}
			if t.Minimum != 0 {
				head[7] = price(t.Minimum)
			}
		}
	}
	return writeTable("ratecard.export_rates", out, rateColumns, rows)
}

// ImportRates gives the card's services the tariffs of a CSV file: a service that the file names gets
// the file's tariffs and no others, one that it does not name keeps its own. A file with anything wrong
// changes nothing: Invalid, ReasonFields, all rows at fault.
func ImportRates(card Card, in io.Reader) (Card, error) {
	services := slices.Clone(card.Services)
	seen := map[string]bool{}
	wrote := map[string]int{}
	t := readTable("ratecard.import_rates", in, rateColumns, func(r row) {
		at := slices.IndexFunc(services, func(s Service) bool { return s.Code == r.cell("service") })
		if at < 0 {
			r.fail("service", waybill.RuleExists, "must be the code of a service of the card")
			return
		}
		s := &services[at]
		if !seen[s.Code] {
			seen[s.Code], s.Tariffs = true, nil
		}
		i := slices.IndexFunc(s.Tariffs, func(t Tariff) bool { return t.Zone == r.cell("zone") })
		if i < 0 {
			i = len(s.Tariffs)
			s.Tariffs = append(s.Tariffs, Tariff{Zone: r.cell("zone")})
			wrote[fmt.Sprintf("services[%d].tariffs[%d]", at, i)] = r.line
		}
		tariff := &s.Tariffs[i]
		wrote[fmt.Sprintf("services[%d].tariffs[%d].bands[%d]", at, i, len(tariff.Bands))] = r.line
		r.tariff(tariff, cmp.Or(s.Currency, card.Currency))
	})
	changed := card
	changed.Services = services
	t.judge(changed, wrote)
	if err := t.err(); err != nil {
		return Card{}, err
	}
	return changed, nil
}

// tariff adds what one row says to its tariff.
func (r row) tariff(t *Tariff, currency string) {
	if (r.cell("up_to_kg") == "") != (r.cell("price") == "") {
		r.fail("price", waybill.RuleNeeds, "and up_to_kg come together")
	} else if r.cell("price") != "" {
		t.Bands = append(t.Bands, Band{UpToG: r.grams("up_to_kg"), Price: r.amount("price", currency)})
	}
	if r.cell("days") != "" {
		days := int(r.whole("days"))
		if t.Days != nil && *t.Days != days {
			r.fail("days", waybill.RuleUnique, "differs from another row of the same service and zone")
		}
		t.Days = &days
	}
	if (r.cell("extra_kg") == "") != (r.cell("extra_price") == "") {
		r.fail("extra_price", waybill.RuleNeeds, "and extra_kg come together")
	} else if r.cell("extra_kg") != "" {
		extra := Extra{StepG: r.grams("extra_kg"), Price: r.amount("extra_price", currency)}
		if t.Extra != nil && *t.Extra != extra {
			r.fail("extra_price", waybill.RuleUnique, "differs from another row of the same service and zone")
		}
		t.Extra = &extra
	}
	if r.cell("minimum") != "" {
		minimum := r.amount("minimum", currency)
		if t.Minimum != 0 && t.Minimum != minimum {
			r.fail("minimum", waybill.RuleUnique, "differs from another row of the same service and zone")
		}
		t.Minimum = minimum
	}
}
