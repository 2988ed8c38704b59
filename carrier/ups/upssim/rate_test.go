package upssim_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"waybill/carrier/ups/upssim"
)

// cents reads an amount.
func cents(t *testing.T, v any) int {
	t.Helper()
	text, _ := v.(string)
	n, err := strconv.Atoi(strings.Replace(text, ".", "", 1))
	if err != nil || !strings.Contains(text, ".") {
		t.Fatalf("amount = %q", text)
	}
	return n
}

func (d *desk) rate(option string, s sample) answer {
	d.t.Helper()
	judge(d.t, "rate.request", s.text(d.t))
	got := d.call("POST", "/api/rating/v2409/"+option, s.body)
	got.wants(d.t, http.StatusOK, "rate")
	return got
}

func codesOf(a answer) string {
	var codes []string
	for _, r := range a.at("RateResponse", "RatedShipment").([]any) {
		codes = append(codes, at(r, "Service", "Code").(string))
	}
	return strings.Join(codes, " ")
}

func TestShopOffersWhatTheLaneHas(t *testing.T) {
	d := open(t, upssim.Options{})
	to := func(city, state, zip, country string) sample {
		s := quoteFor("5")
		s.set("RateRequest.Shipment.ShipTo.Address", doc{"AddressLine": []any{"1 Main St"}, "City": city, "PostalCode": zip, "CountryCode": country})
		if state != "" {
			s.set("RateRequest.Shipment.ShipTo.Address.StateProvinceCode", state)
		}
		return s
	}
	for want, s := range map[string]sample{
		"14 01 13 59 02 12 03": to("Alpharetta", "GA", "30005", "US"),
		"01 02 03":             to("Honolulu", "HI", "96813", "US"),
		"54 07 65 08 11":       to("Toronto", "ON", "M5C2M6", "CA"),
		"07 65 08 11":          to("Mexico", "", "06600", "MX"),
		"54 07 65 08":          to("Berlin", "", "10785", "DE"),
	} {
		if got := codesOf(d.rate("Shop", s)); got != want {
			t.Errorf("services = %s, want %s", got, want)
		}
	}
}

func TestPriceGrowsWithWeightDistanceAndVolume(t *testing.T) {
	d := open(t, upssim.Options{})
	total := func(s sample) int {
		return cents(t, d.rate("Rate", s).at("RateResponse", "RatedShipment", 0, "TotalCharges", "MonetaryValue"))
	}
	base := total(quoteFor("2"))
	far := quoteFor("2").set("RateRequest.Shipment.ShipTo.Address.PostalCode", "94105").set("RateRequest.Shipment.ShipTo.Address.StateProvinceCode", "CA")
	large := quoteFor("2").set("RateRequest.Shipment.Package.0.Dimensions.Length", "30").set("RateRequest.Shipment.Package.0.Dimensions.Width", "20").set("RateRequest.Shipment.Package.0.Dimensions.Height", "20")
	for name, more := range map[string]int{"weight": total(quoteFor("20")), "distance": total(far), "volume": total(large)} {
		if more <= base {
			t.Errorf("more %s costs %d, not above %d", name, more, base)
		}
	}
	got := d.rate("Rate", large)
	if w := got.text("RateResponse", "RatedShipment", 0, "BillingWeight", "Weight"); w != "87.0" { // 30*20*20/139, rounded up
		t.Errorf("billing weight = %s, want 87.0", w)
	}
	if got.text("RateResponse", "RatedShipment", 0, "Zone") != "4" {
		t.Errorf("zone = %v", got.at("RateResponse", "RatedShipment", 0, "Zone"))
	}
}

func TestChargesAddUp(t *testing.T) {
	d := open(t, upssim.Options{})
	s := quoteFor("12").set("RateRequest.Shipment.ShipTo.Address.ResidentialAddressIndicator", "Y")
	rated := d.rate("Rate", s).at("RateResponse", "RatedShipment", 0)
	sum := cents(t, at(rated, "BaseServiceCharge", "MonetaryValue"))
	for _, c := range at(rated, "ItemizedCharges").([]any) {
		sum += cents(t, at(c, "MonetaryValue"))
	}
	transport, options := cents(t, at(rated, "TransportationCharges", "MonetaryValue")), cents(t, at(rated, "ServiceOptionsCharges", "MonetaryValue"))
	total := cents(t, at(rated, "TotalCharges", "MonetaryValue"))
	if sum != total || transport+options != total || options == 0 {
		t.Errorf("items %d, transport %d, options %d, total %d", sum, transport, options, total)
	}
	if account := cents(t, at(rated, "NegotiatedRateCharges", "TotalCharge", "MonetaryValue")); account >= total || account == 0 {
		t.Errorf("account rate %d, published %d", account, total)
	}
}

