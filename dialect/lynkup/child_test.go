package lynkup_test

import (
	"testing"

	"waybill"
	"waybill/engine"
)

// TestAParentOrdersInAChild: a client that was granted a child makes an order at the child's location; it is the
// child's, listed and read by both, and an unknown location is refused as ever.
func TestAParentOrdersInAChild(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	admin := w.engine.As(waybill.Actor{Kind: waybill.ActorAdmin, Name: "fixture", Role: waybill.RoleAdmin})
	parent, err := admin.SaveAccount(ctx, waybill.Account{Name: "parent", TenantID: "parent", Settings: waybill.Settings{Currency: "USD"}})
	if err != nil {
		t.Fatal(err)
	}
	child := w.account
	child.Parent = parent.ID
	if _, err := admin.SaveAccount(ctx, child); err != nil {
		t.Fatal(err)
	}
	admin.Actor.Account = parent.ID
	if _, err := admin.SaveClient(ctx, engine.SaveClient{
		Client: waybill.Client{ClientID: "parent", Name: "parent", Role: waybill.RoleAdmin, Grants: []waybill.ID{child.ID}}, NewSecret: "parent-secret",
	}); err != nil {
		t.Fatal(err)
	}
	issued, err := engine.Gate{Engine: w.engine}.IssueToken(ctx, engine.Credentials{
		Dialect: "lynkup", Kind: waybill.ActorClient, ID: "parent", Secret: "parent-secret",
	})
	if err != nil {
		t.Fatal(err)
	}
	seeded := w.Authorization
	w.Authorization = "Bearer " + issued.Text
	rec := w.ask("POST", "/shipments", sampleOrder("P-1"))
	order := tree(t, rec.Body.String())
	if rec.Code != 201 || order["tenantId"] != seedTenant || order["status"] != "ORDER_DISPATCHED" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for _, authorization := range []string{w.Authorization, seeded} {
		w.Authorization = authorization
		if rec := w.ask("GET", "/shipments/P-1", nil); rec.Code != 200 || tree(t, rec.Body.String())["id"] != order["id"] {
			t.Errorf("read: %d %s", rec.Code, rec.Body)
		}
	}
	w.Authorization = "Bearer " + issued.Text
	elsewhere := tree(t, sampleOrder("P-2"))
	elsewhere["locationExternalId"] = "nowhere"
	if rec := w.ask("POST", "/shipments", elsewhere); rec.Code != 422 {
		t.Errorf("an unknown location: %d %s", rec.Code, rec.Body)
	}
	if rec := w.ask("DELETE", "/shipments/P-1", nil); rec.Code != 200 {
		t.Errorf("cancelled: %d %s", rec.Code, rec.Body)
	}
}
