package ups

// The shapes of UPS's documents, as far as we use them. Every number travels as a string; an indicator
// is present (an empty string) or absent.

type coded struct {
	Code        string `json:"Code"`
	Description string `json:"Description,omitempty"`
}

type amount struct {
	CurrencyCode  string `json:"CurrencyCode"`
	MonetaryValue string `json:"MonetaryValue"`
}

type transaction struct {
	CustomerContext string `json:"CustomerContext,omitempty"`
}

type head struct {
	RequestOption        string       `json:"RequestOption"`
	SubVersion           string       `json:"SubVersion,omitempty"`
	TransactionReference *transaction `json:"TransactionReference,omitempty"`
}

type address struct {
	AddressLine                 []string `json:"AddressLine"`
	City                        string   `json:"City,omitempty"`
	StateProvinceCode           string   `json:"StateProvinceCode,omitempty"`
	PostalCode                  string   `json:"PostalCode,omitempty"`
	CountryCode                 string   `json:"CountryCode"`
	ResidentialAddressIndicator *string  `json:"ResidentialAddressIndicator,omitempty"`
}

type phone struct {
	Number string `json:"Number"`
}

type party struct {
	Name          string  `json:"Name,omitempty"`
	AttentionName string  `json:"AttentionName,omitempty"`
	Phone         *phone  `json:"Phone,omitempty"`
	EMailAddress  string  `json:"EMailAddress,omitempty"`
	ShipperNumber string  `json:"ShipperNumber,omitempty"`
	Address       address `json:"Address"`
}

type billShipper struct {
	AccountNumber string `json:"AccountNumber"`
}

type shipmentCharge struct {
	Type        string      `json:"Type"`
	BillShipper billShipper `json:"BillShipper"`
}

type payment struct {
	ShipmentCharge []shipmentCharge `json:"ShipmentCharge"`
}

type weight struct {
	UnitOfMeasurement coded  `json:"UnitOfMeasurement"`
	Weight            string `json:"Weight"`
}

type dimensions struct {
	UnitOfMeasurement coded  `json:"UnitOfMeasurement"`
	Length            string `json:"Length"`
	Width             string `json:"Width"`
	Height            string `json:"Height"`
}

type confirmation struct {
	DCISType string `json:"DCISType"`
}

type cod struct {
	CODFundsCode string `json:"CODFundsCode"`
	CODAmount    amount `json:"CODAmount"`
}

type packageOptions struct {
	DeliveryConfirmation *confirmation `json:"DeliveryConfirmation,omitempty"`
	DeclaredValue        *amount       `json:"DeclaredValue,omitempty"`
	COD                  *cod          `json:"COD,omitempty"`
}

type shipmentOptions struct {
	SaturdayDeliveryIndicator *string       `json:"SaturdayDeliveryIndicator,omitempty"`
	SaturdayPickupIndicator   *string       `json:"SaturdayPickupIndicator,omitempty"`
	COD                       *cod          `json:"COD,omitempty"`
	DeliveryConfirmation      *confirmation `json:"DeliveryConfirmation,omitempty"`
	InternationalForms        *forms        `json:"InternationalForms,omitempty"`
	ReturnService             *coded        `json:"ReturnService,omitempty"` // of a rate request
}

type reference struct {
	Value string `json:"Value"`
}

// pack has the package type under both names: Shipping calls it Packaging, Rating PackagingType.
type pack struct {
	Description           string          `json:"Description,omitempty"`
	Packaging             *coded          `json:"Packaging,omitempty"`
	PackagingType         *coded          `json:"PackagingType,omitempty"`
	Dimensions            *dimensions     `json:"Dimensions,omitempty"`
	PackageWeight         weight          `json:"PackageWeight"`
	ReferenceNumber       []reference     `json:"ReferenceNumber,omitempty"`
	PackageServiceOptions *packageOptions `json:"PackageServiceOptions,omitempty"`
}

type ratingOptions struct {
	NegotiatedRatesIndicator *string `json:"NegotiatedRatesIndicator,omitempty"`
}

type pickupDate struct {
	Date string `json:"Date"`
}

type deliveryTime struct {
	PackageBillType string     `json:"PackageBillType"`
	Pickup          pickupDate `json:"Pickup"`
}

// shipment is the centre of a rate and of a ship request; payment has another name in each.
type shipment struct {
	Description             string           `json:"Description,omitempty"`
	ReturnService           *coded           `json:"ReturnService,omitempty"`
	Shipper                 party            `json:"Shipper"`
	ShipTo                  party            `json:"ShipTo"`
	ShipFrom                party            `json:"ShipFrom"`
	PaymentInformation      *payment         `json:"PaymentInformation,omitempty"`
	PaymentDetails          *payment         `json:"PaymentDetails,omitempty"`
	ShipmentRatingOptions   *ratingOptions   `json:"ShipmentRatingOptions,omitempty"`
	ReferenceNumber         []reference      `json:"ReferenceNumber,omitempty"`
	Service                 *coded           `json:"Service,omitempty"`
	InvoiceLineTotal        *amount          `json:"InvoiceLineTotal,omitempty"`
	ShipmentTotalWeight     *weight          `json:"ShipmentTotalWeight,omitempty"`
	ShipmentServiceOptions  *shipmentOptions `json:"ShipmentServiceOptions,omitempty"`
	DeliveryTimeInformation *deliveryTime    `json:"DeliveryTimeInformation,omitempty"`
	Package                 []pack           `json:"Package"`
}

