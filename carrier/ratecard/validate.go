package ratecard

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
)

// The largest figures a card may hold or a shipment is read as. A base price is then at most 10^16, each
// of the eight lines that are a share of those above at most doubles it, and no price leaves 64 bits.
const (
	maxAmount   = 100_000_000     // minor units
	maxValue    = 100_000_000_000 // minor units to insure or collect
	maxGrams    = 100_000_000     // 100 t
	maxEdge     = 1_000_000       // mm: 1 km
	maxPerMille = 1000
	maxShares   = 8 // fuel and tax lines
	maxDays     = 365
	maxKM       = 21_000 // half way round the Earth
)

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts

// Validate lists everything that is wrong with a card, each with the path of the member at fault, such
// as services[0].tariffs[2].bands[1].price. An empty answer means that [Compile] will take it.
func Validate(card Card) []waybill.FieldError {
	v := &validator{card: card}
	v.head()
	for i, z := range card.Zones {
		v.zone(fmt.Sprintf("zones[%d]", i), z)
	}
	for i, s := range card.Services {
		v.service(fmt.Sprintf("services[%d]", i), s)
	}
	shares := 0
	for i, s := range card.Surcharges {
		v.surcharge(fmt.Sprintf("surcharges[%d]", i), s)
		shares += int(count(s.Kind == Fuel || s.Kind == Tax))
	}
	if shares > maxShares {
		v.add("surcharges", waybill.RuleMaxItems, number(int64(shares)), "may have at most %d lines of fuel and tax", maxShares)
	}
	duplicates(v, "zones", "code", card.Zones, func(z Zone) string { return z.Code })
	duplicates(v, "services", "code", card.Services, func(s Service) string { return s.Code })
	return v.problems
}

// validator collects problems; they are many, because a person mends a card in one go.
type validator struct {
	card     Card
	problems []waybill.FieldError
}

func (v *validator) add(path string, rule waybill.FieldRule, value, format string, args ...any) {
	v.problems = append(v.problems, waybill.FieldError{
		Path: path, Rule: rule, Value: value, Message: path + " " + fmt.Sprintf(format, args...),
	})
}

func (v *validator) head() {
	v.required("version", v.card.Version)
	if _, err := time.Parse(time.DateOnly, v.card.ValidFrom); err != nil {
		v.add("valid_from", waybill.RuleFormat, v.card.ValidFrom, "must be a date, YYYY-MM-DD")
	}
	v.currency("currency", v.card.Currency)
	if _, err := zoneOf(v.card.TimeZone); err != nil {
		v.add("time_zone", waybill.RuleEnum, v.card.TimeZone, "must be the name of a time zone, such as Europe/London")
	}
	v.clock("cutoff", v.card.Cutoff)
	v.days("working_days", v.card.WorkingDays)
	if len(v.card.Zones) == 0 {
		v.add("zones", waybill.RuleEmpty, "", "must list at least one zone")
	}
	if len(v.card.Services) == 0 {
		v.add("services", waybill.RuleEmpty, "", "must list at least one service")
	}
}

func (v *validator) zone(path string, z Zone) {
	v.required(path+".code", z.Code)
	v.areas(path+".from", z.From)
	v.areas(path+".to", z.To)
	if d := z.Distance; d != nil {
		v.between(path+".distance.over_km", d.OverKM, 0, maxKM)
		v.between(path+".distance.up_to_km", d.UpToKM, 0, maxKM)
		if d.UpToKM != 0 && d.UpToKM <= d.OverKM {
			v.add(path+".distance.up_to_km", waybill.RuleRange, number(d.UpToKM), "must be more than over_km")
		}
	}
}

