package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"waybill"
	"waybill/app"
)

type serviceCmd struct {
	Add  serviceAdd  `cmd:"" help:"Create or change a service."`
	List serviceList `cmd:"" help:"List services."`
}

type serviceAdd struct {
	Name      string `arg:"" help:"Name of the service, such as 'Parcel - Next Day'."`
	Carrier   string `required:"" help:"Name of the connections that offer it, such as DPD."`
	Driver    string `required:"" help:"Their carrier, such as house or ups."`
	Code      string `required:"" help:"The carrier's code of the service."`
	Number    int64  `help:"Number your API clients know it by; default: the next free one."`
	Direction string `help:"outgoing, or incoming for returns." enum:"outgoing,incoming" default:"outgoing"`
	Disabled  bool   `help:"Not offered any more."`
}

// Run saves the service.
func (a serviceAdd) Run(c *cli) error {
	in := waybill.Service{
		Row: waybill.Row{Number: a.Number}, Name: a.Name, Carrier: a.Carrier, Driver: a.Driver, Code: a.Code,
		Direction: waybill.Direction(a.Direction), Disabled: a.Disabled,
	}
	return ask(c, "service.save", in, func(s waybill.Service) table {
		return table{text: fmt.Sprintf("service %d, %s %s, is saved", s.Number, s.Carrier, s.Name)}
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
	Add  sizeAdd  `cmd:"" help:"Create or change a package size."`
	List sizeList `cmd:"" help:"List package sizes."`
}

type sizeAdd struct {
	Name     string `arg:"" help:"Name of the box."`
	Number   int64  `help:"Number your API clients know it by; default: the next free one."`
	Length   string `required:"" help:"Length."`
	Width    string `required:"" help:"Width."`
	Height   string `required:"" help:"Height."`
	Unit     string `help:"Unit of the edges." enum:"cm,mm,m,in,ft" default:"cm"`
	Disabled bool   `help:"Not offered any more."`
}

// Run saves the package size.
func (a sizeAdd) Run(c *cli) error {
	size := waybill.Size{Unit: waybill.LengthUnit(a.Unit)}
	for _, edge := range []struct {
		name, text string
		to         *waybill.Decimal
	}{{"length", a.Length, &size.Length}, {"width", a.Width, &size.Width}, {"height", a.Height, &size.Height}} {
		d, err := waybill.ParseDecimal(edge.text)
		if err != nil || !d.Positive() {
			return fmt.Errorf("--%s %q is not a number above zero", edge.name, edge.text)
		}
		*edge.to = d
	}
	in := waybill.PackageSize{Row: waybill.Row{Number: a.Number}, Name: a.Name, Size: size, Disabled: a.Disabled}
	return ask(c, "package-size.save", in, func(p waybill.PackageSize) table {
		return table{text: fmt.Sprintf("package size %d, %s, is saved", p.Number, p.Name)}
	})
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

type ruleCmd struct {
	Add    ruleAdd    `cmd:"" help:"Create or change a rule from a JSON file with when and then (docs/rules.md)."`
	List   ruleList   `cmd:"" help:"List rules."`
	Delete ruleDelete `cmd:"" help:"Remove a rule."`
}

type ruleAdd struct {
	Name       string `arg:"" help:"Name of the rule."`
	File       string `arg:"" help:"JSON file: {\"when\": …, \"then\": […]}; - for standard input." type:"path"`
	Importance int    `help:"Higher goes first."`
	Suspended  bool   `help:"Keep it, but do not use it."`
}

// Run saves the rule.
func (a ruleAdd) Run(c *cli) error {
	path := a.File
	if a.File == "-" {
		path = os.Stdin.Name()
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var body struct{ When, Then json.RawMessage }
	if err := json.Unmarshal(data, &body); err != nil {
		return fmt.Errorf("%s: %w", a.File, err)
	}
	in := waybill.Rule{Name: a.Name, Importance: a.Importance, Suspended: a.Suspended, When: body.When, Then: body.Then}
	return ask(c, "rule.save", in, func(r waybill.Rule) table { return table{text: "rule " + r.Name + " is saved"} })
}

type ruleList struct{}

// Run lists rules.
func (ruleList) Run(c *cli) error {
	return ask(c, "rule.list", struct{}{}, func(all []waybill.Rule) table {
		t := table{head: []string{"IMPORTANCE", "NAME", "SUSPENDED", "WHEN", "THEN"}}
		for _, r := range all {
			t.rows = append(t.rows, []string{fmt.Sprint(r.Importance), r.Name, yes(r.Suspended), string(r.When), string(r.Then)})
		}
		return t
	})
}

type ruleDelete struct {
	Name string `arg:"" help:"Name of the rule."`
}

// Run removes the rule.
func (a ruleDelete) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		return desk.Do(ctx, c.Account, "rule.delete", app.NameIn{Name: a.Name}, nil)
	})
}
