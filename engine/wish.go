package engine

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// Said is a word of the caller's, and where in the request it stands.
type Said struct{ Path, Value string }

// Wish is by whom, and for how much, a caller wants parcels carried. Each member may be left out. A connection or service
// that the account does not have is a mistake in the request, told by its path; one that it has and that does not take
// this parcel is none.
type Wish struct {
	Connection Said // external id or id
	ByName     bool // the connection's name, or the one that it is shown by, will do as well
	Service    Said // code, name or number
	Most       waybill.Money
	Currency   string // path of that of Most
}

// unknown is what of the wishes nothing of the account is called.
func (e *Engine) unknown(set *setup, way waybill.Direction, wishes ...Wish) (wrong []waybill.FieldError) {
	for _, w := range wishes {
		among := set.connections
		if name := w.Connection.Value; name != "" {
			among = slices.DeleteFunc(slices.Clone(among), func(c waybill.Connection) bool { return !w.means(provider(c)) })
			if no := unknownNamed(w.Connection.Path, name, "connection"); len(among) == 0 {
				if !slices.Contains(wrong, no) { // told by another wish of the same connection
					wrong = append(wrong, no)
				}
				continue
			}
		}
		if name := w.Service.Value; name != "" && !slices.ContainsFunc(among, func(c waybill.Connection) bool { return e.sells(set, c, way, name) }) {
			wrong = append(wrong, unknownNamed(w.Service.Path, name, "service"))
		}
	}
	return wrong
}

// sells reports whether a connection has a service that is called so, be it to be had today or not. What one that does
// not open has nobody can say.
func (e *Engine) sells(set *setup, c waybill.Connection, way waybill.Direction, name string) bool {
	opened, err := e.open(c)
	if err != nil {
		return true
	}
	for _, info := range opened.Services() {
		if (info.Direction == waybill.Incoming) != (way == waybill.Incoming) {
			continue
		}
		if name == info.Code || strings.EqualFold(name, info.Name) {
			return true
		}
		if own := set.serviceOf(c, info.Code, way); own != nil && (strings.EqualFold(name, own.Name) || name == strconv.FormatInt(own.Number, 10)) {
			return true
		}
	}
	return false
}

// means reports whether a connection is the one that is named; none named: any is.
func (w Wish) means(p waybill.Provider) bool {
	name := w.Connection.Value
	if name == "" || name == p.ExternalID || name == string(p.Connection) {
		return true
	}
	return w.ByName && (strings.EqualFold(name, p.Name) || strings.EqualFold(name, p.DisplayName) || strings.EqualFold(name, p.ExternalID))
}

// names reports whether an offer is of the connection and the service that are named.
func (w Wish) names(k waybill.Candidate) bool {
	return w.means(k.Provider) && w.serves(k.Rate.Service, cmp.Or(k.Provider.ServiceName, k.Rate.ServiceName), k.Provider.ServiceNo)
}

func (w Wish) serves(code, name string, number int64) bool {
	said := w.Service.Value
	return said == "" || said == code || strings.EqualFold(said, name) || (number != 0 && said == strconv.FormatInt(number, 10))
}

// affords reports whether an offer is no dearer than the caller allows.
func (w Wish) affords(k waybill.Candidate) bool {
	return w.Most.Currency == "" || (k.Sold.Currency == w.Most.Currency && k.Sold.Minor <= w.Most.Minor)
}

// foreign is the mistake of a price that none of the offers meant can be held against: all are in other currencies.
func (w Wish) foreign(offers []waybill.Candidate) error {
	var others []string
	for _, k := range offers {
		if k.Rank == 0 || !w.names(k) || w.Most.Currency == "" {
			continue
		}
		if k.Sold.Currency == w.Most.Currency {
			return nil
		}
		if !slices.Contains(others, k.Sold.Currency) {
			others = append(others, k.Sold.Currency)
		}
	}
	if len(others) == 0 {
		return nil
	}
	slices.Sort(others)
	list := strings.Join(others, ", ")
	return waybill.FieldErrors("book", []waybill.FieldError{{
		Path: w.Currency, Rule: waybill.RuleEnum, Value: w.Most.Currency, Limit: list, Message: "the rates are in " + list,
	}})
}

