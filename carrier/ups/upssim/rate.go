package upssim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rateRequest is the body of a rate call.
type rateRequest struct {
	RateRequest struct {
		Request  requestHead `json:"Request"`
		Shipment order       `json:"Shipment"`
	} `json:"RateRequest"`
}

type rateResponse struct {
	RateResponse struct {
		Response      responseHead    `json:"Response"`
		RatedShipment []ratedShipment `json:"RatedShipment"`
	} `json:"RateResponse"`
}

type ratedShipment struct {
	Service               coded          `json:"Service"`
	Zone                  string         `json:"Zone,omitempty"`
	RatedShipmentAlert    []coded        `json:"RatedShipmentAlert,omitempty"`
	BillingWeight         weight         `json:"BillingWeight"`
	TransportationCharges money          `json:"TransportationCharges"`
	BaseServiceCharge     *money         `json:"BaseServiceCharge,omitempty"`
	ItemizedCharges       []charge       `json:"ItemizedCharges,omitempty"`
	ServiceOptionsCharges money          `json:"ServiceOptionsCharges"`
	TotalCharges          money          `json:"TotalCharges"`
	NegotiatedRateCharges *negotiated    `json:"NegotiatedRateCharges,omitempty"`
	RatedPackage          []ratedPackage `json:"RatedPackage"`
	TimeInTransit         *timeInTransit `json:"TimeInTransit,omitempty"`
	GuaranteedDelivery    *guarantee     `json:"GuaranteedDelivery,omitempty"`
}

type negotiated struct {
	ItemizedCharges []charge `json:"ItemizedCharges,omitempty"`
	TotalCharge     money    `json:"TotalCharge"`
}

type ratedPackage struct {
	TransportationCharges money    `json:"TransportationCharges"`
	BaseServiceCharge     *money   `json:"BaseServiceCharge,omitempty"`
	ServiceOptionsCharges money    `json:"ServiceOptionsCharges"`
	ItemizedCharges       []charge `json:"ItemizedCharges,omitempty"`
	TotalCharges          money    `json:"TotalCharges"`
	Weight                string   `json:"Weight"`
	BillingWeight         weight   `json:"BillingWeight"`
}

type guarantee struct {
	BusinessDaysInTransit string `json:"BusinessDaysInTransit"`
	DeliveryByTime        string `json:"DeliveryByTime,omitempty"`
}

// The request options of a rate. The document allows ten characters and then lists these; upper and lower case are
// the same to the live service.
const (
	optionRate     = "rate"
	optionShop     = "shop"
	optionRateTime = "ratetimeintransit"
	optionShopTime = "shoptimeintransit"
)

// rate prices a shipment: one service, or all there are, with or without the time that they take. 111217 is [K].
func (s *Sim) rate(r *http.Request) (any, error) {
	if err := version(r, "v2409"); err != nil {
		return nil, err
	}
	option := strings.ToLower(r.PathValue("requestoption"))
	if !slices.Contains([]string{optionRate, optionShop, optionRateTime, optionShopTime}, option) {
		return nil, refuse("110051", "Invalid RequestOption %q", r.PathValue("requestoption"))
	}
	var in rateRequest
	if err := read(r, rateRules, &in); err != nil {
		return nil, err
	}
	o := in.RateRequest.Shipment
	timed := option == optionRateTime || option == optionShopTime || r.URL.Query().Get("additionalinfo") == "timeintransit"
	if option == optionShop || option == optionShopTime {
		o.Service = nil // ignored when shopping
	} else if o.Service == nil {
		return nil, refuse("110500", "Missing/Invalid RateRequest.Shipment.Service.Code: is required")
	}
	if err := (checks{order: o, sim: s, rating: true}).examine(); err != nil {
		return nil, err
	}
	pickup, err := s.pickupDay(o, timed)
	if err != nil {
		return nil, err
	}
	var out rateResponse
	out.RateResponse.Response = success(in.RateRequest.Request)
	for _, offer := range services(*o.from().Address, *o.ShipTo.Address) {
		if o.Service != nil && o.Service.Code != offer.code || o.Service == nil && o.options().SaturdayDeliveryIndicator != nil && !offer.saturday {
			continue
		}
		out.RateResponse.RatedShipment = append(out.RateResponse.RatedShipment, rated(in.RateRequest.Request, o, offer, pickup, timed))
	}
	if len(out.RateResponse.RatedShipment) == 0 {
		return nil, refuse("111217", "No services available for the shipment.")
	}
	return out, nil
}

