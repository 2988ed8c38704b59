package upssim_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"waybill/carrier/ups/upssim"
)

func TestBookAndReadBack(t *testing.T) {
	d := open(t, upssim.Options{})
	got := d.ship(order("ORD-77", "2.5", "12"))
	results := got.at("ShipmentResponse", "ShipmentResults", "PackageResults").([]any)
	if len(results) != 2 {
		t.Fatalf("packages = %d, want 2: %s", len(results), got.body)
	}
	lead, second := at(results[0], "TrackingNumber").(string), at(results[1], "TrackingNumber").(string)
	if lead != got.id() || lead == second {
		t.Errorf("lead %s, second %s, shipment %s: the lead's number is the shipment's and no other's", lead, second, got.id())
	}
	if got.text("ShipmentResponse", "Response", "TransactionReference", "CustomerContext") != "ORD-77" {
		t.Errorf("the customer context is not echoed: %s", got.body)
	}
	for i, number := range []string{lead, second} {
		tracked := d.track(number)
		pack := tracked.at("trackResponse", "shipment", 0, "package", 0)
		if at(pack, "trackingNumber") != number || at(pack, "packageCount") != 2.0 || at(pack, "referenceNumber", 0, "number") != "ORD-77" {
			t.Errorf("track %d = %s", i, tracked.body)
		}
		if at(pack, "currentStatus", "type") != "M" || at(pack, "currentStatus", "statusCode") != "003" {
			t.Errorf("status of a parcel just booked = %v, want M 003", at(pack, "currentStatus"))
		}
	}
	whole := d.call("GET", "/api/track/v1/shipment/details/"+second, nil)
	whole.wants(t, http.StatusOK, "track")
	if n := len(whole.at("trackResponse", "shipment", 0, "package").([]any)); n != 2 {
		t.Errorf("packages of the shipment = %d, want 2", n)
	}
	state := d.sim.State()
	if state.Bookings["ORD-77"] != 1 || len(state.Shipments) != 1 || state.Calls["ship"] != 1 || len(d.sim.Mischief().Effects("ship")) != 1 {
		t.Errorf("state = %+v", state)
	}
}

func TestTheSameRequestTwiceIsTwoBookings(t *testing.T) {
	d := open(t, upssim.Options{})
	first, second := d.ship(order("TWICE", "1")), d.ship(order("TWICE", "1"))
	if first.id() == second.id() || d.sim.State().Bookings["TWICE"] != 2 {
		t.Errorf("ids %s %s, bookings %v", first.id(), second.id(), d.sim.State().Bookings)
	}
}

func TestTheSameSeedGivesTheSameNumbers(t *testing.T) {
	one, two, other := open(t, upssim.Options{Seed: 5}), open(t, upssim.Options{Seed: 5}), open(t, upssim.Options{Seed: 6})
	a, b, c := one.ship(order("S", "1")), two.ship(order("S", "1")), other.ship(order("S", "1"))
	if string(a.body) != string(b.body) {
		t.Error("two simulators of one seed answer differently")
	}
	if a.id() == c.id() {
		t.Error("two seeds give the same number")
	}
}

