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

// claims are what a token says: ids only, so that its base64 is plain and a rename counts at once.
type claims struct {
	jwt.RegisteredClaims
	Account    string `json:"acc"`
	Kind       string `json:"knd"`
	Turn       int64  `json:"trn,omitempty"` // of whom it was given to: one of another turn is over
	Connection string `json:"con,omitempty"`
	// Scopes are those of the role that were asked for; none: all of them.
	Scopes []waybill.Scope `json:"scp,omitempty"`
	// Holder is there where an API's tokens are bound to more than an id: a token of a person whose e-mail has
	// changed since is good no longer.
	Holder *holder `json:"user,omitempty"`
}

// holder is whom a token names in the words of an API whose clients may read it.
type holder struct {
	ID         int64  `json:"id"`
	Email      string `json:"email"`
	ExternalID string `json:"shiplee_id"`
}

func holderOf(u waybill.User) *holder {
	return &holder{ID: u.Number, Email: u.Email, ExternalID: u.ExternalID}
}

// IssueToken exchanges credentials for a token of one dialect. Unknown id, wrong secret, disabled, the
// demo's where no demo runs, and not allowed on this dialect are answered alike.
func (g Gate) IssueToken(ctx context.Context, c Credentials) (Token, error) {
	refused := waybill.E("token", waybill.ReasonLogin, "the credentials are not valid")
	k, err := g.whoHas(ctx, c)
	if err != nil {
		if waybill.IsCode(err, waybill.NotFound) {
			g.Vault.Matches(g.Vault.decoy(), c.Secret) // the same time, whether or not the id exists
			return Token{}, refused
		}
		return Token{}, err
	}
	if !g.Vault.Matches(k.hash, c.Secret) {
		return Token{}, refused
	}
	if err := checkAccess(k.account.Access, c.IP, c.Origin); err != nil {
		return Token{}, err
	}
	if !k.bound {
		return Token{}, foreignConnection(c.Connection)
	}
	k.actor.Connection = c.Connection
	if k.actor.Scopes, err = narrowed(k.actor, c.Scopes); err != nil {
		return Token{}, err
	}
	return g.sign(c, k)
}

// narrowed are the scopes of a role that a token shall be held to: those that were asked for, each once.
func narrowed(actor waybill.Actor, asked []string) (scopes []waybill.Scope, err error) {
	for _, name := range asked {
		scope := waybill.Scope(name)
		if !actor.May(scope) {
			limit := strings.Join(ScopeNames(actor), " ")
			return nil, waybill.FieldErrors("token", []waybill.FieldError{{
				Path: "scope", Rule: waybill.RuleEnum, Value: name, Limit: limit, Message: "invalid_scope: the client has the scopes " + limit,
			}})
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

// ScopeNames are the scopes that an actor has.
func ScopeNames(actor waybill.Actor) (names []string) {
	for _, scope := range waybill.Scopes {
		if actor.May(scope) {
			names = append(names, string(scope))
		}
	}
	return names
}

// sign writes the token of someone who has shown who they are.
func (g Gate) sign(c Credentials, k known) (Token, error) {
	now, ttl := g.Clock.Now(), c.TTL
	if ttl == 0 {
		ttl = g.TokenTTL
	}
	token := Token{Issued: now, Expires: now.Add(ttl), Actor: k.actor, User: k.user}
	said := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: "waybill", Audience: jwt.ClaimStrings{c.Dialect}, Subject: string(k.actor.ID),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(token.Expires),
		},
		Account: string(k.actor.Account), Kind: string(k.actor.Kind), Turn: k.turn, Connection: k.actor.Connection,
		Scopes: k.actor.Scopes,
	}
	if c.APIKey {
		said.Holder = holderOf(*k.user)
	}
	var err error
	token.Text, err = jwt.NewWithClaims(jwt.SigningMethodHS256, said).SignedString(g.Vault.Derive("token"))
	return token, err
}

// known is someone who asks for a token.
type known struct {
	actor   waybill.Actor
	account waybill.Account
	user    *waybill.User
	hash    string
	turn    int64
	bound   bool // the connection that the token shall be bound to is the account's, or none was named
}

func (g Gate) whoHas(ctx context.Context, c Credentials) (k known, err error) {
	err = g.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		found, err := g.holds(tx, c)
		if err != nil {
			return err
		}
		if found.account, err = tx.Accounts().Get(found.actor.Account); err != nil {
			return err
		}
		if err := g.admits(found.account); err != nil {
			return err
		}
		set, err := g.setup(tx, found.account.ID)
		if err == nil {
			found.bound = c.Connection == "" || set.connectionByKey(c.Connection) != nil
			k = found
		}
		return err
	})
	return k, err
}

