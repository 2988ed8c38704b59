package native

import (
	"waybill"
	"waybill/engine"
)

// Brand is a name that parcels go out under, as it is written.
type Brand struct {
	Reference string    `json:"reference,omitempty" maxLength:"100" pattern:"\\S" doc:"Yours, unique in the account; without one the id is used."`
	Name      string    `json:"name" minLength:"1" maxLength:"200"`
	Settings  *settings `json:"settings,omitempty" doc:"What holds for its locations in place of the account's."`
}

type brandOut struct {
	Kept
	Brand
}

func brands(a *api) {
	given := func(b waybill.Brand) Brand { return Brand{b.ExternalID, b.Name, showSettings(b.Settings)} }
	noun[Brand, brandOut, waybill.Brand, waybill.Brand]{
		name: "brand", plural: "brands", path: "/brands", tag: "Brands", a: "a brand", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		example: Brand{Reference: "outlet", Name: "Outlet", Settings: &settings{Channel: "outlet.example"}},
		patch:   map[string]any{"name": "Factory outlet"}, at: "outlet",
		list: engine.Brands.List, get: engine.Brands.Get, create: engine.Brands.Create, change: engine.Brands.Change, remove: engine.Brands.Delete,
		given: given, row: func(b waybill.Brand) waybill.Row { return b.Row },
		take: func(in Brand, b *waybill.Brand) {
			b.ExternalID, b.Name = in.Reference, in.Name
			in.Settings.take(&b.Settings)
		},
		show: func(_ *call, b waybill.Brand) brandOut { return brandOut{keptOf(b.Row), given(b)} },
	}.add(a)
}
