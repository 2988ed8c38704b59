package engine_test

import (
	"strconv"
	"testing"

	"waybill"
	"waybill/engine"
	"waybill/engine/enginetest"
	"waybill/store"
	"waybill/store/storetest"
)

// trackers reads who follows a shipment's parcels, returns included.
func trackers(t *testing.T, d *enginetest.Desk, shipment waybill.ID) (list []waybill.Tracker) {
	t.Helper()
	err := d.World.Store.View(t.Context(), waybill.System(""), func(tx store.Tx) (err error) {
		list, err = tx.Trackers().Of(shipment)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// scan is what a driver of the house courier sees now.
func scan(t *testing.T, d *enginetest.Desk, number string, status waybill.Transit) waybill.Shipment {
	t.Helper()
	sh, err := d.RecordScan(t.Context(), engine.RecordScan{Number: number, Scan: waybill.Scan{Status: status, Text: string(status)}})
	if err != nil {
		t.Fatal(err)
	}
	return sh
}

// lastSold are the numbers of what the courier sold last.
func lastSold(d *enginetest.Desk) []string {
	sales := d.Courier.Sales()
	return sales[len(sales)-1].Numbers
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// onBoth runs a test of concurrent callers on both databases.
func onBoth(t *testing.T, do func(*testing.T, enginetest.Options)) {
	t.Run("sqlite", func(t *testing.T) { do(t, enginetest.Options{}) })
	t.Run("postgres", func(t *testing.T) {
		clock := waybill.NewManualClock(storetest.Start)
		do(t, enginetest.Options{Clock: clock, Store: storetest.PostgreSQL(t, clock)})
	})
}
