package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"waybill"
	"waybill/store"
)

// Everything that changes a record of the set-up writes down who did it, in the same transaction: see
// [waybill.AuditEntry].

// ListAudit asks for a part of the audit log.
type ListAudit struct {
	Query store.AuditQuery
	Page  store.Page
}

// ListAudit lists who changed the set-up of the actor's accounts.
func (s Session) ListAudit(ctx context.Context, in ListAudit) (slice store.Slice[waybill.AuditEntry], err error) {
	err = s.Store.View(ctx, s.Actor, func(tx store.Tx) error {
		slice, err = tx.Audit().Find(in.Query, in.Page)
		return err
	})
	return slice, err
}

// recorded is any record of the set-up.
type recorded interface{ Meta() *waybill.Row }

// written does what belongs to the write of a record of the set-up: the audit log says so, and of a location people are
// warned as its cut-off is now.
func (s Session) written(tx store.Tx, before, after recorded) error {
	if l, ok := after.(*waybill.Location); ok && before != nil {
		if err := s.remindAnew(tx, l); err != nil {
			return err
		}
	}
	return s.noteChange(tx, before, after)
}

// noteChange writes down that a record came (before is nil), went (after is nil) or became another one. What is the
// same as before is not worth a line.
func (s Session) noteChange(tx store.Tx, before, after recorded) error {
	if c, ok := after.(*waybill.Connection); ok && c != nil {
		was, _ := before.(*waybill.Connection)
		if err := firstError(s.noteCard(tx, was, c), s.moved(tx, was, c)); err != nil {
			return err
		}
	}
	entry := waybill.AuditEntry{
		Action: waybill.AuditChanged, Actor: s.Actor.Name, ActorID: s.Actor.ID, ActorKind: s.Actor.Kind, IP: s.Actor.IP, Dialect: s.Actor.Dialect,
	}
	record := after
	switch {
	case isNil(before):
		entry.Action = waybill.AuditCreated
	case isNil(after):
		entry.Action, record = waybill.AuditDeleted, before
	default:
		if entry.Fields = changedMembers(before, after); len(entry.Fields) == 0 {
			return nil
		}
	}
	row := record.Meta()
	entry.Kind, entry.Name = described(record)
	entry.Record = row.ID
	entry.Account = waybill.ID(firstOf(string(s.Actor.Account), string(row.Account)))
	version := row.Version
	if entry.Action == waybill.AuditDeleted {
		version++
	}
	entry.ID = auditID(entry, version)
	return tx.Audit().Add(entry)
}

// noteUse writes down that somebody used a record for what costs money, or reaches others, and leaves it as it is.
func (s Session) noteUse(tx store.Tx, record recorded, use string) error {
	entry := waybill.AuditEntry{
		Action: waybill.AuditUsed, Actor: s.Actor.Name, ActorID: s.Actor.ID, ActorKind: s.Actor.Kind, IP: s.Actor.IP, Dialect: s.Actor.Dialect,
		Record: record.Meta().ID, Fields: []string{use},
	}
	entry.ID, entry.Account = s.IDs.New(), waybill.ID(firstOf(string(s.Actor.Account), string(record.Meta().Account)))
	entry.Kind, entry.Name = described(record)
	return tx.Audit().Add(entry)
}

func isNil(r recorded) bool { return r == nil || reflect.ValueOf(r).IsNil() }

// auditID follows from what happened to which version, so that no entry is written twice. It begins with the version:
// what happens to a record at one moment is listed in order.
func auditID(e waybill.AuditEntry, version int64) waybill.ID {
	sum := sha256.Sum256([]byte("audit\x00" + e.Kind + "\x00" + string(e.Record) + "\x00" + string(e.Action) + "\x00" + itoa(int(version))))
	return waybill.ID(fmt.Sprintf("%08x", uint32(version)) + hex.EncodeToString(sum[:8]))
}

