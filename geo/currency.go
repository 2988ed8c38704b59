package geo

import (
	"strings"
	"sync"
)

// noCountrys are the codes of ISO 4217 that are no country's own money: funds, units of account, metals, and those that
// are used beside another.
const noCountrys = "BOV CHE CHW CLF COU CUC MXV SLE SLL USN UYI UYW VED XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX ZWG ZWL " +
	"ANG BGN HRK"

var currencies = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, code := range strings.Fields(noCountrys) {
		known[code] = true
	}
	for _, c := range countries().list {
		known[c.Currency] = true
	}
	delete(known, "")
	return known
})

// IsCurrency reports whether a code, in capitals, is one of ISO 4217. Those that a country has given up lately are, too.
func IsCurrency(code string) bool { return currencies()[code] }
