package native

import (
	"context"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// tokenIn asks for a token (RFC 6749 section 4.4). Id and secret may stand in the Authorization header instead.
type tokenIn struct {
	Body struct {
		GrantType    string `json:"grant_type" enum:"client_credentials"`
		ClientID     string `json:"client_id,omitempty" maxLength:"200"`
		ClientSecret string `json:"client_secret,omitempty" maxLength:"1000"`
		Scope        string `json:"scope,omitempty" maxLength:"1000" doc:"Scopes with spaces between, of those that the client's role has: the token is held to them. Left out: all of them."`
	}
}

type tokenOut struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type" enum:"Bearer"`
	ExpiresIn   int    `json:"expires_in" doc:"Seconds."`
	Scope       string `json:"scope" doc:"What the token may, with spaces between."`
}

type tokenAnswer struct {
	Cache string `header:"Cache-Control"`
	Body  tokenOut
}

func tokens(a *api) {
	op(a, operation{
		ID: "issue-token", Method: "POST", Path: "/oauth/token", Tag: "Identity", Open: true, Form: true,
		Summary: "A token for an OAuth client", About: "The client credentials grant of OAuth 2, as a form or as JSON. The token is good for an hour, and ends at once when the client gets another secret, role, API or grant, is disabled or deleted.",
		Example: map[string]string{"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"},
	}, readCredentials, issue, showToken)
}

func readCredentials(c *call, in *tokenIn) (engine.Credentials, error) {
	id, secret := in.Body.ClientID, in.Body.ClientSecret
	if user, password, ok := c.Basic(); ok && id == "" {
		id, secret = user, password
	}
	if id == "" || secret == "" {
		return engine.Credentials{}, waybill.E("token", waybill.ReasonLogin, "client_id and client_secret are needed")
	}
	return engine.Credentials{
		Dialect: Name, Kind: waybill.ActorClient, ID: id, Secret: secret, Scopes: strings.Fields(in.Body.Scope), IP: c.IP, Origin: c.Caller().Origin,
	}, nil
}

func issue(s engine.Session, ctx context.Context, in engine.Credentials) (engine.Token, error) {
	return engine.Gate{Engine: s.Engine}.IssueToken(ctx, in)
}

func showToken(_ *call, t engine.Token) *tokenAnswer {
	return &tokenAnswer{"no-store", tokenOut{t.Text, "Bearer", int(t.Expires.Sub(t.Issued) / time.Second), strings.Join(engine.ScopeNames(t.Actor), " ")}}
}
