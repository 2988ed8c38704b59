package native

import (
	"slices"
	"strings"

	"waybill"
)

// repath tells what is wrong with fields by the paths that they have in the body of one operation.
func repath(err error, path func(string) string) error {
	e := waybill.AsError(err)
	if e == nil || len(e.Fields) == 0 {
		return err
	}
	told := *e
	told.Fields = slices.Clone(e.Fields)
	for i := range told.Fields {
		told.Fields[i].Path = path(told.Fields[i].Path)
	}
	return &told
}

// flat is a path of a party, as which it is told: without the engine's groups of members.
func flat(path string) string { return groups.Replace(path) }

var groups = strings.NewReplacer(
	".contact.first", ".first_name", ".contact.last", ".last_name", ".contact.", ".", ".address.street", ".street1",
	".address.", ".",
)

// notThere says which member of a body names what is not there.
func notThere(err error, path, value string) error {
	e := waybill.AsError(err)
	if e == nil || e.Reason != waybill.ReasonUnknownShipment || len(e.Fields) > 0 {
		return err
	}
	told := *e
	told.Fields = []waybill.FieldError{{Path: path, Rule: waybill.RuleExists, Value: shortened(value), Message: e.Message}}
	return &told
}
