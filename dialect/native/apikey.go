package native

import (
	"time"

	"waybill"
	"waybill/engine"
)

// APIKey is a key that is to be made.
type APIKey struct {
	Name    string     `json:"name" minLength:"1" maxLength:"200" doc:"Shown in histories as who did it."`
	Role    string     `json:"role" enum:"admin,operations,developer,rates-only,read-only"`
	Scopes  []string   `json:"scopes,omitempty" minItems:"1" maxItems:"6" enum:"read,rate,ship,develop,setup,admin" doc:"Of what the role may; left out: all of it."`
	Test    bool       `json:"test,omitempty" doc:"A test key reaches simulators and carriers' test systems, never what is live."`
	Grants  []string   `json:"grants,omitempty" maxItems:"1000" doc:"Ids or names of child accounts that it may act in."`
	Expires *time.Time `json:"expires_at,omitempty"`
}

// APIKeyChange is what can be changed of a key.
type APIKeyChange struct {
	Name    string     `json:"name" minLength:"1" maxLength:"200" doc:"Shown in histories as who did it."`
	Scopes  []string   `json:"scopes,omitempty" minItems:"1" maxItems:"6" enum:"read,rate,ship,develop,setup,admin" doc:"Of what the role may; null: all of it."`
	Grants  []string   `json:"grants,omitempty" maxItems:"1000" doc:"Ids or names of child accounts that it may act in."`
	Expires *time.Time `json:"expires_at,omitempty" doc:"null: never."`
}

// APIKeyOut is a key as it is shown.
type APIKeyOut struct {
	Kept
	APIKey
	Prefix   string     `json:"prefix" doc:"How the key begins, to tell keys apart."`
	Revoked  *time.Time `json:"revoked_at,omitempty"`
	Replaced string     `json:"replaced_by,omitempty" doc:"Id of the key that it was rotated to."`
	LastUsed *time.Time `json:"last_used_at,omitempty" doc:"To the hour: it is written down at most once an hour, so that asking with a key costs no write each time."`
}

type newAPIKey struct {
	APIKeyOut
	Key string `json:"key" doc:"The key itself. Shown this once."`
}

type newKeyAnswer struct {
	ETag  string `header:"ETag"`
	Cache string `header:"Cache-Control"`
	Body  newAPIKey
}

type createKeyIn struct {
	Acting
	Body APIKey
}

type rotateKeyIn struct {
	Conditional
	SetupID
	Acting
	Body *struct {
		GraceHours int `json:"grace_hours,omitempty" minimum:"1" maximum:"720" doc:"How long the old key is still good; without it, 24."`
	}
}

