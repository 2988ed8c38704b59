package peddler

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"
	"strings"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

//go:embed regions.csv
var regionTable string

// region is a range of postcodes that the vendor calls by the name of a city.
type region struct {
	first, last int
	name        string
}

var regions = readRegions(regionTable)

func readRegions(table string) (list []region) {
	for _, cell := range rows(table) {
		first, _ := strconv.Atoi(cell[0])
		last, _ := strconv.Atoi(cell[1])
		list = append(list, region{first, last, cell[2]})
	}
	return list
}

// elsewhere is the region of a postcode outside the cities.
const elsewhere = "NEDERLAND"

func regionOf(postcode string) string {
	n, _ := strconv.Atoi(postcode)
	for _, r := range regions {
		if n >= r.first && n <= r.last {
			return r.name
		}
	}
	return elsewhere
}

// decodePostcodes asks for all postcodes, of four digits, that the carrier delivers to.
func decodePostcodes(*dialect.Request) (engine.Reach, error) {
	in := engine.Reach{Country: home}
	for n := 1000; n <= 9999; n++ {
		in.Postcodes = append(in.Postcodes, strconv.Itoa(n))
	}
	return in, nil
}

// decodePostcode asks for one, given with its letters or without.
func decodePostcode(r *dialect.Request) (engine.Reach, error) {
	v := r.Asked()
	code := strings.TrimSpace(v.At("postcode").Required().Text(maxText))
	if code != "" && !dutch.MatchString(code) {
		v.At("postcode").Note(waybill.RuleFormat, "", "postcode must be a Dutch postcode, such as 1234 AB or 1234")
	}
	if err := v.Errors(opPostcode); err != nil {
		return engine.Reach{}, err
	}
	return engine.Reach{Country: home, Postcodes: []string{code[:4]}}, nil
}

// reachOne fails where the carrier does not deliver to the one postcode asked for.
func reachOne(s engine.Session, ctx context.Context, in engine.Reach) (string, error) {
	reached, err := s.Reach(ctx, in)
	if err != nil {
		return "", err
	}
	if len(reached) == 0 {
		return "", waybill.E(opPostcode, waybill.ReasonUnknownRecord, "nothing is delivered to %s", in.Postcodes[0])
	}
	return reached[0], nil
}

type postcode struct {
	ID     string `json:"id"`
	Region string `json:"region"`
}

func encodePostcode(_ *dialect.Request, code string) dialect.Reply {
	return dialect.JSON(http.StatusOK, postcode{code, regionOf(code)})
}

func encodePostcodes(_ *dialect.Request, codes []string) dialect.Reply {
	list := make([]postcode, len(codes))
	for i, code := range codes {
		list[i] = postcode{code, regionOf(code)}
	}
	return dialect.JSON(http.StatusOK, list)
}
