package engine

import (
	"waybill/carrier"
	"waybill/rule"
	"waybill/store"
)

// What the set-up is asked by and told in, under the engine's own names: dialects see the engine alone.
type (
	Slice[T any] = store.Slice[T]
	AuditQuery   = store.AuditQuery
	Driver       = carrier.Driver
	ServiceInfo  = carrier.ServiceInfo
	Ability      = carrier.Ability
	RuleField    = rule.Field
	RuleAction   = rule.ActionInfo
)
