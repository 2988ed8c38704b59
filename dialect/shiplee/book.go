package shiplee

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// booking is an order to be booked with the offer of an id and a name; with a warehouse as its other end.
type booking struct {
	number      int64
	warehouse   engine.Place
	carrierID   string
	carrierName string
	key, hash   string
}

// decodeBook reads which order goes with whom. Rates need not have been asked for before: they are asked again.
func decodeBook(r *dialect.Request) (booking, error) {
	v, err := document(r)
	if err != nil {
		return booking{}, err
	}
	in := booking{key: r.IdempotencyKey(), hash: digest(v)}
	in.number = v.At("orderId").Required().Integer(1, maxID)
	in.warehouse.Number = v.At("warehouseId").Required().Integer(1, maxID)
	v.At("action").Required().Among("book_shipment")
	in.readCarrier(v)
	v.At("shipmentType").Required().Among(forward)
	return in, v.Errors(opBook)
}

// decodeReverseBook reads which reverse order is fetched by whom.
func decodeReverseBook(r *dialect.Request) (booking, error) {
	v, err := document(r)
	if err != nil {
		return booking{}, err
	}
	in := booking{key: r.IdempotencyKey(), hash: digest(v)}
	in.number = reverseNumber(v.At("order_id").Required())
	in.warehouse.Number = v.At("warehouse_id").Required().Integer(1, maxID)
	in.readCarrier(v)
	return in, v.Errors(opReverseBook)
}

func (in *booking) readCarrier(v dialect.Value) {
	in.carrierID = strings.TrimSpace(v.At("carrierId").Required().Text(maxText))
	in.carrierName = strings.TrimSpace(v.At("carrierName").Required().Text(maxText))
}

// picks reports whether an offer is the one that was named, by both its names.
func (in booking) picks(s waybill.Shipment, c waybill.Candidate) bool {
	return c.Sold.Currency == rupees && carrierID(s, c) == in.carrierID && strings.EqualFold(carrierName(c), in.carrierName)
}

// book books an order. To book one that is held is to release it, which is for a person to do: a client that asks
// again does not.
func book(s engine.Session, ctx context.Context, in booking) (waybill.Shipment, error) {
	sh, err := s.GetShipment(ctx, engine.GetShipment{Ref: engine.Ref{Number: in.number}})
	if err == nil && sh.Booking == waybill.Held {
		return sh, nil
	}
	sh, err = s.BookShipment(ctx, engine.BookShipment{
		Ref: engine.Ref{Number: in.number}, From: in.warehouse, Prepaid: true, Service: in.carrierName, Pick: in.picks,
		Key: in.key, Hash: in.hash,
	})
	if err == nil && sh.Refusal() != nil {
		err = refusal(*sh.Failure)
	}
	return sh, in.named(err)
}

func reverseBook(s engine.Session, ctx context.Context, in booking) (waybill.Return, error) {
	b, err := s.BookReturn(ctx, engine.BookReturn{
		Ref: engine.RefReturn{Number: in.number}, To: in.warehouse, Prepaid: true, Service: in.carrierName, Pick: in.picks,
		Key: in.key, Hash: in.hash,
	})
	if err == nil && b.Failure != nil && (b.Booking == waybill.Failed || b.Booking == waybill.NoProvider) {
		err = refusal(*b.Failure)
	}
	return b, in.named(err)
}

// refusal is why nothing was bought. What a carrier cannot make of an order is its refusal too, and not a flaw of the
// request to book it.
func refusal(f waybill.Failure) error {
	switch waybill.Reasons[f.Reason] {
	case waybill.CarrierRejected, waybill.CarrierUnavailable, waybill.InsufficientFunds:
	default:
		f.Reason = waybill.ReasonCarrier
	}
	if f.Fault != nil && f.Fault.Message != "" && f.Reason == waybill.ReasonBookingFailed {
		f.Reason = waybill.ReasonCarrier // it was asked and said why
	}
	return f.AsError("book")
}

// named puts what the caller called the offer into an error that says that there is none such: the engine does
// not know these names.
func (in booking) named(err error) error {
	if err == nil {
		return nil
	}
	value := map[waybill.Reason]string{
		waybill.ReasonUnknownRate: in.carrierID, waybill.ReasonUnknownService: in.carrierName,
	}[waybill.ReasonOf(err)]
	if value == "" {
		return err
	}
	e := *waybill.AsError(err)
	e.Fields = []waybill.FieldError{{Value: value, Message: e.Message}}
	return &e
}

type booked struct {
	said
	AWB        string `json:"awb_number"`
	ShipmentID string `json:"shipment_id"`
}

func encodeBook(_ *dialect.Request, s waybill.Shipment) dialect.Reply {
	return told(s.Booking, booked{said{true, "Shipment booked"}, s.Tracking, shipmentID(s.Number)}, http.StatusCreated)
}

// encodeReverseBook answers with the carrier's own id of the booking, as the vendor does; with one of ours where the
// carrier has none.
func encodeReverseBook(_ *dialect.Request, b waybill.Return) dialect.Reply {
	id := b.CarrierID
	if id == "" {
		id = shipmentID(b.Number)
	}
	return told(b.Booking, booked{said{true, "Reverse shipment booked"}, b.Tracking, id}, http.StatusOK)
}

// shipmentID is how a booked order is called beside its AWB number.
func shipmentID(number int64) string { return fmt.Sprintf("SHPL-%d", number) }

// inProgress is what a booking answers whose end is not known yet. To ask again is harmless: nothing is booked
// twice.
const inProgress = "Booking in progress"

// told answers how a booking stands that nobody has refused.
func told(state waybill.Booking, success booked, status int) dialect.Reply {
	switch {
	case state == waybill.Held:
		return dialect.JSON(http.StatusConflict, said{false, "Order is held: a person has to release it"})
	case state != waybill.Booked:
		return dialect.JSON(http.StatusAccepted, said{false, inProgress})
	}
	return dialect.JSON(status, success)
}
