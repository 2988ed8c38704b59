package shiplee

import (
	"context"
	"net/http"
	"time"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// tokenLife is how long the vendor's tokens are good.
const tokenLife = time.Hour

// decodeLogin reads the e-mail and API key that a program logs in with on a person's behalf.
func decodeLogin(r *dialect.Request) (engine.Credentials, error) {
	v, err := document(r)
	if err != nil {
		return engine.Credentials{}, err
	}
	from := r.Caller()
	in := engine.Credentials{
		Dialect: r.Dialect, Kind: waybill.ActorUser, APIKey: true, IP: from.IP, Origin: from.Origin, TTL: tokenLife,
		ID: v.At("username").Required().Text(maxText), Secret: v.At("apikey").Required().Text(maxNote),
	}
	return in, v.Errors(opLogin)
}

// login asks the gate: before a token nobody is at the desk.
func login(s engine.Session, ctx context.Context, in engine.Credentials) (engine.Token, error) {
	return engine.Gate{Engine: s.Engine}.IssueToken(ctx, in)
}

type grant struct {
	Token string  `json:"token"`
	User  grantee `json:"user"`
}

type grantee struct {
	ID        int64  `json:"id"`
	Email     string `json:"email"`
	ShipleeID string `json:"shiplee_id"`
}

func encodeLogin(_ *dialect.Request, t engine.Token) dialect.Reply {
	reply := dialect.JSON(http.StatusOK, grant{t.Text, grantee{t.User.Number, t.User.Email, t.User.ExternalID}})
	reply.Header.Set("Cache-Control", "no-store")
	return reply
}
