package app

import (
	"fmt"
	"strings"
	"testing"

	"waybill/internal/fixture"
	"waybill/store"
	"waybill/store/storetest"
)

// TestNodesShareASimulatorsMemory: an entry has one place, whichever node adds it, and all nodes read the same.
func TestNodesShareASimulatorsMemory(t *testing.T) {
	clock := fixture.NewManual(storetest.Start)
	for name, s := range map[string]store.Store{"sqlite": storetest.SQLite(t, clock), "postgres": storetest.PostgreSQL(t, clock)} {
		t.Run(name, func(t *testing.T) {
			one, two := &commonMemory{store: s, surface: "simulator/ups"}, &commonMemory{store: s, surface: "simulator/ups"}
			var want []string
			for i := range commonPart + 3 {
				node := []*commonMemory{one, two}[i%2]
				entry := fmt.Sprintf(`{"parcel":%d}`, i)
				if ours, err := node.Append(i, []byte(entry)); err != nil || !ours {
					t.Fatal(i, ours, err)
				}
				want = append(want, entry)
			}
			if ours, err := two.Append(1, []byte("{}")); err != nil || ours {
				t.Errorf("a place was taken twice: %v", err)
			}
			for _, from := range []int{0, 2, len(want)} {
				list, err := two.Since(from)
				var got []string
				for _, line := range list {
					got = append(got, string(line))
				}
				if err != nil || strings.Join(got, "\n") != strings.Join(want[from:], "\n") {
					t.Errorf("from %d there are %d, not %d: %v", from, len(got), len(want)-from, err)
				}
			}
			if other, err := (&commonMemory{store: s, surface: "simulator/doordash"}).Since(0); err != nil || len(other) != 0 {
				t.Errorf("another carrier's has %d, %v", len(other), err)
			}
		})
	}
}

// TestNodesShareASimulator: what one node bought of the simulated UPS another one takes back, and it knows no number twice.
func TestNodesShareASimulator(t *testing.T) {
	cfg := fresh(t)
	cfg.Database = storetest.Postgres(t)
	nodes := []*node{started(t, cfg), started(t, cfg)}
	numbers := map[string]bool{}
	for i := range 4 {
		reference := fmt.Sprint("TWO-", i)
		sold := nodes[i%2].ask(201, "POST", "/shipments", map[string]any{
			"reference": reference, "location": "7709", "book": map[string]any{"connection": "ups"},
			"to":      map[string]any{"name": "Bob", "phone": "+1 617-555-0101", "street1": "725 Albany Street", "city": "Boston", "state": "MA", "postcode": "02118", "country": "US"},
			"parcels": []any{map[string]any{"weight": map[string]any{"value": 2, "unit": "kg"}, "size": map[string]any{"length": 20, "width": 15, "height": 10, "unit": "cm"}}},
		})
		numbers[fmt.Sprint(sold["tracking_number"])] = true
		if gone := nodes[(i+1)%2].ask(200, "DELETE", "/shipments/"+reference, nil); gone["booking"] != "cancelled" {
			t.Errorf("taken back at the other node it is %v", gone["booking"])
		}
	}
	if len(numbers) != 4 {
		t.Errorf("the numbers are %v", numbers)
	}
}
