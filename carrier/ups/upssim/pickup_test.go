package upssim_test

import (
	"testing"

	"waybill/carrier/ups/upssim"
)

func TestPickups(t *testing.T) {
	d := open(t, upssim.Options{})
	create := func(s sample) answer { return d.call("POST", "/api/pickupcreation/v2409/pickup", s.body) }
	first := create(pickupOn("20261124"))
	first.wants(t, 200, "pickup")
	prn := first.text("PickupCreationResponse", "PRN")
	if first.text("PickupCreationResponse", "RateStatus", "Code") != "01" || cents(t, first.at("PickupCreationResponse", "RateResult", "GrandTotalOfAllCharge")) == 0 {
		t.Errorf("price = %s", first.body)
	}
	if again := create(pickupOn("20261124")); again.text("PickupCreationResponse", "PRN") != prn {
		t.Errorf("the same stop twice: %s, then %s", prn, again.body)
	}
	other := create(pickupOn("20261125").set("PickupCreationRequest.RatePickupIndicator", "N"))
	other.wants(t, 200, "pickup")
	if other.text("PickupCreationResponse", "PRN") == prn || other.at("PickupCreationResponse", "RateResult") != nil {
		t.Errorf("another day = %s", other.body)
	}

	cancel := func(prn string) answer {
		req := d.request("DELETE", "/api/shipments/v2409/pickup/02", nil)
		req.Header.Set("Prn", prn)
		return d.do(req)
	}
	cancel(prn).wants(t, 200, "pickup-cancel")
	cancel(prn).refused(t, 400, "9510113", "already")
	cancel("29999999999").refused(t, 400, "9510115", "not be found")
	d.call("DELETE", "/api/shipments/v2409/pickup/02", nil).refused(t, 400, "9510111", "Prn")
	d.call("DELETE", "/api/shipments/v2409/pickup/03", nil).refused(t, 400, "9510110", "CancelBy")
	if state := d.sim.State().Pickups; len(state) != 2 || !state[0].Cancelled || state[1].Cancelled {
		t.Errorf("pickups = %+v", state)
	}
	if again := create(pickupOn("20261124")); again.text("PickupCreationResponse", "PRN") == prn {
		t.Error("a cancelled pickup's number is given again")
	}
}

func TestPickupRefusals(t *testing.T) {
	d := open(t, upssim.Options{})
	create := func(s sample) answer { return d.call("POST", "/api/pickupcreation/v2409/pickup", s.body) }
	create(pickupOn("20261122")).refused(t, 400, "9500523", "PickupDate")
	create(pickupOn("20261124").set("PickupCreationRequest.PickupDateInfo.ReadyTime", "1800")).refused(t, 400, "9500524", "ReadyTime")
	create(pickupOn("20261124").set("PickupCreationRequest.PickupAddress.PostalCode", "99999999")).refused(t, 400, "9500514", "PickupAddress")
	create(pickupOn("20261124").set("PickupCreationRequest.Shipper", nil)).refused(t, 400, "9500511", "AccountNumber")
}
