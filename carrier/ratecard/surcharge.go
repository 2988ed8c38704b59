package ratecard

import (
	"slices"

	"waybill"
	"waybill/carrier"
)

// about is what is true of every surcharge of a kind.
type about struct {
	charge string // waybill.Charge.Kind
	name   string // when the card gives none
	share  bool   // may be a per mille of something
}

var kinds = map[Kind]about{
	Fuel:           {"fuel", "Fuel", true},
	Residential:    {"residential", "Residential delivery", false},
	RemoteArea:     {"remote_area", "Remote area", false},
	ExtraParcel:    {"other", "Extra parcel", false},
	Signature:      {"signature", "Signature", false},
	AdultSignature: {"signature", "Adult signature", false},
	Insurance:      {"insurance", "Insurance", true},
	COD:            {"cod", "Cash on delivery", true},
	Saturday:       {"other", "Saturday delivery", false},
	LongEdge:       {"other", "Long parcel", false},
	Tax:            {"tax", "Tax", true},
}

func kindNames() []string {
	names := make([]string, 0, len(kinds))
	for k := range kinds {
		names = append(names, string(k))
	}
	slices.Sort(names)
	return names
}

// surcharge is a compiled Surcharge.
type surcharge struct {
	Surcharge
	charge string
	to     []area
}

// compileSurcharges picks what may apply to a service, in the card's order.
func compileSurcharges(list []Surcharge, service string) []surcharge {
	var out []surcharge
	for _, s := range list {
		if len(s.Services) > 0 && !slices.Contains(s.Services, service) {
			continue
		}
		about := kinds[s.Kind]
		if s.Name == "" {
			s.Name = about.name
		}
		out = append(out, surcharge{Surcharge: s, charge: about.charge, to: compileAreas(s.To)})
	}
	return out
}

// line is the surcharge's line of a price; false: it does not apply. Above is the sum of the lines so
// far, in the service's currency, like every amount.
func (s *surcharge) line(l *load, trip *trip, above int64, currency string) (waybill.Charge, bool) {
	times, of := int64(1), above
	switch s.Kind {
	case Residential:
		times = count(l.home)
	case ExtraParcel:
		times = l.parcels - 1
	case Signature:
		times = count(l.signed == carrier.CanSignature)
	case AdultSignature:
		times = count(l.signed == carrier.CanAdult)
	case Insurance:
		times, of = count(l.insured), trip.insured
	case COD:
		times, of = count(l.collects), trip.collect
	case Saturday:
		times = count(trip.saturday)
	case LongEdge:
		times = 0
		for _, edge := range l.edges {
			times += count(edge > s.OverMM)
		}
	}
	if times == 0 || !inside(s.to, &l.to) {
		return waybill.Charge{}, false
	}
	amount := max(s.Price*times+perMille(of, s.PerMille), s.Minimum)
	return waybill.Charge{Kind: s.charge, Name: s.Name, Amount: waybill.Money{Minor: amount, Currency: currency}}, true
}

func count(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// perMille is a share of an amount, halves rounded up, without leaving 64 bits on the way.
func perMille(amount, share int64) int64 {
	return amount/1000*share + (amount%1000*share+500)/1000
}
