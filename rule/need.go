package rule

import (
	"slices"
	"strings"

	"waybill"
)

// need is an ability that a service must have, and what of the shipment asks for it.
type need struct{ ability, because string }

// needs lists what a shipment's options ask of a service. A temperature beyond "refrigerated" is asked for
// by the caller's own word: a service either lists that word or cannot keep it.
func needs(s *waybill.Shipment) []need {
	var list []need
	add := func(asked bool, ability, because string) {
		if asked {
			list = append(list, need{ability, because})
		}
	}
	signature := strings.ToLower(s.Options.Signature)
	adult := strings.Contains(signature, "adult")
	add(adult, waybill.CanAdult, "an adult's signature")
	add(!adult && !slices.Contains([]string{"", "none", "no", "not_required"}, signature), waybill.CanSignature, "a signature")
	add(s.Options.Insurance.Value.Positive(), waybill.CanInsurance, "insurance")
	add(s.Options.COD.Value.Positive(), waybill.CanCOD, "cash on delivery")
	for _, word := range temperatures(s) {
		if word = strings.ToLower(word); word != "ambient" {
			add(true, word, "the temperature "+word)
		}
	}
	add(s.Options.DangerousGoods, waybill.CanDangerous, "dangerous goods")
	add(pieces(s) > 1, waybill.CanMultiPiece, "several parcels")
	return list
}

// unmet is the first need that the abilities do not meet, as a reason; empty: all are met.
func unmet(list []need, abilities []string) string {
	for _, n := range list {
		if !slices.Contains(abilities, n.ability) {
			return "does not offer " + n.because
		}
	}
	return ""
}
