package upssim_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/gif"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waybill/carrier/ups/upssim"
	"waybill/label/labeltest"
)

// labelOf books a shipment and returns its first label and number.
func labelOf(t *testing.T, d *desk, o sample, format string) (number string, image []byte) {
	t.Helper()
	got := d.ship(o.set("ShipmentRequest.LabelSpecification.LabelImageFormat.Code", format))
	result := got.at("ShipmentResponse", "ShipmentResults", "PackageResults", 0)
	image, err := base64.StdEncoding.DecodeString(at(result, "ShippingLabel", "GraphicImage").(string))
	if err != nil {
		t.Fatal(err)
	}
	if code := at(result, "ShippingLabel", "ImageFormat", "Code"); code != format {
		t.Fatalf("format = %v, want %s", code, format)
	}
	return at(result, "TrackingNumber").(string), image
}

func TestGIFLabelIsASidewaysPictureWithTheNumber(t *testing.T) {
	d := open(t, upssim.Options{})
	number, raw := labelOf(t, d, order("GIF-1", "2.5", "4"), "GIF")
	picture, err := gif.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size != image.Pt(1400, 800) {
		t.Errorf("size = %v, want 1400x800", size)
	}
	if got := labeltest.Numbers(t, raw, 203); !slices.Contains(got, number) || !slices.Contains(got, "42030005") {
		t.Errorf("scanned %q, want %s and 42030005", got, number)
	}
}

func TestLabelsOfEveryLengthCanBeScanned(t *testing.T) {
	d := open(t, upssim.Options{Accounts: []string{"ABCDEF", "123456"}})
	for _, account := range []string{"ABCDEF", "123456"} {
		o := order("A reference as long as they come 3456", "150")
		o.set("ShipmentRequest.Shipment.Package.0.ReferenceNumber", []any{doc{"Value": strings.Repeat("W", 35)}, doc{"Value": "two"}})
		o.set("ShipmentRequest.Shipment.Shipper.ShipperNumber", account)
		o.set("ShipmentRequest.Shipment.PaymentInformation.ShipmentCharge.0.BillShipper.AccountNumber", account)
		o.set("ShipmentRequest.Shipment.ShipTo.Name", strings.Repeat("M", 35))
		o.set("ShipmentRequest.Shipment.ShipTo.Address.AddressLine", []any{strings.Repeat("W", 35), strings.Repeat("W", 35), strings.Repeat("W", 35)})
		o.set("ShipmentRequest.Shipment.ShipTo.Address.PostalCode", "300054616")
		number, raw := labelOf(t, d, o, "GIF")
		if got := labeltest.Numbers(t, raw, 203); !slices.Contains(got, number) || !slices.Contains(got, "420300054616") {
			t.Errorf("scanned %q, want %s and 420300054616", got, number)
		}
	}
}

func TestThermalLabels(t *testing.T) {
	d := open(t, upssim.Options{})
	for format, form := range map[string]*regexp.Regexp{
		"ZPL": regexp.MustCompile(`(?s)^\^XA.*\^PW812\n\^LL1218.*\^BCN,\d+,N,N,N,A\^FD(1Z\w+)\^FS.*\^XZ\n$`),
		"EPL": regexp.MustCompile(`(?s)^N\n.*\nB\d+,\d+,0,1,3,3,\d+,N,"(1Z\w+)"\n.*P1\n$`),
		"SPL": regexp.MustCompile(`(?s)^\x1b@.*\x1bb6\x022\x7f(1Z\w+)\x1e`),
	} {
		number, raw := labelOf(t, d, order("THERMAL", "1"), format)
		found := form.FindSubmatch(raw)
		if found == nil || string(found[1]) != number {
			t.Errorf("%s does not carry %s:\n%s", format, number, raw)
		}
		if !bytes.Contains(raw, []byte("SAMPLE - SIMULATED UPS")) {
			t.Errorf("%s does not say that it is a sample", format)
		}
	}
}

func TestTextOnAZPLLabelCannotBeACommand(t *testing.T) {
	d := open(t, upssim.Options{})
	_, raw := labelOf(t, d, order("ZPL", "1").set("ShipmentRequest.Shipment.ShipTo.Name", "Evil^XZ~JA_Co"), "ZPL")
	if bytes.Count(raw, []byte("^XZ")) != 1 || bytes.Contains(raw, []byte("~JA")) || !bytes.Contains(raw, []byte("EVIL_5EXZ_7EJA_5FCO")) {
		t.Errorf("label = %s", raw)
	}
}

func TestRecoveredLabelsAreTheSameBytes(t *testing.T) {
	d := open(t, upssim.Options{})
	number, first := labelOf(t, d, order("AGAIN", "1"), "GIF")
	for name, ask := range map[string]sample{"number": recoveryOf(number, "GIF"), "reference": recoveryByReference("AGAIN")} {
		got := d.call("POST", "/api/labels/v1/recovery", ask.body)
		got.wants(t, http.StatusOK, "label-recovery")
		again, err := base64.StdEncoding.DecodeString(got.text("LabelRecoveryResponse", "LabelResults", 0, "LabelImage", "GraphicImage"))
		if err != nil || !bytes.Equal(first, again) || got.text("LabelRecoveryResponse", "ShipmentIdentificationNumber") != number {
			t.Errorf("by %s: the label differs, or is of another shipment (%v)", name, err)
		}
	}
	got := d.call("POST", "/api/labels/v1/recovery", recoveryOf(number, "PDF").body)
	got.wants(t, http.StatusOK, "label-recovery")
	pdf, err := base64.StdEncoding.DecodeString(got.text("LabelRecoveryResponse", "LabelResults", 0, "LabelImage", "GraphicImage"))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("PDF = %.20q, %v", pdf, err)
	}
}

func TestRecoveryRefusals(t *testing.T) {
	d := open(t, upssim.Options{})
	recovery := func(s sample) answer { return d.call("POST", "/api/labels/v1/recovery", s.body) }
	recovery(recoveryOf("1Z5R89390357567127", "GIF")).refused(t, 400, "9801031", "could not be found")
	recovery(recoveryByReference("NEVER")).refused(t, 400, "9801031", "could not be found")
	first := d.ship(order("DOUBLE", "1"))
	recovery(recoveryOf(first.id(), "GIF").set("LabelRecoveryRequest.LabelSpecification.LabelStockSize", doc{"Height": "6", "Width": "4"})).
		refused(t, 400, "9801050", "Stock Size")
	second := d.ship(order("DOUBLE", "1"))
	recovery(recoveryByReference("DOUBLE")).refused(t, 400, "300001", "Multiple")
	d.call("DELETE", "/api/shipments/v2409/void/cancel/"+first.id(), nil).wants(t, 200, "void")
	if got := recovery(recoveryByReference("DOUBLE")); got.text("LabelRecoveryResponse", "ShipmentIdentificationNumber") != second.id() {
		t.Errorf("recovery of what is left = %.300s", got.body)
	}
	d.call("DELETE", "/api/shipments/v2409/void/cancel/"+second.id(), nil).wants(t, 200, "void")
	recovery(recoveryByReference("DOUBLE")).refused(t, 400, "9801040", "voided")
}
