package upssim

import (
	"encoding/json"
	"net/http"
	"time"
)

// shipRequest is the body of a ship call.
type shipRequest struct {
	Request            requestHead `json:"Request"`
	Shipment           order       `json:"Shipment"`
	LabelSpecification *labelSpec  `json:"LabelSpecification"`
}

type labelSpec struct {
	LabelImageFormat coded  `json:"LabelImageFormat"`
	HTTPUserAgent    string `json:"HTTPUserAgent"`
	LabelStockSize   struct {
		Height string `json:"Height"`
		Width  string `json:"Width"`
	} `json:"LabelStockSize"`
}

type shipResponse struct {
	ShipmentResponse struct {
		Response        responseHead    `json:"Response"`
		ShipmentResults shipmentResults `json:"ShipmentResults"`
	} `json:"ShipmentResponse"`
}

type shipmentResults struct {
	ShipmentCharges              shipmentCharges `json:"ShipmentCharges"`
	NegotiatedRateCharges        *negotiated     `json:"NegotiatedRateCharges,omitempty"`
	BillingWeight                weight          `json:"BillingWeight"`
	ShipmentIdentificationNumber string          `json:"ShipmentIdentificationNumber"`
	PackageResults               []packageResult `json:"PackageResults"` // always an array since v2403
	Form                         *form           `json:"Form,omitempty"`
}

type shipmentCharges struct {
	BaseServiceCharge     *money   `json:"BaseServiceCharge,omitempty"`
	TransportationCharges money    `json:"TransportationCharges"`
	ItemizedCharges       []charge `json:"ItemizedCharges,omitempty"`
	ServiceOptionsCharges money    `json:"ServiceOptionsCharges"`
	TotalCharges          money    `json:"TotalCharges"`
}

type packageResult struct {
	TrackingNumber        string         `json:"TrackingNumber"`
	BaseServiceCharge     *money         `json:"BaseServiceCharge,omitempty"`
	ServiceOptionsCharges *money         `json:"ServiceOptionsCharges,omitempty"`
	ShippingLabel         *shippingLabel `json:"ShippingLabel,omitempty"`
	ItemizedCharges       []charge       `json:"ItemizedCharges,omitempty"`
}

type shippingLabel struct {
	ImageFormat  coded  `json:"ImageFormat"`
	GraphicImage []byte `json:"GraphicImage"` // base64 on the wire
	HTMLImage    []byte `json:"HTMLImage,omitempty"`
}

type form struct {
	Code        string `json:"Code"`
	Description string `json:"Description"`
	Image       struct {
		ImageFormat  coded  `json:"ImageFormat"`
		GraphicImage []byte `json:"GraphicImage"`
	} `json:"Image"`
}

// ship books. UPS has no idempotency key: the same request twice is two bookings, and so it is here.
func (s *Sim) ship(r *http.Request) (any, error) {
	if err := version(r, "v2409"); err != nil {
		return nil, err
	}
	var in struct{ ShipmentRequest shipRequest }
	if err := read(r, shipRules, &in); err != nil {
		return nil, err
	}
	req := in.ShipmentRequest
	if err := req.examine(); err != nil {
		return nil, err
	}
	if err := (checks{order: req.Shipment, sim: s}).examine(); err != nil {
		return nil, err
	}
	if err := s.shipDate(req.Shipment); err != nil {
		return nil, err
	}
	offer, _ := serviceFor(req.Shipment.Service.Code, *req.Shipment.from().Address, *req.Shipment.ShipTo.Address) // checked
	booked, err := s.book(req, offer)
	if err != nil {
		return nil, err
	}
	return s.confirm(req, booked, price(req.Shipment, offer))
}

// shipDate refuses a day that is past or more than a week ahead.
func (s *Sim) shipDate(o order) error {
	if o.ShipmentDate == "" {
		return nil
	}
	now := local(s.Clock.Now(), *o.from().Address)
	day, err := time.ParseInLocation(ymd, o.ShipmentDate, now.Location())
	if err != nil || day.Before(clockOn(now, 0, 0)) || day.After(now.AddDate(0, 0, 7)) {
		return refuse("10002", "Invalid ShipmentRequest.Shipment.ShipmentDate %q: today to 7 days ahead", o.ShipmentDate)
	}
	return nil
}

