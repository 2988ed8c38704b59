package native

import (
	"waybill"
	"waybill/engine"
)

// PackageSize is a box of the account, as it is written.
type PackageSize struct {
	Name     string `json:"name" minLength:"1" maxLength:"100" doc:"Unique in the account. Parcels name it."`
	Size     size   `json:"size" doc:"Outside."`
	Disabled bool   `json:"disabled,omitempty"`
}

type packageSizeOut struct {
	Kept
	PackageSize
}

func packageSizes(a *api) {
	given := func(p waybill.PackageSize) PackageSize {
		out := PackageSize{Name: p.Name, Disabled: p.Disabled}
		if s := showSize(p.Size); s != nil {
			out.Size = *s
		}
		return out
	}
	noun[PackageSize, packageSizeOut, waybill.PackageSize, waybill.PackageSize]{
		name: "package-size", plural: "package-sizes", path: "/package-sizes", tag: "Package sizes", a: "a package size",
		read: waybill.ScopeRead, write: waybill.ScopeSetup,
		example: PackageSize{Name: "Shoe box", Size: size{Length: "35", Width: "25", Height: "14", Unit: "cm"}},
		patch:   map[string]any{"disabled": true}, at: "Shoe box",
		list: engine.PackageSizes.List, get: engine.PackageSizes.Get, create: engine.PackageSizes.Create, change: engine.PackageSizes.Change,
		remove: engine.PackageSizes.Delete,
		given:  given, row: func(p waybill.PackageSize) waybill.Row { return p.Row },
		take: func(in PackageSize, p *waybill.PackageSize) {
			p.Name, p.Size, p.Disabled = in.Name, in.Size.domain(), in.Disabled
		},
		show: func(_ *call, p waybill.PackageSize) packageSizeOut { return packageSizeOut{keptOf(p.Row), given(p)} },
	}.add(a)
}
