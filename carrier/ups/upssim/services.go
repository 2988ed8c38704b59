package upssim

import (
	"strconv"
	"time"
)

// service is one way of sending between two parts of the world. The same code has another name, and another
// promise, elsewhere.
type service struct {
	code, name string
	first, per int64  // US cents for the first pound and each further one, in zone 2
	days       int    // business days; 0: by distance
	commit     string // HHMMSS
	guaranteed bool
	saturday   bool // Saturday delivery can be asked for
}

var lanes = readLanes()

func readLanes() map[string][]service {
	m := map[string][]service{}
	for _, row := range mustTable("services.csv") {
		first, _ := strconv.ParseInt(row[3], 10, 64)
		per, _ := strconv.ParseInt(row[4], 10, 64)
		days, _ := strconv.Atoi(row[5])
		m[row[0]] = append(m[row[0]], service{
			code: row[1], name: row[2], first: first, per: per, days: days, commit: row[6],
			guaranteed: row[7] == "y", saturday: row[8] == "y",
		})
	}
	return m
}

// lane names the pair of places in the services table.
func lane(from, to address) string {
	a, b := countries[from.CountryCode].region, countries[to.CountryCode].region
	switch {
	case (a == "us" || a == "ca" || a == "eu") && a == b:
		return a
	case a == "us" && (b == "ca" || b == "mx"), a == "ca" && b == "us":
		return a + "-" + b
	case a == "us" || a == "ca" || a == "eu":
		return a + "-world"
	}
	return "world"
}

// services lists what UPS offers between two addresses, dearest first as its rate answers do.
func services(from, to address) []service {
	var found []service
	for _, s := range lanes[lane(from, to)] {
		late := s.code == "12" || s.code == "13" || s.code == "14" || s.code == "59"
		if late && countries[from.CountryCode].region == "us" && (offshore(from) || offshore(to)) {
			continue
		}
		found = append(found, s)
	}
	return found
}

// serviceFor finds one service by its code.
func serviceFor(code string, from, to address) (service, bool) {
	for _, s := range services(from, to) {
		if s.code == code {
			return s, true
		}
	}
	return service{}, false
}

// transit is how many business days a service takes.
func (s service) transit(from, to address) int {
	if s.days > 0 {
		return s.days
	}
	return []int{1, 2, 2, 3, 4, 4, 5}[zone(from, to)-2]
}

// promise is when a parcel given to the carrier on day will arrive, in the local time of the destination.
func (s service) promise(day time.Time, from, to address) time.Time {
	arrives := addBusinessDays(businessDay(day), s.transit(from, to))
	hour, _ := strconv.Atoi(s.commit[:2])
	minute, _ := strconv.Atoi(s.commit[2:4])
	y, m, d := arrives.Date()
	return time.Date(y, m, d, hour, minute, 0, 0, local(arrives, to).Location())
}

// businessDay returns day, or the Monday after it. The simulator keeps no holidays.
func businessDay(day time.Time) time.Time {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

func addBusinessDays(day time.Time, n int) time.Time {
	for ; n > 0; n-- {
		day = businessDay(day.AddDate(0, 0, 1))
	}
	return day
}
