package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/carrier"
	"waybill/rule"
	"waybill/store"
)

// The set-up verbs: what an administrator needs to run a real account. Saving is by key: a record with
// the same key (name, e-mail, external id…) is replaced and keeps its id and number. Every id and secret
// that another vendor issued can be given, so that a move changes the base URL and nothing else.

// List… reads all records of a noun that the actor sees, oldest first.

// ListAccounts lists accounts.
func (s Session) ListAccounts(ctx context.Context) ([]waybill.Account, error) {
	return records(ctx, s, store.Tx.Accounts)
}

// ListUsers lists users.
func (s Session) ListUsers(ctx context.Context) ([]waybill.User, error) {
	return records(ctx, s, store.Tx.Users)
}

// ListClients lists clients.
func (s Session) ListClients(ctx context.Context) ([]waybill.Client, error) {
	return records(ctx, s, store.Tx.Clients)
}

// ListBrands lists brands.
func (s Session) ListBrands(ctx context.Context) ([]waybill.Brand, error) {
	return records(ctx, s, store.Tx.Brands)
}

// ListLocations lists locations.
func (s Session) ListLocations(ctx context.Context) ([]waybill.Location, error) {
	return records(ctx, s, store.Tx.Locations)
}

// ListConnections lists connections, those lent to the account too; secrets stay sealed.
func (s Session) ListConnections(ctx context.Context) ([]waybill.Connection, error) {
	all, err := records(ctx, s, store.Tx.Connections)
	for i := range all {
		if !s.Actor.Sees(all[i].Account) {
			all[i] = borrowed(all[i], s.Actor.Account)
		}
	}
	return all, err
}

// borrowed is a connection as the borrower may see it: what it is called and what it offers, never the
// lender's credentials, prices or other borrowers.
func borrowed(c waybill.Connection, by waybill.ID) waybill.Connection {
	c.Settings, c.Sealed, c.Base, c.Markup, c.Billed, c.Floor = nil, nil, "", 0, "", waybill.Money{}
	c.Lent = slices.DeleteFunc(slices.Clone(c.Lent), func(l waybill.Loan) bool { return l.Account != by })
	return c
}

// AllServices lists services of both directions, disabled ones included.
func (s Session) AllServices(ctx context.Context) ([]waybill.Service, error) {
	return records(ctx, s, store.Tx.Services)
}

// AllPackageSizes lists package sizes, disabled ones included.
func (s Session) AllPackageSizes(ctx context.Context) ([]waybill.PackageSize, error) {
	return records(ctx, s, store.Tx.PackageSizes)
}

// ListRules lists rules.
func (s Session) ListRules(ctx context.Context) ([]waybill.Rule, error) {
	return records(ctx, s, store.Tx.Rules)
}

func records[T any](ctx context.Context, s Session, table func(store.Tx) store.Keyed[T]) (all []T, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		all, err = table(tx).All()
		return err
	})
	return all, err
}

// SaveAccount creates or changes an account by its name. Its parent must exist and may not descend from it.
func (s Session) SaveAccount(ctx context.Context, a waybill.Account) (waybill.Account, error) {
	if err := needed("name", a.Name); err != nil {
		return a, err
	}
	if err := validAccess(a.Access); err != nil {
		return a, err
	}
	if err := s.checkParent(ctx, a); err != nil {
		return a, err
	}
	return save(ctx, s, &a, a.Name, store.Tx.Accounts, func(old *waybill.Account) {
		if len(a.HookToken) == 0 {
			a.HookToken = old.HookToken
		}
	})
}

// SaveUser is a user with a new password and API key; an empty one keeps the old.
type SaveUser struct {
	waybill.User
	NewPassword string
	NewAPIKey   string
}

// SaveUser creates or changes a user by e-mail.
func (s Session) SaveUser(ctx context.Context, in SaveUser) (waybill.User, error) {
	u := in.User
	u.Email = strings.ToLower(strings.TrimSpace(u.Email))
	if err := needed("email", u.Email); err != nil {
		return u, err
	}
	if err := s.checkGrants(ctx, u.Grants); err != nil {
		return u, err
	}
	if in.NewPassword != "" {
		u.Password = s.Vault.Hash(in.NewPassword)
	}
	if in.NewAPIKey != "" {
		u.APIKey = s.Vault.Hash(in.NewAPIKey)
	}
	u.ExternalID = firstOf(u.ExternalID, s.Vault.pseudonym(s.IDs.New()))
	return save(ctx, s, &u, u.Email, store.Tx.Users, func(old *waybill.User) {
		u.Password, u.APIKey = firstOf(u.Password, old.Password), firstOf(u.APIKey, old.APIKey)
		u.ExternalID = firstOf(in.ExternalID, old.ExternalID, u.ExternalID)
	})
}

// SaveClient is a client with a new secret; an empty one keeps the old.
type SaveClient struct {
	waybill.Client
	NewSecret string
}

