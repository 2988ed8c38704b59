package engine

import (
	"slices"
	"strings"
	"time"

	"waybill"
)

// weekdays as locations write them, in the order of time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// leavesOn is the first day on which parcels that are ready at a time can leave a location, YYYY-MM-DD: today before
// the cut-off (without one, before it closes), else the next day that it is open.
func leavesOn(l *waybill.Location, now time.Time) string {
	here := now.In(zoneOfLocation(l))
	for day := range 8 {
		on := here.AddDate(0, 0, day)
		closes, open := closing(l, on.Weekday())
		if !open {
			continue
		}
		if last := firstOf(l.Cutoff, closes); day > 0 || last == "" || here.Format("15:04") < last {
			return on.Format(time.DateOnly)
		}
	}
	return here.Format(time.DateOnly)
}

// closing is when a location closes on a day of the week; empty: nobody said. False: it is not open at all.
func closing(l *waybill.Location, day time.Weekday) (closes string, open bool) {
	if len(l.Hours) == 0 {
		return "", true
	}
	at := slices.IndexFunc(l.Hours, func(h waybill.Hours) bool { return h.Day == weekdays[day] })
	if at < 0 {
		return "", false
	}
	return l.Hours[at].Closes, true
}

// departing is a shipment as carriers and rules are told of it: with the day on which it can leave its location, where
// that is later than today and than what the caller wanted.
func departing(set *setup, sh waybill.Shipment, now time.Time) waybill.Shipment {
	l := set.location(sh.Location)
	if l == nil || (l.Cutoff == "" && len(l.Hours) == 0) {
		return sh
	}
	if day := leavesOn(l, now); day > now.In(zoneOfLocation(l)).Format(time.DateOnly) && day > sh.Options.ShipDate {
		sh.Options.ShipDate = day
	}
	return sh
}

// checkDepartures refuses a cut-off and opening hours that cannot be.
func checkDepartures(l waybill.Location) error {
	if _, err := time.Parse("15:04", l.Cutoff); l.Cutoff != "" && (err != nil || len(l.Cutoff) != 5) {
		return wrongField("cutoff", waybill.RuleFormat, l.Cutoff, "the cut-off is a time of day, such as 16:30")
	}
	list := l.Hours
	var problems []waybill.FieldError
	for i, h := range list {
		path := "hours[" + itoa(i) + "]"
		wrong := func(member string, rule waybill.FieldRule, value, message string) {
			problems = append(problems, waybill.FieldError{Path: path + "." + member, Rule: rule, Value: value, Message: message})
		}
		switch {
		case !slices.Contains(weekdays, h.Day):
			wrong("day", waybill.RuleEnum, h.Day, "a day is one of "+strings.Join(weekdays, ", "))
		case slices.ContainsFunc(list[:i], func(o waybill.Hours) bool { return o.Day == h.Day }):
			wrong("day", waybill.RuleUnique, h.Day, "a day has its hours once")
		}
		for member, value := range map[string]string{"opens": h.Opens, "closes": h.Closes} {
			if _, err := time.Parse("15:04", value); err != nil || len(value) != 5 {
				wrong(member, waybill.RuleFormat, value, "a time of day is written HH:MM")
			}
		}
		if h.Opens >= h.Closes {
			wrong("closes", waybill.RuleRange, h.Closes, "a location closes after it opens")
		}
	}
	slices.SortStableFunc(problems, func(a, b waybill.FieldError) int { return strings.Compare(a.Path, b.Path) })
	return waybill.FieldErrors("location", problems)
}
