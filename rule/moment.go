package rule

import (
	"cmp"
	"strings"
	"time"

	"waybill"
)

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// readWeekday reads a weekday by its English name or the first three letters of it; Monday is 0.
func readWeekday(s string) (int64, string) {
	for i, name := range weekdays {
		if strings.EqualFold(s, name) || strings.EqualFold(s, name[:3]) {
			return int64(i), ""
		}
	}
	return 0, "write a weekday as mon, tue, wed, thu, fri, sat or sun"
}

// readClock reads "16:30" into minutes after midnight.
func readClock(s string) (int64, string) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, `write a time of day as "16:30"`
	}
	return int64(t.Hour()*60 + t.Minute()), ""
}

// readDate reads "2026-12-24" into 20261224.
func readDate(s string) (int64, string) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, `write a date as "2026-12-24"`
	}
	return dateOf(t), ""
}

func dateOf(t time.Time) int64 {
	year, month, day := t.Date()
	return int64(year)*10000 + int64(month)*100 + int64(day)
}

// requested is the moment by which the caller wants the shipment delivered.
const requested = "requested"

// moment is a point in time that a rule names: a day, an instant, or the one the caller requested.
type moment struct {
	day     time.Time // midnight, in no zone yet
	instant time.Time
	text    string
}

func readMoment(s string) (moment, bool) {
	m := moment{text: s}
	if s == requested {
		m.text = "the time the caller requested"
		return m, true
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		m.day = t
		return m, true
	}
	t, err := time.Parse(time.RFC3339, s)
	m.instant = t
	return m, err == nil
}

// span is the moment's first and last second as Unix time: a day has 86,400 of them where the shipment
// leaves. False: the caller requested no time.
func (m moment) span(f *Facts) (first, last int64, ok bool) {
	switch {
	case !m.instant.IsZero():
		return m.instant.Unix(), m.instant.Unix(), true
	case !m.day.IsZero():
		year, month, day := m.day.Date()
		start := time.Date(year, month, day, 0, 0, 0, 0, f.Now.Location())
		return start.Unix(), start.AddDate(0, 0, 1).Unix() - 1, true
	}
	if by := f.Shipment.DeliveryTime.Ends; by != nil {
		return by.Unix(), by.Unix(), true
	}
	return 0, 0, false
}

func (p *parser) momentTest(l *leaf, f field, op Op, value []byte, path string) {
	s, _ := text(value)
	m, ok := readMoment(s)
	if !ok {
		p.wrong(path, waybill.RuleFormat, value, `write a moment as "2026-12-24", "2026-12-24T12:00:00Z" or "requested"`)
		return
	}
	l.words = phrase(f, op, m.text)
	l.got = func(v *view) string {
		if n, known := f.number(v); known {
			return time.Unix(n, 0).In(v.facts.Now.Location()).Format(time.RFC3339)
		}
		return "missing"
	}
	l.test = func(v *view) bool {
		first, last, ok := m.span(v.facts)
		n, known := f.number(v)
		if !ok || !known {
			return false
		}
		switch op {
		case Lt:
			return n < first
		case Lte:
			return n <= last
		case Gt:
			return n > last
		default:
			return n >= first
		}
	}
}

// promise is when a candidate says it will arrive, so that promises can be compared: the day, and the
// minute of it (the end of the day when only days are promised).
type promise struct {
	day     int64 // days since 1970; 0: no promise
	minute  int64
	precise bool
}

const endOfDay = 24 * 60

// promised reads a candidate's promise. Transit days count from now and skip Saturdays and Sundays.
func promised(c *waybill.Candidate, now time.Time) promise {
	if by := c.Rate.Delivery; by != nil {
		local := by.In(now.Location())
		return promise{day: dayNumber(local), minute: int64(local.Hour()*60 + local.Minute()), precise: true}
	}
	if c.Rate.TransitDays <= 0 {
		return promise{}
	}
	day := now
	for left := min(c.Rate.TransitDays, 366); left > 0; {
		day = day.AddDate(0, 0, 1)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			left--
		}
	}
	return promise{day: dayNumber(day), minute: endOfDay}
}

func dayNumber(t time.Time) int64 {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// compare orders promises, the earlier first; no promise comes last.
func (p promise) compare(q promise) int {
	if p.day == 0 || q.day == 0 {
		return cmp.Compare(q.day, p.day)
	}
	return cmp.Or(cmp.Compare(p.day, q.day), cmp.Compare(p.minute, q.minute))
}

// laterThan reports whether a promise is worse than another one. When one of them names only the day,
// the days alone count. Whatever is promised is no worse than no promise.
func (p promise) laterThan(q promise) bool {
	if p.day != 0 && q.day != 0 && !(p.precise && q.precise) {
		return p.day > q.day
	}
	return p.compare(q) > 0
}

func (p promise) String() string {
	switch {
	case p.day == 0:
		return "no promised time"
	case p.precise:
		return "by " + time.Unix(p.day*86400, 0).UTC().Format(time.DateOnly) + " " + show(TypeTime, p.minute, "")
	}
	return "on " + time.Unix(p.day*86400, 0).UTC().Format(time.DateOnly)
}