// holds finds whose credentials they are, by their id alone.
func (g Gate) holds(tx store.Tx, c Credentials) (k known, err error) {
	if c.Kind == waybill.ActorUser {
		u, err := tx.Users().ByKey(strings.ToLower(strings.TrimSpace(c.ID)))
		if err != nil {
			return k, err
		}
		k.hash, k.turn = u.Password, u.Turn
		if c.APIKey {
			k.hash = u.APIKey
		}
		u.Password, u.APIKey = "", ""
		k.user = &u
		k.actor, err = actorOfUser(u, c.Dialect)
		return k, err
	}
	cl, err := tx.Clients().ByKey(c.ID)
	if err != nil {
		return k, err
	}
	k.hash, k.turn = cl.Secret, cl.Turn
	k.actor, err = actorOfClient(cl, c.Dialect)
	return k, err
}

// connectionByKey is a connection of the account by its external id; nil: there is none.
func (s *setup) connectionByKey(key string) *waybill.Connection {
	for i := range s.connections {
		if s.connections[i].ExternalID == key {
			return &s.connections[i]
		}
	}
	return nil
}

func foreignConnection(id string) error {
	return waybill.E("token", waybill.ReasonForeign, "the account has no connection %q", id)
}

// admits refuses the demo's account where no demo runs, as if it did not exist.
func (g Gate) admits(account waybill.Account) error {
	if account.Demo && !g.Demo {
		return waybill.E("token", waybill.ReasonUnknownRecord, "the demo is over")
	}
	if account.Closing != nil {
		return waybill.E("token", waybill.ReasonUnknownRecord, "the account was deleted")
	}
	return nil
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
// since are Unauthenticated with their reasons; from where the account may not be called is Forbidden,
// ReasonIP or ReasonOrigin, with who it is, also with a token that has expired.
func (g Gate) Authenticate(ctx context.Context, dialect, token string, from Caller) (waybill.Actor, error) {
	if token == "" {
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenMissing, "an authentication token is required")
	}
	c, late := g.read(dialect, token)
	if late != nil && waybill.ReasonOf(late) != waybill.ReasonTokenExpired {
		return waybill.Actor{}, late
	}
	actor, err := g.named(ctx, dialect, c, from)
	switch {
	case waybill.IsCode(err, waybill.NotFound):
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenBad, "the authentication token is not valid")
	case err != nil:
		return actor, err
	case late != nil:
		return waybill.Actor{}, late
	}
	actor.IP = from.IP
	return actor, nil
}

// Caller is where a request comes from.
type Caller struct {
	IP     string
	Origin string // of the web page that asks, when one does
}

// named finds whom a token names, and whether they are still who it says and where they may be.
func (g Gate) named(ctx context.Context, dialect string, c claims, from Caller) (actor waybill.Actor, err error) {
	account := waybill.ID(c.Account)
	err = g.Store.View(ctx, waybill.System(account), func(tx store.Tx) error {
		set, err := g.setup(tx, account)
		if err != nil {
			return err
		}
		who, err := set.actor(waybill.ActorKind(c.Kind), waybill.ID(c.Subject), dialect)
		if err != nil {
			return err
		}
		if err := g.admits(set.account); err != nil {
			return err
		}
		if set.turnOf(who) != c.Turn {
			return waybill.E("auth", waybill.ReasonUnknownRecord, "the tokens given out before were ended")
		}
		if c.Holder != nil && !set.holds(who.ID, *c.Holder) {
			return waybill.E("auth", waybill.ReasonUnknownRecord, "the person is called otherwise by now")
		}
		if c.Connection != "" && set.connectionByKey(c.Connection) == nil {
			return foreignConnection(c.Connection)
		}
		who.Connection, who.Scopes = c.Connection, c.Scopes
		actor = who
		if who.Kind == waybill.ActorAdmin {
			return nil // who is on the machine itself is kept out by no list of addresses
		}
		return checkAccess(set.account.Access, from.IP, from.Origin)
	})
	return actor, err
}

// turnOf is the turn of a person or a client, in which their tokens are good.
func (s *setup) turnOf(who waybill.Actor) int64 {
	for _, u := range s.users {
		if who.Kind == waybill.ActorUser && u.ID == who.ID {
			return u.Turn
		}
	}
	for _, c := range s.clients {
		if who.Kind == waybill.ActorClient && c.ID == who.ID {
			return c.Turn
		}
	}
	return 0 // the administrator of the installation has none
}

// holds reports whether the person is still who a token names.
func (s *setup) holds(id waybill.ID, h holder) bool {
	return slices.ContainsFunc(s.users, func(u waybill.User) bool { return u.ID == id && *holderOf(u) == h })
}

// AllowsOrigin reports whether any account may be called from the web pages of an origin. It answers a browser's
// question before the call, when nobody knows yet who asks.
func (g Gate) AllowsOrigin(ctx context.Context, origin string) (allowed bool, err error) {
	err = g.Store.View(ctx, waybill.System(""), func(tx store.Tx) error {
		accounts, err := tx.Accounts().All()
		allowed = slices.ContainsFunc(accounts, func(a waybill.Account) bool { return listsOrigin(a.Access.Origins, origin) })
		return err
	})
	return allowed, err
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
