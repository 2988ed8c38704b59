package upssim

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill/internal/fixture"
)

type trackAnswer struct {
	TrackResponse struct {
		Shipment []trackedShipment `json:"shipment"`
	} `json:"trackResponse"`
}

type trackedShipment struct {
	InquiryNumber string           `json:"inquiryNumber"`
	Package       []trackedPackage `json:"package,omitempty"`
	Warnings      []trackWarning   `json:"warnings,omitempty"`
}

type trackWarning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type trackedPackage struct {
	TrackingNumber      string           `json:"trackingNumber"`
	DeliveryDate        []typedDate      `json:"deliveryDate,omitempty"`
	DeliveryTime        *deliveryWindow  `json:"deliveryTime,omitempty"`
	DeliveryInformation *deliveryInfo    `json:"deliveryInformation,omitempty"`
	Activity            []activity       `json:"activity"`
	CurrentStatus       trackStatus      `json:"currentStatus"`
	PackageAddress      []packageAddress `json:"packageAddress"`
	ReferenceNumber     []trackReference `json:"referenceNumber,omitempty"`
	AdditionalServices  []string         `json:"additionalServices,omitempty"`
	Service             trackService     `json:"service"`
	Weight              *trackWeight     `json:"weight,omitempty"`
	PackageCount        int              `json:"packageCount"`
	StatusCode          string           `json:"statusCode"`
	StatusDescription   string           `json:"statusDescription"`
}

type typedDate struct {
	Type string `json:"type"`
	Date string `json:"date"`
}

type deliveryWindow struct {
	Type    string `json:"type"`
	EndTime string `json:"endTime,omitempty"`
}

type deliveryInfo struct {
	Location   string `json:"location"`
	ReceivedBy string `json:"receivedBy"`
}

type activity struct {
	Date      string        `json:"date"`
	Time      string        `json:"time"`
	GMTDate   string        `json:"gmtDate"`
	GMTOffset string        `json:"gmtOffset"`
	GMTTime   string        `json:"gmtTime"`
	Location  trackLocation `json:"location"`
	Status    trackStatus   `json:"status"`
}

type trackLocation struct {
	Address trackAddress `json:"address"`
}

type trackAddress struct {
	City          string `json:"city,omitempty"`
	StateProvince string `json:"stateProvince,omitempty"`
	PostalCode    string `json:"postalCode,omitempty"`
	CountryCode   string `json:"countryCode,omitempty"`
	Country       string `json:"country,omitempty"`
}

type trackStatus struct {
	Type        string `json:"type"`
	Code        string `json:"code"`
	StatusCode  string `json:"statusCode"`
	Description string `json:"description"`
	Simplified  string `json:"simplifiedTextDescription,omitempty"`
}

type packageAddress struct {
	Type    string       `json:"type"`
	Name    string       `json:"name,omitempty"`
	Address trackAddress `json:"address"`
}

type trackReference struct {
	Type   string `json:"type"`
	Number string `json:"number"`
}

type trackService struct {
	Code        string `json:"code"`
	LevelCode   string `json:"levelCode"`
	Description string `json:"description"`
}

type trackWeight struct {
	UnitOfMeasurement string `json:"unitOfMeasurement"`
	Weight            string `json:"weight"`
}

// The tracking service's refusals: TW0001 and TV1002 are the carrier's; the two for a missing header are [K].
var unknownNumber = trackWarning{"TW0001", "Tracking Information Not Found"}

// track answers about one parcel. What it does not know it answers with 200 and a warning.
func (s *Sim) track(r *http.Request) (any, error) {
	return s.inquire(r, func(b *shipment, number string) []int {
		i, _ := b.parcel(number)
		return []int{i}
	})
}

// trackShipment answers about all parcels of the shipment that one of them belongs to.
func (s *Sim) trackShipment(r *http.Request) (any, error) {
	return s.inquire(r, func(b *shipment, _ string) []int { return b.all() })
}

func (b *shipment) all() []int {
	which := make([]int, len(b.Parcels))
	for i := range which {
		which[i] = i
	}
	return which
}

