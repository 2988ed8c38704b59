package peddler

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// tokenLife is how long a token is good.
const tokenLife = 2 * time.Hour

// scopes are what every token is for; a third word of the scope names the carrier.
var scopes = []string{"DEFAULT", "authenticated"}

// door lets in who shows a token, in the Authorization header or as access_token in the query, and comes to the
// carrier that it is for. A token that was issued without a carrier is good for each of the account's.
type door struct{}

// Actor is who the token was issued to, bound to the carrier of the path.
func (door) Actor(ctx context.Context, gate engine.Gate, r *dialect.Request) (waybill.Actor, error) {
	token := r.Bearer()
	if token == "" {
		token = r.Query.Get("access_token")
	}
	actor, err := gate.Authenticate(ctx, r.Dialect, token, r.Caller())
	if err != nil {
		return actor, err
	}
	wanted := r.Params[carrierID]
	if actor.Connection == "" {
		list, err := gate.As(actor).ListConnections(ctx)
		if err != nil {
			return actor, err
		}
		if slices.ContainsFunc(list, func(c waybill.Connection) bool { return c.ExternalID == wanted && uses(actor.Account, c) }) {
			actor.Connection = wanted
		}
	}
	if actor.Connection != wanted {
		return actor, waybill.E("auth", waybill.ReasonForeign, "the token is not good for the carrier %s", wanted)
	}
	return actor, nil
}

// uses reports whether a connection is the account's own or lent to it.
func uses(account waybill.ID, c waybill.Connection) bool {
	return c.Account == account || slices.ContainsFunc(c.Lent, func(l waybill.Loan) bool { return l.Account == account })
}

// decodeToken reads an OAuth 2.0 client-credentials grant with the credentials in the form itself.
func decodeToken(r *dialect.Request) (engine.Credentials, error) {
	v, err := r.Document()
	if err != nil {
		return engine.Credentials{}, err
	}
	in := engine.Credentials{
		Dialect: r.Dialect, Kind: waybill.ActorClient, IP: r.IP, Origin: r.Caller().Origin, TTL: tokenLife,
		ID: v.At("client_id").Required().Text(maxText), Secret: v.At("client_secret").Required().Text(maxText),
	}
	v.At("grant_type").Required().Among(grantType)
	for _, word := range strings.Fields(v.At("scope").Text(maxText)) {
		if !slices.Contains(scopes, word) {
			in.Connection = word
		}
	}
	return in, v.Errors(opToken)
}

// grantType is the one grant there is here; the vendor's other one belongs to its API for shops.
const grantType = "client_credentials"

// issueToken asks the gate: before a token nobody is at the desk.
func issueToken(s engine.Session, ctx context.Context, in engine.Credentials) (engine.Token, error) {
	return engine.Gate{Engine: s.Engine}.IssueToken(ctx, in)
}

type grant struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
	TokenType   string `json:"token_type"`
}

func encodeToken(_ *dialect.Request, t engine.Token) dialect.Reply {
	reply := dialect.JSON(http.StatusOK, grant{
		AccessToken: t.Text, ExpiresIn: int64(t.Expires.Sub(t.Issued) / time.Second), Scope: strings.Join(scopes, " "), TokenType: "Bearer",
	})
	reply.Header.Set("Cache-Control", "no-store")
	reply.Header.Set("Pragma", "no-cache")
	return reply
}
