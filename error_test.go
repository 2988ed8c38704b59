package waybill_test

import (
	"errors"
	"strings"
	"testing"

	"waybill"
)

func TestLogsRepeatNobodysWords(t *testing.T) {
	refused := waybill.E("ups.ship", waybill.ReasonCarrierAddress, "no such street: 12 Secret Lane")
	refused.Fault = &waybill.CarrierFault{Carrier: "ups", Code: "9210020", Message: "Ann Hidden lives elsewhere"}
	outer := waybill.E("cancel", waybill.ReasonCarrierOutage, "Ann Hidden's parcel")
	outer.Unsure, outer.Err = true, refused
	if got := waybill.Logged(outer); got != "cancel: carrier_outage, unsure: ups.ship: carrier_address (ups 9210020)" {
		t.Error(got)
	}
	if got := waybill.Logged(errors.New("index out of range")); !strings.Contains(got, "index out of range") {
		t.Errorf("a fault of ours is told as %q", got)
	}
}
