package lynkup

import (
	_ "embed"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// The words that code acts on; all others stand in status.csv alone.
const (
	estimatesFailed = "ESTIMATES_FAILED"
	orderFailed     = "ORDER_FAILED"
	// pendingAutoRetry is what the two above are while the account has an order tried again by itself.
	pendingAutoRetry = "PENDING_AUTORETRY"
)

// retryFor is how long an order is tried again by itself; after that it waits for a person.
const retryFor = 24 * time.Hour

//go:embed status.csv
var statusTable string

// word is what this API calls a pair of booking and transit states.
type word struct{ status, substatus string }

// words maps both axes to words; a pair with empty transit stands for all of its booking. filters maps
// each word back to the pairs it stands for.
var words, filters = readStatuses(statusTable)

// readStatuses reads the table; a "*" stands for every transit state.
func readStatuses(table string) (map[engine.State]word, map[string][]engine.State) {
	out, in := map[engine.State]word{}, map[string][]engine.State{}
	lines := strings.Split(strings.TrimSpace(table), "\n")
	for _, line := range lines[1:] {
		cell := strings.Split(strings.TrimSpace(line), ",")
		state := engine.State{Booking: waybill.Booking(cell[0]), Transit: waybill.Transit(cell[1])}
		if cell[1] == "*" {
			state.Transit = ""
		}
		out[state] = word{cell[2], cell[3]}
		in[cell[2]] = append(in[cell[2]], state)
	}
	in[pendingAutoRetry] = append(append(in[pendingAutoRetry], in[estimatesFailed]...), in[orderFailed]...)
	return out, in
}

// wordOf is the word for a pair of states.
func wordOf(state engine.State) word {
	if w, ok := words[state]; ok {
		return w
	}
	return words[engine.State{Booking: state.Booking}]
}

// statusOf is an order's status; again: it found no carrier and is tried again without anybody asking.
func statusOf(s *waybill.Shipment, again bool) string {
	if again {
		return pendingAutoRetry
	}
	return wordOf(engine.State{Booking: s.Booking, Transit: s.Transit}).status
}

// retried reports whether the account of who asks has this order tried again by itself.
func retried(r *dialect.Request, s *waybill.Shipment) bool {
	open := s.Booking == waybill.NoProvider || s.Booking == waybill.Failed
	return open && r.Settings.AutoRetry && r.Now.Sub(s.Created) <= retryFor
}
