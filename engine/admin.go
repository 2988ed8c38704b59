package engine

import (
	"context"
	"strings"

	"waybill"
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
	return records(ctx, s, rulesIn)
}

func records[T any](ctx context.Context, s Session, table func(store.Tx) store.Keyed[T]) (all []T, err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		all, err = table(tx).All()
		return err
	})
	return all, err
}

// SaveAccount creates or changes an account by its name. Its parent must exist and may not descend from it. The parent
// that it had before has nothing of it any more.
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
	if err := s.partFrom(ctx, a); err != nil {
		return a, err
	}
	return save(ctx, s, &a, a.Name, store.Tx.Accounts, func(old *waybill.Account) {
		if len(a.HookToken) == 0 {
			a.HookToken = old.HookToken
		}
		a.Ahead = old.Ahead
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
	if err := checkDepartures(l); err != nil {
		return l, err
	}
	locate(&l.Address)
	return save(ctx, s, &l, l.ExternalID, store.Tx.Locations, func(*waybill.Location) {})
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
	return save(ctx, s, &r, r.Name, rulesIn, func(*waybill.Rule) {})
}

// DeleteRule removes a rule by its name.
func (s Session) DeleteRule(ctx context.Context, name string) error {
	return again(0, func() error {
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
			r, err := rulesIn(tx).ByKey(name)
			if err == nil {
				err = s.mine(&r)
			}
			if err != nil {
				return err
			}
			if err := rulesIn(tx).Delete(r.ID, r.Version); err != nil {
				return err
			}
			return s.noteChange(tx, &r, nil)
		})
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
	err := again(0, func() error {
		return s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
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
				return s.written(tx, nil, P(&next))
			}
			return s.written(tx, P(&old), P(&next))
		})
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