// described is a record's noun and what it is called.
func described(r recorded) (kind, name string) {
	switch v := r.(type) {
	case *waybill.Account:
		return "account", v.Name
	case *waybill.User:
		return "user", v.Email
	case *waybill.Client:
		return "client", v.ClientID
	case *waybill.APIKey:
		return "api_key", v.Name
	case *waybill.Brand:
		return "brand", v.ExternalID
	case *waybill.Location:
		return "location", v.ExternalID
	case *waybill.Connection:
		return "connection", v.ExternalID
	case *waybill.Service:
		return "service", string(v.Direction) + "/" + v.Carrier + "/" + v.Name
	case *waybill.PackageSize:
		return "package_size", v.Name
	case *waybill.Product:
		return "product", v.SKU
	case *waybill.Tag:
		return "tag", v.Name
	case *waybill.Rule:
		return "rule", v.Name
	case *waybill.RuleDraft:
		return "rule_draft", ""
	case *waybill.RuleSet:
		return "rule_set", itoa(int(v.No))
	case *waybill.CardVersion:
		return "rate_card", itoa(int(v.No))
	case *waybill.SavedAddress:
		return "address", firstOf(v.Reference, v.Name)
	case *waybill.Subscription:
		return "webhook", firstOf(v.Name, v.URL)
	case *waybill.Proof:
		return "approval", string(v.Connection)
	case *waybill.Login:
		return "session", ""
	case *waybill.SavedView:
		return "saved_view", v.Name
	case *waybill.Purchase:
		return "purchase", v.Key
	case *waybill.Erasure:
		return "erasure", ""
	case *waybill.Entry:
		return "wallet_entry", v.Amount.Currency
	case *waybill.APIRequest:
		return "request", v.Operation
	}
	return snake(reflect.TypeOf(r).Elem().Name()), ""
}

// AuditKinds lists the nouns that the log speaks of.
var AuditKinds = []string{
	"account", "user", "client", "api_key", "brand", "location", "connection", "service", "package_size", "product", "tag", "rule", "rule_draft", "rule_set", "rate_card",
	"address", "webhook", "approval", "session", "saved_view", "purchase", "erasure", "wallet_entry", "request",
}

// changedMembers names the members in which two records differ, those of their structs with a dot.
func changedMembers(before, after recorded) []string {
	return differing("", reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem())
}

func differing(prefix string, a, b reflect.Value) (list []string) {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		if field.Type == reflect.TypeFor[waybill.Row]() || alike(a.Field(i), b.Field(i)) {
			continue
		}
		name := prefix + snake(field.Name)
		if said, ok := auditWords[a.Type().Name()+"."+field.Name]; ok {
			name = prefix + said
		} else if said, ok := auditWords[field.Name]; ok {
			name = prefix + said
		}
		if prefix == "" && field.Type.Kind() == reflect.Struct && field.Type.PkgPath() == "waybill" {
			list = append(list, differing(name+".", a.Field(i), b.Field(i))...)
			continue
		}
		list = append(list, name)
	}
	return list
}

// alike reports whether two members say the same: that a list is empty or missing is one thing.
func alike(a, b reflect.Value) bool {
	if k := a.Kind(); (k == reflect.Slice || k == reflect.Map) && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// auditWords are members, of all types or of one, that the log calls as the API does and not as the type.
var auditWords = map[string]string{
	"Sealed": "credentials", "ExternalID": "reference", "IPs": "ips", "LabelDPI": "label_dpi", "SKU": "sku", "URL": "url",
	"Settings.ChannelName": "channel", "Settings.UnknownPostcodeOK": "unknown_postcode_ok",
	"Location.Return": "return_location", "Location.Contact": "address", "Contact.First": "first_name", "Contact.Last": "last_name",
	"Connection.Markup": "markup_per_mille", "Connection.Budget": "tracking_budget", "Connection.Spend": "spend_limit", "Connection.Billed": "wallet",
	"Connection.Floor": "wallet.floor", "Connection.Cards": "rate_card", "Connection.Lent": "loans", "SpendLimit.Day": "per_day", "SpendLimit.Month": "per_month",
	"Client.Secret": "client_secret", "Client.Dialects": "apis", "APIKey.Expires": "expires_at", "APIKey.Revoked": "revoked_at", "APIKey.Replaced": "replaced_by",
	"Service.Carrier": "provider", "Service.Driver": "carrier", "Account.Closing": "closing_at",
	"Subscription.OldSecret": "old_secret", "Subscription.OldUntil": "old_secret_until",
	"Product.Weight": "weight_kg", "Product.Length": "length_cm", "Product.Width": "width_cm", "Product.Height": "height_cm",
}

// snake writes a member's name in lower case, with an underscore before each word.
func snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(letters[i-1]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
