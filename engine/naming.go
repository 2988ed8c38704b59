package engine

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"waybill"
	"waybill/store"
)

// Named is what an order names and the account must have. Tags and package sizes are those named by an id or a name in
// place of the number, by their place in the list of tags or parcels; the number there is 0.
type Named struct {
	Tags  map[int]string
	Boxes map[int]string
	// Service is the service that carries it, in place of Choice.Service: its number, id, code or name.
	Service string
	// Wishes are the connections and services that it names.
	Wishes []Wish
}

// name finds the records of an order that are named, and calls them as the account does: tags and package sizes by
// number, connections by external id.
func (e *Engine) name(o *order, named Named) error {
	sh := &o.shipment
	if c := o.set.connection(waybill.ID(sh.Choice.Connection)); c != nil {
		sh.Choice.Connection = c.ExternalID
	}
	for i := range sh.Choice.Proposed {
		if c := o.set.connection(waybill.ID(sh.Choice.Proposed[i].Provider)); c != nil {
			sh.Choice.Proposed[i].Provider = c.ExternalID
		}
	}
	var problems []waybill.FieldError
	for i := range sh.Tags {
		name, ok := named.Tags[i]
		if !ok {
			continue
		}
		if t := o.set.tag(name); t != nil {
			sh.Tags[i] = t.Number
		} else {
			problems = append(problems, unknownNamed("tags["+itoa(i)+"]", name, "tag"))
		}
	}
	for i := range sh.Parcels {
		name, ok := named.Boxes[i]
		if !ok {
			continue
		}
		if size := o.set.sizeNamed(name); size != nil {
			sh.Parcels[i].SizeNumber = size.Number
		} else {
			problems = append(problems, unknownNamed("parcels["+itoa(i)+"].size", name, "package size"))
		}
	}
	problems = append(problems, e.nameService(o, named.Service)...)
	return waybill.FieldErrors("create", append(problems, e.unknown(o.set, waybill.Outgoing, named.Wishes...)...))
}

func unknownNamed(path, name, what string) waybill.FieldError {
	return waybill.FieldError{Path: path, Rule: waybill.RuleExists, Value: name, Message: "there is no such " + what}
}

// tag is the account's tag of a name, an id or a number; nil: there is none.
func (s *setup) tag(name string) *waybill.Tag {
	for _, fits := range []func(waybill.Tag) bool{
		func(t waybill.Tag) bool { return t.Name == name },
		func(t waybill.Tag) bool { return string(t.ID) == name },
		func(t waybill.Tag) bool { return strconv.FormatInt(t.Number, 10) == name },
	} {
		if i := slices.IndexFunc(s.tags, fits); i >= 0 {
			return &s.tags[i]
		}
	}
	return nil
}

// sizeNamed is the account's package size of a name, an id or a number; nil: there is none.
func (s *setup) sizeNamed(name string) *waybill.PackageSize {
	if size := s.sizeByName(name); size != nil {
		return size
	}
	for i := range s.sizes {
		if size := &s.sizes[i]; !size.Disabled && (string(size.ID) == name || strconv.FormatInt(size.Number, 10) == name) {
			return size
		}
	}
	return nil
}

// isID reports whether a text is formed as an id: 24 hexadecimal digits.
func isID(text string) bool {
	return len(text) == 24 && strings.Trim(text, "0123456789abcdef") == ""
}

// childNamed is the id of the actor's account or a child of it that is named by it or by its name; what is no child's name stays as it is, and is
// nobody's id.
func (s Session) childNamed(ctx context.Context, named waybill.ID) (waybill.ID, error) {
	if named == "" || isID(string(named)) {
		return named, nil
	}
	id := named
	err := s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		a, err := tx.Accounts().ByKey(string(named))
		if err == nil && (a.ID == s.Actor.Account || a.Parent == s.Actor.Account || slices.Contains(s.Actor.Grants, a.ID)) {
			id = a.ID
		}
		return err
	})
	if waybill.IsCode(err, waybill.NotFound) {
		err = nil
	}
	return id, err
}

// childrenNamed are the ids of child accounts that are named by them or by their names.
func (s Session) childrenNamed(ctx context.Context, named []waybill.ID) ([]waybill.ID, error) {
	var ids []waybill.ID
	for _, name := range named {
		id, err := s.childNamed(ctx, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// hookID is the id of an endpoint that is named by it or by its name; what is no endpoint's name stays as it is.
func (s Session) hookID(ctx context.Context, named waybill.ID) (waybill.ID, error) {
	if named == "" || isID(string(named)) {
		return named, nil
	}
	id := named
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		hook, err := tx.Subscriptions().ByKey(string(named))
		if err == nil {
			id = hook.ID
		}
		return err
	})
	if waybill.IsCode(err, waybill.NotFound) {
		err = nil
	}
	return id, err
}
