package engine_test

import (
	"slices"
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
	for _, connection := range []string{"", "nobody's"} {
		_, err := reach(connection, "NL", "1011")
		wantReason(t, err, waybill.ReasonForeign)
	}
}
