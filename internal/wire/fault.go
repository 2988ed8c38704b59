package wire

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"waybill"
)

var errTooLarge = errors.New("the answer is too large")

// silence is the error of a call that was not answered in full. unsent: certainly nothing left.
func (c *Client) silence(call Call, cause error, unsent bool, token string) error {
	var address *url.Error
	if errors.As(cause, &address) {
		cause = address.Err // the address may hold what should not be shown
	}
	message := "the carrier cannot be reached"
	switch {
	case errors.Is(cause, context.Canceled):
		message = "the call was given up"
	case errors.Is(cause, context.DeadlineExceeded):
		message = "the carrier did not answer in time"
	case errors.Is(cause, errTooLarge):
		message = "the carrier's answer is too large"
	case !unsent:
		message = "the carrier's answer broke off"
	}
	e := waybill.E(call.Op, waybill.ReasonCarrierOutage, "%s", message)
	e.Unsure = call.Effect && !unsent
	return c.fail(e, cause, token)
}

// refusal is the error of an answer that is not 2xx: by its status, then by what the carrier says.
func (c *Client) refusal(call Call, answer Answer, token string) error {
	e := byStatus(call, answer)
	e.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), c.Clock.Now())
	e.Fault = &waybill.CarrierFault{Status: answer.Status}
	if c.Fault != nil {
		c.Fault(answer, e)
	}
	return c.clean(e, token)
}

// byStatus is what a status means when a carrier says nothing more. A 5xx to a call with an effect is
// Unsure: a gateway may give up on a purchase that goes through behind it.
func byStatus(call Call, answer Answer) *waybill.Error {
	switch status := answer.Status; {
	case status == http.StatusTooManyRequests:
		return waybill.E(call.Op, waybill.ReasonCarrierLimit, "the carrier wants fewer requests")
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return waybill.E(call.Op, waybill.ReasonCarrierLogin, "the carrier refuses these credentials")
	case status >= 500, status == http.StatusRequestTimeout:
		e := waybill.E(call.Op, waybill.ReasonCarrierOutage, "the carrier is out of order (HTTP %d)", status)
		e.Unsure = call.Effect
		return e
	default:
		return waybill.E(call.Op, waybill.ReasonCarrier, "the carrier refused the request (HTTP %d)", status)
	}
}

// Because gives a refusal the reason that the carrier's own words tell, and the code and severity that belong to it.
func Because(e *waybill.Error, reason waybill.Reason) {
	is := waybill.E(e.Op, reason, "%s", e.Message)
	e.Code, e.Reason, e.Severity = is.Code, is.Reason, is.Severity
}

// retryAfter reads the header of RFC 9110, section 10.2.3: seconds or a date. Zero: none given.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// fail adds a cause to an error and cleans both.
func (c *Client) fail(e *waybill.Error, cause error, token ...string) error {
	e.Err = cause
	return c.clean(e, token...)
}

// clean names the carrier and takes secrets out of everything an error shows.
func (c *Client) clean(e *waybill.Error, token ...string) error {
	if e.Fault == nil {
		e.Fault = &waybill.CarrierFault{}
	}
	e.Fault.Carrier = c.Carrier
	e.Message = c.redact(e.Message, token...)
	e.Fault.Message = c.redact(e.Fault.Message, token...)
	for i := range e.Fields {
		e.Fields[i].Message = c.redact(e.Fields[i].Message, token...)
		e.Fields[i].Value = c.redact(e.Fields[i].Value, token...)
	}
	if e.Err != nil {
		e.Err = redacted{text: c.redact(e.Err.Error(), token...), cause: e.Err}
	}
	if e.Unsure {
		e.Severity = waybill.Transient
	}
	return e
}

// redact replaces the client's secrets, as they are and as a URL writes them.
func (c *Client) redact(text string, more ...string) string {
	for _, secrets := range [][]string{c.Secrets, more} {
		for _, secret := range secrets {
			if secret == "" {
				continue
			}
			text = strings.ReplaceAll(text, secret, "[secret]")
			text = strings.ReplaceAll(text, url.QueryEscape(secret), "[secret]")
		}
	}
	return text
}

// redacted is a cause whose text is clean and which still answers errors.Is; errors.As finds nothing in
// it, so that nobody prints the original.
type redacted struct {
	text  string
	cause error
}

func (r redacted) Error() string        { return r.text }
func (r redacted) Is(target error) bool { return errors.Is(r.cause, target) }
