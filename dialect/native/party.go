package native

import "waybill"

// party is somebody at an address, flat.
type party struct {
	Name        string   `json:"name,omitempty" maxLength:"200" format:"line" doc:"The whole name; or give first_name and last_name."`
	FirstName   string   `json:"first_name,omitempty" maxLength:"100" format:"line"`
	LastName    string   `json:"last_name,omitempty" maxLength:"100" format:"line"`
	Company     string   `json:"company,omitempty" maxLength:"200" format:"line"`
	Phone       string   `json:"phone,omitempty" maxLength:"50" format:"phone"`
	Mobile      string   `json:"mobile,omitempty" maxLength:"50" format:"phone"`
	Email       string   `json:"email,omitempty" maxLength:"254" format:"mail"`
	Street1     string   `json:"street1,omitempty" maxLength:"200" format:"line"`
	Street2     string   `json:"street2,omitempty" maxLength:"200" format:"line"`
	Street3     string   `json:"street3,omitempty" maxLength:"200" format:"line"`
	House       string   `json:"house,omitempty" maxLength:"50" format:"line" doc:"House number, where it is not in street1."`
	Apartment   string   `json:"apartment,omitempty" maxLength:"50" format:"line"`
	City        string   `json:"city,omitempty" maxLength:"100" format:"line"`
	State       string   `json:"state,omitempty" maxLength:"100" format:"line" doc:"Code or name."`
	Postcode    string   `json:"postcode,omitempty" maxLength:"20" format:"line"`
	Country     string   `json:"country" pattern:"^[A-Z]{2}$" format:"country" doc:"ISO 3166-1 alpha-2."`
	What3Words  string   `json:"what3words,omitempty" maxLength:"100" format:"line"`
	Residential *bool    `json:"residential,omitempty" doc:"Nobody said: left out."`
	Latitude    *float64 `json:"latitude,omitempty" minimum:"-90" maximum:"90" doc:"Yours; without it that of the postal code is used."`
	Longitude   *float64 `json:"longitude,omitempty" minimum:"-180" maximum:"180"`
	TaxIDs      []taxID  `json:"tax_ids,omitempty" maxItems:"10"`
}

type taxID struct {
	Type    string `json:"type" maxLength:"20" format:"line" doc:"VAT, EORI, IOSS, PID…"`
	Number  string `json:"number" maxLength:"50" format:"line"`
	Country string `json:"country,omitempty" pattern:"^[A-Z]{2}$" format:"country"`
}

func (p *party) domain() waybill.Party {
	if p == nil {
		return waybill.Party{}
	}
	d := waybill.Party{
		Contact: waybill.Contact{
			Name: p.Name, First: p.FirstName, Last: p.LastName, Company: p.Company, Phone: p.Phone, Mobile: p.Mobile, Email: p.Email,
		},
		Address: waybill.Address{
			Street1: p.Street1, Street2: p.Street2, Street3: p.Street3, House: p.House, Apartment: p.Apartment, City: p.City, State: p.State,
			Postcode: p.Postcode, Country: p.Country, What3Words: p.What3Words, Residential: p.Residential,
		},
	}
	if p.Latitude != nil && p.Longitude != nil {
		d.Address.Point = &waybill.Point{Lat: *p.Latitude, Lng: *p.Longitude}
	}
	for _, t := range p.TaxIDs {
		d.TaxIDs = append(d.TaxIDs, waybill.TaxID{Type: t.Type, Number: t.Number, Country: t.Country})
	}
	return d
}

// pointer is a party that need not be there.
func (p *party) pointer() *waybill.Party {
	if p == nil {
		return nil
	}
	d := p.domain()
	return &d
}

func showParty(d waybill.Party) *party {
	a := d.Address
	if a.Country == "" {
		return nil
	}
	c := d.Contact
	p := &party{
		Name: c.Name, FirstName: c.First, LastName: c.Last, Company: c.Company, Phone: c.Phone, Mobile: c.Mobile, Email: c.Email,
		Street1: a.Street1, Street2: a.Street2, Street3: a.Street3, House: a.House, Apartment: a.Apartment, City: a.City, State: a.State,
		Postcode: a.Postcode, Country: a.Country, What3Words: a.What3Words, Residential: a.Residential,
	}
	if a.Point != nil && !a.PointFound {
		p.Latitude, p.Longitude = &a.Point.Lat, &a.Point.Lng
	}
	for _, t := range d.TaxIDs {
		p.TaxIDs = append(p.TaxIDs, taxID{t.Type, t.Number, t.Country})
	}
	return p
}

func maybeParty(d *waybill.Party) *party {
	if d == nil {
		return nil
	}
	return showParty(*d)
}
