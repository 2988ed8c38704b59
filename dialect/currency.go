package dialect

import "golang.org/x/text/currency"

// Currency is an ISO 4217 code in capitals, given in any case; false: there is no such currency.
func Currency(text string) (code string, known bool) {
	unit, err := currency.ParseISO(text)
	return unit.String(), err == nil
}
