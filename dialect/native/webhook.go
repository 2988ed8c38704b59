package native

import (
	"context"
	"time"

	"waybill"
	"waybill/engine"
)

// hookOut is an endpoint that hears of events.
type hookOut struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	URL           string     `json:"url"`
	Dialect       string     `json:"dialect" doc:"In whose words: native, or the name of another API."`
	Kinds         []string   `json:"kinds" nullable:"false" doc:"Empty: every kind that the dialect speaks of."`
	Statuses      []string   `json:"statuses" nullable:"false" doc:"Only these words of the dialect; empty: all."`
	Signed        bool       `json:"signed"`
	Secret        string     `json:"secret,omitempty" doc:"What signs the messages. It is shown once, when it is made."`
	RotatingUntil *time.Time `json:"old_secret_until,omitempty" doc:"Until then messages are signed with the secret before, too."`
	Paused        bool       `json:"paused"`
	PauseCause    string     `json:"pause_cause,omitempty"`
	Failures      int        `json:"dead_in_a_row" doc:"Deliveries given up since the last one that was taken."`
	CreatedAt     time.Time  `json:"created_at"`
	UpdatedAt     time.Time  `json:"updated_at"`
}

// sentOut is one event on its way to one endpoint.
type sentOut struct {
	ID        string            `json:"id" doc:"The same in every attempt: webhook-id."`
	Webhook   string            `json:"webhook_id"`
	Event     string            `json:"event_id"`
	Kind      string            `json:"kind"`
	Shipment  string            `json:"shipment_id,omitempty"`
	URL       string            `json:"url"`
	State     string            `json:"state" enum:"pending,delivered,dead,skipped" doc:"dead: given up; replay it. skipped: nothing to say to this endpoint, or it was deleted."`
	Body      string            `json:"request_body,omitempty" doc:"As it was sent."`
	Header    map[string]string `json:"request_headers,omitempty" doc:"Of the dialect; signatures and tokens are not kept."`
	Attempts  []triedOut        `json:"attempts" nullable:"false"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

type triedOut struct {
	At      time.Time `json:"at"`
	TookMS  int64     `json:"took_ms"`
	Status  int       `json:"status,omitempty" doc:"HTTP; none when no answer came."`
	Error   string    `json:"error,omitempty"`
	Excerpt string    `json:"answer,omitempty" doc:"How the answer began."`
}

type hookIn struct {
	URL      string   `json:"url" minLength:"1" maxLength:"2000" doc:"http or https, without a password."`
	Name     string   `json:"name,omitempty" maxLength:"200" doc:"The address where it is left out."`
	Dialect  string   `json:"dialect,omitempty" enum:"native,lynkup,peddler,shiptheory,epgl,shiplee" doc:"native where it is left out."`
	Kinds    []string `json:"kinds,omitempty" maxItems:"100" doc:"Only these kinds of events."`
	Statuses []string `json:"statuses,omitempty" maxItems:"100" doc:"Only these words of the dialect; of native: transit states of what was tracked, else booking states."`
	Secret   string   `json:"secret,omitempty" minLength:"16" maxLength:"200" doc:"One that your code has already; else one is made and shown."`
	Token    string   `json:"token,omitempty" maxLength:"500" doc:"Sent in the Authorization header."`
}

type hookPatch struct {
	URL      string    `json:"url,omitempty" maxLength:"2000"`
	Name     string    `json:"name,omitempty" maxLength:"200"`
	Kinds    *[]string `json:"kinds,omitempty" maxItems:"100"`
	Statuses *[]string `json:"statuses,omitempty" maxItems:"100"`
	Token    *string   `json:"token,omitempty" maxLength:"500" doc:"Empty: none any more."`
}

type createHook struct{ Body hookIn }

type patchHook struct {
	Conditional
	ID   string `path:"id" maxLength:"310" doc:"Id or name of the webhook."`
	Body hookPatch
}

// touchHook names a webhook that is to be changed, or to go.
type touchHook struct {
	Conditional
	ID string `path:"id" maxLength:"310" doc:"Id or name of the webhook."`
}

type hookPath struct {
	ID string `path:"id" maxLength:"310" doc:"Id or name of the webhook."`
}

type pauseHook struct {
	Conditional
	ID   string `path:"id" maxLength:"310" doc:"Id or name of the webhook."`
	Body *struct {
		Cause string `json:"cause,omitempty" maxLength:"200" doc:"Why, for people."`
	}
}

type replayHook struct {
	ID   string `path:"id" maxLength:"310" doc:"Id or name of the webhook."`
	Body *struct {
		State []string   `json:"state,omitempty" enum:"pending,delivered,dead,skipped" doc:"Only those in these states; all that are not pending where it is left out. pending: those are tried now."`
		From  *time.Time `json:"from,omitempty" doc:"Made at this time or later."`
		To    *time.Time `json:"to,omitempty" doc:"Made at this time or before."`
	}
}

type listSent struct {
	Paged
	Webhook string   `query:"webhook" maxLength:"200" doc:"Id or name of a webhook."`
	State   []string `query:"state" nullable:"false" enum:"pending,delivered,dead,skipped" doc:"Any of these; dead are the dead letters."`
}

type sentPath struct {
	ID string `path:"id" maxLength:"24" doc:"Id of the delivery."`
}

type replaySent struct {
	Conditional
	ID string `path:"id" maxLength:"24" doc:"Id of the delivery."`
}

// replayed says how many were queued.
type replayed struct {
	Count int `json:"count" doc:"At most 1000 at once: ask again while it is."`
}

func webhooks(a *api) {
	const tag = "Webhooks"
	op(a, operation{
		ID: "create-webhook", Method: "POST", Path: "/webhooks", Tag: tag, Summary: "Have events sent to an address", Status: 201, Scope: waybill.ScopeDevelop,
		About:   "Messages of native are signed as the Standard Webhooks specification says; what fails is tried ten times over three days.",
		Example: hookIn{URL: "https://shop.example/hooks/waybill", Kinds: []string{"shipment.booked", "shipment.tracked"}},
	}, toNewHook, newHook, showNewHook)
	op(a, operation{
		ID: "list-webhooks", Method: "GET", Path: "/webhooks", Tag: tag, Summary: "List webhooks", Scope: waybill.ScopeDevelop,
	}, func(_ *call, in *Paged) (engine.ListRecords[waybill.Subscription], error) {
		return records[waybill.Subscription](*in), nil
	},
		engine.Subscriptions.List, func(c *call, s engine.Slice[waybill.Subscription]) *many[hookOut] {
			return listed(c, s.Items, s.Next, s.Prev, showHook)
		})
	op(a, operation{
		ID: "get-webhook", Method: "GET", Path: "/webhooks/{id}", Tag: tag, Summary: "Read a webhook", Scope: waybill.ScopeDevelop,
	}, toHookID, engine.Session.GetSubscription, showTaggedHook)
	op(a, operation{
		ID: "update-webhook", Method: "PATCH", Path: "/webhooks/{id}", Tag: tag, Summary: "Change a webhook", Scope: waybill.ScopeDevelop,
		Example: map[string]any{"kinds": []string{"shipment.booked"}},
	}, toHookPatch, engine.Session.PutSubscription, showTaggedHook)
	op(a, operation{
		ID: "delete-webhook", Method: "DELETE", Path: "/webhooks/{id}", Tag: tag, Summary: "Forget a webhook", Status: 204, Scope: waybill.ScopeDevelop,
		About: "What was still to be sent to it is given up.",
	}, toHookGone, engine.Session.DeleteSubscription, func(*call, struct{}) *none { return &none{} })
	op(a, operation{
		ID: "rotate-webhook-secret", Method: "POST", Path: "/webhooks/{id}/secret", Tag: tag, Summary: "Give a webhook a new secret", Scope: waybill.ScopeDevelop,
		About: "For a day messages are signed with both: change the secret at your end meanwhile.",
	}, toHookTouched, rotate, showNewHook)
	op(a, operation{
		ID: "pause-webhook", Method: "POST", Path: "/webhooks/{id}/pause", Tag: tag, Summary: "Send nothing for now", Scope: waybill.ScopeDevelop,
		About: "What happens meanwhile waits.", Example: map[string]any{"cause": "our shop moves house"},
	}, func(_ *call, in *pauseHook) (engine.PauseSubscription, error) {
		e := engine.PauseSubscription{ID: waybill.ID(in.ID), Paused: true}
		if in.Body != nil {
			e.Cause = in.Body.Cause
		}
		return e, nil
	}, engine.Session.PauseSubscription, showTaggedHook)
	op(a, operation{
		ID: "resume-webhook", Method: "POST", Path: "/webhooks/{id}/resume", Tag: tag, Summary: "Send again, what waited first", Scope: waybill.ScopeDevelop,
	}, toHookTouched, engine.Session.ResumeSubscription, showTaggedHook)
	op(a, operation{
		ID: "test-webhook", Method: "POST", Path: "/webhooks/{id}/test", Tag: tag, Summary: "Send an event that means nothing", Status: 202, Scope: waybill.ScopeDevelop,
		About: "Its kind is webhook.test. Read the delivery to see how it went.",
	}, toHookID, engine.Session.TestSubscription, showTaggedSent)
	op(a, operation{
		ID: "replay-webhook", Method: "POST", Path: "/webhooks/{id}/replay", Tag: tag, Summary: "Send a range of deliveries again", Status: 202, Scope: waybill.ScopeDevelop,
		Example: map[string]any{"state": []string{"dead"}},
	}, toReplay, engine.Session.ReplayDeliveries, func(_ *call, n int) *one[replayed] { return &one[replayed]{replayed{n}} })
	op(a, operation{
		ID: "list-deliveries", Method: "GET", Path: "/deliveries", Tag: tag, Summary: "What was sent, newest first", Scope: waybill.ScopeDevelop,
	}, func(_ *call, in *listSent) (engine.FindDeliveries, error) {
		return engine.FindDeliveries{Query: engine.DeliveryQuery{Subscription: waybill.ID(in.Webhook), States: in.State, UpdatedFrom: in.UpdatedSince}, Page: in.page()}, nil
	}, engine.Session.FindDeliveries, func(c *call, slice engine.Slice[waybill.Delivery]) *many[sentOut] {
		return listed(c, slice.Items, slice.Next, slice.Prev, showSent)
	})
	op(a, operation{
		ID: "get-delivery", Method: "GET", Path: "/deliveries/{id}", Tag: tag, Summary: "Read a delivery", Scope: waybill.ScopeDevelop,
	}, toSentID, engine.Session.GetDelivery, showTaggedSent)
	op(a, operation{
		ID: "replay-delivery", Method: "POST", Path: "/deliveries/{id}/replay", Tag: tag, Summary: "Send a delivery again", Status: 202, Scope: waybill.ScopeDevelop,
		About: "With the whole schedule of attempts before it. One that is still to be sent is tried now, after those before it: an endpoint hears things in order.",
	}, func(_ *call, in *replaySent) (waybill.ID, error) { return waybill.ID(in.ID), nil }, engine.Session.ReplayDelivery, showTaggedSent)
}

// newlyMade is an endpoint with its secret, which is told once.
type newlyMade struct {
	hook   waybill.Subscription
	secret string
}

func toNewHook(_ *call, in *createHook) (engine.PutSubscription, error) {
	b := in.Body
	e := engine.PutSubscription{URL: b.URL, Name: b.Name, Dialect: b.Dialect, Secret: &b.Secret, Token: &b.Token, Statuses: &b.Statuses, Kinds: kinds(&b.Kinds)}
	if e.Dialect == "" {
		e.Dialect = Name
	}
	return e, nil
}

func kinds(names *[]string) *[]waybill.EventKind {
	if names == nil {
		return nil
	}
	list := []waybill.EventKind{}
	for _, name := range *names {
		list = append(list, waybill.EventKind(name))
	}
	return &list
}

func newHook(s engine.Session, ctx context.Context, in engine.PutSubscription) (newlyMade, error) {
	if *in.Secret == "" {
		made := newSecret()
		in.Secret = &made
	}
	hook, err := s.PutSubscription(ctx, in)
	return newlyMade{hook, *in.Secret}, err
}

func rotate(s engine.Session, ctx context.Context, id waybill.ID) (newlyMade, error) {
	made := newSecret()
	hook, err := s.PutSubscription(ctx, engine.PutSubscription{ID: id, Secret: &made, Version: s.IfVersion})
	return newlyMade{hook, made}, err
}

func toHookPatch(_ *call, in *patchHook) (engine.PutSubscription, error) {
	version, err := in.version()
	b := in.Body
	return engine.PutSubscription{
		ID: waybill.ID(in.ID), URL: b.URL, Name: b.Name, Kinds: kinds(b.Kinds), Statuses: b.Statuses, Token: b.Token, Version: version,
	}, err
}

func toHookGone(_ *call, in *touchHook) (engine.DeleteSubscription, error) {
	version, err := in.version()
	return engine.DeleteSubscription{ID: waybill.ID(in.ID), Version: version}, err
}

func toHookID(_ *call, in *hookPath) (waybill.ID, error) { return waybill.ID(in.ID), nil }

func toHookTouched(_ *call, in *touchHook) (waybill.ID, error) { return waybill.ID(in.ID), nil }

func toSentID(_ *call, in *sentPath) (waybill.ID, error) { return waybill.ID(in.ID), nil }

func toReplay(_ *call, in *replayHook) (engine.ReplayDeliveries, error) {
	q := engine.DeliveryQuery{Subscription: waybill.ID(in.ID)}
	if in.Body == nil {
		return engine.ReplayDeliveries{Query: q}, nil
	}
	q.States = in.Body.State
	if in.Body.From != nil {
		q.From = *in.Body.From
	}
	if in.Body.To != nil {
		q.To = *in.Body.To
	}
	return engine.ReplayDeliveries{Query: q}, nil
}

func showNewHook(_ *call, made newlyMade) *tagged[hookOut] {
	out := showHook(made.hook)
	out.Secret = made.secret
	return &tagged[hookOut]{tag(made.hook.Row), out}
}

func showTaggedHook(_ *call, s waybill.Subscription) *tagged[hookOut] {
	return &tagged[hookOut]{tag(s.Row), showHook(s)}
}

func showHook(s waybill.Subscription) hookOut {
	out := hookOut{
		ID: string(s.ID), Name: s.Name, URL: s.URL, Dialect: s.Dialect, Kinds: []string{}, Statuses: append([]string{}, s.Statuses...), Signed: len(s.Secret) > 0,
		Paused: s.Paused, PauseCause: s.PauseCause, Failures: s.Failures, CreatedAt: s.Created, UpdatedAt: s.Updated,
	}
	for _, kind := range s.Kinds {
		out.Kinds = append(out.Kinds, string(kind))
	}
	if len(s.OldSecret) > 0 {
		out.RotatingUntil = moment(s.OldUntil)
	}
	return out
}

func showTaggedSent(_ *call, d waybill.Delivery) *tagged[sentOut] {
	return &tagged[sentOut]{tag(d.Row), showSent(d)}
}

func showSent(d waybill.Delivery) sentOut {
	out := sentOut{
		ID: string(d.ID), Webhook: string(d.Subscription), Event: string(d.Event), Kind: string(d.Kind), Shipment: string(d.Shipment), URL: d.URL, State: d.State,
		Body: string(d.Body), Header: d.Header, Attempts: []triedOut{}, CreatedAt: d.Created, UpdatedAt: d.Updated,
	}
	if d.Shipment == d.Subscription {
		out.Shipment = "" // a test is filed under its endpoint
	}
	for _, t := range d.Attempts {
		out.Attempts = append(out.Attempts, triedOut{t.At, t.Took.Milliseconds(), t.Status, t.Error, t.Excerpt})
	}
	return out
}
