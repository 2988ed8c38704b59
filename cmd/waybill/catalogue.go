package main

import (
	"fmt"

	"waybill"
)

type serviceCmd struct {
	Add  serviceAdd  `cmd:"" help:"Create a service, or change what is given of one."`
	List serviceList `cmd:"" help:"List services."`
}

type serviceAdd struct {
	Name      string  `arg:"" help:"Name of the service, such as 'Parcel - Next Day'."`
	Carrier   string  `required:"" help:"Name of the connections that offer it, such as DPD." placeholder:"NAME"`
	Direction string  `help:"outgoing (default), or incoming for returns." enum:"outgoing,incoming" default:"outgoing"`
	Driver    *string `help:"Their carrier, such as house or ups; needed when new." placeholder:"CARRIER"`
	Code      *string `help:"The carrier's code of the service; needed when new."`
	Number    *int64  `help:"Number your API clients know it by; default: the next free one." placeholder:"N"`
	Disabled  *bool   `help:"Not offered any more." negatable:""`
}

// Run saves the service. Carrier, direction and name are its key.
func (a serviceAdd) Run(c *cli) error {
	direction := waybill.Direction(a.Direction)
	is := func(known waybill.Service) bool {
		return known.Name == a.Name && known.Carrier == a.Carrier && known.Direction == direction
	}
	change := func(e *editing[waybill.Service]) (any, error) {
		if err := e.needs(map[string]bool{"--driver": a.Driver != nil, "--code": a.Code != nil}); err != nil {
			return nil, err
		}
		record := &e.record
		record.Name, record.Carrier, record.Direction = a.Name, a.Carrier, direction
		given(&record.Driver, a.Driver)
		given(&record.Code, a.Code)
		given(&record.Number, a.Number)
		given(&record.Disabled, a.Disabled)
		_, err := carrierEntry(e.ctx, e.desk, record.Driver)
		return record, err
	}
	return edit(c, c.Account, "service.list", "service.save", is, change, func(s waybill.Service) string {
		return fmt.Sprintf("service %d, %s %s, is saved", s.Number, s.Carrier, s.Name)
	})
}

type serviceList struct{}

// Run lists services.
func (serviceList) Run(c *cli) error {
	return ask(c, "service.list", struct{}{}, func(all []waybill.Service) table {
		t := table{head: []string{"NUMBER", "DIRECTION", "CARRIER", "NAME", "DRIVER", "CODE", "DISABLED"}}
		for _, s := range all {
			t.rows = append(t.rows, []string{fmt.Sprint(s.Number), string(s.Direction), s.Carrier, s.Name, s.Driver, s.Code, yes(s.Disabled)})
		}
		return t
	})
}

type sizeCmd struct {
	Add  sizeAdd  `cmd:"" help:"Create a package size, or change what is given of one."`
	List sizeList `cmd:"" help:"List package sizes."`
}

type sizeAdd struct {
	Name     string  `arg:"" help:"Name of the box."`
	Number   *int64  `help:"Number your API clients know it by; default: the next free one." placeholder:"N"`
	Length   *string `help:"Length; needed when new, as are width and height." placeholder:"N"`
	Width    *string `help:"Width." placeholder:"N"`
	Height   *string `help:"Height." placeholder:"N"`
	Unit     *string `help:"Unit of the edges: cm (default), mm, m, in, ft." enum:"cm,mm,m,in,ft" placeholder:"UNIT"`
	Disabled *bool   `help:"Not offered any more." negatable:""`
}

// Run saves the package size.
func (a sizeAdd) Run(c *cli) error {
	is := func(known waybill.PackageSize) bool { return known.Name == a.Name }
	return edit(c, c.Account, "package-size.list", "package-size.save", is, a.change, func(p waybill.PackageSize) string {
		return fmt.Sprintf("package size %d, %s, is saved", p.Number, p.Name)
	})
}

func (a sizeAdd) change(e *editing[waybill.PackageSize]) (any, error) {
	if err := e.needs(map[string]bool{"--length": a.Length != nil, "--width": a.Width != nil, "--height": a.Height != nil}); err != nil {
		return nil, err
	}
	record := &e.record
	record.Name = a.Name
	given(&record.Number, a.Number)
	given(&record.Disabled, a.Disabled)
	take(e, &record.Size.Unit, (*waybill.LengthUnit)(a.Unit), waybill.Centimetre)
	for _, edge := range []struct {
		name string
		text *string
		to   *waybill.Decimal
	}{{"length", a.Length, &record.Size.Length}, {"width", a.Width, &record.Size.Width}, {"height", a.Height, &record.Size.Height}} {
		if edge.text == nil {
			continue
		}
		d, err := waybill.ParseDecimal(*edge.text)
		if err != nil || !d.Positive() {
			return nil, fmt.Errorf("--%s %q is not a number above zero", edge.name, *edge.text)
		}
		*edge.to = d
	}
	return record, nil
}

type sizeList struct{}

// Run lists package sizes.
func (sizeList) Run(c *cli) error {
	return ask(c, "package-size.list", struct{}{}, func(all []waybill.PackageSize) table {
		t := table{head: []string{"NUMBER", "NAME", "LENGTH", "WIDTH", "HEIGHT", "UNIT", "DISABLED"}}
		for _, p := range all {
			t.rows = append(t.rows, []string{
				fmt.Sprint(p.Number), p.Name, string(p.Size.Length), string(p.Size.Width), string(p.Size.Height), string(p.Size.Unit), yes(p.Disabled),
			})
		}
		return t
	})
}
