package delhiverysim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill/internal/fixture"
)

// mostTracked is how many numbers one call may ask after.
const mostTracked = 50

type tracked struct {
	ShipmentData []trackedShipment `json:"ShipmentData"`
}

type trackedShipment struct {
	Shipment shipment `json:"Shipment"`
}

// shipment is a parcel as tracking shows it. The spelling of its members is Delhivery's.
type shipment struct {
	AWB                        string       `json:"AWB"`
	ReferenceNo                string       `json:"ReferenceNo"`
	OrderType                  string       `json:"OrderType"`
	SenderName                 string       `json:"SenderName"`
	Origin                     string       `json:"Origin"`
	Destination                string       `json:"Destination"`
	PickupLocation             string       `json:"PickupLocation"`
	PickUpDate                 string       `json:"PickUpDate"`
	PickedupDate               *string      `json:"PickedupDate"`
	DeliveryDate               *string      `json:"DeliveryDate"`
	ExpectedDeliveryDate       *string      `json:"ExpectedDeliveryDate"`
	PromisedDeliveryDate       *string      `json:"PromisedDeliveryDate"`
	ReturnPromisedDeliveryDate *string      `json:"ReturnPromisedDeliveryDate"`
	FirstAttemptDate           *string      `json:"FirstAttemptDate"`
	RTOStartedDate             *string      `json:"RTOStartedDate"`
	ReturnedDate               *string      `json:"ReturnedDate"`
	OriginRecieveDate          *string      `json:"OriginRecieveDate"`
	DestRecieveDate            *string      `json:"DestRecieveDate"`
	OutDestinationDate         *string      `json:"OutDestinationDate"`
	DispatchCount              int          `json:"DispatchCount"`
	InvoiceAmount              json.Number  `json:"InvoiceAmount"`
	CODAmount                  json.Number  `json:"CODAmount"`
	ChargedWeight              *json.Number `json:"ChargedWeight"`
	Quantity                   string       `json:"Quantity"`
	ReverseInTransit           bool         `json:"ReverseInTransit"`
	Extras                     string       `json:"Extras"`
	Ewaybill                   []string     `json:"Ewaybill"`
	Consignee                  *consignee   `json:"Consignee,omitempty"`
	Status                     scanStatus   `json:"Status"`
	Scans                      []scan       `json:"Scans,omitempty"`
}

type consignee struct {
	Name       string      `json:"Name"`
	City       string      `json:"City"`
	State      string      `json:"State"`
	Country    string      `json:"Country"`
	PinCode    json.Number `json:"PinCode"`
	Address1   []string    `json:"Address1"`
	Address2   []string    `json:"Address2"`
	Address3   string      `json:"Address3"`
	Telephone1 string      `json:"Telephone1"`
	Telephone2 string      `json:"Telephone2"`
}

type scanStatus struct {
	Status         string `json:"Status"`
	StatusType     string `json:"StatusType"`
	StatusCode     string `json:"StatusCode"`
	StatusDateTime string `json:"StatusDateTime"`
	StatusLocation string `json:"StatusLocation"`
	RecievedBy     string `json:"RecievedBy"`
	Instructions   string `json:"Instructions"`
}

type scan struct {
	ScanDetail scanDetail `json:"ScanDetail"`
}

type scanDetail struct {
	Scan            string `json:"Scan"`
	ScanType        string `json:"ScanType"`
	StatusCode      string `json:"StatusCode"`
	ScanDateTime    string `json:"ScanDateTime"`
	StatusDateTime  string `json:"StatusDateTime"`
	ScannedLocation string `json:"ScannedLocation"`
	Instructions    string `json:"Instructions"`
}

// noSuch is what tracking says of numbers it does not know: with status 400, and to a question by order id with 200.
const noSuch = "No such waybill or Order Id found"

