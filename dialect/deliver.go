package dialect

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill"
	"waybill/engine"
)

// schedule is how long to wait after each failed attempt: ten attempts over 75 hours and a half, as the
// Standard Webhooks specification suggests. docs/webhooks.md publishes it.
var schedule = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	answerTime  = 15 * time.Second // for one attempt, name look-up to end of answer
	answerBytes = 64 << 10         // read of an answer
	excerptLen  = 500              // bytes kept of it
	latestRetry = 24 * time.Hour   // an endpoint may put us off no longer
	pausedWait  = time.Minute      // between looks at an endpoint that is paused
)

// DeliveryHeader carries the delivery's id, the same in every attempt: an endpoint that sees one twice
// may drop the second.
const DeliveryHeader = "X-Waybill-Delivery"

// Deliverer sends webhooks: each event in the words of its endpoint's dialect. Its Deliver is the
// handler of deliver jobs.
type Deliverer struct {
	Engine *engine.Engine
	Speak  map[string]func(waybill.Event, Endpoint) (Message, bool) // by dialect
	Base   func(dialect string) string                              // public base URL of a dialect
	Link   func(kind string, id waybill.ID) string                  // signed address of a file; nil: none
	Client *http.Client                                             // of a [Guard]
	// Random answers a number from 0 up to n; it spreads retries. Nil: math/rand.
	Random  func(n int64) int64
	Metrics *Metrics // nil: not counted
}

// Deliver makes one attempt to send one delivery. What fails is tried again by the published schedule;
// the job keeps its lane meanwhile, so that an endpoint hears things in the order they happened.
func (d *Deliverer) Deliver(ctx context.Context, job waybill.Job) error {
	out, err := d.Engine.Delivery(ctx, job)
	switch {
	case err != nil || out.Idle:
		return err
	case out.Paused:
		return later(pausedWait, "the endpoint is paused")
	}
	message, wanted := d.message(out)
	if !wanted {
		return d.end(ctx, job, engine.Sent{State: engine.DeliverySkipped})
	}
	attempt, putOff := d.post(ctx, out, message)
	sent := engine.Sent{Attempt: attempt, Body: message.Body, Header: message.Header, State: engine.DeliveryPending}
	switch {
	case attempt.Error == "" && attempt.Status/100 == 2:
		sent.State = engine.DeliveryDelivered
		d.Metrics.attempted(out.Subscription.Dialect, "delivered")
		return d.end(ctx, job, sent)
	case attempt.Status == http.StatusGone:
		sent.Gone = true
		d.Metrics.attempted(out.Subscription.Dialect, "gone")
		return d.note(ctx, job, sent, later(pausedWait, "the endpoint is gone"))
	case out.Tries >= len(schedule):
		sent.State = engine.DeliveryDead
		d.Metrics.attempted(out.Subscription.Dialect, "dead")
		return d.note(ctx, job, sent, &waybill.Error{
			Op: "deliver", Code: waybill.Unavailable, Severity: waybill.Hard, Message: "given up: " + told(attempt),
		})
	}
	d.Metrics.attempted(out.Subscription.Dialect, "failed")
	wait := max(d.spread(schedule[out.Tries]), min(putOff, latestRetry))
	return d.note(ctx, job, sent, later(wait, told(attempt)))
}

// end writes down a final attempt, which finishes the job too.
func (d *Deliverer) end(ctx context.Context, job waybill.Job, sent engine.Sent) error {
	return d.note(ctx, job, sent, waybill.ErrFinished)
}

// note writes down an attempt and answers what becomes of the job.
func (d *Deliverer) note(ctx context.Context, job waybill.Job, sent engine.Sent, then error) error {
	if err := d.Engine.Delivered(context.WithoutCancel(ctx), job, sent); err != nil {
		return err
	}
	return then
}

func later(wait time.Duration, why string) error {
	return &waybill.Error{Op: "deliver", Code: waybill.Unavailable, Severity: waybill.Transient, Message: why, RetryAfter: wait}
}

