package main

import (
	"context"
	"fmt"
	"strings"

	"waybill"
	"waybill/app"
)

type locationCmd struct {
	Add  locationAdd  `cmd:"" help:"Create or change a location."`
	List locationList `cmd:"" help:"List locations."`
}

type locationAdd struct {
	ID         string   `arg:"" help:"External id: LynkUp's locationExternalId."`
	Name       string   `help:"Name." required:""`
	Contact    string   `help:"Whom to ask for."`
	Company    string   `help:"Company."`
	Phone      string   `help:"Telephone number."`
	Email      string   `help:"E-mail address."`
	Street     []string `help:"Street line; give up to three." required:""`
	City       string   `required:"" help:"City."`
	State      string   `help:"State or county."`
	Postcode   string   `help:"Postal code."`
	Country    string   `required:"" help:"ISO 3166 alpha-2 code."`
	Point      string   `help:"Coordinates as LAT,LNG; default: those of the postal code." placeholder:"LAT,LNG"`
	Zone       string   `required:"" help:"Time zone, such as Europe/London."`
	Currency   string   `help:"Currency of amounts without one that leave from here."`
	Pickup     string   `help:"Instructions to whoever picks up."`
	Return     string   `help:"External id of the location undeliverable parcels go to."`
	Connection []string `help:"External ids of the connections that may carry from here, first choice first."`
	Brand      string   `help:"External id of the brand parcels go out under; it is made when it is new."`
}

// Run saves the location.
func (a locationAdd) Run(c *cli) error {
	l := waybill.Location{
		ExternalID: a.ID, Name: a.Name, TimeZone: a.Zone, PickupInstructions: a.Pickup,
		Contact:  waybill.Contact{Name: a.Contact, Company: a.Company, Phone: a.Phone, Email: a.Email},
		Address:  waybill.Address{City: a.City, State: a.State, Postcode: a.Postcode, Country: strings.ToUpper(a.Country)},
		Settings: waybill.Settings{Currency: strings.ToUpper(a.Currency)},
	}
	for i, to := range []*string{&l.Address.Street1, &l.Address.Street2, &l.Address.Street3} {
		if i < len(a.Street) {
			*to = a.Street[i]
		}
	}
	if a.Point != "" {
		l.Address.Point = &waybill.Point{}
		if _, err := fmt.Sscanf(a.Point, "%f,%f", &l.Address.Point.Lat, &l.Address.Point.Lng); err != nil {
			return fmt.Errorf("--point %q is not LAT,LNG", a.Point)
		}
	}
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		if err := a.link(ctx, c.Account, desk, &l); err != nil {
			return err
		}
		if err := desk.Do(ctx, c.Account, "location.save", l, nil); err != nil {
			return err
		}
		fmt.Printf("location %s is saved\n", a.ID)
		return nil
	})
}

// link finds what the location speaks of by external id.
func (a locationAdd) link(ctx context.Context, account string, desk app.Desk, l *waybill.Location) error {
	var connections []waybill.Connection
	if err := desk.Do(ctx, account, "connection.list", struct{}{}, &connections); err != nil {
		return err
	}
	for _, id := range a.Connection {
		found, err := findConnection(connections, id)
		if err != nil {
			return err
		}
		l.Connections = append(l.Connections, found.ID)
	}
	if a.Return != "" {
		var all []waybill.Location
		if err := desk.Do(ctx, account, "location.list", struct{}{}, &all); err != nil {
			return err
		}
		back, err := findLocation(all, a.Return)
		if err != nil {
			return err
		}
		l.Return = back.ID
	}
	if a.Brand != "" {
		var brand waybill.Brand
		if err := desk.Do(ctx, account, "brand.save", waybill.Brand{ExternalID: a.Brand, Name: a.Brand}, &brand); err != nil {
			return err
		}
		l.Brand = brand.ID
	}
	return nil
}

type locationList struct{}

// Run lists locations.
func (locationList) Run(c *cli) error {
	return ask(c, "location.list", struct{}{}, func(all []waybill.Location) table {
		t := table{head: []string{"ID", "NAME", "CITY", "POSTCODE", "COUNTRY", "ZONE", "CONNECTIONS"}}
		for _, l := range all {
			t.rows = append(t.rows, []string{l.ExternalID, l.Name, l.Address.City, l.Address.Postcode, l.Address.Country, l.TimeZone, fmt.Sprint(len(l.Connections))})
		}
		return t
	})
}
