package epgl

import (
	"context"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeToken reads the client id and secret that a program logs in with.
func decodeToken(r *dialect.Request) (engine.Credentials, error) {
	v, err := r.JSON()
	if err != nil {
		return engine.Credentials{}, err
	}
	in := engine.Credentials{Dialect: r.Dialect, Kind: waybill.ActorClient, IP: r.IP}
	if v.Required().Object() {
		in.ID, in.Secret = v.At("clientId").Required().String(maxSecret), v.At("clientSecret").Required().String(maxSecret)
	}
	return in, v.Errors(opToken)
}

// issueToken asks the gate: before a token nobody is at the desk.
func issueToken(s engine.Session, ctx context.Context, in engine.Credentials) (engine.Token, error) {
	return engine.Gate{Engine: s.Engine}.IssueToken(ctx, in)
}

// encodeToken answers a token outside the envelope, as the vendor does.
func encodeToken(_ *dialect.Request, t engine.Token) dialect.Reply {
	reply := dialect.JSON(http.StatusOK, grant{AccessToken: t.Text, TokenType: "bearer", ExpiresIn: int(t.Expires.Sub(t.Issued).Seconds())})
	reply.Header.Set("Cache-Control", "no-store")
	return reply
}
