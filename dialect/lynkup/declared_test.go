package lynkup_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"waybill"
	"waybill/engine"
)

// TestDeclaredOrders: what a courier declares through another API is an order here: read, listed by its status and
// with its history; and nobody's to change.
func TestDeclaredOrders(t *testing.T) {
	w := newWorld(t)
	s := w.engine.As(waybill.Actor{Kind: waybill.ActorClient, ID: "0123456789abcdef01234567", Name: "a courier", Account: w.account.ID, Role: waybill.RoleAdmin})
	declaration := waybill.Declaration{
		Number: "TRK-77", Pieces: 2, Weight: waybill.Weight{Value: "4.5", Unit: waybill.Kilogram},
		Sender:   waybill.Party{Contact: waybill.Contact{Name: "Sara Sender"}, Address: waybill.Address{Street1: "1 Creek Road", City: "Dubai", Country: "AE"}},
		Receiver: waybill.Party{Contact: waybill.Contact{Name: "Ravi Receiver"}, Address: waybill.Address{Street1: "9 Port Road", City: "Sharjah", Country: "AE"}},
	}
	declare := func(status string) {
		t.Helper()
		declaration.Status = status
		if _, err := s.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: declaration}); err != nil {
			t.Fatal(err)
		}
	}
	listed := func(status string) string {
		t.Helper()
		rec := w.ask("POST", "/shipments/list", map[string]any{"status": []string{status}})
		if rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return rec.Body.String()
	}
	for _, c := range []struct{ declared, status string }{
		{"Pending", "ORDER_DISPATCHED"}, {"In Transit", "IN_TRANSIT"}, {"Delivered", "ORDER_DELIVERED"}, {"Cancelled", "ORDER_CANCELLED"},
	} {
		declare(c.declared)
		rec := w.ask("GET", "/shipments/TRK-77", nil)
		order := tree(t, rec.Body.String())
		if rec.Code != http.StatusOK || order["status"] != c.status {
			t.Errorf("declared %s it is %d %v", c.declared, rec.Code, order["status"])
		}
		if !strings.Contains(listed(c.status), "TRK-77") {
			t.Errorf("it is not listed as %s", c.status)
		}
	}
	rec := w.ask("GET", "/shipments/TRK-77/status-history", nil)
	var history []struct{ OrderStatus []struct{ Status string } }
	if err := json.Unmarshal(rec.Body.Bytes(), &history); err != nil || len(history) != 1 {
		t.Fatal(err, rec.Body)
	}
	var said []string
	for _, row := range history[0].OrderStatus {
		said = append(said, row.Status)
	}
	if got := strings.Join(said, " "); got != "ORDER_DISPATCHED IN_TRANSIT ORDER_DELIVERED ORDER_CANCELLED" {
		t.Errorf("its history is %s", got)
	}
	for _, request := range []string{"PUT /shipments/TRK-77", "POST /shipments/TRK-77/retry", "DELETE /shipments/TRK-77"} {
		method, path, _ := strings.Cut(request, " ")
		if rec := w.ask(method, path, map[string]any{"groupId": "g"}); rec.Code/100 != 4 {
			t.Errorf("%s %s is answered with %d %s", method, path, rec.Code, rec.Body)
		}
	}
}
