package dialect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill"
)

// JSON is an answer with v as its body, characters as they are (no \u003c). What cannot be written as
// JSON is a bug of the encoder and answers 500.
func JSON(status int, v any) Reply {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("dialect: answer is not JSON: " + err.Error())
	}
	return Reply{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   bytes.TrimSuffix(b.Bytes(), []byte("\n")),
	}
}

// Number writes a decimal as a JSON number with the caller's own digits; nil, which is null, when
// none was given. JSON wants a digit on both sides of the point.
func Number(d waybill.Decimal) *json.Number {
	if d == "" {
		return nil
	}
	sign, digits := "", string(d)
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, fraction, point := strings.Cut(digits, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if point && fraction != "" {
		whole += "." + fraction
	}
	n := json.Number(sign + whole)
	return &n
}

// send writes an answer. It fails only when a stream broke after it began.
func send(r *http.Request, w http.ResponseWriter, reply Reply) error {
	for name, values := range reply.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	empty := reply.Status == http.StatusNoContent || reply.Status == http.StatusNotModified
	if reply.Stream == nil && !empty {
		w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
	}
	w.WriteHeader(reply.Status)
	if r.Method == http.MethodHead || empty {
		return nil
	}
	if reply.Stream != nil {
		return reply.Stream(r.Context(), w)
	}
	_, _ = w.Write(reply.Body) // a caller that went away is no error of ours
	return nil
}

// seconds writes a wait in whole seconds, rounded up, at least one.
func seconds(d time.Duration) string {
	return strconv.FormatInt(max(1, int64((d+time.Second-1)/time.Second)), 10)
}
