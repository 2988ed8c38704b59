package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/carrier/house"
)

// The locations of the shop; what leaves from each is carried differently.
const (
	fromUPS    = "7709" // by UPS Ground, with a house courier as second choice
	fromBoth   = "7710" // by one of two UPS connections, the other as second choice
	fromHouse  = "7711" // by the house courier
	fromReturn = "7712" // by UPS, with a return label
)

// setUp makes the shop's account by the command line, as an administrator would.
func setUp(t testing.TB, i installation, sim *process) {
	t.Helper()
	i.env = append(i.env, "SHOP_SECRET=shop-secret")
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	card, err := house.DemoCard("us")
	if err != nil {
		t.Fatal(err)
	}
	i.run(t, "account", "add", "shop")
	i.run(t, "client", "add", "shop", "--secret-env", "SHOP_SECRET", "--role", "admin")
	i.run(t, "limit", "set", "lynkup", "100000", "--period", "1s")
	connect(t, i, sim)
	i.run(t, "connection", "add", "house", "--carrier", "house", "--name", "House Courier", "--mode", "live",
		"--set", "rate_card=@"+write("card.json", card), "--billed", "wallet", "--floor", "10 USD")
	i.run(t, "service", "add", "UPS Returns", "--carrier", "UPS", "--driver", "ups", "--code", "03", "--number", "900", "--direction", "incoming")
	for location, connections := range map[string][]string{
		fromUPS: {"ups", "house"}, fromBoth: {"ups", "ups2", "house"}, fromHouse: {"house"}, fromReturn: {"ups"},
	} {
		args := []string{"location", "add", location, "--name", "Boston " + location, "--contact", "Ann Sender", "--phone", "+1 617-555-0101",
			"--street", "345 Harrison Avenue", "--city", "Boston", "--state", "MA", "--postcode", "02118", "--country", "US", "--zone", "America/New_York"}
		for _, c := range connections {
			args = append(args, "--connection", c)
		}
		i.run(t, args...)
	}
	const everything = `{"field":"destination.country","op":"is","value":"US"}`
	i.run(t, "rule", "add", "UPS first", write("first.json", []byte(`{"when":`+everything+
		`,"then":[{"do":"prefer","provider":"UPS"},{"do":"fallback","max_extra":"1000%","later":true,"attempts":3}]}`)))
	i.run(t, "rule", "add", "Two UPS", "--importance", "5", write("two.json", []byte(`{"when":{"field":"location","op":"is","value":"`+fromBoth+
		`"},"then":[{"do":"prefer","carrier":"ups"},{"do":"fallback","max_extra":"1000%","later":true,"attempts":3}]}`)))
	i.run(t, "rule", "add", "With return", write("return.json", []byte(`{"when":{"field":"location","op":"is","value":"`+fromReturn+
		`"},"then":[{"do":"return_service","service":900}]}`)))
	i.topUp(t)
}

// topUp pays into the wallet, by a node that is up for it alone.
func (i installation) topUp(t testing.TB) {
	t.Helper()
	node := i.serve(t)
	i.at(node).run(t, "wallet", "top-up", "1000000", "USD", "--cause", "so much that nobody runs out of it")
	node.stop()
}

// connect makes both UPS connections, or points them at another simulator.
func connect(t testing.TB, i installation, sim *process) {
	t.Helper()
	i.env = append(i.env, "UPS_SECRET=demo-ups-secret")
	for _, c := range [][3]string{{"ups", "UPS", "wallet"}, {"ups2", "UPS Two", "no"}} {
		i.run(t, "connection", "add", c[0], "--carrier", "ups", "--name", c[1], "--mode", "simulator", "--base", sim.base,
			"--set", "client_id=demo-ups", "--set", "account_number=A1B2C3", "--secret-env", "client_secret=UPS_SECRET", "--service", "03",
			"--billed", c[2], "--floor", "10 USD")
	}
}

// shop is a LynkUp client of a node.
type shop struct {
	t     testing.TB
	node  *process
	token string
}

