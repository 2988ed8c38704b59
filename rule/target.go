package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"waybill"
)

// Target says which carriers and services an action is about. Of each member that is given one entry
// must fit; a member that is not given fits everything. In JSON each is a text or a list of texts.
type Target struct {
	Carrier    []string     `json:"carrier,omitempty"`    // drivers: "ups"
	Connection []string     `json:"connection,omitempty"` // external ids or ids
	Provider   []string     `json:"provider,omitempty"`   // names: "DPD"
	Service    []ServiceKey `json:"service,omitempty"`    // "03" is a carrier's code, 37 a service number
}

// ServiceKey names a service: by the carrier's code (text in JSON) or by the account's number (a number).
type ServiceKey struct {
	Code   string
	Number int64
}

// MarshalJSON writes a code as text and a number as a number.
func (k ServiceKey) MarshalJSON() ([]byte, error) {
	if k.Number != 0 {
		return json.Marshal(k.Number)
	}
	return json.Marshal(k.Code)
}

// String is the key in words.
func (k ServiceKey) String() string {
	if k.Number != 0 {
		return "number " + strconv.FormatInt(k.Number, 10)
	}
	return k.Code
}

func (t *Target) empty() bool {
	return len(t.Carrier)+len(t.Connection)+len(t.Provider)+len(t.Service) == 0
}

// words are the target in a sentence: "carrier ups, service 03".
func (t *Target) words() string {
	var parts []string
	add := func(name string, list []string) {
		if len(list) > 0 {
			parts = append(parts, name+" "+strings.Join(list, " or "))
		}
	}
	add("carrier", t.Carrier)
	add("connection", t.Connection)
	add("provider", t.Provider)
	services := make([]string, len(t.Service))
	for i, key := range t.Service {
		services[i] = key.String()
	}
	add("service", services)
	return strings.Join(parts, ", ")
}

// carrierFits reports whether a connection fits, whatever the service.
func (t *Target) carrierFits(p *waybill.Provider) bool {
	return (len(t.Carrier) == 0 || foldContains(t.Carrier, p.Carrier)) &&
		(len(t.Connection) == 0 || slices.Contains(t.Connection, p.ExternalID) || slices.Contains(t.Connection, string(p.Connection))) &&
		(len(t.Provider) == 0 || foldContains(t.Provider, p.Name))
}

// serviceFits reports whether a service fits, whoever the carrier.
func (t *Target) serviceFits(code string, number int64) bool {
	return len(t.Service) == 0 || anyService(t.Service, code, number)
}

func anyService(keys []ServiceKey, code string, number int64) bool {
	return slices.ContainsFunc(keys, func(k ServiceKey) bool {
		if k.Number != 0 {
			return k.Number == number
		}
		return k.Code == code
	})
}

func foldContains(list []string, s string) bool {
	return slices.ContainsFunc(list, func(entry string) bool { return strings.EqualFold(entry, s) })
}

// serviceKeys reads one key or, where several may stand, a list.
func (p *parser) serviceKeys(raw json.RawMessage, path string, several bool) []ServiceKey {
	if !several || len(raw) == 0 || raw[0] != '[' {
		return p.serviceKey(raw, path)
	}
	elements, _ := p.elements(raw, path)
	if len(elements) == 0 {
		p.wrong(path, waybill.RuleEmpty, raw, "a list of at least one is wanted")
	}
	var keys []ServiceKey
	for i, element := range elements {
		keys = append(keys, p.serviceKey(element, path+"["+strconv.Itoa(i)+"]")...)
	}
	return keys
}

func (p *parser) serviceKey(raw json.RawMessage, path string) []ServiceKey {
	if code, ok := text(raw); ok && code != "" && len(code) <= maxText {
		return []ServiceKey{{Code: code}}
	}
	if number, ok := whole(raw); ok && number > 0 {
		return []ServiceKey{{Number: number}}
	}
	p.wrong(path, waybill.RuleString, raw, "a service is the carrier's code as text or a service number")
	return nil
}

// names reads a text or a list of texts.
func (p *parser) names(raw json.RawMessage, path string) []string {
	elements := []json.RawMessage{raw}
	listed := len(raw) > 0 && raw[0] == '['
	if listed {
		elements, _ = p.elements(raw, path)
	}
	if len(elements) == 0 {
		p.wrong(path, waybill.RuleEmpty, raw, "a list of at least one is wanted")
	}
	var list []string
	for i, element := range elements {
		s, ok := text(element)
		if !ok || s == "" || len(s) > maxText {
			at := path
			if listed {
				at += "[" + strconv.Itoa(i) + "]"
			}
			p.wrong(at, waybill.RuleString, element, "a name is text of 1 to %d bytes", maxText)
			continue
		}
		list = append(list, s)
	}
	return list
}

// productTest makes a criterion on the service of a rate.
func (p *parser) productTest(l *leaf, f field, op Op, value []byte, path string) {
	several := op == In || op == NotIn
	if several && (len(value) == 0 || value[0] != '[') {
		p.wrong(path, waybill.RuleArray, value, "a list is wanted here")
		return
	}
	list := p.serviceKeys(value, path, several)
	shown := make([]string, len(list))
	for i, key := range list {
		shown[i] = key.String()
	}
	wanted := op == Is || op == In
	l.words = phrase(f, op, words(shown))
	l.got = func(v *view) string {
		code, number := v.product()
		if number == 0 {
			return code
		}
		return code + " (number " + strconv.FormatInt(number, 10) + ")"
	}
	l.test = func(v *view) bool {
		code, number := v.product()
		return anyService(list, code, number) == wanted
	}
}
