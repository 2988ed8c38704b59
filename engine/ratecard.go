package engine

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"waybill"
	"waybill/carrier"
)

// RateCard is the rate card of a connection whose carrier has one.
type RateCard struct {
	Connection waybill.Connection
	Text       []byte // JSON
	Tables     []string
}

// PutRateCard puts a rate card in the place of a connection's own: all of it as JSON, or one of its tables as CSV.
type PutRateCard struct {
	Ref     RecordRef
	Version int64
	Text    []byte
	Table   string // empty: all of it
}

// CardTable asks for a table of a rate card.
type CardTable struct {
	Ref   RecordRef
	Table string
}

// CardFile is a table of a rate card as CSV.
type CardFile struct {
	Name string
	Data []byte
}

// GetRateCard reads a connection's rate card. A lender's is nobody else's business.
func (s Session) GetRateCard(ctx context.Context, ref RecordRef) (RateCard, error) {
	c, tools, err := s.card(ctx, ref)
	if err != nil {
		return RateCard{}, err
	}
	return RateCard{Connection: c, Text: []byte(c.Settings[tools.Setting]), Tables: tools.Tables}, nil
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

// PutRateCard checks a card and stores it; one with anything wrong changes nothing, and all that is wrong is told.
func (s Session) PutRateCard(ctx context.Context, in PutRateCard) (RateCard, error) {
	_, tools, err := s.card(ctx, in.Ref)
	if err != nil {
		return RateCard{}, err
	}
	if in.Table != "" {
		if err := knownTable(tools, in.Table); err != nil {
			return RateCard{}, err
		}
	} else if err := tools.Check(in.Text); err != nil {
		return RateCard{}, err
	}
	c, err := Connections.Change(s, ctx, ChangeRecord[SaveConnection]{Ref: in.Ref, Version: in.Version, Change: func(c *SaveConnection) error {
		text := in.Text
		if in.Table != "" {
			var err error
			if text, err = tools.Import([]byte(c.Settings[tools.Setting]), in.Table, bytes.NewReader(in.Text)); err != nil {
				return err
			}
		}
		settings := map[string]string{tools.Setting: string(text)}
		for name, value := range c.Settings {
			if name != tools.Setting {
				settings[name] = value
			}
		}
		c.Settings = settings
		return nil
	}})
	return RateCard{Connection: c, Text: []byte(c.Settings[tools.Setting]), Tables: tools.Tables}, err
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
	var out bytes.Buffer
	err = tools.Export([]byte(c.Settings[tools.Setting]), in.Table, &out)
	return CardFile{Name: c.ExternalID + "-" + in.Table + ".csv", Data: out.Bytes()}, err
}

func knownTable(tools *carrier.Card, table string) error {
	if slices.Contains(tools.Tables, table) {
		return nil
	}
	return waybill.E("rate_card", waybill.ReasonUnknownRecord, "a rate card has the tables %s", strings.Join(tools.Tables, ", "))
}
