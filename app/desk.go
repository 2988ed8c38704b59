package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sort"

	"waybill"
	"waybill/engine"
)

// Desk carries out the verbs of the command line: on an app of its own, or on the server that has the
// data folder open (see socket.go). In and out are the values named in [verbs]; out may be nil.
type Desk interface {
	Do(ctx context.Context, account, verb string, in, out any) error
}

// What the verbs take, for callers outside.
type (
	SaveUser        = engine.SaveUser
	SaveClient      = engine.SaveClient
	SaveConnection  = engine.SaveConnection
	Secrets         = map[string]string
	PutSubscription = engine.PutSubscription
	ListDeliveries  = engine.ListDeliveries
	Decide          = engine.Decide
	RecordScan      = engine.RecordScan
	Ref             = engine.Ref
	GetShipment     = engine.GetShipment
	CancelShipment  = engine.CancelShipment
	RetryShipment   = engine.RetryShipment
	GetLabel        = engine.GetLabel
	LabelFile       = engine.LabelFile
	ShipmentHistory = engine.ShipmentHistory
	ListPurchasesIn struct{ States []waybill.PurchaseState }
	PauseConnection = engine.PauseConnection
	NameIn          struct{ Name string }
	LimitIn         struct {
		Dialect string
		Limit   waybill.RateLimit
	}
	BackupIn struct{ Folder string }
	HookOut  struct{ Connection, URL string }
)

// verb does one thing for a session; in is its input as JSON.
type verb func(ctx context.Context, a *App, s engine.Session, in json.RawMessage) (any, error)

// take makes a verb of an engine verb with an input.
func take[In, Out any](do func(engine.Session, context.Context, In) (Out, error)) verb {
	return func(ctx context.Context, _ *App, s engine.Session, raw json.RawMessage) (any, error) {
		var in In
		decoder := json.NewDecoder(bytes.NewReader(raw))
		if err := decoder.Decode(&in); err != nil {
			return nil, waybill.E("desk", waybill.ReasonBadJSON, "%v", err)
		}
		return do(s, ctx, in)
	}
}

// list makes a verb of an engine verb without one.
func list[Out any](do func(engine.Session, context.Context) (Out, error)) verb {
	return func(ctx context.Context, _ *App, s engine.Session, _ json.RawMessage) (any, error) { return do(s, ctx) }
}

// verbs are everything the command line can ask for.
var verbs = map[string]verb{
	"account.list":      list(engine.Session.ListAccounts),
	"account.save":      take(engine.Session.SaveAccount),
	"user.list":         list(engine.Session.ListUsers),
	"user.save":         take(engine.Session.SaveUser),
	"client.list":       list(engine.Session.ListClients),
	"client.save":       take(engine.Session.SaveClient),
	"brand.list":        list(engine.Session.ListBrands),
	"brand.save":        take(engine.Session.SaveBrand),
	"location.list":     list(engine.Session.ListLocations),
	"location.save":     take(engine.Session.SaveLocation),
	"connection.list":   list(engine.Session.ListConnections),
	"connection.save":   take(engine.Session.SaveConnection),
	"connection.pause":  take(engine.Session.PauseConnection),
	"connection.hook":   take(hookAddress),
	"service.list":      list(engine.Session.AllServices),
	"service.save":      take(engine.Session.SaveService),
	"package-size.list": list(engine.Session.AllPackageSizes),
	"package-size.save": take(engine.Session.SavePackageSize),
	"rule.list":         list(engine.Session.ListRules),
	"rule.save":         take(engine.Session.SaveRule),
	"rule.delete": take(func(s engine.Session, ctx context.Context, in NameIn) (struct{}, error) {
		return struct{}{}, s.DeleteRule(ctx, in.Name)
	}),
	"webhook.list":   list(engine.Session.ListSubscriptions),
	"webhook.save":   take(engine.Session.PutSubscription),
	"webhook.log":    take(engine.Session.ListDeliveries),
	"webhook.replay": take(engine.Session.ReplayDelivery),
	"webhook.resume": take(engine.Session.ResumeSubscription),
	"limit.save":     take(saveLimit),
	"purchase.list": take(func(s engine.Session, ctx context.Context, in ListPurchasesIn) ([]waybill.Purchase, error) {
		return s.ListPurchases(ctx, in.States)
	}),
	"purchase.decide":  take(engine.Session.DecidePurchase),
	"shipment.get":     take(engine.Session.GetShipment),
	"shipment.history": take(engine.Session.ShipmentHistory),
	"shipment.why":     take(engine.Session.Explain),
	"shipment.cancel":  take(engine.Session.CancelShipment),
	"shipment.retry":   take(engine.Session.RetryShipment),
	"shipment.track":   take(engine.Session.TrackShipment),
	"shipment.label":   take(engine.Session.GetLabel),
	"scan":             take(engine.Session.RecordScan),
	"backup": func(ctx context.Context, a *App, _ engine.Session, raw json.RawMessage) (any, error) {
		var in BackupIn
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, err
		}
		return struct{}{}, a.Backup(ctx, in.Folder)
	},
	"catalogue": func(_ context.Context, a *App, _ engine.Session, _ json.RawMessage) (any, error) {
		return a.Catalogue(), nil
	},
}

