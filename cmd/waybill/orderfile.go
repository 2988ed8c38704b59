package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"waybill/client"
)

// orderRow is an order of a file, and where in it: the line of a CSV file, else the place in a list.
type orderRow struct {
	at    int
	order client.Ordered
	rate  string // CONNECTION/SERVICE, or a service alone
	err   error  // it cannot be read
}

// readOrders reads a file of one order or many: a JSON object, a list of them, one a line, or CSV with a heading.
func readOrders(path string) ([]orderRow, error) {
	data, err := readInput(path)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf"))
	switch {
	case len(data) == 0:
		return nil, fmt.Errorf("%s is empty", path)
	case data[0] == '[':
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return jsonOrders(list), nil
	case data[0] == '{':
		var list []json.RawMessage
		for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
			var one json.RawMessage
			if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
				return jsonOrders(list), nil
			} else if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			list = append(list, one)
		}
	}
	rows, err := csvOrders(data)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return rows, err
}

func jsonOrders(list []json.RawMessage) (rows []orderRow) {
	for i, raw := range list {
		row := orderRow{at: i + 1}
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.DisallowUnknownFields() // a member that is misspelt would be lost without a word
		row.err = decoder.Decode(&row.order)
		rows = append(rows, row)
	}
	return rows
}

// csvColumns are the columns that a CSV file may have. Where it has several parcels, weight and size hold them with ;
// between.
var csvColumns = map[string]func(*orderFlags, string){
	"reference":    func(f *orderFlags, v string) { f.Reference = v },
	"from":         func(f *orderFlags, v string) { f.From = v },
	"to_name":      func(f *orderFlags, v string) { f.ToName = v },
	"to_company":   func(f *orderFlags, v string) { f.ToCompany = v },
	"to_street":    func(f *orderFlags, v string) { f.ToStreet = v },
	"to_street2":   func(f *orderFlags, v string) { f.ToStreet2 = v },
	"to_postcode":  func(f *orderFlags, v string) { f.ToPostcode = v },
	"to_city":      func(f *orderFlags, v string) { f.ToCity = v },
	"to_state":     func(f *orderFlags, v string) { f.ToState = v },
	"to_country":   func(f *orderFlags, v string) { f.ToCountry = v },
	"to_email":     func(f *orderFlags, v string) { f.ToEmail = v },
	"to_phone":     func(f *orderFlags, v string) { f.ToPhone = v },
	"weight":       func(f *orderFlags, v string) { f.Weight = several(v) },
	"size":         func(f *orderFlags, v string) { f.Size = several(v) },
	"value":        func(f *orderFlags, v string) { f.Value = v },
	"insurance":    func(f *orderFlags, v string) { f.Insurance = v },
	"cod":          func(f *orderFlags, v string) { f.COD = v },
	"signature":    func(f *orderFlags, v string) { f.Signature = v },
	"instructions": func(f *orderFlags, v string) { f.Instructions = v },
	"channel":      func(f *orderFlags, v string) { f.Channel = v },
	"method":       func(f *orderFlags, v string) { f.Method = v },
}

// rateColumn says by whom a row goes, as --rate does.
const rateColumn = "rate"

func several(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ";")
}

func csvOrders(data []byte) ([]orderRow, error) {
	reader := csv.NewReader(bytes.NewReader(data))
	head, err := reader.Read()
	if err != nil {
		return nil, err
	}
	var unknown []string
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		if csvColumns[head[i]] == nil && head[i] != rateColumn {
			unknown = append(unknown, strconv.Quote(head[i]))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no column %s; there are %s", strings.Join(unknown, ", no column "), strings.Join(columnNames(), ", "))
	}
	var rows []orderRow
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		line, _ := reader.FieldPos(0)
		row := orderRow{at: line, err: err}
		if err != nil && len(cells) == 0 {
			return nil, err
		}
		var f orderFlags
		for i, cell := range cells[:min(len(cells), len(head))] {
			if set := csvColumns[head[i]]; set != nil {
				set(&f, strings.TrimSpace(cell))
			} else {
				row.rate = strings.TrimSpace(cell)
			}
		}
		var wrong error
		if row.order, wrong = f.order(); wrong != nil && row.err == nil {
			row.err = errors.New(wrong.Error()) // of the file, not of the command line
		} else if wrong != nil {
			row.err = fmt.Errorf("%w; %s", row.err, wrong)
		}
		rows = append(rows, row)
	}
}

func columnNames() []string {
	names := []string{rateColumn}
	for name := range csvColumns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
