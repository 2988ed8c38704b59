package engine

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"waybill"
)

// A rate is an estimate: whoever books by it has it asked for again. Its terms say by which name, and until when, it is
// booked as it was told: by that connection and service, no dearer, and promised for no later day. The name holds all of
// that, signed, so that nothing is kept of rates that nobody books.

// rateLife is how long a rate is good of which the carrier does not say so.
const rateLife = 30 * time.Minute

// Terms are on what a rate is booked. Empty of one that cannot be.
type Terms struct {
	ID    string
	Until time.Time
}

// quoted is a rate as it was told.
type quoted struct {
	Connection waybill.ID `json:"c"`
	Service    string     `json:"s"`
	Minor      int64      `json:"p"`
	Currency   string     `json:"u"`
	Promised   int64      `json:"d,omitempty"` // Unix time
	Until      int64      `json:"x"`
}

// offersOf are the offers of a decision, with their terms.
func (s Session) offersOf(o *order, d decided) Offers {
	return Offers{
		Shipment: d.shipment, Candidates: d.decision.Candidates, Terms: s.terms(o.set, d.shipment, d.decision.Candidates),
		Missing: d.missing, Steps: d.decision.Steps,
	}
}

// terms are on what each of the candidates is booked.
func (s Session) terms(set *setup, sh waybill.Shipment, candidates []waybill.Candidate) []Terms {
	now := s.Clock.Now()
	list := make([]Terms, len(candidates))
	for i, k := range candidates {
		c := set.connection(k.Connection)
		if k.Rank == 0 || c == nil {
			continue
		}
		until := goodUntil(*c, sh, k.Rate, now)
		q := quoted{Connection: k.Connection, Service: k.Rate.Service, Minor: k.Sold.Minor, Currency: k.Sold.Currency, Until: until.Unix()}
		if k.Rate.Delivery != nil {
			q.Promised = k.Rate.Delivery.Unix()
		}
		list[i] = Terms{s.Vault.rateID(q), until}
	}
	return list
}

// goodUntil is when a rate ends: as its carrier says, else after half an hour; sooner if another rate card takes effect,
// or an outage begins, before that.
func goodUntil(c waybill.Connection, sh waybill.Shipment, r waybill.Rate, now time.Time) time.Time {
	until := now.Add(rateLife)
	if r.Expires != nil {
		until = *r.Expires
	}
	sooner := func(t time.Time) {
		if t.After(now) && t.Before(until) {
			until = t
		}
	}
	if !departs(&sh, now).After(now) { // what leaves on a later day has the card of that day
		for _, card := range c.Cards {
			sooner(card.From)
		}
	}
	for _, o := range c.Outages {
		sooner(o.From)
	}
	return until.UTC().Truncate(time.Second)
}

// rateID names a rate as it was told.
func (v *Vault) rateID(q quoted) string {
	text, err := json.Marshal(q)
	if err != nil {
		return ""
	}
	return "rate_" + base64.RawURLEncoding.EncodeToString(append(v.mac("rate", v.current, string(text))[:rateMAC], text...))
}

const rateMAC = 12

// readRate reads the name of a rate that is to be booked: ReasonFields of one that we did not make, ReasonRateExpired of
// one whose time is over. Empty: none is named. Path is where the caller wrote it.
func (s Session) readRate(path, id string) (*quoted, error) {
	if id == "" {
		return nil, nil
	}
	unknown := wrongField(path, waybill.RuleFormat, "", "this is no id of a rate: send it as /rates gave it")
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(id, "rate_"))
	if err != nil || len(raw) < rateMAC {
		return nil, unknown
	}
	sum, text := raw[:rateMAC], string(raw[rateMAC:])
	var q quoted
	if !s.Vault.anyKey(func(key string) bool { return hmac.Equal(sum, s.Vault.mac("rate", key, text)[:rateMAC]) }) || json.Unmarshal([]byte(text), &q) != nil {
		return nil, unknown
	}
	if until := time.Unix(q.Until, 0).UTC(); !s.Clock.Now().Before(until) {
		return nil, waybill.E("book", waybill.ReasonRateExpired, "the rate was good until %s: ask for rates again", until.Format(time.RFC3339))
	}
	return &q, nil
}

// fits reports whether an offer is the rate that was told.
func (q *quoted) fits(sh waybill.Shipment, k waybill.Candidate) bool {
	return q.names(k) && q.worse(sh, k) == ""
}

func (q *quoted) names(k waybill.Candidate) bool {
	return k.Connection == q.Connection && k.Rate.Service == q.Service
}

// worse says how an offer is worse than the rate that was told; empty: it is not.
func (q *quoted) worse(sh waybill.Shipment, k waybill.Candidate) string {
	was := waybill.Money{Minor: q.Minor, Currency: q.Currency}
	switch zone := zoneOf(sh); {
	case k.Sold.Currency != was.Currency || k.Sold.Minor > was.Minor:
		return "it costs " + k.Sold.String() + " now, and was told at " + was.String()
	case q.Promised == 0:
		return ""
	case k.Rate.Delivery == nil:
		return "it is promised for no day any more"
	default:
		then, now := time.Unix(q.Promised, 0).In(zone).Format(time.DateOnly), k.Rate.Delivery.In(zone).Format(time.DateOnly)
		if now > then {
			return "it is promised for " + now + " now, and was for " + then
		}
		return ""
	}
}

// over is why none of the offers is the rate that was told: ReasonRateExpired of one that is worse now. Nil: it is not
// offered at all.
func (q *quoted) over(d decided) error {
	for _, k := range d.decision.Candidates {
		if k.Rank == 0 || !q.names(k) {
			continue
		}
		if why := q.worse(d.shipment, k); why != "" {
			return waybill.E("book", waybill.ReasonRateExpired, "the rate is not to be had as it was told: %s. Ask for rates again", why)
		}
	}
	return nil
}
