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
)

// parcel is one shipment under the names that each API knows it by.
type parcel struct {
	reference  string
	tracking   string
	connection string // external id
}

// town is a running demo with a token of each API.
type town struct {
	*running
	token map[string]string
}

// ask sends JSON, or a form, and reads the JSON of the answer.
func (w *town) ask(t *testing.T, method, path, token string, body any) (int, any) {
	t.Helper()
	var reader io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		reader = strings.NewReader(string(data))
	}
	request, err := http.NewRequestWithContext(t.Context(), method, w.url+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Accept", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var v any
	if err := json.NewDecoder(answer.Body).Decode(&v); err != nil {
		t.Fatalf("%s %s: %s: %v", method, path, answer.Status, err)
	}
	return answer.StatusCode, v
}

// must sends and insists on a status.
func (w *town) must(t *testing.T, want int, method, path, token string, body any) any {
	t.Helper()
	status, v := w.ask(t, method, path, token, body)
	if status != want {
		t.Fatalf("%s %s: %d instead of %d: %v", method, path, status, want, v)
	}
	return v
}

// at reads a nested member; numbers are positions in lists.
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

func word(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (w *town) logIn(t *testing.T) {
	t.Helper()
	w.token["lynkup"] = w.lynkupLogin(DemoClient, DemoSecret)
	w.token["shiptheory"] = w.shiptheoryLogin(DemoEmail, DemoPassword)
	id := map[string]string{"clientId": DemoClient, "clientSecret": DemoSecret}
	w.token["epgl"] = word(at(w.must(t, 200, "POST", epglTokenPath, "", id), "accessToken"))
	key := map[string]string{"username": DemoEmail, "apikey": DemoAPIKey}
	w.token["shiplee"] = word(at(w.must(t, 200, "POST", shipleeTokenPath, "", key), "token"))
}

// carrier is a Peddler token for a connection.
func (w *town) carrier(t *testing.T, connection string) string {
	t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {DemoClient}, "client_secret": {DemoSecret},
		"scope": {"DEFAULT authenticated " + connection},
	}
	return word(at(w.must(t, 200, "POST", peddlerTokenPath, "", form), "access_token"))
}

// creators book, or declare, one parcel through their API.
var creators = map[string]func(*testing.T, *town) parcel{
	"lynkup": func(t *testing.T, w *town) parcel {
		order := w.must(t, 201, "POST", "/lynkup/shipments", w.token["lynkup"], lynkupOrder("cross-l", "Ann Cross"))
		return parcel{"cross-l", word(at(order, "trackingId")), "ups"}
	},
	"shiptheory": func(t *testing.T, w *town) parcel {
		booked := w.must(t, 200, "POST", "/shiptheory/v1/shipments", w.token["shiptheory"], shiptheoryBook("cross-s"))
		return parcel{"cross-s", word(at(booked, "carrier_result", "tracking")), "dhl"}
	},
	"peddler": func(t *testing.T, w *town) parcel {
		added := w.must(t, 200, "POST", peddlerCall("createShipments"), w.carrier(t, DemoCarrier), []any{map[string]any{
			"metaData":        "cross-p",
			"deliveryAddress": map[string]any{"name": "Sanne", "address1": "Kinkerstraat 12", "city": "Amsterdam", "postCode": "1053DV", "country": "NL"},
		}})
		return parcel{"cross-p", word(at(added, 0, "trackingNumber")), DemoCarrier}
	},
	"epgl": func(t *testing.T, w *town) parcel {
		w.must(t, 201, "POST", "/epgl/api/v1/shipment/create", w.token["epgl"], epglShipment("cross-e", "In Transit"))
		return parcel{w.shipment(t, "cross-e").Reference, "cross-e", ""} // what it was declared under is no reference
	},
	"shiplee": func(t *testing.T, w *town) parcel {
		added := w.must(t, 201, "POST", "/shiplee/order", w.token["shiplee"], shipleeOrder("cross-i"))
		booked := w.must(t, 201, "POST", "/shiplee/create_shipment", w.token["shiplee"], map[string]any{
			"orderId": at(added, "order_id"), "warehouseId": DemoWarehouse, "action": "book_shipment", "shipmentType": "forward",
			"carrierId": "delhivery_e_prepaid", "carrierName": "Delhivery Express",
		})
		return parcel{"cross-i", word(at(booked, "awb_number")), "delhivery"}
	},
}

