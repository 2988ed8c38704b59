package ups

import (
	"context"
	"net/http"
	"strconv"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// heavy is the weight past which a package needs two people (UPS: 70 pounds).
var heavy = waybill.Weight{Value: "70", Unit: waybill.Pound}

type pickupRequest struct {
	PickupCreationRequest struct {
		Request struct {
			TransactionReference transaction `json:"TransactionReference"`
		} `json:"Request"`
		RatePickupIndicator string `json:"RatePickupIndicator"`
		Shipper             struct {
			Account struct {
				AccountNumber      string `json:"AccountNumber"`
				AccountCountryCode string `json:"AccountCountryCode"`
			} `json:"Account"`
		} `json:"Shipper"`
		PickupDateInfo struct {
			CloseTime  string `json:"CloseTime"`
			ReadyTime  string `json:"ReadyTime"`
			PickupDate string `json:"PickupDate"`
		} `json:"PickupDateInfo"`
		PickupAddress             pickupAddress `json:"PickupAddress"`
		AlternateAddressIndicator string        `json:"AlternateAddressIndicator"`
		PickupPiece               []pickupPiece `json:"PickupPiece"`
		TotalWeight               *pickupWeight `json:"TotalWeight,omitempty"`
		OverweightIndicator       string        `json:"OverweightIndicator"`
		PaymentMethod             string        `json:"PaymentMethod"`
		ReferenceNumber           string        `json:"ReferenceNumber,omitempty"`
	} `json:"PickupCreationRequest"`
}

type pickupAddress struct {
	CompanyName          string   `json:"CompanyName"`
	ContactName          string   `json:"ContactName"`
	AddressLine          []string `json:"AddressLine"`
	City                 string   `json:"City"`
	StateProvince        string   `json:"StateProvince,omitempty"`
	PostalCode           string   `json:"PostalCode,omitempty"`
	CountryCode          string   `json:"CountryCode"`
	ResidentialIndicator string   `json:"ResidentialIndicator"`
	Phone                phone    `json:"Phone"`
}

type pickupPiece struct {
	ServiceCode            string `json:"ServiceCode"`
	Quantity               string `json:"Quantity"`
	DestinationCountryCode string `json:"DestinationCountryCode"`
	ContainerCode          string `json:"ContainerCode"`
}

type pickupWeight struct {
	Weight            string `json:"Weight"`
	UnitOfMeasurement string `json:"UnitOfMeasurement"`
}

type pickupResponse struct {
	PickupCreationResponse struct {
		PRN        string `json:"PRN"`
		RateResult *struct {
			CurrencyCode          string `json:"CurrencyCode"`
			GrandTotalOfAllCharge string `json:"GrandTotalOfAllCharge"`
		} `json:"RateResult"`
	} `json:"PickupCreationResponse"`
}

// Collect asks UPS to come (Pickup, on-call). Times are written in the zone they carry: the place's own.
func (a *adapter) Collect(ctx context.Context, q carrier.CollectRequest) (carrier.Collection, error) {
	const op = "ups.collect"
	r := &request{}
	var body pickupRequest
	p := &body.PickupCreationRequest
	p.RatePickupIndicator, p.AlternateAddressIndicator, p.PaymentMethod = "Y", "Y", "01"
	p.Shipper.Account.AccountNumber = a.account
	p.Shipper.Account.AccountCountryCode = q.At.Address.Country
	p.PickupDateInfo.PickupDate = q.Ready.Format("20060102")
	p.PickupDateInfo.ReadyTime = q.Ready.Format("1504")
	p.PickupDateInfo.CloseTime = q.Close.In(q.Ready.Location()).Format("1504")
	p.PickupAddress = r.pickupAddress(q.At)
	p.PickupPiece = []pickupPiece{{
		ServiceCode: pickupService(q), Quantity: strconv.Itoa(q.Parcels),
		DestinationCountryCode: q.At.Address.Country, ContainerCode: "01",
	}}
	p.OverweightIndicator = "N"
	if q.Weight.Value.Positive() {
		unit, code := waybill.Kilogram, "KGS"
		if american(q.At.Address.Country) {
			unit, code = waybill.Pound, "LBS"
		}
		p.TotalWeight = &pickupWeight{Weight: string(q.Weight.AtLeast(unit, 1)), UnitOfMeasurement: code}
		if q.Weight.Grams() > heavy.Grams()*int64(q.Parcels) {
			p.OverweightIndicator = "Y"
		}
	}
	p.Request.TransactionReference.CustomerContext = q.Key
	p.ReferenceNumber = shorten(q.Key, nameLength)
	if err := waybill.FieldErrors(op, unique(r.problems)); err != nil {
		return carrier.Collection{}, err
	}
	var answer pickupResponse
	call := wire.Call{Op: op, Method: http.MethodPost, Path: "/api/pickupcreation/" + version + "/pickup", Body: body, Effect: true}
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return carrier.Collection{}, err
	}
	out := carrier.Collection{ID: answer.PickupCreationResponse.PRN, Ready: q.Ready, Close: q.Close}
	if rate := answer.PickupCreationResponse.RateResult; rate != nil {
		out.Price, _ = amount{rate.CurrencyCode, rate.GrandTotalOfAllCharge}.money() // no price: none is shown
	}
	return out, nil
}

// CancelCollection calls a pickup off by its request number (CancelBy 02).
func (a *adapter) CancelCollection(ctx context.Context, id string) error {
	call := wire.Call{
		Op: "ups.collect", Method: http.MethodDelete, Effect: true,
		Path:   "/api/shipments/" + version + "/pickup/02",
		Header: http.Header{"Prn": {id}},
	}
	return a.client.Do(ctx, call, nil)
}

// pickupService is the service of the parcels in the pickup service's three digits.
func pickupService(q carrier.CollectRequest) string {
	switch {
	case len(q.Services) > 0:
		return "0" + q.Services[0]
	case american(q.At.Address.Country):
		return "003" // Ground
	default:
		return "011" // Standard
	}
}

// pickupAddress is a place in the pickup service's members, which are named and measured on their own.
func (r *request) pickupAddress(p waybill.Party) pickupAddress {
	at := r.who("at", p)
	lines := at.Address.AddressLine
	out := pickupAddress{
		CompanyName: shorten(at.Name, 27), ContactName: shorten(at.AttentionName, 22),
		City: at.Address.City, StateProvince: at.Address.StateProvinceCode,
		PostalCode: at.Address.PostalCode, CountryCode: at.Address.CountryCode, ResidentialIndicator: "N",
	}
	if len(lines) > 0 {
		out.AddressLine = lines[:1] // "only one AddressLine is allowed"
	}
	if len(lines) > 1 {
		out.AddressLine = []string{shorten(lines[0]+" "+lines[1], 73)}
	}
	if out.ContactName == "" {
		out.ContactName = shorten(at.Name, 22)
	}
	if residential(p.Address) != nil {
		out.ResidentialIndicator = "Y"
	}
	if at.Phone == nil {
		r.report("at.contact.phone", waybill.RuleRequired, "", "", "UPS needs a phone number where it picks up")
		return out
	}
	out.Phone = *at.Phone
	return out
}
