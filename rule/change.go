package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// Change is one alteration of a shipment's details by a rule, before carriers are asked. The fields
// that can be changed, with their values in JSON:
//
//	weight                "2.5 kg": of all parcels together; several parcels get equal shares
//	value, insurance, cod "20.00 GBP"
//	signature             "required", "adult", "not_required"
//	temperature           "refrigerated", "none"
//	dangerous_goods       true
//	enhancement           the carrier's own extra, by its id
//	ship_date             "2026-12-24"
//	instructions          to the deliverer
//	pickup_notes          to the collector
//	sender_tax_number, recipient_tax_number
//	                      {"type": "IOSS", "number": "IM3720000224", "country": "GB"}; country may be left out
//	attribute.<key>       a text among the caller's attributes, such as a reason for export
type Change struct {
	Field string
	Value string // in words
	Rule  string // name
	apply func(*waybill.Shipment)
}

// Apply makes the changes to a shipment. It shares nothing with the original but what it leaves alone.
func (s Selection) Apply(shipment *waybill.Shipment) {
	for _, c := range s.Changes {
		c.apply(shipment)
	}
}

// textChanges are the fields that take any text.
var textChanges = map[string]func(*waybill.Shipment) *string{
	"signature":    func(s *waybill.Shipment) *string { return &s.Options.Signature },
	"enhancement":  func(s *waybill.Shipment) *string { return &s.Options.Enhancement },
	"instructions": func(s *waybill.Shipment) *string { return &s.Instructions },
	"pickup_notes": func(s *waybill.Shipment) *string { return &s.PickupNotes },
}

// moneyChanges are the fields that take an amount.
var moneyChanges = map[string]func(*waybill.Shipment) *waybill.Amount{
	"value":     func(s *waybill.Shipment) *waybill.Amount { return &s.Value },
	"insurance": func(s *waybill.Shipment) *waybill.Amount { return &s.Options.Insurance },
	"cod":       func(s *waybill.Shipment) *waybill.Amount { return &s.Options.COD },
}

// compileChange checks a change and makes it ready to run.
func (p *parser) compileChange(a *action, path string) {
	s, isText := text(a.Value)
	problem := ""
	key, isAttribute := strings.CutPrefix(a.Field, attributePrefix)
	switch into, amount := textChanges[a.Field], moneyChanges[a.Field]; {
	case into != nil:
		a.alter, problem = func(to *waybill.Shipment) { *into(to) = s }, "text is wanted"
		isText = isText && s != "" && len(s) <= maxText
	case amount != nil:
		isText = isText && p.moneyChange(a, s, amount)
		problem = `write an amount as "20.00 GBP"`
	case isAttribute && key != "" && len(key) <= 100:
		a.alter, problem = func(to *waybill.Shipment) { setAttribute(to, key, s) }, "text is wanted"
		isText = isText && len(s) <= maxText
	case a.Field == "temperature":
		a.alter, problem = func(to *waybill.Shipment) { setTemperature(to, s) }, "text is wanted"
		isText = isText && s != "" && len(s) <= 100
	case a.Field == "weight":
		w, ok := parseWeight(s)
		isText, problem = isText && ok && w.Grams() > 0, `write a weight as "2.5 kg"`
		a.alter = func(to *waybill.Shipment) { setWeight(to, w) }
	case a.Field == "ship_date":
		_, problem = readDate(s)
		isText = isText && problem == ""
		a.alter = func(to *waybill.Shipment) { to.Options.ShipDate = s }
	case a.Field == "dangerous_goods":
		var value bool
		value, isText = truth(a.Value)
		s, problem = strconv.FormatBool(value), "true or false is wanted"
		a.alter = func(to *waybill.Shipment) { to.Options.DangerousGoods = value }
	case a.Field == "sender_tax_number" || a.Field == "recipient_tax_number":
		p.compileTaxChange(a, path)
		return
	default:
		p.wrong(path+".field", waybill.RuleEnum, []byte(a.Field), "%q cannot be changed by a rule", shorten(a.Field, 60))
		return
	}
	if !isText {
		p.wrong(path+".value", waybill.RuleFormat, a.Value, "%s: %s", a.Field, problem)
	}
	a.name(s)
}

// name puts a change in words and makes it contradict others of the same field.
func (a *action) name(value string) {
	a.slot, a.words = "change of "+a.Field, "changes "+a.Field+" to "+value
	a.value = value
}

func (p *parser) moneyChange(a *action, s string, into func(*waybill.Shipment) *waybill.Amount) bool {
	value, currency, _ := strings.Cut(s, " ")
	d, err := waybill.ParseDecimal(value)
	_, unit, problem := readMoney(s)
	a.alter = func(to *waybill.Shipment) { *into(to) = waybill.Amount{Value: d, Currency: unit} }
	return err == nil && problem == "" && currency != ""
}

// setWeight gives the shipment a weight; carriers are told parcels' weights, so these follow.
func setWeight(s *waybill.Shipment, w waybill.Weight) {
	s.TotalWeight = w
	s.Parcels = slices.Clone(s.Parcels)
	share := w
	if n := int64(len(s.Parcels)); n > 1 {
		share = waybill.WeightOf((w.Grams() + n - 1) / n)
	}
	for i := range s.Parcels {
		s.Parcels[i].Weight = share
	}
}

func setTemperature(s *waybill.Shipment, word string) {
	s.Options.Temperature = word
	s.Parcels = slices.Clone(s.Parcels)
	for i := range s.Parcels {
		s.Parcels[i].Temperature = word
	}
}

func setAttribute(s *waybill.Shipment, key, value string) {
	all := map[string]json.RawMessage{}
	if len(s.Attributes) > 0 && json.Unmarshal(s.Attributes, &all) != nil {
		return // the caller's attributes are no object: there is no place to put a key
	}
	if all == nil { // JSON null
		all = map[string]json.RawMessage{}
	}
	all[key] = quote(value)
	if raw, err := json.Marshal(all); err == nil {
		s.Attributes = raw
	}
}

// compileTaxChange checks a tax number; it replaces the party's number of that type.
func (p *parser) compileTaxChange(a *action, path string) {
	var id waybill.TaxID
	members, ok := p.members(a.Value, path+".value", []string{"type", "number", "country"})
	if !ok {
		return
	}
	for name, into := range map[string]*string{"type": &id.Type, "number": &id.Number, "country": &id.Country} {
		raw := members[name]
		if raw == nil && name == "country" {
			continue
		}
		if *into, ok = text(raw); !ok || *into == "" || len(*into) > 50 || (name == "country" && !alpha2(*into)) {
			p.wrong(path+".value."+name, waybill.RuleFormat, raw, "a tax number has type and number, and perhaps a country of two letters")
		}
	}
	a.alter = func(to *waybill.Shipment) {
		party := &to.From
		if a.Field == "recipient_tax_number" {
			party = &to.To
		}
		party.TaxIDs = slices.DeleteFunc(slices.Clone(party.TaxIDs), func(old waybill.TaxID) bool { return old.Type == id.Type })
		party.TaxIDs = append(party.TaxIDs, id)
	}
	a.name(strings.TrimSpace(id.Type + " " + id.Number + " " + id.Country))
	a.slot += " " + id.Type
}
