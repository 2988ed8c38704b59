package carrier

import (
	"strconv"
	"strings"
	"time"

	"waybill"
)

// Magic values make a simulated carrier fail, hesitate or carry a parcel as a test wants it: see [Spells]. They are
// heeded on connections of mode simulator alone, whatever the carrier; to every other connection they are plain text.

// Moment is what of a shipment's life a spell changes.
type Moment string

// The moments, in the order of a shipment's life.
const (
	AtRating   Moment = "rating"
	AtBooking  Moment = "booking"
	AtLabel    Moment = "label"
	AtVoid     Moment = "void"
	OnItsWay   Moment = "tracking"
	AtDelivery Moment = "delivery"
)

// Spell is one row of the table of magic values.
type Spell struct {
	Word   string // the recipient is called "Magic" and this word
	Cents  int    // or the value of the goods, or the amount to collect, is 777 and so many hundredths
	Moment Moment
	What   string // happens, in words
	// Called marks what only a carrier that is called can do: the house courier is none, and goes on as if nothing
	// had been said.
	Called bool
	// Status is where the parcel of a spell on its way stops.
	Status waybill.Transit

	refuse func(op string) *waybill.Error
	life   []beat
	pushed bool // the carrier tells of it by itself, scan by scan: see [Pushes]
}

// magicUnits is the whole part of a magic amount.
const magicUnits = 777

// magicName is what a recipient must be called besides the word.
const magicName = "magic"

// magicNumber begins a tracking number that is followed by a word of the table.
const magicNumber = "MAGIC-"

// MagicPlaces are postal codes that stand for a word: real places where few parcels go, so that an API that looks
// postal codes up takes them.
var MagicPlaces = map[string]string{
	"US 99546": "refuse-address", "US 99547": "refuse-service", "US 99591": "outage", "US 99660": "no-rates", "US 99769": "attempt-absent", "US 99783": "returned",
	"GB HS95XW": "refuse-address", "GB ZE29BW": "refuse-service", "GB KW172BL": "outage", "GB KW172PG": "no-rates", "GB ZE39JW": "attempt-absent", "GB PA616YS": "returned",
	"IN 682551": "refuse-address", "IN 682552": "refuse-service", "IN 682554": "outage", "IN 682557": "no-rates", "IN 682558": "attempt-absent", "IN 682559": "returned",
}

// MagicOf is the word that a shipment carries; empty: none. The recipient's name counts before the postal code, that
// before an amount.
func MagicOf(s waybill.Shipment) string {
	return magicOf(s.To, s.Value, s.Options.COD)
}

// MagicOfReturn is the word that a return carries: who sends it back is who was sent to.
func MagicOfReturn(r waybill.Return) string { return magicOf(r.From) }

func magicOf(p waybill.Party, amounts ...waybill.Amount) string {
	for _, name := range []string{p.Contact.FullName(), p.Contact.Company} {
		words := strings.Fields(strings.ToLower(name))
		if len(words) > 1 && words[0] == magicName && spellOf(words[1]) != nil {
			return words[1]
		}
	}
	postcode := strings.ToUpper(strings.Join(strings.Fields(p.Address.Postcode), ""))
	if word := MagicPlaces[p.Address.Country+" "+postcode]; word != "" {
		return word
	}
	for _, amount := range amounts {
		if hundredths, ok := amount.Value.Scaled(100, 1); ok && hundredths/100 == magicUnits {
			for i := range Spells {
				if int64(Spells[i].Cents) == hundredths%100 {
					return Spells[i].Word
				}
			}
		}
	}
	return ""
}

// MagicAmount is the amount that stands for a spell, such as 777.01.
func (s Spell) MagicAmount() waybill.Decimal {
	return waybill.Decimal(strconv.Itoa(magicUnits) + "." + strconv.Itoa(100 + s.Cents)[1:])
}

// MagicRecipient is the name that stands for a spell.
func (s Spell) MagicRecipient() string { return "Magic " + s.Word }

// MagicTracking is the tracking number that stands for a spell on its way; empty: there is none.
func (s Spell) MagicTracking() string {
	if s.life == nil {
		return ""
	}
	return magicNumber + strings.ToUpper(s.Word)
}

// IsMagicNumber reports whether a tracking number stands for a spell.
func IsMagicNumber(number string) bool {
	word, ok := strings.CutPrefix(strings.ToUpper(number), magicNumber)
	if !ok {
		return false
	}
	s := spellOf(strings.ToLower(word))
	return s != nil && s.life != nil
}

func spellOf(word string) *Spell {
	for i := range Spells {
		if Spells[i].Word == word {
			return &Spells[i]
		}
	}
	return nil
}

// spell is the spell that a word stands for on this connection; nil: none, as on every one that is no simulator.
func (c *Carrier) spell(word string) *Spell {
	if word == "" || c.connection.Mode != waybill.ModeSimulator {
		return nil
	}
	s := spellOf(word)
	if s == nil || (s.Called && c.driver.Local) {
		return nil
	}
	return s
}

