package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// bound is a value that ordered facts are compared with, and its currency when it is money.
type bound struct {
	n    int64
	unit string
	text string
}

// numberTest makes a criterion on a type that has an order.
func (p *parser) numberTest(l *leaf, f field, op Op, value []byte, path string) {
	bounds := p.bounds(f, op, value, path)
	shown := make([]string, len(bounds))
	for i, b := range bounds {
		shown[i] = b.text
	}
	if op == Between {
		l.words = phrase(f, op, strings.Join(shown, " and "))
	} else {
		l.words = phrase(f, op, words(shown))
	}
	l.got = func(v *view) string {
		n, known := f.number(v)
		if !known {
			return "missing"
		}
		unit := ""
		if f.unit != nil {
			unit = f.unit(v)
		}
		return show(f.Type, n, unit)
	}
	if len(bounds) == 0 {
		return // wrong, and said so
	}
	l.extent = numberExtent(f, op, bounds)
	compare := comparison(f.Type, op, bounds)
	negative := op == IsNot || op == NotIn
	l.test = func(v *view) bool {
		n, known := f.number(v)
		if known && f.unit != nil && bounds[0].unit != "" && f.unit(v) != bounds[0].unit {
			known = false
		}
		if !known {
			return negative
		}
		return compare(n)
	}
}

// comparison is an operator with its bounds applied.
func comparison(t Type, op Op, bounds []bound) func(int64) bool {
	first := bounds[0].n
	switch op {
	case Lt:
		return func(n int64) bool { return n < first }
	case Lte:
		return func(n int64) bool { return n <= first }
	case Gt:
		return func(n int64) bool { return n > first }
	case Gte:
		return func(n int64) bool { return n >= first }
	case Between:
		last := bounds[1].n
		if first > last && (t == TypeTime || t == TypeWeekday) {
			return func(n int64) bool { return n >= first || n <= last } // over midnight, over the weekend
		}
		return func(n int64) bool { return n >= first && n <= last }
	}
	wanted := op == Is || op == In
	return func(n int64) bool {
		return slices.ContainsFunc(bounds, func(b bound) bool { return b.n == n }) == wanted
	}
}

// bounds reads the value of a criterion: one value, two for between, a list for in and not_in.
func (p *parser) bounds(f field, op Op, value json.RawMessage, path string) []bound {
	var list []bound
	switch op {
	case In, NotIn, Between:
		elements, ok := p.spread(f, op, value, path)
		if !ok {
			return nil
		}
		for i, element := range elements {
			b, ok := p.bound(f, element, path+"["+strconv.Itoa(i)+"]")
			if !ok {
				return nil
			}
			list = append(list, b)
		}
	default:
		b, ok := p.bound(f, value, path)
		if !ok {
			return nil
		}
		return []bound{b}
	}
	if op != Between {
		return list
	}
	switch {
	case list[0].unit != list[1].unit:
		p.wrong(path, waybill.RuleFormat, value, "both amounts need the same currency")
	case list[0].n > list[1].n && f.Type != TypeTime && f.Type != TypeWeekday:
		p.wrong(path, waybill.RuleRange, value, "the range runs backwards")
	default:
		return list
	}
	return nil
}

// spread takes a list value apart. Times and weekdays may be written as a span: "08:00-16:30".
func (p *parser) spread(f field, op Op, value json.RawMessage, path string) ([]json.RawMessage, bool) {
	if s, ok := text(value); ok && op == Between && (f.Type == TypeTime || f.Type == TypeWeekday) {
		from, to, found := strings.Cut(s, "-")
		if found {
			return []json.RawMessage{quote(from), quote(to)}, true
		}
	}
	elements, ok := p.elements(value, path)
	switch {
	case !ok:
		return nil, false
	case op == Between && len(elements) != 2:
		p.wrong(path, waybill.RuleFormat, value, "between takes a list of two: [lowest, highest]")
		return nil, false
	case len(elements) == 0:
		p.wrong(path, waybill.RuleEmpty, value, "a list of at least one is wanted")
		return nil, false
	}
	return elements, true
}

