// Package native speaks Waybill's own API, /api/v1. It is written code first: each operation is described where it
// is made, and the OpenAPI document, the reference page and the checks of what a caller sends come from that.
//
// # To add a resource
//
// A resource is one file, named as its feature is named in the engine (wallet.go), with this in it:
//
//  1. The wire structs, JSON names in snake_case. Each member has a doc tag, what the caller may leave out has
//     ",omitempty", and limits are tags too (maxLength, minimum, enum, pattern…): huma refuses the rest. Shared
//     ones are in wire.go: money, weight, size, party, times are *time.Time. What is money is never a bare number: what one
//     thing costs is a [unitPrice].
//
//  2. A function named after the resource that takes *api and calls [op] once for each operation:
//
//     op(a, operation{
//     ID: "top-up-wallet", Method: "POST", Path: "/wallets/{currency}/top-ups", Tag: "Wallet", Status: 201,
//     Summary: "Put money in", About: "Longer, if there is more to say.", Scope: waybill.ScopeAdmin,
//     Example: topUp{Amount: money{5000, "INR"}},
//     }, toTopUp, engine.Session.TopUp, fromEntry)
//
//     toIn is func(*call, *In) (engine.In, error), toOut is func(*call, engine.Out) *Out; both are pure. In is a struct of
//     huma's: path, query and header members by tag, and Body. Out has Body, and ETag or Link where it says
//     so: one[T], many[T] and file in answer.go. A verb that is missing is missing in the engine.
//
//  3. A line in resources, below, and a test in the suite's tour: every operation must have succeeded there once.
//
// What an operation need not think of, since op, [dialect.Serve] and fault.go do it: request ids, limits, who asks
// and whether they may (Scope), idempotency keys, problem documents. A list takes [Paged] and answers with [page];
// a resource with a version answers with [tagged], and takes [Conditional] where it is changed.
package native

import (
	"time"

	"waybill"
	"waybill/dialect"
)

// Prefix is where the API is served.
const Prefix = "/api/v1"

// Name is the API's name: tokens and idempotency keys are kept under it.
const Name = "native"

// resources are the parts of the API, in the order of the reference.
func resources(a *api) {
	me(a)
	tokens(a)
	sessions(a)
	limits(a)
	setUp(a)
	rates(a)
	shipments(a)
	returns(a)
	pickups(a)
	manifests(a)
	manyLabels(a)
	tracking(a)
	scan(a)
	stats(a)
	sandbox(a)
	purchases(a)
	wallets(a)
	declarations(a)
	erasures(a)
	webhooks(a)
	events(a)
	requests(a)
}

// Dialect is Waybill's own API.
func Dialect() dialect.Dialect {
	a := newAPI()
	resources(a)
	a.document()
	return dialect.Dialect{
		Name: Name, Title: "Waybill API", Prefix: Prefix,
		Routes: a.routes, Auth: auth{}, Fault: fault, Speak: speak, Speaks: waybill.EventKinds, Spec: a.yaml, Statuses: hookStatuses(),
		Limit: waybill.RateLimit{Requests: 1000, Period: time.Minute}, TellLimit: true, Strict: true,
	}
}
