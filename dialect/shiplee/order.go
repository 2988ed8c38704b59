package shiplee

import (
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeOrder reads an order that nobody is asked to carry yet.
func decodeOrder(r *dialect.Request) (engine.CreateShipment, error) {
	v, err := document(r)
	if err != nil {
		return engine.CreateShipment{}, err
	}
	in := engine.CreateShipment{Draft: true, Key: r.IdempotencyKey(), Hash: digest(v)}
	s := &in.Shipment
	s.Reference = v.At("orderID").Required().Text(maxReference)
	s.To = waybill.Party{
		Contact: waybill.Contact{
			Name: v.At("name").Required().Text(maxText), Phone: mobile(v.At("mobileNumber").Required()), Email: v.At("email").Text(maxText),
		},
		Address: waybill.Address{
			Street1: v.At("addressLine1").Required().Text(maxText), Street2: v.At("addressLine2").Text(maxText),
			City: v.At("city").Required().Text(maxText), State: v.At("state").Required().Text(maxText),
			Postcode: pincode(v.At("pincode").Required()), Country: india,
		},
	}
	if same := v.At("sameAddressCheckbox"); !same.Blank() && !same.Boolean() {
		s.Billing = readBilling(v)
	}
	cod := isCOD(v.At("paymentType").Required())
	s.Items = readProducts(v.At("products"))
	for _, p := range filled(v.At("parcels"), maxParcels) {
		s.Parcels = append(s.Parcels, readParcel(p))
	}
	count(s.Parcels, s.Items)
	s.Value = sum(v.At("products"), s.Items)
	if cod {
		s.Options.COD = s.Value
	}
	return in, v.Errors(opOrder)
}

// readBilling reads who pays for an order where that is somebody else.
func readBilling(v dialect.Value) *waybill.Party {
	return &waybill.Party{
		Contact: waybill.Contact{
			Name: v.At("billingName").Required().Text(maxText), Phone: mobile(v.At("billingMobileNumber")),
			Email: v.At("billingEmail").Text(maxText),
		},
		Address: waybill.Address{
			Street1: v.At("billingAddressLine1").Required().Text(maxText), City: v.At("billingCity").Required().Text(maxText),
			State: v.At("billingState").Required().Text(maxText), Postcode: pincode(v.At("billingPincode").Required()), Country: india,
		},
	}
}

type ordered struct {
	said
	OrderID int64 `json:"order_id"`
}

func encodeOrder(_ *dialect.Request, s waybill.Shipment) dialect.Reply {
	return dialect.JSON(http.StatusCreated, ordered{said{true, "Order added successfully"}, s.Number})
}
