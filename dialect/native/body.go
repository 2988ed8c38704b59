package native

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"waybill"
	"waybill/dialect"
)

// asText refuses a body that could only be guessed at: one that is packed, one in another alphabet's code, and one
// whose characters are damaged, which a JSON reader would replace without a word.
func asText(r *dialect.Request) error {
	const op = "native"
	if packed := r.Header.Get("Content-Encoding"); packed != "" && !strings.EqualFold(packed, "identity") {
		return waybill.E(op, waybill.ReasonBadType, "bodies are read as they are: send no Content-Encoding")
	}
	if _, more, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil {
		if set := more["charset"]; set != "" && !strings.EqualFold(set, "utf-8") && !strings.EqualFold(set, "us-ascii") {
			return waybill.E(op, waybill.ReasonBadType, "bodies are UTF-8: send no other charset")
		}
	}
	if !utf8.Valid(r.Body) {
		valid := len(bytes.ToValidUTF8(r.Body, nil))
		return waybill.E(op, waybill.ReasonBadJSON, "the body is not UTF-8: %d bytes of it are no characters", len(r.Body)-valid)
	}
	return nil
}
