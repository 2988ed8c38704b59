// Package waybill is the vocabulary of shipping: the nouns every other package speaks in.
//
// An [Account] is a tenant. It may have a parent, whose people may act in it. People ([User]) and
// programs ([Client]) act as an [Actor]. An account ships from a [Location], under a [Brand], through a
// [Connection]: its credentials with a carrier. A carrier offers services ([Service]); asked about a
// [Shipment] it answers rates ([Rate]). Rules rank the rates, and the winner is bought: one attempt to
// book with one carrier is a [Purchase]. A shipment has parcels and items; a booked one has labels
// ([Document]), is followed by its [Tracking], and may come back by a [Return]. What happened is an
// [Event]; who wants to hear of it has a [Subscription]; work that must still be done is a [Job].
//
// The types carry no tags and do no input or output. Lengths are kept as the caller wrote them and
// derived to millimetres, weights to grams, money to minor units: see measure.go and money.go.
package waybill

import "time"

// ID names a record: 12 bytes, time-ordered, as 24 hexadecimal digits.
type ID string

// Row is what every stored noun has. Version 0 means "not stored yet"; the store counts it up and
// refuses to replace a record whose version has moved on.
type Row struct {
	ID      ID
	Account ID
	Number  int64 // from one sequence for all kinds, so that no two kinds collide; 0 where unused
	Version int64
	Created time.Time
	Updated time.Time
}

// Meta gives generic code (the store) access to what every noun has.
func (r *Row) Meta() *Row { return r }

// Account is a tenant: everything else belongs to one. A child account sees only itself; people of
// the parent see the children they were granted.
type Account struct {
	Row
	Name     string
	TenantID string // what LynkUp shows as tenantId
	Parent   ID     // empty: a root account
	Access   Access
	// HookToken is sealed: what webhooks of a single shipment carry in a header (Peddler). Empty: one made for
	// the account.
	HookToken []byte
	Demo      bool // its credentials are printed in the README: nobody logs in unless the server runs the demo
	// Closing is when what a deleted account has is removed; nobody gets in meanwhile. Nil: it is open.
	Closing   *time.Time
	Deleted   *time.Time // all of it is gone, but for what money and law need
	Retention Retention
	// Ahead is how far the account's test clock is ahead of the real one. Simulated parcels alone live by it.
	Ahead    time.Duration
	Settings Settings
}

// Settings are inherited: shipment, then location, brand, account.
type Settings struct {
	Currency           string // ISO 4217; what amounts without a currency are in
	DefaultLocation    ID     // where parcels leave when nobody says
	AutoRetry          bool   // keep trying to place a shipment that found no provider
	UnknownPostcodeOK  bool   // an unknown postal code is a warning, not a refusal
	ValidationAnswers  int    // Shiptheory: HTTP status of a validation answer, 400 (default) or 200
	LabelFormat        LabelFormat
	LabelDPI           int
	Limits             map[string]RateLimit // by dialect; missing means the documented default
	ReturnLocation     ID
	ChannelName        string
	PickupInstructions string
}

// Access says from where an account's people and programs may call. An empty list lets all through.
type Access struct {
	IPs     []string // addresses and networks in CIDR form
	Origins []string // of web pages, such as https://shop.example
}

// RateLimit is how many requests a caller may send in a period.
type RateLimit struct {
	Requests int
	Period   time.Duration
}

// Role is what a person may do: see each constant.
type Role string

// The closed list of roles.
const (
	RoleAdmin      Role = "admin"      // everything
	RoleOperations Role = "operations" // ship, cancel, return, print; no set-up
	RoleDeveloper  Role = "developer"  // set-up of keys and webhooks, and shipping
	RoleRatesOnly  Role = "rates-only" // quotes
	RoleReadOnly   Role = "read-only"  // look
)