func (v *validator) areas(path string, list []Area) {
	for i, a := range list {
		path := fmt.Sprintf("%s[%d]", path, i)
		if len(a.Countries) == 0 {
			v.add(path+".countries", waybill.RuleEmpty, "", "must list at least one country")
		}
		for j, code := range a.Countries {
			if country(code) < 0 {
				v.add(fmt.Sprintf("%s.countries[%d]", path, j), waybill.RuleFormat, code, "must be a country code of two capital letters")
			}
		}
		if len(a.Countries) != 1 && len(a.States)+len(a.Postcodes) > 0 {
			v.add(path+".countries", waybill.RuleNeeds, "", "must be exactly one country when states or postcodes are listed")
		}
		for j, state := range a.States {
			v.required(fmt.Sprintf("%s.states[%d]", path, j), state)
		}
		for j, pattern := range a.Postcodes {
			isBritish := len(a.Countries) == 1 && slices.Contains(british, a.Countries[0])
			if problem := patternProblem(pattern, isBritish); problem != "" {
				v.add(fmt.Sprintf("%s.postcodes[%d]", path, j), waybill.RuleFormat, pattern, "%q: %s", pattern, problem)
			}
		}
	}
}

func (v *validator) service(path string, s Service) {
	v.required(path+".code", s.Code)
	v.required(path+".name", s.Name)
	if s.Direction != waybill.Outgoing && s.Direction != waybill.Incoming {
		v.add(path+".direction", waybill.RuleEnum, string(s.Direction), "must be outgoing or incoming")
	}
	for i, a := range s.Abilities {
		if a == "" || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz_") != "" {
			v.add(fmt.Sprintf("%s.abilities[%d]", path, i), waybill.RuleFormat, a, "must be a word of small letters, such as %s", carrier.CanSignature)
		}
	}
	if s.Currency != "" {
		v.currency(path+".currency", s.Currency)
	}
	v.between(path+".divisor", s.Divisor, 0, maxAmount)
	v.between(path+".weight_step_g", s.WeightStepG, 0, maxGrams)
	v.clock(path+".cutoff", s.Cutoff)
	v.clock(path+".deliver_by", s.DeliverBy)
	v.days(path+".working_days", s.WorkingDays)
	v.between(path+".limits.parcel_g", s.Limits.ParcelG, 0, maxGrams)
	v.between(path+".limits.shipment_g", s.Limits.ShipmentG, 0, maxGrams)
	v.between(path+".limits.edge_mm", s.Limits.EdgeMM, 0, maxEdge)
	v.between(path+".limits.length_girth_mm", s.Limits.LengthGirthMM, 0, 5*maxEdge)
	v.between(path+".limits.parcels", s.Limits.Parcels, 0, maxAmount)
	if len(s.Tariffs) == 0 {
		v.add(path+".tariffs", waybill.RuleEmpty, "", "must price at least one zone")
	}
	for i, t := range s.Tariffs {
		v.tariff(fmt.Sprintf("%s.tariffs[%d]", path, i), t)
	}
	duplicates(v, path+".tariffs", "zone", s.Tariffs, func(t Tariff) string { return t.Zone })
}

// tariff demands bands whose prices never fall: with that, no heavier shipment is ever cheaper.
func (v *validator) tariff(path string, t Tariff) {
	if !slices.ContainsFunc(v.card.Zones, func(z Zone) bool { return z.Code == t.Zone }) {
		v.add(path+".zone", waybill.RuleExists, t.Zone, "must be the code of a zone of this card")
	}
	if t.Days != nil {
		v.between(path+".days", int64(*t.Days), 0, maxDays)
	}
	v.between(path+".minimum", t.Minimum, 0, maxAmount)
	if len(t.Bands) == 0 && t.Extra == nil {
		v.add(path+".bands", waybill.RuleEmpty, "", "must have a band, or the tariff an extra")
	}
	for i, b := range t.Bands {
		path := fmt.Sprintf("%s.bands[%d]", path, i)
		v.between(path+".up_to_g", b.UpToG, 1, maxGrams)
		v.between(path+".price", b.Price, 0, maxAmount)
		if i > 0 && b.UpToG <= t.Bands[i-1].UpToG {
			v.add(path+".up_to_g", waybill.RuleRange, number(b.UpToG), "must be more than the band before it")
		}
		if i > 0 && b.Price < t.Bands[i-1].Price {
			v.add(path+".price", waybill.RuleRange, number(b.Price), "must not be less than a lighter band's")
		}
	}
	if t.Extra != nil {
		v.between(path+".extra.step_g", t.Extra.StepG, 1, maxGrams)
		v.between(path+".extra.price", t.Extra.Price, 0, maxAmount)
	}
}

