package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// A view shows the history in order and the label, and leaves no trace; printing does.
func TestAViewLeavesNoTrace(t *testing.T) {
	d := houseOnly(t)
	sh := create(t, d, enginetest.Order("A-1"))
	scan(t, d, sh.Tracking, waybill.PickedUp)
	before := history(t, d, "A-1")
	for range 2 {
		view, err := d.ViewShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
		if err != nil || view.Label == nil || string(view.Label.Data[:4]) != "%PDF" || view.Label.Tracking != sh.Tracking {
			t.Fatalf("%v: %+v", err, view.Label)
		}
		var kinds []waybill.EventKind
		for _, e := range view.Events {
			kinds = append(kinds, e.Kind)
		}
		if !slices.Equal(kinds, before) || kinds[len(kinds)-1] != waybill.ShipmentTracked {
			t.Errorf("the view tells %v, want %v", kinds, before)
		}
	}
	if got := history(t, d, "A-1"); !slices.Equal(got, before) {
		t.Errorf("looking wrote %v", got)
	}
	if now := get(t, d, "A-1"); now.Transit != waybill.PickedUp {
		t.Errorf("looking moved it to %s", now.Transit)
	}
	if _, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1"), Format: waybill.ZPL, Printed: true}); err != nil {
		t.Fatal(err)
	}
	if e := lastEvent(t, d, "A-1"); e.Kind != waybill.LabelPrinted || e.Facts.Format != waybill.ZPL || e.Actor != "tester" || e.IP != "203.0.113.7" {
		t.Errorf("printing is told as %s %s by %q from %s", e.Kind, e.Facts.Format, e.Actor, e.IP)
	}
}

func TestAnUnbookedShipmentHasNoLabel(t *testing.T) {
	d := houseOnly(t)
	in := enginetest.Order("A-1")
	in.Approve = true
	create(t, d, in)
	_, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1")})
	wantReason(t, err, waybill.ReasonNoLabel)
	view, err := d.ViewShipment(t.Context(), engine.GetShipment{Ref: ref("A-1")})
	if err != nil || view.Label != nil {
		t.Errorf("%v, %v", err, view.Label)
	}
}

func TestNamesThatFindNothing(t *testing.T) {
	d := houseOnly(t)
	for name, reason := range map[string]waybill.Reason{
		"": waybill.ReasonBadID, "   ": waybill.ReasonBadID, "a\tb": waybill.ReasonBadID, strings.Repeat("x", 101): waybill.ReasonBadID,
		"a\xffb": waybill.ReasonBadID, "unheard-of": waybill.ReasonUnknownShipment, strings.Repeat("é", 100): waybill.ReasonUnknownShipment,
	} {
		_, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: ref(name)})
		wantReason(t, err, reason)
	}
	_, err := d.GetShipment(t.Context(), engine.GetShipment{Ref: engine.Ref{ID: "000000000000000000000000"}})
	wantReason(t, err, waybill.ReasonUnknownShipment)
}

func TestListsAreCountedAndFiltered(t *testing.T) {
	d := houseOnly(t)
	for i := range 5 {
		in := enginetest.Order("A-" + itoa(int64(i)))
		in.Approve = i%2 == 0
		create(t, d, in)
		d.World.Clock.Advance(time.Second)
	}
	list := func(q store.ShipmentQuery, p store.Page) engine.ShipmentList {
		t.Helper()
		l, err := d.ListShipments(t.Context(), engine.ListShipments{Query: q, Page: p, Count: true})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	all := list(store.ShipmentQuery{}, store.Page{Limit: 2})
	if len(all.Items) != 2 || all.Total != 5 || !all.Exact || all.Items[0].Reference != "A-4" || all.Next == "" {
		t.Fatalf("%d of %d, first %s", len(all.Items), all.Total, all.Items[0].Reference)
	}
	next := list(store.ShipmentQuery{}, store.Page{Limit: 2, After: all.Next})
	if next.Items[0].Reference != "A-2" {
		t.Errorf("after the cursor comes %s", next.Items[0].Reference)
	}
	held := list(store.ShipmentQuery{Booking: []waybill.Booking{waybill.Held}}, store.Page{Limit: 10})
	if held.Total != 3 {
		t.Errorf("%d are held, want 3", held.Total)
	}
	_, err := d.ListShipments(t.Context(), engine.ListShipments{
		Query: store.ShipmentQuery{Booking: []waybill.Booking{waybill.Held}}, Page: store.Page{Limit: 2, After: all.Next},
	})
	wantReason(t, err, waybill.ReasonBadCursor)
}

// The address of a label is good until its time, for that label alone, and cannot be changed.
func TestSignedLinks(t *testing.T) {
	d := houseOnly(t)
	sh := create(t, d, enginetest.Order("A-1"))
	now := d.World.Clock.Now()
	link := d.Vault.Link("label", sh.ID, now.Add(time.Hour))
	open := func(link string) error {
		file, err := d.World.Engine.OpenLink(t.Context(), link)
		if err == nil && string(file.Data[:4]) != "%PDF" {
			t.Errorf("%s opens %.4q", link, file.Data)
		}
		return err
	}
	if err := open(link); err != nil {
		t.Fatal(err)
	}
	part := strings.Split(link, ".")
	forged := map[string]string{
		"nothing": "", "no dots": "x", "another kind": strings.Replace(link, "label", "return", 1),
		"another id":   strings.Replace(link, string(sh.ID), "000000000000000000000001", 1),
		"a later time": part[0] + "." + part[1] + ".zzzzzz." + part[3], "no signature": strings.Join(part[:3], "."),
		"part of the signature": link[:len(link)-2], "a kind of nobody's": d.Vault.Link("invoice", sh.ID, now.Add(time.Hour)),
	}
	for what, text := range forged {
		if err := open(text); waybill.ReasonOf(err) != waybill.ReasonForeign {
			t.Errorf("%s: %v", what, err)
		}
	}
	d.World.Clock.Advance(time.Hour)
	if err := open(link); err != nil {
		t.Errorf("at its last second: %v", err)
	}
	d.World.Clock.Advance(time.Second)
	wantReason(t, open(link), waybill.ReasonForeign)
	fresh := d.Vault.Link("label", sh.ID, d.World.Clock.Now().Add(time.Hour))
	if _, err := cancel(t, d, "A-1"); err != nil {
		t.Fatal(err)
	}
	wantReason(t, open(fresh), waybill.ReasonNoLabel)
}

func TestLabelsInEveryFormat(t *testing.T) {
	d := houseOnly(t)
	in := enginetest.Order("A-1")
	in.Shipment.Parcels = append(in.Shipment.Parcels, in.Shipment.Parcels[0])
	create(t, d, in)
	for _, format := range []waybill.LabelFormat{waybill.PDF, waybill.ZPL} {
		file, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1"), Format: format, DPI: 300})
		if err != nil || file.Format != format {
			t.Errorf("%s: %v", format, err)
		}
		if format == waybill.PDF && pages(t, file.Data) != 2 {
			t.Errorf("%d pages for two parcels", pages(t, file.Data))
		}
		if format == waybill.ZPL && strings.Count(string(file.Data), "^XA") != 2 {
			t.Errorf("%d ZPL labels for two parcels", strings.Count(string(file.Data), "^XA"))
		}
	}
	_, err := d.GetLabel(t.Context(), engine.GetLabel{Ref: ref("A-1"), Format: waybill.PNG})
	wantReason(t, err, waybill.ReasonFormat)
}
