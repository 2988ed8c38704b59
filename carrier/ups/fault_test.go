package ups

import (
	"fmt"
	"testing"

	"waybill"
	"waybill/internal/wire"
)

func TestFaultsOfUPS(t *testing.T) {
	for _, tt := range []struct {
		status        int
		code, message string
		reason        waybill.Reason
		severity      waybill.Severity
		field         string
	}{
		{400, "120207", "something", waybill.ReasonCarrierAddress, waybill.Hard, "to.address.postcode"},
		{400, "110306", "something", waybill.ReasonCarrierAddress, waybill.Hard, "from.address.state"},
		{400, "120209", "something", waybill.ReasonCarrier, waybill.Hard, "to.contact.phone"},
		{400, "120802", "something", waybill.ReasonCarrierAddress, waybill.Hard, "to.address.postcode"},
		{400, "121030", "something", waybill.ReasonCarrier, waybill.Hard, "parcels[0].weight"},
		{400, "999999", "The postal code 1 is invalid for the Ship From", waybill.ReasonCarrierAddress, waybill.Hard, "from.address.postcode"},
		{400, "999998", "No can do", waybill.ReasonCarrier, waybill.Hard, ""},
		{400, "250003", "Invalid Access License number", waybill.ReasonCarrierLogin, waybill.Hard, ""},
		{500, "VSS100", "temporarily unavailable", waybill.ReasonCarrierOutage, waybill.Transient, ""},
		{400, "10429", "Too Many Requests", waybill.ReasonCarrierLimit, waybill.Transient, ""},
	} {
		for _, shape := range []string{`{"response":{"errors":[{"code":%q,"message":%q}]}}`, `{"errors":[{"code":%q,"message":%q}]}`} {
			e := waybill.E("ups.ship", waybill.ReasonCarrier, "refused")
			e.Fault = &waybill.CarrierFault{Status: tt.status}
			fault(wire.Answer{Status: tt.status, Body: fmt.Appendf(nil, shape, tt.code, tt.message)}, e)
			path := ""
			if len(e.Fields) > 0 {
				path = e.Fields[0].Path
			}
			if e.Reason != tt.reason || e.Severity != tt.severity || e.Code != waybill.Reasons[tt.reason] || path != tt.field || e.Fault.Code != tt.code {
				t.Errorf("%s %q: %s %s, field %q", tt.code, tt.message, e.Severity, e.Reason, path)
			}
		}
	}
	for _, row := range faults {
		if waybill.Reasons[waybill.Reason(row[1])] == "" {
			t.Errorf("faults.csv: %s has no such reason %q", row[0], row[1])
		}
	}
	e := waybill.E("ups.ship", waybill.ReasonCarrierOutage, "out of order")
	e.Fault = &waybill.CarrierFault{Status: 503}
	if fault(wire.Answer{Status: 503, Body: []byte("<html>")}, e); e.Reason != waybill.ReasonCarrierOutage {
		t.Errorf("a gateway's page: %+v", e)
	}
}