// The rule is UPS's published one, written here a second time; the first vector is a published sample number.
func TestTrackingNumbersCarryValidCheckDigits(t *testing.T) {
	valid := func(number string) bool {
		if len(number) != 18 || !strings.HasPrefix(number, "1Z") {
			return false
		}
		sum := 0
		for i, c := range number[2:17] {
			v := int(c - '0')
			if c >= 'A' {
				v = (int(c) - 63) % 10
			}
			sum += v << (i % 2)
		}
		return int(number[17]-'0') == (10-sum%10)%10
	}
	if !valid("1Z5R89390357567127") || valid("1Z5R89390357567128") {
		t.Fatal("the test's own rule is wrong")
	}
	d := open(t, upssim.Options{Accounts: []string{"A1B2C3", "ZZ99XY"}})
	for _, account := range []string{"A1B2C3", "ZZ99XY"} {
		o := order("CHECK", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1")
		o.set("ShipmentRequest.Shipment.Shipper.ShipperNumber", account)
		o.set("ShipmentRequest.Shipment.PaymentInformation.ShipmentCharge.0.BillShipper.AccountNumber", account)
		for _, r := range d.ship(o).at("ShipmentResponse", "ShipmentResults", "PackageResults").([]any) {
			number := at(r, "TrackingNumber").(string)
			if !valid(number) || number[2:8] != account || number[8:10] != "03" {
				t.Errorf("number = %s of account %s", number, account)
			}
		}
	}
}

func TestPricesOfAShipmentAreThoseOfItsQuote(t *testing.T) {
	d := open(t, upssim.Options{})
	quote := d.call("POST", "/api/rating/v2409/Rate", quoteFor("7.3").body)
	quote.wants(t, http.StatusOK, "rate")
	o := order("PRICE", "7.3").set("ShipmentRequest.Shipment.ShipmentRatingOptions.NegotiatedRatesIndicator", "")
	booked := d.ship(o)
	for _, path := range [][2][]any{
		{{"TotalCharges", "MonetaryValue"}, {"ShipmentCharges", "TotalCharges", "MonetaryValue"}},
		{{"NegotiatedRateCharges", "TotalCharge", "MonetaryValue"}, {"NegotiatedRateCharges", "TotalCharge", "MonetaryValue"}},
		{{"BillingWeight", "Weight"}, {"BillingWeight", "Weight"}},
	} {
		a := quote.text(append([]any{"RateResponse", "RatedShipment", 0}, path[0]...)...)
		b := booked.text(append([]any{"ShipmentResponse", "ShipmentResults"}, path[1]...)...)
		if a == "" || a != b {
			t.Errorf("%v: quoted %q, booked %q", path[0], a, b)
		}
	}
}

func TestAbroadComesWithAnInvoice(t *testing.T) {
	d := open(t, upssim.Options{})
	got := d.ship(abroad("ABROAD"))
	pdf, err := base64.StdEncoding.DecodeString(got.text("ShipmentResponse", "ShipmentResults", "Form", "Image", "GraphicImage"))
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("form = %.20q, %v", pdf, err)
	}
	if got.text("ShipmentResponse", "ShipmentResults", "ShipmentCharges", "TotalCharges", "CurrencyCode") != "USD" {
		t.Errorf("charges = %s", got.body)
	}
	if d.sim.State().Bookings["ABROAD"] != 1 {
		t.Error("the shipment's reference is not kept")
	}
}

func TestOptionsAreCharged(t *testing.T) {
	d := open(t, upssim.Options{})
	const pack = "ShipmentRequest.Shipment.Package.0.PackageServiceOptions."
	o := order("EXTRAS", "3").
		set(pack+"DeliveryConfirmation.DCISType", "3").
		set(pack+"DeclaredValue", doc{"CurrencyCode": "USD", "MonetaryValue": "750.00"}).
		set(pack+"COD", doc{"CODFundsCode": "8", "CODAmount": doc{"CurrencyCode": "USD", "MonetaryValue": "99.5"}}).
		set("ShipmentRequest.Shipment.ShipTo.Address.ResidentialAddressIndicator", "").
		set("ShipmentRequest.Shipment.Service.Code", "01").
		set("ShipmentRequest.Shipment.ShipmentServiceOptions.SaturdayDeliveryIndicator", "")
	got := d.ship(o)
	codes := map[string]bool{}
	for _, c := range got.at("ShipmentResponse", "ShipmentResults", "ShipmentCharges", "ItemizedCharges").([]any) {
		codes[at(c, "Code").(string)] = true
	}
	for _, code := range []string{"375", "120", "400", "110", "270", "300"} {
		if !codes[code] {
			t.Errorf("charge %s is missing: %v", code, codes)
		}
	}
}