// User is a person with a password. Shiptheory's API logs in with one.
type User struct {
	Row
	Email      string // unique in the installation, compared in lower case
	Name       string
	Password   string // argon2id hash, never the password
	APIKey     string // argon2id hash of the key that an API logs in with (Shiplee)
	ExternalID string // what an old vendor called this person: Shiplee's shiplee_id
	Role       Role
	Disabled   bool
	Grants     []ID // child accounts this person may act in
	// Turn counts what ended all logins and tokens of this person: a new password, another role or other grants, being
	// disabled, logging out everywhere. A login or token of another turn is over.
	Turn int64
}

// Client is a program with an id and a secret, as an OAuth client-credentials grant knows it.
type Client struct {
	Row
	ClientID string // unique in the installation; an id an old vendor issued is kept
	Name     string // shown as the one who did it: LynkUp's statusUser
	Secret   string // argon2id hash
	Dialects []string
	Role     Role
	Disabled bool
	Grants   []ID
	Turn     int64 // counts what ended all its tokens: another secret, role, API or grant, and being disabled
}

// APIKey lets a program in without a login. What is kept of it is its hash: the key is shown once, when it is
// made. Its text begins with wb_test_ or wb_live_ and ends in a checksum, so that scanners find one that leaked.
type APIKey struct {
	Row
	Name     string
	Prefix   string // the first characters, to tell keys apart
	Hash     string // SHA-256, hexadecimal: the key has 178 random bits, so nothing slower is needed
	Role     Role
	Scopes   []Scope // of what the role may; empty: all of it
	Test     bool    // reaches simulators and carriers' test systems, never what is live
	Grants   []ID    // child accounts the key may act in
	Expires  *time.Time
	Revoked  *time.Time
	Replaced ID         // by which key, when it was rotated: it is good until Expires
	LastUsed *time.Time // to the hour
}

// Brand is a name parcels go out under.
type Brand struct {
	Row
	ExternalID string
	Name       string
	Settings   Settings
}

// Location is a place parcels leave from or return to: a LynkUp location and a Shiplee warehouse.
type Location struct {
	Row
	ExternalID         string
	Name               string
	Brand              ID
	Contact            Contact
	Address            Address
	TimeZone           string // IANA name
	PickupInstructions string
	Return             ID      // where an undeliverable parcel goes; empty: back here
	Connections        []ID    // the assigned connections; LynkUp's "provider assigned to the location"
	Cutoff             string  // HH:MM there: what is ready later leaves on the next day that it is open
	Hours              []Hours // when it is open; none: every day
	Kind               string  // the caller's own word, such as "primary"
	Settings           Settings
}

// Hours are when a location is open on a day of the week. A day without is one on which nothing leaves.
type Hours struct {
	Day    string // mon to sun
	Opens  string // HH:MM there
	Closes string
}

// Mode says how real a connection is.
type Mode string

// The closed list of modes.
const (
	ModeSimulator Mode = "simulator" // our own stand-in; nothing is bought
	ModeSandbox   Mode = "sandbox"   // the carrier's test system
	ModeLive      Mode = "live"
)

// Connection is an account's credentials with a carrier: LynkUp's provider, Peddler's CARRIER_ID.
type Connection struct {
	Row
	Carrier     string // driver name: the carrier's folder
	ExternalID  string // what a vendor's API shows as the provider's or carrier's id
	Name        string // LynkUp provider.name, Shiptheory couriername
	DisplayName string
	Increment   int // Shiptheory's instance number of one carrier, from 1
	Mode        Mode
	Base        string            // empty: the carrier's own address
	Settings    map[string]string // what the driver's settings list calls not secret
	Sealed      []byte            // the secret settings, sealed
	Services    []string          // enabled service codes; empty: all
	LabelFormat LabelFormat       // what this connection's labels are printed as
	LabelDPI    int
	Markup      int64  // per mille on the bought price
	Billed      string // BilledWallet or empty
	Floor       Money  // of a wallet-billed connection: its currency, and the least that must be available to book
	Budget      int    // requests a minute that polling may spend; 0: the driver's default
	Paused      bool
	PauseReason string
	Outages     []Outage    // planned, under way, and those that have just ended; by their beginning
	Spend       SpendLimit  // how much may be bought with it
	Cards       []DatedCard // rate cards that take effect later than the one in Settings, by time
	Lent        []Loan
}

