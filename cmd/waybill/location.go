package main

import (
	"cmp"
	"fmt"
	"strings"

	"waybill"
	"waybill/app"
)

type locationCmd struct {
	Add  locationAdd  `cmd:"" help:"Create a location, or change what is given of one."`
	List locationList `cmd:"" help:"List locations."`
}

type locationAdd struct {
	ID         string   `arg:"" help:"External id: LynkUp's locationExternalId."`
	Name       *string  `help:"Name; needed when new."`
	Contact    *string  `help:"Whom to ask for." placeholder:"NAME"`
	Company    *string  `help:"Company."`
	Phone      *string  `help:"Telephone number."`
	Email      *string  `help:"E-mail address."`
	Street     []string `help:"Street line; give it up to three times; needed when new." sep:"none"`
	City       *string  `help:"City; needed when new."`
	State      *string  `help:"State or county."`
	Postcode   *string  `help:"Postal code."`
	Country    *string  `help:"ISO 3166 alpha-2 code; needed when new."`
	Point      *string  `help:"Coordinates; default: those of the postal code." placeholder:"LAT,LNG"`
	Zone       *string  `help:"Time zone, such as Europe/London; needed when new."`
	Currency   *string  `help:"Currency of amounts without one that leave from here." placeholder:"ISO4217"`
	Pickup     *string  `help:"Instructions to whoever picks up."`
	Return     *string  `help:"External id of the location undeliverable parcels go to, its own for back here; empty: the account's." placeholder:"ID"`
	Cutoff     *string  `help:"The last time of day for parcels of the day, there; what is booked later leaves on the next open day. Empty: when it closes." placeholder:"HH:MM"`
	Hours      []string `help:"When it is open; a day that is not named is closed. all: every day." placeholder:"mon=08:00-17:00"`
	Connection []string `help:"External ids of the connections that may carry from here, first choice first; none: take all away." placeholder:"ID"`
	Number     *int64   `help:"Number your API clients know it by: Shiplee's warehouse id; default: the next free one." placeholder:"N"`
	Kind       *string  `help:"What sort of place it is, in your own word: Shiplee's addressType." placeholder:"WORD"`
	Brand      *string  `help:"External id of the brand parcels go out under; it is made when it is new." placeholder:"ID"`
}

// Run saves the location.
func (a locationAdd) Run(c *cli) error {
	is := func(known waybill.Location) bool { return known.ExternalID == a.ID }
	return edit(c, c.Account, "location.list", "location.save", is, a.change,
		func(saved waybill.Location) string { return "location " + saved.ExternalID + " is saved" })
}

func (a locationAdd) change(e *editing[waybill.Location]) (any, error) {
	err := e.needs(map[string]bool{
		"--name": a.Name != nil, "--street": a.Street != nil, "--city": a.City != nil, "--country": a.Country != nil, "--zone": a.Zone != nil,
	})
	if err != nil {
		return nil, err
	}
	l := &e.record
	l.ExternalID = a.ID
	given(&l.Name, a.Name)
	given(&l.Number, a.Number)
	given(&l.Kind, a.Kind)
	given(&l.TimeZone, a.Zone)
	given(&l.PickupInstructions, a.Pickup)
	given(&l.Settings.Currency, upper(a.Currency))
	given(&l.Contact.Name, a.Contact)
	given(&l.Contact.Company, a.Company)
	given(&l.Contact.Phone, a.Phone)
	given(&l.Contact.Email, a.Email)
	given(&l.Cutoff, a.Cutoff)
	if err := cmp.Or(a.address(&l.Address), a.hours(l)); err != nil {
		return nil, err
	}
	return l, a.link(e)
}

// hours changes when it is open.
func (a locationAdd) hours(l *waybill.Location) error {
	if a.Hours == nil {
		return nil
	}
	l.Hours = nil
	for _, text := range a.Hours {
		if text == "all" && len(a.Hours) == 1 {
			return nil
		}
		day, times, _ := strings.Cut(text, "=")
		opens, closes, ok := strings.Cut(times, "-")
		if !ok {
			return fmt.Errorf("--hours %q is not DAY=HH:MM-HH:MM", text)
		}
		l.Hours = append(l.Hours, waybill.Hours{Day: strings.ToLower(day), Opens: opens, Closes: closes})
	}
	return nil
}

// address changes the address. Coordinates that were found for the old one go with it.
func (a locationAdd) address(to *waybill.Address) error {
	if a.Street != nil || a.City != nil || a.State != nil || a.Postcode != nil || a.Country != nil {
		to.Point, to.PointFound = nil, false
	}
	given(&to.City, a.City)
	given(&to.State, a.State)
	given(&to.Postcode, a.Postcode)
	given(&to.Country, upper(a.Country))
	if a.Street != nil {
		lines := append(a.Street, "", "", "")
		to.Street1, to.Street2, to.Street3 = lines[0], lines[1], lines[2]
	}
	if a.Point != nil {
		to.Point, to.PointFound = &waybill.Point{}, false
		if _, err := fmt.Sscanf(*a.Point, "%f,%f", &to.Point.Lat, &to.Point.Lng); err != nil {
			return fmt.Errorf("--point %q is not LAT,LNG", *a.Point)
		}
	}
	return nil
}

// link finds what the location speaks of by external id.
func (a locationAdd) link(e *editing[waybill.Location]) (err error) {
	if a.Connection != nil {
		if e.record.Connections, err = a.connections(e); err != nil {
			return err
		}
	}
	if a.Return != nil {
		switch e.record.Return = ""; {
		case *a.Return == "":
		case *a.Return == a.ID && e.fresh:
			return fmt.Errorf("the location is new: save it first, then give it --return %s", a.ID)
		default:
			if e.record.Return, err = locationID(e.ctx, e.desk, e.account, *a.Return); err != nil {
				return err
			}
		}
	}
	if a.Brand != nil {
		var brand waybill.Brand
		if err := e.desk.Do(e.ctx, e.account, "brand.save", waybill.Brand{ExternalID: *a.Brand, Name: *a.Brand}, &brand); err != nil {
			return err
		}
		e.record.Brand = brand.ID
	}
	return nil
}

func (a locationAdd) connections(e *editing[waybill.Location]) (ids []waybill.ID, err error) {
	var keys []string
	listed(&keys, a.Connection, "none")
	var all []app.ConnectionOut
	if err := e.desk.Do(e.ctx, e.account, "connection.list", struct{}{}, &all); err != nil {
		return nil, err
	}
	for _, key := range keys {
		found, ok := find(all, func(c app.ConnectionOut) bool { return c.ExternalID == key })
		if !ok {
			return nil, fmt.Errorf("there is no connection %q", key)
		}
		ids = append(ids, found.ID)
	}
	return ids, nil
}

type locationList struct{}

// Run lists locations.
func (locationList) Run(c *cli) error {
	return ask(c, "location.list", struct{}{}, func(all []waybill.Location) table {
		t := table{head: []string{"ID", "NAME", "CITY", "POSTCODE", "COUNTRY", "ZONE", "CONNECTIONS"}}
		for _, l := range all {
			t.rows = append(t.rows, []string{
				l.ExternalID, l.Name, l.Address.City, strings.ToUpper(l.Address.Postcode), l.Address.Country, l.TimeZone, fmt.Sprint(len(l.Connections)),
			})
		}
		return t
	})
}
