package engine

import (
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"

	"waybill"
)

// pushed is a carrier's push as the job keeps it.
type pushed struct {
	Header map[string][]string
	Body   []byte
}

func packPush(header map[string][]string, body []byte) ([]byte, error) {
	kept := map[string][]string{}
	for name, values := range header {
		if name != "Authorization" && name != "Cookie" {
			kept[name] = values
		}
	}
	return json.Marshal(pushed{kept, body})
}

func unpackPush(payload []byte) (map[string][]string, []byte, error) {
	var p pushed
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, nil, waybill.E("pushed", waybill.ReasonBadJSON, "a kept push is damaged")
	}
	return p.Header, p.Body, nil
}

// HookSecret is the last part of the address a carrier pushes a connection's news to.
func (v *Vault) HookSecret(connection waybill.ID) string {
	return hex.EncodeToString(v.mac("hook", v.current, string(connection))[:16])
}

func (v *Vault) isHook(connection waybill.ID, secret string) bool {
	given, err := hex.DecodeString(secret)
	if err != nil {
		return false
	}
	return v.anyKey(func(key string) bool { return hmac.Equal(given, v.mac("hook", key, string(connection))[:16]) })
}
