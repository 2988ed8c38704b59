package label

import (
	"fmt"
	"strings"
	"testing"

	"waybill/label/labeltest"

	"waybill"
)

func pickable(items int) []waybill.Shipment {
	to := faces()["latin"].To
	s := waybill.Shipment{Reference: "SO-2026-004711", To: to}
	for i := range items {
		s.Items = append(s.Items, waybill.Item{SKU: fmt.Sprintf("MUG-%03d", i), Title: fmt.Sprintf("Enamel mug no. %d", i), Quantity: i + 1})
	}
	described := waybill.Shipment{Reference: "SO-2026-004712", To: faces()["arabic"].To, Items: []waybill.Item{
		{SKU: "X-1", Quantity: 2, Commodity: waybill.Commodity{Description: "Glass beads"}},
		{SKU: "X-2", Quantity: 1, Title: "क्षितिज हस्तशिल्प"},
	}}
	numbered := waybill.Shipment{To: to}
	numbered.Number = 42
	return []waybill.Shipment{s, described, numbered}
}

func TestPickingListNamesEveryItem(t *testing.T) {
	data, err := PickingList("Morning run", pickable(60))
	if err != nil {
		t.Fatal(err)
	}
	text := labeltest.Text(t, data)
	for i := range 60 {
		row := fmt.Sprintf("MUG-%03d", i)
		at := strings.Index(text, row)
		if at < 0 {
			t.Fatalf("%s is missing", row)
		}
		start, end := strings.LastIndexByte(text[:at], '\n'), at+strings.IndexByte(text[at:], '\n')
		if got := strings.Join(strings.Fields(text[start:end]), " "); got != fmt.Sprintf("%d %s Enamel mug no. %d", i+1, row, i) {
			t.Errorf("%q", got)
		}
	}
	for _, want := range []string{
		"Morning run", "3 shipments · 62 lines · 1833 pieces", "SO-2026-004711 (continued)", "SO-2026-004712", "#42", "Glass beads",
		"Maximilian Weber, Berlin, GERMANY", "No items were named for this shipment.", "Page 1 of 3", "Page 3 of 3",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the list:\n%s", want, text)
		}
	}
	again, err := PickingList("Morning run", pickable(60))
	if err != nil || string(again) != string(data) {
		t.Errorf("another list the second time (%v)", err)
	}
}

// Nothing is written over anything else, nor below the foot.
func TestPickingListStaysOnItsPages(t *testing.T) {
	shipments := pickable(60)
	long := strings.Repeat("an endless name of a thing ", 12)
	shipments[0].Items[3] = waybill.Item{SKU: strings.Repeat("SKU", 40), Title: long, Quantity: 1234567}
	shipments[0].Reference = strings.Repeat("REF", 40)
	shipments[0].To.Contact.Name = long
	pages := layList(long, shipments)
	for n, page := range pages {
		inside := rect{0, 0, page.width, page.height}.grown(-page.mm(140), -page.mm(110))
		for i, a := range page.texts {
			ink := a.inkRect(a.x, a.base)
			if !inside.holds(ink) {
				t.Errorf("page %d: %q leaves the page", n+1, a.text)
			}
			for _, b := range page.texts[i+1:] {
				if ink.meets(b.inkRect(b.x, b.base)) {
					t.Errorf("page %d: %q and %q overlap", n+1, a.text, b.text)
				}
			}
			for _, f := range page.fills {
				if f.meets(ink) {
					t.Errorf("page %d: %q is on a rule", n+1, a.text)
				}
			}
		}
	}
}

func TestPickingListOfNothing(t *testing.T) {
	if _, err := PickingList("Empty", nil); waybill.ReasonOf(err) != waybill.ReasonUnknownShipment {
		t.Errorf("%v", err)
	}
}
