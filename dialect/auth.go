package dialect

import (
	"context"

	"waybill"
	"waybill/engine"
)

// BearerAuth asks for a token of this dialect in the Authorization header.
type BearerAuth struct{}

// Actor is who the token was issued to.
func (BearerAuth) Actor(ctx context.Context, gate engine.Gate, r *Request) (waybill.Actor, error) {
	token := r.Bearer()
	if token == "" {
		return waybill.Actor{}, waybill.E("auth", waybill.ReasonTokenMissing, "a bearer token is needed")
	}
	return gate.Authenticate(ctx, r.Dialect, token, r.Caller())
}
