package shiplee

import (
	_ "embed"
	"strings"

	"waybill"
)

//go:embed status.csv
var statusTable string

// bookings and transits are the titles of all states. A carrier's own words, where it has some, go before them.
var bookings, transits = readStatuses(statusTable)

func readStatuses(table string) (map[waybill.Booking]string, map[waybill.Transit]string) {
	bookings, transits := map[waybill.Booking]string{}, map[waybill.Transit]string{}
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[1:] {
		cell := strings.Split(strings.TrimSpace(line), ",")
		if cell[0] == "booking" {
			bookings[waybill.Booking(cell[1])] = cell[2]
		} else {
			transits[waybill.Transit(cell[1])] = cell[2]
		}
	}
	return bookings, transits
}
