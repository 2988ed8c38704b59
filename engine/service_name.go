package engine

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waybill"
	"waybill/rule"
)

// serviceNamed are the account's services that are called so: by number, else by id, by code, by name.
func (s *setup) serviceNamed(name string, way waybill.Direction) (list []waybill.Service) {
	for _, fits := range []func(waybill.Service) bool{
		func(v waybill.Service) bool { return strconv.FormatInt(v.Number, 10) == name },
		func(v waybill.Service) bool { return string(v.ID) == name },
		func(v waybill.Service) bool { return v.Code == name },
		func(v waybill.Service) bool { return strings.EqualFold(v.Name, name) },
	} {
		for _, v := range s.services {
			if v.Direction == way && !v.Disabled && fits(v) {
				list = append(list, v)
			}
		}
		if len(list) > 0 {
			break
		}
	}
	return list
}

// nameService finds the service that an order names in place of its number. A carrier's code that the account has not
// numbered is all that is proposed.
func (e *Engine) nameService(o *order, name string) (wrong []waybill.FieldError) {
	const path = "carrier_choice.service_number"
	if name == "" {
		return nil
	}
	choice := &o.shipment.Choice
	switch list := o.set.serviceNamed(name, waybill.Outgoing); {
	case len(list) == 1:
		choice.Service = list[0].Number
	case len(list) > 1:
		var numbers []string
		for _, v := range list {
			numbers = append(numbers, strconv.FormatInt(v.Number, 10))
		}
		limit := strings.Join(numbers, ", ")
		wrong = append(wrong, waybill.FieldError{
			Path: path, Rule: waybill.RuleUnique, Value: name, Limit: limit, Message: "several services are called so; name it by its number: " + limit,
		})
	case len(choice.Proposed) == 0 && slices.ContainsFunc(o.set.connections, func(c waybill.Connection) bool { return e.sells(o.set, c, waybill.Outgoing, name) }):
		choice.Proposed = []waybill.Pick{{Services: []string{name}}}
	default:
		wrong = append(wrong, unknownNamed(path, name, "service"))
	}
	return wrong
}

// returnNumber is the number of the return service that a rule attaches; 0: none, or the account has none such.
func (s *setup) returnNumber(k rule.ServiceKey) int64 {
	if k.Number != 0 || k.Code == "" {
		return k.Number
	}
	for _, v := range s.services {
		if v.Direction == waybill.Incoming && !v.Disabled && v.Code == k.Code {
			return v.Number
		}
	}
	return 0
}

// unsold are the services that an action of a rule names and the account has not.
func (e *Engine) unsold(set *setup, do rule.Do, raw json.RawMessage) (names []string) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	way := waybill.Outgoing
	if do == rule.ReturnService {
		way = waybill.Incoming
	}
	for _, one := range list {
		var number int64
		var code string
		switch {
		case json.Unmarshal(one, &number) == nil && number > 0:
			if set.service(number, way) == nil {
				names = append(names, strconv.FormatInt(number, 10))
			}
		case json.Unmarshal(one, &code) != nil || code == "":
		case do == rule.ReturnService:
			if set.returnNumber(rule.ServiceKey{Code: code}) == 0 {
				names = append(names, code+" that brings parcels back and has a number")
			}
		case !slices.ContainsFunc(set.connections, func(c waybill.Connection) bool { return e.sells(set, c, way, code) }):
			names = append(names, code)
		}
	}
	return names
}
