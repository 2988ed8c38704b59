package doordashsim

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"waybill/internal/fixture"
)

// order is what a client asks for: every member that DoorDash's description has, in its order of sections.
type order struct {
	ExternalDeliveryID     string          `json:"external_delivery_id"`
	Locale                 string          `json:"locale"`
	OrderFulfillmentMethod string          `json:"order_fulfillment_method"`
	OriginFacilityID       string          `json:"origin_facility_id"`
	PickupAddress          string          `json:"pickup_address"`
	PickupBusinessName     string          `json:"pickup_business_name"`
	PickupPhoneNumber      string          `json:"pickup_phone_number"`
	PickupInstructions     string          `json:"pickup_instructions"`
	PickupReferenceTag     string          `json:"pickup_reference_tag"`
	PickupBusinessID       string          `json:"pickup_external_business_id"`
	PickupStoreID          string          `json:"pickup_external_store_id"`
	PickupVerification     json.RawMessage `json:"pickup_verification_metadata"`
	PickupComponents       json.RawMessage `json:"pickup_address_components"`
	DropoffAddress         string          `json:"dropoff_address"`
	DropoffBusinessName    string          `json:"dropoff_business_name"`
	DropoffLocation        json.RawMessage `json:"dropoff_location"`
	DropoffPhoneNumber     string          `json:"dropoff_phone_number"`
	DropoffInstructions    string          `json:"dropoff_instructions"`
	DropoffGivenName       string          `json:"dropoff_contact_given_name"`
	DropoffFamilyName      string          `json:"dropoff_contact_family_name"`
	SendNotifications      *bool           `json:"dropoff_contact_send_notifications"`
	DropoffEmailAddress    string          `json:"dropoff_email_address"`
	DropoffOptions         *dropoffOptions `json:"dropoff_options"`
	DropoffComponents      json.RawMessage `json:"dropoff_address_components"`
	ShoppingOptions        json.RawMessage `json:"shopping_options"`
	OrderValue             *int64          `json:"order_value"`
	Items                  []item          `json:"items"`
	PickupTime             *time.Time      `json:"pickup_time"`
	DropoffTime            *time.Time      `json:"dropoff_time"`
	PickupWindow           *window         `json:"pickup_window"`
	DropoffWindow          *window         `json:"dropoff_window"`
	ContactlessDropoff     bool            `json:"contactless_dropoff"`
	ActionIfUndeliverable  string          `json:"action_if_undeliverable"`
	Tip                    int64           `json:"tip"`
	OrderContains          *orderContains  `json:"order_contains"`
	DasherAllowedVehicles  []string        `json:"dasher_allowed_vehicles"`
	RequiresSignature      bool            `json:"dropoff_requires_signature"`
	PromotionID            string          `json:"promotion_id"`
	CashOnDelivery         int64           `json:"dropoff_cash_on_delivery"`
	OrderRouteType         string          `json:"order_route_type"`
	OrderRouteItems        []string        `json:"order_route_items"`
}

type dropoffOptions struct {
	Signature       string `json:"signature"`
	IDVerification  string `json:"id_verification"`
	ProofOfDelivery string `json:"proof_of_delivery"`
	CateringSetup   string `json:"catering_setup"`
}

type window struct {
	StartTime *time.Time `json:"start_time"`
	EndTime   *time.Time `json:"end_time"`
}

type item struct {
	Name                string          `json:"name"`
	Description         string          `json:"description"`
	Quantity            int             `json:"quantity"`
	ExternalID          string          `json:"external_id"`
	ExternalInstanceID  string          `json:"external_instance_id"`
	Volume              json.Number     `json:"volume"`
	Weight              json.Number     `json:"weight"`
	Length              json.Number     `json:"length"`
	Width               json.Number     `json:"width"`
	Height              json.Number     `json:"height"`
	Price               *int64          `json:"price"`
	Barcode             string          `json:"barcode"`
	SpecialInstructions string          `json:"special_instructions"`
	ItemOptions         json.RawMessage `json:"item_options"`
	DangerousGoods      json.RawMessage `json:"dangerous_goods"`
}

type orderContains struct {
	Alcohol                    bool `json:"alcohol"`
	PharmacyItems              bool `json:"pharmacy_items"`
	AgeRestrictedPharmacyItems bool `json:"age_restricted_pharmacy_items"`
	Tobacco                    bool `json:"tobacco"`
	Hemp                       bool `json:"hemp"`
	OTC                        bool `json:"otc"`
}

// component is one part of a fee or a tax.
type component struct {
	Type   string `json:"type"`
	Amount int64  `json:"amount"`
}

// fault is a refusal.
type fault struct {
	status      int
	Code        string       `json:"code"`
	Message     string       `json:"message"`
	Reason      string       `json:"reason,omitempty"`
	FieldErrors []fieldError `json:"field_errors,omitempty"`
	ID          string       `json:"external_delivery_id,omitempty"`
}

type fieldError struct {
	Field string `json:"field"`
	Error string `json:"error"`
}

func (f *fault) Error() string { return f.Code + ": " + f.Message }

// invalid is the refusal of members that cannot be used; nil when there are none.
func invalid(fields []fieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &fault{
		status: http.StatusBadRequest, Code: "validation_error",
		Message: "One or more request values couldn't be validated.", FieldErrors: fields,
	}
}

func unknown(id string) error {
	return &fault{status: http.StatusNotFound, Code: "unknown_delivery_id", Message: "External delivery ID was not found", ID: id}
}

func duplicate(id string) error {
	return &fault{status: http.StatusConflict, Code: "duplicate_delivery_id", Message: "Duplicate External Delivery ID", ID: id}
}

// notServed is the refusal of a delivery that DoorDash does not make.
func notServed(reason string) error {
	return &fault{status: http.StatusUnprocessableEntity, Code: "invalid_delivery_parameters", Message: "Requested delivery is not valid", Reason: reason}
}

func notAllowed(code, message, reason string) error {
	return &fault{status: http.StatusConflict, Code: code, Message: message, Reason: reason}
}

func writeError(w http.ResponseWriter, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{status: http.StatusInternalServerError, Code: "service_fault", Message: err.Error()}
	}
	fixture.WriteJSON(w, f.status, f)
}

// writeFault is how mischief refuses.
func writeFault(w http.ResponseWriter, status int) {
	f := &fault{status: status, Code: "service_fault", Message: "Internal service failure, please try again later."}
	if status == http.StatusTooManyRequests {
		f.Code, f.Message = "too_many_requests", "Too many requests were sent" // [K] the code
	}
	writeError(w, f)
}
