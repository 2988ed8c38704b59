package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"waybill"
	"waybill/engine"
	"waybill/store"
)

// Desk carries out the verbs of the command line: on an app of its own, or on the server that has the
// data folder open (see socket.go). In and out are the values named in [verbs]; out may be nil. No secret
// goes out, sealed or hashed.
type Desk interface {
	Do(ctx context.Context, account, verb string, in, out any) error
}

// What the verbs take, for callers outside.
type (
	SaveUser        = engine.SaveUser
	SaveClient      = engine.SaveClient
	CreateAPIKey    = engine.CreateAPIKey
	NewAPIKey       = engine.NewAPIKey
	RotateAPIKey    = engine.RotateAPIKey
	SaveConnection  = engine.SaveConnection
	Secrets         = map[string]string
	SetHookToken    = engine.SetHookToken
	Tally           = store.Tally
	Page            = store.Page
	AdjustPurchase  = engine.AdjustPurchase
	WalletAudit     = engine.WalletAudit
	LimitOut        = engine.APILimit
	PauseConnection = engine.PauseConnection
	PlanOutage      = engine.PlanOutage
	EndOutage       = engine.EndOutage
	Spent           = engine.Spent
	RecordRef       = engine.RecordRef
	ConnectionOut   struct {
		waybill.Connection
		Borrowed bool // lent by the parent, which keeps its settings to itself
	}
	LendIn struct {
		ExternalID, To string // To: name of a child account
		Markup         int64  // per mille
		Back           bool
	}
	NameIn  struct{ Name string }
	LimitIn struct {
		Dialect string
		Limit   waybill.RateLimit
	}
	BackupIn struct{ Folder string }
	HookOut  struct{ Connection, URL string }
)

// verb does one thing for a session; in is its input as JSON.
type verb struct {
	do    func(ctx context.Context, a *App, s engine.Session, in json.RawMessage) (any, error)
	above bool // of the installation, not of one account
}

// take makes a verb of an engine verb with an input.
func take[In, Out any](do func(engine.Session, context.Context, In) (Out, error)) verb {
	return verb{do: func(ctx context.Context, _ *App, s engine.Session, raw json.RawMessage) (any, error) {
		var in In
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, waybill.E("desk", waybill.ReasonBadJSON, "%v", err)
		}
		out, err := do(s, ctx, in)
		return public(out), err
	}}
}

// list makes a verb of an engine verb without one.
func list[Out any](do func(engine.Session, context.Context) (Out, error)) verb {
	return verb{do: func(ctx context.Context, _ *App, s engine.Session, _ json.RawMessage) (any, error) {
		out, err := do(s, ctx)
		return public(out), err
	}}
}

func above(v verb) verb {
	v.above = true
	return v
}

