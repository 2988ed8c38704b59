package app

import (
	"context"
	"encoding/json"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// What the verbs of the request log take and answer.
type (
	ListRequests  = engine.ListRequests
	RequestQuery  = engine.RequestQuery
	RequestView   = engine.RequestView
	CarrierHealth = engine.CarrierHealth
	RequestSlice  = engine.Slice[waybill.APIRequest]
)

// curl writes an entry of the request log as a command line, for this installation.
func curl(ctx context.Context, a *App, s engine.Session, in json.RawMessage) (any, error) {
	var name string
	if err := json.Unmarshal(in, &name); err != nil {
		return nil, err
	}
	view, err := s.GetRequest(ctx, name)
	if err != nil {
		return nil, err
	}
	return dialect.Curl(view.APIRequest, a.settings().URL()), nil
}
