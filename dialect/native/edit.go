package native

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waybill"
	"waybill/engine"
)

// patch is a merge patch (RFC 7396): what is left out stays, null takes away, a list is replaced whole.
type patch map[string]json.RawMessage

// Schema lists the members that can be changed. What a changed shipment would be is checked as a new one is.
func (patch) Schema(r huma.Registry) *huma.Schema {
	s := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{}, MinProperties: new(int),
		Description: "A merge patch (RFC 7396) of the members of a shipment: what is left out stays, null takes away, a list is replaced whole.",
	}
	*s.MinProperties = 1
	of := r.SchemaFromRef(r.Schema(reflect.TypeFor[Order](), true, "Order").Ref)
	for name, member := range of.Properties {
		s.Properties[name] = &huma.Schema{Description: member.Description}
	}
	s.PrecomputeMessages()
	return s
}

type editIn struct {
	Conditional
	ID    string `path:"id" maxLength:"310" doc:"The shipment's id, or your reference." example:"ORDER-1001"`
	Force bool   `query:"force" doc:"Store what the carrier would not take any more. Parcels stay as they are all the same."`
	Body  patch
}

type editing struct {
	edit  engine.EditShipment
	patch patch
}

func edits(a *api) {
	op(a, operation{
		ID: "edit-shipment", Method: "PATCH", Path: "/shipments/{id}", Tag: "Shipments", Summary: "Change a shipment", Scope: waybill.ScopeShip,
		About: "Before somebody carries it everything may change. Afterwards the carrier is told, if it takes changes; of one that takes none parcels are " +
			"frozen, and what it was told changes only with force.",
		Example: map[string]any{"instructions": "Ring twice", "to": map[string]any{"phone": "0117 496 0000"}},
	}, readEdit, a.edit, showShipment)
}

func readEdit(_ *call, in *editIn) (editing, error) {
	version, err := in.version()
	return editing{engine.EditShipment{Ref: ref(in.ID), Version: version, Force: in.Force, Strict: true}, in.Body}, err
}

// edit changes a shipment by a merge patch. It is tried on the shipment as it is, so that what is wrong is told
// member by member; the engine makes it anew on what is there when it is stored.
func (a *api) edit(s engine.Session, ctx context.Context, in editing) (waybill.Shipment, error) {
	sh, err := s.GetShipment(ctx, engine.GetShipment{Ref: in.edit.Ref})
	if err != nil {
		return sh, err
	}
	tried, err := in.patch.on(sh)
	if err != nil {
		return sh, err
	}
	if err := a.valid(tried); err != nil {
		return sh, err
	}
	var o Order
	if err := taken(tried, &o); err != nil {
		return sh, err
	}
	if err := o.amountsIn(in.patch); err != nil {
		return sh, err
	}
	if _, named := in.patch["location"]; named {
		in.edit.Location = &o.Location
	}
	if _, named := in.patch["return_location"]; named {
		in.edit.Return = &o.ReturnPlace
	}
	in.edit.Named = o.namedIn(in.patch)
	in.edit.Change = func(sh *waybill.Shipment) {
		text, err := in.patch.on(*sh)
		var now Order
		if err != nil || json.Unmarshal(text, &now) != nil {
			now = o // it could be read a moment ago
		}
		for name := range in.patch {
			if write := members[name]; write != nil {
				write(now, sh)
			}
		}
	}
	sh, err = s.EditShipment(ctx, in.edit)
	return sh, repath(late(err, in.patch), flat)
}

// late is the refusal of a change that comes after somebody has the shipment: as one of a field that can no longer change,
// under the member that was sent. A location was sent, and changes where the shipment comes from.
func late(err error, sent patch) error {
	e := waybill.AsError(err)
	if e == nil || e.Op != "edit" || len(e.Fields) != 1 || e.Reason != waybill.ReasonFrozen && e.Reason != waybill.ReasonBookingFailed {
		return err
	}
	f := e.Fields[0]
	path := paths.Replace(f.Path)
	for _, known := range []struct{ engine, member string }{
		{"choice", "carrier_choice"}, {"from", "location"}, {"parcels", "total_weight"}, {"total_weight", "parcels"}, {"parcel_count", "parcels"},
	} {
		if _, named := sent[path]; !named && path == known.engine {
			path = known.member
			break
		}
	}
	told := waybill.E(e.Op, waybill.ReasonFrozen, "%s", strings.Replace(e.Message, f.Path, path, 1))
	f.Path, f.Message = path, told.Message
	told.Fields = []waybill.FieldError{f}
	return told
}

// on is the patched shipment in the members of an order, as JSON.
func (p patch) on(sh waybill.Shipment) ([]byte, error) {
	text, err := json.Marshal(showOrder(sh))
	if err != nil {
		return nil, err
	}
	var target map[string]any
	if err := exactly(text, &target); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(p)) {
		var change any
		if err := exactly(p[name], &change); err != nil {
			return nil, waybill.E("edit", waybill.ReasonBadJSON, "%s cannot be read", name)
		}
		target[name] = merged(target[name], change)
		if target[name] == nil {
			delete(target, name)
		}
	}
	return json.Marshal(target)
}

// merged is RFC 7396 section 2.
func merged(target, change any) any {
	object, ok := change.(map[string]any)
	if !ok {
		return change
	}
	result, ok := target.(map[string]any)
	if !ok {
		result = map[string]any{}
	}
	for name, value := range object {
		if value == nil {
			delete(result, name)
		} else {
			result[name] = merged(result[name], value)
		}
	}
	return result
}

// valid holds a text against the schema of an order.
func (a *api) valid(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	registry := a.OpenAPI().Components.Schemas
	result := &huma.ValidateResult{}
	path := huma.NewPathBuffer([]byte{}, 0)
	huma.Validate(registry, registry.Schema(reflect.TypeFor[Order](), true, "Order"), path, huma.ModeWriteToServer, value, result)
	var fields []waybill.FieldError
	for _, err := range result.Errors {
		if d, ok := err.(*huma.ErrorDetail); ok {
			fields = append(fields, fieldError(d))
		}
	}
	fields = append(fields, nuls("", value)...)
	return waybill.FieldErrors("edit", fields)
}

func itoa(n int) string { return strconv.Itoa(n) }
