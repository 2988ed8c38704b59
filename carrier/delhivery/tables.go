package delhivery

import (
	_ "embed"
	"strings"

	"waybill"
	"waybill/carrier"
)

// The tables of Delhivery's words.
var (
	//go:embed services.csv
	servicesFile string
	//go:embed charges.csv
	chargesFile string
	//go:embed status.csv
	statusFile string
	//go:embed faults.csv
	faultsFile string

	services = carrier.Table(servicesFile, 6)
	charges  = carrier.Table(chargesFile, 3)
	statuses = carrier.Table(statusFile, 5)
	faults   = carrier.Table(faultsFile, 6)
)

// service is a line of services.csv.
type service struct {
	code, mode, name, shipping string
	direction                  waybill.Direction
	abilities                  []string
}

// offered lists the services of a direction.
func offered(direction waybill.Direction) []service {
	if direction == "" {
		direction = waybill.Outgoing
	}
	var list []service
	for _, row := range services {
		if row[4] == string(direction) {
			list = append(list, service{row[0], row[1], row[2], row[3], direction, strings.FieldsFunc(row[5], func(r rune) bool { return r == '|' })})
		}
	}
	return list
}

// serviceOf is the service with a code; false: there is none.
func serviceOf(code string, direction waybill.Direction) (service, bool) {
	for _, s := range offered(direction) {
		if s.code == code {
			return s, true
		}
	}
	return service{}, false
}

func catalogue() []carrier.ServiceInfo {
	var list []carrier.ServiceInfo
	for _, s := range append(offered(waybill.Outgoing), offered(waybill.Incoming)...) {
		list = append(list, carrier.ServiceInfo{Code: s.code, Name: s.name, Direction: s.direction, Abilities: s.abilities})
	}
	return list
}
