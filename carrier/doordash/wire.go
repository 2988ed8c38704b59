package doordash

import (
	"encoding/json"
	"net/url"
)

// order is what is to be carried: the body of a quote, of a delivery and, without its id, of a change. Money is
// in cents of the country's currency, weights in pounds, edges in inches, times in UTC.
type order struct {
	ID                 string          `json:"external_delivery_id,omitempty"`
	Locale             string          `json:"locale,omitempty"`
	PickupAddress      string          `json:"pickup_address,omitempty"`
	PickupName         string          `json:"pickup_business_name,omitempty"`
	PickupPhone        string          `json:"pickup_phone_number,omitempty"`
	PickupInstructions string          `json:"pickup_instructions,omitempty"`
	PickupReference    string          `json:"pickup_reference_tag,omitempty"`
	PickupBusiness     string          `json:"pickup_external_business_id,omitempty"`
	PickupStore        string          `json:"pickup_external_store_id,omitempty"`
	DropoffAddress     string          `json:"dropoff_address,omitempty"`
	DropoffName        string          `json:"dropoff_business_name,omitempty"`
	DropoffPhone       string          `json:"dropoff_phone_number,omitempty"`
	DropoffNotes       string          `json:"dropoff_instructions,omitempty"`
	GivenName          string          `json:"dropoff_contact_given_name,omitempty"`
	FamilyName         string          `json:"dropoff_contact_family_name,omitempty"`
	Email              string          `json:"dropoff_email_address,omitempty"`
	DropoffOptions     *dropoffOptions `json:"dropoff_options,omitempty"`
	Value              *int64          `json:"order_value,omitempty"`
	Items              []item          `json:"items,omitempty"`
	PickupTime         string          `json:"pickup_time,omitempty"`
	DropoffTime        string          `json:"dropoff_time,omitempty"`
	PickupWindow       *window         `json:"pickup_window,omitempty"`
	DropoffWindow      *window         `json:"dropoff_window,omitempty"`
	Contactless        bool            `json:"contactless_dropoff,omitempty"`
	Undeliverable      string          `json:"action_if_undeliverable,omitempty"`
	Tip                int64           `json:"tip,omitempty"`
	Contains           map[string]bool `json:"order_contains,omitempty"`
	Signature          bool            `json:"dropoff_requires_signature,omitempty"`
}

type dropoffOptions struct {
	IDVerification string `json:"id_verification,omitempty"`
}

type window struct {
	Start string `json:"start_time"`
	End   string `json:"end_time"`
}

// item is one line of what the Dasher is given: of one piece, so that DoorDash multiplies by the quantity.
type item struct {
	Name        string      `json:"name"`
	Description string      `json:"description,omitempty"`
	Quantity    int         `json:"quantity"`
	ID          string      `json:"external_id,omitempty"`
	Barcode     string      `json:"barcode,omitempty"`
	Price       *int64      `json:"price,omitempty"`
	Weight      json.Number `json:"weight,omitempty"`
	Length      json.Number `json:"length,omitempty"`
	Width       json.Number `json:"width,omitempty"`
	Height      json.Number `json:"height,omitempty"`
}

// acceptance is what may still be said when a quote is accepted; the rest was said when it was asked for.
type acceptance struct {
	Tip          int64  `json:"tip,omitempty"`
	DropoffPhone string `json:"dropoff_phone_number,omitempty"`
	GivenName    string `json:"dropoff_contact_given_name,omitempty"`
	FamilyName   string `json:"dropoff_contact_family_name,omitempty"`
	Reference    string `json:"pickup_reference_tag,omitempty"`
}

// delivery is DoorDash's answer to everything, and the body of its webhooks.
type delivery struct {
	ID               string      `json:"external_delivery_id"`
	Status           string      `json:"delivery_status"`
	Cancellation     string      `json:"cancellation_reason"`
	Currency         string      `json:"currency"`
	Fee              *int64      `json:"fee"`
	FeeComponents    []component `json:"fee_components"`
	Tax              int64       `json:"tax"`
	Tip              int64       `json:"tip"`
	SupportReference string      `json:"support_reference"`
	TrackingURL      string      `json:"tracking_url"`
	CreatedAt        string      `json:"created_at"`
	UpdatedAt        string      `json:"updated_at"`
	PickupEstimated  string      `json:"pickup_time_estimated"`
	PickupActual     string      `json:"pickup_time_actual"`
	DropoffEstimated string      `json:"dropoff_time_estimated"`
	DropoffActual    string      `json:"dropoff_time_actual"`
	ReturnActual     string      `json:"return_time_actual"`
	DasherName       string      `json:"dasher_name"`
	DasherLocation   *place      `json:"dasher_location"`
	PickupPhoto      string      `json:"pickup_verification_image_url"`
	DropoffPhoto     string      `json:"dropoff_verification_image_url"`
	SignaturePhoto   string      `json:"dropoff_signature_image_url"`
}

type component struct {
	Type   string `json:"type"`
	Amount int64  `json:"amount"`
}

type place struct {
	Lat float64 `json:"lat"`
	Lng float64 `json:"lng"`
}

// at is the address of one delivery or quote.
func at(resource, id string) string { return resource + "/" + url.PathEscape(id) }