// SaveClient creates or changes a client by its client id.
func (s Session) SaveClient(ctx context.Context, in SaveClient) (waybill.Client, error) {
	c := in.Client
	if err := needed("client_id", c.ClientID); err != nil {
		return c, err
	}
	if err := s.checkGrants(ctx, c.Grants); err != nil {
		return c, err
	}
	if in.NewSecret != "" {
		c.Secret = s.Vault.Hash(in.NewSecret)
	}
	return save(ctx, s, &c, c.ClientID, store.Tx.Clients, func(old *waybill.Client) {
		c.Secret = firstOf(c.Secret, old.Secret)
	})
}

// SaveBrand creates or changes a brand by its external id.
func (s Session) SaveBrand(ctx context.Context, b waybill.Brand) (waybill.Brand, error) {
	if err := needed("external_id", b.ExternalID); err != nil {
		return b, err
	}
	return save(ctx, s, &b, b.ExternalID, store.Tx.Brands, func(*waybill.Brand) {})
}

// SaveLocation creates or changes a location by its external id. An address without coordinates gets
// those of its postal code.
func (s Session) SaveLocation(ctx context.Context, l waybill.Location) (waybill.Location, error) {
	if err := needed("external_id", l.ExternalID); err != nil {
		return l, err
	}
	if err := checkParty("address", waybill.Party{Address: l.Address}); err != nil {
		return l, err
	}
	locate(&l.Address)
	return save(ctx, s, &l, l.ExternalID, store.Tx.Locations, func(*waybill.Location) {})
}

// SaveConnection is a connection with secret settings, which go over those it has; an empty one takes the
// old one away.
type SaveConnection struct {
	waybill.Connection
	Secrets carrier.Settings
}

// SaveConnection creates or changes a connection by its external id. Its settings are checked against
// the driver's list, and its carrier is opened, before it is stored.
func (s Session) SaveConnection(ctx context.Context, in SaveConnection) (waybill.Connection, error) {
	if err := needed("external_id", in.ExternalID); err != nil {
		return in.Connection, err
	}
	if err := s.known(ctx, &in.Connection); err != nil {
		return in.Connection, err
	}
	c, opened, err := s.connect(in)
	if err != nil {
		return c, err
	}
	saved, err := save(ctx, s, &c, c.ExternalID, store.Tx.Connections, func(*waybill.Connection) {})
	if err == nil && numbersAhead(saved, opened) {
		err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error { return s.refill(tx, saved) })
	}
	return saved, err
}

// connect checks a connection that has its id, seals its secrets and opens its carrier.
func (s Session) connect(in SaveConnection) (c waybill.Connection, opened *carrier.Carrier, err error) {
	c = in.Connection
	if err := validBilling(c); err != nil {
		return c, nil, err
	}
	c.Increment = max(1, c.Increment)
	c.DisplayName = firstOf(c.DisplayName, c.Name)
	secrets, err := s.secrets(c)
	if err != nil {
		return c, nil, err
	}
	for name, value := range in.Secrets {
		secrets[name] = value
		if value == "" {
			delete(secrets, name)
		}
	}
	if len(in.Secrets) > 0 || len(c.Sealed) == 0 {
		if c.Sealed, err = s.sealSettings(c.ID, secrets); err != nil {
			return c, nil, err
		}
	}
	trial := c
	trial.ID = "" // not to be taken for the one that is open
	opened, err = s.openWith(trial, secrets)
	return c, opened, err
}

// known gives the connection the id and sealed settings it is stored under, if it is.
func (s Session) known(ctx context.Context, c *waybill.Connection) error {
	all, err := records(ctx, s, store.Tx.Connections)
	for _, old := range all {
		if old.ExternalID == c.ExternalID && old.Account == s.Actor.Account {
			c.ID, c.Sealed = old.ID, old.Sealed
		}
	}
	if c.ID == "" {
		c.ID = s.IDs.New()
	}
	return err
}

// SaveService creates or changes a service; its key is direction, carrier and name.
func (s Session) SaveService(ctx context.Context, v waybill.Service) (waybill.Service, error) {
	for _, f := range [][2]string{{"carrier", v.Carrier}, {"driver", v.Driver}, {"code", v.Code}, {"name", v.Name}} {
		if err := needed(f[0], f[1]); err != nil {
			return v, err
		}
	}
	if v.Direction == "" {
		v.Direction = waybill.Outgoing
	}
	return save(ctx, s, &v, string(v.Direction)+"/"+v.Carrier+"/"+v.Name, store.Tx.Services, func(*waybill.Service) {})
}

// SavePackageSize creates or changes a package size by its name.
func (s Session) SavePackageSize(ctx context.Context, p waybill.PackageSize) (waybill.PackageSize, error) {
	if err := needed("name", p.Name); err != nil {
		return p, err
	}
	return save(ctx, s, &p, p.Name, store.Tx.PackageSizes, func(*waybill.PackageSize) {})
}

