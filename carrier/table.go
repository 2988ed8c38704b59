package carrier

import (
	"encoding/csv"
	"fmt"
	"strings"
)

// Table reads a driver's embedded table of a carrier's words, without its heading. A table that cannot be read is a
// mistake in the program, like a pattern that does not compile.
func Table(file string, columns int) [][]string {
	reader := csv.NewReader(strings.NewReader(file))
	reader.FieldsPerRecord = columns
	all, err := reader.ReadAll()
	if err != nil || len(all) == 0 {
		panic(fmt.Sprintf("carrier: an embedded table: %v", err))
	}
	return all[1:]
}
