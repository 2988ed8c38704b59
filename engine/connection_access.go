package engine

import (
	"encoding/hex"
	"encoding/json"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// What is known of a connection's carrier (that it took the credentials, which places it has in its books, which numbers
// it handed out) is known of one of its systems, and of one customer there. It holds for no other.

// access is what a connection reaches: which system, as whom. It says nothing to who does not have the installation's keys.
// Of our own drivers that is the mode alone: their rate card is no matter of anybody else's.
func (e *Engine) access(c waybill.Connection) (string, error) {
	text, err := e.reached(c)
	if err != nil {
		return "", err
	}
	return e.Vault.access(e.Vault.current, text), nil
}

func (e *Engine) reached(c waybill.Connection) (string, error) {
	settings, secrets := c.Settings, carrier.Settings{}
	if driver, _ := e.Carriers.Driver(c.Carrier); driver.Local {
		settings = nil
	} else {
		var err error
		if secrets, err = e.secrets(c); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal([]any{c.ID, c.Carrier, c.Mode, c.Base, settings, secrets})
	return string(text), err
}

func (v *Vault) access(key, text string) string {
	return hex.EncodeToString(v.mac("access", key, text)[:16])
}

// stillAt reports whether something was found out at the system, and as the customer, that a connection has now. What was
// noted under an older key of the installation is good too.
func (e *Engine) stillAt(c waybill.Connection, access string) (bool, error) {
	text, err := e.reached(c)
	if err != nil {
		return false, err
	}
	return e.Vault.anyKey(func(key string) bool { return e.Vault.access(key, text) == access }), nil
}

// moved forgets the numbers that another system, or for another customer, handed out ahead.
func (e *Engine) moved(tx store.Tx, before, after *waybill.Connection) error {
	if before == nil || before.ID != after.ID {
		return nil
	}
	was, err := e.access(*before)
	if err != nil {
		return nil // what does not open has no numbers worth keeping
	}
	if same, err := e.stillAt(*after, was); err != nil || same {
		return err
	}
	return tx.Pool().Drop(after.ID)
}
