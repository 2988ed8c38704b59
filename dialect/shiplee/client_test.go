package shiplee_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"waybill/label/labeltest"
)

// TestATokenNamesItsUser: the JWT has the three claims that the vendor's has, and an hour.
func TestATokenNamesItsUser(t *testing.T) {
	app := start(t, installation(t))
	r := httptest.NewRequest("POST", "/login", strings.NewReader(`{"username":"`+seedEmail+`","apikey":"`+seedKey+`"}`))
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	var answer struct{ Token string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	part := strings.Split(answer.Token, ".")
	if len(part) != 3 {
		t.Fatalf("no JWT: %s", w.Body)
	}
	text, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		User struct {
			ID        int64  `json:"id"`
			Email     string `json:"email"`
			ShipleeID string `json:"shiplee_id"`
		} `json:"user"`
		IAT int64 `json:"iat"`
		EXP int64 `json:"exp"`
	}
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	if u := claims.User; u.ID != seedUser || u.Email != seedEmail || u.ShipleeID != seedID || claims.EXP-claims.IAT != 3600 {
		t.Errorf("the token says %s", text)
	}
}

// TestOneOrderIsBookedOnce: of many who book one order at once one does, and the wallet pays once; the others are told
// that it is being booked, or its AWB.
func TestOneOrderIsBookedOnce(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, "wallet 5000")
	order := treeOf(t, wholeOrder)
	order["orderID"] = "once"
	id := success(t, app, "POST /order", order.String(), http.StatusCreated)["order_id"]
	body := fmt.Sprintf(`{"orderId":%.0f,"warehouseId":%d,"action":"book_shipment","carrierId":"delhivery_e_prepaid","carrierName":"Delhivery Express","shipmentType":"forward"}`, id, seedPlace)
	var wait sync.WaitGroup
	statuses, bodies := make([]int, 12), make([]string, 12)
	for i := range statuses {
		wait.Go(func() {
			w := ask(app, "POST /create_shipment", body)
			statuses[i], bodies[i] = w.Code, w.Body.String()
		})
	}
	wait.Wait()
	booked := 0
	for i, status := range statuses {
		switch status {
		case http.StatusCreated:
			booked++
		case http.StatusAccepted, http.StatusConflict:
		default:
			t.Errorf("an answer is %d %s", status, bodies[i])
		}
	}
	sh := shipment(t, app, "once")
	b := balance(t, app)
	if booked != 1 || b.Held != 0 || b.Spent != sh.Sold.Minor || b.Available != 5000_00-sh.Sold.Minor {
		t.Errorf("%d were told that they booked (%v); the wallet has %+v, the price is %v", booked, statuses, b, sh.Sold)
	}
	given(t, app, "sold 1")
}

// TestLabelsAreRead: the labels of both parcels carry their numbers, from the house and from Delhivery.
func TestLabelsAreRead(t *testing.T) {
	app := start(t, installation(t))
	given(t, app, "wallet 5000")
	for _, c := range []struct {
		warehouse         int64
		id, name, payment string
	}{{ownPlace, "house_s_cod", "Surface", "cod"}, {seedPlace, "delhivery_s_prepaid", "Delhivery Surface", "prepaid"}} {
		order := treeOf(t, wholeOrder)
		order["orderID"], order["paymentType"] = c.id, c.payment
		order["parcels"] = append(order["parcels"].([]any), order["parcels"].([]any)[0])
		id := success(t, app, "POST /order", order.String(), http.StatusCreated)["order_id"]
		body := asText(map[string]any{
			"orderId": id, "warehouseId": c.warehouse, "action": "book_shipment", "carrierId": c.id, "carrierName": c.name, "shipmentType": "forward",
		})
		awb := success(t, app, "POST /create_shipment", body, http.StatusCreated)["awb_number"].(string)
		w := ask(app, "GET /shipping_label?awb="+awb, "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" {
			t.Fatalf("%s: %d %s", c.id, w.Code, w.Header())
		}
		if pages := labeltest.Pages(t, w.Body.Bytes(), 203); len(pages) != 2 {
			t.Errorf("the PDF has %d pages, want one a parcel", len(pages))
		}
		codes := labeltest.Numbers(t, w.Body.Bytes(), 203)
		for _, parcel := range shipment(t, app, c.id).Parcels {
			if !slices.Contains(codes, parcel.Tracking) {
				t.Errorf("%s: the labels have the codes %v, and not %s", c.id, codes, parcel.Tracking)
			}
		}
	}
}
