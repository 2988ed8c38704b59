package peddler

import (
	"bytes"
	"strings"
	"testing"

	"waybill"
	"waybill/dialect"
)

// TestDimensions: free text is a size where it says one, and is refused nowhere.
func TestDimensions(t *testing.T) {
	for text, want := range map[string]waybill.Size{
		"38.5cm * 35.5cm * 9.0cm": {Length: "38.5", Width: "35.5", Height: "9.0", Unit: waybill.Centimetre},
		"40x30x10":                {Length: "40", Width: "30", Height: "10", Unit: waybill.Centimetre},
		"400 × 300 × 100 mm":      {Length: "400", Width: "300", Height: "100", Unit: waybill.Millimetre},
		`15" x 14" X 3.5"`:        {Length: "15", Width: "14", Height: "3.5", Unit: waybill.Inch},
		"0,4m*0,3m*0,1m":          {Length: "0.4", Width: "0.3", Height: "0.1", Unit: waybill.Metre},
		"40cm * 30in * 10cm":      {},
		"40 * 30":                 {},
		"large":                   {},
		"":                        {},
		"-1 * 2 * 3":              {},
	} {
		if got := sizeOf(text); got != want {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// TestEngineNamesAreTranslated: what the engine finds wrong is told by the names of this API, and sorted by them.
func TestEngineNamesAreTranslated(t *testing.T) {
	for _, c := range []struct{ path, want, kind string }{
		{"reference", "metaData", badFields},
		{"to.postcode", "deliveryAddress.postCode", badPostcode},
		{"to.country", "deliveryAddress.country", badAddress},
		{"from.country", "senderAddress.country", badAddress},
		{"to", "deliveryAddress", badAddress},
		{"hook", "webhookUri", badFields},
		{"weight", "weight", badFields},
	} {
		if got := wireName(c.path); got != c.want {
			t.Errorf("%s is told as %s, want %s", c.path, got, c.want)
		}
		err := waybill.FieldErrors("create", []waybill.FieldError{{Path: c.path, Message: "no"}})
		if got := errorType(err); got != c.kind {
			t.Errorf("%s is sorted under %s, want %s", c.path, got, c.kind)
		}
	}
	if got := errorType(waybill.E("ship", waybill.ReasonCarrierAddress, "no")); got != badAddress {
		t.Errorf("a carrier's refusal of an address is %s", got)
	}
}

// TestInternalErrorsStaySilent: neither an item nor a call tells what an internal error says.
func TestInternalErrorsStaySilent(t *testing.T) {
	err := waybill.E("x", waybill.ReasonBug, "secret")
	if got := explain(err); got != "internal error" {
		t.Errorf("an item says %q", got)
	}
	for _, op := range []string{opToken, opCreate, opLabel, opCancel} {
		for _, path := range []string{root2023, rootCurrent} {
			reply := fault(&dialect.Request{Op: op, Path: path}, err)
			if reply.Status != 500 || string(reply.Body) == "" || bytes.Contains(reply.Body, []byte("secret")) {
				t.Errorf("%s: %d %s", op, reply.Status, reply.Body)
			}
		}
	}
}

// TestLevelOfAService: a service that the account has named after a level is shown by that.
func TestLevelOfAService(t *testing.T) {
	for _, c := range []struct{ code, name, want string }{
		{"SAME_DAY_24", "Same day", "SAME_DAY_24"}, {"03", "EXPRESS_0900", "EXPRESS_0900"}, {"03", "Ground", "03"},
	} {
		r := recordOf(&waybill.Shipment{Provider: &waybill.Provider{Service: c.code, ServiceName: c.name}})
		if r.ServiceLevel == nil || *r.ServiceLevel != c.want {
			t.Errorf("%s, %s is shown as %v", c.code, c.name, r.ServiceLevel)
		}
	}
}

// TestCurrencies: three letters that are no currency are told.
func TestCurrencies(t *testing.T) {
	for text, want := range map[string]string{`"eur"`: "EUR", `" USD "`: "USD", `"QQQ"`: "", `"NaN"`: "", `"euro"`: "", `"€"`: ""} {
		in, err := readItem(dialect.Root(map[string]any{
			"metaData": "A", "deliveryAddress": map[string]any{"address1": "Jodenbreestraat 4", "city": "Amsterdam", "postCode": "1011NK"},
			"shippingValueCurrency": strings.Trim(text, `"`),
		}, true), "c")
		if got := in.Shipment.Value.Currency; got != want || (err == nil) != (want != "") || (err != nil && errorType(err) != badFields) {
			t.Errorf("%s is read as %q (%v), want %q", text, got, err, want)
		}
	}
}
