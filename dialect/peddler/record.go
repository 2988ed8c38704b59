package peddler

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"waybill"
	"waybill/dialect"
)

// record is a shipment as the vendor keeps it: what an update answers. We have no jobs with a priority and no
// imports, and what failed is not updated, so those members never change.
type record struct {
	ID                     string          `json:"id"`
	MetaData               string          `json:"metaData"`
	BundleID               *string         `json:"bundleId"`
	ColliMasterID          json.RawMessage `json:"colliMasterId"`
	ColliCount             json.RawMessage `json:"colliCount"`
	GroupID                *string         `json:"groupId"`
	Quantity               int             `json:"quantity"` // of parcels
	Status                 string          `json:"status"`
	ScheduledDeliveryStart *string         `json:"scheduledDeliveryStart"`
	ScheduledDeliveryEnd   *string         `json:"scheduledDeliveryEnd"`
	SLADeliveryDate        *string         `json:"slaDeliveryDate"`
	DeliveryAddress        *address        `json:"deliveryAddress"`
	PickupAddress          *address        `json:"pickupAddress"`
	CarrierTrackingNumber  *string         `json:"carrierTrackingNumber"`
	Priority               int             `json:"priority"`
	ServiceLevel           *string         `json:"serviceLevel"`
	DeliveryShippingType   string          `json:"deliveryShippingType"`
	DeliveryContentsType   string          `json:"deliveryContentsType"`
	ReturnType             *string         `json:"returnType"`
	CarrierOptions         json.RawMessage `json:"carrierOptions"`
	ShippingValue          *json.Number    `json:"shippingValue"`
	ShippingValueCurrency  *string         `json:"shippingValueCurrency"`
	Dimensions             *string         `json:"dimensions"`
	Weight                 *json.Number    `json:"weight"`
	WeightUnit             *string         `json:"weightUnit"`
	InjectionDate          json.RawMessage `json:"estimatedInjectionDate"`
	CarrierData            string          `json:"carrierData"` // JSON as text
	UnitPrice              *json.Number    `json:"unitPrice"`
	TotalAmount            *json.Number    `json:"totalAmount"`
	TaxAmount              *json.Number    `json:"taxAmount"`
	TaxRate                *json.Number    `json:"taxRate"`
	Currency               *string         `json:"currency"`
	OrderID                int64           `json:"orderId"`
	StoreID                *string         `json:"storeId"`
	CarrierID              *string         `json:"carrierId"`
	CreatedOn              string          `json:"createdOn"`
	UpdatedOn              string          `json:"updatedOn"`
	WebhookURI             json.RawMessage `json:"webhookUri"`
	FailedReason           *struct{}       `json:"failedReason"`
	ImportError            *struct{}       `json:"importError"`
}

// carrierData says who carries a shipment.
type carrierData struct {
	Carrier     string `json:"carrier"`
	Service     string `json:"service"`
	TrackingURL string `json:"trackingUrl,omitempty"`
}

func recordOf(s *waybill.Shipment) record {
	extra := extraOf(s)
	r := record{
		ID: string(s.ID), MetaData: s.Reference, BundleID: orNull(s.Group), ColliMasterID: orNone(extra[colliMaster]),
		ColliCount: orNone(extra[colliCount]), GroupID: orNull(s.Group), Quantity: len(s.Parcels), Status: wordNow(s).status,
		ScheduledDeliveryStart: stampOf(s.DeliveryTime.Starts), ScheduledDeliveryEnd: stampOf(s.DeliveryTime.Ends),
		SLADeliveryDate: stampOf(s.EstimatedDrop.Ends), CarrierTrackingNumber: orNull(s.Tracking), CarrierOptions: optionsOf(s, extra),
		DeliveryAddress: addressOf(&s.To), PickupAddress: addressOf(&s.From),
		ShippingValue: dialect.Number(s.Value.Value), ShippingValueCurrency: orNull(s.Value.Currency), Dimensions: dimensionsOf(s, extra),
		InjectionDate: injectionOf(s, extra), OrderID: s.Number, StoreID: orNull(s.LocationKey),
		CreatedOn: stamp(s.Created), UpdatedOn: stamp(s.Updated), WebhookURI: orNone(extra[webhookURI]),
	}
	r.DeliveryAddress.Email, r.DeliveryAddress.PreviousAddress = orNull(s.To.Contact.Email), extra[previousAddress]
	r.choose(s)
	r.price(s)
	if w := weightOf(s); w.Value != "" {
		unit := "KG"
		if w.Unit == waybill.Pound {
			unit = "LB"
		} else {
			w = waybill.Weight{Value: w.In(waybill.Kilogram, 3), Unit: waybill.Kilogram}
		}
		r.Weight, r.WeightUnit = dialect.Number(w.Value), &unit
	}
	return r
}

