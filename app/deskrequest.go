package app

import (
	"waybill"
	"waybill/engine"
)

// What the verbs of the request log take and answer.
type (
	ListRequests = engine.ListRequests
	RequestSlice = engine.Slice[waybill.APIRequest]
)
