package shiptheory

import (
	_ "embed"
	"strings"

	"waybill"
)

//go:embed status.csv
var statusTable string

// statuses maps the booking state to this API's word; it knows no transit, so a delivered parcel stays
// Complete. filters maps each word back to the states it stands for: two words stand for none, because
// we have neither channel settings that delay an order nor a printer that fails.
var statuses, filters = readStatuses(statusTable)

func readStatuses(table string) (map[waybill.Booking]string, map[string][]waybill.Booking) {
	out, in := map[waybill.Booking]string{}, map[string][]waybill.Booking{}
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[1:] {
		booking, word, _ := strings.Cut(strings.TrimSpace(line), ",")
		if booking == "" {
			in[word] = nil
			continue
		}
		out[waybill.Booking(booking)] = word
		in[word] = append(in[word], waybill.Booking(booking))
	}
	return out, in
}