func TestReturns(t *testing.T) {
	d := open(t, upssim.Options{})
	back := func(code string) sample {
		o := order("BACK-"+code, "2")
		o.set("ShipmentRequest.Shipment.ShipFrom", place("Ada Long", "12380 Morris Rd", "Alpharetta", "GA", "30005", "US"))
		o.set("ShipmentRequest.Shipment.ShipTo", place("Harbour Tea", "2311 York Rd", "Timonium", "MD", "21093", "US"))
		return o.set("ShipmentRequest.Shipment.ReturnService.Code", code)
	}
	for code, labelled := range map[string]bool{"9": true, "8": true, "2": false, "3": false, "5": false} {
		got := d.ship(back(code))
		if has := got.at("ShipmentResponse", "ShipmentResults", "PackageResults", 0, "ShippingLabel") != nil; has != labelled {
			t.Errorf("return service %s: label %v, want %v", code, has, labelled)
		}
	}
	d.call("POST", "/api/shipments/v2409/ship", back("9").set("ShipmentRequest.Shipment.ShipFrom", nil).body).
		refused(t, 400, "120300", "ShipFrom")
	d.call("POST", "/api/shipments/v2409/ship", back("9").set("ShipmentRequest.Shipment.Package.0.Description", nil).body).
		refused(t, 400, "120622", "Package[0]")
}

func TestBusinessRulesNameWhatIsWrong(t *testing.T) {
	const (
		to   = "ShipmentRequest.Shipment.ShipTo."
		pack = "ShipmentRequest.Shipment.Package.0."
		ship = "ShipmentRequest.Shipment."
	)
	for name, c := range map[string]struct {
		order      sample
		code, word string
	}{
		"no ZIP code":             {order("A", "1").set(to+"Address.PostalCode", "3000"), "120207", "ShipTo PostalCode"},
		"ZIP of another state":    {order("A", "1").set(to+"Address.StateProvinceCode", "TX"), "120802", "30005"},
		"no state":                {order("A", "1").set(to+"Address.StateProvinceCode", nil), "120206", "ShipTo StateProvinceCode"},
		"unknown country":         {order("A", "1").set(to+"Address.CountryCode", "XX"), "120208", "ShipTo CountryCode"},
		"no such service":         {order("A", "1").set(ship+"Service.Code", "08"), "121210", "08"},
		"unknown account":         {order("A", "1").set(ship+"Shipper.ShipperNumber", "a-b-c-"), "120100", "shipper number"},
		"another account pays":    {order("A", "1").set(ship+"PaymentInformation.ShipmentCharge.0.BillShipper.AccountNumber", "OTHER1"), "120415", "AccountNumber"},
		"nobody pays":             {order("A", "1").set(ship+"PaymentInformation", nil), "120410", "PaymentInformation"},
		"nothing weighed":         {order("A", "0"), "121030", "PackageWeight"},
		"too heavy":               {order("A", "150.1"), "121035", "150"},
		"metric from the US":      {order("A", "1").set(pack+"PackageWeight.UnitOfMeasurement.Code", "KGS"), "121057", "KGS"},
		"too long":                {order("A", "1").set(pack+"Dimensions.Length", "109"), "121056", "108"},
		"too large":               {order("A", "1").set(pack+"Dimensions.Length", "100").set(pack+"Dimensions.Width", "40"), "121050", "165"},
		"shipment reference":      {order("A", "1").set(ship+"ReferenceNumber", []any{doc{"Value": "A"}}), "120541", "Shipment/ReferenceNumber"},
		"package reference":       {abroad("A").set(pack+"ReferenceNumber", []any{doc{"Value": "A"}}), "120542", "Package/ReferenceNumber"},
		"no description abroad":   {abroad("A").set(ship+"Description", nil), "120512", "Description"},
		"no phone abroad":         {abroad("A").set(to+"Phone", nil), "120209", "ShipTo PhoneNumber"},
		"short phone":             {order("A", "1").set(to+"Phone.Number", "555"), "120213", "ShipTo"},
		"signature abroad":        {abroad("A").set(pack+"PackageServiceOptions.DeliveryConfirmation.DCISType", "2"), "120598", "Delivery Confirmation"},
		"shipment signature home": {order("A", "1").set(ship+"ShipmentServiceOptions.DeliveryConfirmation.DCISType", "1"), "121085", "DeliveryConfirmation"},
		"Saturday by ground":      {order("A", "1").set(ship+"ShipmentServiceOptions.SaturdayDeliveryIndicator", ""), "121045", "Saturday"},
		"value too high":          {order("A", "1").set(pack+"PackageServiceOptions.DeclaredValue", doc{"CurrencyCode": "USD", "MonetaryValue": "50000.01"}), "121025", "50,000"},
		"PNG label":               {order("A", "1").set("ShipmentRequest.LabelSpecification.LabelImageFormat.Code", "PNG"), "120702", "LabelImageFormat"},
		"odd stock":               {order("A", "1").set("ShipmentRequest.LabelSpecification.LabelStockSize.Height", "5"), "120704", "Height"},
		"wrong option":            {order("A", "1").set("ShipmentRequest.Request.RequestOption", "please"), "120051", "RequestOption"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, upssim.Options{})
			d.call("POST", "/api/shipments/v2409/ship", c.order.body).refused(t, 400, c.code, c.word)
			if n := len(d.sim.State().Shipments); n != 0 {
				t.Errorf("a refused order booked %d shipments", n)
			}
		})
	}
}

