package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"waybill"
	"waybill/store"
)

// claims are what a token says: ids only, so that its base64 is plain and a rename or a new role
// counts at once.
type claims struct {
	jwt.RegisteredClaims
	Account string `json:"acc"`
	Kind    string `json:"knd"`
}

// IssueToken exchanges credentials for a token of one dialect. Unknown id, wrong secret, disabled, the
// demo's where no demo runs, and not allowed on this dialect are answered alike.
func (g Gate) IssueToken(ctx context.Context, c Credentials) (Token, error) {
	refused := waybill.E("token", waybill.ReasonLogin, "the credentials are not valid")
	actor, hash, err := g.whoHas(ctx, c)
	if err != nil {
		if waybill.IsCode(err, waybill.NotFound) {
			g.Vault.Matches(g.Vault.decoy(), c.Secret) // the same time, whether or not the id exists
			return Token{}, refused
		}
		return Token{}, err
	}
	if !g.Vault.Matches(hash, c.Secret) {
		return Token{}, refused
	}
	now := g.Clock.Now()
	token := Token{Issued: now, Expires: now.Add(g.TokenTTL), Actor: actor}
	token.Text, err = jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: "waybill", Audience: jwt.ClaimStrings{c.Dialect}, Subject: string(actor.ID),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(token.Expires),
		},
		Account: string(actor.Account), Kind: string(actor.Kind),
	}).SignedString(g.Vault.Derive("token"))
	return token, err
}

func (g Gate) whoHas(ctx context.Context, c Credentials) (actor waybill.Actor, hash string, err error) {
	err = g.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		if c.Kind == waybill.ActorUser {
			u, err := tx.Users().ByKey(strings.ToLower(strings.TrimSpace(c.ID)))
			if err != nil {
				return err
			}
			hash = u.Password
			if actor, err = actorOfUser(u, c.Dialect); err != nil {
				return err
			}
			return g.admitsTo(tx, u.Account)
		}
		cl, err := tx.Clients().ByKey(c.ID)
		if err != nil {
			return err
		}
		hash = cl.Secret
		if actor, err = actorOfClient(cl, c.Dialect); err != nil {
			return err
		}
		return g.admitsTo(tx, cl.Account)
	})
	return actor, hash, err
}

// admits refuses the demo's account where no demo runs, as if it did not exist.
func (g Gate) admits(account waybill.Account) error {
	if account.Demo && !g.Demo {
		return waybill.E("token", waybill.ReasonUnknownRecord, "the demo is over")
	}
	return nil
}

func (g Gate) admitsTo(tx store.Tx, id waybill.ID) error {
	account, err := tx.Accounts().Get(id)
	if err != nil {
		return err
	}
	return g.admits(account)
}

func actorOfUser(u waybill.User, dialect string) (waybill.Actor, error) {
	if u.Disabled {
		return waybill.Actor{}, waybill.E("token", waybill.ReasonUnknownRecord, "disabled")
	}
	return waybill.Actor{
		Kind: waybill.ActorUser, ID: u.ID, Name: u.Email, Account: u.Account, Grants: u.Grants, Role: u.Role, Dialect: dialect,
	}, nil
}

func actorOfClient(c waybill.Client, dialect string) (waybill.Actor, error) {
	if c.Disabled || (len(c.Dialects) > 0 && !slices.Contains(c.Dialects, dialect)) {
		return waybill.Actor{}, waybill.E("token", waybill.ReasonUnknownRecord, "disabled")
	}
	return waybill.Actor{
		Kind: waybill.ActorClient, ID: c.ID, Name: c.Name, Account: c.Account, Grants: c.Grants, Role: c.Role, Dialect: dialect,
	}, nil
}

// decoy is a hash that nothing matches.
func (v *Vault) decoy() string {
	return "argon2id$19456$2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}

// Authenticate reads a token: missing, damaged or another dialect's, expired, and of someone disabled
// since are Unauthenticated with their reasons.
func (g Gate) Authenticate(ctx context.Context, dialect, token, ip string) (waybill.Actor, error) {
	if token == "" {
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenMissing, "an authentication token is required")
	}
	c, err := g.read(dialect, token)
	if err != nil {
		return waybill.Actor{}, err
	}
	var actor waybill.Actor
	account := waybill.ID(c.Account)
	err = g.Store.View(ctx, waybill.System(account), func(tx store.Tx) error {
		setup, err := g.setup(tx, account)
		if err != nil {
			return err
		}
		if actor, err = setup.actor(waybill.ActorKind(c.Kind), waybill.ID(c.Subject), dialect); err != nil {
			return err
		}
		return g.admits(setup.account)
	})
	if waybill.IsCode(err, waybill.NotFound) {
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenBad, "the authentication token is not valid")
	}
	actor.IP = ip
	return actor, err
}

// read checks a token. One that was found good is known until it expires: a client shows the same one with
// every call.
func (g Gate) read(dialect, token string) (claims, error) {
	if c, ok := g.Vault.tokens.get(dialect, token); ok && g.Clock.Now().Before(c.ExpiresAt.Time) {
		return c, nil
	}
	c, err := g.verify(dialect, token)
	if err == nil {
		g.Vault.tokens.put(dialect, token, c)
	}
	return c, err
}

func (g Gate) verify(dialect, token string) (claims, error) {
	bad := waybill.E("auth", waybill.ReasonTokenBad, "the authentication token is not valid")
	var c claims
	var err error
	g.Vault.anyKey(func(id string) bool {
		c = claims{}
		_, err = jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return g.Vault.derive(id, "token"), nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience(dialect), jwt.WithIssuer("waybill"),
			jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return g.Clock.Now() }))
		return !errors.Is(err, jwt.ErrTokenSignatureInvalid)
	})
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenInvalidAudience):
		return c, waybill.E("auth", waybill.ReasonTokenExpired, "the authentication token has expired")
	case err != nil:
		return c, bad
	}
	return c, nil
}

// Account is the account the actor works in.
func (e *Engine) Account(ctx context.Context, actor waybill.Actor) (account waybill.Account, err error) {
	err = e.Store.View(ctx, actor, func(tx store.Tx) error {
		setup, err := e.setup(tx, actor.Account)
		if err == nil {
			account = setup.account
		}
		return err
	})
	return account, err
}
