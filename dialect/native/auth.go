package native

import (
	"context"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// auth takes API keys, tokens of OAuth clients and sessions of people as bearer; a key may also stand as the user name of
// basic authentication, which is how one is given to curl, and a browser's session in its cookie.
type auth struct{}

// Actor is whose key or token it is.
func (auth) Actor(ctx context.Context, gate engine.Gate, r *dialect.Request) (waybill.Actor, error) {
	token := r.Bearer()
	if user, _, basic := r.Basic(); token == "" && basic && engine.LooksLikeKey(user) {
		token = user
	}
	if cookie := sessionOf(r); token == "" && cookie != "" {
		if err := sameOrigin(r); err != nil {
			return waybill.Actor{}, err
		}
		return gate.AuthenticateLogin(ctx, cookie, r.Caller())
	}
	switch {
	case engine.LooksLikeLogin(token):
		return gate.AuthenticateLogin(ctx, token, r.Caller())
	case token == "":
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenMissing, "send an API key or a token as bearer in the Authorization header")
	case engine.LooksLikeKey(token):
		return gate.AuthenticateKey(ctx, token, r.Caller())
	}
	return gate.Authenticate(ctx, Name, token, r.Caller())
}
