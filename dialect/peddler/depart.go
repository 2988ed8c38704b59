package peddler

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeDepart reads which parcels have left a facility together.
func decodeDepart(r *dialect.Request) (engine.RecordScans, error) {
	v, err := r.JSON()
	if err != nil {
		return engine.RecordScans{}, err
	}
	if !v.Required().Object() {
		return engine.RecordScans{}, v.Errors(opDepart)
	}
	in := engine.RecordScans{From: transitsOf(statusConfirmed, statusReady)}
	for _, number := range v.At("trackingNumbers").Required().Items(maxShipments) {
		if text := strings.TrimSpace(number.Required().Text(maxText)); text != "" {
			in.Numbers = append(in.Numbers, text)
		}
	}
	bundle := v.At("bundleDepartureId").Text(maxText)
	hub := false
	if flags := v.At("flags"); flags.Object() {
		hub = flags.At("originHub").Boolean()
	}
	in.Scan = waybill.Scan{Status: waybill.PickedUp, Code: codeEnRoute, Text: "Departed from the facility"}
	if bundle != "" {
		in.Scan.Text += ", bundle " + bundle
	}
	raw, _ := json.Marshal(map[string]any{"bundleDepartureId": bundle, "originHub": hub}) // always JSON
	in.Scan.Raw = string(raw)
	return in, v.Errors(opDepart)
}

// depart notes the departure of those that were still waiting for it; when there is none, the call fails.
func depart(s engine.Session, ctx context.Context, in engine.RecordScans) ([]string, error) {
	noted, err := s.RecordScans(ctx, in)
	if err == nil && len(noted) == 0 {
		err = waybill.E(opDepart, waybill.ReasonUnknownShipment, "none of the numbers is of a shipment that waits to depart")
	}
	return noted, err
}

type departed struct {
	Count           int      `json:"count"`
	TrackingNumbers []string `json:"trackingNumbers"`
}

func encodeDepart(_ *dialect.Request, noted []string) dialect.Reply {
	return dialect.JSON(http.StatusOK, departed{len(noted), noted})
}