// is reports whether the spell is the one of that word.
func (s *Spell) is(word string) bool { return s != nil && s.Word == word }

func refusal(reason waybill.Reason, code, said string, fields ...waybill.FieldError) func(string) *waybill.Error {
	return func(op string) *waybill.Error {
		e := waybill.E(op, reason, "%s", said)
		e.Fault = &waybill.CarrierFault{Code: code, Message: said}
		e.Fields = fields
		return e
	}
}

func limited(op string) *waybill.Error {
	e := refusal(waybill.ReasonCarrierLimit, "MAGIC-429", "too many requests")(op)
	e.RetryAfter = 30 * time.Second
	return e
}

var outage = refusal(waybill.ReasonCarrierOutage, "MAGIC-503", "the carrier's service is down")

// Spells is the table of magic values. docs/sandbox.md shows it, and a test forces every row.
var Spells = []Spell{
	{Word: "no-rates", Cents: 1, Moment: AtRating, What: "The carrier has no service for it."},
	{Word: "rates-outage", Cents: 2, Moment: AtRating, What: "The carrier's rates are down.", refuse: outage},
	{Word: "rates-slow", Cents: 3, Moment: AtRating, What: "The carrier answers too late to be counted."},
	{Word: "rates-partial", Cents: 4, Moment: AtRating, What: "The first of several services is missing."},

	{Word: "refuse-address", Cents: 10, Moment: AtBooking, What: "Refused: the recipient's address, naming the postal code.",
		refuse: refusal(waybill.ReasonCarrierAddress, "MAGIC-ADDRESS", "the postal code is not in that city", waybill.FieldError{
			Path: "to.address.postcode", Rule: waybill.RuleFormat, Message: "the postal code is not in that city",
		})},
	{Word: "refuse-service", Cents: 11, Moment: AtBooking, What: "Refused: the service is not to be had today.",
		refuse: refusal(waybill.ReasonCarrier, "MAGIC-SERVICE", "the service is unavailable between these places")},
	{Word: "refuse-account", Cents: 12, Moment: AtBooking, What: "Refused: the account with the carrier is blocked.",
		refuse: refusal(waybill.ReasonCarrierLogin, "MAGIC-ACCOUNT", "the account is blocked")},
	{Word: "refuse-weight", Cents: 13, Moment: AtBooking, What: "Refused: the first parcel is too heavy.",
		refuse: refusal(waybill.ReasonCarrier, "MAGIC-WEIGHT", "the parcel is too heavy for the service", waybill.FieldError{
			Path: "parcels[0].weight", Rule: waybill.RuleRange, Message: "the parcel is too heavy for the service",
		})},
	{Word: "outage", Cents: 14, Moment: AtBooking, What: "Not booked: the carrier is down.", refuse: outage},
	{Word: "rate-limit", Cents: 15, Moment: AtBooking, What: "Not booked: the carrier was asked too often, and says to wait 30 seconds.", refuse: limited},
	{Word: "hang", Cents: 16, Moment: AtBooking, Called: true, What: "Not booked, and no answer until the deadline: nobody knows; later the carrier has never heard of it."},
	{Word: "slow", Cents: 17, Moment: AtBooking, Called: true, What: "Booked, but the answer takes six seconds: the caller is told that the booking goes on."},
	{Word: "lost-answer", Cents: 18, Moment: AtBooking, Called: true, What: "Booked, and the answer is lost: nobody knows, until it is found at the carrier."},
	{Word: "lost-for-good", Cents: 19, Moment: AtBooking, Called: true, What: "Booked, the answer is lost, and the carrier cannot say: in the end a person decides."},
	{Word: "garbage", Cents: 20, Moment: AtBooking, Called: true, What: "Booked, and the answer is no sense: nobody knows, until it is found at the carrier."},
	{Word: "dearer", Cents: 21, Moment: AtBooking, What: "Booked at a quarter more than was quoted."},

	{Word: "label-missing", Cents: 30, Moment: AtLabel, Called: true, What: "Booked, but the carrier has no label for it."},
	{Word: "label-later", Cents: 31, Moment: AtLabel, Called: true, What: "Booked without a label; asked for ten minutes later or more, it is there."},

	{Word: "void-refused", Cents: 40, Moment: AtVoid, Called: true, What: "The carrier will not take it back.",
		refuse: refusal(waybill.ReasonCancelRefused, "MAGIC-VOID", "the parcel cannot be cancelled any more")},
	{Word: "void-outage", Cents: 41, Moment: AtVoid, Called: true, What: "The carrier is down when it is to take it back, each time it is asked.", refuse: outage},

	{Word: "untracked", Cents: 50, Moment: OnItsWay, Status: waybill.LabelMade, What: "The carrier never knows the number."},
	way("pickup-scheduled", 51, "A courier is to come.", beat{at: 1, status: waybill.PickupScheduled, text: "Pickup scheduled"}),
	way("assigned", 52, "A courier has it on his list.", beat{at: 1, status: waybill.Assigned, text: "Courier assigned"}),
	way("unassigned", 53, "The courier was taken away.", beat{at: 1, status: waybill.Assigned, text: "Courier assigned"}, beat{at: 2, status: waybill.Unassigned, text: "Courier taken away"}),
	way("pickup-started", 54, "The courier is on his way to the sender.", beat{at: 1, status: waybill.PickupStarted, text: "On the way to the sender"}),
	way("picked-up", 55, "Picked up.", upTo(1)...),
	way("in-transit", 56, "Moving.", upTo(2)...),
	way("at-depot", 57, "In a depot.", upTo(3)...),
	way("out-for-delivery", 58, "On the van.", upTo(4)...),
	way("at-location", 59, "The courier is at the door.", upTo(4, beat{at: 33, status: waybill.AtLocation, text: "At the door"})...),
	way("delayed", 60, "Late.", upTo(2, beat{at: 20, status: waybill.Delayed, text: "Delayed by weather"})...),
	way("attempt-absent", 61, "Nobody was at home.", attempt("Customer not home", "customer_not_home")...),
	way("attempt-refused", 62, "The recipient would not have it.", attempt("Refused by the recipient", "refused")...),
	way("attempt-address", 63, "The address is wrong.", attempt("Wrong address", "wrong_address")...),
	way("attempt-closed", 64, "The business was closed.", attempt("Closed", "closed")...),
	way("redelivery", 65, "Nobody was at home; it will be brought again.",
		append(attempt("Customer not home", "customer_not_home"), beat{at: 36, status: waybill.Redelivery, text: "Will be delivered again"})...),
	way("collection-point", 66, "Waits in a shop for the recipient.", upTo(4, beat{at: 34, status: waybill.CollectionPoint, text: "Ready to be collected", place: "Corner shop"})...),
	way("undeliverable", 67, "Cannot be delivered.",
		append(attempt("Wrong address", "wrong_address"), beat{at: 58, status: waybill.Undeliverable, text: "Undeliverable"})...),
	way("returning", 68, "On its way back to the sender.",
		append(attempt("Refused by the recipient", "refused"), beat{at: 40, status: waybill.Returning, text: "Returning to the sender"})...),
	way("returned", 69, "Back at the sender's.",
		append(attempt("Refused by the recipient", "refused"), beat{at: 40, status: waybill.Returning, text: "Returning to the sender"}, beat{at: 64, status: waybill.Returned, text: "Returned to the sender"})...),
	way("exception", 70, "Something is wrong: it was damaged.", upTo(3, beat{at: 26, status: waybill.Exception, text: "Damaged in the depot", reason: "damaged"})...),
	way("label-voided", 71, "The carrier says the label was cancelled.", beat{at: 1, status: waybill.TransitVoided, text: "Label cancelled"}),
	way("strange-scan", 72, "A scan in a word nobody knows; the status stays.", upTo(2, beat{at: 12, status: waybill.TransitUnknown, text: "Quux"})...),

	arrives("delivered", 80, "Delivered to the recipient.", beat{at: 34, status: waybill.Delivered, text: "Delivered", who: "Recipient"}),
	arrives("delivered-neighbour", 81, "Delivered to a neighbour.", beat{at: 34, status: waybill.Delivered, text: "Delivered to a neighbour", who: "Neighbour", place: "Neighbour"}),
	arrives("delivered-safe-place", 82, "Left in the letterbox.", beat{at: 34, status: waybill.Delivered, text: "Left in the letterbox", place: "Letterbox"}),
	arrives("scans-late", 83, "Delivered; the carrier tells of the van and the door a day later.",
		beat{at: 34, heard: 58, status: waybill.Delivered, text: "Delivered", who: "Recipient"}),
	arrives("scans-out-of-order", 84, "Delivered; the carrier tells of the depot only after the door.",
		beat{at: 34, status: waybill.Delivered, text: "Delivered", who: "Recipient"}),
	arrives("scans-repeated", 85, "Delivered; every scan is told twice.", beat{at: 34, status: waybill.Delivered, text: "Delivered", who: "Recipient"}),
	arrives("reweighed", 86, "Delivered; the carrier weighed 25 kg and charges for that.", beat{at: 34, status: waybill.Delivered, text: "Delivered", who: "Recipient"}),
	pushes("pushes-delayed", 87, "Delivered; the carrier pushes each scan six hours after it was made."),
	pushes("pushes-late", 88, "Delivered; the carrier pushes the collection a day after the door."),
	pushes("pushes-repeated", 89, "Delivered; the carrier pushes every scan three times."),
	pushes("pushes-out-of-order", 90, "Delivered; the carrier pushes the scans in reverse, the last one first."),
}
