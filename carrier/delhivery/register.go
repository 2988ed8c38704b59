package delhivery

import (
	"context"
	"net/http"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// codeDuplicate is what a registration says of a name that is registered already.
const codeDuplicate = "2000"

// warehouse is a place of collection in Delhivery's words. It refuses members that it does not know.
type warehouse struct {
	Name           string `json:"name"`
	RegisteredName string `json:"registered_name"`
	Phone          string `json:"phone"`
	Email          string `json:"email,omitempty"`
	Address        string `json:"address"`
	City           string `json:"city"`
	Pin            string `json:"pin"`
	Country        string `json:"country"`
	ReturnAddress  string `json:"return_address"`
	ReturnCity     string `json:"return_city"`
	ReturnPin      string `json:"return_pin"`
	ReturnState    string `json:"return_state"`
	ReturnCountry  string `json:"return_country"`
}

// Register takes a place into Delhivery's books under its name. One that is there already is told its address and phone
// anew, since it may have moved; what Delhivery says to that changes nothing.
func (a *adapter) Register(ctx context.Context, q carrier.RegisterRequest) (string, error) {
	const op = "delhivery.register"
	l, r := q.Location, &request{}
	street := r.street("location.address", l.Address)
	place := warehouse{
		Name: q.Name, RegisteredName: a.clientName, Phone: r.phone("location.contact.phone", l.Contact), Email: strings.TrimSpace(l.Contact.Email),
		Address: street, City: l.Address.City, Pin: r.pin("location.address", l.Address), Country: "India",
		ReturnAddress: street, ReturnCity: l.Address.City, ReturnPin: strings.Join(strings.Fields(l.Address.Postcode), ""),
		ReturnState: l.Address.State, ReturnCountry: "India",
	}
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return "", err
	}
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/backend/clientwarehouse/create/", Body: place, Effect: true}
	err := a.client.Do(ctx, call, nil)
	if err == nil {
		return q.Name, nil
	}
	e := *waybill.AsError(err)
	switch {
	case e.Fault != nil && strings.Contains(e.Fault.Code, codeDuplicate):
		return q.Name, a.moved(ctx, op, place)
	case e.Code == waybill.CarrierRejected && e.Reason != waybill.ReasonCarrierLogin:
		e.Reason = waybill.ReasonRegistration
	}
	return "", &e
}

// moved tells Delhivery the address of a place it knows. A refusal is logged and no more: it may say that nothing is new.
func (a *adapter) moved(ctx context.Context, op string, place warehouse) error {
	body := map[string]string{"name": place.Name, "phone": place.Phone, "address": place.Address, "pin": place.Pin}
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/backend/clientwarehouse/edit/", Body: body, Effect: true}
	err := a.client.Do(ctx, call, nil)
	if waybill.IsCode(err, waybill.CarrierRejected) && waybill.ReasonOf(err) != waybill.ReasonCarrierLogin {
		a.client.Log.Warn("a registered place was not told its address anew", "op", op, "place", place.Name, "error", err.Error())
		return nil
	}
	return err
}
