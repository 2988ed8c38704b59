package engine

import (
	"slices"
	"time"

	"waybill"
)

// visitable is between which times of a day a carrier can come to a location that says when it is open; false: not on
// that day.
func visitable(l *waybill.Location, day time.Time) (opens, closes time.Time, open bool) {
	at := slices.IndexFunc(l.Hours, func(h waybill.Hours) bool { return h.Day == weekdays[day.Weekday()] })
	if at < 0 {
		return opens, closes, false
	}
	clock := func(text string) time.Time {
		at, _ := time.Parse("15:04", text) // checked when it was stored
		return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, day.Location())
	}
	return clock(l.Hours[at].Opens), clock(l.Hours[at].Closes), true
}

// checkHours refuses a window in which nobody is at the location, and names the next one that is possible. Of a location
// that does not say when it is open, who asks for the visit knows best, and the carrier says when it comes.
func checkHours(l *waybill.Location, ready, closes, now time.Time) []waybill.FieldError {
	if len(l.Hours) == 0 {
		return nil
	}
	from, to, open := visitable(l, ready)
	wrong := waybill.FieldError{Path: "ready", Rule: waybill.RuleRange}
	switch {
	case !open:
		wrong.Message = l.ExternalID + " is closed on " + ready.Format("Monday, 2006-01-02")
	case ready.Before(from):
		wrong.Message = l.ExternalID + " opens at " + from.Format("15:04") + " on that day"
	case closes.After(to):
		wrong.Path, wrong.Message = "close", l.ExternalID+" closes at "+to.Format("15:04")+" on that day"
	default:
		return nil
	}
	if from, to, ok := nextVisit(l, ready, now.In(ready.Location())); ok {
		wrong.Limit = from.Format(time.RFC3339) + "/" + to.Format(time.RFC3339)
		wrong.Message += "; the next possible window is from " + from.Format("2006-01-02 15:04") + " to " + to.Format("15:04")
	}
	return []waybill.FieldError{wrong}
}

// nextVisit is the first window in which a carrier can come, on the day wanted or later, that is not past.
func nextVisit(l *waybill.Location, wanted, now time.Time) (from, to time.Time, ok bool) {
	for day := range 15 {
		at := time.Date(wanted.Year(), wanted.Month(), wanted.Day()+day, 12, 0, 0, 0, wanted.Location())
		if from, to, ok = visitable(l, at); !ok || !to.After(now) || day == 0 && !to.After(wanted) {
			continue
		}
		if from.Before(now) {
			from = now.Truncate(time.Minute).Add(time.Minute)
		}
		if from.Before(to) {
			return from, to, true
		}
	}
	return from, to, false
}
