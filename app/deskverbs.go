package app

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/engine"
)

// The verbs of the desk that say more than one verb of the engine.

// knownDialects refuses names of APIs that are not spoken here.
func knownDialects(field string, names ...string) error {
	known := dialectNames()
	for _, name := range names {
		if !slices.Contains(known, name) {
			message := "there is no API " + name + "; there are " + strings.Join(known, ", ")
			return waybill.FieldErrors("desk", []waybill.FieldError{{Path: field, Rule: waybill.RuleEnum, Value: name, Message: message}})
		}
	}
	return nil
}

func saveClient(s engine.Session, ctx context.Context, in SaveClient) (waybill.Client, error) {
	if err := knownDialects("dialects", in.Dialects...); err != nil {
		return in.Client, err
	}
	return s.SaveClient(ctx, in)
}

// listConnections lists the account's own connections and those lent to it. Of the latter it sees that they
// are there, and nothing of what the lender told the carrier.
func listConnections(s engine.Session, ctx context.Context) ([]ConnectionOut, error) {
	all, err := s.ListConnections(ctx)
	var list []ConnectionOut
	for _, c := range all {
		c.Sealed = nil
		borrowed := c.Account != s.Actor.Account
		if borrowed {
			c.Settings, c.Base, c.Lent, c.Markup, c.PauseReason = nil, "", nil, 0, ""
		}
		list = append(list, ConnectionOut{c, borrowed})
	}
	return list, err
}

// lendConnection lends to a child that is named.
func lendConnection(s engine.Session, ctx context.Context, in LendIn) (waybill.Connection, error) {
	accounts, err := s.As(installation).ListAccounts(ctx)
	if err != nil {
		return waybill.Connection{}, err
	}
	for _, account := range accounts {
		if account.Name == in.To {
			return s.LendConnection(ctx, engine.LendConnection{ExternalID: in.ExternalID, To: account.ID, Markup: in.Markup, Back: in.Back})
		}
	}
	return waybill.Connection{}, waybill.E("lend", waybill.ReasonUnknownRecord, "there is no account %q", in.To)
}

// hookAddress is where a carrier pushes a connection's news to.
func hookAddress(s engine.Session, ctx context.Context, in NameIn) (HookOut, error) {
	all, err := s.ListConnections(ctx)
	if err != nil {
		return HookOut{}, err
	}
	for _, c := range all {
		if c.ExternalID == in.Name && c.Account == s.Actor.Account {
			return HookOut{string(c.ID), "/hooks/" + string(c.ID) + "/" + s.Vault.HookSecret(c.ID)}, nil
		}
	}
	return HookOut{}, waybill.E("hook", waybill.ReasonUnknownRecord, "there is no connection %q", in.Name)
}

// saveLimit sets how many requests a dialect takes from each caller of the account.
func saveLimit(s engine.Session, ctx context.Context, in LimitIn) (LimitOut, error) {
	if err := knownDialects("dialect", in.Dialect); err != nil {
		return LimitOut{}, err
	}
	set, err := s.SetLimit(ctx, engine.SetLimit{Dialect: in.Dialect, Limit: &in.Limit})
	return set.APILimit, err
}

// listLimits lists what each dialect takes from a caller of the account.
func listLimits(s engine.Session, ctx context.Context) ([]LimitOut, error) {
	list, err := s.ListLimits(ctx, struct{}{})
	return list.Items, err
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
