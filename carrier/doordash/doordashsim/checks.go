package doordashsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	idForm       = regexp.MustCompile(`^[A-Za-z0-9\-._~]+$`)
	phoneForm    = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)
	nameBarred   = "~`@#$%^&*+=?;[]{}"
	businessForm = regexp.MustCompile(`^[A-Za-z0-9_-]{3,64}$`)
)

// members reads a request's body as an object, with the names it may have.
func members(r *http.Request, allowed func(string) bool) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var in map[string]json.RawMessage
	if len(bytes.TrimSpace(body)) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid([]fieldError{{"body", "The body is not a JSON object"}})
	}
	var wrong []fieldError
	for name := range in {
		if !allowed(name) {
			wrong = append(wrong, fieldError{name, "Unknown field"})
		}
	}
	slices.SortFunc(wrong, func(a, b fieldError) int { return strings.Compare(a.Field, b.Field) })
	return in, invalid(wrong)
}

// orderOf reads an order of its members.
func orderOf(in map[string]json.RawMessage) (order, error) {
	var o order
	data, err := json.Marshal(in)
	if err != nil {
		return o, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		field := "body"
		if wrong, ok := err.(*json.UnmarshalTypeError); ok {
			field = wrong.Field
		}
		return o, invalid([]fieldError{{field, err.Error()}})
	}
	return o, nil
}

// check holds an order against the description; phone: the recipient must be reachable already.
func (o order) check(now time.Time, phone bool) error {
	var wrong []fieldError
	say := func(bad bool, field, format string, args ...any) {
		if bad {
			wrong = append(wrong, fieldError{field, fmt.Sprintf(format, args...)})
		}
	}
	oneOf := func(field, word string, words ...string) {
		say(word != "" && !slices.Contains(words, word), field, "must be one of %s", strings.Join(words, ", "))
	}
	say(!idForm.MatchString(o.ExternalDeliveryID), "external_delivery_id", "is missing or has other letters than a-z, A-Z, 0-9, - . _ ~")
	oneOf("locale", o.Locale, "en-US", "fr-CA", "es-US")
	oneOf("order_fulfillment_method", o.OrderFulfillmentMethod, "standard", "catering", "large_order", "parcel")
	say(o.PickupAddress == "" && o.PickupStoreID == "", "pickup_address", "missing pickup_address")
	say(o.DropoffAddress == "", "dropoff_address", "missing dropoff_address")
	say(o.PickupPhoneNumber != "" && !phoneForm.MatchString(o.PickupPhoneNumber), "pickup_phone_number", "Invalid phone number format")
	say((phone || o.DropoffPhoneNumber != "") && !phoneForm.MatchString(o.DropoffPhoneNumber), "dropoff_phone_number", "Invalid phone number format")
	say((o.PickupBusinessID == "") != (o.PickupStoreID == ""), "pickup_external_business_id", "missing pickup_external_business_id")
	say(o.PickupBusinessID != "" && !businessForm.MatchString(o.PickupBusinessID), "pickup_external_business_id", "has a wrong form")
	say(strings.ContainsAny(o.DropoffGivenName, nameBarred), "dropoff_contact_given_name", "has a letter that is not allowed")
	say(strings.ContainsAny(o.DropoffFamilyName, nameBarred), "dropoff_contact_family_name", "has a letter that is not allowed")
	say(o.DropoffEmailAddress != "" && !strings.Contains(o.DropoffEmailAddress, "@"), "dropoff_email_address", "is no address")
	say(o.OrderValue != nil && (*o.OrderValue < 0 || *o.OrderValue > 1<<31-1), "order_value", "Numeric value out of range of int")
	say(o.Tip < 0 || o.Tip > 1<<31-1, "tip", "Numeric value out of range of int")
	say(o.CashOnDelivery != 0, "dropoff_cash_on_delivery", "is not enabled for this business")
	oneOf("action_if_undeliverable", o.ActionIfUndeliverable, "return_to_pickup", "dispose")
	if d := o.DropoffOptions; d != nil {
		oneOf("dropoff_options.signature", d.Signature, "required", "preferred", "none")
		oneOf("dropoff_options.id_verification", d.IDVerification, "required", "preferred", "none")
		say(d.ProofOfDelivery == "pin_code", "dropoff_options.proof_of_delivery", "pin_code is not enabled for this business")
	}
	if o.OrderContains != nil && o.OrderContains.Alcohol {
		checked := o.DropoffOptions != nil && o.DropoffOptions.IDVerification == "required"
		say(!checked, "dropoff_options", "id_verification must be required for alcohol")
	}
	say(o.ContactlessDropoff && o.RequiresSignature, "contactless_dropoff", "a signature cannot be contactless")
	for _, v := range o.DasherAllowedVehicles {
		oneOf("dasher_allowed_vehicles", v, "car", "bicycle", "walking")
	}
	for i, one := range o.Items {
		wrong = append(wrong, one.check(i)...)
	}
	wrong = append(wrong, o.checkTimes(now)...)
	return invalid(wrong)
}

func (t item) check(i int) (wrong []fieldError) {
	say := func(bad bool, member, text string) {
		if bad {
			wrong = append(wrong, fieldError{fmt.Sprintf("items[%d].%s", i, member), text})
		}
	}
	within := func(member string, n json.Number, most float64) {
		value, err := strconv.ParseFloat(n.String(), 64)
		say(n != "" && (err != nil || value < 0 || value > most), member, "is out of range")
	}
	length := utf8.RuneCountInString
	say(length(t.Name) < 1 || length(t.Name) > 100, "name", "must have 1 to 100 characters")
	say(length(t.Description) > 500, "description", "must have at most 500 characters")
	say(length(t.ExternalID) > 100, "external_id", "must have at most 100 characters")
	say(t.Quantity < 1 || t.Quantity > 100, "quantity", "must be 1 to 100")
	say(t.Price != nil && (*t.Price < 0 || *t.Price > 9999999), "price", "must be 0 to 9999999")
	within("weight", t.Weight, 999.9995)
	within("volume", t.Volume, 999.9995)
	within("length", t.Length, 1e6)
	within("width", t.Width, 1e6)
	within("height", t.Height, 1e6)
	return wrong
}

// checkTimes: windows come in pairs, and nothing is to be done before now.
func (o order) checkTimes(now time.Time) (wrong []fieldError) {
	past := func(field string, t *time.Time) {
		if t != nil && t.Before(now.Add(-time.Minute)) {
			wrong = append(wrong, fieldError{field, "must not be in the past"})
		}
	}
	past("pickup_time", o.PickupTime)
	past("dropoff_time", o.DropoffTime)
	if (o.PickupWindow == nil) != (o.DropoffWindow == nil) {
		return append(wrong, fieldError{"pickup_window", "needs dropoff_window, and the other way round"})
	}
	for field, w := range map[string]*window{"pickup_window": o.PickupWindow, "dropoff_window": o.DropoffWindow} {
		switch {
		case w == nil:
		case w.StartTime == nil || w.EndTime == nil || w.EndTime.Before(*w.StartTime):
			wrong = append(wrong, fieldError{field, "needs a start_time and a later end_time"})
		default:
			past(field, w.EndTime)
		}
	}
	return wrong
}
