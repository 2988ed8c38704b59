package native

import (
	"waybill"
	"waybill/engine"
)

// User is a person, as written.
type User struct {
	Email    string   `json:"email" minLength:"3" maxLength:"254" format:"mail" doc:"Unique in the installation."`
	Name     string   `json:"name,omitempty" maxLength:"200"`
	Role     string   `json:"role" enum:"admin,operations,developer,rates-only,read-only"`
	Password string   `json:"password,omitempty" minLength:"10" maxLength:"200" writeOnly:"true" doc:"Never shown again. Without one nobody logs in by it."`
	Disabled bool     `json:"disabled,omitempty"`
	Grants   []string `json:"grants,omitempty" maxItems:"1000" doc:"Ids or names of child accounts that this person may act in."`
}

type userOut struct {
	Kept
	User
}

func users(a *api) {
	given := func(u waybill.User) User {
		return User{Email: u.Email, Name: u.Name, Role: string(u.Role), Disabled: u.Disabled, Grants: ids(u.Grants)}
	}
	noun[User, userOut, engine.SaveUser, waybill.User]{
		name: "user", plural: "users", path: "/users", tag: "Identity", a: "a person", read: waybill.ScopeAdmin, write: waybill.ScopeAdmin,
		about:   "People log in to the vendors' APIs that know people, and to the console. Nobody can be given more than their maker may do.",
		example: User{Email: "packer@shop.example", Name: "Pat Packer", Role: "operations", Password: "correct horse battery"},
		patch:   map[string]any{"role": "read-only"}, at: "packer@shop.example",
		list: engine.Users.List, get: engine.Users.Get, create: engine.Users.Create, change: engine.Users.Change, remove: engine.Users.Delete,
		given: func(d engine.SaveUser) User { return given(d.User) }, row: func(u waybill.User) waybill.Row { return u.Row },
		take: func(in User, d *engine.SaveUser) {
			d.Email, d.Name, d.Role, d.Disabled, d.Grants = in.Email, in.Name, waybill.Role(in.Role), in.Disabled, idList(in.Grants)
			d.NewPassword = in.Password
		},
		show: func(_ *call, u waybill.User) userOut { return userOut{keptOf(u.Row), given(u)} },
	}.add(a)
}
