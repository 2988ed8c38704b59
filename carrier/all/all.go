// Package all lists the carriers: the one place to add a new one.
package all

import (
	"waybill/carrier"
	"waybill/carrier/house"
	"waybill/carrier/ups"
)

// Drivers are all drivers, by name.
func Drivers() []carrier.Driver {
	return []carrier.Driver{house.Driver(), ups.Driver()}
}
