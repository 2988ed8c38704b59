package native

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"waybill"
	"waybill/engine"
)

// Connection is an account with a carrier, as it is written.
type Connection struct {
	Reference   string            `json:"reference,omitempty" maxLength:"100" pattern:"\\S" doc:"Yours, unique in the account; without one the id is used. Rates and rules name a connection by it."`
	Carrier     string            `json:"carrier" minLength:"1" maxLength:"50" doc:"Which driver: see /carriers. It stays." example:"house"`
	Name        string            `json:"name,omitempty" maxLength:"200" doc:"As which services are listed, and what the vendors' APIs show; without one, the carrier's."`
	DisplayName string            `json:"display_name,omitempty" maxLength:"200"`
	Increment   int               `json:"increment,omitempty" minimum:"1" maximum:"1000" doc:"Instance among the connections of one carrier, from 1."`
	Mode        string            `json:"mode" enum:"simulator,sandbox,live" doc:"simulator: ours, nothing is bought. sandbox: the carrier's test system. live: for money."`
	Settings    map[string]string `json:"settings,omitempty" doc:"What the carrier must be told and is not secret: see /carriers."`
	Credentials map[string]string `json:"credentials,omitempty" writeOnly:"true" doc:"What is secret of it. It is sealed, and never shown again. In a change those that are given go over those it has; null, or an empty text, takes one away, and null in place of all of them takes all."`
	Services    []string          `json:"services,omitempty" maxItems:"500" doc:"Codes of the services to be used; none: all."`
	LabelFormat string            `json:"label_format,omitempty" enum:"pdf,png,zpl"`
	LabelDPI    int               `json:"label_dpi,omitempty" enum:"203,300"`
	Markup      int64             `json:"markup_per_mille,omitempty" minimum:"-1000" maximum:"10000" doc:"On the carrier's price."`
	Wallet      *walletTerms      `json:"wallet,omitempty" doc:"Bookings are paid from the account's wallet. Without it they are not."`
	Spend       *spendLimit       `json:"spend_limit,omitempty" doc:"How much may be bought with it, at the carrier's prices. Once that is reached it is not asked: the decision says so."`
	Budget      int               `json:"tracking_budget,omitempty" minimum:"0" maximum:"100000" doc:"Requests a minute that following parcels may cost; without it the carrier's default."`
}

// spendLimit is how much may be bought, in one currency.
type spendLimit struct {
	Day   *money `json:"per_day,omitempty" doc:"In a day of UTC. Prices in another currency are left out. 0, or left out: no limit."`
	Month *money `json:"per_month,omitempty" doc:"The same, in a month; both are in one currency."`
}

func showSpendLimit(l waybill.SpendLimit) *spendLimit {
	var out spendLimit
	for _, part := range []struct {
		minor int64
		to    **money
	}{{l.Day, &out.Day}, {l.Month, &out.Month}} {
		if part.minor > 0 {
			*part.to = &money{part.minor, l.Currency}
		}
	}
	if out == (spendLimit{}) {
		return nil
	}
	return &out
}

func (l *spendLimit) domain() (d waybill.SpendLimit) {
	if l == nil {
		return d
	}
	if l.Month != nil {
		d.Currency, d.Month = l.Month.Currency, l.Month.Amount
	}
	if l.Day != nil {
		d.Currency, d.Day = l.Day.Currency, l.Day.Amount
	}
	return d
}

// wrong tells which limit cannot be kept.
func (c Connection) wrong() (wrong []waybill.FieldError) {
	l := c.Spend
	if l == nil {
		return nil
	}
	wrong = append(l.Day.unsigned("spend_limit.per_day"), l.Month.unsigned("spend_limit.per_month")...)
	if l.Day != nil && l.Month != nil && l.Day.Currency != l.Month.Currency {
		wrong = append(wrong, waybill.FieldError{
			Path: "spend_limit.per_month.currency", Rule: waybill.RuleEnum, Value: l.Month.Currency, Limit: l.Day.Currency,
			Message: "both limits are in one currency, here " + l.Day.Currency,
		})
	}
	return wrong
}

type walletTerms struct {
	Floor money `json:"floor" doc:"The least that must be available to book."`
}

