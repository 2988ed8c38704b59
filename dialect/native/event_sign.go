package native

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"waybill"
)

// secretPrefix begins a signing secret as Standard Webhooks writes it; base64 of its bytes follows.
const secretPrefix = "whsec_"

// signed signs a webhook as the Standard Webhooks specification says: HMAC-SHA256 of id, time and body, once with each
// secret that is good.
func signed(id waybill.ID, at time.Time, body []byte, secrets []string) map[string]string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		mac := hmac.New(sha256.New, secretBytes(secret))
		mac.Write([]byte(string(id) + "." + seconds + "."))
		mac.Write(body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return map[string]string{"webhook-id": string(id), "webhook-timestamp": seconds, "webhook-signature": strings.Join(signatures, " ")}
}

// secretBytes are those of a secret; one that is not written as base64 is taken as it is.
func secretBytes(secret string) []byte {
	bytes, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || !strings.HasPrefix(secret, secretPrefix) {
		return []byte(secret)
	}
	return bytes
}

// newSecret makes a signing secret of 32 random bytes.
func newSecret() string {
	var bytes [32]byte
	_, _ = rand.Read(bytes[:]) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(bytes[:])
}