// rated is the answer about one service. Charges are itemised, and the base charge and the zone shown, only to
// clients that name a release in which they existed.
func rated(head requestHead, o order, offer service, pickup time.Time, timed bool) ratedShipment {
	q := price(o, offer)
	out := ratedShipment{
		Service:               coded{Code: offer.code},
		RatedShipmentAlert:    []coded{{"110971", "Your invoice may vary from the displayed reference rates"}},
		BillingWeight:         q.billing(),
		TransportationCharges: q.money(q.base() + q.fuel()),
		ServiceOptionsCharges: q.money(q.options()),
		TotalCharges:          q.money(q.total()),
		NegotiatedRateCharges: accountCharges(head, o, q),
	}
	if o.negotiated() && out.NegotiatedRateCharges == nil {
		out.RatedShipmentAlert = append(out.RatedShipmentAlert, coded{"110900", "User Id and Shipper Number combination is not qualified to receive negotiated rates."})
	}
	if head.since(1601) {
		out.ItemizedCharges = q.charges(q.fuel(), q.all())
	}
	if head.since(1701) {
		base := q.money(q.base())
		out.BaseServiceCharge = &base
	}
	if head.since(2409) && lane(*o.from().Address, *o.ShipTo.Address) == "us" {
		out.Zone = strconv.Itoa(q.zone)
	}
	for _, p := range q.parcels {
		out.RatedPackage = append(out.RatedPackage, q.ratedPackage(head, p))
	}
	from, to := *o.from().Address, *o.ShipTo.Address
	if offer.guaranteed {
		out.GuaranteedDelivery = &guarantee{BusinessDaysInTransit: strconv.Itoa(offer.transit(from, to))}
		if offer.commit < "200000" {
			at := offer.promise(pickup, from, to)
			out.GuaranteedDelivery.DeliveryByTime = strings.NewReplacer("AM", "A.M.", "PM", "P.M.").Replace(at.Format("3:04 PM"))
		}
	}
	if timed && o.DeliveryTime != nil {
		out.TimeInTransit = transit(o, offer, pickup)
	}
	return out
}

func (q quote) ratedPackage(head requestHead, p priced) ratedPackage {
	out := ratedPackage{
		TransportationCharges: q.money(p.base + p.fuel), ServiceOptionsCharges: q.money(p.options()),
		TotalCharges: q.money(p.base + p.fuel + p.options()), Weight: q.weight(p.actual).Weight, BillingWeight: q.weight(p.billing),
	}
	if head.since(1607) {
		out.ItemizedCharges = q.charges(p.fuel, p.items)
	}
	if head.since(1701) {
		base := q.money(p.base)
		out.BaseServiceCharge = &base
	}
	return out
}

// accountCharges is what the account pays, for those who ask and say which account.
func accountCharges(head requestHead, o order, q quote) *negotiated {
	if !o.negotiated() || o.Shipper.ShipperNumber == "" {
		return nil
	}
	out := &negotiated{TotalCharge: q.money(q.accountTotal())}
	if head.since(1601) {
		var items []item
		for _, i := range q.all() {
			i.cents = i.cents * accountItemsPct / 100
			items = append(items, i)
		}
		out.ItemizedCharges = q.charges(q.fuel()*accountPercent/100, items)
	}
	return out
}
