package native_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
)

// TestForgetting: retention and erasure are an administrator's, of the own family, and leave a receipt.
func TestForgetting(t *testing.T) {
	w := begin(t)
	w.ask("admin", "POST", "/shipments", parcelTo("F-1")).is(201)
	ada := object{"email": "ADA@example.com"}
	if dry := w.ask("admin", "POST", "/erasures/preview", ada).is(200); dry.text("erased.shipments") != "1" || dry.text("state") != "preview" {
		t.Error(string(dry.body))
	}
	w.ask("admin", "POST", "/erasures", object{"name": "Ada Byron"}).refused(422, waybill.ReasonFields)
	w.ask("admin", "POST", "/erasures", object{"shipments": []string{"nothing"}}).refused(422, waybill.ReasonFields)
	w.ask("operations", "POST", "/erasures", ada).refused(403, waybill.ReasonRole)
	made := w.ask("admin", "POST", "/erasures", ada).is(202)
	w.app.Drain(t)
	one := "/erasures/" + made.text("id")
	if done := w.ask("admin", "GET", one, nil).is(200); done.text("state") != "done" || done.text("erased.shipments") != "1" {
		t.Error(string(done.body))
	}
	w.ask("stranger", "GET", one, nil).refused(404, waybill.ReasonUnknownRecord)
	if list := w.ask("admin", "GET", "/erasures", nil).is(200); list.count("items") != 1 {
		t.Error(string(list.body))
	}
	if left := w.ask("admin", "GET", "/shipments/F-1", nil).is(200); left.text("to.name") != waybill.Erased || left.text("to.postcode") != "BS1" || left.text("booking") != "cancelled" {
		t.Error(string(left.body))
	}
	if log := w.ask("admin", "GET", "/audit?kind=erasure", nil).is(200); log.count("items") != 1 {
		t.Error(string(log.body))
	}
	w.ask("admin", "PUT", "/accounts/self/retention", object{"shipments_days": 30, "documents_days": 0, "events_days": 0, "deliveries_days": 0, "requests_days": 7}).is(200)
	if kept := w.ask("admin", "GET", "/accounts/self/retention", nil).is(200); kept.text("requests_days") != "7" {
		t.Error(string(kept.body))
	}
}

// TestAnAccountIsDeletedAndHadBack: a child alone, by its parent alone.
func TestAnAccountIsDeletedAndHadBack(t *testing.T) {
	w := begin(t)
	child := "/accounts/" + string(w.id["child"])
	w.ask("stranger", "DELETE", child, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("child", "DELETE", "/accounts/self", nil).refused(409, waybill.ReasonInUse)
	w.ask("child", "POST", "/shipments", and(and(parcelTo("KID-1"), "book", object{}), "carrier_choice", object{"connection": "van"})).is(201)
	if open := w.ask("admin", "DELETE", child, nil).refused(409, waybill.ReasonInUse); open.text("errors.0.path") != "shipments" {
		t.Error(string(open.body))
	}
	w.ask("child", "DELETE", "/shipments/KID-1", nil).is(200)
	w.app.Drain(t)
	if shut := w.ask("admin", "DELETE", child, nil).is(200); shut.text("closing_at") != "2026-12-23T09:00:00Z" {
		t.Error(string(shut.body))
	}
	w.ask("child", "GET", "/me", nil).refused(401, waybill.ReasonTokenBad)
	w.ask("parent", "GET", "/shipments?account="+string(w.id["child"]), nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("admin", "POST", child+"/restore", nil).is(200)
	w.ask("child", "GET", "/me", nil).is(200)
}

// TestDeclarations are listed with the shipments that they hang on.
func TestDeclarations(t *testing.T) {
	w := begin(t)
	s := w.app.Engine.As(waybill.Actor{Kind: waybill.ActorClient, ID: "c1", Name: "courier", Role: waybill.RoleAdmin, Account: w.id["shop"]})
	made, err := s.DeclareShipment(t.Context(), engine.DeclareShipment{Declaration: waybill.Declaration{
		Number: "COURIER1", Pieces: 1, Weight: waybill.WeightOf(1000), PickedUp: w.app.Clock.Now().Add(-time.Hour),
		Sender:   waybill.Party{Contact: waybill.Contact{Name: "Shop"}, Address: waybill.Address{City: "Bath", Country: "GB"}},
		Receiver: waybill.Party{Contact: waybill.Contact{Name: "Ada"}, Address: waybill.Address{City: "Bristol", Country: "GB"}},
	}})
	w.check(err)
	id := string(made.Declaration.ID)
	if list := w.ask("read-only", "GET", "/declarations?shipment="+string(made.Declaration.Shipment), nil).is(200); list.text("items.0.id") != id || list.text("items.0.tracking_number") != "COURIER1" {
		t.Error(string(list.body))
	}
	w.ask("read-only", "GET", "/declarations/"+id, nil).is(200)
	w.ask("stranger", "GET", "/declarations/"+id, nil).refused(404, waybill.ReasonUnknownRecord)
	w.ask("child", "GET", "/declarations?shipment="+string(made.Declaration.Shipment), nil).refused(404, waybill.ReasonUnknownShipment)
}

// TestAChildsRecipientIsForgottenInItsParentsLog: who works in a child writes into a log of his own.
func TestAChildsRecipientIsForgottenInItsParentsLog(t *testing.T) {
	w := begin(t)
	child := "?account=" + string(w.id["child"])
	zelda := object{"name": "Zelda Wuxley", "street1": "1 Hidden Lane", "city": "Bristol", "postcode": "BS1 5LN", "country": "GB", "email": "zelda@mail.example"}
	w.ask("admin", "POST", "/shipments"+child, and(parcelTo("Z-1"), "to", zelda)).is(201)
	w.ask("admin", "GET", "/shipments"+child, nil).is(200)
	w.ask("admin", "POST", "/shipments", and(parcelTo("Z-2"), "to", and(zelda, "name", "Zelda of the parent"))).is(201)
	log := func() (text string) {
		w.app.Drain(t)
		for _, entry := range w.ask("admin", "GET", "/requests?limit=100", nil).is(200).get("items").([]any) {
			text += string(w.ask("admin", "GET", "/requests/"+entry.(object)["id"].(string), nil).is(200).body)
		}
		return text
	}
	if !strings.Contains(log(), "Zelda Wuxley") {
		t.Fatal("the log has nothing to forget")
	}
	done := w.ask("child", "POST", "/erasures", object{"email": "zelda@mail.example"}).is(202).text("id")
	after := log()
	if state := w.ask("child", "GET", "/erasures/"+done, nil).is(200).text("state"); state != "done" {
		t.Error("the erasure is", state)
	}
	if strings.Contains(after, "Zelda Wuxley") {
		t.Error("the parent's log knows the child's recipient still")
	}
	if !strings.Contains(after, "Zelda of the parent") {
		t.Error("what the parent's own order says is gone")
	}
}
