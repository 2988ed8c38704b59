package lynkup

import (
	"slices"
	"testing"

	"waybill"
	"waybill/engine"
)

// vendorStatuses are the words the vendor publishes.
var vendorStatuses = []string{
	"REQUEST_RECEIVED", "PENDING_DISPATCH", "PENDING_RELEASE", "PENDING_AUTORETRY", "ESTIMATES_RECEIVED", "ESTIMATES_FAILED",
	"ORDER_DISPATCHED", "STAGED", "ORDER_FAILED", "ORDER_ASSIGNED", "ORDER_UNASSIGNED", "PICKUP_STARTED", "PICKUP_COMPLETED",
	"IN_TRANSIT", "OUT_FOR_DELIVERY", "ORDER_AT_LOCATION", "ORDER_DELAYED", "ORDER_REDELIVERY", "ORDER_DELIVERED",
	"ORDER_UNDELIVERABLE", "ERROR_EXCEPTION", "ORDER_CANCELLED",
}

var bookings = []waybill.Booking{
	waybill.Draft, waybill.Held, waybill.Rating, waybill.NoProvider, waybill.Unsettled, waybill.Booked, waybill.Failed,
	waybill.Ignored, waybill.Cancelled, waybill.Declared,
}

// TestEveryStateHasAStatus: whatever the pair of states, the status is a word of the vendor's, and asking for
// orders in that status asks for that pair.
func TestEveryStateHasAStatus(t *testing.T) {
	said := map[string]bool{pendingAutoRetry: true} // said by the account's setting
	for _, b := range bookings {
		for _, tr := range waybill.Transits {
			w := wordOf(engine.State{Booking: b, Transit: tr})
			said[w.status] = true
			if !slices.Contains(vendorStatuses, w.status) {
				t.Errorf("%s/%s is %q, which the vendor does not know", b, tr, w.status)
			}
			if !slices.ContainsFunc(filters[w.status], func(s engine.State) bool { return s.Booking == b && (s.Transit == "" || s.Transit == tr) }) {
				t.Errorf("%s/%s is %s, but a filter by that word does not ask for it", b, tr, w.status)
			}
		}
	}
	for _, status := range vendorStatuses {
		if !said[status] {
			t.Errorf("no state is ever %s", status)
		}
		if len(filters[status]) == 0 {
			t.Errorf("%s cannot be asked for", status)
		}
	}
}

// TestFiltersAskForNothingElse: a word asks only for pairs that it is the word for.
func TestFiltersAskForNothingElse(t *testing.T) {
	for status, states := range filters {
		if !slices.Contains(vendorStatuses, status) {
			t.Errorf("%s is no word of the vendor's", status)
		}
		for _, s := range states {
			got := wordOf(s).status
			again := status == pendingAutoRetry && (got == estimatesFailed || got == orderFailed)
			if got != status && !again {
				t.Errorf("%s asks for %v, which is %s", status, s, got)
			}
		}
	}
}

// TestReturnedIsNeverDelivered: a parcel on its way back, or back, is undeliverable.
func TestReturnedIsNeverDelivered(t *testing.T) {
	for _, tr := range []waybill.Transit{waybill.Returning, waybill.Returned} {
		if w := wordOf(engine.State{Booking: waybill.Booked, Transit: tr}); w.status != "ORDER_UNDELIVERABLE" {
			t.Errorf("%s is %s", tr, w.status)
		}
	}
	if w := wordOf(engine.State{Booking: waybill.Booked, Transit: waybill.Returned}); w.substatus != "RETURN_AT_LOCATION" {
		t.Errorf("returned has the sub-status %q", w.substatus)
	}
}
