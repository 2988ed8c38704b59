package native

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

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

// unused takes out and answers the schemas that nothing in the document refers to: huma's own errors, and what is only
// looked up while patches are made.
func unused(document *huma.OpenAPI, schemas map[string]*huma.Schema) map[string]*huma.Schema {
	taken := map[string]*huma.Schema{}
	for {
		text, err := json.Marshal(document)
		if err != nil {
			return taken // it is told where the document is written
		}
		before := len(schemas)
		for _, name := range slices.Collect(maps.Keys(schemas)) {
			if !strings.Contains(string(text), `"#/components/schemas/`+name+`"`) {
				taken[name] = schemas[name]
				delete(schemas, name)
			}
		}
		if len(schemas) == before {
			return taken
		}
	}
}
