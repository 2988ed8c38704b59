package engine

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/store"
)

// RateCard is the rate card of a connection whose carrier has one.
type RateCard struct {
	Connection waybill.Connection
	Text       []byte // JSON
	Tables     []string
	Version    waybill.CardVersion // of a card that was just stored
}

// PutRateCard puts a rate card in the place of a connection's own: all of it as JSON, or one of its tables as CSV.
type PutRateCard struct {
	Ref     RecordRef
	Version int64
	Text    []byte
	Table   string    // empty: all of it
	From    time.Time // when it takes effect; zero: on the day that the card says it is valid from, else now
	Note    string

	restores int64
}

// CardTable asks for a table of a rate card.
type CardTable struct {
	Ref   RecordRef
	Table string
	At    time.Time // zero: now
}

// CardFile is a table of a rate card as CSV.
type CardFile struct {
	Name string
	Data []byte
}

// CardAt asks for the rate card in force at a time; zero: now.
type CardAt struct {
	Ref RecordRef
	At  time.Time
}

// GetRateCard reads a connection's rate card. A lender's is nobody else's business.
func (s Session) GetRateCard(ctx context.Context, in CardAt) (RateCard, error) {
	c, tools, err := s.card(ctx, in.Ref)
	if err != nil {
		return RateCard{}, err
	}
	text, err := s.cardText(ctx, c, tools, in.At)
	return RateCard{Connection: c, Text: text, Tables: tools.Tables}, err
}

// cardText is the card in force at a time; zero: now. Of the past the versions tell: before the first of them, and before
// the connection was made, there was none.
func (s Session) cardText(ctx context.Context, c waybill.Connection, tools *carrier.Card, at time.Time) ([]byte, error) {
	now := s.Clock.Now()
	if at.IsZero() {
		at = now
	}
	if !at.Before(now) {
		return []byte(folded(c, at).Settings[tools.Setting]), nil
	}
	none := waybill.E("rate_card", waybill.ReasonUnknownRecord, "no rate card was in force at %s", at.UTC().Format(time.RFC3339))
	if at.Before(c.Created) {
		return nil, none
	}
	var list []waybill.CardVersion
	err := s.Store.View(ctx, s.Actor, func(tx store.Tx) (err error) {
		list, err = tx.RateCards().From(c.ID, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	switch {
	case len(list) == 0: // it was never changed
		return []byte(folded(c, at).Settings[tools.Setting]), nil
	case list[0].From.After(at):
		return nil, none
	}
	return []byte(list[0].Text), nil
}

// folded is a connection as it is at a time: a card whose time has come stands in the settings.
func folded(c waybill.Connection, at time.Time) waybill.Connection {
	card := c.CardAt(at)
	if card == nil {
		return c
	}
	settings := map[string]string{}
	for name, value := range c.Settings {
		settings[name] = value
	}
	settings[card.Setting] = card.Text
	c.Settings = settings
	c.Cards = slices.DeleteFunc(slices.Clone(c.Cards), func(d waybill.DatedCard) bool { return !d.From.After(at) })
	return c
}

// keepCards gives a connection that is written anew the cards that wait for their time. One that has taken effect stands
// in the settings, unless those were written another card.
func (s Session) keepCards(c *waybill.Connection, old waybill.Connection) {
	c.Cards = old.Cards
	driver, _ := s.Carriers.Driver(c.Carrier)
	if len(c.Cards) == 0 || driver.Card == nil {
		return
	}
	now, setting := s.Clock.Now(), driver.Card.Setting
	if c.Settings[setting] == old.Settings[setting] {
		*c = folded(*c, now)
		return
	}
	c.Cards = slices.DeleteFunc(slices.Clone(c.Cards), func(d waybill.DatedCard) bool { return !d.From.After(now) })
}

// departs is when a shipment goes on its way: noon of the day that the caller named, where it leaves, else now.
func departs(sh *waybill.Shipment, now time.Time) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, sh.Options.ShipDate, zoneOf(*sh))
	if err != nil || day.Before(now) {
		return now
	}
	return day.Add(12 * time.Hour)
}

// openFor is the connection's carrier as it is on the day that a shipment goes on its way.
func (s Session) openFor(c waybill.Connection, sh *waybill.Shipment) (*carrier.Carrier, error) {
	return s.openAt(c, departs(sh, s.Clock.Now()))
}

// card is a connection of the actor's with what works on its rate card.
func (s Session) card(ctx context.Context, ref RecordRef) (c waybill.Connection, tools *carrier.Card, err error) {
	if c, err = Connections.find(s, ctx, ref); err != nil {
		return c, nil, err
	}
	if _, err = s.owner(c.Row); err != nil {
		return c, nil, err
	}
	driver, _ := s.Carriers.Driver(c.Carrier)
	if driver.Card == nil {
		return c, nil, waybill.E("rate_card", waybill.ReasonCarrierAbility, "%s has no rate card: it tells its prices itself", driver.Title)
	}
	return c, driver.Card, nil
}

// PutRateCard checks a card and stores it as the next version; one with anything wrong changes nothing, and all that is
// wrong is told.
func (s Session) PutRateCard(ctx context.Context, in PutRateCard) (out RateCard, err error) {
	err = again(in.Version, func() error {
		out, err = s.putRateCard(ctx, in)
		return err
	})
	return out, err
}

func (s Session) putRateCard(ctx context.Context, in PutRateCard) (out RateCard, err error) {
	c, tools, err := s.card(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	if s, err = s.owner(c.Row); err != nil {
		return out, err
	}
	if in.Version != 0 && in.Version != c.Version {
		return out, movedOn()
	}
	text, from, err := s.newCard(ctx, c, tools, in)
	if err != nil {
		return out, err
	}
	trial := folded(c, s.Clock.Now())
	trial.Settings = withSetting(trial.Settings, tools.Setting, string(text))
	if _, err := prepareConnection(ctx, s, SaveConnection{Connection: trial}, c.Row); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, s.Actor, func(tx store.Tx) error {
		now := tx.Now()
		old, next := c, folded(c, now)
		version, err := s.addCard(tx, &old, tools.Setting, waybill.Edition{From: from, Note: in.Note, Restores: in.restores}, string(text))
		if err != nil {
			return err
		}
		if !version.Planned {
			next.Settings = withSetting(next.Settings, tools.Setting, version.Text)
		} else {
			next.Cards = append(slices.Clone(next.Cards), waybill.DatedCard{
				Edition: version.No, From: version.From, Setting: tools.Setting, Text: version.Text,
			})
			slices.SortStableFunc(next.Cards, func(a, b waybill.DatedCard) int {
				return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Edition, b.Edition))
			})
		}
		if err := tx.Connections().Put(&next); err != nil {
			return err
		}
		out = RateCard{Connection: next, Text: text, Tables: tools.Tables, Version: version}
		return s.noteChange(tx, &old, &next)
	})
	return out, err
}

