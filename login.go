package waybill

import "time"

// Login is a person who is logged in with a browser or a program. What is kept of what it shows is the hash.
type Login struct {
	Row
	User     ID
	Hash     string // SHA-256, hexadecimal: it has 178 random bits
	Turn     int64  // of the person when it was last proved: see [User].Turn
	Cookie   bool   // a browser keeps it where no script can read it
	Agent    string // what the browser or program calls itself
	IP       string // from where it was last used
	LastUsed time.Time
	Expires  time.Time // whatever happens until then
}

// SavedView is a list as somebody wants to see it again: its filters, order and columns.
type SavedView struct {
	Row
	Name    string // unique in the account
	List    string // which list, as its address is called: shipments
	Query   map[string]string
	Columns []string
	Owner   ID   // of whom it is
	Shared  bool // everybody in the account sees it
}
