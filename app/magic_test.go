package app

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/store/storetest"
)

// row is one line of the documented table of magic values.
type row struct {
	word, amount, number, ends string
	called                     bool                // only a carrier that is called can do it
	places                     map[string][]string // postal codes that stand for it, by country
}

// documented reads the tables that docs/sandbox.md shows. A row that is added there is forced, or the test fails.
func documented(t *testing.T) []row {
	t.Helper()
	data, err := os.ReadFile("../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, cells := range tabled(string(data), "magic") {
		word, ok := strings.CutPrefix(strings.Trim(cells[0], "`"), "Magic ")
		if !ok || len(cells) != 5 {
			t.Fatalf("no row of the table: %q", cells)
		}
		rows = append(rows, row{
			word: word, amount: cells[1], number: cells[2], ends: cells[4], called: strings.HasSuffix(cells[3], "†"), places: map[string][]string{},
		})
	}
	for _, cells := range tabled(string(data), "places") {
		country, code, _ := strings.Cut(cells[0], " ")
		word := strings.TrimPrefix(strings.Trim(cells[1], "`"), "Magic ")
		known := false
		for _, r := range rows {
			if r.word == word {
				r.places[country], known = append(r.places[country], code), true
			}
		}
		if !known {
			t.Errorf("%s stands for %q, which is no row", cells[0], word)
		}
	}
	if len(rows) == 0 {
		t.Fatal("the docs have no table of magic values")
	}
	return rows
}

// tabled are the cells of a marked table, without its head.
func tabled(text, name string) (rows [][]string) {
	_, text, _ = strings.Cut(text, "<!-- "+name+": written by a test -->\n")
	text, _, _ = strings.Cut(text, "<!-- end of "+name+" -->")
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if i < 2 {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		rows = append(rows, cells)
	}
	return rows
}

// charm is how a word is given to a booking: by name, value or postal code. What is empty is plain.
type charm struct{ name, value, country, postcode string }

// charms are the ways in which a row can be given through an API that ships within a country.
func (r row) charms(country string) map[string]charm {
	ways := map[string]charm{"name": {name: "Magic " + r.word}, "amount": {name: "Ann Plain", value: r.amount}}
	for _, code := range r.places[country] {
		ways["postcode"] = charm{name: "Ann Plain", country: country, postcode: code}
	}
	return ways
}

// countries are where the parcels of each API go, postal codes by it being magic there; and in which order they are tried.
var (
	apis      = []string{"native", "lynkup", "shiplee", "shiptheory", "peddler"}
	countries = map[string]string{"native": "US", "lynkup": "US", "shiplee": "IN", "shiptheory": "GB", "peddler": "NL"}
	ways      = []string{"name", "amount", "postcode"}
)

// forcers book through their API, and tell the HTTP status of the booking.
var forcers = map[string]func(t *testing.T, p *playground, reference string, c charm) int{
	"native": func(t *testing.T, p *playground, reference string, c charm) int {
		to := map[string]any{
			"name": c.name, "phone": "+1 617-555-0101", "street1": "725 Albany Street", "city": "Boston", "state": "MA", "postcode": "02118", "country": "US",
		}
		if c.postcode != "" {
			to["postcode"], to["city"], to["state"] = c.postcode, "Adak", "AK"
		}
		order := map[string]any{
			"reference": reference, "location": "7709", "book": map[string]any{}, "to": to,
			"parcels": []any{map[string]any{"weight": map[string]any{"value": 2, "unit": "kg"}, "size": map[string]any{"length": 20, "width": 15, "height": 10, "unit": "cm"}}},
		}
		if c.value != "" {
			order["value"] = map[string]any{"amount": waybill.Amount{Value: waybill.Decimal(c.value), Currency: "USD"}.Money().Minor, "currency": "USD"}
		}
		status, _ := p.ask(t, "POST", "/api/v1/shipments", DemoKey, order)
		return status
	},
	"lynkup": func(t *testing.T, p *playground, reference string, c charm) int {
		order := lynkupOrder(reference, c.name)
		if c.value != "" {
			order["orderValue"] = json.Number(c.value)
		}
		if c.postcode != "" {
			to := order["deliveryAddress"].(map[string]any)
			to["postalCode"], to["city"], to["state"] = c.postcode, "Adak", "AK"
		}
		status, _ := p.ask(t, "POST", "/lynkup/shipments", p.token["lynkup"], order)
		return status
	},
	"shiptheory": func(t *testing.T, p *playground, reference string, c charm) int {
		book := shiptheoryBook(reference)
		first, last, _ := strings.Cut(c.name, " ")
		recipient := book["recipient"].(map[string]any)
		recipient["firstname"], recipient["lastname"] = first, last
		if c.value != "" {
			book["shipment_detail"].(map[string]any)["value"] = json.Number(c.value)
		}
		if c.postcode != "" {
			recipient["postcode"], recipient["city"] = c.postcode, "Stornoway"
		}
		status, _ := p.ask(t, "POST", "/shiptheory/v1/shipments", p.token["shiptheory"], book)
		return status
	},
	"peddler": func(t *testing.T, p *playground, reference string, c charm) int {
		item := map[string]any{
			"metaData":        reference,
			"deliveryAddress": map[string]any{"name": c.name, "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"},
		}
		if c.value != "" {
			item["shippingValue"] = json.Number(c.value)
		}
		if p.peddler == "" {
			p.peddler = p.carrier(t, DemoCarrier)
		}
		status, _ := p.ask(t, "POST", peddlerCall("createShipments"), p.peddler, []any{item})
		return status
	},
	"shiplee": func(t *testing.T, p *playground, reference string, c charm) int {
		order := shipleeOrder(reference)
		order["name"] = c.name
		carrier := "delhivery_e_prepaid"
		if c.value != "" { // what is to be collected
			order["products"] = []any{map[string]any{"productName": "Tea", "quantity": 1, "productPrice": json.Number(c.value), "sku": "TEA-1"}}
			order["paymentType"], carrier = "cod", "delhivery_e_cod"
		}
		if c.postcode != "" {
			order["pincode"], order["city"], order["state"] = c.postcode, "Kavaratti", "Lakshadweep"
		}
		added := p.must(t, 201, "POST", "/shiplee/order", p.token["shiplee"], order)
		status, _ := p.ask(t, "POST", "/shiplee/create_shipment", p.token["shiplee"], map[string]any{
			"orderId": at(added, "order_id"), "warehouseId": DemoWarehouse, "action": "book_shipment", "shipmentType": "forward",
			"carrierId": carrier, "carrierName": "Delhivery Express",
		})
		return status
	},
}

