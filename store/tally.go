package store

import "waybill"

// Tally is how many shipments have the same of everything they are counted by.
type Tally struct {
	Account  waybill.ID
	Day      string // the ship date, YYYY-MM-DD; empty where it was not asked for
	Booking  waybill.Booking
	Transit  waybill.Transit
	Carrier  string // driver, empty while nobody carries it
	Service  string // code
	Location string // external id
	Count    int64
}

// TallyQuery selects what is counted.
type TallyQuery struct {
	From, To string // ship dates, both inclusive; empty: open
	ByDay    bool   // each day on its own
}
