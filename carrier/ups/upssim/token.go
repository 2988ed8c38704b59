package upssim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tokenAnswer is what the token service answers; every member is a string, numbers too.
type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	IssuedAt     string `json:"issued_at"`
	ClientID     string `json:"client_id"`
	AccessToken  string `json:"access_token"`
	Scope        string `json:"scope"`
	ExpiresIn    string `json:"expires_in"`
	RefreshCount string `json:"refresh_count"`
	Status       string `json:"status"`
}

// token sells a bearer token for client credentials. The codes are those that users of the live service report.
func (s *Sim) token(r *http.Request) (any, error) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return nil, &fault{http.StatusUnauthorized, []problem{{"10400", "Invalid/Missing Authorization Header"}}}
	}
	if id != s.opts.ClientID || secret != s.opts.ClientSecret {
		return nil, &fault{http.StatusUnauthorized, []problem{{"10401", "ClientId is Invalid"}}}
	}
	if err := r.ParseForm(); err != nil {
		return nil, refuse("10400", "Invalid request body: %v", err)
	}
	if got := r.PostForm.Get("grant_type"); got != "client_credentials" {
		return nil, refuse("10400", "Invalid grant_type: must be client_credentials, not %q", got)
	}
	issued := s.Clock.Now()
	return tokenAnswer{
		TokenType: "Bearer", IssuedAt: strconv.FormatInt(issued.UnixMilli(), 10), ClientID: id,
		AccessToken: s.sign(issued), ExpiresIn: strconv.Itoa(int(tokenLife / time.Second)),
		RefreshCount: "0", Status: "approved",
	}, nil
}

// sign makes a token that proves itself, so that one issued before a restart is good after it.
func (s *Sim) sign(issued time.Time) string {
	body := strconv.FormatInt(issued.UnixMilli(), 36)
	mac := hmac.New(sha256.New, []byte(s.opts.ClientSecret))
	fmt.Fprintf(mac, "%s %s", s.opts.ClientID, body)
	return "simulated." + body + "." + hex.EncodeToString(mac.Sum(nil))
}

// authorise refuses a call whose bearer token is missing, forged or expired.
func (s *Sim) authorise(r *http.Request) error {
	no := &fault{http.StatusUnauthorized, []problem{{"250002", "Invalid Authentication Information."}}}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return no
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return no
	}
	ms, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil {
		return no
	}
	issued := time.UnixMilli(ms)
	if !hmac.Equal([]byte(token), []byte(s.sign(issued))) || !s.Clock.Now().Before(issued.Add(tokenLife)) {
		return no
	}
	return nil
}

// known tells whether a shipper number may ship here.
func (s *Sim) known(account string) bool {
	if len(s.opts.Accounts) == 0 {
		return isAccount(account)
	}
	for _, a := range s.opts.Accounts {
		if a == account {
			return true
		}
	}
	return false
}

// isAccount tells whether text looks like a shipper number: six letters or digits.
func isAccount(text string) bool {
	return len(text) == 6 && strings.IndexFunc(text, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z')
	}) < 0
}
