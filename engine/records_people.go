package engine

import (
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/store"
)

// Users are the people of an account.
var Users = Records[SaveUser, waybill.User]{
	table: store.Tx.Users, draft: func(u waybill.User) SaveUser { return SaveUser{User: u} }, prepare: prepareUser,
	mayManage: Session.mayManageUser, turned: turnUser, rests: notByTests[waybill.User],
	inUse: func(_ store.Tx, s Session, u waybill.User) error {
		if u.ID == s.Actor.ID {
			return usedBy("nobody removes himself")
		}
		return nil
	},
}

// Clients are the OAuth clients of an account: see [Session.CreateClient].
var Clients = Records[SaveClient, waybill.Client]{
	table: store.Tx.Clients, draft: func(c waybill.Client) SaveClient { return SaveClient{Client: c} }, prepare: prepareClient,
	mayManage: Session.mayManageClient, turned: turnClient, rests: notByTests[waybill.Client],
	inUse: func(_ store.Tx, s Session, c waybill.Client) error {
		if c.ID == s.Actor.ID {
			return usedBy("a client does not remove itself")
		}
		return nil
	},
}

func prepareUser(ctx context.Context, s Session, in SaveUser, row waybill.Row) (waybill.User, error) {
	u := in.User
	u.Email = strings.ToLower(strings.TrimSpace(u.Email))
	if err := needed("email", u.Email); err != nil {
		return u, err
	}
	if at := strings.IndexByte(u.Email, '@'); at < 1 || at == len(u.Email)-1 || strings.ContainsAny(u.Email, " \t\r\n") {
		return u, wrongField("email", waybill.RuleFormat, u.Email, "this is no e-mail address")
	}
	var err error
	if u.Grants, err = s.childrenNamed(ctx, u.Grants); err != nil {
		return u, err
	}
	if err := s.checkMade(ctx, "a person", rightsOfUser(u)); err != nil {
		return u, err
	}
	if row.ID == s.Actor.ID && (u.Disabled || u.Role != s.Actor.Role) {
		return u, usedBy("nobody locks himself out, or changes his own role")
	}
	if in.NewPassword != "" {
		u.Password = s.Vault.Hash(in.NewPassword)
	}
	if in.NewAPIKey != "" {
		u.APIKey = s.Vault.Hash(in.NewAPIKey)
	}
	u.ExternalID = firstOf(u.ExternalID, s.Vault.pseudonym(row.ID))
	return u, nil
}

// checkMade refuses to make someone who may do more than who makes them. Who is made here may log in to any API and
// reach what is live, so that a test key makes nobody but in the demo.
func (s Session) checkMade(ctx context.Context, noun string, r rights) error {
	if waybill.Roles[r.role] == nil {
		return wrongField("role", waybill.RuleEnum, string(r.role), "there is no such role")
	}
	if err := s.notForTests(ctx, testsManageNobody); err != nil {
		return err
	}
	return firstError(s.checkGrants(ctx, r.grants), s.mayGive(noun, r))
}

const testsManageNobody = "a test key makes, changes and removes no people and no clients: they reach what is live"

// notByTests refuses a test key that would remove a record.
func notByTests[T any](ctx context.Context, s Session, _ T) error {
	return s.notForTests(ctx, testsManageNobody)
}

// notForTests refuses a test key, but in the demo's account, whose credentials everyone knows.
func (s Session) notForTests(ctx context.Context, why string) error {
	if !s.Actor.Test {
		return nil
	}
	account, err := s.Account(ctx, s.Actor)
	if err == nil && !account.Demo {
		err = waybill.E("setup", waybill.ReasonRole, "%s", why)
	}
	return err
}

func prepareClient(ctx context.Context, s Session, in SaveClient, row waybill.Row) (waybill.Client, error) {
	c := in.Client
	if row.Version == 0 {
		c.ClientID = firstOf(c.ClientID, string(row.ID))
	}
	if err := firstError(needed("name", c.Name), needed("client_id", c.ClientID)); err != nil {
		return c, err
	}
	var err error
	if c.Grants, err = s.childrenNamed(ctx, c.Grants); err != nil {
		return c, err
	}
	if err := s.checkMade(ctx, "a client", rightsOfClient(c)); err != nil {
		return c, err
	}
	if in.NewSecret != "" {
		c.Secret = s.Vault.Hash(in.NewSecret)
	}
	return c, nil
}

// NewClient is a client with its secret, which is shown this once.
type NewClient struct {
	Client waybill.Client
	Secret string
}

// CreateClient makes a client and, where none was brought along, its secret.
func (s Session) CreateClient(ctx context.Context, in SaveClient) (NewClient, error) {
	in.NewSecret = firstOf(in.NewSecret, randomKey())
	client, err := Clients.Create(s, ctx, in)
	return NewClient{client, in.NewSecret}, err
}

// RotateClient gives a client a new secret; the old one is worth nothing from then on, nor are the tokens that it bought.
func (s Session) RotateClient(ctx context.Context, in DeleteRecord) (NewClient, error) {
	secret := randomKey()
	client, err := Clients.Change(s, ctx, ChangeRecord[SaveClient]{Ref: in.Ref, Version: in.Version, Change: func(c *SaveClient) error {
		c.NewSecret = secret
		return nil
	}})
	return NewClient{client, secret}, err
}

