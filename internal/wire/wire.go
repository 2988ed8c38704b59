// Package wire is the one HTTP client of all carrier adapters: an adapter supplies address, body and a
// reader of its carrier's error answers; what any carrier's HTTP means is decided here, once.
//
// The decisions that money rests on: a call with an effect that may have reached the carrier and was not
// answered in full is Unsure; one that certainly did not leave (no connection came about) is Transient
// and sure; nothing is ever sent twice but after a 401, which says that it was not accepted.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"waybill"
)

// maxAnswer bounds an answer: fifty labels of 300 kB, in base64.
const maxAnswer = 24 << 20

// Client calls one carrier for one connection. Its fields are set once, before the first call.
type Client struct {
	Carrier string // names the carrier in errors and logs
	HTTP    *http.Client
	Base    string // with path, without a slash at its end
	Clock   waybill.Clock
	Log     *slog.Logger
	Header  http.Header // sent with every call that is not Open
	Tokens  *Tokens     // nil: no bearer token
	Secrets []string    // never shown in an error or a log
	// Fault refines the error that the status of an answer suggests, by what the carrier says in it.
	Fault func(Answer, *waybill.Error)
}

// Form is a form already encoded, for a carrier to whom the order of its fields matters.
type Form string

// Call is one request. Body is sent as a form when it is url.Values or Form, as JSON otherwise, not at all
// when nil. Effect: something changes at the carrier when it arrives.
type Call struct {
	Op     string // "ups.ship"
	Method string
	Path   string // escaped, with a slash in front; follows the base
	Query  url.Values
	Header http.Header
	Body   any
	Effect bool
	Open   bool // sent without a token: the call that fetches one
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a call and decodes a 2xx answer's JSON into out (nil: the body is not looked at; *[]byte: it is kept
// as it came). Every error is a *waybill.Error without secrets.
func (c *Client) Do(ctx context.Context, call Call, out any) error {
	body, kind, err := encode(call.Body)
	if err != nil {
		return c.fail(waybill.E(call.Op, waybill.ReasonBug, "the request cannot be written"), err)
	}
	token := ""
	if c.Tokens != nil && !call.Open {
		if token, err = c.Tokens.Get(ctx); err != nil {
			return err
		}
	}
	answer, err := c.send(ctx, call, body, kind, token)
	if err == nil && answer.Status == http.StatusUnauthorized && token != "" {
		c.Tokens.Drop(token)
		if token, err = c.Tokens.Get(ctx); err != nil {
			return err
		}
		answer, err = c.send(ctx, call, body, kind, token)
	}
	if err != nil {
		return err
	}
	if answer.Status < 200 || answer.Status > 299 {
		return c.refusal(call, answer, token)
	}
	if out == nil {
		return nil
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = answer.Body
		return nil
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		return c.Unusable(call, "it is not the JSON that was expected", err)
	}
	return nil
}

// Unusable is the error of a 2xx answer that does not hold what it must: the carrier's side is broken,
// and after an effect nobody knows what happened.
func (c *Client) Unusable(call Call, why string, cause error) error {
	e := waybill.E(call.Op, waybill.ReasonCarrierOutage, "the carrier's answer cannot be used: %s", why)
	e.Unsure = call.Effect
	return c.fail(e, cause)
}

// Refused is the error of a 2xx answer that says no, refined by the client's fault reader as any other.
func (c *Client) Refused(call Call, code, message string) error {
	e := waybill.E(call.Op, waybill.ReasonCarrier, "%s", message)
	e.Fault = &waybill.CarrierFault{Code: code, Message: message, Status: http.StatusOK}
	if c.Fault != nil {
		c.Fault(Answer{Status: http.StatusOK}, e)
	}
	return c.clean(e)
}

// send makes one request and reads the whole answer.
func (c *Client) send(ctx context.Context, call Call, body []byte, kind, token string) (Answer, error) {
	var asked, connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	address := c.Base + call.Path
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, address, reader)
	if err != nil {
		return Answer{}, c.fail(waybill.E(call.Op, waybill.ReasonBug, "the carrier's address cannot be used"), err)
	}
	common := c.Header
	if call.Open {
		common = nil
	}
	for _, header := range []http.Header{common, call.Header} {
		for name, values := range header {
			request.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	request.Header.Set("Accept", "application/json")
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if err := ctx.Err(); err != nil {
		return Answer{}, c.silence(call, err, true, token)
	}
	start := c.Clock.Now()
	answer, err := c.roundTrip(request)
	c.Log.Debug("carrier call", "op", call.Op, "method", call.Method, "path", c.redact(call.Path),
		"status", answer.Status, "took", c.Clock.Now().Sub(start))
	if err != nil {
		// No connection came about: nothing can have been sent.
		unsent := answer.Status == 0 && asked.Load() && !connected.Load()
		return Answer{}, c.silence(call, err, unsent, token)
	}
	return answer, nil
}

// roundTrip sends and reads. An error beside a status means that the answer broke off.
func (c *Client) roundTrip(request *http.Request) (Answer, error) {
	plain := *c.HTTP
	// A redirect would carry credentials and purchases to an address nobody chose.
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := plain.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	answer := Answer{Status: response.StatusCode, Header: response.Header}
	answer.Body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err == nil && len(answer.Body) > maxAnswer {
		err = errTooLarge
	}
	return answer, err
}

// encode writes a request's body and names its media type.
func encode(body any) (data []byte, kind string, err error) {
	switch b := body.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return []byte(b.Encode()), "application/x-www-form-urlencoded", nil
	case Form:
		return []byte(b), "application/x-www-form-urlencoded", nil
	default:
		var buffer bytes.Buffer
		encoder := json.NewEncoder(&buffer)
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(b)
		return bytes.TrimRight(buffer.Bytes(), "\n"), "application/json", err
	}
}
