package engine

import (
	"context"

	"waybill"
)

// localName is what an administrator of the installation is called in histories.
const localName = "administrator"

// LocalToken is a token for the administrator of the installation at work in the session's account, by which the
// command line speaks an API like any other client. Only who may open the data folder, or the database, can have one.
func (s Session) LocalToken(ctx context.Context, dialect string) (Token, error) {
	if s.Actor.Kind != waybill.ActorAdmin || s.Actor.Account == "" {
		return Token{}, waybill.E("token", waybill.ReasonRole, "only an administrator of the installation has this")
	}
	account, err := s.Account(ctx, s.Actor)
	if err != nil {
		return Token{}, err
	}
	return Gate{Engine: s.Engine}.sign(Credentials{Dialect: dialect}, known{actor: localActor(account.ID, dialect)})
}

func localActor(account waybill.ID, dialect string) waybill.Actor {
	return waybill.Actor{Kind: waybill.ActorAdmin, Name: localName, Account: account, Role: waybill.RoleAdmin, Dialect: dialect}
}
