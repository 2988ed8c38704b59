package ratecard

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"waybill"
)

// zoneColumns are the columns of the zone table. A row is an area at one side of a zone; lists are
// separated by semicolons. A zone without areas has one row with an empty side.
var zoneColumns = []string{"zone", "name", "side", "countries", "states", "postcodes", "over_km", "up_to_km"}

// ExportZones writes the card's zones as CSV, in the order they are tried.
func ExportZones(card Card, out io.Writer) error {
	var rows [][]string
	for _, z := range card.Zones {
		first := len(rows)
		add := func(side string, areas []Area) {
			for _, a := range areas {
				rows = append(rows, []string{
					z.Code, "", side, strings.Join(a.Countries, ";"), strings.Join(a.States, ";"), strings.Join(a.Postcodes, ";"), "", "",
				})
			}
		}
		add("from", z.From)
		add("to", z.To)
		if first == len(rows) {
			rows = append(rows, []string{z.Code, "", "", "", "", "", "", ""})
		}
		rows[first][1] = z.Name
		if z.Distance != nil {
			rows[first][6], rows[first][7] = number(z.Distance.OverKM), number(z.Distance.UpToKM)
		}
	}
	return writeTable("ratecard.export_zones", out, zoneColumns, rows)
}

// ImportZones gives the card the zones of a CSV file instead of its own. A file with anything wrong
// changes nothing: Invalid, ReasonFields, all rows at fault.
func ImportZones(card Card, in io.Reader) (Card, error) {
	var zones []Zone
	wrote := map[string]int{}
	t := readTable("ratecard.import_zones", in, zoneColumns, func(r row) {
		at := slices.IndexFunc(zones, func(z Zone) bool { return z.Code == r.cell("zone") })
		if at < 0 {
			at = len(zones)
			zones = append(zones, Zone{Code: r.cell("zone")})
			wrote[fmt.Sprintf("zones[%d]", at)] = r.line
		}
		z := &zones[at]
		wrote[fmt.Sprintf("zones[%d].from[%d]", at, len(z.From))] = r.line
		wrote[fmt.Sprintf("zones[%d].to[%d]", at, len(z.To))] = r.line
		r.zone(z)
	})
	changed := card
	changed.Zones = zones
	t.judge(changed, wrote)
	if err := t.err(); err != nil {
		return Card{}, err
	}
	return changed, nil
}

// zone adds what one row says to its zone.
func (r row) zone(z *Zone) {
	if name := r.cell("name"); name != "" {
		z.Name = name
	}
	a := Area{Countries: r.list("countries"), States: r.list("states"), Postcodes: r.list("postcodes")}
	switch side := r.cell("side"); {
	case side == "from":
		z.From = append(z.From, a)
	case side == "to":
		z.To = append(z.To, a)
	case side != "":
		r.fail("side", waybill.RuleEnum, "must be from, to or empty")
	case len(a.Countries)+len(a.States)+len(a.Postcodes) > 0:
		r.fail("side", waybill.RuleRequired, "must say which side the area is on")
	}
	if r.cell("over_km") != "" || r.cell("up_to_km") != "" {
		d := Distance{OverKM: r.whole("over_km"), UpToKM: r.whole("up_to_km")}
		if z.Distance != nil && *z.Distance != d {
			r.fail("over_km", waybill.RuleUnique, "differs from another row of the same zone")
		}
		z.Distance = &d
	}
}
