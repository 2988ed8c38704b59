package shiplee_test

import (
	"testing"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/dialect/shiplee"
	"waybill/store/storetest"
)

// TestConversationsOnPostgreSQL plays every conversation on the other database.
func TestConversationsOnPostgreSQL(t *testing.T) {
	i := installation(t)
	i.Store = storetest.PostgreSQL
	dialecttest.Conversations(t, dialecttest.Harness{
		Dialect: shiplee.Dialect(), Given: given, Start: func(t *testing.T) *dialecttest.App { return start(t, i) },
	})
}

// TestSuite holds the dialect to its conversations and to what every dialect promises.
func TestSuite(t *testing.T) {
	unspoken := map[waybill.EventKind]string{}
	for _, kind := range waybill.EventKinds {
		unspoken[kind] = "the vendor publishes no webhooks; clients of this API ask"
	}
	i := installation(t)
	dialecttest.Run(t, dialecttest.Harness{
		Dialect: shiplee.Dialect(), Given: given, Unspoken: unspoken,
		Start: func(t *testing.T) *dialecttest.App { return start(t, i) },
	})
}
