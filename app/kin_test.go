package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"waybill"
	"waybill/dialect"
	"waybill/dialect/all"
	"waybill/dialect/native"
	"waybill/engine"
)

// kin is a parent, two children and a stranger, each with records of its own, made through the vendors' APIs.
type kin struct {
	*household
	root  string
	id    map[string]waybill.ID
	token map[string]map[string]string // by account and API
	names map[string]names
	turn  int
	// sparing asks with one name in each place, and only where the caller names a record of the parent's.
	sparing bool
}

// names are what one account's records are called: its words by what they are, its own and those that were made for it.
type names map[string]string

// gather makes the family.
func gather(t *testing.T, cfg Config) *kin {
	h := started(t, cfg).household
	k := &kin{household: h, root: strings.TrimSuffix(h.url, "/api/v1"), id: map[string]waybill.ID{}, token: map[string]map[string]string{}, names: map[string]names{}}
	vans := map[string]waybill.ID{}
	for i, name := range []string{"zqparent", "zqelder", "zqyounger", "zqstranger"} {
		parent := waybill.ID("")
		if name == "zqelder" || name == "zqyounger" {
			parent = k.id["zqparent"]
		}
		s := k.account(name, parent)
		for van, currency := range map[string]string{"lorry": "GBP", "rickshaw": "INR"} { // Shiplee shows rupees only
			if parent != "" {
				_, err := k.as("zqparent").LendConnection(t.Context(), engine.LendConnection{ExternalID: van, To: k.id[name], Markup: 100})
				k.check(err)
				continue
			}
			c, err := s.SaveConnection(t.Context(), engine.SaveConnection{Connection: waybill.Connection{
				ExternalID: van, Carrier: "house", Name: strings.ToUpper(van), Mode: waybill.ModeLive,
				Settings: map[string]string{"rate_card": strings.Replace(lorryCard, "GBP", currency, 1), "number_prefix": fmt.Sprintf("%c%c", van[0]-'a'+'A', 'A'+i)},
			}})
			k.check(err)
			vans[van] = c.ID
		}
		k.furnish(s, name, vans)
		k.logIn(name)
		k.ship(name, string(rune('A'+i)))
	}
	return k
}

// lorryCard carries everything everywhere for one price.
const lorryCard = `{"version":"1","valid_from":"2019-01-01","currency":"GBP","time_zone":"Europe/London","zones":[{"code":"all"}],"services":[
	{"code":"NEXT_DAY_48","name":"Standard","direction":"outgoing","abilities":["signature","adult_signature","pin","undeliverable_dispose","undeliverable_donate","multi_piece"],"tariffs":[{"zone":"all","days":2,"bands":[{"up_to_g":30000,"price":` + lorryCost + `}]}]},
	{"code":"back","name":"Back","direction":"incoming","tariffs":[{"zone":"all","days":2,"bands":[{"up_to_g":30000,"price":` + lorryCost + `}]}]}]}`

func (k *kin) check(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// as is an administrator of one account.
func (k *kin) as(name string) engine.Session {
	return k.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin, Account: k.id[name]})
}

// account makes an account whose callers may ask as much as they want.
func (k *kin) account(name string, parent waybill.ID) engine.Session {
	limits := map[string]waybill.RateLimit{}
	for _, d := range all.Dialects() {
		limits[d.Name] = waybill.RateLimit{Requests: 1 << 30, Period: 1 << 40}
	}
	a, err := k.Engine.As(installation).SaveAccount(k.t.Context(), waybill.Account{
		Name: name, TenantID: name, Parent: parent, Settings: waybill.Settings{Currency: "GBP", Limits: limits},
	})
	k.check(err)
	k.id[name] = a.ID
	return k.as(name)
}

