package app

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/store"
)

// entries is the request log of the demo, the newest first.
func (p *playground) entries(t *testing.T, q store.RequestQuery) []waybill.APIRequest {
	t.Helper()
	p.Engine.Journal.Flush(t.Context())
	var list []waybill.APIRequest
	err := p.Store.View(t.Context(), waybill.System(p.account), func(tx store.Tx) error {
		slice, err := tx.Requests().Find(q, store.Page{Limit: 100})
		list = slice.Items
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestIgnoredFieldsAreNamed: in every vendor's API the log names what was sent and read by nobody: at the top, in arrays, and
// misspelt; and nothing that was read.
func TestIgnoredFieldsAreNamed(t *testing.T) {
	p := watch(t)
	for _, c := range []struct {
		api    string
		send   func()
		op     string
		wanted []string
	}{
		{"lynkup", func() {
			order := lynkupOrder("I-1", "Ann Smith")
			order["coupon"] = "X"
			order["deliveryContact"].(map[string]any)["nmae"] = "Ann"
			order["itemList"] = []any{map[string]any{"quantity": 1, "colour": "red"}}
			order["orderAttributes"] = map[string]any{"any": map[string]any{"thing": 1}}
			p.ask(t, "POST", "/lynkup/shipments?verbose=1", p.token["lynkup"], order)
		}, "create", []string{"coupon", "deliveryContact.nmae", "itemList[0].colour", "?verbose"}},
		{"shiptheory", func() {
			book := shiptheoryBook("I-2")
			book["couponcode"] = "X"
			book["recipient"].(map[string]any)["postcod"] = "X"
			p.ask(t, "POST", "/shiptheory/v1/shipments", p.token["shiptheory"], book)
		}, "book", []string{"couponcode", "recipient.postcod"}},
		{"peddler", func() {
			p.ask(t, "POST", peddlerCall("createShipments"), p.carrier(t, DemoCarrier), []any{map[string]any{
				"metaData": "I-3", "coupon": "X",
				"deliveryAddress": map[string]any{"name": "Ann", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL", "florr": "2"},
			}})
		}, "create_shipments", []string{"[0].coupon", "[0].deliveryAddress.florr"}},
		{"shiplee", func() {
			order := shipleeOrder("I-4")
			order["coupon"] = "X"
			p.ask(t, "POST", "/shiplee/order", p.token["shiplee"], order)
		}, "order", []string{"coupon"}},
		{"epgl", func() {
			p.ask(t, "POST", "/epgl/api/v1/shipment/create", p.token["epgl"], map[string]any{"coupon": "X", "shipment": map[string]any{"nubmer": 1}})
		}, "create", []string{"coupon"}},
	} {
		c.send()
		list := p.entries(t, store.RequestQuery{Dialect: c.api, Operation: c.op})
		if len(list) == 0 {
			t.Errorf("%s: the request is not in the log", c.api)
			continue
		}
		for _, name := range c.wanted {
			if !slices.Contains(list[0].Ignored, name) {
				t.Errorf("%s: %s is not named as ignored: %v", c.api, name, list[0].Ignored)
			}
		}
		t.Logf("%s: %d, ignored %v", c.api, list[0].Status, list[0].Ignored)
		if c.api == "lynkup" && len(list[0].Ignored) != len(c.wanted) {
			t.Errorf("lynkup: what was read is named as ignored: %v", list[0].Ignored)
		}
	}
}

// TestNoSecretIsLogged: of everything that the demo's clients send and are sent, and of what carriers are, no password, key or
// token is in the log, whatever the API; refused requests are there too, with who sent them where that is known.
func TestNoSecretIsLogged(t *testing.T) {
	p := watch(t)
	for name, force := range forcers {
		force(t, p, "S-"+name, charm{name: "Ann Smith"})
	}
	made := p.must(t, 201, "POST", "/api/v1/api-keys", DemoKey, map[string]any{"name": "new", "role": "read-only", "test": true})
	p.must(t, 201, "POST", "/api/v1/webhooks", DemoKey, map[string]any{"url": "https://hooks.example/in", "token": "hook-token-sentinel", "secret": "hook-secret-sentinel-123"})
	p.ask(t, "GET", "/api/v1/nothing", DemoKey, nil)
	p.ask(t, "GET", "/lynkup/shipments/none", "not-a-token", nil)
	p.drain(t)
	p.Engine.Journal.Flush(t.Context())
	var text strings.Builder
	if status := p.entries(t, store.RequestQuery{StatusMin: http.StatusNotFound, StatusMax: http.StatusNotFound}); len(status) == 0 || status[0].ActorID == "" {
		t.Error("a path that is not there is not in its sender's log")
	}
	var unknown []waybill.APIRequest
	err := p.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) error {
		refused, err := tx.Requests().Find(store.RequestQuery{StatusMin: http.StatusUnauthorized}, store.Page{Limit: 100})
		if len(refused.Items) == 0 {
			t.Error("a request of nobody known is not in the installation's log")
		}
		if err == nil {
			refused, err = tx.Requests().Find(store.RequestQuery{}, store.Page{Limit: 100})
		}
		unknown = refused.Items // token requests are among them
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, calls := 0, 0
	for _, e := range append(p.entries(t, store.RequestQuery{}), unknown...) {
		err := p.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) error {
			caused, err := tx.Calls().Of(store.CallQuery{Request: e.ID}, 100)
			data, _ := json.Marshal([]any{e, caused})
			text.Write(data)
			rows, calls = rows+1, calls+len(caused)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if rows < 10 || calls < 2 {
		t.Fatalf("%d requests and %d calls are logged; the test proves nothing", rows, calls)
	}
	secrets := []string{DemoSecret, DemoPassword, DemoAPIKey, DemoKey, "hook-token-sentinel", "hook-secret-sentinel-123", word(at(made, "key")), "not-a-token"}
	for _, token := range p.token {
		secrets = append(secrets, token)
	}
	for _, secret := range secrets {
		if at := strings.Index(text.String(), secret); at >= 0 {
			t.Errorf("the log has the secret %s: …%s…", secret, text.String()[max(0, at-200):min(text.Len(), at+100)])
		}
	}
}