// book gives the parcels their numbers and remembers the shipment; when it returns, the booking stands.
func (s *Sim) book(req shipRequest, offer service) (*shipment, error) {
	o := req.Shipment
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Clock.Now()
	b := &shipment{Service: offer.code, Order: o, BookedAt: now}
	if req.LabelSpecification != nil {
		b.Format, b.Height = req.LabelSpecification.LabelImageFormat.Code, req.LabelSpecification.LabelStockSize.Height
	}
	for n := range o.Package {
		p := &parcel{
			Number: trackingNumber(o.Shipper.ShipperNumber, offer.code, s.opts.Seed, s.memory.serial+n),
			Plan:   s.plan(o, offer, now),
		}
		p.catchUp(now) // the label's own event
		b.Parcels = append(b.Parcels, p)
	}
	b.ID = b.Parcels[0].Number
	if err := s.Remember(entry{Shipment: b}); err != nil {
		return nil, err
	}
	s.Mischief().Note(OpShip, b.ID)
	return b.clone(), nil
}

// clone copies a shipment, so that it can be read outside the lock or changed before it is remembered.
func (b *shipment) clone() *shipment {
	text, err := json.Marshal(b)
	if err != nil {
		panic(err) // strings and times always marshal
	}
	out := new(shipment)
	if err := json.Unmarshal(text, out); err != nil {
		panic(err)
	}
	return out
}

// confirm is the answer to a booking.
func (s *Sim) confirm(req shipRequest, b *shipment, q quote) (any, error) {
	head := req.Request
	var alerts []coded
	if !b.Order.domestic() && b.Order.options().InternationalForms == nil {
		alerts = append(alerts, coded{"120016", "Customs Invoice is required when the shipment is tendered to UPS."})
	}
	if b.Order.negotiated() {
		alerts = append(alerts, coded{"120971", "Your invoice may vary from the displayed reference rates"})
	}
	var out shipResponse
	out.ShipmentResponse.Response = success(head, alerts...)
	res := &out.ShipmentResponse.ShipmentResults
	res.ShipmentIdentificationNumber, res.BillingWeight = b.ID, q.billing()
	res.ShipmentCharges = shipmentCharges{
		TransportationCharges: q.money(q.base() + q.fuel()), ServiceOptionsCharges: q.money(q.options()), TotalCharges: q.money(q.total()),
	}
	if head.since(1601) {
		res.ShipmentCharges.ItemizedCharges = q.charges(q.fuel(), q.all())
	}
	if head.since(1701) {
		base := q.money(q.base())
		res.ShipmentCharges.BaseServiceCharge = &base
	}
	res.NegotiatedRateCharges = accountCharges(head, b.Order, q)
	for i, p := range b.Parcels {
		one := packageResult{TrackingNumber: p.Number}
		options := q.money(q.parcels[i].options())
		one.ServiceOptionsCharges = &options
		if head.since(1607) && b.Order.domestic() {
			one.ItemizedCharges = q.charges(q.parcels[i].fuel, q.parcels[i].items)
		}
		if head.since(1701) {
			base := q.money(q.parcels[i].base)
			one.BaseServiceCharge = &base
		}
		if b.labelled(head) {
			image, err := b.label(i, b.formatOf(i))
			if err != nil {
				return nil, err
			}
			one.ShippingLabel = image
		}
		res.PackageResults = append(res.PackageResults, one)
	}
	if f := b.Order.options().InternationalForms; f != nil {
		paper, err := invoice(b)
		if err != nil {
			return nil, err
		}
		res.Form = paper
	}
	return out, nil
}

// labelled tells whether the answer carries labels: forward shipments and printed return labels do, an electronic
// return label from release 1707 on, and returns that UPS prints itself do not.
func (b *shipment) labelled(head requestHead) bool {
	if b.Format == "" {
		return false
	}
	ret := b.Order.ReturnService
	return ret == nil || ret.Code == "9" || ret.Code == "10" || ret.Code == "8" && head.since(1707)
}

// formatOf is the format of the i-th label: the one asked for, except that the first label of a C.O.D. shipment of
// several pieces is always GIF.
func (b *shipment) formatOf(i int) string {
	if i == 0 && len(b.Parcels) > 1 {
		for _, p := range b.Order.Package {
			if p.options().COD != nil {
				return "GIF"
			}
		}
	}
	return b.Format
}
