package native

import (
	"strconv"
	"strings"

	"waybill"
	"waybill/dialect"
)

const (
	keyHeader  = "Idempotency-Key"
	longestKey = 1000
)

// soundKey refuses an Idempotency-Key that two readers would take for different ones, or for none.
func soundKey(r *dialect.Request) error {
	keys := r.Header.Values(keyHeader)
	if len(keys) == 0 {
		return nil
	}
	f := waybill.FieldError{Path: "header." + keyHeader, Value: shortened(strings.ToValidUTF8(keys[len(keys)-1], "?"))}
	switch key := strings.TrimSpace(keys[0]); {
	case len(keys) > 1:
		f.Rule, f.Message = waybill.RuleUnique, keyHeader+" is given more than once"
	case key == "":
		f.Rule, f.Message = waybill.RuleEmpty, "an "+keyHeader+" has at least one character: leave the header out where there is none"
	case strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }):
		f.Rule, f.Message = waybill.RuleFormat, "an "+keyHeader+" is letters, digits and signs of ASCII"
	case len(key) > longestKey:
		f.Rule, f.Limit, f.Message = waybill.RuleMaxLength, strconv.Itoa(longestKey), "an "+keyHeader+" has at most "+strconv.Itoa(longestKey)+" characters"
	default:
		return nil
	}
	return waybill.FieldErrors("native", []waybill.FieldError{f})
}