// dear is the mistake of a price that is less than all offers meant cost; nil: it is not that.
func (w Wish) dear(offers []waybill.Candidate) []waybill.FieldError {
	var least waybill.Money
	for _, k := range offers {
		if k.Rank == 0 || !w.names(k) || w.Most.Currency == "" || k.Sold.Currency != w.Most.Currency {
			continue
		}
		if w.affords(k) {
			return nil
		}
		if least.Currency == "" || k.Sold.Minor < least.Minor {
			least = k.Sold
		}
	}
	if least.Currency == "" {
		return nil
	}
	return []waybill.FieldError{{
		Path: strings.TrimSuffix(w.Currency, "currency") + "amount", Rule: waybill.RuleRange, Value: strconv.FormatInt(w.Most.Minor, 10),
		Limit: strconv.FormatInt(least.Minor, 10), Message: "the cheapest of them costs " + least.String(),
	}}
}

// wishes are what the caller of an order wants.
func (o *order) wishes() []Wish {
	list := slices.Clone(o.in.Named.Wishes)
	if o.choice != nil {
		list = append(list, o.choice.wish)
	}
	return slices.DeleteFunc(list, Wish.anybody)
}

// anybody reports whether a wish names nobody.
func (w Wish) anybody() bool { return w.Connection.Value == "" && w.Service.Value == "" }

// unasked are the connections that a caller wants and that are not asked, each with why: those that are idle, and those
// that the place has not.
func (s Session) unasked(set *setup, way waybill.Direction, asked []waybill.Connection, place string, wishes []Wish) (list []Missing) {
	for _, c := range set.connections {
		wanted := func(w Wish) bool {
			return !w.anybody() && w.means(provider(c)) && (w.Service.Value == "" || s.sells(set, c, way, w.Service.Value))
		}
		if !slices.ContainsFunc(wishes, wanted) || slices.ContainsFunc(asked, func(a waybill.Connection) bool { return a.ID == c.ID }) {
			continue
		}
		list = append(list, idleMissing(c, cmp.Or(idle(&c, s.Clock.Now()), "it is not assigned to the location "+place)))
	}
	return list
}

// wanting adds, where nobody carries what a caller wants somebody to carry, why those will not.
func (d decided) wanting(wishes []Wish) decided {
	if d.decision.Outcome != outcomeNone || d.why() != "" {
		return d
	}
	for _, w := range wishes {
		if said, _ := (&choice{wish: w}).against(d); said != "" {
			d.decision.Reason += " " + said
			break
		}
	}
	return d
}

// maxReasons is how many reasons a refusal gives.
const maxReasons = 3

// against is why what the caller wants is not to be had: who refused it, and in which words. Fault is of the first
// carrier that failed.
func (c *choice) against(d decided) (why string, fault *waybill.CarrierFault) {
	var said []string
	say := func(p waybill.Provider, reason string) {
		text := strings.TrimSpace(p.DisplayName+" "+p.ServiceName) + ": " + strings.TrimSuffix(reason, ".")
		if reason != "" && len(said) < maxReasons && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	for _, k := range d.decision.Candidates {
		switch {
		case !c.wish.names(k):
		case k.Rank == 0:
			say(k.Provider, k.Rejected)
		case !c.wish.affords(k):
			say(k.Provider, "it costs "+k.Sold.String())
		}
	}
	for _, m := range d.missing {
		p := m.Provider
		if !c.wish.means(p) || (p.Service != "" && !c.wish.serves(p.Service, p.ServiceName, p.ServiceNo)) {
			continue
		}
		say(p, m.Why)
		if fault == nil && m.Failure != nil {
			fault = m.Failure.Fault
		}
	}
	if len(said) == 0 {
		return "", fault
	}
	return strings.Join(said, "; ") + ".", fault
}
