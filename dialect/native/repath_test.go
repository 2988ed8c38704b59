package native

import "testing"

// TestPathsOfAParty: what a carrier says of an address is told by the members that the caller sent.
func TestPathsOfAParty(t *testing.T) {
	for path, want := range map[string]string{
		"to.address.postcode": "to.postcode", "from.contact.name": "from.name", "to.address.street": "to.street1", "to.contact.first": "to.first_name",
		"parcels[0].weight": "parcels[0].weight", "value.amount": "value.amount",
	} {
		if got := flat(path); got != want {
			t.Errorf("%s is told as %s", path, got)
		}
	}
}