type rateRequest struct {
	RateRequest struct {
		Request    head     `json:"Request"`
		PickupType coded    `json:"PickupType"`
		Shipment   shipment `json:"Shipment"`
	} `json:"RateRequest"`
}

type itemized struct {
	Code        string `json:"Code"`
	Description string `json:"Description"`
	amount
}

type rateResponse struct {
	RateResponse struct {
		RatedShipment list[ratedShipment] `json:"RatedShipment"`
	} `json:"RateResponse"`
}

type ratedShipment struct {
	Service         coded          `json:"Service"`
	ItemizedCharges list[itemized] `json:"ItemizedCharges"`
	TotalCharges    amount         `json:"TotalCharges"`
	Negotiated      *negotiated    `json:"NegotiatedRateCharges"`
	TimeInTransit   *struct {
		ServiceSummary struct {
			EstimatedArrival struct {
				Arrival struct {
					Date string `json:"Date"`
					Time string `json:"Time"`
				} `json:"Arrival"`
				BusinessDaysInTransit string `json:"BusinessDaysInTransit"`
			} `json:"EstimatedArrival"`
		} `json:"ServiceSummary"`
	} `json:"TimeInTransit"`
}

type negotiated struct {
	ItemizedCharges list[itemized] `json:"ItemizedCharges"`
	TotalCharge     *amount        `json:"TotalCharge"`
}

type labelSize struct {
	Height string `json:"Height"`
	Width  string `json:"Width"`
}

type labelSpecification struct {
	LabelImageFormat coded      `json:"LabelImageFormat"`
	HTTPUserAgent    string     `json:"HTTPUserAgent,omitempty"`
	LabelStockSize   *labelSize `json:"LabelStockSize,omitempty"`
}

type shipRequest struct {
	ShipmentRequest struct {
		Request            head               `json:"Request"`
		Shipment           shipment           `json:"Shipment"`
		LabelSpecification labelSpecification `json:"LabelSpecification"`
	} `json:"ShipmentRequest"`
}

type responseHead struct {
	Alert                list[coded]  `json:"Alert"`
	TransactionReference *transaction `json:"TransactionReference"`
}

type image struct {
	ImageFormat  coded  `json:"ImageFormat"`
	GraphicImage []byte `json:"GraphicImage"`
}

type shipResponse struct {
	ShipmentResponse struct {
		Response        responseHead `json:"Response"`
		ShipmentResults struct {
			ShipmentCharges struct {
				ItemizedCharges list[itemized] `json:"ItemizedCharges"`
				TotalCharges    amount         `json:"TotalCharges"`
			} `json:"ShipmentCharges"`
			Negotiated                   *negotiated `json:"NegotiatedRateCharges"`
			ShipmentIdentificationNumber string      `json:"ShipmentIdentificationNumber"`
			PackageResults               list[struct {
				TrackingNumber string `json:"TrackingNumber"`
				ShippingLabel  image  `json:"ShippingLabel"`
			}] `json:"PackageResults"`
			Form *struct {
				Image *image `json:"Image"`
			} `json:"Form"`
		} `json:"ShipmentResults"`
	} `json:"ShipmentResponse"`
}

type voidResponse struct {
	VoidShipmentResponse struct {
		SummaryResult struct {
			Status coded `json:"Status"`
		} `json:"SummaryResult"`
	} `json:"VoidShipmentResponse"`
}

type recoveryRequest struct {
	LabelRecoveryRequest struct {
		Request struct {
			TransactionReference transaction `json:"TransactionReference"`
		} `json:"Request"`
		LabelSpecification labelSpecification `json:"LabelSpecification"`
		TrackingNumber     string             `json:"TrackingNumber"`
	} `json:"LabelRecoveryRequest"`
}

type recoveryResponse struct {
	LabelRecoveryResponse struct {
		ShipmentIdentificationNumber string `json:"ShipmentIdentificationNumber"`
		LabelResults                 list[struct {
			TrackingNumber string `json:"TrackingNumber"`
			LabelImage     struct {
				LabelImageFormat coded  `json:"LabelImageFormat"`
				GraphicImage     []byte `json:"GraphicImage"`
			} `json:"LabelImage"`
		}] `json:"LabelResults"`
	} `json:"LabelRecoveryResponse"`
}
