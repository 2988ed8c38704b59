package lynkup

import (
	"context"
	"net/http"
	"strconv"

	"waybill"
	"waybill/dialect"
	"waybill/engine"
)

// decodeToken reads an OAuth 2.0 client-credentials grant: client id and secret as HTTP Basic, the grant
// as a form.
func decodeToken(r *dialect.Request) (engine.Credentials, error) {
	if r.ContentType() != "application/x-www-form-urlencoded" {
		return engine.Credentials{}, waybill.E(opToken, waybill.ReasonBadType, "the body must be application/x-www-form-urlencoded")
	}
	form, err := r.Form()
	if err != nil {
		return engine.Credentials{}, err
	}
	form.At("grant_type").Required().Among("client_credentials")
	if err := form.Errors(opToken); err != nil {
		return engine.Credentials{}, err
	}
	id, secret, ok := r.Basic()
	if !ok || id == "" {
		return engine.Credentials{}, waybill.E(opToken, waybill.ReasonLogin, "client id and secret are needed as HTTP Basic authorization")
	}
	return engine.Credentials{Dialect: r.Dialect, Kind: waybill.ActorClient, ID: id, Secret: secret, IP: r.IP}, nil
}

// issued is a token with the client it was issued to.
type issued struct {
	engine.Token
	client string
}

// issueToken asks the gate: before a token nobody is at the desk.
func issueToken(s engine.Session, ctx context.Context, in engine.Credentials) (issued, error) {
	token, err := engine.Gate{Engine: s.Engine}.IssueToken(ctx, in)
	return issued{token, in.ID}, err
}

// grant is a token on the wire: the vendor's schema types every member as a string, numbers too.
type grant struct {
	TokenType    string `json:"token_type"`
	IssuedAt     string `json:"issued_at"` // Unix milliseconds
	ClientID     string `json:"client_id"`
	AccessToken  string `json:"access_token"`
	Scope        string `json:"scope"`
	ExpiresIn    string `json:"expires_in"` // seconds
	RefreshCount string `json:"refresh_count"`
	Status       string `json:"status"`
}

func encodeToken(_ *dialect.Request, t issued) dialect.Reply {
	reply := dialect.JSON(http.StatusOK, grant{
		TokenType: "Bearer", IssuedAt: strconv.FormatInt(t.Issued.UnixMilli(), 10), ClientID: t.client, AccessToken: t.Text,
		ExpiresIn: strconv.Itoa(int(t.Expires.Sub(t.Issued).Seconds())), RefreshCount: "0", Status: "approved",
	})
	reply.Header.Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	return reply
}