func quote(s string) json.RawMessage {
	raw, _ := json.Marshal(strings.TrimSpace(s))
	return raw
}

// bound reads one value of the field's type.
func (p *parser) bound(f field, raw json.RawMessage, path string) (bound, bool) {
	s, isText := text(raw)
	n, isWhole := whole(raw)
	rule, problem := waybill.RuleFormat, ""
	b := bound{n: n, text: s}
	switch f.Type {
	case TypeInteger:
		if b.text = strconv.FormatInt(n, 10); !isWhole {
			rule, problem = waybill.RuleInteger, "a whole number is wanted"
		}
	case TypeMoney:
		if !isText {
			s = string(raw)
		}
		b.n, b.unit, problem = readMoney(s)
		b.text = s
	case TypeWeight:
		b.n, problem = readWeight(s)
	case TypeWeekday:
		b.n, problem = readWeekday(s)
		b.text = show(TypeWeekday, b.n, "")
	case TypeTime:
		b.n, problem = readClock(s)
	case TypeDate:
		b.n, problem = readDate(s)
	}
	if problem != "" {
		p.wrong(path, rule, raw, "%s: %s", f.Name, problem)
	}
	return b, problem == ""
}

// readMoney reads "20.00 GBP" or "20" into millionths.
func readMoney(s string) (n int64, currency, problem string) {
	const want = `write an amount as "20.00 GBP", or "20" for any currency`
	value, currency, _ := strings.Cut(strings.TrimSpace(s), " ")
	currency = strings.TrimSpace(currency)
	if currency != "" && !waybill.KnownCurrency(currency) {
		return 0, "", want
	}
	d, err := waybill.ParseDecimal(value)
	if err != nil || d.Sign() < 0 {
		return 0, "", want
	}
	n, ok := d.Scaled(million, 1)
	if !ok || n > 1_000_000_000*million {
		return 0, "", "the amount is too large"
	}
	return n, currency, ""
}

// readWeight reads "2.5 kg" into grams, rounded up as the fact it is compared with is.
func readWeight(s string) (grams int64, problem string) {
	const want = `write a weight with its unit: "2.5 kg", "800 g", "5 lb", "12 oz"`
	w, ok := parseWeight(s)
	if !ok {
		return 0, want
	}
	grams, ok = w.Value.Scaled(1, 1)
	if !ok || grams > 1_000_000_000 {
		return 0, "the weight is too large"
	}
	return w.Grams(), ""
}

// parseWeight takes a weight apart; the space before the unit may be left out.
func parseWeight(s string) (waybill.Weight, bool) {
	s = strings.TrimSpace(s)
	at := strings.LastIndexAny(s, "0123456789.") + 1
	unit := waybill.WeightUnit(strings.ToLower(strings.TrimSpace(s[at:])))
	d, err := waybill.ParseDecimal(s[:at])
	if err != nil || !unit.Known() || d.Sign() < 0 {
		return waybill.Weight{}, false
	}
	return waybill.Weight{Value: d, Unit: unit}, true
}

// show writes an ordered fact for the trace.
func show(t Type, n int64, unit string) string {
	switch t {
	case TypeMoney:
		return strings.TrimSpace(string(waybill.Decimal(strconv.FormatInt(n, 10)).Convert(1, million, 6)) + " " + unit)
	case TypeWeight:
		return string(waybill.Decimal(strconv.FormatInt(n, 10)).Convert(1, 1000, 3)) + " kg"
	case TypeWeekday:
		return weekdays[n]
	case TypeTime:
		return twoDigits(n/60) + ":" + twoDigits(n%60)
	case TypeDate:
		return strconv.FormatInt(n/10000, 10) + "-" + twoDigits(n/100%100) + "-" + twoDigits(n%100)
	}
	return strconv.FormatInt(n, 10)
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
