package epgl

import (
	"encoding/json"
	"net/http"

	"waybill/dialect"
	"waybill/engine"
)

// decodeDeclare reads a shipment: a new one, or in full anew one that was declared before. What the answer will
// show is kept with it.
func decodeDeclare(r *dialect.Request) (engine.DeclareShipment, error) {
	v, err := r.JSON()
	if err != nil {
		return engine.DeclareShipment{}, err
	}
	d := declaring{body: v}
	if !v.Object() {
		v.Required()
		return engine.DeclareShipment{}, v.Errors(opDeclare)
	}
	d.Wire, err = json.Marshal(readAll(v, declarationMembers, &d))
	if err != nil {
		return engine.DeclareShipment{}, err
	}
	return engine.DeclareShipment{Declaration: d.Declaration}, v.Errors(opDeclare)
}

// The messages of success. The vendor documents the first and the last; it has no other for an update.
const (
	created  = "Shipment created successfully."
	updated  = "Shipment updated successfully."
	issuedIt = "Shipment invoice issued successfully."
)

// encodeDeclared answers what is stored: as it was declared, with the number it was given here.
func encodeDeclared(r *dialect.Request, d engine.Declared) dialect.Reply {
	message := updated
	if d.Fresh {
		message = created
	}
	var data shipment
	if err := json.Unmarshal(d.Declaration.Wire, &data); err != nil {
		panic("epgl: a stored declaration is not JSON: " + err.Error())
	}
	data.UHAWB = d.Declaration.Licence
	return succeeded(r, http.StatusCreated, message, data)
}
