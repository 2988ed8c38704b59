package engine

import "waybill/geo"

// KnownCurrency reports whether amounts can be in a currency: whether ISO 4217 has the code.
func KnownCurrency(code string) bool { return geo.IsCurrency(code) }
