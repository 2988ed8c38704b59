package engine

import (
	"slices"

	"waybill"
)

// rights are what somebody may: the scopes of a role or of fewer, and in which children.
type rights struct {
	role   waybill.Role
	scopes []waybill.Scope
	grants []waybill.ID
}

func rightsOfKey(k waybill.APIKey) rights { return rights{k.Role, k.Scopes, k.Grants} }

func rightsOfUser(u waybill.User) rights { return rights{role: u.Role, grants: u.Grants} }

func rightsOfClient(c waybill.Client) rights { return rights{role: c.Role, grants: c.Grants} }

// beyond says what of these rights the actor does not have; empty: nothing. Who may set up accounts has all the children.
func (s Session) beyond(r rights) string {
	has := waybill.Actor{Role: r.role, Scopes: r.scopes}
	for _, scope := range waybill.Scopes {
		if has.May(scope) && !s.Actor.May(scope) {
			return `the scope "` + string(scope) + `"`
		}
	}
	if s.Actor.May(waybill.ScopeAdmin) {
		return ""
	}
	for _, child := range r.grants {
		if !slices.Contains(s.Actor.Grants, child) {
			return "a child account"
		}
	}
	return ""
}

// mayGive refuses to give out what the actor does not have.
func (s Session) mayGive(noun string, r rights) error {
	if lacking := s.beyond(r); lacking != "" {
		return waybill.E("setup", waybill.ReasonRole, "%s cannot have %s, which you do not have", noun, lacking)
	}
	return nil
}

// mayManage refuses to change, rotate or end what may do more than the actor. Everybody may give up what is their own.
func (s Session) mayManage(noun string, id waybill.ID, r rights) error {
	lacking := s.beyond(r)
	if lacking == "" || id == s.Actor.ID {
		return nil
	}
	return waybill.E("setup", waybill.ReasonRole, "the %s has %s, which you do not have: only who has it changes or ends it", noun, lacking)
}

// mayManageKey is mayManage of an API key. One that reaches what is live may do more than a test key.
func (s Session) mayManageKey(k waybill.APIKey) error {
	if s.Actor.Test && !k.Test {
		return waybill.E("key", waybill.ReasonRole, "the key reaches what is live: a test key changes and ends test keys only")
	}
	return s.mayManage("key", k.ID, rightsOfKey(k))
}

func (s Session) mayManageUser(u waybill.User) error {
	return s.mayManage("person", u.ID, rightsOfUser(u))
}

func (s Session) mayManageClient(c waybill.Client) error {
	return s.mayManage("client", c.ID, rightsOfClient(c))
}

// turnUser ends the logins and tokens of a person who got another password, key, role or grants, or was disabled.
func turnUser(old waybill.User, next *waybill.User) {
	if next.Password != old.Password || next.APIKey != old.APIKey || next.Role != old.Role || next.Disabled != old.Disabled ||
		!slices.Equal(next.Grants, old.Grants) {
		next.Turn++
	}
}

// turnClient ends the tokens of a client that got another id, secret, role, API or grants, or was disabled.
func turnClient(old waybill.Client, next *waybill.Client) {
	if next.ClientID != old.ClientID || next.Secret != old.Secret || next.Role != old.Role || next.Disabled != old.Disabled ||
		!slices.Equal(next.Dialects, old.Dialects) || !slices.Equal(next.Grants, old.Grants) {
		next.Turn++
	}
}
