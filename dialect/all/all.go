// Package all lists the dialects: the one place to add a new one.
package all

import (
	"slices"
	"sync"

	"waybill/dialect"
	"waybill/dialect/epgl"
	"waybill/dialect/lynkup"
	"waybill/dialect/native"
	"waybill/dialect/peddler"
	"waybill/dialect/shiplee"
	"waybill/dialect/shiptheory"
)

// Dialects are all dialects, in the order they are shown.
func Dialects() []dialect.Dialect { return slices.Clone(made()) }

// made makes them once for a process: one of them writes a document of its own, which takes its time.
var made = sync.OnceValue(func() []dialect.Dialect {
	return []dialect.Dialect{
		native.Dialect(), lynkup.Dialect(), shiptheory.Dialect(), peddler.Dialect(), epgl.Dialect(), shiplee.Dialect(),
	}
})