// track answers about waybills, or about the parcels of order ids. Waybills it does not know are left out, unless it
// knows none of them; one unknown order id fails the whole question.
func (s *Sim) track(r *http.Request) (any, error) {
	q := r.URL.Query()
	waybills, refs := list(q.Get("waybill")), list(q.Get("ref_ids"))
	unknown := map[string]any{"Success": false, "Error": noSuch, "rmk": "Data does not exists for provided Waybill(s)"}
	if len(waybills)+len(refs) == 0 || len(waybills) > mostTracked || len(refs) > mostTracked {
		return &answer{status: http.StatusBadRequest, json: map[string]any{"Success": false, "Error": "Please provide 1 to 50 waybills", "rmk": "Bad request"}}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*parcel
	for _, number := range waybills {
		if p := s.memory.byNumber[number]; p != nil {
			found = append(found, p)
		}
	}
	if len(waybills) > 0 && len(found) == 0 {
		return &answer{status: http.StatusBadRequest, json: unknown}, nil
	}
	for _, ref := range refs {
		before := len(found)
		for _, p := range s.memory.parcels {
			if p.Order.Order == ref {
				found = append(found, p)
			}
		}
		if len(found) == before {
			return unknown, nil
		}
	}
	out := tracked{}
	for _, p := range found {
		p.catchUp(fixture.At(s.Clock, r))
		out.ShipmentData = append(out.ShipmentData, trackedShipment{s.shown(p, q.Get("verbose") != "0")})
	}
	return out, nil
}

func list(commas string) []string {
	var out []string
	for _, one := range strings.Split(commas, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// shown is a parcel as tracking shows it.
func (s *Sim) shown(p *parcel, verbose bool) shipment {
	o := p.Order
	from, _ := lookup(s.memory.places[p.Place].Pin)
	to, _ := lookup(string(o.Pin))
	if o.reverse() {
		from, to = to, from
	}
	last := p.last()
	out := shipment{
		AWB: p.Waybill, ReferenceNo: o.Order, OrderType: o.payment(), SenderName: o.Client, Origin: from.center(), Destination: to.city(),
		PickupLocation: p.Place, PickUpDate: stamp(p.BookedAt), InvoiceAmount: rupees(o.TotalAmount.paise()), CODAmount: rupees(o.CODAmount.paise()),
		Quantity: string(o.Quantity), Ewaybill: append([]string{}, p.Ewaybill...),
		PickedupDate: p.when("picked_up", "fetched"), DeliveryDate: p.when("delivered", "dto"), FirstAttemptDate: p.when("dispatched"),
		RTOStartedDate: p.when("rto_in_transit"), ReturnedDate: p.when("rto"), OriginRecieveDate: p.when("origin"), DestRecieveDate: p.when("pending"),
		ReverseInTransit: p.now().kind == "RT" || p.now().kind == "PU",
		Status:           last.status(p.Order.Name),
	}
	for _, e := range p.Events {
		if e.Status == "dispatched" {
			out.DispatchCount++
		}
	}
	expected := p.expected()
	out.ExpectedDeliveryDate, out.PromisedDeliveryDate = stamped(expected), stamped(expected)
	if out.PickedupDate != nil { // weighed on the way
		grams := json.Number(text(rupees(p.Charged * 100)))
		out.ChargedWeight = &grams
	}
	if !verbose {
		return out
	}
	out.Consignee = &consignee{
		Name: o.Name, City: o.City, State: o.State, Country: "India", PinCode: json.Number(o.Pin),
		Address1: []string{o.Add}, Address2: []string{}, Telephone1: string(o.Phone),
	}
	for _, e := range p.Events {
		what := statuses[e.Status]
		out.Scans = append(out.Scans, scan{scanDetail{
			Scan: what.word, ScanType: what.kind, StatusCode: what.code, ScanDateTime: stamp(e.At), StatusDateTime: stamp(e.At),
			ScannedLocation: e.Place, Instructions: what.text,
		}})
	}
	return out
}

func (e event) status(name string) scanStatus {
	what := statuses[e.Status]
	out := scanStatus{
		Status: what.word, StatusType: what.kind, StatusCode: what.code, StatusDateTime: stamp(e.At), StatusLocation: e.Place, Instructions: what.text,
	}
	if e.Status == "delivered" {
		out.RecievedBy = name
	}
	return out
}

// when is when the first of these scans was made.
func (p *parcel) when(names ...string) *string {
	for _, e := range p.Events {
		if slices.Contains(names, e.Status) {
			at := stamp(e.At)
			return &at
		}
	}
	return nil
}

// expected is the end of the day on which the parcel is to arrive.
func (p *parcel) expected() *time.Time {
	for _, e := range append(slices.Clone(p.Events), p.Plan...) {
		if e.Status == "delivered" || e.Status == "dto" || e.Status == "ndr" || e.Status == "refused" {
			y, m, d := e.At.In(ist).Date()
			end := time.Date(y, m, d, 23, 59, 59, 0, ist)
			return &end
		}
	}
	return nil
}
