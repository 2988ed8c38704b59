package doordash

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"waybill"
)

// request collects what is wrong with a shipment while it is put into DoorDash's words, so that a caller
// hears of everything at once.
type request struct{ problems []waybill.FieldError }

func (r *request) report(path string, rule waybill.FieldRule, value, limit, format string, args ...any) {
	r.problems = append(r.problems, waybill.FieldError{
		Path: path, Rule: rule, Value: shorten(value, 60), Limit: limit, Message: fmt.Sprintf(format, args...),
	})
}

// order puts a shipment into DoorDash's words; its id is still open. Incomplete: it is only to be priced, so
// that nobody needs to be rung up yet.
func (a *adapter) order(w waybill.Shipment, now time.Time, incomplete bool) (order, error) {
	r := &request{}
	o := order{
		Locale:             locale(w.Locale),
		PickupAddress:      r.address("from.address", w.From.Address),
		PickupName:         line(firstOf(w.From.Contact.Company, w.From.Contact.FullName())),
		PickupPhone:        r.phone("from.contact.phone", w.From),
		PickupInstructions: line(w.PickupNotes),
		PickupReference:    line(w.Reference),
		PickupBusiness:     a.business,
		PickupStore:        a.store,
		Value:              r.value(w),
		Items:              r.items(w),
		Tip:                a.tip,
	}
	r.dropoff(&o, w, incomplete)
	r.options(&o, w)
	r.times(&o, w, now)
	return o, waybill.FieldErrors("doordash.order", r.problems)
}

// dropoff says where it goes and to whom.
func (r *request) dropoff(o *order, w waybill.Shipment, incomplete bool) {
	c := w.To.Contact
	o.DropoffAddress = r.address("to.address", w.To.Address)
	o.DropoffPhone = r.phone("to.contact.phone", w.To)
	o.DropoffNotes = line(w.Instructions)
	o.DropoffName, o.Email = line(c.Company), strings.TrimSpace(c.Email)
	given, family := person(c)
	if strings.ContainsAny(given+family, barred) {
		o.DropoffName = strings.Trim(given+" "+family+", "+o.DropoffName, ", ")
		given, family = "", ""
	}
	o.GivenName, o.FamilyName = given, family
	if !incomplete && line(c.AnyPhone()) == "" {
		r.report("to.contact.phone", waybill.RuleRequired, "", "", "DoorDash needs a phone number of the recipient")
	}
}

// barred are the letters that DoorDash takes in no person's name (GivenName, FamilyName); it takes them in the
// name of a place, where the Dasher reads them too.
const barred = "~`@#$%^&*+=?;[]{}"

// person is a name in two parts: as it was given, else parted before its last word.
func person(c waybill.Contact) (given, family string) {
	given, family = line(c.First), line(c.Last)
	if given != "" || family != "" {
		return given, family
	}
	given = line(c.Name)
	if at := strings.LastIndex(given, " "); at > 0 {
		given, family = given[:at], given[at+1:]
	}
	return given, family
}

// address writes an address in one line, as DoorDash wants it: in the order of its country.
func (r *request) address(path string, a waybill.Address) string {
	country := countries[a.Country]
	if country.code == "" {
		r.report(path+".country", waybill.RuleEnum, a.Country, "AU, CA, NZ, PR, US", "DoorDash does not deliver in %s", shorten(a.Country, 2))
		return ""
	}
	parts := a.Lines()
	if len(parts) == 0 {
		r.report(path+".street", waybill.RuleRequired, "", "", "DoorDash needs a street")
		return ""
	}
	if a.Postcode == "" && a.City == "" {
		r.report(path+".postcode", waybill.RuleRequired, "", "", "DoorDash needs a postcode or a city")
		return ""
	}
	for i := range parts {
		parts[i] = line(parts[i])
	}
	parts = append(parts, line(a.City), line(a.State+" "+a.Postcode), country.name)
	written := parts[:0]
	for _, part := range parts {
		if part != "" {
			written = append(written, part)
		}
	}
	return strings.Join(written, ", ")
}

// country is where DoorDash drives: its money, what its phone numbers begin with, and how it is written in an
// address (not at all in the United States).
type country struct{ code, currency, prefix, name string }

var countries = map[string]country{
	"US": {"US", "USD", "+1", ""},
	"PR": {"PR", "USD", "+1", ""},
	"CA": {"CA", "CAD", "+1", "Canada"},
	"AU": {"AU", "AUD", "+61", "Australia"},
	"NZ": {"NZ", "NZD", "+64", "New Zealand"},
}

// dialled is a telephone number with an extension perhaps, which nobody outside can dial.
var dialled = regexp.MustCompile(`^(\+?)([\d\s().\-/]{7,})(?:(?:x|ext\.?|#)\s*\d+)?$`)

// phone is a number as E.164 writes it, such as +16505550123. One without a country's prefix is taken for one of
// the address's country. Empty: none was given.
func (r *request) phone(path string, p waybill.Party) string {
	given := line(p.Contact.AnyPhone())
	if given == "" {
		return ""
	}
	parts := dialled.FindStringSubmatch(strings.ToLower(given))
	if parts == nil {
		parts = []string{"", "", ""}
	}
	digits := strings.Map(func(letter rune) rune {
		if letter >= '0' && letter <= '9' {
			return letter
		}
		return -1
	}, parts[2])
	prefix := countries[p.Address.Country].prefix
	switch {
	case parts[1] != "":
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case prefix == "+1" && len(digits) == 11 && digits[0] == '1':
	default:
		digits = prefix[min(1, len(prefix)):] + strings.TrimPrefix(digits, "0")
	}
	if len(digits) < 8 || len(digits) > 15 {
		r.report(path, waybill.RuleFormat, given, "E.164, such as +16505550123", "DoorDash cannot ring up %q", shorten(given, 30))
		return ""
	}
	return "+" + digits
}

// value is what the goods are worth, in cents: as it was given, else what they cost. DoorDash takes it in the
// money of the country only.
func (r *request) value(w waybill.Shipment) *int64 {
	local := countries[w.From.Address.Country].currency
	if local != "" && w.Value.Currency != "" && w.Value.Currency != local {
		r.report("value.currency", waybill.RuleEnum, w.Value.Currency, local, "DoorDash takes values in %s there", local)
		return nil
	}
	cents := waybill.Amount{Value: w.Value.Value, Currency: local}.Money().Minor
	if !w.Value.Value.Positive() {
		cents = 0
		for _, i := range w.Items {
			each := waybill.Amount{Value: price(i), Currency: local}.Money().Minor
			cents = waybill.Add(cents, waybill.Multiply(each, int64(max(i.Quantity, 1))))
		}
	}
	if cents < 0 || cents > 1<<31-1 {
		r.report("value", waybill.RuleRange, string(w.Value.Value), "21474836.47", "DoorDash takes goods of at most 21474836.47")
		return nil
	}
	return &cents
}

// price is what one piece costs its buyer.
func price(i waybill.Item) waybill.Decimal {
	if i.SalePrice != "" {
		return i.SalePrice
	}
	return i.Price
}

// locale is the language that the recipient hears from DoorDash in; empty: DoorDash's own choice.
func locale(tag string) string {
	language, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return map[string]string{"en": "en-US", "es": "es-US", "fr": "fr-CA"}[language]
}

// line is text in one line, with single spaces.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// shorten cuts text to so many characters.
func shorten(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	return strings.TrimSpace(string(letters[:limit]))
}

func firstOf(words ...string) string {
	for _, word := range words {
		if word != "" {
			return word
		}
	}
	return ""
}