// spread moves a wait by up to a tenth either way, so that what failed together does not come back
// together.
func (d *Deliverer) spread(wait time.Duration) time.Duration {
	random := d.Random
	if random == nil {
		random = rand.Int64N
	}
	return wait*9/10 + time.Duration(random(int64(wait/5)))
}

// message puts the event into the dialect's words; the bytes of the first attempt are kept for all.
func (d *Deliverer) message(out engine.Outgoing) (Message, bool) {
	speak := d.Speak[out.Subscription.Dialect]
	if speak == nil {
		return Message{}, false
	}
	endpoint := Endpoint{
		ID: out.Subscription.ID, Statuses: out.Subscription.Statuses,
		Base: d.Base(out.Subscription.Dialect), Now: d.Engine.Clock.Now(), Link: d.Link,
	}
	if endpoint.Link == nil {
		endpoint.Link = func(string, waybill.ID) string { return "" }
	}
	message, ok := speak(out.Event, endpoint)
	if !ok || (len(endpoint.Statuses) > 0 && !slices.Contains(endpoint.Statuses, message.Status)) {
		return Message{}, false
	}
	if len(out.Delivery.Body) > 0 {
		message.Body, message.Header = out.Delivery.Body, out.Delivery.Header
	}
	return message, true
}

// post sends a message once. How long the endpoint puts us off is answered beside the attempt.
func (d *Deliverer) post(ctx context.Context, out engine.Outgoing, message Message) (attempt waybill.Attempt, putOff time.Duration) {
	now, started := d.Engine.Clock.Now(), time.Now()
	attempt.At = now
	defer func() { attempt.Took = time.Since(started).Truncate(time.Microsecond) }()
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, out.Subscription.URL, strings.NewReader(string(message.Body)))
	if err != nil {
		attempt.Error = "the address cannot be read"
		return attempt, 0
	}
	dress(request, out, message, now)
	answer, err := d.Client.Do(request)
	if err != nil {
		attempt.Error = why(err)
		return attempt, 0
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerBytes))
	attempt.Status, attempt.Excerpt = answer.StatusCode, excerpt(body)
	if err != nil {
		attempt.Error = "the answer broke off"
	}
	return attempt, retryAfter(answer.Header.Get("Retry-After"), now)
}

// dress gives a request its headers: the dialect's own, the signatures, the endpoint's token.
func dress(request *http.Request, out engine.Outgoing, message Message, now time.Time) {
	header := request.Header
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "Waybill-Webhooks/1")
	header.Set(DeliveryHeader, string(out.Delivery.ID))
	for name, value := range message.Header {
		header.Set(name, value)
	}
	if out.Token != "" {
		header.Set(cmp.Or(message.TokenHeader, "Authorization"), out.Token)
	}
	if message.Signed != nil && out.Secret != "" {
		secrets := []string{out.Secret}
		if out.OldSecret != "" {
			secrets = append(secrets, out.OldSecret)
		}
		for name, value := range message.Signed(out.Delivery.ID, now, message.Body, secrets) {
			header.Set(name, value)
		}
	}
	if message.SignatureHeader == "" || out.Secret == "" {
		return
	}
	header.Set(message.SignatureHeader, Sign(out.Secret, message.Body))
	if out.OldSecret != "" {
		header.Set(message.SignatureHeader+"-Previous", Sign(out.OldSecret, message.Body))
	}
}

// Sign is the hex HMAC-SHA256 of a body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// retryAfter reads seconds or an HTTP date.
func retryAfter(value string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32); err == nil {
		return time.Duration(max(n, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// why is a failure in words, without the address, which may hold a token.
func why(err error) string {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var denied *deniedError
	switch {
	case errors.As(err, &denied):
		return denied.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in " + answerTime.String()
	case errors.Is(err, context.Canceled):
		return "broken off because the service stopped"
	}
	return excerpt([]byte(err.Error()))
}

func told(a waybill.Attempt) string {
	if a.Error != "" {
		return a.Error
	}
	return "HTTP " + strconv.Itoa(a.Status)
}

// excerpt is the beginning of an answer as readable text.
func excerpt(body []byte) string {
	if len(body) > excerptLen {
		body = body[:excerptLen]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(body), ""))
}
