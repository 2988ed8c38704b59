package engine

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"waybill"
	"waybill/store"
)

// sought is who is to be forgotten, in the words that shipments are found by.
type sought struct {
	Email, Phone, Name, Postcode string
	Shipments                    []waybill.ID
	Erased                       []waybill.ID // theirs, that have been erased so far
}

func (s Session) sought(ctx context.Context, in Erase) (f sought, err error) {
	f = sought{store.Fold(in.Email), store.Fold(in.Phone), store.Fold(in.Name), store.Fold(in.Postcode), nil, nil}
	if (f.Name == "") != (f.Postcode == "") {
		return f, wrongField("postcode", waybill.RuleNeeds, "", "a name alone is not one person, and neither is a postal code: give both")
	}
	for i, ref := range in.Shipments {
		sh, err := s.GetShipment(ctx, GetShipment{Ref: ref})
		if err == nil && sh.Account != s.Actor.Account {
			err = waybill.E("erase", waybill.ReasonUnknownShipment, "there is no such shipment")
		}
		if waybill.IsCode(err, waybill.NotFound) {
			return f, wrongField("shipments["+itoa(i)+"]", waybill.RuleExists, "", "there is no such shipment")
		}
		if err != nil {
			return f, err
		}
		f.Shipments = append(f.Shipments, sh.ID)
	}
	if f.Email == "" && f.Phone == "" && f.Name == "" && len(f.Shipments) == 0 {
		return f, wrongField("email", waybill.RuleRequired, "", "say who: an e-mail, a phone, a name with its postal code, or shipments")
	}
	return f, nil
}

// is reports whether a party is who is sought.
func (f sought) is(p waybill.Party) bool {
	c := p.Contact
	return (f.Email != "" && store.Fold(c.Email) == f.Email) ||
		(f.Phone != "" && (store.Fold(c.Phone) == f.Phone || store.Fold(c.Mobile) == f.Phone)) ||
		(f.Name != "" && store.Fold(c.FullName()) == f.Name && store.Fold(p.Address.Postcode) == f.Postcode)
}

// says reports whether a text of the logs has who is sought in it, as it stands or as queries and JSON write it.
func (f sought) says(text string) bool {
	if text == "" {
		return false
	}
	plain, err := url.QueryUnescape(text)
	if err != nil {
		plain = text
	}
	text = store.Fold(text + "\n" + plain + "\n" + unescaped.ReplaceAllStringFunc(text, func(code string) string {
		n, _ := strconv.ParseUint(code[2:], 16, 16) // the expression lets four digits in
		return string(rune(n))
	}))
	return (f.Email != "" && strings.Contains(text, f.Email)) || (f.Phone != "" && strings.Contains(text, f.Phone)) ||
		(f.Name != "" && strings.Contains(text, f.Name))
}

// met reports whether a request came upon a shipment of theirs that was erased.
func (f sought) met(r waybill.APIRequest) bool {
	return slices.ContainsFunc(r.Others, func(id waybill.ID) bool { return slices.Contains(f.Erased, id) })
}

// unescaped is a letter as JSON may write it.
var unescaped = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

// names reports whether who is sought is anybody that a shipment names.
func (f sought) names(sh waybill.Shipment) bool {
	return f.is(sh.To) || f.is(sh.From) || sh.Billing != nil && f.is(*sh.Billing) || sh.ReturnTo != nil && f.is(*sh.ReturnTo)
}

// queries find the shipments that may name who is sought.
func (f sought) queries() (list []store.ShipmentQuery) {
	for _, t := range []store.Term{{Field: store.TermEmail, Value: f.Email}, {Field: store.TermPhone, Value: f.Phone}, {Field: store.TermPostcode, Value: f.Postcode}} {
		if t.Value != "" {
			list = append(list, store.ShipmentQuery{Terms: []store.Term{t}}, store.ShipmentQuery{Terms: []store.Term{{Field: store.TermPerson, Value: t.Value}}})
		}
	}
	return list
}

// eachSought calls for each shipment of who is sought, once. What was erased before is not found again.
func (s Session) eachSought(ctx context.Context, f sought, do func(waybill.Shipment) error) error {
	seen := map[waybill.ID]bool{}
	visit := func(list []waybill.Shipment, named bool) error {
		for _, sh := range list {
			if seen[sh.ID] || sh.Account != s.Actor.Account || !(named || f.names(sh)) {
				continue
			}
			seen[sh.ID] = true
			if err := do(sh); err != nil {
				return err
			}
		}
		return nil
	}
	for _, q := range f.queries() {
		// Read whole before any is changed: a change takes it out of the list.
		var found []waybill.Shipment
		for page := (store.Page{Limit: 100}); ; {
			part, err := s.FindShipments(ctx, q, page)
			if err != nil {
				return err
			}
			found = append(found, part.Items...)
			if page.After = part.Next; page.After == "" {
				break
			}
		}
		if err := visit(found, false); err != nil {
			return err
		}
	}
	sentBack, err := s.sentBack(ctx, f)
	if err != nil {
		return err
	}
	for _, id := range slices.Concat(f.Shipments, sentBack) {
		sh, err := s.GetShipment(ctx, GetShipment{Ref: Ref{ID: id}})
		if waybill.IsCode(err, waybill.NotFound) {
			continue
		}
		if err == nil {
			err = visit([]waybill.Shipment{sh}, true)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sentBack are the shipments that who is sought sends back, whoever they went to.
func (s Session) sentBack(ctx context.Context, f sought) (ids []waybill.ID, err error) {
	err = s.eachReturn(ctx, func(r waybill.Return) error {
		if r.Shipment != "" && f.is(r.From) {
			ids = append(ids, r.Shipment)
		}
		return nil
	})
	return ids, err
}

// eachReturn calls for each return of the session's account, oldest first.
func (s Session) eachReturn(ctx context.Context, do func(waybill.Return) error) error {
	for page := (store.Page{Limit: 100, Ascending: true}); ; {
		var part store.Slice[waybill.Return]
		err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
			part, err = tx.Returns().Find(store.ReturnQuery{}, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range part.Items {
			if r.Account != s.Actor.Account {
				continue
			}
			if err := do(r); err != nil {
				return err
			}
		}
		if page.After = part.Next; page.After == "" {
			return nil
		}
	}
}
