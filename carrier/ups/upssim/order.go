package upssim

import (
	"fmt"
	"strconv"
	"strings"
)

// address is a place on the wire.
type address struct {
	AddressLine                 []string `json:"AddressLine,omitempty"`
	City                        string   `json:"City,omitempty"`
	StateProvinceCode           string   `json:"StateProvinceCode,omitempty"`
	PostalCode                  string   `json:"PostalCode,omitempty"`
	CountryCode                 string   `json:"CountryCode"`
	ResidentialAddressIndicator *string  `json:"ResidentialAddressIndicator,omitempty"`
}

// party is who sends or gets a parcel.
type party struct {
	Name          string   `json:"Name,omitempty"`
	AttentionName string   `json:"AttentionName,omitempty"`
	Phone         *phone   `json:"Phone,omitempty"`
	ShipperNumber string   `json:"ShipperNumber,omitempty"`
	Address       *address `json:"Address,omitempty"`
}

type phone struct {
	Number    string `json:"Number"`
	Extension string `json:"Extension,omitempty"`
}

// order is the Shipment of a rate or a ship request. The two differ in the names of the payment and of the package
// type, so both names are here.
type order struct {
	Description            string         `json:"Description,omitempty"`
	Shipper                party          `json:"Shipper"`
	ShipTo                 party          `json:"ShipTo"`
	ShipFrom               *party         `json:"ShipFrom,omitempty"`
	Service                *coded         `json:"Service,omitempty"`
	PaymentInformation     *payment       `json:"PaymentInformation,omitempty"`
	PaymentDetails         *payment       `json:"PaymentDetails,omitempty"`
	ReferenceNumber        []reference    `json:"ReferenceNumber,omitempty"`
	ReturnService          *coded         `json:"ReturnService,omitempty"`
	ShipmentServiceOptions *shipOptions   `json:"ShipmentServiceOptions,omitempty"`
	ShipmentRatingOptions  *ratingOptions `json:"ShipmentRatingOptions,omitempty"`
	InvoiceLineTotal       *money         `json:"InvoiceLineTotal,omitempty"`
	ShipmentTotalWeight    *weight        `json:"ShipmentTotalWeight,omitempty"`
	DeliveryTime           *deliveryTime  `json:"DeliveryTimeInformation,omitempty"`
	ShipmentDate           string         `json:"ShipmentDate,omitempty"`
	Package                []pack         `json:"Package"`
}

type payment struct {
	ShipmentCharge []struct {
		Type        string `json:"Type"`
		BillShipper *struct {
			AccountNumber string `json:"AccountNumber"`
		} `json:"BillShipper,omitempty"`
		BillReceiver    *struct{} `json:"BillReceiver,omitempty"`
		BillThirdParty  *struct{} `json:"BillThirdParty,omitempty"`
		ConsigneeBilled *string   `json:"ConsigneeBilledIndicator,omitempty"`
	} `json:"ShipmentCharge"`
}

type reference struct {
	Code  string `json:"Code,omitempty"`
	Value string `json:"Value"`
}

type shipOptions struct {
	SaturdayDeliveryIndicator *string       `json:"SaturdayDeliveryIndicator,omitempty"`
	SaturdayPickupIndicator   *string       `json:"SaturdayPickupIndicator,omitempty"`
	COD                       *cod          `json:"COD,omitempty"`
	DeliveryConfirmation      *confirmation `json:"DeliveryConfirmation,omitempty"`
	ReturnService             *coded        `json:"ReturnService,omitempty"` // where a rate request has it
	InternationalForms        *forms        `json:"InternationalForms,omitempty"`
}

type ratingOptions struct {
	NegotiatedRatesIndicator *string `json:"NegotiatedRatesIndicator,omitempty"`
}

type deliveryTime struct {
	PackageBillType string `json:"PackageBillType"`
	Pickup          *struct {
		Date string `json:"Date"`
		Time string `json:"Time"`
	} `json:"Pickup,omitempty"`
}

