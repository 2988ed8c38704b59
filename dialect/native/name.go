package native

import (
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/engine"
)

// name is a record that has a number: that number, or its name or id.
type name struct {
	no   int64
	text string
}

const longestName = 200

// Schema is what the document says of it.
func (name) Schema(huma.Registry) *huma.Schema {
	least, longest, one := 0.0, longestName, 1
	number := &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: &least, Description: "The number."}
	text := &huma.Schema{Type: huma.TypeString, MinLength: &one, MaxLength: &longest, Description: "The name, id or number."}
	number.PrecomputeMessages()
	text.PrecomputeMessages()
	return &huma.Schema{OneOf: []*huma.Schema{number, text}}
}

// MarshalJSON writes the number, else the text.
func (n name) MarshalJSON() ([]byte, error) {
	if n.text != "" {
		return json.Marshal(n.text)
	}
	return strconv.AppendInt(nil, n.no, 10), nil
}

// UnmarshalJSON reads either.
func (n *name) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &n.text)
	}
	return json.Unmarshal(data, &n.no)
}

// number is the number; 0: it was named otherwise, or not at all.
func (n *name) number() int64 {
	if n == nil {
		return 0
	}
	return n.no
}

// said is the record as it was named; empty: it was not.
func (n *name) said() string {
	if n == nil || n.text == "" && n.no == 0 {
		return ""
	}
	if n.text != "" {
		return n.text
	}
	return strconv.FormatInt(n.no, 10)
}

func showNumber(no int64) *name {
	if no == 0 {
		return nil
	}
	return &name{no: no}
}

func numbers(names []name) (list []int64) {
	for _, n := range names {
		list = append(list, n.no)
	}
	return list
}

func showNumbers(list []int64) (names []name) {
	for _, no := range list {
		names = append(names, name{no: no})
	}
	return names
}

// named is what an order names: tags and package sizes that are not called by their numbers, and who may carry it.
func (o Order) named() engine.Named {
	named := engine.Named{Tags: map[int]string{}, Boxes: map[int]string{}}
	for i, tag := range o.Tags {
		if tag.text != "" {
			named.Tags[i] = tag.text
		}
	}
	for i, p := range o.Parcels {
		if p.PackageSize != nil && p.PackageSize.text != "" {
			named.Boxes[i] = p.PackageSize.text
		}
	}
	if o.Carrier != nil {
		named.Service = o.Carrier.ServiceNumber.said()
	}
	named.Wishes = o.Carrier.wishes()
	return named
}

// namedIn are those of the members that a patch writes; the others are there already.
func (o Order) namedIn(p patch) engine.Named {
	named := o.named()
	if p["tags"] == nil {
		named.Tags = nil
	}
	if p["parcels"] == nil {
		named.Boxes = nil
	}
	if p["carrier_choice"] == nil {
		named.Wishes = nil
	}
	var choice struct {
		Service *name `json:"service_number"`
	}
	if json.Unmarshal(p["carrier_choice"], &choice) != nil || choice.Service == nil {
		named.Service = ""
	}
	return named
}

// wishes are the connections and services that a choice names.
func (c *choice) wishes() (list []engine.Wish) {
	if c == nil {
		return nil
	}
	const at = "carrier_choice."
	list = append(list, wish(at, c.Connection, "", nil))
	for i, p := range c.Proposed {
		below := at + "proposed[" + itoa(i) + "]."
		w := wish(below, p.Connection, "", nil)
		w.ByName = true
		list = append(list, w)
		for j, service := range p.Services {
			w.Service = engine.Said{Path: below + "services[" + itoa(j) + "]", Value: service}
			list = append(list, w)
		}
	}
	return list
}

// wish is who a caller wants to carry a parcel, told below a path.
func wish(below, connection, service string, most *money) engine.Wish {
	w := engine.Wish{
		Connection: engine.Said{Path: below + "connection", Value: connection}, Service: engine.Said{Path: below + "service", Value: service},
	}
	if most != nil {
		w.Most, w.Currency = waybill.Money{Minor: most.Amount, Currency: most.Currency}, below+"max_price.currency"
	}
	return w
}