// furnish gives an account places, services and who may ask for it.
func (k *kin) furnish(s engine.Session, name string, vans map[string]waybill.ID) {
	ctx := k.t.Context()
	for _, l := range []waybill.Location{
		{ExternalID: "7709", TimeZone: "America/New_York", Address: waybill.Address{Street1: "345 Harrison Avenue", City: "Boston", State: "MA", Postcode: "02118", Country: "US"}},
		{ExternalID: "IN-DELHI", TimeZone: "Asia/Kolkata", Kind: "primary", Address: waybill.Address{Street1: "12 Barakhamba Road", City: "New Delhi", State: "DL", Postcode: "110001", Country: "IN"}},
		{ExternalID: "NL-AMS", TimeZone: "Europe/Amsterdam", Address: waybill.Address{Street1: "Overtoom 141", City: "Amsterdam", Postcode: "1054 HG", Country: "NL"}},
		{ExternalID: "GB-" + name[2:], TimeZone: "Europe/London", Address: waybill.Address{Street1: "65 Horfield Retail Park", City: "Bath", Postcode: "BA1 2JW", Country: "GB"}},
	} {
		van := map[bool]string{true: "rickshaw", false: "lorry"}[l.Address.Country == "IN"]
		l.Name, l.Contact, l.Connections = name+" "+l.ExternalID, waybill.Contact{Name: name, Phone: "9876543210"}, []waybill.ID{vans[van]}
		saved, err := s.SaveLocation(ctx, l)
		k.check(err)
		k.keep(name, "place "+l.Address.Country, saved.ExternalID)
		k.keep(name, "place id "+l.Address.Country, string(saved.ID))
		k.keep(name, "warehouse "+l.Address.Country, fmt.Sprint(saved.Number))
		if l.Address.Country == "GB" {
			a, err := k.Engine.Account(ctx, s.Actor)
			k.check(err)
			a.Settings.DefaultLocation = saved.ID
			_, err = k.Engine.As(installation).SaveAccount(ctx, a)
			k.check(err)
		}
	}
	service, err := s.SaveService(ctx, waybill.Service{Carrier: "LORRY", Driver: "house", Code: "back", Name: name + " back", Direction: waybill.Incoming})
	k.check(err)
	k.keep(name, "back", fmt.Sprint(service.Number))
	_, err = s.SaveRule(ctx, waybill.Rule{Name: name, Then: []byte(`[{"do":"cheapest"}]`)})
	k.check(err)
	_, err = s.SaveUser(ctx, engine.SaveUser{User: waybill.User{Email: name + "@example.com", Name: name, Role: waybill.RoleAdmin}, NewPassword: name + "-password", NewAPIKey: name + "-apikey"})
	k.check(err)
	_, err = s.SaveClient(ctx, engine.SaveClient{Client: waybill.Client{ClientID: name + "-client", Name: name, Role: waybill.RoleAdmin}, NewSecret: name + "-secret"})
	k.check(err)
	key, err := s.CreateAPIKey(ctx, engine.CreateAPIKey{Name: name, Role: waybill.RoleAdmin})
	k.check(err)
	k.token[name] = map[string]string{native.Name: key.Text}
}

func (k *kin) keep(account, what, name string) {
	k.t.Helper()
	if name == "" || name == "0" {
		k.t.Fatalf("%s has no %s", account, what)
	}
	if k.names[account] == nil {
		k.names[account] = names{"account": string(k.id[account])}
	}
	k.names[account][what] = name
}

// logIn asks each API for a token.
func (k *kin) logIn(name string) {
	w := &town{running: &running{App: k.App, t: k.t, url: k.root}, token: k.token[name]}
	client, secret := name+"-client", name+"-secret"
	w.token["lynkup"] = k.lynkup(client, secret)
	w.token["shiptheory"] = word(at(w.must(k.t, 200, "POST", shiptheoryTokenPath, "", map[string]any{"email": name + "@example.com", "password": name + "-password"}), "data", "token"))
	w.token["epgl"] = word(at(w.must(k.t, 200, "POST", epglTokenPath, "", map[string]string{"clientId": client, "clientSecret": secret}), "accessToken"))
	w.token["shiplee"] = word(at(w.must(k.t, 200, "POST", shipleeTokenPath, "", map[string]string{"username": name + "@example.com", "apikey": name + "-apikey"}), "token"))
	w.token["peddler"] = word(at(w.must(k.t, 200, "POST", peddlerTokenPath, "", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "scope": {"DEFAULT authenticated"},
	}), "access_token"))
}

func (k *kin) lynkup(client, secret string) string {
	form := url.Values{"grant_type": {"client_credentials"}}
	r, err := http.NewRequestWithContext(k.t.Context(), http.MethodPost, k.root+lynkupTokenPath, strings.NewReader(form.Encode()))
	k.check(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(client, secret)
	a := k.send(r)
	var v any
	k.check(json.Unmarshal([]byte(a.body), &v))
	return word(at(v, "access_token"))
}

// heardBack is an answer.
type heardBack struct {
	status int
	body   string
}

func (a heardBack) value() (v any) {
	_ = json.Unmarshal([]byte(a.body), &v) // what is no JSON has no members
	return v
}

func (k *kin) send(r *http.Request) heardBack {
	k.t.Helper()
	answer, err := http.DefaultClient.Do(r)
	k.check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	k.check(err)
	return heardBack{answer.StatusCode, string(text)}
}

// call asks in one account's name; a child that it acts in may be named.
func (k *kin) call(account string, o foreignCall, in string) heardBack {
	k.t.Helper()
	var body io.Reader
	kind := "application/json"
	if o.body != nil {
		text, err := json.Marshal(o.body)
		k.check(err)
		k.turn++
		body = strings.NewReader(strings.ReplaceAll(string(text), `"new"`, fmt.Sprintf(`"new-%d"`, k.turn))) // what is made is new each time
	}
	r, err := http.NewRequestWithContext(k.t.Context(), o.method, k.root+o.target(), body)
	k.check(err)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+k.token[account][o.api()])
	if in != "" {
		r.Header.Set(dialect.AccountHeader, in)
	}
	return k.send(r)
}