// ConnectionOut is a connection as it is shown. One that is lent to the account shows what it is called and what it
// offers.
type ConnectionOut struct {
	Kept
	Connection
	Borrowed        bool     `json:"borrowed,omitempty" doc:"It is another account's, lent to this one."`
	CredentialNames []string `json:"credential_names,omitempty" doc:"Which secret settings it must be told."`
	Paused          bool     `json:"paused,omitempty"`
	PauseReason     string   `json:"pause_reason,omitempty"`
	Outages         []outage `json:"outages,omitempty" doc:"Planned, under way, and those that ended in the last 30 days."`
	Loans           []Loan   `json:"loans,omitempty" doc:"Whom it is lent to."`
}

// Loan lends a connection to a child account.
type Loan struct {
	Account string `json:"account" maxLength:"200" doc:"Id or name of the child account."`
	Markup  int64  `json:"markup_per_mille,omitempty" minimum:"-1000" maximum:"10000" doc:"On what the lender itself would be charged."`
}

// connectionFields are members that the engine calls otherwise.
var connectionFields = strings.NewReplacer("floor", "wallet.floor", "billed", "wallet")

func connections(a *api) {
	noun[Connection, ConnectionOut, engine.SaveConnection, waybill.Connection]{
		name: "connection", plural: "connections", path: "/connections", tag: "Connections", a: "a connection", read: waybill.ScopeRead, write: waybill.ScopeSetup,
		about: "An account with a carrier. What is written is checked against the carrier's own list of settings before it is stored. A simulated one needs " +
			"none of your own: /carriers tells what to write. Settings that are secret go into credentials and never come back.",
		example: Connection{Reference: "ups-2", Carrier: "ups", Name: "UPS", Increment: 2, Mode: "simulator",
			Settings:    map[string]string{"client_id": "demo-client", "account_number": "A1B2C3"},
			Credentials: map[string]string{"client_secret": "demo-secret"}},
		patch: map[string]any{"markup_per_mille": 100}, at: "ups-2",
		list: engine.Connections.List, get: engine.Connections.Get, create: engine.Connections.Create, change: engine.Connections.Change,
		remove: engine.Connections.Delete, fields: connectionFields,
		given: func(d engine.SaveConnection) Connection { return givenConnection(d.Connection) }, take: takeConnection, dropped: dropCredentials,
		row: func(c waybill.Connection) waybill.Row { return c.Row }, show: showConnection,
	}.add(a)
	connectionState(a)
	connectionOutages(a)
	connectionTests(a)
	checklists(a)
	for _, path := range []string{"pause", "resume", "test"} {
		a.named("/connections/{id}/"+path, "ups-2")
	}
	a.named("/connections/{id}/loans", "dpd")
	a.named("/connections/{id}/loans/{child}", "dpd")
	a.exemplify("/connections/{id}/loans/{child}", "child", "Shop North")
}

func givenConnection(c waybill.Connection) Connection {
	out := Connection{
		Reference: c.ExternalID, Carrier: c.Carrier, Name: c.Name, DisplayName: c.DisplayName, Increment: c.Increment, Mode: string(c.Mode),
		Settings: maps.Clone(c.Settings), Services: slices.Clone(c.Services), LabelFormat: string(c.LabelFormat), LabelDPI: c.LabelDPI, Markup: c.Markup, Budget: c.Budget,
	}
	out.Spend = showSpendLimit(c.Spend)
	if c.Billed == waybill.BilledWallet {
		out.Wallet = &walletTerms{showMoney(c.Floor)}
	}
	return out
}

func takeConnection(in Connection, d *engine.SaveConnection) {
	c := &d.Connection
	c.ExternalID, c.Carrier, c.Name, c.DisplayName, c.Increment, c.Mode = in.Reference, in.Carrier, in.Name, in.DisplayName, in.Increment, waybill.Mode(in.Mode)
	c.Settings, c.Services, c.LabelFormat, c.LabelDPI = in.Settings, in.Services, waybill.LabelFormat(in.LabelFormat), in.LabelDPI
	c.Markup, c.Budget, c.Billed, c.Floor = in.Markup, in.Budget, "", waybill.Money{}
	c.Spend = in.Spend.domain()
	if in.Wallet != nil {
		c.Billed, c.Floor = waybill.BilledWallet, waybill.Money{Minor: in.Wallet.Floor.Amount, Currency: in.Wallet.Floor.Currency}
	}
	d.Secrets = in.Credentials
}

