package waybill

import "time"

// Edition is what every version of something has that takes effect at a time: rules, rate cards. Of those whose time
// has come the one with the latest From is in force, of two with the same the higher number. So what is in force
// follows from what is stored and from the time alone, and nothing need happen at that moment.
type Edition struct {
	No          int64     // from 1, without gaps
	From        time.Time // when it takes effect
	Planned     bool      // it was put off to a later time
	Author      string
	Note        string
	Restores    int64      // the version that it puts back; 0: none
	Withdrawn   *time.Time // taken back before its time came
	WithdrawnBy string
}

// Stands reports whether the version has taken effect, or will.
func (e Edition) Stands() bool { return e.Withdrawn == nil }

// RuleSet is one version of an account's rules. Its rules are never changed.
type RuleSet struct {
	Row
	Edition
	Rules []Rule
}

// RuleDraft is a set of rules that is worked on: nothing follows from it before it is published.
type RuleDraft struct {
	Row
	Base   int64 // the newest version when the draft was saved: a newer one must be looked at first
	Rules  []Rule
	Author string
}

// CardVersion is one version of a connection's rate card. Its text is never changed.
type CardVersion struct {
	Row
	Edition
	Connection ID
	Text       string
}

// DatedCard is a rate card that takes the place of the one in a connection's settings from a time on.
type DatedCard struct {
	Edition int64
	From    time.Time
	Setting string // which setting it stands for
	Text    string
}

// CardAt is the card in force at a time where that is not the one in the settings; nil: that one is.
func (c *Connection) CardAt(t time.Time) (card *DatedCard) {
	for i := range c.Cards {
		if !c.Cards[i].From.After(t) {
			card = &c.Cards[i]
		}
	}
	return card
}

// Outage is a time during which a connection is asked for nothing. What was booked with it is followed all the same.
type Outage struct {
	ID     ID
	From   time.Time
	Until  time.Time
	Reason string
	Author string
}

// OutageAt is the outage that a connection is in; of several, the one that lasts longest. Nil: none.
func (c *Connection) OutageAt(t time.Time) (found *Outage) {
	for i := range c.Outages {
		o := &c.Outages[i]
		if !t.Before(o.From) && t.Before(o.Until) && (found == nil || o.Until.After(found.Until)) {
			found = o
		}
	}
	return found
}

// SpendLimit is the most that may be bought with a connection, at its carrier's prices, in a day and in a month of
// UTC. Zero is no limit.
type SpendLimit struct {
	Currency string
	Day      int64 // minor units
	Month    int64
}

// Set reports whether there is a limit at all.
func (l SpendLimit) Set() bool { return l.Day > 0 || l.Month > 0 }