func withSetting(settings map[string]string, name, value string) map[string]string {
	next := map[string]string{name: value}
	for other, old := range settings {
		if other != name {
			next[other] = old
		}
	}
	return next
}

// mostPlanned is how many cards a connection may have that are still to take effect.
const mostPlanned = 12

// newCard is the card that is to be stored, and when it takes effect. A table goes into the card that would be in force then.
func (s Session) newCard(ctx context.Context, c waybill.Connection, tools *carrier.Card, in PutRateCard) (text []byte, from time.Time, err error) {
	now := s.Clock.Now()
	text, from = in.Text, in.From.UTC().Truncate(time.Microsecond)
	if in.Table != "" {
		if err := knownTable(tools, in.Table); err != nil {
			return nil, from, err
		}
		var old []byte
		if from.After(now) {
			old, err = s.cardText(ctx, c, tools, from)
		} else {
			old, err = s.cardText(ctx, c, tools, time.Time{})
		}
		if err != nil {
			return nil, from, err
		}
		if text, err = tools.Import(old, in.Table, bytes.NewReader(in.Text)); err != nil {
			return nil, from, err
		}
	} else if err := tools.Check(in.Text); err != nil {
		return nil, from, err
	}
	if in.From.IsZero() && in.Table == "" && in.restores == 0 {
		if from, err = tools.Starts(text); err != nil {
			return nil, from, err
		}
	}
	if from.After(now) && len(folded(c, now).Cards) >= mostPlanned {
		return nil, from, wrongField("from", waybill.RuleMaxItems, "", "at most "+itoa(mostPlanned)+" cards may wait for their time")
	}
	return text, from, nil
}

// addCard writes the next version of a connection's card. What it had before there were versions becomes the first.
func (s Session) addCard(tx store.Tx, c *waybill.Connection, setting string, e waybill.Edition, text string) (v waybill.CardVersion, err error) {
	last, err := tx.RateCards().Latest(c.ID)
	if err != nil {
		return v, err
	}
	put := func(e waybill.Edition, text string) (waybill.CardVersion, error) {
		v := waybill.CardVersion{
			Row: waybill.Row{ID: versionID("card", c.ID, e.No), Account: c.Account}, Edition: e, Connection: c.ID, Text: text,
		}
		return v, tx.RateCards().Put(&v)
	}
	if was := c.Settings[setting]; last == 0 && was != "" && was != text {
		if last++; c.Version > 0 {
			if _, err := put(waybill.Edition{No: 1, From: c.Created, Note: "as it was before versions were kept"}, was); err != nil {
				return v, err
			}
		}
	}
	now := tx.Now()
	e.No, e.Author = last+1, s.Actor.Name
	if e.Planned = e.From.After(now); !e.Planned {
		e.From = now
	}
	return put(e, text)
}

// noteCard follows every change of a connection: a card that was written with the settings is a version, too.
func (s Session) noteCard(tx store.Tx, before, after *waybill.Connection) error {
	driver, _ := s.Carriers.Driver(after.Carrier)
	if driver.Card == nil {
		return nil
	}
	setting, now, old := driver.Card.Setting, tx.Now(), waybill.Connection{Row: after.Row}
	if before != nil {
		old = *before
	}
	text := folded(*after, now).Settings[setting]
	if text == folded(old, now).Settings[setting] || text == "" {
		return nil
	}
	if version, err := cardInForce(tx, after.ID); err != nil || version.Text == text {
		return err
	}
	_, err := s.addCard(tx, &old, setting, waybill.Edition{From: now}, text)
	return err
}

// ExportRateCard writes a table of a connection's rate card.
func (s Session) ExportRateCard(ctx context.Context, in CardTable) (CardFile, error) {
	c, tools, err := s.card(ctx, in.Ref)
	if err != nil {
		return CardFile{}, err
	}
	if err := knownTable(tools, in.Table); err != nil {
		return CardFile{}, err
	}
	text, err := s.cardText(ctx, c, tools, in.At)
	if err != nil {
		return CardFile{}, err
	}
	var out bytes.Buffer
	err = tools.Export(text, in.Table, &out)
	return CardFile{Name: c.ExternalID + "-" + in.Table + ".csv", Data: out.Bytes()}, err
}

func knownTable(tools *carrier.Card, table string) error {
	if slices.Contains(tools.Tables, table) {
		return nil
	}
	return waybill.E("rate_card", waybill.ReasonUnknownRecord, "a rate card has the tables %s", strings.Join(tools.Tables, ", "))
}