// dropCredentials takes away the credentials that a change puts null in the place of: one, or all of them.
func dropCredentials(change merge[Connection], d *engine.SaveConnection) {
	text, there := change["credentials"]
	var written map[string]*string
	if !there || json.Unmarshal(text, &written) != nil {
		return
	}
	d.NoSecrets = written == nil
	for name, value := range written {
		if value == nil {
			if d.Secrets == nil {
				d.Secrets = map[string]string{}
			}
			d.Secrets[name] = ""
		}
	}
}

func showConnection(c *call, d waybill.Connection) ConnectionOut {
	out := ConnectionOut{
		Kept: keptOf(d.Row), Connection: givenConnection(d), Borrowed: !c.session.Actor.Sees(d.Account), Paused: d.Paused, PauseReason: d.PauseReason,
		Outages: c.outages(d.Outages),
	}
	if out.Borrowed {
		return out
	}
	if driver, known := c.session.Carriers.Driver(d.Carrier); known {
		for _, s := range driver.Settings {
			if s.Secret {
				out.CredentialNames = append(out.CredentialNames, s.Name)
			}
		}
	}
	for _, l := range d.Lent {
		out.Loans = append(out.Loans, Loan{string(l.Account), l.Markup})
	}
	return out
}

type pauseIn struct {
	Conditional
	SetupID
	Acting
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

type lendIn struct {
	Conditional
	SetupID
	Body Loan
}

type takeBackIn struct {
	Conditional
	SetupID
	Child string `path:"child" maxLength:"200" doc:"Id or name of the child account."`
}

// connectionState adds what is done with a connection besides changing it.
func connectionState(a *api) {
	show := func(c *call, d waybill.Connection) *tagged[ConnectionOut] {
		return &tagged[ConnectionOut]{tag(d.Row), showConnection(c, d)}
	}
	op(a, operation{
		ID: "pause-connection", Method: "POST", Path: "/connections/{id}/pause", Tag: "Connections", Summary: "Take a connection out of use", Scope: waybill.ScopeSetup,
		About: "It is asked for nothing until it is resumed; parcels that were booked with it are followed all the same.", Example: map[string]string{"reason": "carrier on strike"},
	}, func(_ *call, in *pauseIn) (acting[engine.PauseConnection], error) {
		pause := engine.PauseConnection{Ref: recordRef(in.ID), Paused: true}
		if in.Body != nil {
			pause.Reason = in.Body.Reason
		}
		return acting[engine.PauseConnection]{waybill.ID(in.Account), pause}, nil
	}, within(engine.Session.PauseConnection, nil), show)
	op(a, operation{
		ID: "resume-connection", Method: "POST", Path: "/connections/{id}/resume", Tag: "Connections", Summary: "Take a connection into use again", Scope: waybill.ScopeSetup,
	}, func(_ *call, in *touchSetupIn) (acting[engine.PauseConnection], error) {
		return acting[engine.PauseConnection]{waybill.ID(in.Account), engine.PauseConnection{Ref: recordRef(in.ID)}}, nil
	}, within(engine.Session.PauseConnection, nil), show)
	op(a, operation{
		ID: "lend-connection", Method: "POST", Path: "/connections/{id}/loans", Tag: "Connections", Summary: "Lend a connection to a child account", Scope: waybill.ScopeAdmin,
		About:   "The child ships with it and never sees its credentials, nor what you pay. A second loan to the same child takes the place of the first.",
		Example: Loan{Account: "Shop North", Markup: 50},
	}, func(_ *call, in *lendIn) (engine.LendConnection, error) {
		return engine.LendConnection{Ref: recordRef(in.ID), To: waybill.ID(in.Body.Account), Markup: in.Body.Markup}, nil
	}, lend, show)
	op(a, operation{
		ID: "take-connection-back", Method: "DELETE", Path: "/connections/{id}/loans/{child}", Tag: "Connections", Summary: "Take a lent connection back", Scope: waybill.ScopeAdmin,
		About: "Parcels that the child booked stay as they are.",
	}, func(_ *call, in *takeBackIn) (engine.LendConnection, error) {
		return engine.LendConnection{Ref: recordRef(in.ID), To: waybill.ID(in.Child), Back: true}, nil
	}, lend, show)
}

// lend finds the child that was named; who is no child is refused as the engine refuses it.
func lend(s engine.Session, ctx context.Context, in engine.LendConnection) (waybill.Connection, error) {
	child, err := s.GetFamily(ctx, recordRef(string(in.To)))
	switch {
	case err == nil:
		in.To = child.ID
	case !waybill.IsCode(err, waybill.NotFound):
		return waybill.Connection{}, err
	}
	c, err := s.LendConnection(ctx, in)
	return c, repath(err, func(path string) string {
		if path == "to" {
			return "account"
		}
		return path
	})
}

type testIn struct {
	SetupID
	Acting
	Body *struct {
		From  string `json:"from,omitempty" maxLength:"100" doc:"Id or reference of a location; without one, the account's first."`
		To    string `json:"to,omitempty" maxLength:"100" doc:"The same; without one, another location in the same country."`
		Grams int64  `json:"grams,omitempty" minimum:"1" maximum:"100000000" doc:"Weight of the sample; without it, a kilogram."`
	}
}

type testOut struct {
	OK        bool             `json:"ok" doc:"The carrier took the credentials and told at least one price."`
	Opens     bool             `json:"opens" doc:"The settings are complete and can be used."`
	Mode      string           `json:"mode" enum:"simulator,sandbox,live"`
	From      string           `json:"from" doc:"Reference of the location that the sample left from."`
	To        string           `json:"to"`
	Services  []carrierService `json:"services" nullable:"false" doc:"What the connection can sell."`
	Abilities []string         `json:"abilities" nullable:"false"`
	Rates     []rate           `json:"rates" nullable:"false"`
	Refused   []stepOut        `json:"refused" nullable:"false" doc:"Services that gave no price, and why."`
	Problem   *testProblem     `json:"problem,omitempty" doc:"What went wrong."`
}

type testProblem struct {
	Code    string         `json:"code"`
	Reason  string         `json:"reason"`
	Message string         `json:"message"`
	Errors  []fieldProblem `json:"errors,omitempty"`
	Carrier *carrierFault  `json:"carrier,omitempty" doc:"What the carrier said, in its own words."`
}

func connectionTests(a *api) {
	op(a, operation{
		ID: "test-connection", Method: "POST", Path: "/connections/{id}/test", Tag: "Connections", Summary: "Prove a connection without buying", Scope: waybill.ScopeSetup,
		About:   "The carrier is opened and asked for rates between two of the account's locations, which proves credentials, account and prices. That it did not work is an answer, not an error: see problem.",
		Example: map[string]any{"grams": 2500},
	}, func(_ *call, in *testIn) (acting[engine.TestConnection], error) {
		test := engine.TestConnection{Ref: recordRef(in.ID)}
		if b := in.Body; b != nil {
			test.From, test.To, test.Grams = b.From, b.To, b.Grams
		}
		return acting[engine.TestConnection]{waybill.ID(in.Account), test}, nil
	}, within(engine.Session.TestConnection, nil), showTest)
}

func showTest(c *call, t engine.ConnectionTest) *one[testOut] {
	out := testOut{
		OK: t.Fault == nil && len(t.Offers) > 0, Opens: t.Opens, Mode: string(t.Connection.Mode), From: t.From.ExternalID, To: t.To.ExternalID,
		Services: showServices(t.Services), Abilities: words(t.Abilities), Rates: []rate{}, Refused: showSteps(t.Refused),
	}
	for _, o := range t.Offers {
		out.Rates = append(out.Rates, c.rate(o))
	}
	if e := t.Fault; e != nil {
		out.Problem = &testProblem{Code: string(e.Code), Reason: string(e.Reason), Message: e.Message}
		for _, f := range e.Fields {
			out.Problem.Errors = append(out.Problem.Errors, fieldProblem{f.Path, string(f.Rule), f.Value, f.Limit, f.Message})
		}
		out.Problem.Carrier = showFault(e.Fault)
	}
	return &one[testOut]{out}
}

func words[T ~string](list []T) []string {
	out := make([]string, 0, len(list))
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}