// ListFamily lists the session's account and its children.
func (s Session) ListFamily(ctx context.Context, in ListRecords[waybill.Account]) (slice store.Slice[waybill.Account], err error) {
	settled, err := s.settledFor(ctx, in.Page)
	if err != nil {
		return slice, err
	}
	family, err := s.family(ctx)
	if err != nil {
		return slice, err
	}
	kept := slices.DeleteFunc(family, func(a waybill.Account) bool { return a.Updated.Before(in.Updated) || (in.Keep != nil && !in.Keep(a)) })
	return paged(kept, in.Page, settled)
}

// family is the session's account with its children.
func (s Session) family(ctx context.Context) (list []waybill.Account, err error) {
	err = s.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		all, err := tx.Accounts().All()
		list = slices.DeleteFunc(all, func(a waybill.Account) bool {
			return s.Actor.Account == "" || a.Deleted != nil || (a.ID != s.Actor.Account && a.Parent != s.Actor.Account)
		})
		return err
	})
	return list, err
}

// GetFamily reads the session's account or a child of it, by id or name. An empty reference is the account itself.
func (s Session) GetFamily(ctx context.Context, ref RecordRef) (waybill.Account, error) {
	family, err := s.family(ctx)
	if err != nil {
		return waybill.Account{}, err
	}
	if ref == (RecordRef{}) {
		ref.ID = s.Actor.Account
	}
	for _, a := range family {
		if a.ID == ref.ID || (ref.ID == "" && a.Name == ref.Key) {
			return a, nil
		}
	}
	return waybill.Account{}, noAccount()
}

// CreateChild makes an account below the session's.
func (s Session) CreateChild(ctx context.Context, a waybill.Account) (stored waybill.Account, err error) {
	parent, err := s.Account(ctx, s.Actor)
	if err != nil {
		return a, err
	}
	if err := s.notForTests(ctx, "a test key makes no accounts"); err != nil {
		return a, err
	}
	if a.Settings.DefaultLocation != "" || a.Settings.ReturnLocation != "" {
		return a, wrongField("settings.default_location", waybill.RuleExists, string(a.Settings.DefaultLocation), "a new account has no locations yet")
	}
	number, err := s.take(ctx, 1)
	if err != nil {
		return a, err
	}
	id := s.IDs.New()
	a.Row = waybill.Row{ID: id, Account: id, Number: number}
	a.Parent, a.Demo = parent.ID, parent.Demo // whose credentials everyone knows has children with such too
	a.TenantID = firstOf(a.TenantID, string(id))
	a.Settings.Currency = firstOf(a.Settings.Currency, parent.Settings.Currency)
	if err := s.checkAccount(ctx, &a); err != nil {
		return a, err
	}
	return s.putAccount(ctx, nil, a)
}

// ChangeFamily changes the session's account or a child of it.
func (s Session) ChangeFamily(ctx context.Context, in ChangeRecord[waybill.Account]) (waybill.Account, error) {
	old, err := s.GetFamily(ctx, in.Ref)
	if err != nil {
		return old, err
	}
	if in.Version != 0 && in.Version != old.Version {
		return old, movedOn()
	}
	next := old
	if err := in.Change(&next); err != nil {
		return old, err
	}
	next.Row, next.Parent, next.Demo = old.Row, old.Parent, old.Demo
	if err := s.checkAccount(ctx, &next); err != nil {
		return old, err
	}
	return s.putAccount(ctx, &old, next)
}

// checkAccount checks what was written of an account. Who changes the own access list must be on it.
func (s Session) checkAccount(ctx context.Context, a *waybill.Account) error {
	a.Name = strings.TrimSpace(a.Name)
	if err := firstError(needed("name", a.Name), validAccess(a.Access)); err != nil {
		return err
	}
	if a.ID == s.Actor.Account {
		if err := checkAccess(waybill.Access{IPs: a.Access.IPs}, s.Actor.IP, ""); err != nil {
			return wrongField("ips", waybill.RuleExists, s.Actor.IP, "the address that you call from would be shut out: put "+s.Actor.IP+" on the list")
		}
	}
	set := &setup{}
	if a.Version != 0 {
		var err error
		if set, err = s.As(waybill.System(a.ID)).world(ctx); err != nil {
			return err
		}
	}
	return set.checkSettings(&a.Settings)
}

func (s Session) putAccount(ctx context.Context, old *waybill.Account, a waybill.Account) (stored waybill.Account, err error) {
	err = s.Store.Update(ctx, s.system(""), func(tx store.Tx) error {
		next := a
		if err := tx.Accounts().Put(&next); err != nil {
			return err
		}
		stored = next
		return s.noteChange(tx, old, &next)
	})
	return stored, err
}

// ListKeys lists the API keys of the session's account, as records are listed.
func (s Session) ListKeys(ctx context.Context, in ListRecords[waybill.APIKey]) (store.Slice[waybill.APIKey], error) {
	return Records[waybill.APIKey, waybill.APIKey]{table: store.Tx.APIKeys}.List(s, ctx, in)
}
