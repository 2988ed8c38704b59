package engine

import (
	"encoding/json"

	"waybill"
	"waybill/carrier"
)

// secretContext binds a sealed text to the connection it belongs to.
func secretContext(id waybill.ID) string { return "connection:" + string(id) }

func hookContext(id waybill.ID) string { return "subscription:" + string(id) }

func decodeSecrets(plain []byte) (carrier.Settings, error) {
	settings := carrier.Settings{}
	if err := json.Unmarshal(plain, &settings); err != nil {
		return nil, waybill.E("secrets", waybill.ReasonBug, "a connection's sealed settings are damaged")
	}
	return settings, nil
}

func (e *Engine) sealSettings(id waybill.ID, settings carrier.Settings) ([]byte, error) {
	if len(settings) == 0 {
		return nil, nil
	}
	plain, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	return e.Vault.Seal(plain, secretContext(id)), nil
}