// BilledWallet is a connection whose purchases are paid from the account's wallet. Others never touch it.
const BilledWallet = "wallet"

// Registration is a location under the name that one connection's carrier knows it by.
type Registration struct {
	Row
	Connection ID
	Location   ID
	Alias      string
	Digest     string // of the location as it was registered: another one is registered anew
	Access     string // digest of the system and credentials that it was registered with: others know nothing of it
}

// Loan lends a connection to a child account with a markup; the child never sees the credentials.
type Loan struct {
	Account ID
	Markup  int64 // per mille
}

// Direction tells outgoing services from those that bring parcels back.
type Direction string

// The two directions.
const (
	Outgoing Direction = "outgoing"
	Incoming Direction = "incoming"
)

// Service is one product of a carrier as this account numbers it: Shiptheory's delivery service.
type Service struct {
	Row
	Carrier   string // connection name the service is listed under, such as "DPD"
	Driver    string // carrier folder
	Code      string // the carrier's own code
	Name      string
	Direction Direction
	Disabled  bool
}

// PackageSize is a named box of the account.
type PackageSize struct {
	Row
	Name     string
	Size     Size
	Disabled bool
}

// Product is something an account ships often, with what customs wants to know of it.
type Product struct {
	Row
	SKU       string
	Name      string
	Price     Decimal
	Currency  string  // of the price, as it was when the price was given
	Weight    Decimal // kilograms
	Length    Decimal // centimetres
	Width     Decimal
	Height    Decimal
	Barcode   string
	Thumbnail string
	Commodity Commodity
}

// Tag is a coloured word an account marks shipments with.
type Tag struct {
	Row
	Name       string
	Background string // hex colour
	Text       string // hex colour
}

// ActorKind says what sort of someone is at the desk.
type ActorKind string

// The closed list of kinds.
const (
	ActorUser    ActorKind = "user"
	ActorClient  ActorKind = "client"
	ActorSystem  ActorKind = "system"  // the engine itself: jobs, recovery
	ActorCarrier ActorKind = "carrier" // what a carrier told us
	ActorAdmin   ActorKind = "admin"   // the command line of the installation
)

// Actor is who asks. Every verb of the engine and every transaction of the store has one, and sees
// only what it may see: its account and the children it was granted. System and admin see all.
type Actor struct {
	Kind       ActorKind
	ID         ID     // of the user or client
	Name       string // shown in histories
	Account    ID     // the account acted in
	Grants     []ID   // children that may be seen and acted in too
	Role       Role
	Scopes     []Scope // of what the role may; empty: all of it
	Test       bool    // an API key for tests: see [Actor.Reaches]
	Login      ID      // of a person: the login that was shown; empty: none was
	Dialect    string  // the API it speaks
	Connection string  // external id: set when only the shipments of this connection may be seen (Peddler)
	IP         string
	Subject    *Subject // learns what the actor's request is about; nil: nobody asks
}

// Sees reports whether records of the account are visible to the actor.
func (a Actor) Sees(account ID) bool {
	if a.Everywhere() || a.Account == account {
		return true
	}
	for _, id := range a.Grants {
		if id == account {
			return true
		}
	}
	return false
}

// Everywhere reports whether the actor belongs to the installation rather than to an account.
func (a Actor) Everywhere() bool {
	return (a.Kind == ActorSystem || a.Kind == ActorAdmin) && a.Account == ""
}

// System is the engine acting on its own in one account; an empty account means the installation.
func System(account ID) Actor {
	return Actor{Kind: ActorSystem, Name: "Waybill", Account: account, Role: RoleAdmin}
}
