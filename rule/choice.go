package rule

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// choice is what the caller's own words leave of the options, before any rule.
type choice struct {
	bypass string // not empty: no rule is asked, and why
	pinned string // not empty: rules do not choose the carrier, and why
	fixed  bool   // the caller named the service: no other is tried
}

// choose carries out the caller's own words on the options. A service number that no connection has is
// no choice: rules decide, as Shiptheory does it.
func (p *pool) choose(c waybill.Choice, trace *trace) choice {
	var made choice
	if c.Connection != "" {
		made.pinned = "the caller named connection " + c.Connection
		p.keep(func(o *option) bool { return o.provider.ExternalID == c.Connection }, made.pinned)
	}
	if len(c.Proposed) > 0 {
		p.keep(func(o *option) bool { return proposed(c.Proposed, o) }, "the caller proposed "+proposal(c.Proposed))
		made.fixed = len(c.Proposed) == 1 && len(c.Proposed[0].Services) == 1
	}
	if c.Service == 0 {
		return made
	}
	number := "service number " + strconv.FormatInt(c.Service, 10)
	if !slices.ContainsFunc(p.options, func(o option) bool { return o.number == c.Service }) {
		trace.add(waybill.StageSelect, "The caller's "+number, waybill.StepSkipped, "no connection has it, rules decide")
		return made
	}
	made.bypass, made.fixed = "the caller named "+number, true
	p.keep(func(o *option) bool { return o.number == c.Service }, made.bypass)
	p.keepIncrement(c)
	return made
}

// keepIncrement keeps the connection with the increment asked for; without one the lowest.
func (p *pool) keepIncrement(c waybill.Choice) {
	wanted, why := c.Increment, "the caller named increment "+strconv.Itoa(c.Increment)
	if wanted == 0 {
		left := slices.DeleteFunc(slices.Clone(p.options), func(o option) bool { return o.out != "" })
		if len(left) == 0 {
			return
		}
		wanted = slices.MinFunc(left, func(a, b option) int { return cmp.Compare(a.increment, b.increment) }).increment
		why = "increment " + strconv.Itoa(wanted) + " goes first"
	}
	p.keep(func(o *option) bool { return o.increment == wanted }, why)
}

// proposed reports whether any pick fits. A pick's provider is a connection's name, display name or
// external id; none fits all. Its services are named by code, by the account's own number or by name. Where services are not known yet only the provider counts.
func proposed(picks []waybill.Pick, o *option) bool {
	return slices.ContainsFunc(picks, func(pick waybill.Pick) bool {
		names := []string{o.provider.Name, o.provider.DisplayName, o.provider.ExternalID}
		if pick.Provider != "" && !foldContains(names, pick.Provider) {
			return false
		}
		return o.open || len(pick.Services) == 0 || slices.ContainsFunc(pick.Services, func(s string) bool {
			return s == o.code || strings.EqualFold(s, o.service) || (o.number != 0 && s == strconv.FormatInt(o.number, 10))
		})
	})
}

func proposal(picks []waybill.Pick) string {
	parts := make([]string, len(picks))
	for i, pick := range picks {
		parts[i] = strings.TrimSpace(pick.Provider + " " + strings.Join(pick.Services, " or "))
	}
	return words(parts)
}
