package lynkup

import "encoding/json"

// order is a shipment as the API shows it: every member is always there, null when it is not set.
type order struct {
	ID                 string          `json:"id"`
	BrandExternalID    *string         `json:"brandExternalId"`
	LocationExternalID *string         `json:"locationExternalId"`
	OrderExternalID    string          `json:"orderExternalId"`
	GroupID            *string         `json:"groupId"`
	TenantID           string          `json:"tenantId"`
	OrderValue         *json.Number    `json:"orderValue"`
	CurrencyCode       *string         `json:"currencyCode"`
	ItemList           []item          `json:"itemList"`
	Package            *pack           `json:"package"`
	PickupTime         *window         `json:"pickupTime"`
	DeliveryTime       *window         `json:"deliveryTime"`
	DeliveryContact    contact         `json:"deliveryContact"`
	DeliveryAddress    address         `json:"deliveryAddress"`
	PickupContact      contact         `json:"pickupContact"`
	PickupAddress      address         `json:"pickupAddress"`
	DeliveryNotes      *string         `json:"deliveryInstructions"`
	PickupNotes        *string         `json:"pickupInstructions"`
	OrderAttributes    json.RawMessage `json:"orderAttributes"`
	Signature          *string         `json:"signature"`
	Locale             *string         `json:"locale"`
	CreatedDate        *int64          `json:"createdDate"`
	EstimatedPickup    window          `json:"estimatedPickupTime"`
	EstimatedDelivery  window          `json:"estimatedDeliveryTime"`
	ActualPickup       *int64          `json:"actualPickupTime"`
	ActualDelivery     *int64          `json:"actualDeliveryTime"`
	TrackingID         *string         `json:"trackingId"`
	ReferenceLinks     links           `json:"referenceLinks"`
	Provider           provider        `json:"provider"`
	ProposedProviders  []proposal      `json:"proposedProviders"`
	Amount             *json.Number    `json:"amount"`
	Fee                *json.Number    `json:"fee"`
	Label              *label          `json:"label"`
	Attachments        []struct{}      `json:"attachments"` // we keep none: [] in a list, else null, as the vendor has it
	Vehicle            *struct{}       `json:"vehicle"`     // no carrier here tells: always null
	ReturnRequest      *returnRequest  `json:"returnRequest"`
	ReturnLocation     *returnPlace    `json:"undeliverableOrderReturnLocation"`
	ReturnLocationID   *string         `json:"returnLocationId"`
	Status             string          `json:"status"`
	CreatedAt          string          `json:"createdAt"`
	LastUpdatedAt      string          `json:"lastUpdatedAt"`
	Warnings           []warning       `json:"warnings,omitempty"` // only when there are some
}

// window is a span of time in Unix milliseconds.
type window struct {
	StartsAt *int64 `json:"startsAt"`
	EndsAt   *int64 `json:"endsAt"`
}

type contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
}

type address struct {
	Street1         string   `json:"street1"`
	Street2         string   `json:"street2"`
	ApartmentNumber string   `json:"apartmentNumber"`
	City            string   `json:"city"`
	State           string   `json:"state"`
	PostalCode      string   `json:"postalCode"`
	CountryCode     string   `json:"countryCode"`
	Latitude        *float64 `json:"latitude"`
	Longitude       *float64 `json:"longitude"`
}

type size struct {
	Length *json.Number `json:"length"`
	Width  *json.Number `json:"width"`
	Height *json.Number `json:"height"`
	Unit   string       `json:"unit"`
}

type weight struct {
	Value *json.Number `json:"value"`
	Unit  string       `json:"unit"`
}

// pack is the parcel: this API knows one an order.
type pack struct {
	Name               string   `json:"name"`
	ItemQuantity       int      `json:"itemQuantity"`
	Size               *size    `json:"size"`
	Weight             *weight  `json:"weight"`
	Description        string   `json:"description"`
	TemperatureControl string   `json:"temperatureControl"`
	Barcode            string   `json:"barcode"`
	Content            []string `json:"content"`
}

type item struct {
	SKU       string       `json:"sku"`
	Quantity  int          `json:"quantity"`
	Size      *size        `json:"size"`
	Weight    *weight      `json:"weight"`
	Price     *json.Number `json:"price"`
	SalePrice *json.Number `json:"salePrice"`
	Title     string       `json:"title"`
}

type links struct {
	TrackingURL *string `json:"trackingUrl"`
	QRCodeLink  *string `json:"qrcodeLink"` // we make none: always null
	LabelLink   *string `json:"labelLink"`
}

// provider is who carries the order; before anyone does its names are empty and its services null.
type provider struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	DisplayName string  `json:"displayName"`
	ServiceID   *string `json:"serviceId"`
	ServiceType *string `json:"serviceType"`
}

type proposal struct {
	Name     string            `json:"name"`
	Services []proposalService `json:"services"`
}

type proposalService struct {
	ID string `json:"id"`
}

type label struct {
	TrackingNumber string  `json:"trackingNumber"`
	URL            *string `json:"url"` // the carrier's tracking page
	Code           string  `json:"code"`
	File           *string `json:"file"` // a link that expires
	FileType       string  `json:"fileType"`
}

type returnRequest struct {
	TrackingNumber *string      `json:"trackingNumber"`
	TrackingURL    *string      `json:"trackingUrl"`
	LabelLink      *string      `json:"labelLink"`
	Amount         *json.Number `json:"amount"`
}

type returnPlace struct {
	Address address `json:"address"`
	Contact contact `json:"contact"`
	Name    string  `json:"name"`
}

type warning struct {
	Type      string  `json:"type"`
	Message   string  `json:"message"`
	Parameter *string `json:"parameter"`
}
