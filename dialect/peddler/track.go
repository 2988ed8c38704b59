package peddler

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// maxNumbers is how many tracking numbers one call may ask for.
const maxNumbers = 100

// decodeStatuses reads trackingNumbers however they were written: a JSON array as text, a key for each, or keys with
// an index. One number may stand alone.
func decodeStatuses(r *dialect.Request) (engine.TrackNumbers, error) {
	const name = "trackingNumbers"
	var in engine.TrackNumbers
	wrong := func(rule waybill.FieldRule, message string) (engine.TrackNumbers, error) {
		return engine.TrackNumbers{}, waybill.FieldErrors(opStatuses, []waybill.FieldError{{Path: name, Rule: rule, Message: message}})
	}
	for _, value := range r.AskedAll(name) {
		value = strings.TrimSpace(value)
		if !strings.HasPrefix(value, "[") {
			in.Numbers = append(in.Numbers, value)
			continue
		}
		var numbers []string
		if json.Unmarshal([]byte(value), &numbers) != nil {
			return wrong(waybill.RuleArray, name+" must be a JSON array of texts")
		}
		in.Numbers = append(in.Numbers, numbers...)
	}
	if len(in.Numbers) > maxNumbers {
		return wrong(waybill.RuleMaxItems, name+" must have at most "+strconv.Itoa(maxNumbers)+" items")
	}
	for i, number := range in.Numbers {
		if in.Numbers[i] = strings.TrimSpace(number); in.Numbers[i] == "" {
			return wrong(waybill.RuleEmpty, name+" must not hold an empty number")
		}
	}
	if len(in.Numbers) == 0 {
		return wrong(waybill.RuleRequired, name+" is a required field")
	}
	return in, nil
}

// inquiry is what is known of one number, in the place of the question. In 2023 it named one package.
type inquiry struct {
	InquiryNumber string     `json:"inquiryNumber"`
	Packages      []parcel   `json:"packages"`
	Error         *notTheirs `json:"error,omitempty"`
}

type inquiry2023 struct {
	InquiryNumber string      `json:"inquiryNumber"`
	Package       *parcel2023 `json:"package"`
	Error         *notTheirs  `json:"error,omitempty"`
}

// notTheirs says that the carrier of the call has no such number.
type notTheirs struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

var unknownNumber = &notTheirs{Code: http.StatusNotFound, Message: "NOT FOUND"}

type parcel struct {
	TrackingNumber        string    `json:"trackingNumber"`
	MetaData              string    `json:"metaData"`
	Status                string    `json:"status"`
	Code                  *int      `json:"code"`
	FailedStatus          string    `json:"failedStatus,omitempty"`
	EstimatedDeliveryDate *string   `json:"estimatedDeliveryDate"`
	TrackingURL           *string   `json:"trackingUrl"`
	Consignee             consignee `json:"consignee"`
	Events                []event   `json:"events"`
}

type consignee struct {
	Address *address `json:"address"`
}

type event struct {
	Status       string    `json:"status"`
	Code         *int      `json:"code"`
	FailedStatus string    `json:"failedStatus,omitempty"`
	Details      details   `json:"details"`
	TS           string    `json:"ts"`
	GPS          *location `json:"gps,omitempty"`
}

type parcel2023 struct {
	parcel
	Sender             consignee `json:"sender"`
	DeliveryDate       *string   `json:"deliveryDate"`
	CanceledDate       *string   `json:"canceledDate"`
	ReturnToSenderDate *string   `json:"returnToSenderDate"`
}

func encodeStatuses(r *dialect.Request, list []engine.Tracked) dialect.Reply {
	if !of2023(r) {
		answers := make([]inquiry, len(list))
		for i := range list {
			answers[i] = inquiryOf(&list[i])
		}
		return dialect.JSON(http.StatusOK, answers)
	}
	answers := make([]inquiry2023, len(list))
	for i := range list {
		answers[i] = inquiry2023Of(&list[i])
	}
	return dialect.JSON(http.StatusOK, struct {
		Data []inquiry2023 `json:"data"`
	}{answers})
}

// inquiryOf tells of all parcels of the shipment that has the number, the one asked for first.
func inquiryOf(t *engine.Tracked) inquiry {
	if !t.Found {
		return inquiry{InquiryNumber: t.Number, Error: unknownNumber}
	}
	q := inquiry{InquiryNumber: t.Number, Packages: []parcel{parcelOf(t, t.Number)}}
	if t.Return == nil {
		for _, p := range t.Shipment.Parcels {
			if p.Tracking != "" && p.Tracking != t.Number {
				q.Packages = append(q.Packages, parcelOf(t, p.Tracking))
			}
		}
	}
	return q
}

func inquiry2023Of(t *engine.Tracked) inquiry2023 {
	if !t.Found {
		return inquiry2023{InquiryNumber: t.Number, Error: unknownNumber}
	}
	p := parcel2023{
		parcel: parcelOf(t, t.Number), Sender: consignee{addressOf(&t.Shipment.From)}, DeliveryDate: stampOf(t.Shipment.ActualDelivery),
	}
	for i := len(p.Events) - 1; i >= 0; i-- { // the oldest first: the last of each sort counts
		e := &p.Events[i]
		switch w := (word{code: codeOf(e.Code)}); {
		case w.within(500, 502):
			p.DeliveryDate = &e.TS
		case e.Status == words["1000"].status:
			p.CanceledDate = &e.TS
		case e.Status == words[codeReturn].status:
			p.ReturnToSenderDate = &e.TS
		}
	}
	p.Consignee.Address.Location.textual()
	p.Sender.Address.Location.textual()
	for i := range p.Events {
		p.Events[i].GPS.textual()
	}
	return inquiry2023{InquiryNumber: t.Number, Package: &p}
}

func codeOf(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// parcelOf tells of one parcel of a shipment, or of one that comes back.
func parcelOf(t *engine.Tracked, number string) parcel {
	s := &t.Shipment
	story := storyOf(t.Events, number)
	to := &s.To
	if t.Return != nil {
		story, to = comingBack(t), &t.Return.To
	}
	now := standing(s, story)
	p := parcel{
		TrackingNumber: number, MetaData: s.Reference, Status: now.status, Code: now.number(), FailedStatus: now.failed,
		EstimatedDeliveryDate: stampOf(s.EstimatedDrop.Ends), TrackingURL: orNull(s.TrackingURL), Events: []event{},
		Consignee: consignee{addressOf(to)},
	}
	p.Consignee.Address.PreviousAddress = orNone(extraOf(s)[previousAddress])
	for i := range story {
		n := &story[i]
		e := event{Status: n.status, Code: n.word.number(), FailedStatus: n.failed, Details: detailsOf(n, s), TS: stamp(n.at)}
		if n.scan != nil {
			e.GPS = locationOf(n.scan.Point)
		}
		p.Events = append(p.Events, e)
	}
	return p
}

// standing is how a parcel stands: the latest word of its story that is about it. Where the story tells none it is
// the shipment's own.
func standing(s *waybill.Shipment, story []news) word {
	for _, n := range story {
		if n.code != codeUpdated {
			return n.word
		}
	}
	return wordNow(s)
}

// comingBack is the story of a return: all of it is one status here.
func comingBack(t *engine.Tracked) (story []news) {
	scans := t.Tracking.Scans
	for i := len(scans) - 1; i >= 0; i-- {
		story = append(story, news{word: words[codeReturn], at: scans[i].At, scan: &scans[i], reason: scans[i].Text})
	}
	if len(story) == 0 {
		story = append(story, news{word: words[codeReturn], at: t.Return.Created})
	}
	return story
}
