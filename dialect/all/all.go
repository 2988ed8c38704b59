// Package all lists the dialects: the one place to add a new one.
package all

import (
	"waybill/dialect"
	"waybill/dialect/epgl"
	"waybill/dialect/lynkup"
	"waybill/dialect/native"
	"waybill/dialect/peddler"
	"waybill/dialect/shiplee"
	"waybill/dialect/shiptheory"
)

// Dialects are all dialects, in the order they are shown.
func Dialects() []dialect.Dialect {
	return []dialect.Dialect{
		native.Dialect(), lynkup.Dialect(), shiptheory.Dialect(), peddler.Dialect(), epgl.Dialect(), shiplee.Dialect(),
	}
}
