package delhiverysim

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"waybill/internal/fixture"
)

// answer is a response that is not plain JSON with status 200.
type answer struct {
	status int
	json   any
	kind   string // media type of text
	text   string
}

func (a *answer) write(w http.ResponseWriter) {
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.text) // a client that has gone is no concern of a simulator
		return
	}
	fixture.WriteJSON(w, a.status, a.json)
}

// xmlAnswer is an answer in XML, which the cancel call gives to some clients whatever they accept.
func xmlAnswer(v any) (*answer, error) {
	body, err := xml.Marshal(v)
	if err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK, kind: "application/xml", text: xml.Header + string(body)}, nil
}

// page is a body of the web server in front of the service, which speaks HTML.
func page(status int, title string) *answer {
	return &answer{
		status: status, kind: "text/html; charset=utf-8",
		text: fmt.Sprintf("<html>\n<head><title>%d %s</title></head>\n<body><center><h1>%d %s</h1></center></body>\n</html>\n", status, title, status, title),
	}
}

// writeFault says for mischief what Delhivery's web servers say at each status. Too many requests are 403, not 429.
func writeFault(w http.ResponseWriter, status int) {
	switch status {
	case http.StatusTooManyRequests:
		page(http.StatusForbidden, "Forbidden").write(w)
	case http.StatusServiceUnavailable:
		page(status, "Service Temporarily Unavailable").write(w)
	case http.StatusRequestEntityTooLarge:
		page(status, "Request Entity Too Large").write(w)
	default:
		(&answer{status: status, kind: "text/plain; charset=utf-8", text: "Internal Server Error"}).write(w)
	}
}

// authorise refuses a call without the token. The waybill calls take it in the query too. The refusals differ from
// call to call in status and form, as they do at Delhivery.
func (s *Sim) authorise(r *http.Request, operation string) *answer {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Token ")
	if operation == OpWaybill && token == "" {
		token = r.URL.Query().Get("token")
	}
	if token == s.opts.Token {
		return nil
	}
	const detail = "Authentication credentials were not provided or are not valid."
	switch operation {
	case OpWaybill:
		return &answer{status: http.StatusUnauthorized, json: detail}
	case OpTAT:
		return &answer{status: http.StatusForbidden, json: map[string]string{"detail": detail}}
	case OpLabel:
		return &answer{status: http.StatusUnauthorized, kind: "text/html; charset=utf-8", text: "There has been an error but we were asked to not let you see that: login or API token required."}
	}
	return &answer{status: http.StatusUnauthorized, json: map[string]string{"detail": detail}}
}

// text is a JSON string, number or boolean as text: Delhivery's callers write numbers either way.
type text string

// UnmarshalJSON takes any scalar.
func (t *text) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case bytes.Equal(data, []byte("null")):
		*t = ""
		return nil
	case len(data) > 0 && data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	case len(data) > 0 && (data[0] == '{' || data[0] == '['):
		return errors.New("neither text nor number")
	}
	*t = text(data)
	return nil
}

// paise reads an amount in rupees exactly; what is no number counts as nothing.
func (t text) paise() int64 { return scaled(string(t), 2) }

// scaled is a decimal number times a power of ten; further digits are cut off.
func scaled(number string, places int) int64 {
	whole, fraction, _ := strings.Cut(strings.TrimSpace(number), ".")
	for len(fraction) < places {
		fraction += "0"
	}
	n, err := strconv.ParseInt(whole+fraction[:places], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// rupees writes paise as a JSON number.
func rupees(paise int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%02d", paise/100, paise%100))
}

// stamp writes a time as tracking does: Indian, without a zone, with milliseconds.
func stamp(t time.Time) string { return t.In(ist).Format("2006-01-02T15:04:05.000") }

// stamped is a time that may not have come yet.
func stamped(t *time.Time) *string {
	if t == nil {
		return nil
	}
	out := stamp(*t)
	return &out
}