func newShop(t testing.TB, node *process) *shop {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequest(http.MethodPost, node.base+"/lynkup/ent-services/security/v1/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("shop", "shop-secret")
	var answer struct {
		Token string `json:"access_token"`
	}
	status, body, err := exchange(request)
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	if err != nil || status != http.StatusOK {
		t.Fatalf("token: %d, %v: %s\n%s", status, err, body, node.output())
	}
	return &shop{t: t, node: node, token: answer.Token}
}

var shopHTTP = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func exchange(request *http.Request) (int, []byte, error) {
	response, err := shopHTTP.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// order is what the tests read of an answer.
type order struct {
	ID              string `json:"id"`
	OrderExternalID string `json:"orderExternalId"`
	TrackingID      string `json:"trackingId"`
	Status          string `json:"status"`
}

// call sends a request; an error means that no whole answer came.
func (s *shop) call(method, path string, in any) (status int, answer order, err error) {
	var reader io.Reader
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return 0, answer, err
		}
		reader = bytes.NewReader(body)
	}
	request, err := http.NewRequest(method, s.node.base+"/lynkup"+path, reader)
	if err != nil {
		return 0, answer, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+s.token)
	status, body, err := exchange(request)
	if err == nil && status < 300 {
		err = json.Unmarshal(body, &answer)
	}
	return status, answer, err
}

// create orders a parcel from a location; the recipient's name can make the simulated carrier misbehave.
func (s *shop) create(reference, location, recipient string) (int, order, error) {
	return s.call(http.MethodPost, "/shipments", map[string]any{
		"locationExternalId": location, "orderExternalId": reference, "orderValue": 10,
		"deliveryContact": map[string]any{"name": recipient, "phone": "+1 212-555-0102"},
		"deliveryAddress": map[string]any{"street1": "725 Albany Street", "city": "Boston", "state": "MA", "countryCode": "US", "postalCode": "02118"},
		"package": map[string]any{
			"name": "custom", "itemQuantity": 1,
			"size":   map[string]any{"length": 10, "width": 10, "height": 10, "unit": "in"},
			"weight": map[string]any{"value": 10, "unit": "lb"},
		},
	})
}

func (s *shop) get(reference string) (int, order, error) {
	return s.call(http.MethodGet, "/shipments/"+reference, nil)
}

func (s *shop) cancel(reference string) (int, order, error) {
	return s.call(http.MethodDelete, "/shipments/"+reference, nil)
}

// here gets an order that must be there.
func (s *shop) here(reference string) order {
	s.t.Helper()
	status, o, err := s.get(reference)
	return s.must(http.StatusOK, status, o, err)
}

// must asks for a status.
func (s *shop) must(want, status int, o order, err error) order {
	s.t.Helper()
	if err != nil || status != want {
		s.t.Fatalf("answered %d, want %d: %v\n%s", status, want, err, s.node.output())
	}
	return o
}

// simState is what the simulated UPS tells of itself.
type simState struct {
	Shipments []struct {
		ID         string   `json:"id"`
		References []string `json:"references"`
		Voided     bool     `json:"voided"`
		Parcels    []struct {
			Number string `json:"number"`
		} `json:"parcels"`
	} `json:"shipments"`
}

func (p *process) sim() (state simState) {
	p.t.Helper()
	request, err := http.NewRequest(http.MethodGet, p.base+"/_sim/state", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	status, body, err := exchange(request)
	if err == nil {
		err = json.Unmarshal(body, &state)
	}
	if err != nil || status != http.StatusOK {
		p.t.Fatalf("simulator: %d, %v", status, err)
	}
	return state
}

// tell gives the simulator an order of its control API.
func (p *process) tell(path string, in any) {
	p.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, p.base+"/_sim/"+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if status, answer, err := exchange(request); err != nil || status >= 300 {
		p.t.Fatalf("simulator %s: %d, %v: %s", path, status, err, answer)
	}
}

// until waits for something that another process is about to bring about and of which nothing tells us.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
