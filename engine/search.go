package engine

import (
	"strconv"
	"strings"

	"waybill"
	"waybill/label"
	"waybill/store"
)

// Words is what a text that people type asks of shipments, for [ShipmentQuery]: every word of it must be the beginning
// of a word of a reference, a tracking number or the recipient's postal code, e-mail, phone (or its last digits),
// name, company, town or street. A tracking number may be spelled with spaces, or as its barcode holds it. Nil: there
// is nothing in it to look for.
func Words(text string) [][]Term {
	text = strings.TrimSpace(text)
	var numbers []string
	for _, r := range label.Readings(text) {
		if (r.Checked || r.Form == label.FormLabel) && r.Number != text {
			numbers = append(numbers, r.Number)
		}
	}
	return store.Wanted(text, numbers...)
}

// tagged adds to a query that shipments carry one of the tags, each given by its name, number or id.
func tagged(tx store.Tx, q *store.ShipmentQuery, tags []string) error {
	if len(tags) == 0 {
		return nil
	}
	all, err := tx.Tags().All()
	if err != nil {
		return err
	}
	var terms []store.Term
	for i, name := range tags {
		known := false
		for _, t := range all {
			if t.Name == name || strconv.FormatInt(t.Number, 10) == name || string(t.ID) == name {
				terms, known = append(terms, store.TagTerm(t.Number)), true
			}
		}
		if !known {
			return waybill.FieldErrors("list", []waybill.FieldError{{
				Path: "query.tag[" + itoa(i) + "]", Rule: waybill.RuleExists, Value: name, Message: "there is no such tag",
			}})
		}
	}
	if len(terms) == 1 {
		q.Terms = append(q.Terms, terms[0])
	} else {
		q.Words = append(q.Words, terms)
	}
	return nil
}
