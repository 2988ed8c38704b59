package house

import (
	"encoding/json"
	"io"

	"waybill"
	"waybill/carrier"
	"waybill/carrier/ratecard"
)

// The tables of a rate card that travel as CSV.
const (
	tableZones = "zones"
	tableRates = "rates"
)

// cardTools is how a rate card is worked on.
func cardTools() *carrier.Card {
	return &carrier.Card{
		Setting: "rate_card", Tables: []string{tableZones, tableRates},
		Check: func(card []byte) error {
			_, err := readCard(card)
			return err
		},
		Export: exportTable, Import: importTable,
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

func exportTable(text []byte, table string, out io.Writer) error {
	card, err := readCard(text)
	if err != nil {
		return err
	}
	if table == tableZones {
		return ratecard.ExportZones(card, out)
	}
	return ratecard.ExportRates(card, out)
}

func importTable(text []byte, table string, in io.Reader) ([]byte, error) {
	card, err := readCard(text)
	if err != nil {
		return nil, err
	}
	read := ratecard.ImportRates
	if table == tableZones {
		read = ratecard.ImportZones
	}
	if card, err = read(card, in); err != nil {
		return nil, err
	}
	return json.Marshal(card)
}