// TestEveryMagicValueIsForced forces each row of the documented table by each way that the table promises: by the
// recipient's name and by an amount, the value of the goods or what is to be collected, through native and every dialect
// that books (those that only a called carrier can do, through the three whose parcels go by one); by postal code where
// the API ships to a country that has magic ones; and by tracking number through each API that tells of any number.
func TestEveryMagicValueIsForced(t *testing.T) {
	rows := map[limits][]row{}
	for _, r := range documented(t) {
		within, waits := waiting[r.word]
		if !waits {
			within = calm
		}
		rows[within] = append(rows[within], r)
	}
	for within, alike := range rows {
		force(t, play(t, "", within), alike, apis)
	}
}

// waiting are the rows in which somebody waits in vain, with how long: nothing else in them has to be in time.
var waiting = map[string]limits{
	"rates-slow": {calm.answer, 50 * time.Millisecond, calm.purchase},
	"hang":       {50 * time.Millisecond, calm.rating, 9 * time.Second},
	"slow":       {50 * time.Millisecond, calm.rating, calm.purchase}, // it is booked after six seconds
}

// TestMagicIsForcedOnPostgreSQL forces through native, by each way, what each row of another kind does: one that fails,
// one that nobody knows of, one without a label, one that is not given back, and all that are told of by themselves.
func TestMagicIsForcedOnPostgreSQL(t *testing.T) {
	var rows []row
	for _, r := range documented(t) {
		switch r.word {
		case "no-rates", "refuse-address", "lost-answer", "dearer", "label-later", "void-refused", "attempt-absent", "scans-late":
			rows = append(rows, r)
		default:
			if strings.HasPrefix(r.word, "pushes-") {
				rows = append(rows, r)
			}
		}
	}
	force(t, play(t, storetest.Postgres(t), calm), rows, []string{"native"})
}

// force books each row in each way, moves the test clock past the end of every parcel, and looks where they are.
func force(t *testing.T, p *playground, rows []row, through []string) {
	var moving []func()
	for _, r := range rows {
		for _, api := range through {
			if r.called && (api == "shiptheory" || api == "peddler") { // these go by the house courier here
				continue
			}
			for _, way := range ways {
				c, can := r.charms(countries[api])[way]
				if !can {
					continue
				}
				p.awake(t)
				reference := strings.Join([]string{"magic", api, way, r.word}, "-")
				t.Run(r.word+" by "+way+" through "+api, func(t *testing.T) {
					status := forcers[api](t, p, reference, c)
					if status >= 500 && api != "shiplee" {
						t.Errorf("answered with %d", status)
					}
					p.judge(t, r, api, reference, status)
				})
				if r.ends != "" {
					moving = append(moving, func() {
						t.Run(r.word+" by "+way+" through "+api+" arrives", func(t *testing.T) { p.arrived(t, r, reference) })
					})
				}
			}
			p.asked(t, r, api)
		}
	}
	for _, look := range p.later {
		look(t)
	}
	p.must(t, 200, "POST", "/api/v1/sandbox/clock", DemoKey, map[string]any{"advance": "96h"})
	for _, arrive := range moving {
		arrive()
	}
}

// awake lets a minute pass, as no API is asked more often than it allows, and logs in before the tokens end.
func (p *playground) awake(t *testing.T) {
	t.Helper()
	p.clock.Advance(20 * time.Second)
	if now := p.clock.Now(); p.entered.IsZero() || now.Sub(p.entered) > 40*time.Minute {
		p.logIn(t)
		p.entered, p.peddler = now, p.carrier(t, DemoCarrier)
	}
}

// asked asks after a row's tracking number through each API that tells of parcels which are nobody's.
func (p *playground) asked(t *testing.T, r row, api string) {
	t.Helper()
	if r.number == "" {
		return
	}
	switch api {
	case "native":
		list := p.must(t, 200, "POST", "/api/v1/tracking", DemoKey, map[string]any{"numbers": []any{map[string]any{"number": r.number, "carrier": "ups"}, map[string]any{"number": r.number}}})
		for i := range 2 {
			if got := at(list, "items", i, "transit"); got != r.ends {
				t.Errorf("%s by number through native: %v", r.word, at(list, "items", i))
			}
		}
	case "shiplee":
		if got := at(p.must(t, 200, "GET", "/shiplee/track_shipment?awb="+r.number, p.token["shiplee"], nil), "data", "state"); got != r.ends {
			t.Errorf("%s by number through shiplee: %v", r.word, got)
		}
	case "peddler":
		got := at(p.must(t, 200, "GET", peddlerCall("getShipmentStatuses")+"?trackingNumbers="+r.number, p.peddler, nil), 0, "packages", 0)
		if at(got, "trackingNumber") != r.number || at(got, "status") == "" || at(got, "status") == nil {
			t.Errorf("%s by number through peddler: %v", r.word, got)
		}
	}
}
