package engine

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/store"
)

// rotation is how long a replaced secret goes on signing beside the new one.
const rotation = 24 * time.Hour

// PutSubscription stores an endpoint: with an ID that one is changed, without it is new. In a change,
// nil members stay as they are.
type PutSubscription struct {
	ID       waybill.ID
	Name     string
	URL      string
	Dialect  string // in whose words; fixed when new
	Kinds    *[]waybill.EventKind
	Statuses *[]string
	Secret   *string // signs the body; the one before goes on signing for a day
	Token    *string // sent as the Authorization header
	Shipment waybill.ID
	Version  int64 // of a change: the version that is meant; 0: any
}

// ListDeliveries asks for the latest deliveries of an endpoint; State empty: all.
type ListDeliveries struct {
	Subscription waybill.ID
	State        string
	Limit        int
}

// PutSubscription stores an endpoint.
func (s Session) PutSubscription(ctx context.Context, in PutSubscription) (out waybill.Subscription, err error) {
	if err := s.maySetUp(); err != nil {
		return out, err
	}
	if err := checkSubscription(in); err != nil {
		return out, err
	}
	if in.ID, err = s.hookID(ctx, in.ID); err != nil {
		return out, err
	}
	fresh := s.IDs.New()
	sealed := s.sealSecrets(cmp.Or(in.ID, fresh), in)
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		hook := waybill.Subscription{Row: waybill.Row{ID: fresh, Account: s.Actor.Account}, Dialect: in.Dialect, Shipment: in.Shipment}
		if in.ID != "" {
			stored, err := tx.Subscriptions().Get(in.ID)
			if err != nil {
				return err
			}
			if in.Version != 0 && in.Version != stored.Version {
				return waybill.E("subscription", waybill.ReasonVersion, "the endpoint was changed meanwhile")
			}
			hook = stored
		}
		if err := s.checkStatuses(hook.Dialect, in.Statuses); err != nil {
			return err
		}
		var before *waybill.Subscription
		if in.ID != "" {
			was := hook
			before = &was
		}
		sealed.apply(&hook, in, tx.Now())
		if err := tx.Subscriptions().Put(&hook); err != nil {
			return err
		}
		out = hook
		return s.noteChange(tx, before, &hook)
	})
	return out, err
}

// sealedSecrets are made before the transaction: closures do no encryption.
type sealedSecrets struct{ secret, token []byte }

func (s Session) sealSecrets(id waybill.ID, in PutSubscription) (out sealedSecrets) {
	if in.Secret != nil && *in.Secret != "" {
		out.secret = s.Vault.Seal([]byte(*in.Secret), hookContext(id))
	}
	if in.Token != nil && *in.Token != "" {
		out.token = s.Vault.Seal([]byte(*in.Token), hookContext(id))
	}
	return out
}

func (sealed sealedSecrets) apply(hook *waybill.Subscription, in PutSubscription, now time.Time) {
	if in.Name != "" {
		hook.Name = in.Name
	}
	if in.URL != "" {
		hook.URL = in.URL
	}
	if hook.Name == "" {
		hook.Name = hook.URL
	}
	if in.Kinds != nil {
		hook.Kinds = *in.Kinds
	}
	if in.Statuses != nil {
		hook.Statuses = *in.Statuses
	}
	if in.Secret != nil {
		hook.OldSecret, hook.OldUntil = hook.Secret, now.Add(rotation)
		hook.Secret = sealed.secret
	}
	if in.Token != nil {
		hook.Token = base64.StdEncoding.EncodeToString(sealed.token)
	}
}

// maySetUp refuses roles that do no set-up.
func (s Session) maySetUp() error {
	if s.Actor.Kind == waybill.ActorAdmin || s.Actor.Role == waybill.RoleAdmin || s.Actor.Role == waybill.RoleDeveloper {
		return nil
	}
	return waybill.E("setup", waybill.ReasonRole, "the role %q may not change the set-up", s.Actor.Role)
}

// checkSubscription refuses what could never be delivered. Whether the address may be reached at all
// is judged when it is dialled, because names change what they point at.
func checkSubscription(in PutSubscription) error {
	var fields []waybill.FieldError
	note := func(path string, rule waybill.FieldRule, message string) {
		fields = append(fields, waybill.FieldError{Path: path, Rule: rule, Message: message})
	}
	if in.ID == "" && in.URL == "" {
		note("url", waybill.RuleRequired, "url is a required field")
	}
	if in.ID == "" && in.Dialect == "" {
		note("dialect", waybill.RuleRequired, "dialect is a required field")
	}
	if in.URL != "" && !webAddress(in.URL) {
		note("url", waybill.RuleFormat, badAddress("url"))
	}
	if in.Kinds != nil {
		for i, kind := range *in.Kinds {
			if !slices.Contains(waybill.EventKinds, kind) {
				note("kinds["+itoa(i)+"]", waybill.RuleEnum, "there is no event kind "+string(kind))
			}
		}
	}
	if in.Token != nil && !oneLine(*in.Token) {
		note("token", waybill.RuleFormat, tokenLine)
	}
	return waybill.FieldErrors("subscription", fields)
}

