package shiptheory

import (
	"encoding/base64"
	"net/http"

	"waybill/dialect"
	"waybill/engine"
)

// decodeReturn reads which parcel comes back. All else is taken from the shipment; anything more in the
// body is ignored.
func decodeReturn(r *dialect.Request) (engine.CreateReturn, error) {
	v, err := document(r)
	if err != nil {
		return engine.CreateReturn{}, err
	}
	in := engine.CreateReturn{
		Reference: v.At("outgoing_reference").Required().Text(maxText),
		Postcode:  v.At("delivery_postcode").Required().Text(maxText),
		Service:   v.At("return_service").Required().Integer(1, maxID),
		Expiry:    v.At("expiry").Required().Text(maxText),
		Key:       r.IdempotencyKey(),
		Hash:      r.Hash(),
	}
	return in, v.Errors(opReturn)
}

type returnLabel struct {
	Tracking string `json:"tracking"`
	Label    string `json:"label"` // base64 of a PDF; a new one each time, kept by the caller
}

func encodeReturn(_ *dialect.Request, l engine.ReturnLabel) dialect.Reply {
	return dialect.JSON(http.StatusOK, returnLabel{l.Return.Tracking, base64.StdEncoding.EncodeToString(l.Label.Data)})
}
