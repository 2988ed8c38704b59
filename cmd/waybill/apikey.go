package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"waybill"
	"waybill/app"
)

type apiKeyCmd struct {
	Add    apiKeyAdd    `cmd:"" help:"Make a key. It is printed once and cannot be had again."`
	List   apiKeyList   `cmd:"" help:"List keys."`
	Revoke apiKeyRevoke `cmd:"" help:"End a key at once."`
	Rotate apiKeyRotate `cmd:"" help:"Make a key in the place of another, which stays good for a while."`
}

type apiKeyAdd struct {
	Name    string        `arg:"" help:"What it is for."`
	Role    string        `help:"What it may do: admin, operations (default), developer, rates-only, read-only." enum:"admin,operations,developer,rates-only,read-only" default:"operations"`
	Scope   []string      `help:"Of what the role may, only this: read, rate, ship, develop, setup, admin." placeholder:"SCOPE"`
	Test    bool          `help:"Reaches simulators and carriers' test systems, never what is live."`
	Grant   []string      `help:"Names of child accounts it may act in." placeholder:"ACCOUNT"`
	Expires time.Duration `help:"How long it is good; 0: for ever." placeholder:"8760h"`
}

// Run makes a key.
func (k apiKeyAdd) Run(c *cli) error {
	return c.desk(func(ctx context.Context, desk app.Desk) error {
		in := app.CreateAPIKey{Name: k.Name, Role: waybill.Role(k.Role), Test: k.Test}
		for _, scope := range k.Scope {
			in.Scopes = append(in.Scopes, waybill.Scope(scope))
		}
		if k.Expires > 0 {
			end := time.Now().UTC().Add(k.Expires)
			in.Expires = &end
		}
		var err error
		if in.Grants, err = accountIDs(ctx, desk, k.Grant); err != nil {
			return err
		}
		var made app.NewAPIKey
		if err := desk.Do(ctx, c.Account, "api-key.create", in, &made); err != nil {
			return err
		}
		return c.print(made, table{text: made.Text})
	})
}

type apiKeyList struct{}

// Run lists keys.
func (apiKeyList) Run(c *cli) error {
	return ask(c, "api-key.list", struct{}{}, func(all []waybill.APIKey) table {
		t := table{head: []string{"NAME", "KEY", "ROLE", "SCOPES", "TEST", "LAST USED", "STATE", "ID"}}
		for _, k := range all {
			used := "never"
			if k.LastUsed != nil {
				used = k.LastUsed.Format(time.DateTime)
			}
			scopes := strings.Trim(fmt.Sprint(k.Scopes), "[]")
			t.rows = append(t.rows, []string{k.Name, k.Prefix + "…", string(k.Role), scopes, yes(k.Test), used, keyState(k, time.Now()), string(k.ID)})
		}
		return t
	})
}

// keyState says in words whether a key is good.
func keyState(k waybill.APIKey, now time.Time) string {
	switch {
	case k.Revoked != nil:
		return "revoked"
	case k.Expires == nil:
		return "good"
	case now.Before(*k.Expires):
		return "good until " + k.Expires.Format(time.DateTime)
	}
	return "expired"
}

type apiKeyRevoke struct {
	ID string `arg:"" help:"Id of the key."`
}

// Run ends a key.
func (k apiKeyRevoke) Run(c *cli) error {
	return ask(c, "api-key.revoke", waybill.ID(k.ID), func(ended waybill.APIKey) table {
		return table{text: "the key " + ended.Name + " is revoked"}
	})
}

type apiKeyRotate struct {
	ID    string        `arg:"" help:"Id of the key."`
	Grace time.Duration `help:"How long the old one is still good." default:"24h"`
}

// Run makes the new key.
func (k apiKeyRotate) Run(c *cli) error {
	return ask(c, "api-key.rotate", app.RotateAPIKey{ID: waybill.ID(k.ID), Grace: k.Grace}, func(made app.NewAPIKey) table {
		return table{text: made.Text}
	})
}
