package doordash

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
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

	statuses = rows(statusFile, 4)
	events   = rows(eventsFile, 2)
	faults   = rows(faultsFile, 4)
	fields   = rows(fieldsFile, 2)
	charges  = rows(chargesFile, 3)
)

// rows reads an embedded table without its heading. A table that cannot be read is a mistake in the
// program, like a pattern that does not compile.
func rows(file string, columns int) [][]string {
	reader := csv.NewReader(strings.NewReader(file))
	reader.FieldsPerRecord = columns
	all, err := reader.ReadAll()
	if err != nil || len(all) == 0 {
		panic(fmt.Sprintf("doordash: an embedded table: %v", err))
	}
	return all[1:]
}

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
