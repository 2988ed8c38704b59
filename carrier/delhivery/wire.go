package delhivery

import (
	"bytes"
	"encoding/json"
)

// The shapes of Delhivery's documents, as far as we use them.

// flex is a scalar that comes as text here and as a number or truth value there; null is empty.
type flex string

// UnmarshalJSON takes any scalar; a list or an object counts as nothing.
func (f *flex) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case bytes.Equal(data, []byte("null")), len(data) > 0 && (data[0] == '{' || data[0] == '['):
		*f = ""
		return nil
	case len(data) > 0 && data[0] == '"':
		return json.Unmarshal(data, (*string)(f))
	}
	*f = flex(data)
	return nil
}

// order is one package of a booking.
type order struct {
	Name            string      `json:"name"`
	Add             string      `json:"add"`
	City            string      `json:"city,omitempty"`
	State           string      `json:"state,omitempty"`
	Country         string      `json:"country"`
	Pin             string      `json:"pin"`
	Phone           string      `json:"phone"`
	AddressType     string      `json:"address_type,omitempty"`
	Order           string      `json:"order"`
	PaymentMode     string      `json:"payment_mode"`
	ShippingMode    string      `json:"shipping_mode"`
	Weight          int64       `json:"weight"` // grams
	Length          json.Number `json:"shipment_length,omitempty"`
	Width           json.Number `json:"shipment_width,omitempty"`
	Height          json.Number `json:"shipment_height,omitempty"`
	CODAmount       json.Number `json:"cod_amount,omitempty"`
	TotalAmount     json.Number `json:"total_amount,omitempty"`
	ProductsDesc    string      `json:"products_desc"`
	Quantity        int         `json:"quantity,omitempty"`
	HSNCode         string      `json:"hsn_code,omitempty"`
	SellerName      string      `json:"seller_name,omitempty"`
	SellerAdd       string      `json:"seller_add,omitempty"`
	SellerGST       string      `json:"seller_gst_tin,omitempty"`
	ReturnName      string      `json:"return_name,omitempty"`
	ReturnAdd       string      `json:"return_add,omitempty"`
	ReturnCity      string      `json:"return_city,omitempty"`
	ReturnState     string      `json:"return_state,omitempty"`
	ReturnPin       string      `json:"return_pin,omitempty"`
	ReturnPhone     string      `json:"return_phone,omitempty"`
	ReturnCountry   string      `json:"return_country,omitempty"`
	FragileShipment bool        `json:"fragile_shipment,omitempty"`
	DangerousGood   bool        `json:"dangerous_good,omitempty"`
	Waybill         string      `json:"waybill,omitempty"`
	ShipmentType    string      `json:"shipment_type,omitempty"`
	MasterID        string      `json:"master_id,omitempty"`
	MPSChildren     int         `json:"mps_children,omitempty"`
	MPSAmount       json.Number `json:"mps_amount,omitempty"`
}

type createRequest struct {
	PickupLocation struct {
		Name string `json:"name"`
	} `json:"pickup_location"`
	Shipments []order `json:"shipments"`
}

type createResponse struct {
	UploadWBN string `json:"upload_wbn"`
	Rmk       flex   `json:"rmk"`
	Packages  []struct {
		Status  string   `json:"status"`
		Waybill flex     `json:"waybill"`
		Refnum  flex     `json:"refnum"`
		Remarks []string `json:"remarks"`
		ErrCode string   `json:"err_code"`
	} `json:"packages"`
}

// pincode is what a place is served with: Y or N for each.
type pincode struct {
	Pin     flex   `json:"pin"`
	PrePaid string `json:"pre_paid"`
	COD     string `json:"cod"`
	Pickup  string `json:"pickup"`
	Remarks string `json:"remarks"`
}

type postalCode struct {
	PostalCode pincode `json:"postal_code"`
}

type pincodeResponse struct {
	DeliveryCodes []postalCode `json:"delivery_codes"`
}

type tatResponse struct {
	Data json.RawMessage `json:"data"` // empty text in a refusal
}

type tatData struct {
	TAT      flex   `json:"tat"`
	Expected string `json:"expected_delivery_date"`
}

type labelResponse struct {
	Packages []struct {
		Waybill flex   `json:"wbn"`
		Link    string `json:"pdf_download_link"`
	} `json:"packages"`
	Found int `json:"packages_found"`
}
