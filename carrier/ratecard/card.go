// Package ratecard prices shipments from zone and weight tables, for carriers that have no quote API.
//
// A [Card] is the document an operator edits: zones, services with a tariff for each zone, surcharges.
// [Parse] reads it, [Validate] lists everything that is wrong with it, [Compile] turns it into what
// answers quotes. Weight tables and zones also travel as CSV, for people with spreadsheets. Amounts are
// whole minor units, weights whole grams, edges whole millimetres. docs/rate-card.md shows it all.
package ratecard

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"waybill"
)

// Card is a carrier's price list. Zones are tried in the order they are listed, so the special ones
// (an island, a town) come before the general ones (a country).
type Card struct {
	Name        string      `json:"name,omitempty"`
	Version     string      `json:"version"`                // the operator's own, given back as the token of each rate
	ValidFrom   string      `json:"valid_from"`             // YYYY-MM-DD in TimeZone; before it the card quotes nothing
	Currency    string      `json:"currency"`               // ISO 4217, unless a service has its own
	TimeZone    string      `json:"time_zone"`              // IANA name; for senders whose own zone is not known
	Cutoff      string      `json:"cutoff,omitempty"`       // HH:MM in the sender's zone; from then on a parcel leaves the next working day
	WorkingDays []string    `json:"working_days,omitempty"` // mon…sun; none: mon to fri
	Zones       []Zone      `json:"zones"`
	Services    []Service   `json:"services"`
	Surcharges  []Surcharge `json:"surcharges,omitempty"` // charged in this order
}

// Zone is a set of trips that cost the same. A trip belongs to it when its start is in one of From, its
// end in one of To (no areas: anywhere) and its length in the distance band.
type Zone struct {
	Code     string    `json:"code"`
	Name     string    `json:"name,omitempty"`
	From     []Area    `json:"from,omitempty"`
	To       []Area    `json:"to,omitempty"`
	Distance *Distance `json:"distance,omitempty"`
}

// Area is a piece of the world. States and postcodes need exactly one country. An address is inside
// when its country is listed, and its state if states are, and its postcode if postcodes are.
type Area struct {
	Countries []string `json:"countries"`           // ISO 3166-1 alpha-2, upper case
	States    []string `json:"states,omitempty"`    // as callers write them, in any case
	Postcodes []string `json:"postcodes,omitempty"` // patterns of how a postcode begins, see docs/rate-card.md
}

// Distance is a band of kilometres as the crow flies: over the one, up to the other.
type Distance struct {
	OverKM int64 `json:"over_km,omitempty"`
	UpToKM int64 `json:"up_to_km,omitempty"` // 0: no end
}

// Service is one product of the carrier.
type Service struct {
	Code        string            `json:"code"`
	Name        string            `json:"name"`
	Direction   waybill.Direction `json:"direction"`
	Abilities   []string          `json:"abilities,omitempty"`     // the constants carrier.Can…
	Currency    string            `json:"currency,omitempty"`      // empty: the card's
	Divisor     int64             `json:"divisor,omitempty"`       // cm³ to a kilogram of volumetric weight; 0: volume costs nothing
	WeightStepG int64             `json:"weight_step_g,omitempty"` // the chargeable weight is rounded up to it; 0: a gram
	Cutoff      string            `json:"cutoff,omitempty"`        // empty: the card's
	WorkingDays []string          `json:"working_days,omitempty"`  // none: the card's
	DeliverBy   string            `json:"deliver_by,omitempty"`    // HH:MM in the sender's zone; empty: 23:59
	Limits      Limits            `json:"limits,omitzero"`
	Tariffs     []Tariff          `json:"tariffs"` // at most one a zone
}

// Limits is what a service cannot carry more of; 0 is no limit.
type Limits struct {
	ParcelG       int64 `json:"parcel_g,omitempty"`        // each parcel's weight
	ShipmentG     int64 `json:"shipment_g,omitempty"`      // all together
	EdgeMM        int64 `json:"edge_mm,omitempty"`         // the longest edge
	LengthGirthMM int64 `json:"length_girth_mm,omitempty"` // the longest edge plus twice the sum of the others
	Parcels       int64 `json:"parcels,omitempty"`
}

