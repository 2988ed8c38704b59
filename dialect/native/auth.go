package native

import (
	"context"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// auth takes API keys and tokens of OAuth clients as bearer; a key may also stand as the user name of basic
// authentication, which is how one is given to curl.
type auth struct{}

// Actor is whose key or token it is.
func (auth) Actor(ctx context.Context, gate engine.Gate, r *dialect.Request) (waybill.Actor, error) {
	token := r.Bearer()
	if user, _, basic := r.Basic(); token == "" && basic && engine.LooksLikeKey(user) {
		token = user
	}
	switch {
	case token == "":
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenMissing, "send an API key or a token as bearer in the Authorization header")
	case engine.LooksLikeKey(token):
		return gate.AuthenticateKey(ctx, token, r.Caller())
	}
	return gate.Authenticate(ctx, Name, token, r.Caller())
}
