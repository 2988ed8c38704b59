package native

import (
	"waybill"
	"waybill/engine"
)

// Service is one product of a carrier under the number and name that this account knows it by, as it is written.
type Service struct {
	Carrier   string `json:"carrier" minLength:"1" maxLength:"50" doc:"Which driver: see /carriers." example:"house"`
	Provider  string `json:"provider" minLength:"1" maxLength:"200" doc:"Name of the connections that sell it." example:"DPD"`
	Code      string `json:"code" minLength:"1" maxLength:"100" doc:"The carrier's own."`
	Name      string `json:"name" minLength:"1" maxLength:"200"`
	Direction string `json:"direction,omitempty" enum:"outgoing,incoming" default:"outgoing"`
	Disabled  bool   `json:"disabled,omitempty" doc:"Nobody can choose it, and it is not offered."`
}

type serviceOut struct {
	Kept
	Service
}

func services(a *api) {
	given := func(v waybill.Service) Service {
		return Service{v.Driver, v.Carrier, v.Code, v.Name, string(v.Direction), v.Disabled}
	}
	noun[Service, serviceOut, waybill.Service, waybill.Service]{
		name: "service", plural: "services", path: "/services", tag: "Services", a: "a service", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		about:   "A name and a number of your own for a carrier's service: shipments and rules can choose it by number. What is not listed here is offered all the same, under the carrier's name.",
		example: Service{Carrier: "house", Provider: "DPD", Code: "economy", Name: "DPD slow", Direction: "outgoing"},
		patch:   map[string]any{"disabled": true}, at: "outgoing/DPD/DPD slow",
		list: engine.Services.List, get: engine.Services.Get, create: engine.Services.Create, change: engine.Services.Change, remove: engine.Services.Delete,
		given: given, row: func(v waybill.Service) waybill.Row { return v.Row },
		take: func(in Service, v *waybill.Service) {
			v.Driver, v.Carrier, v.Code, v.Name = in.Carrier, in.Provider, in.Code, in.Name
			v.Direction, v.Disabled = waybill.Direction(in.Direction), in.Disabled
		},
		show: func(_ *call, v waybill.Service) serviceOut { return serviceOut{keptOf(v.Row), given(v)} },
	}.add(a)
}
