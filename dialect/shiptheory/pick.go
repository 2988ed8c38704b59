package shiptheory

import (
	"encoding/base64"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// maxPicked is how many shipments one picking list may hold.
const maxPicked = 100

// decodePicking reads which shipments: each by its reference or by its second one.
func decodePicking(r *dialect.Request) (engine.PickingList, error) {
	v, err := document(r)
	if err != nil {
		return engine.PickingList{}, err
	}
	var in engine.PickingList
	shipments := v.At("shipments").Required()
	items := shipments.Items(maxPicked)
	if len(items) == 0 && emptyList(shipments) {
		shipments.Note(waybill.RuleEmpty, "", "shipments must not be empty")
	}
	for _, item := range items {
		if !item.Object() {
			continue
		}
		ref := engine.PickRef{Reference: item.At("reference_1").Text(maxText), Reference2: item.At("reference_2").Text(maxText)}
		if ref == (engine.PickRef{}) {
			item.At("reference_1").Note(waybill.RuleRequired, "", "reference_1 or reference_2 is required")
		}
		in.References = append(in.References, ref)
	}
	return in, v.Errors(opPicking)
}

type pickingList struct {
	PDF string `json:"pdf"` // base64
}

func encodePicking(_ *dialect.Request, pdf []byte) dialect.Reply {
	return dialect.JSON(http.StatusOK, pickingList{base64.StdEncoding.EncodeToString(pdf)})
}
