package upssim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// pickup is a driver ordered to an address.
type pickup struct {
	PRN       string `json:"prn"`
	Account   string `json:"account"`
	Date      string `json:"date"`
	Ready     string `json:"ready"`
	Close     string `json:"close"`
	Company   string `json:"company"`
	Address   string `json:"address"`
	Reference string `json:"reference,omitempty"`
	Cancelled bool   `json:"cancelled"`
}

type pickupRequest struct {
	PickupCreationRequest struct {
		Request             requestHead `json:"Request"`
		RatePickupIndicator string      `json:"RatePickupIndicator"`
		Shipper             *struct {
			Account *struct {
				AccountNumber string `json:"AccountNumber"`
			} `json:"Account"`
		} `json:"Shipper"`
		PickupDateInfo struct {
			CloseTime  string `json:"CloseTime"`
			ReadyTime  string `json:"ReadyTime"`
			PickupDate string `json:"PickupDate"`
		} `json:"PickupDateInfo"`
		PickupAddress struct {
			CompanyName   string   `json:"CompanyName"`
			AddressLine   []string `json:"AddressLine"`
			Room          string   `json:"Room"`
			Floor         string   `json:"Floor"`
			City          string   `json:"City"`
			StateProvince string   `json:"StateProvince"`
			PostalCode    string   `json:"PostalCode"`
			CountryCode   string   `json:"CountryCode"`
		} `json:"PickupAddress"`
		PaymentMethod   string `json:"PaymentMethod"`
		ReferenceNumber string `json:"ReferenceNumber"`
	} `json:"PickupCreationRequest"`
}

type pickupResponse struct {
	PickupCreationResponse struct {
		Response   responseHead `json:"Response"`
		PRN        string       `json:"PRN"`
		RateStatus coded        `json:"RateStatus"`
		RateResult *pickupPrice `json:"RateResult,omitempty"`
	} `json:"PickupCreationResponse"`
}

type pickupPrice struct {
	RateType              string         `json:"RateType"`
	CurrencyCode          string         `json:"CurrencyCode"`
	ChargeDetail          []pickupCharge `json:"ChargeDetail"`
	GrandTotalOfAllCharge string         `json:"GrandTotalOfAllCharge"`
}

type pickupCharge struct {
	ChargeCode        string `json:"ChargeCode"`
	ChargeDescription string `json:"ChargeDescription"`
	ChargeAmount      string `json:"ChargeAmount"`
}

// createPickup orders a driver. A second order for the same address and day gives the first one's number, as the
// document says. The codes of its refusals are [K].
func (s *Sim) createPickup(r *http.Request) (any, error) {
	if err := version(r, "v2409"); err != nil {
		return nil, err
	}
	var in pickupRequest
	if err := read(r, pickupRules, &in); err != nil {
		return nil, err
	}
	req := in.PickupCreationRequest
	where := address{StateProvinceCode: req.PickupAddress.StateProvince, PostalCode: req.PickupAddress.PostalCode, CountryCode: req.PickupAddress.CountryCode}
	if offset, why := postalFault(where); offset != 0 {
		return nil, refuse("9500514", "Missing/Invalid PickupCreationRequest.PickupAddress: %s", why)
	}
	now := local(s.Clock.Now(), where)
	if err := pickupTimes(req.PickupDateInfo.PickupDate, req.PickupDateInfo.ReadyTime, req.PickupDateInfo.CloseTime, now); err != nil {
		return nil, err
	}
	p := &pickup{
		Date: req.PickupDateInfo.PickupDate, Ready: req.PickupDateInfo.ReadyTime, Close: req.PickupDateInfo.CloseTime,
		Company: req.PickupAddress.CompanyName, Reference: req.ReferenceNumber,
		Address: strings.ToUpper(strings.Join(nonEmpty(append(slices.Clone(req.PickupAddress.AddressLine), req.PickupAddress.Room, req.PickupAddress.Floor,
			req.PickupAddress.City, where.StateProvinceCode, where.PostalCode, where.CountryCode)...), ", ")),
	}
	if req.Shipper != nil && req.Shipper.Account != nil {
		p.Account = req.Shipper.Account.AccountNumber
	}
	if req.PaymentMethod == "01" && !s.known(p.Account) {
		return nil, refuse("9500511", "Missing/Invalid PickupCreationRequest.Shipper.Account.AccountNumber %q", p.Account)
	}
	prn, err := s.orderPickup(p)
	if err != nil {
		return nil, err
	}
	var out pickupResponse
	res := &out.PickupCreationResponse
	res.Response, res.PRN = success(req.Request), prn
	res.RateStatus = coded{"04", "Rate not requested"}
	if req.RatePickupIndicator == "Y" {
		res.RateStatus = coded{"01", "Rate available"}
		res.RateResult = pickupCost(p.Date == now.Format(ymd), countries[where.CountryCode])
	}
	return out, nil
}

