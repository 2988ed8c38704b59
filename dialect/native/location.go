package native

import (
	"waybill"
	"waybill/engine"
)

// Location is a place that parcels leave from or come back to, as it is written.
type Location struct {
	Reference          string    `json:"reference,omitempty" maxLength:"100" pattern:"\\S" doc:"Yours, unique in the account; without one the id is used. Shipments name a location by it." example:"BATH"`
	Name               string    `json:"name" minLength:"1" maxLength:"200"`
	Address            party     `json:"address" doc:"Where it is, and whom to ask for."`
	TimeZone           string    `json:"time_zone,omitempty" maxLength:"100" format:"time-zone" doc:"IANA name; without one that of the address is found."`
	Brand              string    `json:"brand,omitempty" maxLength:"100" doc:"Id or reference."`
	Connections        []string  `json:"connections,omitempty" maxItems:"200" doc:"Ids or references of the connections that carry from here, the preferred first. None: any may be asked by name only."`
	ReturnLocation     string    `json:"return_location,omitempty" maxLength:"100" doc:"Id or reference of the place that undeliverable parcels go to; without one, back here."`
	Cutoff             string    `json:"cutoff,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"The last time of day for parcels of the day, HH:MM there. What is booked later leaves on the next day that it is open, and is promised accordingly."`
	Hours              []hours   `json:"hours,omitempty" maxItems:"7" doc:"When it is open; a day that is not among them is closed. None: every day."`
	PickupInstructions string    `json:"pickup_instructions,omitempty" maxLength:"500"`
	Kind               string    `json:"kind,omitempty" maxLength:"100" doc:"Your own word, such as warehouse or shop."`
	Settings           *settings `json:"settings,omitempty" doc:"What holds here in place of the brand's and account's."`
}

// hours are when a location is open on one day.
type hours struct {
	Day    string `json:"day" enum:"mon,tue,wed,thu,fri,sat,sun"`
	Opens  string `json:"opens" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"08:00"`
	Closes string `json:"closes" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"17:30"`
}

type locationOut struct {
	Kept
	Location
}

// settings are inherited: location, then brand, then account.
type settings struct {
	Currency           string `json:"currency,omitempty" pattern:"^[A-Z]{3}$" format:"currency" doc:"What amounts without a currency are in."`
	DefaultLocation    string `json:"default_location,omitempty" maxLength:"100" doc:"Id or reference of the place that parcels leave from when nobody says. Of accounts."`
	ReturnLocation     string `json:"return_location,omitempty" maxLength:"100" doc:"Id or reference of the place that undeliverable parcels go to."`
	AutoRetry          bool   `json:"auto_retry,omitempty" doc:"Keep trying to place a shipment that found no carrier. Of accounts."`
	UnknownPostcodeOK  bool   `json:"unknown_postcode_ok,omitempty" doc:"An unknown postal code is a notice, not a refusal. Of accounts."`
	LabelFormat        string `json:"label_format,omitempty" enum:"pdf,png,zpl"`
	LabelDPI           int    `json:"label_dpi,omitempty" enum:"203,300"`
	Channel            string `json:"channel,omitempty" maxLength:"100" doc:"Where parcels were sold when the order does not say."`
	PickupInstructions string `json:"pickup_instructions,omitempty" maxLength:"500"`
}

func (s *settings) take(d *waybill.Settings) {
	if s == nil {
		s = &settings{}
	}
	d.Currency, d.AutoRetry, d.UnknownPostcodeOK, d.ChannelName = s.Currency, s.AutoRetry, s.UnknownPostcodeOK, s.Channel
	d.DefaultLocation, d.ReturnLocation = waybill.ID(s.DefaultLocation), waybill.ID(s.ReturnLocation)
	d.LabelFormat, d.LabelDPI, d.PickupInstructions = waybill.LabelFormat(s.LabelFormat), s.LabelDPI, s.PickupInstructions
}

func showSettings(d waybill.Settings) *settings {
	s := settings{
		Currency: d.Currency, DefaultLocation: string(d.DefaultLocation), ReturnLocation: string(d.ReturnLocation), AutoRetry: d.AutoRetry,
		UnknownPostcodeOK: d.UnknownPostcodeOK, LabelFormat: string(d.LabelFormat), LabelDPI: d.LabelDPI, Channel: d.ChannelName,
		PickupInstructions: d.PickupInstructions,
	}
	if s == (settings{}) {
		return nil
	}
	return &s
}

func locations(a *api) {
	noun[Location, locationOut, waybill.Location, waybill.Location]{
		name: "location", plural: "locations", path: "/locations", tag: "Locations", a: "a location", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		about: "A place that parcels leave from or come back to. The connections assigned to it are those that are asked for rates.",
		example: Location{
			Reference: "BRISTOL", Name: "Bristol warehouse", Cutoff: "16:30", Connections: []string{"dpd", "royalmail"},
			Address: party{Company: "Waybill Demo", Phone: "0117 496 0000", Street1: "1 Quay Street", City: "Bristol", Postcode: "BS1 4DJ", Country: "GB"},
		},
		patch: map[string]any{"cutoff": "17:00", "address": map[string]any{"phone": "0117 496 0001"}}, at: "BRISTOL",
		list: engine.Locations.List, get: engine.Locations.Get, create: engine.Locations.Create, change: engine.Locations.Change, remove: engine.Locations.Delete,
		given: givenLocation, take: takeLocation, row: func(l waybill.Location) waybill.Row { return l.Row },
		show: func(_ *call, l waybill.Location) locationOut { return locationOut{keptOf(l.Row), givenLocation(l)} },
	}.add(a)
}

func givenLocation(l waybill.Location) Location {
	out := Location{
		Reference: l.ExternalID, Name: l.Name, TimeZone: l.TimeZone, Brand: string(l.Brand), Connections: ids(l.Connections), ReturnLocation: string(l.Return),
		Cutoff: l.Cutoff, PickupInstructions: l.PickupInstructions, Kind: l.Kind, Settings: showSettings(l.Settings),
	}
	for _, h := range l.Hours {
		out.Hours = append(out.Hours, hours(h))
	}
	if p := showParty(waybill.Party{Contact: l.Contact, Address: l.Address}); p != nil {
		out.Address = *p
	}
	return out
}

func takeLocation(in Location, l *waybill.Location) {
	p := in.Address.domain()
	l.ExternalID, l.Name, l.Contact, l.Address, l.TimeZone = in.Reference, in.Name, p.Contact, p.Address, in.TimeZone
	l.Brand, l.Return, l.Connections, l.Cutoff = waybill.ID(in.Brand), waybill.ID(in.ReturnLocation), idList(in.Connections), in.Cutoff
	l.PickupInstructions, l.Kind = in.PickupInstructions, in.Kind
	l.Hours = nil
	for _, h := range in.Hours {
		l.Hours = append(l.Hours, waybill.Hours(h))
	}
	in.Settings.take(&l.Settings)
}