// TestEveryWrongMemberIsRefusedByName takes each member of a good request away, makes it a number, and makes it far
// too long: whatever the schema does not allow, the simulator must refuse, naming the member.
func TestEveryWrongMemberIsRefusedByName(t *testing.T) {
	d := open(t, upssim.Options{})
	for _, c := range []struct {
		name, path string
		make       func() sample
	}{
		{"ship", "/api/shipments/v2409/ship", func() sample { return order("M", "2") }},
		{"ship", "/api/shipments/v2409/ship", func() sample { return abroad("M") }},
		{"rate", "/api/rating/v2409/Rate", func() sample { return quoteFor("2") }},
		{"pickup", "/api/pickupcreation/v2409/pickup", func() sample { return pickupOn("20261124") }},
		{"label-recovery", "/api/labels/v1/recovery", func() sample { return recoveryByReference("M") }},
	} {
		n := 0
		spoil(c.make().body, "", func(path string, twist string, change func(doc)) {
			s := c.make()
			change(s.body)
			if allows(t, c.name+".request", s.text(t)) == nil {
				return
			}
			n++
			got := d.call("POST", c.path, s.body)
			if got.status != http.StatusBadRequest || !strings.Contains(string(got.body), lastName(path)) {
				t.Errorf("%s: %s %s = %d %s, want 400 that names it", c.name, path, twist, got.status, got.body)
			}
		})
		if n < 8 {
			t.Errorf("%s: only %d wrong requests tried", c.name, n)
		}
	}
	if n := len(d.sim.State().Shipments); n != 0 {
		t.Errorf("%d shipments were booked", n)
	}
}

// spoil visits every member of an object, however deep, with ways to make it wrong.
func spoil(v any, path string, try func(path, twist string, change func(doc))) {
	object, ok := v.(doc)
	if !ok {
		if list, ok := v.([]any); ok && len(list) > 0 {
			spoil(list[0], path+".0", try)
		}
		return
	}
	for name, child := range object {
		at := strings.TrimPrefix(path+"."+name, ".")
		try(at, "missing", func(d doc) { sample{d}.set(at, nil) })
		try(at, "a number", func(d doc) { sample{d}.set(at, 5) })
		if _, leaf := child.(string); leaf {
			try(at, "too long", func(d doc) { sample{d}.set(at, strings.Repeat("9", 600)) })
			try(at, "empty", func(d doc) { sample{d}.set(at, "") })
		}
		spoil(child, at, try)
	}
}

func lastName(path string) string {
	steps := strings.Split(path, ".")
	for i := len(steps) - 1; ; i-- {
		if steps[i] != "0" {
			return steps[i]
		}
	}
}

func TestLeadOfSeveralPiecesForCashIsGIF(t *testing.T) {
	d := open(t, upssim.Options{})
	o := order("COD2", "1", "1").set("ShipmentRequest.LabelSpecification.LabelImageFormat.Code", "ZPL")
	o.set("ShipmentRequest.Shipment.Package.0.PackageServiceOptions.COD", doc{"CODFundsCode": "0", "CODAmount": doc{"CurrencyCode": "USD", "MonetaryValue": "20"}})
	got := d.ship(o)
	formats := ""
	for i := range 2 {
		formats += fmt.Sprint(got.at("ShipmentResponse", "ShipmentResults", "PackageResults", i, "ShippingLabel", "ImageFormat", "Code"), " ")
	}
	if formats != "GIF ZPL " {
		t.Errorf("formats = %s, want GIF ZPL", formats)
	}
}
