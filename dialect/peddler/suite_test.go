package peddler_test

import (
	"testing"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/dialect/peddler"
	"waybill/store/storetest"
)

// TestConversationsOnPostgreSQL plays every conversation on the other database.
func TestConversationsOnPostgreSQL(t *testing.T) {
	i := installation(t)
	i.Store = storetest.PostgreSQL
	dialecttest.Conversations(t, dialecttest.Harness{Dialect: peddler.Dialect(), Start: i.Start, Given: given})
}

// TestSuite holds the dialect to its conversations and to what every dialect promises.
func TestSuite(t *testing.T) {
	const (
		noStatus   = "no status of a shipment changes"
		underWay   = "the shipment is still ADDED"
		notListed  = "a return is no shipment here; its tracking number can be asked for"
		bookkeeper = "what is paid is not told by webhook"
		pickups    = "a visit is no shipment"
		lists      = "a manifest is no shipment"
	)
	i := installation(t)
	dialecttest.Run(t, dialecttest.Harness{
		Dialect: peddler.Dialect(), Start: i.Start, Given: given,
		Unspoken: map[waybill.EventKind]string{
			waybill.ShipmentCreated:   "the answer to the create says ADDED",
			waybill.ShipmentRated:     underWay,
			waybill.ShipmentUnsettled: underWay,
			waybill.ShipmentPending:   underWay,
			waybill.ShipmentFellBack:  underWay,
			waybill.ShipmentRetried:   "what the retry comes to is spoken",
			waybill.CancelRequested:   "the shipment is not cancelled yet",
			waybill.CancelRefused:     noStatus,
			waybill.ShipmentInvoiced:  bookkeeper,
			waybill.ShipmentRebilled:  bookkeeper,
			waybill.LabelPrinted:      noStatus,
			waybill.PickupAsked:       pickups,
			waybill.PickupBooked:      pickups,
			waybill.PickupRefused:     pickups,
			waybill.PickupInDoubt:     pickups,
			waybill.PickupCalledOff:   pickups,
			waybill.ManifestTaken:     lists,
			waybill.ManifestRejected:  lists,
			waybill.ManifestInDoubt:   lists,
			waybill.ManifestDue:       lists,
			waybill.WebhookTested:     "nothing happens to a shipment",
			waybill.ReturnCreated:     notListed,
			waybill.ReturnBooked:      notListed,
			waybill.ReturnFailed:      notListed,
			waybill.ReturnCancelled:   notListed,
			waybill.ReturnTracked:     notListed,
			waybill.PurchaseUnsure:    underWay,
			waybill.PurchaseStuck:     underWay,
			waybill.PurchaseSettled:   "the booking itself is spoken",
			waybill.PurchaseVoided:    "the cancellation itself is spoken",
			waybill.PurchaseOrphaned:  noStatus,
		},
	})
}
