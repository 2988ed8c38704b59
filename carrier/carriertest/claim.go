package carriertest

import (
	"testing"

	"waybill"
	"waybill/carrier"
)

// claimsHeld holds what a person may tell of a purchase against the carrier's own writing: what it sold is taken, and what
// it would never write is refused by its path.
func claimsHeld(b *bench) {
	if b.carrier.Driver().Local {
		b.Skip("what is sold is known in the same moment")
	}
	request, booking := b.ship()
	claim := carrier.ClaimRequest{Key: request.Key, Token: request.Rate.Token, Numbers: booking.Numbers}
	if err := b.carrier.Claim(claim); err != nil {
		b.Errorf("what was sold is refused: %v", explain(err))
	}
	if claim.CarrierID = booking.Numbers[0]; b.carrier.Claim(claim) != nil {
		b.Errorf("by the number of its first parcel it is refused: %v", explain(b.carrier.Claim(claim)))
	}
	claim.CarrierID, claim.Numbers = "y", append([]string{"x"}, booking.Numbers[1:]...)
	paths(b.T, b.carrier.Claim(claim), "numbers[0]", "carrier_id")
	if !b.carrier.Has(carrier.Collects) {
		return
	}
	visit, err := b.collect()
	if err != nil {
		b.Fatal(explain(err))
	}
	if err := b.carrier.Claim(carrier.ClaimRequest{Visit: visit.ID}); err != nil {
		b.Errorf("the visit %s is refused: %v", visit.ID, explain(err))
	}
	paths(b.T, b.carrier.Claim(carrier.ClaimRequest{Visit: "x"}), "carrier_id")
}

// paths are those that a refusal names, in any order.
func paths(t *testing.T, err error, want ...string) {
	t.Helper()
	told := map[string]bool{}
	for _, f := range waybill.AsError(err).Fields {
		told[f.Path] = true
	}
	for _, path := range want {
		if !told[path] {
			t.Errorf("%s is not refused: %v", path, err)
		}
	}
}
