// Package delhivery ships within India with Delhivery: rates, waybills ahead of booking, prepaid and cash-on-delivery
// parcels, pickups at a customer's door, tracking and labels over its B2C API.
//
// Four habits of Delhivery shape the adapter. A refused booking is HTTP 200, and its reason is a remark of a package,
// not the message beside it. There is no idempotency key: our key is the order id, and after an answer that never came
// the purchase is looked up by the waybills given to it, or by that id. Parcels are collected from registered places
// only, known by name. And nobody may assume JSON: refusals come as text, as web pages, as bare strings, a cancellation
// perhaps as XML; and whoever asks too often gets status 403.
package delhivery

import (
	"net/http"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// The carrier's addresses; a token is good at one of them only.
const (
	liveBase    = "https://track.delhivery.com"
	sandboxBase = "https://staging-express.delhivery.com"
)

// The services, by our codes: Delhivery calls them shipping modes.
const (
	express = "express"
	surface = "surface"
)

// ist is Indian Standard Time. Delhivery writes times without a zone, and means this one.
var ist = time.FixedZone("IST", 5*3600+1800)

// Driver introduces Delhivery.
func Driver() carrier.Driver {
	return carrier.Driver{
		Name:  "delhivery",
		Title: "Delhivery",
		Settings: []carrier.Setting{
			{Name: "token", Title: "API token", Help: "From Delhivery One, Settings, API setup. Test and live system have one each.", Secret: true, Required: true},
			{Name: "client_name", Title: "Client name", Help: "As Delhivery registered you; capitals matter.", Required: true},
			{Name: "pickup_location", Title: "Pickup location", Help: "Name of the registered place that parcels are collected from when a shipment's own place is not registered; capitals matter."},
			{Name: "seller_gst", Title: "Seller GSTIN", Help: "Goods and services tax number printed for the seller; empty: the sender's own, if it has one."},
			{Name: "push_credential", Title: "Push credential", Help: "What Delhivery was told to send in the Authorization header of its pushes; empty: not checked.", Secret: true},
		},
		Services: catalogue(),
		Formats:  []waybill.LabelFormat{waybill.PDF},
		Budget:   120,
		Kind:     (*adapter)(nil),
		Open:     open,
	}
}

// adapter is one connection to Delhivery.
type adapter struct {
	client     *wire.Client
	http       *http.Client
	clock      waybill.Clock
	base       string
	clientName string
	place      string
	gst        string
	credential string
	prices     prices
}

func open(s carrier.Settings, env carrier.Env) (carrier.Adapter, error) {
	token := strings.TrimSpace(s["token"])
	if strings.ContainsAny(token, " \t\r\n") {
		return nil, waybill.FieldErrors("delhivery.open", []waybill.FieldError{{
			Path: "settings.token", Rule: waybill.RuleFormat, Limit: "one word", Message: "the token must be one word, without \"Token\" in front",
		}})
	}
	base := env.Base
	if base == "" {
		base = sandboxBase
		if env.Mode == waybill.ModeLive {
			base = liveBase
		}
	}
	a := &adapter{
		http: env.HTTP, clock: env.Clock, base: base, clientName: s["client_name"], place: s["pickup_location"],
		gst: s["seller_gst"], credential: s["push_credential"],
	}
	a.client = &wire.Client{
		Carrier: "delhivery", HTTP: env.HTTP, Base: base, Clock: env.Clock, Log: env.Log, Fault: a.fault,
		Header:  http.Header{"Authorization": {"Token " + token}},
		Secrets: []string{token, s["push_credential"]},
	}
	return a, nil
}

// What Delhivery can do.
var (
	_ carrier.Adapter     = (*adapter)(nil)
	_ carrier.Quoter      = (*adapter)(nil)
	_ carrier.Voider      = (*adapter)(nil)
	_ carrier.Returner    = (*adapter)(nil)
	_ carrier.Collector   = (*adapter)(nil)
	_ carrier.Finder      = (*adapter)(nil)
	_ carrier.Labeller    = (*adapter)(nil)
	_ carrier.Numberer    = (*adapter)(nil)
	_ carrier.Registrar   = (*adapter)(nil)
	_ carrier.Editor      = (*adapter)(nil)
	_ carrier.Redeliverer = (*adapter)(nil)
	_ carrier.Pusher      = (*adapter)(nil)
)
