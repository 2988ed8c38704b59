package app

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"waybill"
	"waybill/engine"
)

const peddlerTokenPath = "/peddler/oauth/token"

// peddlerCall is the address of a call of the demo's carrier.
func peddlerCall(call string) string { return "/peddler/api/Carriers/" + DemoCarrier + "/" + call }

func (w *walk) peddlerToken() error {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {DemoClient}, "client_secret": {DemoSecret},
		"scope": {"DEFAULT authenticated " + DemoCarrier},
	}
	answer, err := w.post(peddlerTokenPath, "", form, http.StatusOK)
	w.peddler = text(answer, "access_token")
	return err
}

// post sends a form.
func (w *walk) post(path, token string, form url.Values, want int) (map[string]any, error) {
	request, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return w.send(request, want)
}

// peddlerDelivered books two colli across Amsterdam with bike couriers of ours, one of them with a bad address.
func (w *walk) peddlerDelivered() error {
	if err := w.peddlerToken(); err != nil {
		return err
	}
	good := map[string]any{
		"metaData": w.reference("p"), "serviceLevel": "NEXT_DAY_48", "weight": "2.5", "weightUnit": "KG",
		"deliveryAddress": map[string]any{
			"name": "Sanne de Vries", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053 DV", "country": "NL", "phone": "+31201234567",
		},
	}
	bad := map[string]any{"metaData": w.reference("q"), "deliveryAddress": map[string]any{"address1": "Nowhere 1", "city": "Amsterdam", "postCode": "9", "country": "NL"}}
	answer, err := w.call(http.MethodPost, peddlerCall("createShipments"), w.peddler, []any{good, bad}, http.StatusOK)
	if err != nil {
		return err
	}
	results, _ := answer["list"].([]any)
	if len(results) != 2 || text(results[0], "status") != "ADDED" {
		return fmt.Errorf("two were sent, and answered %v", answer)
	}
	number := text(results[0], "trackingNumber")
	w.bike = number
	w.line("booked", "%s is %s, tracking %s", text(results[0], "metaData"), text(results[0], "status"), number)
	w.line("refused", "%s is %s %s, and harms no other", text(results[1], "metaData"), text(results[1], "status"), text(results[1], "errorType"))
	if err := w.peddlerLabels(number); err != nil {
		return err
	}
	if err := w.driversScan(number, waybill.AtDepot, waybill.OutForDelivery, waybill.Delivered); err != nil {
		return err
	}
	answer, err = w.call(http.MethodGet, peddlerCall("getShipmentStatuses")+"?trackingNumbers="+url.QueryEscape(`["`+number+`"]`), w.peddler, nil, http.StatusOK)
	if err != nil {
		return err
	}
	list, _ := answer["list"].([]any)
	for _, entry := range list {
		packages, _ := entry.(map[string]any)["packages"].([]any)
		for _, p := range packages {
			w.line("status", "%s", text(p, "status"))
		}
	}
	return nil
}

// peddlerLabels saves the label in both of Peddler's formats; its PDF travels as base64 text.
func (w *walk) peddlerLabels(number string) error {
	zpl, err := w.raw(peddlerCall("shippingLabel/zpl")+"?trackingNumber="+number, w.peddler)
	if err != nil {
		return err
	}
	if err := w.save("peddler.zpl", zpl); err != nil {
		return err
	}
	encoded, err := w.raw(peddlerCall("shippingLabel/pdf")+"?trackingNumber="+number, w.peddler)
	if err != nil {
		return err
	}
	pdf, err := base64.StdEncoding.DecodeString(string(encoded))
	if err != nil {
		return err
	}
	return w.save("peddler.pdf", pdf)
}

// driversScan enters what drivers of ours saw, as the command line does.
func (w *walk) driversScan(number string, steps ...waybill.Transit) error {
	desk, err := w.desk()
	if err != nil {
		return err
	}
	for _, step := range steps {
		sh, err := desk.RecordScan(w.ctx, engine.RecordScan{Number: number, Scan: waybill.Scan{Status: step, Place: "Amsterdam"}})
		if err != nil {
			return err
		}
		w.carried(sh.Transit)
	}
	return nil
}

// raw fetches a label that is the whole answer.
func (w *walk) raw(path, token string) ([]byte, error) {
	request, err := http.NewRequestWithContext(w.ctx, http.MethodGet, w.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return w.fetch(request, http.StatusOK)
}
