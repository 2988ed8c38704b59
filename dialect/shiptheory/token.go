package shiptheory

import (
	"context"
	"net/http"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeToken reads the e-mail and password that a person logs in with.
func decodeToken(r *dialect.Request) (engine.Credentials, error) {
	v, err := document(r)
	if err != nil {
		return engine.Credentials{}, err
	}
	in := engine.Credentials{
		Dialect: r.Dialect, Kind: waybill.ActorUser, IP: r.IP,
		ID: v.At("email").Required().Text(maxText), Secret: v.At("password").Required().Text(maxNote),
	}
	return in, v.Errors(opToken)
}

// issueToken asks the gate: before a token nobody is at the desk.
func issueToken(s engine.Session, ctx context.Context, in engine.Credentials) (engine.Token, error) {
	return engine.Gate{Engine: s.Engine}.IssueToken(ctx, in)
}

// grant carries no message: existing clients take any message for a failure.
type grant struct {
	Success bool      `json:"success"`
	Data    grantData `json:"data"`
}

type grantData struct {
	Token string `json:"token"`
}

func encodeToken(_ *dialect.Request, t engine.Token) dialect.Reply {
	reply := dialect.JSON(http.StatusOK, grant{Success: true, Data: grantData{t.Text}})
	reply.Header.Set("Cache-Control", "no-store")
	return reply
}
