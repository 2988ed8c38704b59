package shiplee

import (
	"context"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

func decodeLabel(r *dialect.Request) (string, error) { return awb(r, opLabel) }

// label is the label of whatever has the number, an order or a reverse order.
func label(s engine.Session, ctx context.Context, number string) (engine.LabelFile, error) {
	file, err := s.GetLabel(ctx, engine.GetLabel{Ref: engine.Ref{Tracking: number}, Format: waybill.PDF})
	if waybill.ReasonOf(err) != waybill.ReasonUnknownShipment {
		return file, err
	}
	file, err = s.ReturnLabel(ctx, engine.RefReturn{Tracking: number})
	if unknown(err) {
		return file, unknownAWB(number)
	}
	return file, err
}

// unknown reports whether an error says that there is no such order.
func unknown(err error) bool {
	reason := waybill.ReasonOf(err)
	return reason == waybill.ReasonUnknownShipment || reason == waybill.ReasonUnknownRecord
}

func encodeLabel(_ *dialect.Request, l engine.LabelFile) dialect.Reply {
	return dialect.Reply{
		Status: http.StatusOK, Body: l.Data,
		Header: http.Header{"Content-Type": {l.Format.MediaType()}, "Content-Disposition": {`inline; filename="label.pdf"`}},
	}
}
