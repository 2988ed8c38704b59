package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// carrierOut is a carrier that a connection can be made with.
type carrierOut struct {
	Name      string           `json:"name" doc:"What a connection names it by."`
	Title     string           `json:"title"`
	Settings  []carrierSetting `json:"settings" nullable:"false" doc:"What a connection must tell it."`
	Services  []carrierService `json:"services" nullable:"false" doc:"Fixed ones. Where a rate card defines them the connection lists them."`
	Abilities []string         `json:"abilities" nullable:"false" doc:"What it can do beyond shipping and tracking."`
	Formats   []string         `json:"label_formats" nullable:"false" doc:"What its labels can be had as."`
	NoLabel   bool             `json:"no_label,omitempty" doc:"It prints none: an on-demand courier."`
	Local     bool             `json:"local,omitempty" doc:"It needs no network: priced from a rate card, labels drawn here."`
	RateCard  *cardInfo        `json:"rate_card,omitempty" doc:"It is priced from a rate card: see /connections/{id}/rate-card."`
}

type carrierSetting struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Help     string `json:"help"`
	Secret   bool   `json:"secret" doc:"It goes into credentials, else into settings."`
	Required bool   `json:"required"`
	Default  string `json:"default,omitempty"`
}

type carrierService struct {
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	Direction string   `json:"direction" enum:"outgoing,incoming"`
	Abilities []string `json:"abilities" nullable:"false" doc:"Options that it can carry out."`
}

type cardInfo struct {
	Setting string   `json:"setting" doc:"Which setting it is kept in."`
	Tables  []string `json:"tables" nullable:"false" doc:"Parts that travel as CSV."`
}

func carriers(a *api) {
	op(a, operation{
		ID: "list-carriers", Method: "GET", Path: "/carriers", Tag: "Connections", Summary: "Carriers that a connection can be made with", Scope: waybill.ScopeRead,
		About: "Made from the carriers' own lists of settings: what is asked here is what a connection is checked against. It comes with the program: all of it counts as changed when that was started.",
	}, func(_ *call, in *struct{ Since }) (time.Time, error) { return in.UpdatedSince, nil }, engine.Session.ListCarriers,
		func(_ *call, list []engine.Driver) *many[carrierOut] { return whole(list, showCarrier) })
}

func showCarrier(d engine.Driver) carrierOut {
	out := carrierOut{
		Name: d.Name, Title: d.Title, Settings: []carrierSetting{}, Services: showServices(d.Services), Abilities: words(d.Abilities()),
		Formats: words(engine.LabelFormats(d.Formats...)), NoLabel: d.NoLabel, Local: d.Local,
	}
	for _, s := range d.Settings {
		out.Settings = append(out.Settings, carrierSetting{s.Name, s.Title, s.Help, s.Secret, s.Required, s.Default})
	}
	if d.Card != nil {
		out.RateCard = &cardInfo{d.Card.Setting, d.Card.Tables}
	}
	return out
}

func showServices(list []engine.ServiceInfo) []carrierService {
	out := make([]carrierService, 0, len(list))
	for _, s := range list {
		direction := s.Direction
		if direction == "" {
			direction = waybill.Outgoing
		}
		out = append(out, carrierService{s.Code, s.Name, string(direction), words(s.Abilities)})
	}
	return out
}
