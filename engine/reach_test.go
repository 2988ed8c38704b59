package engine_test

import (
	"slices"
	"strings"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// What our own courier's rate card serves and exists is reached; a carrier that would have to be asked is taken to
// reach all that exist; who is bound to no connection of the account reaches nothing.
func TestReach(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	d.Boston(d.House("own", "Own", "nl"), d.Ups("ups"))
	reach := func(connection, country string, codes ...string) ([]string, error) {
		return bound(d, connection).Reach(t.Context(), engine.Reach{Country: country, Postcodes: codes})
	}
	for _, c := range []struct {
		connection, country string
		codes, want         []string
	}{
		{"own", "NL", []string{"1011", "1999", "9712"}, []string{"1011", "9712"}}, // the second does not exist
		{"own", "FR", []string{"75001"}, nil},
		{"ups", "NL", []string{"1011", "1999"}, []string{"1011"}},
		{"ups", "FR", []string{"75001"}, []string{"75001"}},
	} {
		got, err := reach(c.connection, c.country, c.codes...)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s to %s: %v, %v, want %v", c.connection, c.country, got, err, c.want)
		}
	}
	// Where a parcel leaves decides what its price is: the place that the connection is assigned to, or the sender given.
	utrecht := d.House("utrecht", "Utrecht", "nl")
	utrecht.Settings["rate_card"] = strings.Replace(utrecht.Settings["rate_card"],
		`"name": "Rest of the Netherlands",`, `"name": "Rest of the Netherlands", "from": [{"countries": ["NL"]}],`, 1)
	d.Connect(engine.SaveConnection{Connection: utrecht})
	if got, err := reach("utrecht", "NL", "9712"); err != nil || len(got) != 0 {
		t.Errorf("from Boston it reaches %v, %v", got, err)
	}
	at := waybill.Address{Street1: "Oudegracht 1", City: "Utrecht", Postcode: "3511AB", Country: "NL"}
	given := engine.Reach{Country: "NL", Postcodes: []string{"9712"}, From: waybill.Party{Address: at}}
	if got, err := bound(d, "utrecht").Reach(t.Context(), given); err != nil || len(got) != 1 {
		t.Errorf("from the place given it reaches %v, %v", got, err)
	}
	if _, err := d.SaveLocation(t.Context(), waybill.Location{
		ExternalID: "UTR", Name: "Utrecht", Connections: []waybill.ID{utrecht.ID}, Contact: waybill.Contact{Name: "Depot"}, Address: at,
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := reach("utrecht", "NL", "9712"); err != nil || len(got) != 1 {
		t.Errorf("from its own place it reaches %v, %v", got, err)
	}
	for _, connection := range []string{"", "nobody's"} {
		_, err := reach(connection, "NL", "1011")
		wantReason(t, err, waybill.ReasonForeign)
	}
}
