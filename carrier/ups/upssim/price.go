package upssim

import "strconv"

// quote is the price of one order with one service, in the currency of its origin.
type quote struct {
	service  service
	zone     int
	currency string
	unit     string // LBS or KGS
	parcels  []priced
	items    []item // of the shipment as a whole
}

// priced is the price of one package.
type priced struct {
	actual, billing int64 // hundredths of the unit
	base, fuel      int64
	items           []item
}

// item is one charge beside the transport, in cents of the quote's currency. The codes are those of UPS's charge list
// that rate answers carry; 250 and 310 are [K].
type item struct {
	code, name string
	cents      int64
}

const (
	fuelPercent     = 18 // of the base charge
	accountPercent  = 68 // what an account pays of the published transport
	accountItemsPct = 82 // and of the published extras
	inchDivisor     = 139
	cmDivisor       = 5000
)

// price prices an order that examine has passed.
func price(o order, s service) quote {
	from, to := *o.from().Address, *o.ShipTo.Address
	home := countries[from.CountryCode]
	q := quote{service: s, zone: zone(from, to), currency: home.currency, unit: "LBS"}
	if o.Package[0].PackageWeight != nil {
		q.unit = o.Package[0].PackageWeight.UnitOfMeasurement.Code
	}
	in := func(usCents int64) int64 { return usCents * home.perUSD / 100 }
	for _, p := range o.Package {
		one := priced{actual: actualWeight(p), billing: billingWeight(p)}
		one.base = in((s.first + s.per*(pounds(one.billing, q.unit)-1)) * int64(100+13*(q.zone-2)) / 100)
		one.fuel = one.base * fuelPercent / 100
		for _, extra := range extras(o, p, pounds(one.actual, q.unit)) {
			extra.cents = in(extra.cents)
			one.items = append(one.items, extra)
		}
		q.parcels = append(q.parcels, one)
	}
	opts := o.options()
	if opts.SaturdayPickupIndicator != nil {
		q.items = append(q.items, item{"310", "SATURDAY PICKUP", in(1700)})
	}
	if opts.DeliveryConfirmation != nil {
		q.items = append(q.items, item{"120", "DELIVERY CONFIRMATION", in(655)})
	}
	return q
}

// extras lists what a package costs beside its transport, in US cents.
func extras(o order, p pack, pounds int64) []item {
	var items []item
	add := func(code, name string, cents int64) { items = append(items, item{code, name, cents}) }
	if o.ShipTo.Address.ResidentialAddressIndicator != nil {
		add("270", "RESIDENTIAL ADDRESS", 595)
	}
	if p.AdditionalHandling != nil || pounds > 50 {
		add("100", "ADDITIONAL HANDLING", 2900)
	}
	if o.options().SaturdayDeliveryIndicator != nil {
		add("300", "SATURDAY DELIVERY", 1700)
	}
	if o.returned() || o.options().ReturnService != nil {
		add("250", "RETURN SERVICE", 110)
	}
	opts := p.options()
	if c := opts.DeliveryConfirmation; c != nil {
		add("120", "DELIVERY CONFIRMATION", map[string]int64{"2": 655, "3": 765}[c.DCISType])
	}
	if opts.COD != nil {
		add("110", "COD", 1900)
	}
	if v := opts.DeclaredValue; v != nil {
		if hundreds := (hundredths(v.MonetaryValue) + 9999) / 10000; hundreds > 1 {
			add("400", "DECLARED VALUE", max(435, hundreds*145))
		}
	}
	return items
}

func actualWeight(p pack) int64 {
	if p.PackageWeight == nil {
		return 0
	}
	return hundredths(p.PackageWeight.Weight)
}

// billingWeight is the larger of actual and dimensional weight: whole pounds, or half kilograms, rounded up.
func billingWeight(p pack) int64 {
	if p.PackageWeight == nil || p.letter() {
		return 100
	}
	metric := p.PackageWeight.UnitOfMeasurement.Code == "KGS"
	step := int64(100)
	if metric {
		step = 50
	}
	w := max(actualWeight(p), step)
	if d := p.Dimensions; d != nil {
		whole := func(text string) int64 { return min((hundredths(text)+50)/100, 100_000) } // a kilometre is long enough
		volume := whole(d.Length) * whole(d.Width) * whole(d.Height)
		divisor := int64(inchDivisor)
		if metric {
			divisor = cmDivisor
		}
		w = max(w, (volume*100+divisor-1)/divisor)
	}
	return (w + step - 1) / step * step
}

// pounds turns a billing weight into whole pounds, which is what the tariff counts in.
func pounds(billing int64, unit string) int64 {
	if unit == "KGS" {
		return max(1, (billing*22046+999_999)/1_000_000)
	}
	return max(1, billing/100)
}

// The sums of a quote, in cents.

func (q quote) base() (n int64) {
	for _, p := range q.parcels {
		n += p.base
	}
	return n
}

func (q quote) fuel() (n int64) {
	for _, p := range q.parcels {
		n += p.fuel
	}
	return n
}

func (q quote) options() (n int64) {
	for _, p := range q.parcels {
		n += p.options()
	}
	return n + sum(q.items)
}

func (q quote) total() int64 { return q.base() + q.fuel() + q.options() }

// accountTotal is what the account pays.
func (q quote) accountTotal() int64 {
	return (q.base()+q.fuel())*accountPercent/100 + q.options()*accountItemsPct/100
}

func (p priced) options() int64 { return sum(p.items) }

func sum(items []item) (n int64) {
	for _, i := range items {
		n += i.cents
	}
	return n
}

// billing is the shipment's billing weight.
func (q quote) billing() weight {
	var n int64
	for _, p := range q.parcels {
		n += p.billing
	}
	return q.weight(n)
}

func (q quote) weight(hundredths int64) weight {
	name := "Pounds"
	if q.unit == "KGS" {
		name = "Kilograms"
	}
	return weight{coded{q.unit, name}, strconv.FormatInt(hundredths/100, 10) + "." + strconv.FormatInt(hundredths%100/10, 10)}
}

func (q quote) money(cents int64) money { return amount(q.currency, cents) }

// charges itemises fuel and extras.
func (q quote) charges(fuel int64, items []item) []charge {
	out := []charge{q.charge(item{"375", "FUEL SURCHARGE", fuel})}
	for _, i := range items {
		out = append(out, q.charge(i))
	}
	return out
}

func (q quote) charge(i item) charge {
	m := q.money(i.cents)
	return charge{i.code, i.name, m.CurrencyCode, m.MonetaryValue}
}

// all lists the extras of every package and of the shipment, one entry a code.
func (q quote) all() []item {
	var out []item
	at := map[string]int{}
	for _, p := range append(q.parcels, priced{items: q.items}) {
		for _, i := range p.items {
			if n, ok := at[i.code]; ok {
				out[n].cents += i.cents
				continue
			}
			at[i.code] = len(out)
			out = append(out, i)
		}
	}
	return out
}
