package ratecard

import "waybill"

// Sizes of what a load keeps without asking for memory; longer ones do ask.
const (
	usualZones   = 64
	usualParcels = 8
)

// load is a shipment read once for all services: measures in whole grams and millimetres.
type load struct {
	shipment *waybill.Shipment
	from, to end
	home     bool // the recipient's address is known to be a home
	metres   int64
	zones    []belongs // by zone; filled when first asked

	parcels int64
	grams   int64 // all parcels
	heavy   int64 // the heaviest parcel
	volume  int64 // cubic millimetres, all parcels
	edges   []int64
	edge    int64 // the longest
	girth   int64 // the largest sum of length and girth

	signed   string // which ability a signature asks for
	insured  bool
	collects bool     // cash on delivery
	wants    []string // abilities that the options ask for

	zoneBuffer [usualZones]belongs
	edgeBuffer [usualParcels]int64
}

// read fills the load. Its buffers hold the usual shipment, so that a quote allocates only its answer.
func (l *load) read(c *Compiled, s *waybill.Shipment) {
	l.shipment = s
	readEnd(&l.from, &s.From.Address)
	readEnd(&l.to, &s.To.Address)
	l.home = s.To.Address.Residential != nil && *s.To.Address.Residential
	l.metres = -1
	if a, b := s.From.Address.Point, s.To.Address.Point; c.measured && a != nil && b != nil {
		l.metres = a.Metres(*b)
	}
	l.zones = l.zoneBuffer[:]
	if len(c.zones) > usualZones {
		l.zones = make([]belongs, len(c.zones))
	}
	l.measure(s)
	l.ask(s)
}

// measure adds the parcels up. Parcels without a weight of their own share the total given for all.
func (l *load) measure(s *waybill.Shipment) {
	l.parcels = max(1, int64(len(s.Parcels)))
	l.edges = l.edgeBuffer[:0]
	var sum int64
	for i := range s.Parcels {
		p := &s.Parcels[i]
		grams := within(p.Weight.Grams(), maxGrams)
		sum += grams
		l.heavy = max(l.heavy, grams)
		a, b, c := p.Size.Millimetres()
		a, b, c = within(a, maxEdge), within(b, maxEdge), within(c, maxEdge)
		longest := max(a, b, c)
		l.edges = append(l.edges, longest)
		l.edge = max(l.edge, longest)
		l.girth = max(l.girth, longest+2*(a+b+c-longest))
		l.volume = within(l.volume+a*b*c, maxEdge*maxEdge*maxEdge)
	}
	l.grams = within(sum, maxGrams+1)
	if s.TotalWeight.Value != "" {
		l.grams = within(s.TotalWeight.Grams(), maxGrams+1)
	}
	if l.heavy == 0 {
		l.heavy = (l.grams + l.parcels - 1) / l.parcels
	}
}

// ask reads the abilities that the options ask for.
func (l *load) ask(s *waybill.Shipment) {
	l.wants = s.Needs()
	for _, want := range l.wants {
		switch want {
		case waybill.CanSignature, waybill.CanAdult:
			l.signed = want
		case waybill.CanInsurance:
			l.insured = true
		case waybill.CanCOD:
			l.collects = true
		}
	}
}

// in tells whether the trip belongs to a zone, working it out once.
func (l *load) in(c *Compiled, zone int) belongs {
	if l.zones[zone] == notAsked {
		l.zones[zone] = c.zones[zone].holds(&l.from, &l.to, l.metres)
	}
	return l.zones[zone]
}

// chargeable is the weight that is paid for: the larger of what it weighs and what its volume counts as,
// rounded up to the step. A cubic centimetre is 1000 mm³ and a kilogram 1000 g, so mm³ over the divisor
// are grams.
func (l *load) chargeable(divisor, step int64) int64 {
	grams := l.grams
	if divisor > 0 {
		grams = max(grams, (l.volume+divisor-1)/divisor)
	}
	return (grams + step - 1) / step * step
}

// within holds a caller's measure in the range that arithmetic is safe in. A measure that did not fit
// its type at all counts as the largest, never as nothing.
func within(n, high int64) int64 {
	if n < 0 || n > high {
		return high
	}
	return n
}
