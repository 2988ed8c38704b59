package epgl_test

import (
	"context"
	"testing"

	"waybill"
	"waybill/engine"
)

// TestFromWhereItMayBeCalled: an address that is not on the account's list is refused as such, whatever it sends.
func TestFromWhereItMayBeCalled(t *testing.T) {
	app := installation(t).Start(t)
	a := account(t, app)
	a.Access.IPs = []string{"203.0.113.9"}
	_, err := app.Engine.As(waybill.Actor{Kind: waybill.ActorAdmin}).SaveAccount(context.Background(), a)
	must(t, err)
	for _, body := range []string{everything, `{}`} {
		status, f := told(t, ask(app, createPath, body))
		if status != 403 || len(f.Errors) != 1 || f.Errors[0].Code != "FORBIDDEN" || f.Errors[0].Field != "" {
			t.Errorf("%d %+v", status, f)
		}
	}
}

// TestALicenceIsOneShipments: a number that a client brought along is that of one shipment of the account.
func TestALicenceIsOneShipments(t *testing.T) {
	app := installation(t).Start(t)
	brought := func(number string) tree {
		body := letter(t, number, "Pending")
		body["uhawb"] = "AE12345678901234"
		return body
	}
	if data := declared(t, app, text(brought("W-1"))); data["uhawb"] != "AE12345678901234" {
		t.Errorf("it was answered with %v", data["uhawb"])
	}
	status, f := told(t, ask(app, createPath, text(brought("W-2"))))
	if status != 422 || len(f.Errors) != 1 || f.Errors[0].Field != "uhawb" {
		t.Errorf("%d %+v", status, f)
	}
	declared(t, app, text(brought("W-1"))) // and stays that one's
}

// TestADeclaredNumberIsNoReference: an order of the account may be called by a number that a courier declared.
func TestADeclaredNumberIsNoReference(t *testing.T) {
	app := installation(t).Start(t)
	declared(t, app, text(letter(t, "W-1", "Pending")))
	s := admin(t, app)
	sh, err := s.CreateShipment(context.Background(), engine.CreateShipment{Draft: true, Shipment: waybill.Shipment{
		Reference: "W-1", To: waybill.Party{Address: waybill.Address{City: "Dubai", Country: "AE"}},
		Parcels: []waybill.Parcel{{Name: "custom"}},
	}})
	if err != nil || sh.Booking != waybill.Draft {
		t.Errorf("%v: %s", err, sh.Booking)
	}
}

// TestLoginsWithoutAnything: a body that names nobody is no wrong password.
func TestLoginsWithoutAnything(t *testing.T) {
	app := installation(t).Start(t)
	for _, body := range []string{`null`, `[]`, `{}`, `""`} {
		if status, f := told(t, ask(app, authenticatePath, body)); status != 400 || f.Errors[0].Code != "VALIDATION_ERROR" {
			t.Errorf("%s: %d %+v", body, status, f)
		}
	}
}
