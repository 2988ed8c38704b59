package engine_test

import (
	"testing"

	"waybill"
	"waybill/carrier"
	"waybill/engine"
	"waybill/engine/enginetest"
)

// Every paper that is listed opens at its address as what the list says it is, whoever drew it and whatever for.
func TestEveryListedPaperOpens(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		van, ups := d.House("van", "Van", "us"), d.Ups("ups")
		d.Boston(van, ups)
		kinds := map[waybill.DocumentKind]int{}
		for _, by := range []string{"van", "ups"} {
			for _, format := range []waybill.LabelFormat{"", waybill.PDF, waybill.ZPL, waybill.PNG} {
				in := enginetest.Order(by + " " + string(format) + ".")
				in.Shipment.Choice.Connection, in.Shipment.Label.Format = by, format
				sh := create(t, d, in)
				if sh.Booking != waybill.Booked {
					t.Fatalf("%s: %s %+v", in.Shipment.Reference, sh.Booking, sh.Failure)
				}
				papers, err := d.ShipmentDocuments(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: sh.ID}})
				if err != nil || len(papers) == 0 {
					t.Fatal(len(papers), err)
				}
				for _, paper := range papers {
					kinds[paper.Kind]++
					file, err := d.GetDocument(t.Context(), engine.GetDocument{Ref: engine.Ref{ID: sh.ID}, ID: paper.ID})
					if err != nil || file.Format != engine.ComesAs(paper) || carrier.Sniff(file.Data) != file.Format {
						t.Errorf("%s: the %s that is kept as %s comes as %q: %v", in.Shipment.Reference, paper.Kind, paper.Format, file.Format, err)
					}
				}
			}
		}
		if kinds[waybill.DocumentLabel] != 8 {
			t.Errorf("the papers were %v", kinds)
		}
	})
}
