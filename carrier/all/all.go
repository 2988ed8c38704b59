// Package all lists the carriers: the one place to add a new one.
package all

import (
	"waybill/carrier"
	"waybill/carrier/delhivery"
	"waybill/carrier/doordash"
	"waybill/carrier/house"
	"waybill/carrier/ups"
)

// Drivers are all drivers, by name.
func Drivers() []carrier.Driver {
	return []carrier.Driver{delhivery.Driver(), doordash.Driver(), house.Driver(), ups.Driver()}
}