// Tariff is what a service costs in a zone, by the chargeable weight of the whole shipment.
type Tariff struct {
	Zone    string `json:"zone"`
	Days    *int   `json:"days,omitempty"`    // working days from leaving to delivery, 0 the same day; absent: no promise
	Bands   []Band `json:"bands,omitempty"`   // lightest first
	Extra   *Extra `json:"extra,omitempty"`   // above the last band; absent: nothing heavier is carried
	Minimum int64  `json:"minimum,omitempty"` // least base price
}

// Band is the price of every weight over the band before it and up to its own.
type Band struct {
	UpToG int64 `json:"up_to_g"`
	Price int64 `json:"price"`
}

// Extra is the price of each started step above the last band.
type Extra struct {
	StepG int64 `json:"step_g"`
	Price int64 `json:"price"`
}

// Surcharge is an extra line of the price. It applies to every service, or to those named, and to every
// destination, or to those in To.
type Surcharge struct {
	Kind     Kind     `json:"kind"`
	Name     string   `json:"name,omitempty"` // as printed; empty: the kind's own
	Price    int64    `json:"price,omitempty"`
	PerMille int64    `json:"per_mille,omitempty"` // of what, tells the kind
	Minimum  int64    `json:"minimum,omitempty"`   // of price and per mille together
	OverMM   int64    `json:"over_mm,omitempty"`   // long_edge: edges longer than this
	To       []Area   `json:"to,omitempty"`
	Services []string `json:"services,omitempty"`
}

// Kind is what a surcharge is for, and so when it applies.
type Kind string

// The closed list of kinds.
const (
	Fuel           Kind = "fuel"            // always; per mille of the lines above it
	Residential    Kind = "residential"     // the recipient's address is known to be a home
	RemoteArea     Kind = "remote_area"     // the destination is in To
	ExtraParcel    Kind = "extra_parcel"    // each parcel after the first
	Signature      Kind = "signature"       // someone must sign
	AdultSignature Kind = "adult_signature" // an adult must sign
	Insurance      Kind = "insurance"       // per mille of the insured value
	COD            Kind = "cod"             // per mille of the amount to collect
	Saturday       Kind = "saturday"        // the promised day is a Saturday
	LongEdge       Kind = "long_edge"       // each parcel with an edge over OverMM
	Tax            Kind = "tax"             // always; per mille of the lines above it
)

// Parse reads a card's JSON. Only its form is looked at here; what it says is [Validate]'s business.
func Parse(data []byte) (Card, error) {
	const op = "ratecard.parse"
	var card Card
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&card)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return card, nil
		}
		return Card{}, waybill.E(op, waybill.ReasonBadJSON, "something follows the rate card's closing brace")
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return Card{}, waybill.FieldErrors(op, []waybill.FieldError{{
			Path: wrong.Field, Rule: ruleOf(wrong.Type.String()), Value: wrong.Value,
			Message: wrong.Field + " is a " + wrong.Value + " where the rate card needs another type",
		}})
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return Card{}, waybill.FieldErrors(op, []waybill.FieldError{{
			Path: name, Rule: waybill.RuleExists, Message: "a rate card has no member " + name,
		}})
	}
	return Card{}, waybill.E(op, waybill.ReasonBadJSON, "the rate card is no JSON: %s", err)
}

// ruleOf names the rule that a value of the wrong JSON type broke, from the Go type that was wanted.
func ruleOf(want string) waybill.FieldRule {
	switch {
	case strings.HasPrefix(want, "[]"):
		return waybill.RuleArray
	case strings.HasPrefix(want, "int"):
		return waybill.RuleInteger
	case strings.HasPrefix(want, "string"), strings.HasSuffix(want, "Kind"), strings.HasSuffix(want, "Direction"):
		return waybill.RuleString
	default:
		return waybill.RuleObject
	}
}