// ship makes one record of everything that an API makes, each person in it marked, no reference.
func (k *kin) ship(name, letter string) {
	own := k.names[name]
	made := func(what, member string, status int, o foreignCall, path ...any) {
		k.t.Helper()
		a := k.call(name, o, "")
		called := word(number(at(a.value(), path...)))
		if a.status != status || called == "" {
			k.t.Fatalf("%s: no %s was made: %d %s", name, what, a.status, a.body)
		}
		k.keep(name, member, called)
	}
	for _, what := range []string{"L", "S", "P", "E", "I"} {
		k.keep(name, "order "+what, letter+what+"X-1001")
	}
	order := lynkupOrder(own["order L"], name)
	made("LynkUp order", "tracking L", 201, foreignCall{method: "POST", path: "/lynkup/shipments", body: order}, "trackingId")
	made("tag", "tag", 200, foreignCall{method: "POST", path: "/shiptheory/v1/tags", body: map[string]any{"name": name, "background_colour": "#ff0000", "text_colour": "#fff"}}, "id")
	product := map[string]any{"sku": "SKU-" + letter, "name": name}
	made("product", "sku", 200, foreignCall{method: "POST", path: "/shiptheory/v1/products", body: product}, "product", "sku")
	booking := shiptheoryBook(own["order S"])
	booking["recipient"].(map[string]any)["lastname"] = name
	made("Shiptheory booking", "tracking S", 200, foreignCall{method: "POST", path: "/shiptheory/v1/shipments", body: booking}, "carrier_result", "tracking")
	made("Peddler collo", "tracking P", 200, foreignCall{method: "POST", path: "/peddler/api/Carriers/lorry/createShipments", body: []any{map[string]any{
		"metaData": own["order P"], "deliveryAddress": map[string]any{"name": name, "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"},
	}}}, 0, "trackingNumber")
	declared := epglShipment(own["order E"], "In Transit")
	declared["receiver"].(map[string]any)["name"] = name
	made("EPGL declaration", "tracking E", 201, foreignCall{method: "POST", path: "/epgl/api/v1/shipment/create", body: declared}, "data", "trackingNumber")
	sold := shipleeOrder(own["order I"])
	sold["name"] = name
	made("Shiplee order", "sale", 201, foreignCall{method: "POST", path: "/shiplee/order", body: sold}, "order_id")
	ask := foreignCall{method: "POST", path: "/shiplee/rates", body: map[string]any{"orderId": digits(own["sale"]), "warehouseId": digits(own["warehouse IN"]), "shipmentType": "forward"}}
	made("Shiplee offer", "offer", 200, ask, "data", "carrier_info", 0, "carrier_id")
	made("Shiplee offer", "offered", 200, ask, "data", "carrier_info", 0, "carrier_name")
	made("Shiplee booking", "tracking I", 201, foreignCall{method: "POST", path: "/shiplee/create_shipment", body: map[string]any{
		"orderId": digits(own["sale"]), "warehouseId": digits(own["warehouse IN"]), "action": "book_shipment", "shipmentType": "forward", "carrierId": own["offer"], "carrierName": own["offered"],
	}}, "awb_number")
	made("Shiplee reverse order", "reverse", 201, foreignCall{method: "POST", path: "/shiplee/reverse_order", body: reverseOrder(own)}, "id")
	for _, what := range []string{"L", "S", "P", "I"} {
		sh, err := k.as(name).GetShipment(k.t.Context(), engine.GetShipment{Ref: engine.Ref{Tracking: own["tracking "+what]}})
		k.check(err)
		k.keep(name, "id "+what, string(sh.ID))
	}
	k.check(k.Drain(k.t.Context()))
}

// reverseOrder fetches what was sold back.
func reverseOrder(own names) map[string]any {
	return map[string]any{
		"orderId": digits(own["sale"]), "awbNumber": own["tracking I"], "reason": "size", "warehouseId": digits(own["warehouse IN"]),
		"customer": map[string]any{"name": "Ann", "mobile": "9000000011", "address1": "7 Church Street", "pincode": "560001", "city": "Bengaluru", "state": "Karnataka"},
		"products": []any{map[string]any{"productName": "Tea", "quantity": 1, "productPrice": 250}},
		"parcel":   map[string]any{"length": 20, "breadth": 15, "height": 10, "physicalWeight": 0.7},
	}
}

// digits is a number as JSON has it; number the other way, without an exponent.
func digits(text string) json.Number { return json.Number(text) }

func number(v any) any {
	if n, ok := v.(float64); ok {
		return fmt.Sprintf("%.0f", n)
	}
	return v
}
