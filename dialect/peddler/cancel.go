package peddler

import (
	"bytes"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeCancel reads why a shipment that the path names is given up; the body may be missing.
func decodeCancel(r *dialect.Request) (engine.CancelShipment, error) {
	in := engine.CancelShipment{Ref: named(r)}
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return in, nil
	}
	v, err := cancelBody(r)
	if err != nil {
		return in, err
	}
	in.Note = noteOf(v)
	return in, v.Errors(opCancel)
}

// decodeCancelNamed reads a cancellation as it was sent in 2023, with the number in the body.
func decodeCancelNamed(r *dialect.Request) (engine.CancelShipment, error) {
	v, err := cancelBody(r)
	if err != nil {
		return engine.CancelShipment{}, err
	}
	in := engine.CancelShipment{Ref: engine.Ref{Tracking: strings.TrimSpace(v.At("trackingNumber").Required().Text(maxText))}, Note: noteOf(v)}
	return in, v.Errors(opCancel)
}

func cancelBody(r *dialect.Request) (dialect.Value, error) {
	v, err := r.JSON()
	if err != nil {
		return v, err
	}
	v.Required().Object()
	return v, v.Errors(opCancel)
}

// noteOf is the caller's reason, with what shall become of the parcel: a person reads it in the history.
func noteOf(v dialect.Value) string {
	note := v.At("cancelReason").Text(maxText)
	if note == "" {
		note = v.At("reason").Text(maxText)
	}
	parts := []string{note}
	if v.At("destroyPackage").Boolean() {
		parts = append(parts, "the package shall be destroyed")
	}
	if v.At("returnToSender").Boolean() {
		parts = append(parts, "the package shall go back to the sender")
	}
	return joined(parts...)
}

// cancelled is a cancellation that was carried out; in 2023 it was told in words.
type cancelled struct {
	Status  string `json:"status"`
	Count   int    `json:"count,omitempty"`
	Details string `json:"details,omitempty"`
}

func encodeCancel(r *dialect.Request, s waybill.Shipment) dialect.Reply {
	answer := cancelled{Status: "SUCCESS", Count: 1}
	if of2023(r) {
		answer.Details = "The shipment " + s.Tracking + " was cancelled"
	}
	return dialect.JSON(http.StatusOK, answer)
}