func (v *validator) surcharge(path string, s Surcharge) {
	about, ok := kinds[s.Kind]
	if !ok {
		v.add(path+".kind", waybill.RuleEnum, string(s.Kind), "must be one of %s", strings.Join(kindNames(), ", "))
		return
	}
	v.between(path+".price", s.Price, 0, maxAmount)
	v.between(path+".per_mille", s.PerMille, 0, maxPerMille)
	v.between(path+".minimum", s.Minimum, 0, maxAmount)
	if s.Price == 0 && s.PerMille == 0 && s.Minimum == 0 {
		v.add(path+".price", waybill.RuleRequired, "", "or per_mille or minimum must be given")
	}
	if !about.share && (s.PerMille != 0 || s.Minimum != 0) {
		v.add(path+".per_mille", waybill.RuleNeeds, "", "and minimum are not for %s, which has a price", s.Kind)
	}
	if (s.Kind == LongEdge) != (s.OverMM > 0) || s.OverMM > maxEdge {
		v.add(path+".over_mm", waybill.RuleNeeds, number(s.OverMM), "must be a length for long_edge, and is not for other kinds")
	}
	if s.Kind == RemoteArea && len(s.To) == 0 {
		v.add(path+".to", waybill.RuleRequired, "", "must say what is remote")
	}
	v.areas(path+".to", s.To)
	v.surchargeServices(path, s)
}

// surchargeServices demands that an amount in minor units is of one currency.
func (v *validator) surchargeServices(path string, s Surcharge) {
	currencies := map[string]bool{}
	for _, service := range v.card.Services {
		if len(s.Services) == 0 || slices.Contains(s.Services, service.Code) {
			currencies[cmp.Or(service.Currency, v.card.Currency)] = true
		}
	}
	for i, code := range s.Services {
		if !slices.ContainsFunc(v.card.Services, func(service Service) bool { return service.Code == code }) {
			v.add(fmt.Sprintf("%s.services[%d]", path, i), waybill.RuleExists, code, "must be the code of a service of this card")
		}
	}
	if len(currencies) > 1 && (s.Price != 0 || s.Minimum != 0) {
		v.add(path+".services", waybill.RuleNeeds, "", "must name services of one currency, because the surcharge has an amount")
	}
}

func (v *validator) required(path, value string) {
	if strings.TrimSpace(value) == "" {
		v.add(path, waybill.RuleRequired, value, "must be given")
	}
}

func (v *validator) between(path string, value, low, high int64) {
	if value < low || value > high {
		v.add(path, waybill.RuleRange, number(value), "must be from %d to %d", low, high)
	}
}

func (v *validator) currency(path, value string) {
	if len(value) != 3 || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		v.add(path, waybill.RuleFormat, value, "must be a currency code of three capital letters")
	}
}

func (v *validator) clock(path, value string) {
	if _, ok := minuteOf(value, 0); !ok {
		v.add(path, waybill.RuleFormat, value, "must be a time of day, HH:MM")
	}
}

func (v *validator) days(path string, list []string) {
	for i, day := range list {
		if !slices.Contains(weekdays, day) {
			v.add(fmt.Sprintf("%s[%d]", path, i), waybill.RuleEnum, day, "must be one of %s", strings.Join(weekdays, ", "))
		}
	}
}

// duplicates reports a key that two members of a list share.
func duplicates[T any](v *validator, path, member string, list []T, key func(T) string) {
	seen := map[string]bool{}
	for i, item := range list {
		if k := key(item); k != "" && seen[k] {
			v.add(fmt.Sprintf("%s[%d].%s", path, i, member), waybill.RuleUnique, k, "is used twice")
		} else {
			seen[k] = true
		}
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