func apiKeys(a *api) {
	const about = "The key is in the answer, and never again. "
	op(a, operation{
		ID: "list-api-keys", Method: "GET", Path: "/api-keys", Tag: "Identity", Summary: "List API keys", About: "Those revoked and expired, too.", Scope: waybill.ScopeDevelop,
	}, func(_ *call, in *listSetupIn) (acting[engine.ListRecords[waybill.APIKey]], error) {
		return acting[engine.ListRecords[waybill.APIKey]]{waybill.ID(in.Account), records[waybill.APIKey](in.Paged)}, nil
	}, within(engine.Session.ListKeys, nil), func(c *call, s engine.Slice[waybill.APIKey]) *many[APIKeyOut] {
		return listed(c, s.Items, s.Next, s.Prev, showKey)
	})
	one := func(k waybill.APIKey) *tagged[APIKeyOut] { return &tagged[APIKeyOut]{tag(k.Row), showKey(k)} }
	byID := func(c *call, in *readSetupIn) (acting[waybill.ID], error) {
		return acting[waybill.ID]{waybill.ID(in.Account), c.keyID(in.ID)}, nil
	}
	op(a, operation{
		ID: "get-api-key", Method: "GET", Path: "/api-keys/{id}", Tag: "Identity", Summary: "Read an API key", About: "self is the one that asks.", Scope: waybill.ScopeDevelop,
	}, byID, within(engine.Session.GetAPIKey, nil), func(_ *call, k waybill.APIKey) *tagged[APIKeyOut] { return one(k) })
	op(a, operation{
		ID: "create-api-key", Method: "POST", Path: "/api-keys", Tag: "Identity", Status: 201, Scope: waybill.ScopeDevelop,
		Summary: "Make an API key", About: about + "Nobody can make a key that may do more than they may; a test key makes test keys only.",
		Example: APIKey{Name: "Warehouse", Role: "operations", Test: true},
	}, readKey, within(engine.Session.CreateAPIKey, nil), showNewKey)
	op(a, operation{
		ID: "update-api-key", Method: "PATCH", Path: "/api-keys/{id}", Tag: "Identity", Summary: "Change an API key", Scope: waybill.ScopeDevelop,
		About:   "It gets no more than whoever changes it has. Its role, and whether it is a test key, stay: make another. One that is over or was rotated stays as it is.",
		Example: map[string]any{"name": "Warehouse, night shift"},
	}, func(c *call, in *changeSetupIn[APIKeyChange]) (acting[engine.ChangeRecord[waybill.APIKey]], error) {
		change := engine.ChangeRecord[waybill.APIKey]{Ref: engine.RecordRef{ID: c.keyID(in.ID)}, Change: func(k *waybill.APIKey) error {
			written, err := patched(a, in.Body, changeable(*k))
			if err == nil {
				k.Name, k.Scopes, k.Grants, k.Expires = written.Name, scopes(written.Scopes), idList(written.Grants), written.Expires
			}
			return err
		}}
		return acting[engine.ChangeRecord[waybill.APIKey]]{waybill.ID(in.Account), change}, nil
	}, within(engine.Session.ChangeAPIKey, nil), func(_ *call, k waybill.APIKey) *tagged[APIKeyOut] { return one(k) })
	op(a, operation{
		ID: "rotate-api-key", Method: "POST", Path: "/api-keys/{id}/rotate", Tag: "Identity", Status: 201, Scope: waybill.ScopeDevelop,
		Summary: "Replace an API key", About: about + "Both are good until the grace is over.",
		Example: map[string]any{"grace_hours": 24},
	}, func(c *call, in *rotateKeyIn) (acting[engine.RotateAPIKey], error) {
		rotate := engine.RotateAPIKey{ID: c.keyID(in.ID)}
		if in.Body != nil {
			rotate.Grace = time.Duration(in.Body.GraceHours) * time.Hour
		}
		return acting[engine.RotateAPIKey]{waybill.ID(in.Account), rotate}, nil
	}, within(engine.Session.RotateAPIKey, nil), showNewKey)
	op(a, operation{
		ID: "revoke-api-key", Method: "DELETE", Path: "/api-keys/{id}", Tag: "Identity", Summary: "Revoke an API key", Scope: waybill.ScopeDevelop,
		About: "It ends at once, and stays in the list.",
	}, func(c *call, in *touchSetupIn) (acting[waybill.ID], error) {
		return acting[waybill.ID]{waybill.ID(in.Account), c.keyID(in.ID)}, nil
	}, within(engine.Session.RevokeAPIKey, nil), func(_ *call, k waybill.APIKey) *tagged[APIKeyOut] { return one(k) })
}

// keyID is the key that is named; self is the one that asks.
func (c *call) keyID(text string) waybill.ID {
	if text == "self" {
		return c.session.Actor.ID
	}
	return waybill.ID(text)
}

func readKey(_ *call, in *createKeyIn) (acting[engine.CreateAPIKey], error) {
	b := in.Body
	create := engine.CreateAPIKey{Name: b.Name, Role: waybill.Role(b.Role), Scopes: scopes(b.Scopes), Test: b.Test, Grants: idList(b.Grants), Expires: b.Expires}
	return acting[engine.CreateAPIKey]{waybill.ID(in.Account), create}, nil
}

func scopes(names []string) (list []waybill.Scope) {
	for _, name := range names {
		list = append(list, waybill.Scope(name))
	}
	return list
}

// changeable is what can be changed of a key, as it is.
func changeable(k waybill.APIKey) APIKeyChange {
	shown := showKey(k)
	return APIKeyChange{shown.Name, shown.Scopes, shown.Grants, shown.Expires}
}

func showKey(k waybill.APIKey) APIKeyOut {
	out := APIKeyOut{
		Kept:   keptOf(k.Row),
		APIKey: APIKey{Name: k.Name, Role: string(k.Role), Test: k.Test, Grants: ids(k.Grants), Expires: k.Expires},
		Prefix: k.Prefix, Revoked: k.Revoked, Replaced: string(k.Replaced), LastUsed: k.LastUsed,
	}
	for _, scope := range k.Scopes {
		out.Scopes = append(out.Scopes, string(scope))
	}
	return out
}

func showNewKey(_ *call, n engine.NewAPIKey) *newKeyAnswer {
	return &newKeyAnswer{tag(n.Key.Row), "no-store", newAPIKey{showKey(n.Key), n.Text}}
}
