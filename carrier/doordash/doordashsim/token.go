package doordashsim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// longestToken is how long a token may live: DoorDash's samples use five minutes and thirty.
const longestToken = 30 * time.Minute

// authorise checks the token of a call: a JWT of DoorDash's version, signed with the access key's secret.
func (s *Sim) authorise(r *http.Request) error {
	no := func(message string) error {
		return &fault{status: http.StatusUnauthorized, Code: "authentication_error", Message: message}
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return no("Missing Authorization header")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return no("The JWT is not well formed")
	}
	var header struct {
		Alg     string `json:"alg"`
		Typ     string `json:"typ"`
		Version string `json:"dd-ver"`
	}
	var claims struct {
		Audience  string `json:"aud"`
		Issuer    string `json:"iss"`
		Key       string `json:"kid"`
		IssuedAt  int64  `json:"iat"`
		ExpiresAt int64  `json:"exp"`
	}
	if part(parts[0], &header) != nil || part(parts[1], &claims) != nil {
		return no("The JWT cannot be decoded")
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	now := s.Clock.Now()
	issued, expires := time.Unix(claims.IssuedAt, 0), time.Unix(claims.ExpiresAt, 0)
	switch {
	case header.Alg != "HS256" || header.Typ != "JWT" || header.Version != "DD-JWT-V1":
		return no("The JWT header is not of a supported version")
	case claims.Audience != "doordash":
		return no("The [aud] must be doordash")
	case claims.Issuer != s.opts.DeveloperID || claims.Key != s.opts.KeyID:
		return no("The access key is not known")
	case err != nil || !hmac.Equal(signature, mac.Sum(nil)):
		return no("The signature of the JWT is not valid")
	case !expires.After(now):
		return no("The [exp] is in the past; the JWT is expired")
	case issued.After(now.Add(time.Minute)):
		return no("The [iat] is in the future")
	case expires.Sub(issued) > longestToken:
		return no("The [exp] is too far in the future")
	}
	return nil
}

func part(text string, into any) error {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
