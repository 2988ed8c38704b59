package ratecard

import (
	"fmt"
	"io"
	"strings"

	"waybill"
)

// surchargeColumns are the columns of the surcharge table. A row is a surcharge; one that holds for several areas goes
// on in further rows of the same number, which have an area alone.
var surchargeColumns = []string{"no", "kind", "name", "price", "per_mille", "minimum", "over_mm", "services", "countries", "states", "postcodes"}

// ExportSurcharges writes the card's surcharges as CSV, in the order they are charged: amounts in major units of the
// currency of their services.
func ExportSurcharges(card Card, out io.Writer) error {
	var rows [][]string
	for i, s := range card.Surcharges {
		currency := card.currencyOf(s.Services)
		amount := func(minor int64) string {
			if minor == 0 {
				return ""
			}
			return string(waybill.Money{Minor: minor, Currency: currency}.Decimal())
		}
		whole := func(n int64) string {
			if n == 0 {
				return ""
			}
			return number(n)
		}
		head := []string{
			number(int64(i + 1)), string(s.Kind), s.Name, amount(s.Price), whole(s.PerMille), amount(s.Minimum), whole(s.OverMM), strings.Join(s.Services, ";"), "", "", "",
		}
		rows = append(rows, head)
		for n, a := range s.To {
			line := head
			if n > 0 {
				line = []string{head[0], "", "", "", "", "", "", "", "", "", ""}
				rows = append(rows, line)
			}
			line[8], line[9], line[10] = strings.Join(a.Countries, ";"), strings.Join(a.States, ";"), strings.Join(a.Postcodes, ";")
		}
	}
	return writeTable("ratecard.export_surcharges", out, surchargeColumns, rows)
}

// currencyOf is the currency of services, as far as it is one; of none named, of all.
func (card *Card) currencyOf(services []string) string {
	for _, s := range card.Services {
		for _, code := range services {
			if s.Code == code && s.Currency != "" {
				return s.Currency
			}
		}
	}
	return card.Currency
}

// ImportSurcharges gives the card the surcharges of a CSV file instead of its own. A file with anything wrong changes
// nothing: Invalid, ReasonFields, all rows at fault.
func ImportSurcharges(card Card, in io.Reader) (Card, error) {
	var list []Surcharge
	wrote, at := map[string]int{}, map[string]int{}
	t := readTable("ratecard.import_surcharges", in, surchargeColumns, func(r row) {
		no := r.cell("no")
		i, known := at[no]
		if no == "" {
			r.fail("no", waybill.RuleRequired, "must number the surcharge; rows of one number are one surcharge")
			return
		}
		if !known {
			i = len(list)
			at[no], list = i, append(list, Surcharge{})
			wrote[fmt.Sprintf("surcharges[%d]", i)] = r.line
			r.surcharge(&list[i], &card)
		} else {
			r.areaAlone()
		}
		s := &list[i]
		a := Area{Countries: r.list("countries"), States: r.list("states"), Postcodes: r.list("postcodes")}
		if len(a.Countries)+len(a.States)+len(a.Postcodes) > 0 {
			wrote[fmt.Sprintf("surcharges[%d].to[%d]", i, len(s.To))] = r.line
			s.To = append(s.To, a)
		}
	})
	changed := card
	changed.Surcharges = list
	t.judge(changed, wrote)
	if err := t.err(); err != nil {
		return Card{}, err
	}
	return changed, nil
}

// surcharge reads what the first row of a surcharge says.
func (r row) surcharge(s *Surcharge, card *Card) {
	s.Services = r.list("services")
	currency := card.currencyOf(s.Services)
	s.Kind, s.Name = Kind(r.cell("kind")), r.cell("name")
	s.Price, s.Minimum = r.amount("price", currency), r.amount("minimum", currency)
	s.PerMille, s.OverMM = r.whole("per_mille"), r.whole("over_mm")
}

// areaAlone refuses a further row that says more than an area.
func (r row) areaAlone() {
	for _, column := range surchargeColumns[1:8] {
		if r.cell(column) != "" {
			r.fail(column, waybill.RuleUnique, "was said in an earlier row of the same number; further rows have an area alone")
		}
	}
}