// SaveRule checks a rule and creates or changes it by its name.
func (s Session) SaveRule(ctx context.Context, r waybill.Rule) (waybill.Rule, error) {
	if err := needed("name", r.Name); err != nil {
		return r, err
	}
	if _, err := rule.Parse(r); err != nil {
		return r, err
	}
	return save(ctx, s, &r, r.Name, store.Tx.Rules, func(*waybill.Rule) {})
}

// DeleteRule removes a rule by its name.
func (s Session) DeleteRule(ctx context.Context, name string) error {
	return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		r, err := tx.Rules().ByKey(name)
		if err == nil {
			err = s.mine(&r)
		}
		if err != nil {
			return err
		}
		if err := tx.Rules().Delete(r.ID, r.Version); err != nil {
			return err
		}
		return s.noteChange(tx, &r, nil)
	})
}

func needed(field, value string) error {
	if strings.TrimSpace(value) != "" {
		return nil
	}
	return waybill.FieldErrors("setup", []waybill.FieldError{{
		Path: field, Rule: waybill.RuleRequired, Message: strings.ReplaceAll(field, "_", " ") + " is required",
	}})
}

// save inserts a record or replaces the one with its key, which lends it id, number and what inherit
// takes over.
func save[T any, P meta[T]](
	ctx context.Context, s Session, record P, key string, table func(store.Tx) store.Keyed[T], inherit func(*T),
) (T, error) {
	if _, account := any(record).(*waybill.Account); !account && s.Actor.Account == "" {
		return *record, waybill.E("setup", waybill.ReasonUnknownRecord, "no account was named to set this up in")
	}
	number := P(record).Meta().Number
	if number == 0 {
		var err error
		if number, err = s.take(ctx, 1); err != nil {
			return *record, err
		}
	}
	var stored T
	err := s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		old, err := table(tx).ByKey(key)
		fresh := waybill.IsCode(err, waybill.NotFound)
		if err != nil && !fresh {
			return err
		}
		// What is lent or granted is seen here, but is another account's.
		fresh = fresh || (s.Actor.Account != "" && P(&old).Meta().Account != s.Actor.Account)
		if !fresh {
			inherit(&old)
		}
		next := *record
		row, before := P(&next).Meta(), P(&old).Meta()
		if fresh {
			s.found(row, number)
		} else {
			given := row.Number
			*row = *before
			if given != 0 {
				row.Number = given
			}
		}
		if err := table(tx).Put(&next); err != nil {
			return err
		}
		stored = next
		if fresh {
			return s.noteChange(tx, nil, P(&next))
		}
		return s.noteChange(tx, P(&old), P(&next))
	})
	return stored, err
}

// found gives a new record its identity: an account is its own account.
func (s Session) found(row *waybill.Row, number int64) {
	if row.ID == "" {
		row.ID = s.IDs.New()
	}
	row.Number, row.Account = number, s.Actor.Account
	if row.Account == "" {
		row.Account = row.ID
	}
}

// mine refuses a record that is seen here, lent or granted, but is another account's.
func (s Session) mine(record interface{ Meta() *waybill.Row }) error {
	if s.Actor.Account != "" && record.Meta().Account != s.Actor.Account {
		return waybill.E("setup", waybill.ReasonUnknownRecord, "this account has no such record")
	}
	return nil
}

// PauseConnection takes a connection out of use, or back into it. Parcels booked with it are kept; a
// paused one is asked for nothing.
func (s Session) PauseConnection(ctx context.Context, in PauseConnection) (c waybill.Connection, err error) {
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		found, err := byRef(tx.Connections(), in.ref())
		if err == nil {
			err = s.mine(&found)
		}
		if err != nil {
			return err
		}
		if !s.Actor.Reaches(found.Mode) {
			return waybill.E("connection", waybill.ReasonRole, "%s; this connection is live", testOnly)
		}
		before := found
		found.Paused, found.PauseReason = in.Paused, in.Reason
		if err := tx.Connections().Put(&found); err != nil {
			return err
		}
		c = found
		return s.noteChange(tx, &before, &found)
	})
	return c, err
}

// PauseConnection names a connection by its external id, or by Ref.
type PauseConnection struct {
	ExternalID string
	Ref        RecordRef
	Paused     bool
	Reason     string
}

func (in PauseConnection) ref() RecordRef {
	if in.ExternalID != "" {
		return RecordRef{Key: in.ExternalID}
	}
	return in.Ref
}

// ListSubscriptions lists webhook endpoints; secrets stay sealed.
func (s Session) ListSubscriptions(ctx context.Context) ([]waybill.Subscription, error) {
	return records(ctx, s, store.Tx.Subscriptions)
}

// Explain tells in words why a shipment went the way it went, one line a step, decision after decision.
func (s Session) Explain(ctx context.Context, in GetShipment) (lines []string, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		sh, err := find(tx, in.Ref)
		if err != nil {
			return err
		}
		decisions, err := tx.Decisions().Of(sh.ID)
		if err != nil {
			return err
		}
		var told []string
		for _, d := range decisions {
			told = append(told, rule.Explain(d)...)
		}
		lines = told
		return nil
	})
	return lines, err
}
