package ups

import (
	_ "embed"
	"strings"

	"waybill"
	"waybill/carrier"
)

// The tables of UPS's codes. What 07 means depends on where a parcel leaves: origin is a country or *.
var (
	//go:embed services.csv
	servicesFile string
	//go:embed packaging.csv
	packagingFile string
	//go:embed charges.csv
	chargesFile string
	//go:embed status.csv
	statusFile string
	//go:embed faults.csv
	faultsFile string
	//go:embed states.csv
	statesFile string

	services   = carrier.Table(servicesFile, 5)
	packagings = index(packagingFile, 2)
	charges    = carrier.Table(chargesFile, 3)
	statuses   = carrier.Table(statusFile, 5)
	faults     = carrier.Table(faultsFile, 5)
	states     = index(statesFile, 2)
)

// index reads a table of pairs.
func index(file string, columns int) map[string]string {
	pairs := map[string]string{}
	for _, row := range carrier.Table(file, columns) {
		pairs[row[0]] = row[1]
	}
	return pairs
}

// catalogue lists each service once a direction, by the name it has where it is listed first.
func catalogue() []carrier.ServiceInfo {
	var list []carrier.ServiceInfo
	seen := map[string]bool{}
	for _, row := range services {
		if key := row[0] + row[3]; !seen[key] {
			seen[key] = true
			list = append(list, carrier.ServiceInfo{
				Code: row[0], Name: row[2], Direction: waybill.Direction(row[3]), Abilities: strings.Split(row[4], "|"),
			})
		}
	}
	return list
}

// serviceFrom is an outgoing service as it is called and what it can do where the parcel leaves.
func serviceFrom(code, country string) (name string, abilities []string) {
	for _, origin := range []string{country, "*"} {
		for _, row := range services {
			if row[0] == code && row[1] == origin && row[3] == string(waybill.Outgoing) {
				return row[2], strings.Split(row[4], "|")
			}
		}
	}
	return "UPS " + code, nil
}
