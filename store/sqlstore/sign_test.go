package sqlstore

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"waybill/store"
)

// TestSign: the sign of a shipment's words has those of every beginning of them, and seldom those of other words.
func TestSign(t *testing.T) {
	word := rapid.OneOf(rapid.StringMatching(`[a-zäøж0-9~]{1,12}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		var terms []store.Term
		for _, w := range rapid.SliceOfN(word, 1, 24).Draw(t, "words") {
			terms = append(terms, store.Term{Field: store.TermWord, Value: w})
		}
		all := signOf(terms)
		of := rapid.SampledFrom(terms).Draw(t, "of").Value
		begin := of[:rapid.IntRange(0, len(of)).Draw(t, "bytes")]
		if mask := sign(begin); all&mask != mask {
			t.Fatalf("%q is not seen by %q", of, begin)
		}
	})
	names := strings.Fields("anna bergmann carla david emma felix greta hugo ida jonas klara leon maria nils olga paul rosa simon tina uwe vera wim yara bath bristol cardiff derby durham exeter")
	taken, pairs := 0, 0
	for i := range names {
		var terms []store.Term
		for _, w := range []string{names[i], names[(i+7)%len(names)], "order0001", "street", "harbour"} {
			terms = append(terms, store.Term{Field: store.TermWord, Value: w})
		}
		for j, other := range names {
			if j != i && j != (i+7)%len(names) {
				pairs++
				if mask := sign(other); signOf(terms)&mask == mask {
					taken++
				}
			}
		}
	}
	if taken*20 > pairs {
		t.Errorf("of %d pairs of words that are not together %d look as if", pairs, taken)
	}
}
