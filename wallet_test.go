package waybill_test

import (
	"testing"

	"pgregory.net/rapid"

	"waybill"
)

// Whatever is entered in a wallet, and in whatever order: the postings of each entry sum to zero, what is held is
// the sum of the holds that have not ended, and a hold that ends leaves nothing of itself.
func TestPostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		books := map[waybill.Book]int64{}
		var open []int64 // holds
		spent := int64(0)
		amount := rapid.Int64Range(0, 1_000_000)
		for range rapid.IntRange(1, 60).Draw(t, "entries") {
			kind := rapid.SampledFrom(waybill.EntryKinds).Draw(t, "kind")
			minor, held := amount.Draw(t, "amount"), int64(0)
			switch kind {
			case waybill.EntryHold:
				open = append(open, minor)
			case waybill.EntryCapture, waybill.EntryRelease:
				if len(open) == 0 {
					continue
				}
				held, open = open[0], open[1:]
				if kind == waybill.EntryCapture {
					spent += min(minor, held)
				}
			case waybill.EntryRefund:
				spent -= minor
			case waybill.EntryAdjustment:
				minor -= 500_000
				spent += minor
			}
			before := books[waybill.BookAvailable] + books[waybill.BookHeld] + books[waybill.BookSpent]
			postings := waybill.Post(kind, minor, held)
			sum := int64(0)
			for _, p := range postings {
				sum += p.Minor
				books[p.Book] += p.Minor
			}
			if sum != 0 || len(postings) < 2 || len(postings) > 3 {
				t.Fatalf("%s of %d ending a hold of %d: %+v", kind, minor, held, postings)
			}
			within := before == books[waybill.BookAvailable]+books[waybill.BookHeld]+books[waybill.BookSpent]
			if paid := kind == waybill.EntryTopUp || kind == waybill.EntryPayOut; within == paid && minor != 0 {
				t.Fatalf("%s of %d: money of the world outside moved %t", kind, minor, !within)
			}
		}
		sum := int64(0)
		for _, hold := range open {
			sum += hold
		}
		if books[waybill.BookHeld] != sum || books[waybill.BookSpent] != spent {
			t.Fatalf("held %d and spent %d, want %d and %d", books[waybill.BookHeld], books[waybill.BookSpent], sum, spent)
		}
		balance := waybill.Balance{
			Funding: books[waybill.BookFunding], Available: books[waybill.BookAvailable], Held: books[waybill.BookHeld], Spent: books[waybill.BookSpent],
		}
		if balance.Sum() != 0 {
			t.Fatalf("%+v sums to %d", balance, balance.Sum())
		}
	})
}
