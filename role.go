package waybill

import "slices"

// Scope is a class of what can be done. A role is a set of them, and an API key may be held to fewer.
type Scope string

// The closed list of scopes.
const (
	ScopeRead    Scope = "read"    // look at what is there
	ScopeRate    Scope = "rate"    // ask for prices
	ScopeShip    Scope = "ship"    // create, book, change, cancel, return, print
	ScopeDevelop Scope = "develop" // API keys, OAuth clients and webhooks
	ScopeSetup   Scope = "setup"   // locations, connections, rules, tags, products…
	ScopeAdmin   Scope = "admin"   // accounts, people, money, access lists
)

// Scopes lists every scope.
var Scopes = []Scope{ScopeRead, ScopeRate, ScopeShip, ScopeDevelop, ScopeSetup, ScopeAdmin}

// Roles says what each role may do: the one table of it.
var Roles = map[Role][]Scope{
	RoleAdmin:      Scopes,
	RoleOperations: {ScopeRead, ScopeRate, ScopeShip},
	RoleDeveloper:  {ScopeRead, ScopeRate, ScopeShip, ScopeDevelop},
	RoleRatesOnly:  {ScopeRate},
	RoleReadOnly:   {ScopeRead},
}

// May reports whether the actor's role, and the scopes of the key it shows, allow something.
func (a Actor) May(scope Scope) bool {
	return slices.Contains(Roles[a.Role], scope) && (len(a.Scopes) == 0 || slices.Contains(a.Scopes, scope))
}

// Reaches reports whether the actor may let a connection of this mode do something: a test key reaches
// simulators and carriers' test systems, never what is live.
func (a Actor) Reaches(mode Mode) bool {
	return !a.Test || mode == ModeSimulator || mode == ModeSandbox
}
