package rule

import (
	"slices"

	"waybill"
)

// needWords say what an ability is needed for. A word that is not here is a temperature.
var needWords = map[string]string{
	waybill.CanSignature:  "a signature",
	waybill.CanAdult:      "an adult's signature",
	waybill.CanInsurance:  "insurance",
	waybill.CanCOD:        "cash on delivery",
	waybill.CanDangerous:  "dangerous goods",
	waybill.CanMultiPiece: "several parcels",
	waybill.CanPIN:        "a PIN on delivery",
	waybill.CanDispose:    "disposal of what cannot be delivered",
	waybill.CanDonate:     "donation of what cannot be delivered",
}

// unmet is the first of the needed abilities that a service does not have, as a reason; empty: it has all.
func unmet(needs, abilities []string) string {
	for _, need := range needs {
		if slices.Contains(abilities, need) {
			continue
		}
		if said, ok := needWords[need]; ok {
			return "does not offer " + said
		}
		return "does not offer the temperature " + need
	}
	return ""
}
