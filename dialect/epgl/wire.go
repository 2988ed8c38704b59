package epgl

import (
	"encoding/json"

	"waybill"
)

// grant is a token.
type grant struct {
	AccessToken string `json:"accessToken"`
	TokenType   string `json:"tokenType"`
	ExpiresIn   int    `json:"expiresIn"` // seconds
}

// envelope is the frame of every answer but those of the token endpoint.
type envelope struct {
	Status        string    `json:"status"`
	Message       string    `json:"message"`
	Data          any       `json:"data"`
	Errors        []mistake `json:"errors"` // null on success
	CorrelationID string    `json:"correlationId"`
	Timestamp     string    `json:"timestamp"`
}

// mistake is one thing that is wrong. Field is a dotted path; empty when no single member is to blame.
type mistake struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field"`
}

// shipment is a declaration as it is answered: as it was declared, with the number it was given here.
type shipment struct {
	TrackingNumber json.RawMessage `json:"trackingNumber"`
	UHAWB          string          `json:"uhawb"`
	Sender         json.RawMessage `json:"sender"`
	Receiver       json.RawMessage `json:"receiver"`
	Details        json.RawMessage `json:"details"`
	Items          json.RawMessage `json:"items,omitempty"`
}

type weight struct {
	Unit  string       `json:"unit"`
	Value *json.Number `json:"value"`
}

type money struct {
	CurrencyCode string       `json:"currencyCode"`
	Amount       *json.Number `json:"amount"`
}

// invoiced is an invoice with the shipment it is for.
type invoiced struct {
	TrackingNumber   string   `json:"trackingNumber"`
	ChargeableWeight weight   `json:"chargeableWeight"`
	Charges          []charge `json:"charges"`
	Invoice          invoice  `json:"invoice"`
}

type charge struct {
	Type   string `json:"type"`
	Amount money  `json:"amount"`
}

type invoice struct {
	Number       string       `json:"invoiceNumber"`
	Date         string       `json:"invoiceDate"`
	Account      string       `json:"billingAccountNumber"`
	AccountName  string       `json:"billingAccountName"`
	Discount     *json.Number `json:"totalDiscountAmount,omitempty"`
	Tax          *json.Number `json:"taxAmount"`
	Total        *json.Number `json:"totalAmountIncludingTax"`
	CurrencyCode string       `json:"currencyCode"`
}

// The units of this API, and ours.
var (
	weightUnits = map[string]waybill.WeightUnit{"KG": waybill.Kilogram, "LB": waybill.Pound}
	lengthUnits = map[string]waybill.LengthUnit{"CM": waybill.Centimetre, "IN": waybill.Inch}
)
