package lynkup_test

import (
	"testing"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/dialect/lynkup"
)

// TestConversationsOnPostgreSQL plays every conversation on the other database.
func TestConversationsOnPostgreSQL(t *testing.T) {
	dialecttest.Conversations(t, dialecttest.Harness{Dialect: lynkup.Dialect(), Start: onPostgreSQL, Given: given})
}

// TestSuite holds the dialect to its conversations and to what every dialect promises.
func TestSuite(t *testing.T) {
	const (
		noStatus = "no status of an order changes"
		pickups  = "a visit is no order"
		lists    = "a manifest is no order"
	)
	dialecttest.Run(t, dialecttest.Harness{
		Dialect: lynkup.Dialect(), Start: start, Given: given,
		Unspoken: map[waybill.EventKind]string{
			waybill.ShipmentUnsettled: "a carrier is being called: nobody outside sees a difference yet",
			waybill.ShipmentChanged:   noStatus,
			waybill.ShipmentRetried:   "what the retry comes to is spoken",
			waybill.ShipmentFellBack:  "the order is still being dispatched",
			waybill.CancelRequested:   "the order is not cancelled yet",
			waybill.CancelRefused:     noStatus,
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
			waybill.WebhookTested:     "nothing happens to an order",
			waybill.ReturnCreated:     "returns are no orders here",
			waybill.ReturnBooked:      "returns are no orders here",
			waybill.ReturnFailed:      "returns are no orders here",
			waybill.ReturnCancelled:   "returns are no orders here",
			waybill.ReturnTracked:     "returns are no orders here",
			waybill.ShipmentDeclared:  "nobody ordered it here: where it is, is spoken",
			waybill.ShipmentInvoiced:  noStatus,
			waybill.ShipmentRebilled:  noStatus,
			waybill.PurchaseUnsure:    "the order is still being dispatched",
			waybill.PurchaseStuck:     "the order is still being dispatched",
			waybill.PurchaseSettled:   "the booking itself is spoken",
			waybill.PurchaseVoided:    "the cancellation itself is spoken",
			waybill.PurchaseOrphaned:  noStatus,
		},
	})
}
