package native

import (
	"encoding/json"
	"maps"
	"regexp"

	"github.com/danielgtaylor/huma/v2"
)

// sections are the parts of the reference, in its order: the tags of operations, each with what it is about.
func sections() (tags []*huma.Tag) {
	for _, s := range [][2]string{
		{"Shipments", "A shipment is drafted, booked with a carrier, changed, cancelled and tried again. One request may do all up to the label."},
		{"Rates", "What carriers would charge, with the reasons of those that were not asked or did not answer."},
		{"Labels", "Labels and other papers of a shipment, in the format they are wanted in."},
		{"Returns", "Parcels that come back: of a shipment, or on their own."},
		{"Pickups", "Carriers called to a location to collect what is ready."},
		{"Manifests", "The list of parcels that a carrier collects, closed at the end of the day."},
		{"Tracking", "Where a parcel is, by its number, whoever booked it."},
		{"Find", "From what was scanned to what it is."},
		{"History", "What happened to a shipment, and why it went as it did."},
		{"Purchases", "Attempts to book. One whose outcome nobody knows is decided by a person."},
		{"Wallet", "Prepaid money of an account: balance, statement, what is set aside."},
		{"Webhooks", "Who is told of what happens, what was sent, and sending it again."},
		{"Events", "All that happened, in order: as a list or as it happens."},
		{"Requests", "The log of requests to all APIs and of the calls to carriers that they caused, and how carriers do."},
		{"Identity", "Who asks: users, API keys, OAuth clients, and what each may do."},
		{"Accounts", "Accounts and their children, and from where they may be called."},
		{"Connections", "Contracts with carriers: their credentials, modes, markups, loans to children."},
		{"Rate cards", "Prices of carriers that quote none: zones, weight bands and surcharges."},
		{"Locations", "Places that parcels leave from."},
		{"Services", "The account's own names for carriers' services."},
		{"Package sizes", "Boxes that the account uses."},
		{"Products", "What the account sells, with its customs data."},
		{"Brands", "Names that an account sells under."},
		{"Tags", "Marks for shipments."},
		{"Addresses", "Saved addresses."},
		{"Rules", "Which carrier, and why: data that is checked when it is saved."},
		{"Saved views", "Filters of lists under a name."},
		{"Declarations", "What couriers carried and charged, as it was declared."},
		{"Erasures", "Taking a person out of what is kept."},
		{"Sandbox", "Simulated parcels, moved on without waiting."},
		{"Sessions", "People who have logged in."},
		{"Audit", "Who changed which part of the set-up, and when."},
	} {
		tags = append(tags, &huma.Tag{Name: s[0], Description: s[1]})
	}
	return tags
}

// reference is where a document refers to a schema.
var reference = regexp.MustCompile(`"#/components/schemas/([^"]+)"`)

// unused takes out and answers the schemas that no operation leads to: huma's own errors, and what is only looked up
// while patches are made.
func unused(document *huma.OpenAPI, schemas map[string]*huma.Schema) (map[string]*huma.Schema, error) {
	taken := maps.Clone(schemas)
	var follow func(part any) error
	follow = func(part any) error {
		text, err := json.Marshal(part)
		if err != nil {
			return err
		}
		for _, m := range reference.FindAllSubmatch(text, -1) {
			schema, first := taken[string(m[1])]
			if !first {
				continue
			}
			delete(taken, string(m[1]))
			if err := follow(schema); err != nil {
				return err
			}
		}
		return nil
	}
	if err := follow(document.Paths); err != nil {
		return nil, err
	}
	for name := range taken {
		delete(schemas, name)
	}
	return taken, nil
}
