// Package ups ships with UPS: rates, labels, tracking, voids, returns and pickups over its REST services
// of 2024 (Rating and Shipping v2409, Tracking v1).
//
// Two habits of UPS shape the adapter. There is no idempotency key: our key travels as a reference
// number, and after an answer that never came the purchase is looked up by it. And there is no PDF:
// labels come as GIF or ZPL.
package ups

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/internal/wire"
)

// The carrier's addresses: https://developer.ups.com, "Customer Integration Environment" is the sandbox.
const (
	liveBase    = "https://onlinetools.ups.com"
	sandboxBase = "https://wwwcie.ups.com"
)

// Versions of the services, in their paths.
const (
	version       = "v2409"
	labelsVersion = "v1"
	// subVersion asks for itemised charges (at least 1601); 2205 is what Rating and Shipping share.
	subVersion = "2205"
)

// Driver introduces UPS.
func Driver() carrier.Driver {
	return carrier.Driver{
		Name:  "ups",
		Title: "UPS",
		Settings: []carrier.Setting{
			{Name: "client_id", Title: "Client ID", Help: "Of your app at developer.ups.com.", Required: true},
			{Name: "client_secret", Title: "Client secret", Help: "Of the same app.", Secret: true, Required: true},
			{Name: "account_number", Title: "Account number", Help: "The six letters and digits that parcels are billed to.", Required: true},
			{Name: "negotiated_rates", Title: "Negotiated rates", Help: "yes: quote your account's prices; no: published ones.", Default: "yes"},
			{Name: "pickup_type", Title: "Pickup type", Help: "01 daily pickup, 03 customer counter, 06 one time pickup, 19 letter center.", Default: "01"},
			{Name: "packaging", Title: "Packaging", Help: "UPS package type of your boxes: 02 is your own packaging.", Default: "02"},
			{Name: "cod_funds", Title: "Collect on delivery funds", Help: "UPS code of what the driver may accept; empty: any (0), in Europe cash (1)."},
			{Name: "push_credential", Title: "Track Alert credential", Help: "What UPS sends in the credential header of its callbacks; empty: not checked.", Secret: true},
		},
		Services: catalogue(),
		Formats:  []waybill.LabelFormat{waybill.GIF, waybill.ZPL},
		Budget:   60,
		Kind:     (*adapter)(nil),
		Open:     open,
	}
}

// adapter is one connection to UPS. What it keeps (a token) a restart may lose.
type adapter struct {
	client     *wire.Client
	clock      waybill.Clock
	account    string
	negotiated bool
	pickupType string
	packaging  string
	codFunds   string
	credential string
}

var (
	accountForm = regexp.MustCompile(`^[0-9A-Z]{6}$`)
	codeForm    = regexp.MustCompile(`^[0-9a-z]{2}$`)
	fundsForm   = regexp.MustCompile(`^[0-9]?$`)
)

func open(s carrier.Settings, env carrier.Env) (carrier.Adapter, error) {
	a := &adapter{
		clock:      env.Clock,
		account:    strings.ToUpper(strings.TrimSpace(s["account_number"])),
		negotiated: s["negotiated_rates"] == "yes",
		pickupType: s["pickup_type"],
		packaging:  s["packaging"],
		codFunds:   s["cod_funds"],
		credential: s["push_credential"],
	}
	var problems []waybill.FieldError
	report := func(name, limit string) {
		problems = append(problems, waybill.FieldError{
			Path: "settings." + name, Rule: waybill.RuleFormat, Value: s[name], Limit: limit,
			Message: name + " must be " + limit,
		})
	}
	if !accountForm.MatchString(a.account) {
		report("account_number", "six letters and digits")
	}
	if s["negotiated_rates"] != "yes" && s["negotiated_rates"] != "no" {
		report("negotiated_rates", "yes or no")
	}
	if !codeForm.MatchString(a.pickupType) {
		report("pickup_type", "a two-digit UPS code")
	}
	if packagings[a.packaging] == "" {
		report("packaging", "a UPS package type")
	}
	if !fundsForm.MatchString(a.codFunds) {
		report("cod_funds", "one digit")
	}
	if err := waybill.FieldErrors("ups.open", problems); err != nil {
		return nil, err
	}
	base := env.Base
	if base == "" {
		base = sandboxBase
		if env.Mode == waybill.ModeLive {
			base = liveBase
		}
	}
	basic := base64.StdEncoding.EncodeToString([]byte(s["client_id"] + ":" + s["client_secret"]))
	a.client = &wire.Client{
		Carrier: "ups", HTTP: env.HTTP, Base: base, Clock: env.Clock, Log: env.Log, Fault: fault,
		Header:  http.Header{"transactionSrc": {"waybill"}},
		Secrets: []string{s["client_secret"], basic, s["push_credential"]},
	}
	a.client.Tokens = &wire.Tokens{Clock: env.Clock, Fetch: func(ctx context.Context) (wire.Token, error) {
		return a.login(ctx, basic)
	}}
	return a, nil
}

// login fetches a token by the OAuth client-credentials grant. UPS writes its numbers as strings.
func (a *adapter) login(ctx context.Context, basic string) (wire.Token, error) {
	var answer struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	call := wire.Call{
		Op: "ups.token", Method: http.MethodPost, Path: "/security/v1/oauth/token", Open: true,
		Header: http.Header{"Authorization": {"Basic " + basic}},
		Body:   url.Values{"grant_type": {"client_credentials"}},
	}
	if err := a.client.Do(ctx, call, &answer); err != nil {
		return wire.Token{}, err
	}
	seconds, err := strconv.ParseInt(answer.ExpiresIn.String(), 10, 64)
	if answer.AccessToken == "" || err != nil {
		return wire.Token{}, a.client.Unusable(call, "a login without a token", nil)
	}
	return wire.Token{Value: answer.AccessToken, Expires: a.clock.Now().Add(time.Duration(seconds) * time.Second)}, nil
}

// list is an array of which UPS's older versions send a single element bare.
type list[T any] []T

// UnmarshalJSON reads an array, or one element.
func (l *list[T]) UnmarshalJSON(data []byte) error {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return json.Unmarshal(data, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return fmt.Errorf("neither an array nor one element: %w", err)
	}
	*l = list[T]{one}
	return nil
}

// present is an indicator that is there.
func present(yes bool) *string {
	if !yes {
		return nil
	}
	return new(string)
}

// What UPS can do.
var (
	_ carrier.Adapter   = (*adapter)(nil)
	_ carrier.Quoter    = (*adapter)(nil)
	_ carrier.Voider    = (*adapter)(nil)
	_ carrier.Returner  = (*adapter)(nil)
	_ carrier.Collector = (*adapter)(nil)
	_ carrier.Finder    = (*adapter)(nil)
	_ carrier.Labeller  = (*adapter)(nil)
	_ carrier.Pusher    = (*adapter)(nil)
)
