package epgl

import (
	"waybill"
	"waybill/dialect"
)

// speak declines every kind of event: this API has no webhooks. Who wants to be told subscribes through a
// dialect that has them.
func speak(waybill.Event, dialect.Endpoint) (dialect.Message, bool) {
	return dialect.Message{}, false
}
