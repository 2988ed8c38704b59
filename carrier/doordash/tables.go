package doordash

import (
	_ "embed"

	"waybill/carrier"
)

// The tables of DoorDash's words (Drive API 2.1, delivery statuses, webhooks and errors).
var (
	//go:embed status.csv
	statusFile string
	//go:embed events.csv
	eventsFile string
	//go:embed faults.csv
	faultsFile string
	//go:embed fields.csv
	fieldsFile string
	//go:embed charges.csv
	chargesFile string

	statuses = carrier.Table(statusFile, 4)
	events   = carrier.Table(eventsFile, 2)
	faults   = carrier.Table(faultsFile, 6)
	fields   = carrier.Table(fieldsFile, 2)
	charges  = carrier.Table(chargesFile, 3)
)

// row is the first row that begins with the words; an empty cell fits every word.
func row(table [][]string, words ...string) []string {
	for _, line := range table {
		fits := true
		for i, word := range words {
			fits = fits && (line[i] == "" || line[i] == word)
		}
		if fits {
			return line
		}
	}
	return nil
}
