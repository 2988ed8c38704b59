package epgl_test

import (
	"testing"

	"waybill"
	"waybill/dialect/dialecttest"
	"waybill/dialect/epgl"
	"waybill/store/storetest"
)

func harness(i *dialecttest.Installation) dialecttest.Harness {
	unspoken := map[waybill.EventKind]string{}
	for _, kind := range waybill.EventKinds {
		unspoken[kind] = "the vendor has no webhooks, and no call that reads"
	}
	return dialecttest.Harness{
		Dialect: epgl.Dialect(), Start: i.Start, Given: given, Unspoken: unspoken,
		Bare: map[string]string{"authenticate": "the vendor refuses credentials with a bare JSON string"},
	}
}

// TestConversationsOnPostgreSQL plays every conversation on the other database.
func TestConversationsOnPostgreSQL(t *testing.T) {
	i := installation(t)
	i.Store = storetest.PostgreSQL
	dialecttest.Conversations(t, harness(i))
}

// TestSuite holds the dialect to its conversations and to what every dialect promises.
func TestSuite(t *testing.T) { dialecttest.Run(t, harness(installation(t))) }
