package shiplee

import (
	"context"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

func decodeCancel(r *dialect.Request) (string, error) {
	v, err := document(r)
	if err != nil {
		return "", err
	}
	number := strings.TrimSpace(v.At("awb_number").Required().Text(maxText))
	return number, v.Errors(opCancel)
}

// given is what became of a wish to cancel.
type given struct {
	number string
	state  waybill.Booking // empty: the carrier has not answered yet
}

// cancel gives up whatever has the number, an order or a reverse order. What the wallet paid for it comes back when
// the carrier has taken it back.
func cancel(s engine.Session, ctx context.Context, number string) (given, error) {
	sh, err := s.CancelShipment(ctx, engine.CancelShipment{Ref: engine.Ref{Tracking: number}})
	out := given{number, sh.Booking}
	if waybill.ReasonOf(err) == waybill.ReasonUnknownShipment {
		var b waybill.Return
		b, err = s.CancelReturn(ctx, engine.CancelReturn{Ref: engine.RefReturn{Tracking: number}})
		out.state = b.Booking
	}
	switch {
	case unknown(err):
		return out, unknownAWB(number)
	case err != nil && (waybill.AsError(err).Unsure || waybill.ReasonOf(err) == waybill.ReasonUnsettled):
		return given{number: number}, nil
	}
	return out, err
}

type cancelled struct {
	said
	AWB string `json:"awb_number"`
}

func encodeCancel(_ *dialect.Request, g given) dialect.Reply {
	if g.state != waybill.Cancelled {
		return dialect.JSON(http.StatusAccepted, cancelled{said{true, "Cancellation requested; the courier has not confirmed it yet"}, g.number})
	}
	return dialect.JSON(http.StatusOK, cancelled{said{true, "Shipment cancelled successfully"}, g.number})
}