type cod struct {
	CODFundsCode string `json:"CODFundsCode"`
	CODAmount    money  `json:"CODAmount"`
}

type confirmation struct {
	DCISType string `json:"DCISType"`
}

// forms is what the simulator prints on a customs invoice.
type forms struct {
	FormType        []string `json:"FormType"`
	InvoiceNumber   string   `json:"InvoiceNumber"`
	InvoiceDate     string   `json:"InvoiceDate"`
	ReasonForExport string   `json:"ReasonForExport"`
	CurrencyCode    string   `json:"CurrencyCode"`
	Product         []struct {
		Description       []string `json:"Description"`
		CommodityCode     string   `json:"CommodityCode"`
		OriginCountryCode string   `json:"OriginCountryCode"`
		Unit              *struct {
			Number string `json:"Number"`
			Value  string `json:"Value"`
		} `json:"Unit"`
	} `json:"Product"`
}

// pack is one package of an order.
type pack struct {
	Description           string          `json:"Description,omitempty"`
	Packaging             *coded          `json:"Packaging,omitempty"`     // ship
	PackagingType         *coded          `json:"PackagingType,omitempty"` // rate
	Dimensions            *dimensions     `json:"Dimensions,omitempty"`
	PackageWeight         *weight         `json:"PackageWeight,omitempty"`
	ReferenceNumber       []reference     `json:"ReferenceNumber,omitempty"`
	LargePackageIndicator *string         `json:"LargePackageIndicator,omitempty"`
	AdditionalHandling    *string         `json:"AdditionalHandlingIndicator,omitempty"`
	PackageServiceOptions *packageOptions `json:"PackageServiceOptions,omitempty"`
}

type dimensions struct {
	UnitOfMeasurement coded  `json:"UnitOfMeasurement"`
	Length            string `json:"Length"`
	Width             string `json:"Width"`
	Height            string `json:"Height"`
}

type packageOptions struct {
	DeliveryConfirmation *confirmation `json:"DeliveryConfirmation,omitempty"`
	DeclaredValue        *money        `json:"DeclaredValue,omitempty"`
	COD                  *cod          `json:"COD,omitempty"`
}

// from is where the parcels start: ShipFrom, or else the shipper.
func (o order) from() party {
	if o.ShipFrom != nil {
		return *o.ShipFrom
	}
	return o.Shipper
}

func (o order) options() shipOptions {
	if o.ShipmentServiceOptions != nil {
		return *o.ShipmentServiceOptions
	}
	return shipOptions{}
}

func (p pack) options() packageOptions {
	if p.PackageServiceOptions != nil {
		return *p.PackageServiceOptions
	}
	return packageOptions{}
}

// letter tells whether the package is a UPS Letter, which has neither dimensions nor, to UPS, a weight.
func (p pack) letter() bool {
	return p.Packaging != nil && p.Packaging.Code == "01" || p.PackagingType != nil && p.PackagingType.Code == "01"
}

// domestic tells whether nothing crosses a customs border: one country, or the United States and Puerto Rico.
func (o order) domestic() bool {
	from, to := o.from().Address.CountryCode, o.ShipTo.Address.CountryCode
	return from == to || zips(from) && zips(to)
}

// returned tells whether this is a return.
func (o order) returned() bool { return o.ReturnService != nil }

// negotiated tells whether account rates are asked for.
func (o order) negotiated() bool {
	return o.ShipmentRatingOptions != nil && o.ShipmentRatingOptions.NegotiatedRatesIndicator != nil
}

// hundredths reads a decimal number exactly; digits past the second are cut. The rules have checked its form.
func hundredths(text string) int64 {
	whole, part, _ := strings.Cut(text, ".")
	part = (part + "00")[:2]
	n, err := strconv.ParseInt(whole+part, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// amount writes cents in a currency's usual form.
func amount(currency string, cents int64) money {
	if currency == "JPY" {
		return money{currency, strconv.FormatInt((cents+50)/100, 10)}
	}
	return money{currency, fmt.Sprintf("%d.%02d", cents/100, cents%100)}
}
