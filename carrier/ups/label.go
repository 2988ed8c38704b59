package ups

import (
	"context"
	"net/http"

	"golang.org/x/sync/errgroup"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// labelDPI is the resolution of UPS's labels: thermal printers of 8 dots a millimetre.
const labelDPI = 203

// specification asks for the format nearest to the wanted one, on 4 by 6 inches: ZPL for a printer that
// speaks it, else GIF, which is turned into any other.
func specification(label waybill.LabelSpec) labelSpecification {
	code := "GIF"
	if label.Format == waybill.ZPL {
		code = "ZPL"
	}
	out := labelSpecification{LabelImageFormat: coded{Code: code}, LabelStockSize: &labelSize{Height: "6", Width: "4"}}
	if code == "GIF" {
		out.HTTPUserAgent = "Mozilla/4.5" // required for GIF; the document's own default
	}
	return out
}

// printed is one package's label. A format of UPS's that is none of ours is left empty, for the caller
// to refuse.
func printed(parcel int, code string, image []byte) waybill.Label {
	formats := map[string]waybill.LabelFormat{"GIF": waybill.GIF, "ZPL": waybill.ZPL, "PDF": waybill.PDF, "PNG": waybill.PNG}
	return waybill.Label{Parcel: parcel, Format: formats[code], DPI: labelDPI, Data: image}
}

// Label fetches the labels of earlier packages again (Label Recovery), one call a number.
func (a *adapter) Label(ctx context.Context, q carrier.LabelRequest) ([]waybill.Label, error) {
	labels, _, err := a.recover(ctx, "ups.label", q.Numbers, q.Label)
	return labels, err
}

// recover fetches labels in the order of their numbers, and the number of the shipment they belong to.
func (a *adapter) recover(ctx context.Context, op string, numbers []string, spec waybill.LabelSpec) ([]waybill.Label, string, error) {
	labels := make([]waybill.Label, len(numbers))
	shipments := make([]string, len(numbers))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inParallel)
	for i, number := range numbers {
		group.Go(func() error {
			var body recoveryRequest
			body.LabelRecoveryRequest.Request.TransactionReference.CustomerContext = number
			body.LabelRecoveryRequest.LabelSpecification = specification(spec)
			if body.LabelRecoveryRequest.LabelSpecification.LabelImageFormat.Code == "GIF" {
				body.LabelRecoveryRequest.LabelSpecification.LabelStockSize = nil // thermal formats only, here
			}
			body.LabelRecoveryRequest.TrackingNumber = number
			var answer recoveryResponse
			call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/labels/" + labelsVersion + "/recovery", Body: body}
			if err := a.client.Do(ctx, call, &answer); err != nil {
				return err
			}
			for _, result := range answer.LabelRecoveryResponse.LabelResults {
				if result.TrackingNumber == number || result.TrackingNumber == "" {
					labels[i] = printed(i, result.LabelImage.LabelImageFormat.Code, result.LabelImage.GraphicImage)
					shipments[i] = answer.LabelRecoveryResponse.ShipmentIdentificationNumber
					return nil
				}
			}
			return a.client.Unusable(call, "no label for the number asked for", nil)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	lead := ""
	if len(shipments) > 0 {
		lead = shipments[0]
	}
	return labels, lead, nil
}
