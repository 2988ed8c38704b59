// Package house is the carrier without an API: your own drivers, or a courier down the street. It prices
// from a rate card, issues its own tracking numbers and has its labels drawn by us.
//
// Everything it answers follows from the request alone, so asking again is harmless and nothing needs to
// be looked up. It knows of no scans: those of its parcels are entered through the command line or the
// API and live in the store, so [Adapter.Track] answers Unknown, and the engine has no need to ask.
package house

import (
	"embed"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ratecard"
)

const name = "house"

// The forms of tracking numbers.
const (
	formCourier = "courier"
	formPeddler = "peddler"
)

// Driver introduces the house courier.
func Driver() carrier.Driver {
	return carrier.Driver{
		Name:  name,
		Title: "House courier",
		Local: true,
		Settings: []carrier.Setting{
			{Name: "rate_card", Title: "Rate card", Help: "Services, zones and prices as JSON; docs/rate-card.md explains it.", Required: true},
			{Name: "display_name", Title: "Name on the label", Help: "What the label is headed with.", Default: "House courier"},
			{Name: "number_prefix", Title: "Number prefix", Help: "Begins every tracking number: up to 8 capital letters and digits.", Default: "WB"},
			{Name: "number_form", Title: "Number form", Help: "courier: prefix, serial number, check digit. peddler: 19 characters as Peddler writes them, with its label's limits and 2D code; the prefix then counts for nothing.", Default: formCourier},
			{Name: "sscc_prefix", Title: "SSCC prefix", Help: "Extension digit and GS1 company prefix, 8 to 11 digits, to put a GS1 licence plate on labels; empty: none."},
			{Name: "routing", Title: "Depot", Help: "Printed large on the label before the zone, to sort by; empty: the zone alone."},
		},
		Catalogue: catalogue,
		Kind:      (*Adapter)(nil),
		Card:      cardTools(),
		Formats:   []waybill.LabelFormat{waybill.FormatFace},
		Open:      open,
	}
}

//go:embed cards/*.json
var cards embed.FS

// DemoCard is an example rate card: us, gb, in or nl. Nobody's real prices.
func DemoCard(country string) ([]byte, error) {
	data, err := cards.ReadFile("cards/" + country + ".json")
	if err != nil {
		return nil, waybill.E("house.card", waybill.ReasonUnknownRecord, "there is no example rate card %q", country)
	}
	return data, nil
}

// Adapter is one opened connection.
type Adapter struct {
	card    *ratecard.Compiled
	heading string
	numbers numbering
	peddler bool // the label keeps to Peddler's limits
	sscc    string
	routing string
	sample  string
}

func open(settings carrier.Settings, env carrier.Env) (carrier.Adapter, error) {
	card, err := compile(settings)
	var problems []waybill.FieldError
	if err != nil {
		e := waybill.AsError(err)
		if len(e.Fields) == 0 {
			problems = append(problems, waybill.FieldError{Path: "settings.rate_card", Rule: waybill.RuleFormat, Message: e.Message})
		}
		for _, f := range e.Fields {
			f.Path = "settings.rate_card." + f.Path
			problems = append(problems, f)
		}
	}
	a := &Adapter{
		card: card, heading: settings["display_name"], sscc: settings["sscc_prefix"], routing: settings["routing"],
	}
	prefix := settings["number_prefix"]
	if len(prefix) > 8 || strings.Trim(prefix, letters+digits) != "" {
		problems = append(problems, waybill.FieldError{
			Path: "settings.number_prefix", Rule: waybill.RuleFormat, Value: prefix,
			Message: "the number prefix is up to 8 capital letters and digits",
		})
	}
	switch form := settings["number_form"]; form {
	case "", formCourier:
		a.numbers = courier{prefix}
	case formPeddler:
		a.numbers, a.peddler = peddler{}, true
	default:
		problems = append(problems, waybill.FieldError{
			Path: "settings.number_form", Rule: waybill.RuleEnum, Value: form, Limit: formCourier + ", " + formPeddler,
			Message: "the number form is " + formCourier + " or " + formPeddler,
		})
	}
	if n := len(a.sscc); n > 0 && (n < 8 || n > 11 || strings.Trim(a.sscc, digits) != "") {
		problems = append(problems, waybill.FieldError{
			Path: "settings.sscc_prefix", Rule: waybill.RuleFormat, Value: a.sscc,
			Message: "the SSCC prefix is 8 to 11 digits: an extension digit, then the GS1 company prefix",
		})
	}
	if err := waybill.FieldErrors("house.open", problems); err != nil {
		return nil, err
	}
	if env.Mode == waybill.ModeSimulator || env.Mode == waybill.ModeSandbox {
		a.sample = "SAMPLE"
	}
	return a, nil
}

func compile(settings carrier.Settings) (*ratecard.Compiled, error) {
	card, err := ratecard.Parse([]byte(settings["rate_card"]))
	if err != nil {
		return nil, err
	}
	return ratecard.Compile(card)
}

// catalogue lists the services of a connection's rate card; none when the card cannot be used.
func catalogue(settings carrier.Settings) []carrier.ServiceInfo {
	card, err := compile(settings)
	if err != nil {
		return nil
	}
	return card.Services()
}

// What the house courier can do.
var (
	_ carrier.Adapter    = (*Adapter)(nil)
	_ carrier.Quoter     = (*Adapter)(nil)
	_ carrier.Voider     = (*Adapter)(nil)
	_ carrier.Returner   = (*Adapter)(nil)
	_ carrier.Collector  = (*Adapter)(nil)
	_ carrier.Manifester = (*Adapter)(nil)
	_ carrier.Labeller   = (*Adapter)(nil)
)
