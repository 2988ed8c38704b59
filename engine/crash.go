package engine

import (
	"os"
	"sync/atomic"
)

// CrashPoints are the steps of a purchase between which the torture test kills the process, in the order of
// "How money is spent" in ARCHITECTURE.md. Each pair stands round one write or one call.
var CrashPoints = []string{
	"local.before",            // 1: a local carrier sells: shipment, purchase and label are about to be one write
	"local.after",             // 2
	"reserve.before",          // 3: the intent to buy is about to be written
	"reserve.after",           // 4
	"call.before",             // 5: the carrier is about to be asked
	"call.after",              // 6: it has answered, and nobody has written it down
	"settle.before",           // 7: labels are on the disk, the purchase is about to be written as bought
	"settle.after",            // 8
	"refused.before",          // 9: the purchase is about to be closed, and the next one opened
	"refused.after",           // 10
	"unsure.before",           // 11: that nobody knows is about to be written
	"unsure.after",            // 12
	"lookup.before",           // 13: the carrier is about to be asked what became of the purchase
	"lookup.after",            // 14
	"again.before",            // 15: it could not say, and is about to be asked again later
	"again.after",             // 16
	"cancel.before",           // 17: the intent to give the purchase back is about to be written
	"cancel.after",            // 18
	"void.before",             // 19: the carrier is about to be asked to take it back
	"void.after",              // 20
	"voided.before",           // 21: it took it back
	"voided.after",            // 22
	"kept.before",             // 23: it would not
	"kept.after",              // 24
	"return.reserve.before",   // 25: a return label is bought in the same steps: the intent
	"return.reserve.after",    // 26
	"return.call.before",      // 27: the call
	"return.call.after",       // 28
	"return.settle.before",    // 29: the settlement
	"return.settle.after",     // 30
	"manifest.local.before",   // 31: a local carrier takes a manifest over: it and its parcels are about to be one write
	"manifest.local.after",    // 32
	"manifest.reserve.before", // 33: the intent to close a manifest, with its parcels, is about to be written
	"manifest.reserve.after",  // 34
	"manifest.call.before",    // 35: the carrier is about to be told
	"manifest.call.after",     // 36
	"manifest.settle.before",  // 37: its answer, or that there was none, is about to be written
	"manifest.settle.after",   // 38
}

// crashPoint is where this process is to stop: WAYBILL_CRASH_AT=reserve.after ends it there as kill -9
// would, the first time it comes by.
var crashPoint = os.Getenv("WAYBILL_CRASH_AT")

var crashed atomic.Bool

func crash(point string) {
	if crashPoint == "" || point != crashPoint || !crashed.CompareAndSwap(false, true) {
		return
	}
	process, err := os.FindProcess(os.Getpid())
	if err == nil {
		_ = process.Kill()
	}
	select {} // until the kill arrives
}