// Verbs lists the names of all verbs.
func Verbs() []string {
	var names []string
	for name := range verbs {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
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
	run := verbs[name]
	if run == nil {
		return nil, waybill.E("desk", waybill.ReasonUnknownRoute, "there is no verb %q", name)
	}
	s, err := a.session(ctx, account, name == "account.save" || name == "account.list" || name == "backup" || name == "catalogue")
	if err != nil {
		return nil, err
	}
	return run(ctx, a, s, in)
}

// session seats the administrator of the installation in one account, or above all.
func (a *App) session(ctx context.Context, account string, above bool) (engine.Session, error) {
	admin := waybill.Actor{Kind: waybill.ActorAdmin, Name: "administrator", Role: waybill.RoleAdmin}
	if above {
		return a.Engine.As(admin), nil
	}
	all, err := a.Engine.As(admin).ListAccounts(ctx)
	if err != nil {
		return engine.Session{}, err
	}
	if account == "" && len(all) == 1 {
		account = all[0].Name
	}
	for _, known := range all {
		if known.Name == account {
			admin.Account = known.ID
			return a.Engine.As(admin), nil
		}
	}
	if account == "" {
		return engine.Session{}, errors.New("say which account with --account: there are several, or none")
	}
	return engine.Session{}, waybill.E("desk", waybill.ReasonUnknownRecord, "there is no account %q", account)
}

// hookAddress is where a carrier pushes a connection's news to.
func hookAddress(s engine.Session, ctx context.Context, in NameIn) (HookOut, error) {
	all, err := s.ListConnections(ctx)
	if err != nil {
		return HookOut{}, err
	}
	for _, c := range all {
		if c.ExternalID == in.Name {
			return HookOut{string(c.ID), "/hooks/" + string(c.ID) + "/" + s.Vault.HookSecret(c.ID)}, nil
		}
	}
	return HookOut{}, waybill.E("hook", waybill.ReasonUnknownRecord, "there is no connection %q", in.Name)
}

// saveLimit sets how many requests a dialect takes from each caller of the account.
func saveLimit(s engine.Session, ctx context.Context, in LimitIn) (waybill.Account, error) {
	account, err := s.Account(ctx, s.Actor)
	if err != nil {
		return account, err
	}
	limits := map[string]waybill.RateLimit{in.Dialect: in.Limit}
	for name, limit := range account.Settings.Limits {
		if name != in.Dialect {
			limits[name] = limit
		}
	}
	account.Settings.Limits = limits
	return s.SaveAccount(ctx, account)
}

// CatalogueEntry is what a connection of a carrier must be told.
type CatalogueEntry struct {
	Name, Title string
	Settings    []CatalogueSetting
	Services    []CatalogueService
}

// CatalogueSetting is one setting of a carrier.
type CatalogueSetting struct {
	Name, Title, Help, Default string
	Secret, Required           bool
}

// CatalogueService is one service of a carrier.
type CatalogueService struct{ Code, Name, Direction string }

// Catalogue lists the carriers with what each must be told.
func (a *App) Catalogue() []CatalogueEntry {
	var all []CatalogueEntry
	for _, d := range a.Engine.Carriers.Drivers() {
		entry := CatalogueEntry{Name: d.Name, Title: d.Title}
		for _, v := range d.Settings {
			entry.Settings = append(entry.Settings, CatalogueSetting{v.Name, v.Title, v.Help, v.Default, v.Secret, v.Required})
		}
		for _, v := range d.Services {
			entry.Services = append(entry.Services, CatalogueService{v.Code, v.Name, string(v.Direction)})
		}
		all = append(all, entry)
	}
	return all
}
