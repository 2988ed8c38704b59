package dialect

import (
	"strings"

	"waybill"
)

// Currency is an ISO 4217 code in capitals, given in any case; false: there is no such currency.
func Currency(text string) (code string, known bool) {
	code = strings.ToUpper(text)
	return code, waybill.KnownCurrency(code)
}
