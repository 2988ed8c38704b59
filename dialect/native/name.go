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

// named are the tags and package sizes of an order that are not called by their numbers.
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
	return named
}

// connects reports whether a carrier is reached by the connection that is named, by its external id or id; "": any.
func connects(named string, p waybill.Provider) bool {
	return named == "" || named == p.ExternalID || named == string(p.Connection)
}
