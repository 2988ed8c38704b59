// Package doordash has parcels carried across town by DoorDash's couriers (Dashers) over its Drive API,
// version 2: quotes, deliveries, changes, cancellations, statuses and webhooks.
//
// An on-demand courier is another kind of carrier. He takes what he is given: nothing is printed, and all
// parcels of a shipment are one delivery with one number. DoorDash knows a delivery only by the id its
// client gave it, so our key is that id, and a key used twice is refused rather than sold twice. A quote has
// an id of its own and becomes a delivery under it when it is accepted within five minutes.
package doordash

import (
	"context"
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// base is DoorDash's address. Its sandbox is the same one with other keys.
const base = "https://openapi.doordash.com"

// The resources of Drive version 2.
const (
	quotes     = "/drive/v2/quotes"
	deliveries = "/drive/v2/deliveries"
)

// tokenLife is how long a token is good: DoorDash wants short-lived ones, of five minutes in its samples.
const tokenLife = 5 * time.Minute

// service is the one thing that DoorDash sells.
const (
	service     = "delivery"
	serviceName = "Delivery"
)

// abilities are the options that DoorDash can carry out. Cash on delivery and PIN codes are left out: DoorDash
// opens them for single customers only.
var abilities = []string{carrier.CanSignature, carrier.CanAdult, carrier.CanMultiPiece, waybill.CanDispose}

// Driver introduces DoorDash Drive.
func Driver() carrier.Driver {
	return carrier.Driver{
		Name:    "doordash",
		Title:   "DoorDash Drive",
		NoLabel: true,
		Settings: []carrier.Setting{
			{Name: "developer_id", Title: "Developer ID", Help: "Of an access key at developer.doordash.com; sandbox and production have keys of their own.", Required: true},
			{Name: "key_id", Title: "Key ID", Help: "Of the same access key.", Required: true},
			{Name: "signing_secret", Title: "Signing secret", Help: "Of the same access key, as the portal shows it (base64url).", Secret: true, Required: true},
			{Name: "business_id", Title: "External business ID", Help: "With the store ID: DoorDash picks up at that store, whatever the shipment's address."},
			{Name: "store_id", Title: "External store ID", Help: "Of a store of that business."},
			{Name: "tip", Title: "Tip", Help: "Given to the Dasher of each delivery, in cents.", Default: "0"},
		},
		Services: []carrier.ServiceInfo{{Code: service, Name: serviceName, Direction: waybill.Outgoing, Abilities: abilities}},
		Budget:   60, // of the 300 requests a minute that DoorDash allows an access key
		Kind:     (*adapter)(nil),
		Open:     open,
	}
}

// adapter is one connection to DoorDash. What it keeps (a token, a count) a restart may lose.
type adapter struct {
	client   *wire.Client
	clock    waybill.Clock
	business string
	store    string
	tip      int64
	asked    atomic.Uint64 // quotes so far: no two of one moment have the same id
}

var (
	businessForm = regexp.MustCompile(`^[A-Za-z0-9_-]{3,64}$`)
	tipForm      = regexp.MustCompile(`^\d{1,6}$`)
)

func open(s carrier.Settings, env carrier.Env) (carrier.Adapter, error) {
	a := &adapter{clock: env.Clock, business: s["business_id"], store: s["store_id"]}
	var problems []waybill.FieldError
	report := func(name, value, limit string) {
		problems = append(problems, waybill.FieldError{
			Path: "settings." + name, Rule: waybill.RuleFormat, Value: value, Limit: limit, Message: name + " must be " + limit,
		})
	}
	secret, err := decode(s["signing_secret"])
	if err != nil || len(secret) == 0 {
		report("signing_secret", "", "base64url, as the portal shows it")
	}
	if a.business != "" && !businessForm.MatchString(a.business) {
		report("business_id", a.business, "3 to 64 letters, digits, _ and -")
	}
	if (a.business == "") != (a.store == "") {
		report("store_id", a.store, "given together with business_id")
	}
	if tip := s["tip"]; tip != "" && !tipForm.MatchString(tip) {
		report("tip", tip, "whole cents")
	}
	if err := waybill.FieldErrors("doordash.open", problems); err != nil {
		return nil, err
	}
	a.tip, _ = strconv.ParseInt(s["tip"], 10, 64) // empty: none
	at := env.Base
	if at == "" {
		at = base
	}
	a.client = &wire.Client{
		Carrier: "doordash", HTTP: env.HTTP, Base: at, Clock: env.Clock, Log: env.Log, Fault: fault,
		Secrets: []string{s["signing_secret"], string(secret)},
	}
	a.client.Tokens = &wire.Tokens{Clock: env.Clock, Fetch: func(context.Context) (wire.Token, error) {
		return sign(s["developer_id"], s["key_id"], secret, env.Clock.Now())
	}}
	return a, nil
}

// decode reads a signing secret: base64url, mostly without padding.
func decode(secret string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(secret), "="))
}

// sign makes a token: a JWT of DoorDash's own version, signed with the decoded secret (HS256).
func sign(developer, key string, secret []byte, now time.Time) (wire.Token, error) {
	ends := now.Add(tokenLife)
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": "doordash", "iss": developer, "kid": key, "iat": now.Unix(), "exp": ends.Unix(),
	})
	token.Header["dd-ver"] = "DD-JWT-V1"
	value, err := token.SignedString(secret)
	if err != nil {
		return wire.Token{}, waybill.E("doordash.token", waybill.ReasonCarrierLogin, "the signing secret cannot sign")
	}
	return wire.Token{Value: value, Expires: ends}, nil
}

// call is a request of this connection.
func call(op, method, path string, body any, effect bool) wire.Call {
	return wire.Call{Op: op, Method: method, Path: path, Body: body, Effect: effect}
}

// ask looks a delivery up by its id.
func (a *adapter) ask(ctx context.Context, op, id string) (delivery, error) {
	var answer delivery
	question := call(op, http.MethodGet, at(deliveries, id), nil, false)
	if err := a.client.Do(ctx, question, &answer); err != nil {
		return delivery{}, err
	}
	if answer.ID != id {
		return delivery{}, a.client.Unusable(question, "it answers another question", nil)
	}
	return answer, nil
}

// What DoorDash can do.
var (
	_ carrier.Adapter = (*adapter)(nil)
	_ carrier.Quoter  = (*adapter)(nil)
	_ carrier.Voider  = (*adapter)(nil)
	_ carrier.Finder  = (*adapter)(nil)
	_ carrier.Editor  = (*adapter)(nil)
	_ carrier.Pusher  = (*adapter)(nil)
)
