package house

import (
	"context"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ratecard"
)

// labels are the faces of a booking's labels, one a parcel.
func (a *Adapter) labels(s *waybill.Shipment, offer ratecard.Offer, numbers []string, serials []int64) []waybill.Label {
	labels := make([]waybill.Label, len(numbers))
	faces := make([]waybill.Face, len(numbers))
	shipDate := offer.ShipDate()
	routing := strings.TrimSpace(a.routing + " " + strings.ToUpper(offer.Zone))
	for i, number := range numbers {
		faces[i] = waybill.Face{
			Carrier: a.heading, Service: offer.ServiceName, Sample: a.sample,
			From: s.From, To: s.To, ShipDate: shipDate, Piece: i + 1, Pieces: len(numbers),
			Weight: weight(s, i), Reference: s.Reference, Reference2: s.Reference2,
			Routing: routing, Instructions: atTheDoor(s),
			TrackingNumber: number, Matrix: number,
		}
		if a.sscc != "" {
			faces[i].SSCC = SSCC(a.sscc, serials[i])
		}
		if s.Reference != "" {
			faces[i].Matrix = number + "|" + s.Reference
		}
		if a.peddler {
			peddlerFace(&faces[i], serials[0])
		}
		labels[i] = waybill.Label{Parcel: i, Format: waybill.FormatFace, Face: &faces[i]}
	}
	return labels
}

// atTheDoor is what the driver is told: what must be done before the parcel is handed over, then the sender's own words.
func atTheDoor(s *waybill.Shipment) string {
	var told []string
	if s.Options.COD.Value.Positive() {
		told = append(told, "COLLECT "+s.Options.COD.Money().String())
	}
	for _, need := range s.Needs() {
		switch need {
		case waybill.CanSignature:
			told = append(told, "SIGNATURE")
		case waybill.CanAdult:
			told = append(told, "ADULT SIGNATURE")
		case waybill.CanPIN:
			told = append(told, "PASSWORD")
		}
	}
	if s.Instructions != "" {
		told = append(told, s.Instructions)
	}
	return strings.Join(told, " · ")
}

// weight is what a parcel's label says: its own weight, else its share of the total, rounded up.
func weight(s *waybill.Shipment, parcel int) waybill.Weight {
	switch parcels := int64(len(s.Parcels)); {
	case s.Parcels[parcel].Weight.Value != "" || s.TotalWeight.Value == "":
		return s.Parcels[parcel].Weight
	case parcels == 1:
		return s.TotalWeight
	default:
		return waybill.WeightOf((s.TotalWeight.Grams() + parcels - 1) / parcels)
	}
}

// Label draws the faces of a purchase again, from the shipment as it was booked.
func (a *Adapter) Label(_ context.Context, r carrier.LabelRequest) ([]waybill.Label, error) {
	const op = "house.label"
	if r.Shipment == nil || len(r.Shipment.Parcels) != len(r.Numbers) {
		return nil, waybill.E(op, waybill.ReasonNoLabel, "a label is drawn again from its shipment, with a number for each parcel")
	}
	serials := make([]int64, len(r.Numbers))
	for i, number := range r.Numbers {
		serial, ok := a.numbers.serial(number)
		if !ok {
			return nil, waybill.E(op, waybill.ReasonNoLabel, "%s is no number of this connection", number)
		}
		serials[i] = serial
	}
	offer, miss := a.card.Price(r.Service, r.Shipment, r.Now)
	if miss != nil {
		return nil, refusal(op, *miss)
	}
	return a.labels(r.Shipment, offer, r.Numbers, serials), nil
}