func TestSomeMembersComeOnlyWhenAskedFor(t *testing.T) {
	d := open(t, upssim.Options{})
	s := quoteFor("3").set("RateRequest.Request.SubVersion", nil).set("RateRequest.Shipment.ShipmentRatingOptions", nil).set("RateRequest.Shipment.DeliveryTimeInformation", nil)
	rated := d.rate("Ratetimeintransit", s).at("RateResponse", "RatedShipment", 0)
	for _, name := range []string{"ItemizedCharges", "BaseServiceCharge", "Zone", "NegotiatedRateCharges", "TimeInTransit"} {
		if at(rated, name) != nil {
			t.Errorf("%s came unasked", name)
		}
	}
	s = quoteFor("3").set("RateRequest.Shipment.Shipper.ShipperNumber", nil).set("RateRequest.Shipment.PaymentDetails", nil)
	rated = d.rate("Rate", s).at("RateResponse", "RatedShipment", 0)
	if at(rated, "NegotiatedRateCharges") != nil || at(rated, "RatedShipmentAlert", 1, "Code") != "110900" {
		t.Errorf("without an account = %v", rated)
	}
}

func TestTimeInTransit(t *testing.T) {
	d := open(t, upssim.Options{})
	s := quoteFor("3").set("RateRequest.Shipment.DeliveryTimeInformation.Pickup.Date", "20261127") // a Friday
	got := d.rate("Shoptimeintransit", s)
	arrival := map[string]string{}
	for _, r := range got.at("RateResponse", "RatedShipment").([]any) {
		sum := at(r, "TimeInTransit", "ServiceSummary", "EstimatedArrival")
		arrival[at(r, "Service", "Code").(string)] = strings.Join([]string{
			at(sum, "Arrival", "Date").(string), at(sum, "DayOfWeek").(string), at(sum, "BusinessDaysInTransit").(string),
		}, " ")
	}
	for code, want := range map[string]string{"01": "20261130 MON 1", "02": "20261201 TUE 2", "12": "20261202 WED 3", "03": "20261201 TUE 2"} {
		if arrival[code] != want {
			t.Errorf("service %s arrives %q, want %q", code, arrival[code], want)
		}
	}
	late := quoteFor("3").set("RateRequest.Shipment.DeliveryTimeInformation.Pickup.Date", "20270301")
	d.call("POST", "/api/rating/v2409/Ratetimeintransit", late.body).refused(t, 400, "111547", "Pickup.Date")
	abroad := quoteFor("3").set("RateRequest.Shipment.ShipTo.Address", doc{"AddressLine": []any{"x"}, "City": "Berlin", "PostalCode": "10785", "CountryCode": "DE"})
	d.call("POST", "/api/rating/v2409/Shoptimeintransit", abroad.body).refused(t, 400, "111546", "ShipmentTotalWeight")
}

func TestRateRefusals(t *testing.T) {
	d := open(t, upssim.Options{})
	rate := func(option string, s sample) answer { return d.call("POST", "/api/rating/v2409/"+option, s.body) }
	const to = "RateRequest.Shipment.ShipTo.Address."
	rate("Buy", quoteFor("1")).refused(t, 400, "110051", "Buy")
	rate("Rate", quoteFor("1").set("RateRequest.Shipment.Service", nil)).refused(t, 400, "110500", "Service.Code")
	rate("Rate", quoteFor("1").set("RateRequest.Shipment.Service.Code", "07")).refused(t, 400, "111210", "07")
	rate("Rate", quoteFor("1").set("RateRequest.Shipment.Service.Code", "003")).refused(t, 400, "110500", "Service.Code")
	rate("Shop", quoteFor("1").set(to+"PostalCode", "ABCDE")).refused(t, 400, "110207", "PostalCode")
	rate("Shop", quoteFor("1").set(to+"PostalCode", "94105")).refused(t, 400, "111285", "94105")
	rate("Shop", quoteFor("200")).refused(t, 400, "111035", "150")
	rate("Shop", quoteFor("1").set("RateRequest.Shipment.Package.0.PackageWeight.UnitOfMeasurement.Description", nil)).refused(t, 400, "10002", "UnitOfMeasurement.Description")
}