func pickupTimes(date, ready, closing string, now time.Time) error {
	day, err := time.ParseInLocation(ymd, date, now.Location())
	if err != nil || day.Before(clockOn(now, 0, 0)) {
		return refuse("9500523", "Invalid PickupCreationRequest.PickupDateInfo.PickupDate %q: must not be in the past", date)
	}
	from, errFrom := time.Parse("1504", fmt.Sprintf("%04s", ready))
	to, errTo := time.Parse("1504", closing)
	if errFrom != nil || errTo != nil || !from.Before(to) {
		return refuse("9500524", "Invalid PickupCreationRequest.PickupDateInfo: ReadyTime %q must be before CloseTime %q, both HHmm", ready, closing)
	}
	return nil
}

// orderPickup remembers a pickup and returns its number: an older one's if the driver comes there that day anyway.
func (s *Sim) orderPickup(p *pickup) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, have := range s.memory.pickups {
		if !have.Cancelled && have.Date == p.Date && have.Address == p.Address && have.Account == p.Account {
			return have.PRN, nil
		}
	}
	p.PRN = fmt.Sprintf("29%07dSM", len(s.memory.pickups)+1)
	if err := s.Remember(entry{Pickup: p}); err != nil {
		return "", err
	}
	s.Mischief().Note(OpPickup, p.PRN)
	return p.PRN, nil
}

// pickupCost prices a stop: dearer when it is wanted today.
func pickupCost(today bool, in country) *pickupPrice {
	out := &pickupPrice{RateType: "FD", CurrencyCode: in.currency}
	cents := int64(875)
	if today {
		out.RateType, cents = "SD", 1240
	}
	cents = cents * in.perUSD / 100
	fuel := cents * fuelPercent / 100
	out.ChargeDetail = []pickupCharge{
		{"B", "BASE CHARGE", amount(in.currency, cents).MonetaryValue},
		{"S", "FUEL SURCHARGE", amount(in.currency, fuel).MonetaryValue},
	}
	out.GrandTotalOfAllCharge = amount(in.currency, cents+fuel).MonetaryValue
	return out
}

type cancelResponse struct {
	PickupCancelResponse struct {
		Response   responseHead `json:"Response"`
		PickupType string       `json:"PickupType"`
		GWNStatus  coded        `json:"GWNStatus"`
	} `json:"PickupCancelResponse"`
}

// cancelPickup calls the driver off, by the pickup's number (02, in the header Prn) or all of an account (01, in the
// header AccountNumber).
func (s *Sim) cancelPickup(r *http.Request) (any, error) {
	if err := version(r, "v2409"); err != nil {
		return nil, err
	}
	var chosen func(*pickup) bool
	switch by := strings.ToLower(r.PathValue("by")); by {
	case "02", "prn":
		prn := r.Header.Get("Prn")
		if prn == "" {
			return nil, refuse("9510111", "Missing header Prn: it is required when CancelBy is 02")
		}
		chosen = func(p *pickup) bool { return p.PRN == prn }
	case "01":
		account := r.Header.Get("AccountNumber")
		chosen = func(p *pickup) bool { return account != "" && p.Account == account }
	default:
		return nil, refuse("9510110", "Invalid CancelBy %q: 01 account number, 02 PRN", by)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, done := 0, 0
	for _, p := range slices.Clone(s.memory.pickups) {
		if !chosen(p) {
			continue
		}
		found++
		if p.Cancelled {
			continue
		}
		off := *p
		off.Cancelled = true
		if err := s.Remember(entry{Pickup: &off}); err != nil {
			return nil, err
		}
		s.Mischief().Note(OpPickupCancel, off.PRN)
		done++
	}
	switch {
	case found == 0:
		return nil, refuse("9510115", "The pickup request could not be found")
	case done == 0:
		return nil, refuse("9510113", "The pickup request has already been cancelled")
	}
	var out cancelResponse
	out.PickupCancelResponse.Response = success(requestHead{})
	out.PickupCancelResponse.PickupType = "01"
	out.PickupCancelResponse.GWNStatus = coded{"002", "User Cancelled"}
	return out, nil
}