// verbs are everything the command line can ask for.
var verbs = map[string]verb{
	"account.list":     above(list(engine.Session.ListAccounts)),
	"account.save":     above(take(engine.Session.SaveAccount)),
	"user.list":        list(engine.Session.ListUsers),
	"user.save":        take(engine.Session.SaveUser),
	"client.list":      list(engine.Session.ListClients),
	"client.save":      take(saveClient),
	"api-key.list":     list(engine.Session.ListAPIKeys),
	"api-key.create":   take(engine.Session.CreateAPIKey),
	"api-key.revoke":   take(engine.Session.RevokeAPIKey),
	"api-key.rotate":   take(engine.Session.RotateAPIKey),
	"api.token":        list(localToken),
	"brand.list":       list(engine.Session.ListBrands),
	"brand.save":       take(engine.Session.SaveBrand),
	"location.list":    list(engine.Session.ListLocations),
	"location.save":    take(engine.Session.SaveLocation),
	"connection.list":  list(listConnections),
	"connection.save":  take(engine.Session.SaveConnection),
	"connection.pause": take(engine.Session.PauseConnection),
	"connection.get": take(func(s engine.Session, ctx context.Context, in RecordRef) (waybill.Connection, error) {
		return engine.Connections.Get(s, ctx, in)
	}),
	"connection.outage":     take(engine.Session.PlanOutage),
	"connection.outage.end": take(engine.Session.EndOutage),
	"connection.spending":   take(engine.Session.Spending),
	"connection.lend":       take(lendConnection),
	"connection.hook":       take(hookAddress),
	"service.list":          list(engine.Session.AllServices),
	"service.save":          take(engine.Session.SaveService),
	"package-size.list":     list(engine.Session.AllPackageSizes),
	"package-size.save":     take(engine.Session.SavePackageSize),
	"rule.list":             list(engine.Session.ListRules),
	"rule.save":             take(engine.Session.SaveRule),
	"rule.delete": take(func(s engine.Session, ctx context.Context, in NameIn) (struct{}, error) {
		return struct{}{}, s.DeleteRule(ctx, in.Name)
	}),
	"account.hook-token": take(engine.Session.SetHookToken),
	"limit.save":         take(saveLimit),
	"limit.list":         list(listLimits),
	"stats.recount":      above(list(engine.Session.RecountShipments)),
	"stats.mend":         above(list(engine.Session.MendCounts)),
	"wallet.adjust":      take(engine.Session.AdjustPurchase),
	"wallet.audit":       above(list(engine.Session.AuditWallets)),
	"backup": {above: true, do: func(ctx context.Context, a *App, _ engine.Session, raw json.RawMessage) (any, error) {
		var in BackupIn
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, err
		}
		return struct{}{}, a.Backup(ctx, in.Folder)
	}},
	"request.unknown": above(take(engine.Session.ListRequests)),
	"catalogue": {above: true, do: func(_ context.Context, a *App, _ engine.Session, _ json.RawMessage) (any, error) {
		return a.Catalogue(), nil
	}},
}

// Do carries out a verb for an account; an empty name means the installation's only account, or none.
func (a *App) Do(ctx context.Context, account, name string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, err := a.do(ctx, account, name, raw)
	if err != nil || out == nil {
		return err
	}
	raw, err = json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

func (a *App) do(ctx context.Context, account, name string, in json.RawMessage) (any, error) {
	v, ok := verbs[name]
	if !ok {
		return nil, waybill.E("desk", waybill.ReasonUnknownRoute, "there is no verb %q", name)
	}
	s, err := a.session(ctx, account, v.above)
	if err != nil {
		return nil, err
	}
	return v.do(ctx, a, s, in)
}

// session seats the administrator of the installation in one account, or above all. Who names no account
// means the only one there is.
func (a *App) session(ctx context.Context, account string, above bool) (engine.Session, error) {
	top := a.Engine.As(installation)
	if above {
		return top, nil
	}
	all, err := top.ListAccounts(ctx)
	if err != nil {
		return top, err
	}
	if account == "" && len(all) == 1 {
		account = all[0].Name
	}
	at := slices.IndexFunc(all, func(known waybill.Account) bool { return known.Name == account })
	switch {
	case at >= 0:
		seated := installation
		seated.Account = all[at].ID
		return a.Engine.As(seated), nil
	case account != "":
		return top, waybill.E("desk", waybill.ReasonUnknownRecord, "there is no account %q", account)
	case len(all) == 0:
		return top, errors.New("there is no account yet: begin with `waybill account add NAME`")
	}
	return top, errors.New("there are several accounts: say which with --account")
}

// public takes out of an answer what stays inside: hashes and sealed secrets.
func public(out any) any {
	switch v := out.(type) {
	case waybill.User:
		v.Password, v.APIKey = "", ""
		return v
	case waybill.Account:
		v.HookToken = nil
		return v
	case waybill.Client:
		v.Secret = ""
		return v
	case waybill.APIKey:
		v.Hash = ""
		return v
	case engine.NewAPIKey:
		v.Key.Hash = ""
		return v
	case waybill.Connection:
		v.Sealed = nil
		return v
	case []waybill.User:
		return each(v)
	case []waybill.Account:
		return each(v)
	case []waybill.Client:
		return each(v)
	case []waybill.APIKey:
		return each(v)
	}
	return out
}

func each[T any](all []T) []T {
	clean := make([]T, len(all))
	for i := range all {
		clean[i], _ = public(all[i]).(T)
	}
	return clean
}
