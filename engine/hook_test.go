package engine_test

import (
	"context"
	"slices"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// heard collects what deliveries would be sent, by address; each is taken.
func heard(d *enginetest.Desk) map[string][]engine.Outgoing {
	all := map[string][]engine.Outgoing{}
	d.World.Deliver = func(ctx context.Context, job waybill.Job) error {
		out, err := d.World.Engine.Delivery(ctx, job)
		if err != nil || out.Idle {
			return err
		}
		all[out.Subscription.URL] = append(all[out.Subscription.URL], out)
		if err := d.World.Engine.Delivered(ctx, job, engine.Sent{State: engine.DeliveryDelivered}); err != nil {
			return err
		}
		return waybill.ErrFinished
	}
	return all
}

// The address given with a shipment hears of it alone, in the dialect it came by, with the account's token; those
// set up for the account hear of all.
func TestAShipmentsOwnHook(t *testing.T) {
	d := houseOnly(t)
	d.Session.Actor.Dialect = "toy"
	if _, err := d.PutSubscription(t.Context(), engine.PutSubscription{URL: "https://all.example", Dialect: "other"}); err != nil {
		t.Fatal(err)
	}
	posted := heard(d)
	in := enginetest.Order("A-1")
	in.Hook = "https://shop.example/hook?order=A-1"
	sh := create(t, d, in)
	create(t, d, enginetest.Order("B-1"))
	d.Drain()
	scan(t, d, sh.Tracking, waybill.Delivered)
	d.Drain()
	var told []waybill.EventKind
	for _, out := range posted[in.Hook] {
		if told = append(told, out.Event.Kind); out.Delivery.Shipment != sh.ID || out.Subscription.Dialect != "toy" || out.Event.Subject == nil {
			t.Errorf("it heard %s of %s in %s", out.Event.Kind, out.Delivery.Shipment, out.Subscription.Dialect)
		}
	}
	if want := []waybill.EventKind{waybill.ShipmentCreated, waybill.ShipmentRated, waybill.ShipmentBooked, waybill.ShipmentTracked}; !slices.Equal(told, want) {
		t.Errorf("it heard %v, want %v", told, want)
	}
	if n := len(posted["https://all.example"]); n != 7 {
		t.Errorf("the account's endpoint heard %d events", n)
	}
	made, err := d.SetHookToken(t.Context(), engine.SetHookToken{})
	if err != nil || len(made) != 32 || posted[in.Hook][0].Token != made {
		t.Errorf("the token is %q, it carried %q: %v", made, posted[in.Hook][0].Token, err)
	}
	if token := posted["https://all.example"][0].Token; token != "" {
		t.Errorf("the account's endpoint was sent the token %q", token)
	}
	if _, err := d.SetHookToken(t.Context(), engine.SetHookToken{Token: "the old vendor's"}); err != nil {
		t.Fatal(err)
	}
	scan(t, d, sh.Tracking, waybill.Returned)
	d.Drain()
	if last := posted[in.Hook][len(posted[in.Hook])-1]; last.Token != "the old vendor's" {
		t.Errorf("it carried %q", last.Token)
	}
	list, err := d.ListSubscriptions(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("%d endpoints are set up: %v", len(list), err)
	}
	in = enginetest.Order("C-1")
	in.Hook = "ftp://shop.example"
	_, err = d.CreateShipment(t.Context(), in)
	wantReason(t, err, waybill.ReasonFields, "hook")
}

// An order that is made anew is heard of where it says now.
func TestTheHookOfAnOrderMadeAnew(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston()
	posted := heard(d)
	in := enginetest.Order("A-1")
	for _, in.Hook = range []string{"https://first.example", "https://second.example", "", "https://third.example"} {
		if sh := create(t, d, in); sh.Booking != waybill.NoProvider {
			t.Fatal(sh.Booking)
		}
		d.Drain()
	}
	for address, want := range map[string]int{"https://first.example": 2, "https://second.example": 2, "https://third.example": 2} {
		if n := len(posted[address]); n != want {
			t.Errorf("%s heard %d events, want %d", address, n, want)
		}
	}
}

// The token an account has set is a secret at rest like others.
func TestTheHookTokenIsSealed(t *testing.T) {
	d := houseOnly(t)
	if _, err := d.SetHookToken(t.Context(), engine.SetHookToken{Token: "the old vendor's"}); err != nil {
		t.Fatal(err)
	}
	account, err := d.World.Engine.Account(t.Context(), d.Session.Actor)
	if err != nil || len(account.HookToken) == 0 || string(account.HookToken) == "the old vendor's" {
		t.Errorf("kept as %q: %v", account.HookToken, err)
	}
	sealed, err := d.ListSealed(t.Context())
	if err != nil || !slices.ContainsFunc(sealed, func(s engine.SealedSecret) bool { return s.Noun == "account" && s.Opens }) {
		t.Errorf("the secrets at rest are %+v: %v", sealed, err)
	}
}