// choose tells what was asked for, and who carries it.
func (r *record) choose(s *waybill.Shipment) {
	r.DeliveryShippingType, r.DeliveryContentsType = "PACKAGE", "GOODS"
	if s.Options.Letterbox {
		r.DeliveryShippingType = letterbox
	}
	if s.Options.Contents != "" {
		r.DeliveryContentsType = strings.ToUpper(s.Options.Contents)
	}
	for name, fate := range fates {
		if fate == s.Options.Undeliverable {
			r.ReturnType = &name
		}
	}
	var data carrierData
	if p := s.Provider; p != nil {
		r.ServiceLevel, r.CarrierID = orNull(levelOf(p)), orNull(p.ExternalID)
		data.Carrier, data.Service = p.DisplayName, p.ServiceName
	}
	data.TrackingURL = s.TrackingURL
	r.CarrierData = string(dialect.JSON(0, data).Body)
}

// levelOf is a service as this API calls it: by its code, or by the level that the account has named it after.
func levelOf(p *waybill.Provider) string {
	if !slices.Contains(levels, p.Service) && slices.Contains(levels, p.ServiceName) {
		return p.ServiceName
	}
	return p.Service
}

// option is one entry of carrierOptions.
type option struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// optionsOf are the options as they were given here, else those that were asked for through another API.
func optionsOf(s *waybill.Shipment, extra map[string]json.RawMessage) json.RawMessage {
	if given := extra[carrierOptions]; given != nil {
		return given
	}
	var list []option
	for _, need := range s.Needs() {
		switch need {
		case waybill.CanSignature, waybill.CanAdult:
			list = append(list, option{"POD", "SIGNATURE"})
		case waybill.CanDangerous:
			list = append(list, option{dangerous, "dangerous goods"})
		case waybill.CanPIN:
			list = append(list, option{"OTP", "TRUE"})
		}
	}
	if list == nil {
		return orNone(nil)
	}
	raw, _ := json.Marshal(list) // texts always are JSON
	return raw
}

// injectionOf is the moment as it was given here, else the day that was given through another API.
func injectionOf(s *waybill.Shipment, extra map[string]json.RawMessage) json.RawMessage {
	if extra[injection] != nil || s.Options.ShipDate == "" {
		return orNone(extra[injection])
	}
	raw, _ := json.Marshal(s.Options.ShipDate) // text always is JSON
	return raw
}

// price tells what the account pays: in all, the tax in it, and without.
func (r *record) price(s *waybill.Shipment) {
	if s.Sold.Currency == "" {
		return
	}
	tax := waybill.Money{Currency: s.Sold.Currency}
	for _, c := range s.Charges {
		if c.Kind == "tax" && c.Amount.Currency == tax.Currency {
			tax.Minor += c.Amount.Minor
		}
	}
	net := waybill.Money{Minor: s.Sold.Minor - tax.Minor, Currency: tax.Currency}
	r.TotalAmount, r.TaxAmount, r.UnitPrice = dialect.Number(s.Sold.Decimal()), dialect.Number(tax.Decimal()), dialect.Number(net.Decimal())
	r.Currency = &tax.Currency
	if net.Minor > 0 {
		r.TaxRate = dialect.Number(waybill.Decimal(big.NewRat(tax.Minor, net.Minor).FloatString(2)))
	}
}

// weightOf is the weight of the whole shipment, as it was given where it was.
func weightOf(s *waybill.Shipment) waybill.Weight {
	if s.TotalWeight.Value != "" {
		return s.TotalWeight
	}
	if len(s.Parcels) == 1 {
		return s.Parcels[0].Weight
	}
	if grams := s.Grams(); grams > 0 {
		return waybill.WeightOf(grams)
	}
	return waybill.Weight{}
}

// dimensionsOf is the text that was given, else the size of the first parcel in the same manner.
func dimensionsOf(s *waybill.Shipment, extra map[string]json.RawMessage) *string {
	var text string
	_ = json.Unmarshal(extra[dimensions], &text) // none: empty
	if text == "" && len(s.Parcels) > 0 && s.Parcels[0].Size.Known() {
		size := s.Parcels[0].Size
		unit := string(size.Unit)
		text = string(size.Length) + unit + " * " + string(size.Width) + unit + " * " + string(size.Height) + unit
	}
	return orNull(text)
}

// orNone is null where nothing was kept.
func orNone(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}
