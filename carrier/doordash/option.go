package doordash

import (
	"fmt"
	"strings"

	"waybill"
)

// contactless is what a caller may write in Options.Enhancement: the Dasher leaves the parcel at the door and
// takes a picture of it.
const contactless = "contactless"

// contents are the words for goods that DoorDash must know of, as it calls them (OrderContains).
var contents = map[string]string{
	"alcohol": "alcohol", "tobacco": "tobacco", "hemp": "hemp", "otc": "otc", "pharmacy": "pharmacy_items",
	"age_restricted_pharmacy": "age_restricted_pharmacy_items",
}

// aged are the goods that are handed over only to those who are old enough, against their papers.
var aged = map[string]bool{"alcohol": true, "tobacco": true, "age_restricted_pharmacy": true}

// options puts a shipment's wishes where DoorDash takes them. One that it cannot fulfil is refused, never
// dropped.
func (r *request) options(o *order, w waybill.Shipment) {
	wishes := w.Options
	r.kept("options.temperature", wishes.Temperature)
	for i, p := range w.Parcels {
		r.kept(fmt.Sprintf("parcels[%d].temperature", i), p.Temperature)
	}
	refuse := func(asked bool, path, what string) {
		if asked {
			r.report(path, waybill.RuleEnum, "", "", "DoorDash offers no %s through this connection", what)
		}
	}
	refuse(wishes.DangerousGoods, "options.dangerous_goods", "carriage of dangerous goods")
	refuse(wishes.Insurance.Value.Positive(), "options.insurance", "insurance")
	refuse(wishes.COD.Value.Positive(), "options.cod", "cash on delivery")
	refuse(wishes.PIN, "options.pin", "one-time passwords")
	refuse(wishes.Format != "", "options.format", "formats")
	switch wishes.Enhancement {
	case "":
	case contactless:
		o.Contactless = true
	default:
		r.report("options.enhancement", waybill.RuleEnum, wishes.Enhancement, contactless, "DoorDash has no extra %q", shorten(wishes.Enhancement, 30))
	}
	// Without a word DoorDash would leave the parcel at the door.
	switch wishes.Undeliverable {
	case "", waybill.UndeliverableReturn:
		o.Undeliverable = "return_to_pickup"
	case waybill.UndeliverableDispose:
		o.Undeliverable = "dispose"
	default:
		r.report("options.undeliverable", waybill.RuleEnum, wishes.Undeliverable, "return, dispose", "DoorDash cannot %s what nobody takes", shorten(wishes.Undeliverable, 30))
	}
	r.goods(o, w)
	r.signature(o, wishes.Signature)
}

// kept refuses a temperature: Dashers bring bags, not refrigerators.
func (r *request) kept(path, temperature string) {
	if t := strings.ToLower(temperature); t != "" && t != "none" && t != "ambient" {
		r.report(path, waybill.RuleEnum, temperature, "none", "DoorDash does not keep parcels %s", shorten(temperature, 30))
	}
}

// goods tells of what is restricted among them.
func (r *request) goods(o *order, w waybill.Shipment) {
	words := []string{w.Options.Contents}
	for _, p := range w.Parcels {
		words = append(words, p.Contents...)
	}
	for _, word := range words {
		word = strings.ToLower(strings.TrimSpace(word))
		if contents[word] == "" {
			continue
		}
		if o.Contains == nil {
			o.Contains = map[string]bool{}
		}
		o.Contains[contents[word]] = true
		if aged[word] {
			o.DropoffOptions = &dropoffOptions{IDVerification: "required"}
		}
	}
}

// signature asks for one; an adult's is one against papers.
func (r *request) signature(o *order, word string) {
	switch strings.ToLower(word) {
	case "", "none", "not_required":
		return
	case "required", "signature":
	case "adult", "adult_signature":
		o.DropoffOptions = &dropoffOptions{IDVerification: "required"}
	default:
		r.report("options.signature", waybill.RuleEnum, word, "not_required, required, adult", "DoorDash has no signature %q", shorten(word, 30))
		return
	}
	if o.Contactless {
		r.report("options.signature", waybill.RuleNeeds, word, "", "nobody signs for what is left at the door")
		return
	}
	o.Signature = true
}
