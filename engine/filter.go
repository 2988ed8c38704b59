package engine

import (
	"slices"
	"strings"

	"waybill"
	"waybill/store"
)

// A list is asked for by names: an id, or what the account calls a record. What nothing is called is refused, not
// answered with an empty list; what something was called once, and is listed under that name still, is not.

// byName makes the records that a list of shipments is asked by those that it is kept by: locations by external id, a
// connection by its name.
func byName(tx store.Tx, in *ListShipments) error {
	in.Query.Locations = slices.Clone(in.Query.Locations)
	for i, name := range in.Places {
		l, err := recordNamed(tx.Locations(), name)
		key := l.ExternalID
		if waybill.IsCode(err, waybill.NotFound) {
			key = name
			err = listed(tx, store.ShipmentQuery{Locations: []string{name}}, "query.location["+itoa(i)+"]", name, "location")
		}
		if err != nil {
			return err
		}
		in.Query.Locations = append(in.Query.Locations, key)
	}
	if in.Carrier == "" {
		return nil
	}
	c, err := recordNamed(tx.Connections(), in.Carrier)
	term := Term{Field: TermCarrier, Value: c.Name}
	if waybill.IsCode(err, waybill.NotFound) {
		term.Value = in.Carrier
		if err = connectionCalled(tx, in.Carrier); waybill.IsCode(err, waybill.NotFound) {
			err = listed(tx, store.ShipmentQuery{Terms: []Term{term}}, "query.carrier", in.Carrier, "connection")
		}
	}
	in.Query.Terms = append(slices.Clone(in.Query.Terms), term)
	return err
}

// listed refuses a name under which no shipment is kept.
func listed(tx store.Tx, q store.ShipmentQuery, path, name, what string) error {
	found, err := tx.Shipments().Find(q, Page{Limit: 1})
	if err == nil && len(found.Items) == 0 {
		err = waybill.FieldErrors("list", []waybill.FieldError{unknownNamed(path, name, what)})
	}
	return err
}

// recordNamed reads a record by its key, else by its id.
func recordNamed[T any](table store.Keyed[T], name string) (T, error) {
	r, err := table.ByKey(name)
	if waybill.IsCode(err, waybill.NotFound) && isID(name) {
		r, err = table.Get(waybill.ID(name))
	}
	return r, err
}

// connectionCalled is NotFound where no connection has the name.
func connectionCalled(tx store.Tx, name string) error {
	all, err := tx.Connections().All()
	if err == nil && !slices.ContainsFunc(all, func(c waybill.Connection) bool { return strings.EqualFold(c.Name, name) }) {
		err = waybill.E("list", waybill.ReasonUnknownRecord, "no connection is called %q", name)
	}
	return err
}

// idNamed is the id of a record that a list is asked by. An id of what is gone is let pass where something is kept under it.
func idNamed[T any](table store.Keyed[T], name, what string, id func(T) waybill.ID, kept func(waybill.ID) (bool, error)) (waybill.ID, error) {
	if name == "" {
		return "", nil
	}
	r, err := recordNamed(table, name)
	if !waybill.IsCode(err, waybill.NotFound) {
		return id(r), err
	}
	some, err := kept(waybill.ID(name))
	if err == nil && !some {
		err = waybill.FieldErrors("list", []waybill.FieldError{unknownNamed("query."+what, name, what)})
	}
	return waybill.ID(name), err
}

func locationID(l waybill.Location) waybill.ID     { return l.ID }
func connectionID(c waybill.Connection) waybill.ID { return c.ID }

// callerNamed is the id of the one caller, a person, client or key, that the request log is asked by.
func (s Session) callerNamed(tx store.Tx, name string) (waybill.ID, error) {
	set, err := s.setup(tx, s.Actor.Account)
	if err != nil || name == "" {
		return "", err
	}
	keys, err := tx.APIKeys().All()
	if err != nil {
		return "", err
	}
	var ids []waybill.ID
	add := func(id waybill.ID, called string) {
		if string(id) == name || strings.EqualFold(called, name) {
			ids = append(ids, id)
		}
	}
	for _, u := range set.users {
		add(u.ID, u.Email)
	}
	for _, c := range set.clients {
		add(c.ID, c.ClientID)
	}
	for _, k := range keys {
		add(k.ID, k.Name)
	}
	refuse := func(f waybill.FieldError) error { return waybill.FieldErrors("list", []waybill.FieldError{f}) }
	switch {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return "", refuse(waybill.FieldError{Path: "query.client", Rule: waybill.RuleUnique, Value: name, Message: "several are called so: give the id of one"})
	}
	entries, err := tx.Requests().Find(RequestQuery{Actor: waybill.ID(name)}, Page{Limit: 1})
	if err == nil && len(entries.Items) == 0 {
		err = refuse(unknownNamed("query.client", name, "client"))
	}
	return waybill.ID(name), err
}