// checkStatuses refuses words that no message of a dialect is about: an endpoint that waits for one hears nothing.
func (s Session) checkStatuses(dialect string, statuses *[]string) error {
	if statuses == nil || s.Statuses == nil {
		return nil
	}
	words, known := s.Statuses(dialect)
	if !known {
		return nil
	}
	limit := strings.Join(words, ", ")
	if limit == "" {
		limit = "none"
	}
	var fields []waybill.FieldError
	for i, status := range *statuses {
		if !slices.Contains(words, status) {
			fields = append(fields, waybill.FieldError{
				Path: "statuses[" + itoa(i) + "]", Rule: waybill.RuleEnum, Value: status, Limit: limit,
				Message: "no message of " + dialect + " is about this; its words are " + limit,
			})
		}
	}
	return waybill.FieldErrors("subscription", fields)
}

// tokenLine is what a token must be, since it travels in a header.
const tokenLine = "token must be one line"

func oneLine(token string) bool { return !strings.ContainsAny(token, "\r\n\x00") }

func checkToken(token string) error {
	if oneLine(token) {
		return nil
	}
	return waybill.FieldErrors("subscription", []waybill.FieldError{{Path: "token", Rule: waybill.RuleFormat, Message: tokenLine}})
}

func badAddress(field string) string {
	return field + " must be an http or https address with a host and without a password"
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Fragment != "" || len(s) > 2000 {
		return false
	}
	return u.Hostname() != ""
}

// ListDeliveries lists what was sent to an endpoint, the latest first, with every attempt.
func (s Session) ListDeliveries(ctx context.Context, in ListDeliveries) (out []waybill.Delivery, err error) {
	limit := min(max(in.Limit, 1), 1000)
	if in.Limit == 0 {
		limit = 100
	}
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		if _, err := tx.Subscriptions().Get(in.Subscription); err != nil {
			return err
		}
		out, err = tx.Deliveries().Of(in.Subscription, in.State, limit)
		return err
	})
	return out, err
}

// ReplayDelivery sends a delivery once more, with the whole schedule before it. One that is still to be
// sent is tried now, after those before it, and goes on with its schedule.
func (s Session) ReplayDelivery(ctx context.Context, id waybill.ID) (out waybill.Delivery, err error) {
	if err := s.maySetUp(); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		delivery, err := tx.Deliveries().Get(id)
		if err == nil {
			err = s.meant(delivery.Row)
		}
		if err != nil {
			return err
		}
		if err := s.sendAgain(tx, &delivery); err != nil {
			return err
		}
		out = delivery
		return s.noteReplay(tx, []waybill.Delivery{delivery})
	})
	return out, err
}

// ResumeSubscription lets a paused endpoint hear again, beginning with what waited for it, which is due now. What a
// worker looks at meanwhile, finding it paused, comes within a minute.
func (s Session) ResumeSubscription(ctx context.Context, id waybill.ID) (out waybill.Subscription, err error) {
	if err := s.maySetUp(); err != nil {
		return out, err
	}
	if id, err = s.hookID(ctx, id); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		hook, err := tx.Subscriptions().Get(id)
		if err == nil {
			err = s.meant(hook.Row)
		}
		if err != nil {
			return err
		}
		before := hook
		hook.Paused, hook.PauseCause, hook.Failures = false, "", 0
		if err := tx.Subscriptions().Put(&hook); err != nil {
			return err
		}
		if _, err := tx.Hurry(string(hook.ID), ""); err != nil {
			return err
		}
		out = hook
		return s.noteChange(tx, &before, &hook)
	})
	return out, err
}

// Subscriptions are the endpoints that hear of events, in parts.
var Subscriptions = Records[waybill.Subscription, waybill.Subscription]{table: store.Tx.Subscriptions}

// DeleteSubscription names an endpoint that goes, in this version alone where one is named.
type DeleteSubscription struct {
	ID      waybill.ID
	Version int64
}

// DeleteSubscription forgets an endpoint. What was still to be sent to it is given up: its jobs are due now and find it
// gone, however many there are.
func (s Session) DeleteSubscription(ctx context.Context, in DeleteSubscription) (struct{}, error) {
	if err := s.maySetUp(); err != nil {
		return struct{}{}, err
	}
	id, err := s.hookID(ctx, in.ID)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		hook, err := tx.Subscriptions().Get(id)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != hook.Version {
			return movedOn()
		}
		if err := tx.Subscriptions().Delete(hook.ID, hook.Version); err != nil {
			return err
		}
		if _, err := tx.Hurry(string(hook.ID), ""); err != nil {
			return err
		}
		return s.noteChange(tx, &hook, nil)
	})
}
