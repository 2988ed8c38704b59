package house

import (
	"encoding/json"
	"io"
	"time"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ratecard"
)

// The tables of a rate card that travel as CSV.
const (
	tableZones = "zones"
	tableRates = "rates"
	tableExtra = "surcharges"
)

// cardTools is how a rate card is worked on.
func cardTools() *carrier.Card {
	return &carrier.Card{
		Setting: "rate_card", Tables: []string{tableZones, tableRates, tableExtra},
		Check: func(card []byte) error {
			_, err := readCard(card)
			return err
		},
		Starts: starts, Export: exportTable, Import: importTable,
	}
}

// readCard reads a card that can be used.
func readCard(text []byte) (ratecard.Card, error) {
	card, err := ratecard.Parse(text)
	if err == nil {
		err = waybill.FieldErrors("house.card", ratecard.Validate(card))
	}
	return card, err
}

// starts is when the card says that it becomes valid.
func starts(text []byte) (time.Time, error) {
	card, err := readCard(text)
	if err != nil {
		return time.Time{}, err
	}
	place, err := waybill.Zone(card.TimeZone)
	if err != nil {
		return time.Time{}, err
	}
	return time.ParseInLocation(time.DateOnly, card.ValidFrom, place)
}

func exportTable(text []byte, table string, out io.Writer) error {
	card, err := readCard(text)
	if err != nil {
		return err
	}
	switch table {
	case tableZones:
		return ratecard.ExportZones(card, out)
	case tableExtra:
		return ratecard.ExportSurcharges(card, out)
	}
	return ratecard.ExportRates(card, out)
}

func importTable(text []byte, table string, in io.Reader) ([]byte, error) {
	card, err := readCard(text)
	if err != nil {
		return nil, err
	}
	read := ratecard.ImportRates
	switch table {
	case tableZones:
		read = ratecard.ImportZones
	case tableExtra:
		read = ratecard.ImportSurcharges
	}
	if card, err = read(card, in); err != nil {
		return nil, err
	}
	return json.Marshal(card)
}
