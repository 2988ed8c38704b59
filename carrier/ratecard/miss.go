package ratecard

import "fmt"

// MissReason is why a service does not carry a shipment.
type MissReason string

// The closed list of reasons.
const (
	NotYetValid    MissReason = "not_yet_valid"   // the card is for later
	UnknownService MissReason = "unknown_service" // not on the card
	NotOffered     MissReason = "not_offered"     // an option the service cannot carry out
	NotServed      MissReason = "not_served"      // no zone holds the trip
	NoPoints       MissReason = "no_points"       // priced by distance, and an end has no coordinates
	TooHeavy       MissReason = "too_heavy"
	TooLarge       MissReason = "too_large"
	TooMany        MissReason = "too_many_parcels"
	OtherCurrency  MissReason = "other_currency" // an amount to insure or collect that the card cannot convert
)

// Miss is a service that has no price for a shipment, and why.
type Miss struct {
	Service string
	Name    string
	Reason  MissReason
	Subject string // the option, postcode or currency at fault, or what was measured
	Got     int64  // what was measured, in grams, millimetres or parcels
	Limit   int64  // what it may be
}

// String says it in words for a decision's trace.
func (m Miss) String() string {
	switch m.Reason {
	case NotYetValid:
		return "the rate card is valid from " + m.Subject
	case UnknownService:
		return "the rate card has no service " + m.Service
	case NotOffered:
		return m.Name + " does not offer " + m.Subject
	case NotServed:
		return m.Name + " does not serve " + m.Subject
	case NoPoints:
		return m.Name + " is priced by distance, and the coordinates are not known"
	case TooHeavy:
		return fmt.Sprintf("%s carries a %s of up to %d g, not %d g", m.Name, m.Subject, m.Limit, m.Got)
	case TooLarge:
		return fmt.Sprintf("%s takes a %s of up to %d mm, not %d mm", m.Name, m.Subject, m.Limit, m.Got)
	case TooMany:
		return fmt.Sprintf("%s carries up to %d parcels, not %d", m.Name, m.Limit, m.Got)
	default:
		return fmt.Sprintf("%s cannot insure or collect an amount in %s", m.Name, m.Subject)
	}
}
