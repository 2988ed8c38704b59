package upssim

import (
	"strconv"
	"strings"
	"time"
)

// timeInTransit says when a shipment would arrive.
type timeInTransit struct {
	PickupDate      string         `json:"PickupDate"`
	PackageBillType string         `json:"PackageBillType"`
	ServiceSummary  serviceSummary `json:"ServiceSummary"`
}

type serviceSummary struct {
	Service struct {
		Description string `json:"Description"`
	} `json:"Service"`
	GuaranteedIndicator *string          `json:"GuaranteedIndicator,omitempty"`
	EstimatedArrival    estimatedArrival `json:"EstimatedArrival"`
	SaturdayDelivery    string           `json:"SaturdayDelivery,omitempty"`
}

type estimatedArrival struct {
	Arrival               dayAndTime `json:"Arrival"`
	BusinessDaysInTransit string     `json:"BusinessDaysInTransit"`
	Pickup                dayAndTime `json:"Pickup"`
	DayOfWeek             string     `json:"DayOfWeek"`
	CustomerCenterCutoff  string     `json:"CustomerCenterCutoff,omitempty"`
	TotalTransitDays      string     `json:"TotalTransitDays,omitempty"`
}

type dayAndTime struct {
	Date string `json:"Date"`
	Time string `json:"Time,omitempty"`
}

const (
	ymd = "20060102"
	hms = "150405"
)

// pickupDay is the day on which the carrier would take the parcels. UPS answers for 35 days back and 60 ahead, and
// wants weight and value of what crosses a border before it says when that arrives. The codes of these refusals are [K].
func (s *Sim) pickupDay(o order, timed bool) (time.Time, error) {
	now := local(s.Clock.Now(), *o.from().Address)
	if o.DeliveryTime == nil || !timed {
		return tendered(now), nil
	}
	if !o.domestic() {
		if o.ShipmentTotalWeight == nil {
			return now, refuse("111546", "Missing/Invalid RateRequest.Shipment.ShipmentTotalWeight: is required for time in transit abroad")
		}
		if o.InvoiceLineTotal == nil {
			return now, refuse("110502", "Missing/Invalid RateRequest.Shipment.InvoiceLineTotal: is required for time in transit abroad")
		}
	}
	if o.DeliveryTime.Pickup == nil {
		return tendered(now), nil
	}
	day, err := time.ParseInLocation(ymd, o.DeliveryTime.Pickup.Date, now.Location())
	if err != nil {
		return now, refuse("111547", "Missing/Invalid RateRequest.Shipment.DeliveryTimeInformation.Pickup.Date: %q", o.DeliveryTime.Pickup.Date)
	}
	if day.Before(now.AddDate(0, 0, -36)) || day.After(now.AddDate(0, 0, 60)) {
		return now, refuse("111547", "Invalid RateRequest.Shipment.DeliveryTimeInformation.Pickup.Date: must be 35 days back to 60 days ahead, not %s", o.DeliveryTime.Pickup.Date)
	}
	return businessDay(day), nil
}

// transit says when an offer arrives if it starts on day.
func transit(o order, offer service, day time.Time) *timeInTransit {
	from, to := *o.from().Address, *o.ShipTo.Address
	asked := day
	if p := o.DeliveryTime.Pickup; p != nil {
		asked, _ = time.ParseInLocation(ymd, p.Date, day.Location()) // pickupDay has parsed it
	}
	arrives := offer.promise(day, from, to)
	out := &timeInTransit{PickupDate: asked.Format(ymd), PackageBillType: o.DeliveryTime.PackageBillType}
	sum := &out.ServiceSummary
	sum.Service.Description = offer.name
	if offer.guaranteed {
		sum.GuaranteedIndicator = new(string)
	}
	sum.EstimatedArrival = estimatedArrival{
		Arrival:               dayAndTime{arrives.Format(ymd), arrives.Format(hms)},
		BusinessDaysInTransit: strconv.Itoa(offer.transit(from, to)),
		Pickup:                dayAndTime{day.Format(ymd), "180000"},
		DayOfWeek:             strings.ToUpper(arrives.Format("Mon")),
		CustomerCenterCutoff:  "150000",
	}
	if !o.domestic() {
		days := int(arrives.Sub(day).Hours()/24) + 1
		sum.EstimatedArrival.TotalTransitDays = strconv.Itoa(days)
	}
	sum.SaturdayDelivery = "0"
	if offer.saturday && arrives.Weekday() == time.Friday {
		sum.SaturdayDelivery = "1"
	}
	return out
}