// viewers read a parcel through their API and tell the tracking number that it shows.
var viewers = map[string]func(*testing.T, *town, parcel) string{
	"lynkup": func(t *testing.T, w *town, p parcel) string {
		list := w.must(t, 200, "POST", "/lynkup/shipments/list", w.token["lynkup"], map[string]any{"orderExternalIds": []string{p.reference}})
		order := w.must(t, 200, "GET", "/lynkup/shipments/"+p.reference, w.token["lynkup"], nil)
		if !strings.Contains(fmt.Sprint(list), p.reference) {
			t.Errorf("it is not in the list: %v", list)
		}
		return word(at(order, "trackingId"))
	},
	"shiptheory": func(t *testing.T, w *town, p parcel) string {
		view := w.must(t, 200, "GET", "/shiptheory/v1/shipments/"+p.reference, w.token["shiptheory"], nil)
		return word(at(view, "shipment", "tracking_number"))
	},
	"peddler": func(t *testing.T, w *town, p parcel) string {
		path := "/peddler/api/Carriers/" + p.connection + "/getShipmentStatuses?trackingNumbers=" + p.tracking
		statuses := w.must(t, 200, "GET", path, w.carrier(t, p.connection), nil)
		return word(at(statuses, 0, "packages", 0, "trackingNumber"))
	},
	// EPGL cannot be asked. Declaring the number of a parcel that we carry links the two, and changes nothing of it.
	"epgl": func(t *testing.T, w *town, p parcel) string {
		before := w.shipment(t, p.reference)
		declared := w.must(t, 201, "POST", "/epgl/api/v1/shipment/create", w.token["epgl"], epglShipment(p.tracking, "Delivered"))
		if after := w.shipment(t, p.reference); before.Booking != waybill.Declared && after.Version != before.Version {
			t.Errorf("the declaration changed the shipment it is linked to: %+v", after)
		}
		return word(at(declared, "data", "trackingNumber"))
	},
	"shiplee": func(t *testing.T, w *town, p parcel) string {
		tracked := w.must(t, 200, "GET", "/shiplee/track_shipment?awb="+p.tracking, w.token["shiplee"], nil)
		return word(at(tracked, "data", "awb_number"))
	},
}

func (w *town) shipment(t *testing.T, reference string) waybill.Shipment {
	t.Helper()
	return shipmentOf(t, w.App, DemoAccount, reference)
}

// unseen are the pairs that cannot be, each with the reason.
var unseen = map[string]string{
	"epgl through peddler": "Peddler's addresses name a connection, and nobody's connection carries what is only declared",
}

// TestOneParcelFiveViews books a parcel through each API and reads it through each.
func TestOneParcelFiveViews(t *testing.T) {
	t.Parallel()
	cfg := fresh(t)
	cfg.Demo = true
	w := &town{running: serve(t, cfg), token: map[string]string{}}
	w.logIn(t)
	apis := []string{"lynkup", "shiptheory", "peddler", "epgl", "shiplee"}
	for _, from := range apis {
		p := creators[from](t, w)
		if p.tracking == "" {
			t.Fatalf("%s: no tracking number", from)
		}
		for _, through := range apis {
			pair := from + " through " + through
			t.Run(pair, func(t *testing.T) {
				if why := unseen[pair]; why != "" {
					if p.connection != "" {
						t.Errorf("it could be seen after all: %s", why)
					}
					t.Skip(why)
				}
				if got := viewers[through](t, w, p); got != p.tracking {
					t.Errorf("it shows the tracking number %q instead of %q", got, p.tracking)
				}
			})
		}
	}
}
