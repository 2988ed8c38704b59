package native

import (
	"waybill"
	"waybill/engine"
)

// Address is a saved address, as it is written.
type Address struct {
	Reference string `json:"reference,omitempty" maxLength:"100" pattern:"\\S" doc:"Yours, unique in the account; without one the id is used."`
	Label     string `json:"label,omitempty" maxLength:"200" doc:"What it is called in lists; without one, who lives there."`
	Address   party  `json:"address"`
}

type addressOut struct {
	Kept
	Address
}

func addresses(a *api) {
	given := func(d waybill.SavedAddress) Address {
		out := Address{Reference: d.Reference, Label: d.Name}
		if p := showParty(d.Party); p != nil {
			out.Address = *p
		}
		return out
	}
	noun[Address, addressOut, waybill.SavedAddress, waybill.SavedAddress]{
		name: "address", plural: "addresses", path: "/addresses", tag: "Addresses", a: "a saved address", read: waybill.ScopeRead, write: waybill.ScopeShip,
		example: Address{Reference: "head-office", Label: "Head office", Address: party{
			Name: "Jane Doe", Company: "Example Ltd", Phone: "020 7946 0000", Street1: "221B Baker Street", City: "London", Postcode: "NW1 6XE", Country: "GB",
		}},
		patch: map[string]any{"address": map[string]any{"phone": "020 7946 0001"}}, at: "head-office",
		list: engine.Addresses.List, get: engine.Addresses.Get, create: engine.Addresses.Create, change: engine.Addresses.Change,
		remove: engine.Addresses.Delete,
		given:  given, row: func(d waybill.SavedAddress) waybill.Row { return d.Row },
		take: func(in Address, d *waybill.SavedAddress) {
			d.Reference, d.Name, d.Party = in.Reference, in.Label, in.Address.domain()
		},
		show: func(_ *call, d waybill.SavedAddress) addressOut { return addressOut{keptOf(d.Row), given(d)} },
	}.add(a)
}
