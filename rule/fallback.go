package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"waybill"
)

// maxAttempts is how many purchases one shipment may take in all: time runs out after that.
const maxAttempts = 3

// DefaultFallback is how far a second choice may be from the first when no rule says otherwise: the
// same or an earlier promise, at most 20 % dearer, three purchases in all.
func DefaultFallback() waybill.Fallback {
	return waybill.Fallback{MaxExtra: 200, Attempts: maxAttempts}
}

// compileFallback checks the limits of a second choice. Those the action does not name stay as they are.
func (p *parser) compileFallback(a *action, path string) {
	a.slot = "fallback"
	if a.Off {
		a.words = "allows no second choice"
		a.limits = func(f *waybill.Fallback, _ *Facts) { f.Off = true }
		return
	}
	perMille, ok := percent(a.MaxExtra)
	if a.MaxExtra != "" && !ok {
		p.wrong(path+".max_extra", waybill.RuleFormat, []byte(a.MaxExtra), `write the most a second choice may cost more as "10%%"`)
	}
	_, currency, problem := readMoney(a.MaxExtraAmount)
	if a.MaxExtraAmount != "" && (problem != "" || currency == "") {
		p.wrong(path+".max_extra_amount", waybill.RuleFormat, []byte(a.MaxExtraAmount), `write an amount as "5.00 GBP"`)
	}
	value, _, _ := strings.Cut(a.MaxExtraAmount, " ")
	extra := waybill.Amount{Value: waybill.Decimal(value), Currency: currency}.Money()
	latest, ok := readMoment(a.Latest)
	if a.Latest != "" && !ok {
		p.wrong(path+".latest", waybill.RuleFormat, []byte(a.Latest), `write a moment as "2026-12-24", "2026-12-24T12:00:00Z" or "requested"`)
	}
	a.limits = func(f *waybill.Fallback, facts *Facts) {
		switch {
		case a.MaxExtra != "":
			f.MaxExtra = perMille
		case a.MaxExtraAmount != "":
			f.MaxExtra = 0 // the amount alone counts
		}
		if a.MaxExtraAmount != "" {
			f.MaxExtraAbs = &extra
		}
		if a.Latest != "" {
			if _, last, ok := latest.span(facts); ok {
				by := time.Unix(last, 0).UTC()
				f.Latest, f.LaterAllowed = &by, true
			}
		}
		f.LaterAllowed = f.LaterAllowed || a.Later
		f.Services = a.Services
		if a.Attempts > 0 {
			f.Attempts = a.Attempts
		}
	}
	a.words = "limits a second choice" + a.limitWords(latest.text)
}

func (a *action) limitWords(latest string) string {
	var parts []string
	add := func(given bool, format string, args ...any) {
		if given {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(a.MaxExtra != "", "at most %s dearer", a.MaxExtra)
	add(a.MaxExtraAmount != "", "at most %s dearer", a.MaxExtraAmount)
	add(a.Later && a.Latest == "", "a later promise will do")
	add(a.Latest != "", "by %s at the latest", latest)
	add(len(a.Services) > 0, "service %s", strings.Join(a.Services, " or "))
	add(a.Attempts > 0, "%d purchases in all", a.Attempts)
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// Next is the candidate to buy now: an index into the ranked candidates. Tried are the indexes already
// bought without success, in order; with none it is the winner. Not ok: nothing more may be tried, and
// why says so. Ok after a failure: why says what the second choice costs.
func Next(ranked []waybill.Candidate, tried []int, limits waybill.Fallback, now time.Time) (index int, ok bool, why string) {
	winner := slices.IndexFunc(ranked, func(c waybill.Candidate) bool { return c.Rank == 1 })
	switch {
	case winner < 0:
		return 0, false, "there is no rate to book with"
	case len(tried) == 0:
		return winner, true, ""
	case limits.Off:
		return 0, false, "no second choice is allowed"
	case len(tried) >= min(limits.Attempts, maxAttempts):
		return 0, false, fmt.Sprintf("%d of %d purchases are used up", len(tried), min(limits.Attempts, maxAttempts))
	}
	var refused []string
	for rank := 2; rank <= len(ranked); rank++ {
		i := slices.IndexFunc(ranked, func(c waybill.Candidate) bool { return c.Rank == rank })
		if i < 0 {
			break
		}
		if slices.Contains(tried, i) {
			continue
		}
		against := objection(&ranked[winner], &ranked[i], limits, now)
		if against == "" {
			return i, true, fmt.Sprintf("%s, %s, in place of %s, %s", label(&ranked[i]), ranked[i].Sold, label(&ranked[winner]), ranked[winner].Sold)
		}
		refused = append(refused, label(&ranked[i])+" "+against)
	}
	if refused == nil {
		return 0, false, "there is no other rate"
	}
	return 0, false, "no other rate is within the limits: " + strings.Join(refused, "; ")
}

// objection is why a candidate may not stand in for the winner; empty: it may.
func objection(winner, next *waybill.Candidate, limits waybill.Fallback, now time.Time) string {
	code, _ := serviceOf(next)
	first, second := promised(winner, now), promised(next, now)
	extra := micros(next.Sold) - micros(winner.Sold)
	switch {
	case next.Rate.Expires != nil && !now.Before(*next.Rate.Expires):
		return "has expired"
	case len(limits.Services) > 0 && !slices.Contains(limits.Services, code):
		return "is not among the services allowed"
	case next.Sold.Currency != winner.Sold.Currency:
		return "is priced in another currency"
	case limits.MaxExtraAbs != nil && limits.MaxExtraAbs.Currency != next.Sold.Currency:
		return "is priced in another currency than the limit of " + limits.MaxExtraAbs.String()
	case limits.MaxExtraAbs != nil && extra > micros(*limits.MaxExtraAbs):
		return fmt.Sprintf("costs %s, more than %s over %s", next.Sold, limits.MaxExtraAbs, winner.Sold)
	case (limits.MaxExtraAbs == nil || limits.MaxExtra > 0) && dearer(winner.Sold.Minor, next.Sold.Minor, limits.MaxExtra):
		return fmt.Sprintf("costs %s, more than %s %% over %s", next.Sold, waybill.Decimal(fmt.Sprint(limits.MaxExtra)).Convert(1, 10, 1), winner.Sold)
	case !limits.LaterAllowed && second.laterThan(first):
		return fmt.Sprintf("arrives later: %s instead of %s", second, first)
	case limits.Latest != nil && second.laterThan(momentPromise(*limits.Latest, now)):
		return fmt.Sprintf("arrives too late: %s", second)
	}
	return ""
}

// dearer reports whether next costs more than perMille over first.
func dearer(first, next, perMille int64) bool {
	return next > first && (next-first)*1000 > first*perMille
}

func momentPromise(t time.Time, now time.Time) promise {
	return promised(&waybill.Candidate{Rate: waybill.Rate{Delivery: &t}}, now)
}

// label names a candidate: "UPS / UPS Ground".
func label(c *waybill.Candidate) string {
	code, _ := serviceOf(c)
	service := c.Rate.ServiceName
	if service == "" {
		service = c.Provider.ServiceName
	}
	if service == "" {
		service = code
	}
	return named(&c.Provider, service)
}

func named(p *waybill.Provider, service string) string {
	name := p.DisplayName
	if name == "" {
		name = p.Name
	}
	if name == "" {
		name = p.ExternalID
	}
	if service == "" {
		return name
	}
	return name + " / " + service
}
