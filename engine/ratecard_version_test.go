package engine_test

import (
	"strings"
	"testing"
	"time"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
)

// flat is a rate card of one price, valid from a day.
func flat(price, from string) []byte {
	return []byte(`{"version":"` + price + `","valid_from":"` + from + `","currency":"USD","time_zone":"America/New_York","working_days":["mon","tue","wed","thu","fri","sat","sun"],` +
		`"zones":[{"code":"all"}],"services":[{"code":"std","name":"Standard","direction":"outgoing","tariffs":[{"zone":"all","days":1,"bands":[{"up_to_g":30000,"price":` + price + `}]}]}]}`)
}

// TestRateCardsTakeEffectAtTheirTime: a card that is valid from a later day waits for it; a parcel that leaves on that
// day is priced by it already; the one before can be read, and put back.
func TestRateCardsTakeEffectAtTheirTime(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		c := d.Connect(engine.SaveConnection{Connection: waybill.Connection{
			ExternalID: "van", Carrier: "house", Name: "Van", Mode: waybill.ModeSimulator, Settings: map[string]string{"rate_card": string(flat("400", "2020-01-01"))},
		}})
		d.Boston(c)
		ref, zone := engine.RecordRef{Key: "van"}, time.FixedZone("EST", -5*3600)
		price := func(reference, shipDate string) int64 {
			t.Helper()
			order := enginetest.Order(reference)
			order.Shipment.Options.ShipDate = shipDate
			sh, err := d.CreateShipment(t.Context(), order)
			if err != nil {
				t.Fatal(err)
			}
			if sh.Bought != sh.Sold || len(sh.Notices) != 0 {
				t.Errorf("%s: %+v, sold at %v with %v", reference, sh.Bought, sh.Sold, sh.Notices)
			}
			return sh.Bought.Minor
		}
		day := d.Clock.Now().In(zone).AddDate(0, 0, 2).Format(time.DateOnly)
		put, err := d.PutRateCard(t.Context(), engine.PutRateCard{Ref: ref, Text: flat("500", day), Note: "new year"})
		if err != nil || put.Version.No != 2 || !put.Version.Planned || put.Version.From.In(zone).Format(time.DateTime) != day+" 00:00:00" {
			t.Fatalf("%v: %+v", err, put.Version)
		}
		if got := price("A-1", ""); got != 400 {
			t.Errorf("today it costs %d", got)
		}
		if got := price("A-2", day); got != 500 {
			t.Errorf("leaving on %s it costs %d", day, got)
		}
		if card, err := d.GetRateCard(t.Context(), engine.CardAt{Ref: ref, At: put.Version.From}); err != nil || !strings.Contains(string(card.Text), `"500"`) {
			t.Errorf("%v: the card of that day is %s", err, card.Text)
		}
		d.Clock.Advance(48 * time.Hour)
		if got := price("A-3", ""); got != 500 {
			t.Errorf("when its day has come it costs %d", got)
		}
		shown, err := engine.Connections.Get(d.Session, t.Context(), ref)
		if err != nil || !strings.Contains(shown.Settings["rate_card"], `"500"`) || len(shown.Cards) != 0 {
			t.Errorf("%v: the connection shows %s and %d cards to come", err, shown.Settings["rate_card"], len(shown.Cards))
		}
		_, err = engine.Connections.Change(d.Session, t.Context(), engine.ChangeRecord[engine.SaveConnection]{Ref: ref, Change: func(c *engine.SaveConnection) error {
			c.Markup = 100
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		back, err := d.RestoreRateCard(t.Context(), engine.CardEdition{Ref: ref, Edition: 1})
		if err != nil || back.Version.No != 3 || back.Version.Restores != 1 {
			t.Fatalf("%v: %+v", err, back.Version)
		}
		list, err := d.ListCardVersions(t.Context(), engine.CardHistory{Ref: ref, ListVersions: engine.ListVersions{Page: store.Page{Limit: 10}}})
		if err != nil || len(list.Items) != 3 || list.InForce != 3 {
			t.Errorf("%v: %d versions, in force %d", err, len(list.Items), list.InForce)
		}
		if card, err := d.GetRateCard(t.Context(), engine.CardAt{Ref: ref}); err != nil || !strings.Contains(string(card.Text), `"400"`) {
			t.Errorf("%v: rolled back to %s", err, card.Text)
		}
	})
}

// TestRateCardsOfBeforeAreTheFirstVersion: a connection whose card was stored before versions prices by it, and it can be
// put back.
func TestRateCardsOfBeforeAreTheFirstVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, o enginetest.Options) {
		d := enginetest.New(t, o).Account("acme")
		c := waybill.Connection{
			Row:        waybill.Row{ID: "0123456789abcdef01234567", Account: d.Actor.Account},
			ExternalID: "van", Carrier: "house", Name: "Van", DisplayName: "Van", Mode: waybill.ModeSimulator, Increment: 1,
			Settings: map[string]string{"rate_card": string(flat("400", "2020-01-01"))},
		}
		if err := d.Store.Update(t.Context(), d.Actor, func(tx store.Tx) error { return tx.Connections().Put(&c) }); err != nil {
			t.Fatal(err)
		}
		d.Boston(c)
		price := func(reference string) int64 {
			t.Helper()
			sh, err := d.CreateShipment(t.Context(), enginetest.Order(reference))
			if err != nil {
				t.Fatal(err)
			}
			return sh.Bought.Minor
		}
		if got := price("A-1"); got != 400 {
			t.Errorf("it costs %d", got)
		}
		ref := engine.RecordRef{Key: "van"}
		if put, err := d.PutRateCard(t.Context(), engine.PutRateCard{Ref: ref, Text: flat("500", "2020-01-01")}); err != nil || put.Version.No != 2 {
			t.Fatalf("%v: %+v", err, put.Version)
		}
		if got := price("A-2"); got != 500 {
			t.Errorf("by the new card it costs %d", got)
		}
		if _, err := d.RestoreRateCard(t.Context(), engine.CardEdition{Ref: ref, Edition: 1}); err != nil {
			t.Fatal(err)
		}
		if got := price("A-3"); got != 400 {
			t.Errorf("put back it costs %d", got)
		}
	})
}

