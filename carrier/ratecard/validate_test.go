package ratecard_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill"
	"waybill/carrier/ratecard"
)

// A card full of mistakes is answered with all of them at once, each at its place.
func TestValidateReportsEverything(t *testing.T) {
	card, err := ratecard.Parse([]byte(`{
	  "version": " ", "valid_from": "1 May", "currency": "eur", "time_zone": "Local", "cutoff": "25:00", "working_days": ["monday"],
	  "zones": [
	    {"code": "a", "to": [{"countries": []}, {"countries": ["uk"], "postcodes": ["B!", "", "12..1", "1..2*"]}]},
	    {"code": "a", "from": [{"countries": ["FR", "DE"], "states": ["x"]}], "distance": {"over_km": 5, "up_to_km": 5}},
	    {"code": "", "to": [{"countries": ["GB"], "postcodes": ["IV1..KW2", "IV2..IV1", "1..2"]}]}
	  ],
	  "services": [
	    {"code": "s", "name": "", "direction": "sideways", "abilities": ["Signature!"], "currency": "£", "divisor": -1,
	     "deliver_by": "9:00", "limits": {"parcels": -1}, "tariffs": [
	       {"zone": "nowhere", "days": -1},
	       {"zone": "a", "minimum": -1, "bands": [{"up_to_g": 0, "price": 10}, {"up_to_g": 0, "price": 9}], "extra": {"step_g": 0, "price": -1}},
	       {"zone": "a", "bands": [{"up_to_g": 1, "price": 1}]}
	     ]},
	    {"code": "s", "name": "T", "direction": "incoming", "tariffs": []}
	  ],
	  "surcharges": [
	    {"kind": "bribe"}, {"kind": "fuel"}, {"kind": "residential", "per_mille": 5}, {"kind": "long_edge", "price": 1},
	    {"kind": "remote_area", "price": 1, "over_mm": 5, "services": ["none"]}, {"kind": "fuel", "per_mille": 1001}
	  ]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range ratecard.Validate(card) {
		got = append(got, f.Path+" "+string(f.Rule))
		if !strings.HasPrefix(f.Message, f.Path+" ") {
			t.Errorf("the message %q does not begin with the path %q", f.Message, f.Path)
		}
	}
	want := []string{
		"version required", "valid_from format", "currency format", "time_zone enum", "cutoff format", "working_days[0] enum",
		"zones[0].to[0].countries empty", "zones[0].to[1].countries[0] format", "zones[0].to[1].postcodes[0] format",
		"zones[0].to[1].postcodes[1] format", "zones[0].to[1].postcodes[2] format", "zones[0].to[1].postcodes[3] format",
		"zones[1].from[0].countries needs", "zones[1].distance.up_to_km range",
		"zones[2].code required", "zones[2].to[0].postcodes[0] format", "zones[2].to[0].postcodes[1] format", "zones[2].to[0].postcodes[2] format",
		"services[0].name required", "services[0].direction enum", "services[0].abilities[0] format", "services[0].currency format",
		"services[0].divisor range", "services[0].deliver_by format", "services[0].limits.parcels range",
		"services[0].tariffs[0].zone exists", "services[0].tariffs[0].days range", "services[0].tariffs[0].bands empty",
		"services[0].tariffs[1].minimum range", "services[0].tariffs[1].bands[0].up_to_g range",
		"services[0].tariffs[1].bands[1].up_to_g range", "services[0].tariffs[1].bands[1].up_to_g range",
		"services[0].tariffs[1].bands[1].price range",
		"services[0].tariffs[1].extra.step_g range", "services[0].tariffs[1].extra.price range",
		"services[0].tariffs[2].zone unique", "services[1].tariffs empty",
		"surcharges[0].kind enum", "surcharges[1].price required", "surcharges[2].per_mille needs", "surcharges[3].over_mm needs", "surcharges[3].services needs",
		"surcharges[4].over_mm needs", "surcharges[4].to required", "surcharges[4].services[0] exists", "surcharges[5].per_mille range",
		"zones[1].code unique", "services[1].code unique",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := ratecard.Compile(card); waybill.ReasonOf(err) != waybill.ReasonFields || len(waybill.AsError(err).Fields) != len(want) {
		t.Errorf("Compile says %v", err)
	}
}

// An amount cannot be charged in two currencies at once; a share can.
func TestSurchargeCurrencies(t *testing.T) {
	card, err := ratecard.Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	card.Services[1].Currency = "EUR"
	var paths []string
	for _, f := range ratecard.Validate(card) {
		paths = append(paths, f.Path)
	}
	want := []string{
		"surcharges[4].services", "surcharges[6].services", "surcharges[7].services", "surcharges[8].services", "surcharges[9].services",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []struct {
		text   string
		reason waybill.Reason
		path   string
	}{
		{`{"version": }`, waybill.ReasonBadJSON, ""},
		{`{} {}`, waybill.ReasonBadJSON, ""},
		{``, waybill.ReasonBadJSON, ""},
		{`{"zones": [{"code": 5}]}`, waybill.ReasonFields, "zones.code"},
		{`{"services": [{"tariffs": [{"bands": [{"price": 4.5}]}]}]}`, waybill.ReasonFields, "services.tariffs.bands.price"},
		{`{"servcies": []}`, waybill.ReasonFields, "servcies"},
	}
	for _, c := range cases {
		_, err := ratecard.Parse([]byte(c.text))
		if waybill.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v", c.text, err)
		} else if c.path != "" && waybill.AsError(err).Fields[0].Path != c.path {
			t.Errorf("%s: %+v", c.text, waybill.AsError(err).Fields)
		}
	}
}
