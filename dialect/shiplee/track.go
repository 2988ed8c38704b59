package shiplee

import (
	"context"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

func decodeTrack(r *dialect.Request) (string, error) { return awb(r, opTrack) }

// awb reads the number in the query string.
func awb(r *dialect.Request, op string) (string, error) {
	v := r.Asked()
	number := strings.TrimSpace(v.At("awb").Required().Text(maxText))
	return number, v.Errors(op)
}

// unknownAWB is what is said of a number that no shipment or return of the account has.
func unknownAWB(number string) error {
	e := waybill.E("track", waybill.ReasonUnknownShipment, "no shipment has the number %s", number)
	e.Fields = []waybill.FieldError{{Path: "awb", Rule: waybill.RuleExists, Value: number, Message: e.Message}}
	return e
}

// track answers what is known of a parcel; carriers are asked on a schedule of our own.
func track(s engine.Session, ctx context.Context, number string) (engine.Tracked, error) {
	found, err := s.TrackNumbers(ctx, engine.TrackNumbers{Numbers: []string{number}})
	if err != nil {
		return engine.Tracked{}, err
	}
	if len(found) != 1 || !found[0].Found {
		return engine.Tracked{}, unknownAWB(number)
	}
	return found[0], nil
}

type tracked struct {
	said
	Data tracking `json:"data"`
}

// tracking is where a parcel is. Status is in the carrier's own words where it has said any, state is one of
// ours, for programs.
type tracking struct {
	AWB            string  `json:"awb_number"`
	OrderID        *int64  `json:"order_id"`         // of a return that stands alone: null
	OrderReference *string `json:"orderID"`          // as /order was given it
	ReverseOrderID *string `json:"reverse_order_id"` // of a reverse pickup, else null
	CarrierName    string  `json:"carrier_name"`
	OrderStatus    string  `json:"order_status"`
	Status         string  `json:"status"`
	State          string  `json:"state"`
	Expected       *string `json:"expected_delivery"`
	Recipient      *string `json:"received_by"`
	Scans          []scan  `json:"scans"` // oldest first
}

type scan struct {
	Time     string `json:"time"`
	Status   string `json:"status"`
	State    string `json:"state"`
	Location string `json:"location"`
}

func encodeTrack(_ *dialect.Request, t engine.Tracked) dialect.Reply {
	s := t.Shipment
	out := tracking{
		AWB: t.Number, OrderStatus: bookings[s.Booking], State: string(t.Tracking.Status), Status: transits[t.Tracking.Status],
		Recipient: orNull(t.Tracking.Recipient), Scans: []scan{},
	}
	if s.ID != "" {
		out.OrderID, out.OrderReference = &s.Number, orNull(s.Reference)
	}
	provider := s.Provider
	if t.Return != nil {
		id := reverseID(t.Return.Number)
		out.ReverseOrderID, out.OrderStatus, provider = &id, bookings[t.Return.Booking], t.Return.Provider
	}
	if provider != nil {
		out.CarrierName = provider.ServiceName
	}
	if out.OrderStatus == bookings[waybill.Cancelled] {
		out.Status = out.OrderStatus // unless the carrier has said more
	}
	for _, c := range t.Tracking.Scans {
		out.Scans = append(out.Scans, scan{stamp(c.At), wording(c), string(c.Status), c.Place})
		out.Status = wording(c)
	}
	expected := t.Tracking.Expected
	if expected == nil && t.Return == nil && s.Booking == waybill.Booked {
		expected = s.EstimatedDrop.Ends
	}
	if expected != nil {
		at := stamp(*expected)
		out.Expected = &at
	}
	return dialect.JSON(http.StatusOK, tracked{said{true, "Tracking fetched successfully"}, out})
}

// wording is a scan in the carrier's own words, else in ours.
func wording(c waybill.Scan) string {
	if c.Text != "" {
		return c.Text
	}
	return transits[c.Status]
}

// orNull is text that is null when it is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