// TestRateCardsArePutOffAndTakenBack: a table of the card to come is of that card; what was taken back never prices.
func TestRateCardsArePutOffAndTakenBack(t *testing.T) {
	d := enginetest.New(t, enginetest.Options{}).Account("acme")
	c := d.Connect(engine.SaveConnection{Connection: waybill.Connection{
		ExternalID: "van", Carrier: "house", Name: "Van", Mode: waybill.ModeSimulator, Settings: map[string]string{"rate_card": string(flat("400", "2020-01-01"))},
	}})
	d.Boston(c)
	ref, at := engine.RecordRef{Key: "van"}, d.Clock.Now().Add(24*time.Hour)
	table := []byte("service,zone,days,up_to_kg,price\nstd,all,1,30,7.00\n")
	d.Clock.Advance(time.Second) // lists go by the time
	planned, err := d.PutRateCard(t.Context(), engine.PutRateCard{Ref: ref, Text: table, Table: "rates", From: at})
	if err != nil || !planned.Version.From.Equal(at) {
		t.Fatalf("%v: %+v", err, planned.Version)
	}
	_, err = d.PutRateCard(t.Context(), engine.PutRateCard{Ref: ref, Text: []byte("service,zone,days,up_to_kg,price\nstd,all,1,30,free\n"), Table: "rates"})
	wantReason(t, err, waybill.ReasonFields, "rows[2].price")
	file, err := d.ExportRateCard(t.Context(), engine.CardTable{Ref: ref, Table: "rates", At: at})
	if err != nil || !strings.Contains(string(file.Data), "7.00") {
		t.Errorf("%v: %s", err, file.Data)
	}
	if file, err := d.ExportRateCard(t.Context(), engine.CardTable{Ref: ref, Table: "rates"}); err != nil || !strings.Contains(string(file.Data), "4.00") {
		t.Errorf("%v: today it has %s", err, file.Data)
	}
	_, err = d.WithdrawRateCard(t.Context(), engine.CardEdition{Ref: ref, Edition: 1})
	wantReason(t, err, waybill.ReasonInUse)
	if _, err := d.WithdrawRateCard(t.Context(), engine.CardEdition{Ref: ref, Edition: 2}); err != nil {
		t.Fatal(err)
	}
	d.Clock.Advance(48 * time.Hour)
	sh, err := d.CreateShipment(t.Context(), enginetest.Order("A-1"))
	if err != nil || sh.Bought.Minor != 400 {
		t.Errorf("%v: %v", err, sh.Bought)
	}
	c.Settings = map[string]string{"rate_card": string(flat("450", "2020-01-01"))}
	d.Connect(engine.SaveConnection{Connection: c})
	list, err := d.ListCardVersions(t.Context(), engine.CardHistory{Ref: ref, ListVersions: engine.ListVersions{Page: store.Page{Limit: 10}}})
	if err != nil || len(list.Items) != 3 || list.InForce != 3 || list.Items[1].Withdrawn == nil {
		t.Errorf("%v: a card that is written with the settings is a version too: %+v", err, list)
	}
}