func (s *Sim) inquire(r *http.Request, which func(*shipment, string) []int) (any, error) {
	if err := trackHeaders(r); err != nil {
		return nil, err
	}
	number := strings.ToUpper(r.PathValue("number"))
	if len(number) < 7 || len(number) > 34 || strings.HasPrefix(number, "1Z") && !is1Z(number) {
		return nil, refuse("TV1002", "Invalid inquiry number")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out trackAnswer
	b := s.memory.parcels[number]
	if b == nil {
		out.TrackResponse.Shipment = []trackedShipment{{InquiryNumber: number, Warnings: []trackWarning{unknownNumber}}}
		return out, nil
	}
	out.TrackResponse.Shipment = []trackedShipment{{InquiryNumber: number, Package: tracked(b, which(b, number), fixture.At(s.Clock, r))}}
	return out, nil
}

// trackHeaders refuses a call without the two headers that tracking, alone of the services, requires.
func trackHeaders(r *http.Request) error {
	for _, h := range []problem{{"TV1001", "transId"}, {"TV1003", "transactionSrc"}} {
		if r.Header.Get(h.Message) == "" {
			return refuse(h.Code, "Missing %s", h.Message)
		}
	}
	return nil
}

// trackReference finds shipments by what the client called them, within the days asked for: the last fourteen if it
// does not say. This is how a lost answer is found again.
func (s *Sim) trackReference(r *http.Request) (any, error) {
	if err := trackHeaders(r); err != nil {
		return nil, err
	}
	ref, query, now := r.PathValue("reference"), r.URL.Query(), s.Clock.Now()
	if len(ref) > 35 {
		return nil, refuse("TV1002", "Invalid inquiry number")
	}
	from, to := now.AddDate(0, 0, -14), now.AddDate(0, 0, 1)
	for name, into := range map[string]*time.Time{"fromPickUpDate": &from, "toPickUpDate": &to} {
		text := query.Get(name)
		if text == "" || strings.HasPrefix(text, "currentDate") {
			continue
		}
		day, err := time.Parse(ymd, text)
		if err != nil {
			return nil, refuse("TV1002", "Invalid %s %q", name, text)
		}
		*into = day
		if name == "toPickUpDate" {
			*into = day.AddDate(0, 0, 2) // the whole day, wherever on earth it is
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out trackAnswer
	for _, b := range s.memory.shipments {
		account := query.Get("shipperNum")
		if !slices.Contains(b.references(), ref) || account != "" && account != b.Order.Shipper.ShipperNumber ||
			b.BookedAt.Before(from.AddDate(0, 0, -1)) || b.BookedAt.After(to) {
			continue
		}
		out.TrackResponse.Shipment = append(out.TrackResponse.Shipment, trackedShipment{InquiryNumber: ref, Package: tracked(b, b.all(), now)})
	}
	if len(out.TrackResponse.Shipment) == 0 {
		out.TrackResponse.Shipment = []trackedShipment{{InquiryNumber: ref, Warnings: []trackWarning{unknownNumber}}}
	}
	return out, nil
}

// tracked is what tracking says of some parcels of a shipment at a time. The caller holds the lock.
func tracked(b *shipment, which []int, now time.Time) []trackedPackage {
	var out []trackedPackage
	for _, i := range which {
		b.Parcels[i].catchUp(now)
		out = append(out, b.tracked(i))
	}
	return out
}

func (b *shipment) tracked(i int) trackedPackage {
	p, o := b.Parcels[i], b.Order
	offer, _ := serviceFor(b.Service, *o.from().Address, *o.ShipTo.Address)
	current := statuses[p.last().Status]
	out := trackedPackage{
		TrackingNumber: p.Number, PackageCount: len(b.Parcels),
		// The current status' code is the three-digit one, unlike an activity's.
		CurrentStatus: trackStatus{Type: current.kind, Code: current.number, StatusCode: current.number, Description: current.simple, Simplified: current.simple},
		StatusCode:    current.number, StatusDescription: current.simple,
		Service: trackService{b.Service, "0" + b.Service, offer.name},
		PackageAddress: []packageAddress{
			{Type: "ORIGIN", Address: tracking(*o.from().Address)},
			{Type: "DESTINATION", Name: o.ShipTo.Name, Address: tracking(*o.ShipTo.Address)},
		},
	}
	for _, e := range slices.Backward(p.Events) { // the newest first
		out.Activity = append(out.Activity, e.activity())
	}
	for _, ref := range o.ReferenceNumber {
		out.ReferenceNumber = append(out.ReferenceNumber, trackReference{"SHIPMENT", ref.Value})
	}
	for _, ref := range o.Package[i].ReferenceNumber {
		out.ReferenceNumber = append(out.ReferenceNumber, trackReference{"PACKAGE", ref.Value})
	}
	if w := o.Package[i].PackageWeight; w != nil {
		out.Weight = &trackWeight{w.UnitOfMeasurement.Code, w.Weight}
	}
	if c := o.Package[i].options().DeliveryConfirmation; c != nil {
		out.AdditionalServices = []string{map[string]string{"2": "SIGNATURE_REQUIRED", "3": "ADULT_SIGNATURE_REQUIRED"}[c.DCISType]}
	}
	p.delivery(&out, o)
	return out
}

// delivery says when the parcel came, or will.
func (p *parcel) delivery(out *trackedPackage, o order) {
	last := p.last()
	if last.Status == "delivered" {
		at := local(last.At, last.Place)
		out.DeliveryDate = []typedDate{{"DEL", at.Format(ymd)}}
		out.DeliveryTime = &deliveryWindow{"DEL", at.Format(hms)}
		out.DeliveryInformation = &deliveryInfo{Location: "Front Door", ReceivedBy: strings.ToUpper(firstOf(nonEmpty(o.ShipTo.AttentionName, o.ShipTo.Name)))}
		return
	}
	if day, moved := p.eta(); day != "" && !p.Voided && statuses[last.Status].phase != "d" {
		kind := "SDD"
		if moved {
			kind = "RDD"
		}
		out.DeliveryDate = []typedDate{{kind, day}}
		out.DeliveryTime = &deliveryWindow{Type: "EOD"}
	}
}

func (e event) activity() activity {
	what, at := statuses[e.Status], local(e.At, e.Place)
	return activity{
		Date: at.Format(ymd), Time: at.Format(hms),
		GMTDate: e.At.UTC().Format(ymd), GMTTime: e.At.UTC().Format(hms), GMTOffset: at.Format("-07:00"),
		Location: trackLocation{tracking(e.Place)},
		Status:   trackStatus{Type: what.kind, Code: what.code, StatusCode: what.number, Description: what.text},
	}
}

func tracking(a address) trackAddress {
	return trackAddress{City: a.City, StateProvince: a.StateProvinceCode, PostalCode: a.PostalCode, CountryCode: a.CountryCode, Country: a.CountryCode}
}
